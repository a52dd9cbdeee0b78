#include <algorithm>

#include "engine/depthwise.h"

namespace shiwu::engine {

int DepthwiseWeights::First(int group) const {
  return std::max(0, std::min(group * kGroup, channels_ - kGroup));
}

bool DepthwiseWeights::Pack(const Weights& weights, std::span<const float> factor,
                            std::span<const float> bias) {
  channels_ = weights.channels;
  taps_ = weights.taps;
  if (!taps_of_.Allocate(size_t{kGroup} * groups() * taps_) ||
      !bias_.Allocate(size_t{kGroup} * groups())) {
    return false;
  }
  for (int group = 0; group < groups(); ++group) {
    for (int lane = 0; lane < kGroup; ++lane) {
      const int channel = First(group) + lane;
      if (channel >= channels_) continue;
      float* const taps = taps_of_.data() + size_t{kGroup} * taps_ * group;
      for (int t = 0; t < taps_; ++t) {
        taps[kGroup * t + lane] =
            weights.At(channel, t, 0) * (factor.empty() ? 1.0f : factor[channel]);
      }
      bias_.data()[kGroup * group + lane] = bias.empty() ? 0.0f : bias[channel];
    }
  }
  return true;
}

}  // namespace shiwu::engine
