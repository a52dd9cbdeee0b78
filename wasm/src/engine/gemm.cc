#include "engine/gemm.h"

#include <algorithm>

#include "engine/simd.h"

HWY_BEFORE_NAMESPACE();
namespace shiwu::engine {
namespace {

using simd::kLanes;
using simd::Vector;

// Four pixels by eight channels are eight sums, which is what a processor with two multipliers of
// four steps' latency needs in flight, and with two vectors of weights and one of input they fit
// into sixteen registers.
constexpr int kPixels = 4;
constexpr int kPanel = Matrix::kPanel;

struct Tile {
  const float* in[kPixels];
  const float* added[kPixels];  // null: nothing is added
  float* out[kPixels];
  const float* weights;  // [depth][kPanel]
  const float* factor;
  const float* bias;
  int depth;
  Range range;
};

// Kept apart from its caller: alone in a function its sums stay in registers.
template <int kRows>
HWY_NOINLINE void Compute(const Tile& tile) {
  const float* weights = tile.weights;
  const float* in[kRows];
  Vector low[kRows], high[kRows];
  for (int r = 0; r < kRows; ++r) {
    in[r] = tile.in[r];
    low[r] = high[r] = simd::Zero();
  }
  const int depth = tile.depth;
  for (int k = 0; k < depth; ++k) {
    const Vector w_low = simd::Load(weights + kPanel * k);
    const Vector w_high = simd::Load(weights + kPanel * k + kLanes);
    for (int r = 0; r < kRows; ++r) {
      const Vector x = simd::Splat(in[r][k]);
      low[r] = simd::MulAdd(w_low, x, low[r]);
      high[r] = simd::MulAdd(w_high, x, high[r]);
    }
  }
  const Vector least = simd::Splat(tile.range.low), most = simd::Splat(tile.range.high);
  for (int half = 0; half < 2; ++half) {
    const int at = half * kLanes;
    const Vector factor = simd::Load(tile.factor + at), bias = simd::Load(tile.bias + at);
    for (int r = 0; r < kRows; ++r) {
      Vector sum = simd::MulAdd(half == 0 ? low[r] : high[r], factor, bias);
      if (tile.added[r] != nullptr) sum = simd::Add(sum, simd::Load(tile.added[r] + at));
      simd::Store(simd::AtLeast(simd::AtMost(sum, most), least), tile.out[r] + at);
    }
  }
}

void Compute(int rows, const Tile& tile) {
  switch (rows) {
    case 1:
      return Compute<1>(tile);
    case 2:
      return Compute<2>(tile);
    case 3:
      return Compute<3>(tile);
    default:
      return Compute<kPixels>(tile);
  }
}

// The last panel where the channels don't fill it: by way of a place that has room.
void ComputePart(int rows, int channels, Tile tile) {
  float sums[kPixels][kPanel], added[kPixels][kPanel] = {};
  float* out[kPixels];
  for (int r = 0; r < rows; ++r) {
    out[r] = tile.out[r];
    tile.out[r] = sums[r];
    if (tile.added[r] == nullptr) continue;
    std::copy_n(tile.added[r], channels, added[r]);
    tile.added[r] = added[r];
  }
  Compute(rows, tile);
  for (int r = 0; r < rows; ++r) std::copy_n(sums[r], channels, out[r]);
}

}  // namespace

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

void Multiply(const Matrix& matrix, const Grid<const float>& in, int count,
              const Grid<const float>& added, Range range, const Grid<float>& out, float* panel) {
  Tile tile;
  tile.depth = matrix.depth();
  tile.range = range;
  for (int p = 0; p < matrix.panels(); ++p) {
    const int channel = p * kPanel, channels = std::min(kPanel, matrix.channels() - channel);
    tile.weights = matrix.Panel(p, panel);
    tile.factor = matrix.Factor(p);
    tile.bias = matrix.Bias(p);
    Walk<const float> from(in), plus(added);
    Walk<float> to(out);
    for (int m = 0; m < count; m += kPixels) {
      const int rows = std::min(kPixels, count - m);
      for (int r = 0; r < rows; ++r) {
        tile.in[r] = from.Next();
        tile.added[r] = added.data == nullptr ? nullptr : plus.Next() + channel;
        tile.out[r] = to.Next() + channel;
      }
      if (channels == kPanel) {
        Compute(rows, tile);
      } else {
        ComputePart(rows, channels, tile);
      }
    }
  }
}

namespace reference {

void Multiply(const Matrix& matrix, const Grid<const float>& in, int count,
              const Grid<const float>& added, Range range, const Grid<float>& out, float* panel) {
  for (int m = 0; m < count; ++m) {
    const int x = m % out.width, y = m / out.width;
    for (int c = 0; c < matrix.channels(); ++c) {
      const int p = c / kPanel, lane = c % kPanel;
      const float* weights = matrix.Panel(p, panel);
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

}  // namespace reference
}  // namespace shiwu::engine
HWY_AFTER_NAMESPACE();
