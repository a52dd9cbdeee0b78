// Random weights for the kernels' tests, as they would stand in a file.
#pragma once

#include <cstring>
#include <vector>

#include "engine/matrix.h"
#include "engine/reference.h"

namespace shiwu::test {

// Weights in ONNX's order for convolutions, [channels][inputs][taps], with the numbers that they
// mean beside them.
struct OwnWeights {
  Tensor meant;
  std::vector<uint8_t> bytes;
  std::vector<float> scales;  // of levels
  engine::Weights view;

  OwnWeights(Random& random, int channels, int inputs, const engine::Window& window, bool levels) {
    const int taps = window.height * window.width;
    meant.dims = {channels, inputs, window.height, window.width};
    view.channels = channels;
    view.inputs = inputs;
    view.taps = taps;
    view.channel_stride = size_t{1} * inputs * taps;
    view.input_stride = taps;
    view.tap_stride = 1;
    if (levels) {
      view.one_scale = random.Between(0, 3) == 0;
      scales = random.Numbers(view.one_scale ? 1 : channels, 0.002f, 0.02f);
      view.scales = reinterpret_cast<const uint8_t*>(scales.data());
      for (size_t i = 0; i < meant.size(); ++i) {
        const auto level = static_cast<int8_t>(random.Between(-128, 127));
        bytes.push_back(static_cast<uint8_t>(level));
        meant.values.push_back(level * scales[i / view.channel_stride % scales.size()]);
      }
    } else {
      meant.values = random.Numbers(meant.size());
      // An odd address, as weights in a file may have.
      bytes.resize(1 + meant.size() * sizeof(float));
      std::memcpy(bytes.data() + 1, meant.values.data(), meant.size() * sizeof(float));
    }
    view.data = bytes.data() + (levels ? 0 : 1);
  }
  OwnWeights(const OwnWeights&) = delete;
  OwnWeights& operator=(const OwnWeights&) = delete;
};

inline engine::Activation RandomActivation(Random& random) {
  engine::Activation activation;
  switch (random.Between(0, 6)) {
    case 0:
      activation.range.low = 0;
      break;
    case 1:
      activation.range = {0, 0.5f};
      break;
    case 2:
      activation.kind = engine::Activation::kSigmoid;
      break;
    case 3:
      activation.kind = engine::Activation::kSilu;
      break;
    case 4:
      activation.kind = engine::Activation::kHardSigmoid;
      break;
    case 5:
      activation.kind = engine::Activation::kHardSwish;
      break;
    default:  // none
      break;
  }
  return activation;
}

// Numbers that are no results: what a kernel must not leave standing.
inline constexpr float kPoison = 12345678.0f;

}  // namespace shiwu::test
