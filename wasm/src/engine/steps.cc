#include "engine/steps.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "engine/simd.h"
#include "series.h"

HWY_BEFORE_NAMESPACE();
namespace shiwu::engine {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using simd::kLanes;
using simd::Vector;

// to[c] = combine(to[c], from[c]) for each channel.
template <typename Combine4, typename Combine1>
void Each(const float* from, int channels, float* to, Combine4 four, Combine1 one) {
  int c = 0;
  for (; c + kLanes <= channels; c += kLanes) {
    simd::Store(four(simd::Load(to + c), simd::Load(from + c)), to + c);
  }
  for (; c < channels; ++c) to[c] = one(to[c], from[c]);
}

void AddTo(const float* from, int channels, float* to) {
  Each(
      from, channels, to, [](Vector a, Vector b) { return simd::Add(a, b); },
      [](float a, float b) { return a + b; });
}
void MultiplyTo(const float* from, int channels, float* to) {
  Each(
      from, channels, to, [](Vector a, Vector b) { return simd::Mul(a, b); },
      [](float a, float b) { return a * b; });
}
void GreatestTo(const float* from, int channels, float* to) {
  // What is no number is greater than any, and stays.
  Each(
      from, channels, to,
      [](Vector a, Vector b) { return hn::IfThenElse(hn::Or(hn::Lt(a, b), hn::Ne(b, b)), b, a); },
      [](float a, float b) { return a < b || b != b ? b : a; });
}
void ScaleBy(float factor, int channels, float* to) {
  for (int c = 0; c < channels; ++c) to[c] *= factor;
}

}  // namespace

void Convolve::Run(const Memory& memory) const {
  const Shape& out = convolution.out;
  Grid<const float> plus;
  if (added >= 0) plus = Grid<const float>::Packed(memory.At(added), out.width, out.channels);
  convolution.Rows(memory.At(input), 0, out.height, plus,
                   Grid<float>::Packed(memory.At(output), out.width, out.channels),
                   memory.scratch());
}

void Pool::Run(const Memory& memory) const {
  const float* const from = memory.At(input);
  float* to = memory.At(output);
  const int channels = in.channels;
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x, to += channels) {
      const float start = pool == kMax ? -std::numeric_limits<float>::infinity() : 0.0f;
      std::fill_n(to, channels, start);
      const int above = y * window.stride_y - window.top;
      const int before = x * window.stride_x - window.left;
      int covered = 0, with_padding = 0;
      for (int ky = 0; ky < window.height; ++ky) {
        const int row = above + ky * window.dilation_y;
        for (int kx = 0; kx < window.width; ++kx) {
          const int column = before + kx * window.dilation_x;
          // A window that hangs over even the padding (ceil_mode) does not count what is beyond.
          with_padding += row < in.height + window.bottom && column < in.width + window.right;
          if (row < 0 || row >= in.height || column < 0 || column >= in.width) continue;
          ++covered;
          const float* pixel = from + (ptrdiff_t{row} * in.width + column) * channels;
          if (pool == kMax) {
            GreatestTo(pixel, channels, to);
          } else {
            AddTo(pixel, channels, to);
          }
        }
      }
      if (pool == kAverage) {
        const int counted = std::max(1, counts_padding ? with_padding : covered);
        ScaleBy(1 / static_cast<float>(counted), channels, to);
      }
    }
  }
}

void GlobalAverage::Run(const Memory& memory) const {
  const float* const from = memory.At(input);
  float* const to = memory.At(output);
  const int pixels = in.height * in.width;
  std::fill_n(to, in.channels, 0.0f);
  for (int i = 0; i < pixels; ++i) AddTo(from + ptrdiff_t{i} * in.channels, in.channels, to);
  ScaleBy(1 / static_cast<float>(pixels), in.channels, to);
}

void Combine::Run(const Memory& memory) const {
  float* const to = memory.At(output);
  const float* const other = memory.At(b);
  if (to != memory.At(a)) std::memcpy(to, memory.At(a), shape.size() * sizeof(float));
  const int pixels = shape.height * shape.width, channels = shape.channels;
  for (int i = 0; i < pixels; ++i) {
    const float* const from = other + (b_is_vector ? 0 : ptrdiff_t{i} * channels);
    if (combine == kAdd) {
      AddTo(from, channels, to + ptrdiff_t{i} * channels);
    } else {
      MultiplyTo(from, channels, to + ptrdiff_t{i} * channels);
    }
  }
  if (!activation.IsNone()) Apply(activation, to, shape.size());
}

void ScaleShift::Run(const Memory& memory) const {
  float* const to = memory.At(output);
  if (to != memory.At(input)) std::memcpy(to, memory.At(input), shape.size() * sizeof(float));
  const int pixels = shape.height * shape.width, channels = shape.channels;
  for (int i = 0; i < pixels; ++i) {
    if (!factor.empty()) MultiplyTo(factor.data(), channels, to + ptrdiff_t{i} * channels);
    if (!bias.empty()) AddTo(bias.data(), channels, to + ptrdiff_t{i} * channels);
  }
  if (!activation.IsNone()) Apply(activation, to, shape.size());
}

void Concatenate::Run(const Memory& memory) const {
  int total = 0;
  for (const int each : channels) total += each;
  int before = 0;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const float* from = memory.At(inputs[i]);
    float* to = memory.At(output) + before;
    for (size_t pixel = 0; pixel < pixels; ++pixel, from += channels[i], to += total) {
      std::memcpy(to, from, channels[i] * sizeof(float));
    }
    before += channels[i];
  }
}

void Pad::Run(const Memory& memory) const {
  const float* const from = memory.At(input);
  float* const to = memory.At(output);
  std::fill_n(to, out.size(), 0.0f);
  const size_t row = size_t{1} * in.width * in.channels;
  for (int y = 0; y < in.height; ++y) {
    std::memcpy(to + (ptrdiff_t{top + y} * out.width + left) * in.channels, from + y * row,
                row * sizeof(float));
  }
}

void Planar::Run(const Memory& memory) const {
  const float* const from = memory.At(input);
  float* const to = memory.At(output);
  const size_t pixels = size_t{1} * in.height * in.width;
  for (size_t i = 0; i < pixels; ++i) {
    for (int c = 0; c < in.channels; ++c) to[c * pixels + i] = from[i * in.channels + c];
  }
}

void Softmax::Run(const Memory& memory) const {
  const float* const from = memory.At(input);
  float* const to = memory.At(output);
  const float greatest = *std::max_element(from, from + count);
  double sum = 0;
  for (size_t i = 0; i < count; ++i) {
    to[i] = static_cast<float>(Exp(double{from[i]} - greatest));
    sum += to[i];
  }
  for (size_t i = 0; i < count; ++i) to[i] = static_cast<float>(to[i] / sum);
}

}  // namespace shiwu::engine
HWY_AFTER_NAMESPACE();
