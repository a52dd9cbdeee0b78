#include "engine/gemm.h"

#include <algorithm>

#include "engine/simd.h"
#include "engine/tiles.h"

HWY_BEFORE_NAMESPACE();
namespace shiwu::engine {
namespace {

using simd::kLanes;
using simd::Vector;

constexpr int kPanel = Matrix::kPanel;

// A panel for the pixels [first, last). Kept apart from its caller: alone in a function its sums
// stay in registers.
template <int kRows>
HWY_NOINLINE void Compute(const Places& places, int first, int last, const float* const weights,
                          int depth, const Sink& sink) {
  for (int i = first; i < last; i += kRows) {
    const float* in[kRows];
    Vector low[kRows], high[kRows];
    for (int r = 0; r < kRows; ++r) {
      in[r] = places.in[i + r];
      low[r] = high[r] = simd::Zero();
    }
    for (int k = 0; k < depth; ++k) {
      const Vector w_low = simd::Load(weights + kPanel * k);
      const Vector w_high = simd::Load(weights + kPanel * k + kLanes);
      for (int r = 0; r < kRows; ++r) {
        const Vector x = simd::Splat(in[r][k]);
        low[r] = simd::MulAdd(w_low, x, low[r]);
        high[r] = simd::MulAdd(w_high, x, high[r]);
      }
    }
    Finish(sink, i, low, high);
  }
}

}  // namespace

void Multiply(const Matrix& matrix, const Grid<const float>& in, int count,
              const Grid<const float>& added, Range range, const Grid<float>& out) {
  Walk<const float> from(in), plus(added);
  Walk<float> to(out);
  const bool adds = added.data != nullptr;
  Places places;
  for (int done = 0; done < count; done += kMostPlaces) {
    places.Take(std::min(kMostPlaces, count - done), from, adds ? &plus : nullptr, to);
    for (int p = 0; p < matrix.panels(); ++p) {
      const int channel = p * kPanel, tiled = places.tiled(), depth = matrix.depth();
      const float* const weights = matrix.Panel(p);
      const Sink sink{nullptr, nullptr, channel, matrix.Factor(p), matrix.Bias(p), range};
      Cover(places, adds, std::min(kPanel, matrix.channels() - channel), sink,
            [&](const Sink& to_sink) {
              Compute<kTilePixels>(places, 0, tiled, weights, depth, to_sink);
              Compute<1>(places, tiled, places.count, weights, depth, to_sink);
            });
    }
  }
}

namespace reference {

void Multiply(const Matrix& matrix, const Grid<const float>& in, int count,
              const Grid<const float>& added, Range range, const Grid<float>& out) {
  for (int m = 0; m < count; ++m) {
    const int x = m % out.width, y = m / out.width;
    for (int c = 0; c < matrix.channels(); ++c) {
      const int p = c / kPanel, lane = c % kPanel;
      const float* weights = matrix.Panel(p);
      double sum = 0;
      for (int k = 0; k < matrix.depth(); ++k) {
        sum += double{in.At(x, y)[k]} * weights[kPanel * k + lane];
      }
      sum = sum * matrix.Factor(p)[lane] + matrix.Bias(p)[lane];
      if (added.data != nullptr) sum += added.At(x, y)[c];
      out.At(x, y)[c] = std::clamp(static_cast<float>(sum), range.low, range.high);
    }
  }
}

void Multiply(const Levels& levels, const Grid<const float>& in, int inputs, int count,
              const Grid<const float>& added, Range range, const Grid<float>& out) {
  for (int m = 0; m < count; ++m) {
    const int x = m % out.width, y = m / out.width;
    for (int c = 0; c < levels.channels(); ++c) {
      const int p = c / kPanel, lane = c % kPanel;
      double sum = 0;
      for (int k = 0; k < inputs; ++k) {
        const int pair = k / 2;
        sum += double{in.At(x, y)[k]} * levels.Panel(p)[2 * (kPanel * pair + lane) + k % 2];
      }
      sum = sum * levels.Factor(p)[lane] + levels.Bias(p)[lane];
      if (added.data != nullptr) sum += added.At(x, y)[c];
      out.At(x, y)[c] = std::clamp(static_cast<float>(sum), range.low, range.high);
    }
  }
}

}  // namespace reference
}  // namespace shiwu::engine
HWY_AFTER_NAMESPACE();
