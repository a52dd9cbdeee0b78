#include "engine/matrix.h"

#include <cstring>

namespace shiwu::engine {

float Weights::ScaleOf(int channel) const {
  float scale;  // the file does not align it
  std::memcpy(&scale, scales + (one_scale ? 0 : channel) * sizeof(float), sizeof(float));
  return scale;
}

float Weights::At(int channel, int tap, int input) const {
  if (are_levels()) return static_cast<float>(LevelAt(channel, tap, input)) * ScaleOf(channel);
  float weight;
  std::memcpy(&weight, data + Offset(channel, tap, input) * sizeof(float), sizeof(float));
  return weight;
}

bool Matrix::Pack(const Weights& weights, std::span<const float> factor,
                  std::span<const float> bias) {
  channels_ = weights.channels;
  depth_ = weights.depth();
  const size_t padded = size_t{kPanel} * panels();
  const size_t size = padded * depth_;
  if (!floats_.Allocate(weights.are_levels() ? 0 : size) ||
      !levels_.Allocate(weights.are_levels() ? size : 0) || !factor_.Allocate(padded) ||
      !bias_.Allocate(padded)) {
    return false;
  }
  for (int channel = 0; channel < weights.channels; ++channel) {
    size_t to = size_t{kPanel} * (channel / kPanel) * depth_ + channel % kPanel;
    for (int tap = 0; tap < weights.taps; ++tap) {
      for (int input = 0; input < weights.inputs; ++input, to += kPanel) {
        if (weights.are_levels()) {
          levels_.data()[to] = weights.LevelAt(channel, tap, input);
        } else {
          floats_.data()[to] = weights.At(channel, tap, input);
        }
      }
    }
    const float one = weights.are_levels() ? weights.ScaleOf(channel) : 1.0f;
    factor_.data()[channel] = factor.empty() ? one : one * factor[channel];
    bias_.data()[channel] = bias.empty() ? 0.0f : bias[channel];
  }
  return true;
}

}  // namespace shiwu::engine
