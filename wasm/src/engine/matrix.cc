#include "engine/matrix.h"

#include <algorithm>
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
  if (!weights_.Allocate(padded * depth_) || !factor_.Allocate(padded) || !bias_.Allocate(padded)) {
    return false;
  }
  for (int channel = 0; channel < channels_; ++channel) {
    float* to = weights_.data() + size_t{kPanel} * (channel / kPanel) * depth_ + channel % kPanel;
    for (int tap = 0; tap < weights.taps; ++tap) {
      for (int input = 0; input < weights.inputs; ++input, to += kPanel) {
        *to = weights.At(channel, tap, input);
      }
    }
    factor_.data()[channel] = factor.empty() ? 1.0f : factor[channel];
    bias_.data()[channel] = bias.empty() ? 0.0f : bias[channel];
  }
  return true;
}

bool Levels::Pack(const Weights& weights, std::span<const float> factor,
                  std::span<const float> bias) {
  channels_ = weights.channels;
  pairs_ = (weights.depth() + 1) / 2;
  const size_t padded = size_t{kPanel} * panels();
  if (!levels_.Allocate(2 * padded * pairs_) || !sums_.Allocate(padded) ||
      !factor_.Allocate(padded) || !bias_.Allocate(padded)) {
    return false;
  }
  int64_t most = 1;  // of the positive levels of a channel together, or of the negative ones
  for (int channel = 0; channel < channels_; ++channel) {
    int8_t* const to =
        levels_.data() + size_t{2} * kPanel * (channel / kPanel) * pairs_ + 2 * (channel % kPanel);
    int64_t positive = 0, negative = 0;
    int k = 0;
    for (int tap = 0; tap < weights.taps; ++tap) {
      const int8_t* from = weights.LevelsAt(channel, tap);
      for (int input = 0; input < weights.inputs; ++input, ++k, from += weights.input_stride) {
        const int8_t level = *from;
        to[size_t{2} * kPanel * (k / 2) + k % 2] = level;
        (level < 0 ? negative : positive) += level;
      }
    }
    most = std::max({most, positive, -negative});
    sums_.data()[channel] = static_cast<int32_t>(positive + negative);
    const float scale = weights.ScaleOf(channel);
    factor_.data()[channel] = factor.empty() ? scale : scale * factor[channel];
    bias_.data()[channel] = bias.empty() ? 0.0f : bias[channel];
  }
  // Two less than 16 bits have: one for where zero lies, one for rounding.
  amplitude_ = static_cast<int>(std::min<int64_t>(INT16_MAX - 1, INT32_MAX / (2 * most)));
  return true;
}

}  // namespace shiwu::engine
