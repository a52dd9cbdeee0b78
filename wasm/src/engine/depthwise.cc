#include "engine/depthwise.h"

#include <algorithm>

#include "engine/simd.h"

HWY_BEFORE_NAMESPACE();
namespace shiwu::engine {
namespace {

using simd::kLanes;
using simd::Vector;

// Of output at a time: a weight is loaded once for them.
constexpr int kPixels = 4;
constexpr int kGroup = DepthwiseWeights::kGroup;
static_assert(kGroup == 2 * kLanes);

struct Strip {
  const float* const* rows;
  ptrdiff_t offset;      // of the strip's first column in each row
  ptrdiff_t tap_stride;  // from one tap to the next, in floats
  ptrdiff_t out_stride;  // in the input, from one output to the next
  int first, last;       // groups
  int height, width;     // of the window
  Range range;
  float* out;
};

// kOutputs pixels side by side. A plain loop over the taps: unrolled, the compiler would hold all
// of the inputs at once, and spill.
template <int kOutputs>
HWY_NOINLINE void Compute(const DepthwiseWeights& weights, const Strip& strip) {
  const Vector least = simd::Splat(strip.range.low), most = simd::Splat(strip.range.high);
  const ptrdiff_t tap_stride = strip.tap_stride, out_stride = strip.out_stride;
  const int channels = weights.channels(), width = strip.width;
  for (int group = strip.first; group < strip.last; ++group) {
    const int channel = weights.First(group);
    const float* tap = weights.Taps(group);
    Vector low[kOutputs], high[kOutputs];
    for (int o = 0; o < kOutputs; ++o) {
      low[o] = simd::Load(weights.Bias(group));
      high[o] = simd::Load(weights.Bias(group) + kLanes);
    }
    for (int y = 0; y < strip.height; ++y) {
      const float* in = strip.rows[y] + strip.offset + channel;
#ifdef __clang__
#pragma clang loop unroll(disable)
#endif
      for (int t = 0; t < width; ++t) {
        const Vector w_low = simd::Load(tap), w_high = simd::Load(tap + kLanes);
        for (int o = 0; o < kOutputs; ++o) {
          const float* x = in + o * out_stride;
          low[o] = simd::MulAdd(w_low, simd::Load(x), low[o]);
          high[o] = simd::MulAdd(w_high, simd::Load(x + kLanes), high[o]);
        }
        in += tap_stride;
        tap += kGroup;
      }
    }
    for (int o = 0; o < kOutputs; ++o) {
      float* const out = strip.out + o * channels + channel;
      simd::Store(simd::AtLeast(simd::AtMost(low[o], most), least), out);
      simd::Store(simd::AtLeast(simd::AtMost(high[o], most), least), out + kLanes);
    }
  }
}

}  // namespace

void DepthwiseRow(const DepthwiseWeights& weights, int first, int last, const Window& window,
                  const float* const* rows, ptrdiff_t pixel_stride, int width, Range range,
                  float* out) {
  if (weights.channels() < kGroup) {
    return reference::DepthwiseRow(weights, first, last, window, rows, pixel_stride, width, range,
                                   out);
  }
  Strip strip{rows,
              0,
              window.dilation_x * pixel_stride,
              window.stride_x * pixel_stride,
              first,
              last,
              window.height,
              window.width,
              range,
              out};
  const auto move_to = [&](int x) {
    strip.offset = x * strip.out_stride;
    strip.out = out + ptrdiff_t{x} * weights.channels();
  };
  if (width < kPixels) {
    for (int x = 0; x < width; ++x) {
      move_to(x);
      Compute<1>(weights, strip);
    }
    return;
  }
  for (int x = 0; x < width; x += kPixels) {
    // The last strip reaches back over what is done where the width is no multiple.
    move_to(std::min(x, width - kPixels));
    Compute<kPixels>(weights, strip);
  }
}

namespace reference {

void DepthwiseRow(const DepthwiseWeights& weights, int first, int last, const Window& window,
                  const float* const* rows, ptrdiff_t pixel_stride, int width, Range range,
                  float* out) {
  for (int x = 0; x < width; ++x) {
    for (int group = first; group < last; ++group) {
      for (int lane = 0; lane < kGroup; ++lane) {
        const int c = weights.First(group) + lane;
        if (c >= weights.channels()) break;
        float sum = weights.Bias(group)[lane];
        for (int y = 0; y < window.height; ++y) {
          for (int t = 0; t < window.width; ++t) {
            const ptrdiff_t column = ptrdiff_t{x} * window.stride_x + t * window.dilation_x;
            sum += rows[y][column * pixel_stride + c] *
                   weights.Taps(group)[(y * window.width + t) * kGroup + lane];
          }
        }
        out[ptrdiff_t{x} * weights.channels() + c] = std::clamp(sum, range.low, range.high);
      }
    }
  }
}

}  // namespace reference
}  // namespace shiwu::engine
HWY_AFTER_NAMESPACE();
