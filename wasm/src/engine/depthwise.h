// Depthwise convolution: each channel has a window of its own.
#pragma once

#include <span>

#include "engine/gemm.h"
#include "engine/matrix.h"
#include "engine/window.h"

namespace shiwu::engine {

// The windows as the kernel reads them: for eight channels at a time, tap by tap.
class DepthwiseWeights {
 public:
  static constexpr int kGroup = 8;

  // `weights.inputs` is 1; `factor` and `bias` as of Matrix::Pack.
  // False when there is no room.
  bool Pack(const Weights& weights, std::span<const float> factor, std::span<const float> bias);

  int channels() const { return channels_; }
  int taps() const { return taps_; }
  size_t bytes() const { return taps_of_.size() * sizeof(float); }
  // Of the channels that begin with First(group): [taps][kGroup], and [kGroup].
  const float* Taps(int group) const { return taps_of_.data() + size_t{kGroup} * taps_ * group; }
  const float* Bias(int group) const { return bias_.data() + size_t{kGroup} * group; }
  int groups() const { return (channels_ + kGroup - 1) / kGroup; }
  // The last group begins earlier where the channels are no multiple of eight, so that it is full.
  int First(int group) const;

 private:
  int channels_ = 0;
  int taps_ = 0;
  Buffer<float> taps_of_;
  Buffer<float> bias_;
};

// One row of output, `width` pixels without gaps, in the channels of groups [first, last). `rows`
// are the window.height rows of input under it: pixel x looks at pixels x * stride_x + tap *
// dilation_x of them, all of which are there (padding included), `pixel_stride` floats apart.
void DepthwiseRow(const DepthwiseWeights& weights, int first, int last, const Window& window,
                  const float* const* rows, ptrdiff_t pixel_stride, int width, Range range,
                  float* out);

namespace reference {
// The same in plain scalar code.
void DepthwiseRow(const DepthwiseWeights& weights, int first, int last, const Window& window,
                  const float* const* rows, ptrdiff_t pixel_stride, int width, Range range,
                  float* out);
}  // namespace reference

}  // namespace shiwu::engine
