#include "engine/depthwise.h"

#include <algorithm>

#include "engine/simd.h"

HWY_BEFORE_NAMESPACE();
namespace shiwu::engine {
namespace {

using simd::kLanes;
using simd::Vector;

constexpr int kPixels =
    4;  // of output at a time: each weight and each input is loaded once for them

struct Strip {
  const float* const* rows;  // already at the strip's first column
  ptrdiff_t pixel_stride;
  Range range;
  float* out;
};

// kOutputs pixels side by side, all channels. Input by input rather than output by output: one
// vector of input, the taps of a row and the sums are all that must stay in registers.
template <int kTaps, int kStride, int kOutputs>
HWY_NOINLINE void Compute(const DepthwiseWeights& weights, const Strip& strip) {
  constexpr int kColumns = (kOutputs - 1) * kStride + kTaps;
  const Vector low = simd::Splat(strip.range.low), high = simd::Splat(strip.range.high);
  const ptrdiff_t pixel_stride = strip.pixel_stride;
  const int channels = weights.channels(), groups = weights.groups();
  for (int group = 0; group < groups; ++group) {
    const int channel = weights.First(group);
    const float* taps = weights.Taps(group);
    const Vector bias = simd::Load(weights.Bias(group));
    Vector sums[kOutputs];
    for (Vector& sum : sums) sum = bias;
    for (int y = 0; y < kTaps; ++y) {
      const float* in = strip.rows[y] + channel;
      Vector tap[kTaps];
      for (int t = 0; t < kTaps; ++t) tap[t] = simd::Load(taps + (y * kTaps + t) * kLanes);
      for (int column = 0; column < kColumns; ++column) {
        const Vector x = simd::Load(in);
        in += pixel_stride;
        for (int o = 0; o < kOutputs; ++o) {
          const int t = column - o * kStride;
          if (t >= 0 && t < kTaps) sums[o] = simd::MulAdd(x, tap[t], sums[o]);
        }
      }
    }
    for (int o = 0; o < kOutputs; ++o) {
      simd::Store(simd::AtLeast(simd::AtMost(sums[o], high), low),
                  strip.out + o * channels + channel);
    }
  }
}

template <int kTaps, int kStride>
void Row(const DepthwiseWeights& weights, const float* const* rows, ptrdiff_t pixel_stride,
         int width, Range range, float* out) {
  const float* at[kTaps];
  const auto strip = [&](int x) -> Strip {
    for (int y = 0; y < kTaps; ++y) at[y] = rows[y] + x * kStride * pixel_stride;
    return {at, pixel_stride, range, out + ptrdiff_t{x} * weights.channels()};
  };
  if (width < kPixels) {
    for (int x = 0; x < width; ++x) Compute<kTaps, kStride, 1>(weights, strip(x));
    return;
  }
  // The last strip reaches back over what is done where the width is no multiple.
  for (int x = 0; x < width; x += kPixels) {
    Compute<kTaps, kStride, kPixels>(weights, strip(std::min(x, width - kPixels)));
  }
}

}  // namespace

void DepthwiseRow(const DepthwiseWeights& weights, const Window& window, const float* const* rows,
                  ptrdiff_t pixel_stride, int width, Range range, float* out) {
  const bool square = window.height == window.width && window.stride_x <= 2 &&
                      window.dilation_x == 1 && weights.channels() >= kLanes;
  const auto run = [&](auto row) { row(weights, rows, pixel_stride, width, range, out); };
  if (square && window.width == 3) return run(window.stride_x == 1 ? Row<3, 1> : Row<3, 2>);
  if (square && window.width == 5) return run(window.stride_x == 1 ? Row<5, 1> : Row<5, 2>);
  reference::DepthwiseRow(weights, window, rows, pixel_stride, width, range, out);
}

namespace reference {

void DepthwiseRow(const DepthwiseWeights& weights, const Window& window, const float* const* rows,
                  ptrdiff_t pixel_stride, int width, Range range, float* out) {
  for (int x = 0; x < width; ++x) {
    for (int c = 0; c < weights.channels(); ++c) {
      const int group = c / kLanes, lane = c - weights.First(group);
      float sum = weights.Bias(group)[lane];
      for (int y = 0; y < window.height; ++y) {
        for (int t = 0; t < window.width; ++t) {
          const ptrdiff_t column = ptrdiff_t{x} * window.stride_x + t * window.dilation_x;
          sum += rows[y][column * pixel_stride + c] *
                 weights.Taps(group)[(y * window.width + t) * kLanes + lane];
        }
      }
      out[ptrdiff_t{x} * weights.channels() + c] = std::clamp(sum, range.low, range.high);
    }
  }
}

}  // namespace reference
}  // namespace shiwu::engine
HWY_AFTER_NAMESPACE();
