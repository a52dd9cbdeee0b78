#include "engine/matrix.h"

#include <algorithm>
#include <cstring>

#include "engine/simd.h"

HWY_BEFORE_NAMESPACE();
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

namespace {

// A channel's levels side by side.
void Gather(const Weights& weights, int channel, int8_t* to) {
  for (int tap = 0; tap < weights.taps; ++tap) {
    const int8_t* from = weights.LevelsAt(channel, tap);
    for (int input = 0; input < weights.inputs; ++input, from += weights.input_stride) {
      *to++ = *from;
    }
  }
}

// Eight rows of `depth` levels into a panel, in pairs. This and the sums are most of the time that
// a model takes to load, in code that the browser has only just seen and not yet optimised.
void Interleave(const int8_t* const (&rows)[Levels::kPanel], int depth, int8_t* to) {
  constexpr int kRows = Levels::kPanel, kAtOnce = 2 * kRows;
  int k = 0;
  for (; k + kAtOnce <= depth; k += kAtOnce, to += kRows * kAtOnce) {
    simd::Shorts pairs[kRows];
    for (int r = 0; r < kRows; ++r) pairs[r] = simd::LoadPairs(rows[r] + k);
    simd::Transpose(pairs);
    for (int r = 0; r < kRows; ++r) simd::StorePairs(pairs[r], to + r * kAtOnce);
  }
  for (; k < depth; ++k) {
    for (int r = 0; r < kRows; ++r) to[2 * r + k % 2] = rows[r][k];
    to += k % 2 * 2 * kRows;
  }
}

}  // namespace

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
  const int depth = weights.depth();
  const bool in_line = weights.taps == 1 && weights.input_stride == 1;
  Buffer<int8_t> gathered;  // a panel's rows, of zeros behind the last channel
  if (!gathered.Allocate(size_t{kPanel} * depth)) return false;
  for (int panel = 0; panel < panels(); ++panel) {
    const int8_t* rows[kPanel];
    for (int lane = 0; lane < kPanel; ++lane) {
      const int channel = panel * kPanel + lane;
      int8_t* const row = gathered.data() + size_t{1} * depth * lane;
      rows[lane] = row;
      if (channel >= channels_) {
        std::fill_n(row, depth, int8_t{0});
        continue;
      }
      if (in_line) {
        rows[lane] = weights.LevelsAt(channel, 0);
      } else {
        Gather(weights, channel, row);
      }
      const auto [positive, negative] = simd::SumsOf(rows[lane], depth);
      most = std::max({most, int64_t{positive}, -int64_t{negative}});
      sums_.data()[channel] = positive + negative;
      const float scale = weights.ScaleOf(channel);
      factor_.data()[channel] = factor.empty() ? scale : scale * factor[channel];
      bias_.data()[channel] = bias.empty() ? 0.0f : bias[channel];
    }
    Interleave(rows, depth, levels_.data() + size_t{2} * kPanel * panel * pairs_);
  }
  // Two less than 16 bits have: one for where zero lies, one for rounding.
  amplitude_ = static_cast<int>(std::min<int64_t>(INT16_MAX - 1, INT32_MAX / (2 * most)));
  return true;
}

}  // namespace shiwu::engine
HWY_AFTER_NAMESPACE();
