#include "engine/matrix.h"

#include <cstring>
#include <utility>

#include "engine/simd.h"

HWY_BEFORE_NAMESPACE();
namespace shiwu::engine {

float Weights::At(int channel, int tap, int input) const {
  const size_t offset = Offset(channel, tap, input);
  if (are_levels) return static_cast<float>(static_cast<int8_t>(data[offset])) * scale[channel];
  float weight;  // the file does not align it
  std::memcpy(&weight, data + offset * sizeof(float), sizeof(float));
  return weight;
}

std::optional<Matrix> Matrix::Pack(const Weights& weights, std::span<const float> factor,
                                   std::span<const float> bias) {
  Matrix matrix;
  matrix.channels_ = weights.channels;
  matrix.depth_ = weights.depth();
  const size_t padded = size_t{kPanel} * matrix.panels();
  const size_t size = padded * matrix.depth_;
  auto floats = Buffer<float>::Allocate(weights.are_levels ? 0 : size);
  auto levels = Buffer<int8_t>::Allocate(weights.are_levels ? size : 0);
  auto factors = Buffer<float>::Allocate(padded);
  auto biases = Buffer<float>::Allocate(padded);
  if (!floats || !levels || !factors || !biases) return std::nullopt;
  for (int channel = 0; channel < weights.channels; ++channel) {
    size_t to = size_t{kPanel} * (channel / kPanel) * matrix.depth_ + channel % kPanel;
    for (int tap = 0; tap < weights.taps; ++tap) {
      for (int input = 0; input < weights.inputs; ++input, to += kPanel) {
        if (weights.are_levels) {
          levels->data()[to] = weights.LevelAt(channel, tap, input);
        } else {
          floats->data()[to] = weights.At(channel, tap, input);
        }
      }
    }
    const float one = weights.are_levels ? weights.scale[channel] : 1.0f;
    factors->data()[channel] = factor.empty() ? one : one * factor[channel];
    biases->data()[channel] = bias.empty() ? 0.0f : bias[channel];
  }
  matrix.floats_ = std::move(*floats);
  matrix.levels_ = std::move(*levels);
  matrix.factor_ = std::move(*factors);
  matrix.bias_ = std::move(*biases);
  return matrix;
}

const float* Matrix::Panel(int panel, float* scratch) const {
  const size_t offset = size_t{kPanel} * panel * depth_;
  if (levels_.empty()) return floats_.data() + offset;
  const int8_t* levels = levels_.data() + offset;
  for (int k = 0; k < depth_; ++k) {
    simd::Vector low, high;
    simd::LoadLevels(levels + kPanel * k, low, high);
    simd::Store(low, scratch + kPanel * k);
    simd::Store(high, scratch + kPanel * k + simd::kLanes);
  }
  return scratch;
}

}  // namespace shiwu::engine
HWY_AFTER_NAMESPACE();
