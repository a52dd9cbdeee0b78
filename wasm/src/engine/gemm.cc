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
  const float* const* in;     // kPixels each, or fewer at the end
  const float* const* added;  // null: nothing is added
  float* const* out;
  int channel;           // the panel's first, of `added` and `out`
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
      if (tile.added != nullptr)
        sum = simd::Add(sum, simd::Load(tile.added[r] + tile.channel + at));
      simd::Store(simd::AtLeast(simd::AtMost(sum, most), least), tile.out[r] + tile.channel + at);
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
  float* const places[] = {sums[0], sums[1], sums[2], sums[3]};
  const float* const plus[] = {added[0], added[1], added[2], added[3]};
  float* const* const out = tile.out;
  const int channel = tile.channel;
  if (tile.added != nullptr) {
    for (int r = 0; r < rows; ++r) std::copy_n(tile.added[r] + channel, channels, added[r]);
    tile.added = plus;
  }
  tile.out = places;
  tile.channel = 0;
  Compute(rows, tile);
  for (int r = 0; r < rows; ++r) std::copy_n(sums[r], channels, out[r] + channel);
}

// Pixels whose places are found once for all panels.
constexpr int kPlaces = 256;

}  // namespace

void Multiply(const Matrix& matrix, const Grid<const float>& in, int count,
              const Grid<const float>& added, Range range, const Grid<float>& out) {
  const float* from[kPlaces];
  const float* plus[kPlaces];
  float* to[kPlaces];
  Walk<const float> from_walk(in), plus_walk(added);
  Walk<float> to_walk(out);
  Tile tile;
  tile.depth = matrix.depth();
  tile.range = range;
  for (int done = 0; done < count; done += kPlaces) {
    const int places = std::min(kPlaces, count - done);
    for (int i = 0; i < places; ++i) {
      from[i] = from_walk.Next();
      to[i] = to_walk.Next();
      if (added.data != nullptr) plus[i] = plus_walk.Next();
    }
    for (int p = 0; p < matrix.panels(); ++p) {
      tile.channel = p * kPanel;
      tile.weights = matrix.Panel(p);
      tile.factor = matrix.Factor(p);
      tile.bias = matrix.Bias(p);
      const int channels = std::min(kPanel, matrix.channels() - tile.channel);
      for (int i = 0; i < places; i += kPixels) {
        tile.in = from + i;
        tile.added = added.data == nullptr ? nullptr : plus + i;
        tile.out = to + i;
        const int rows = std::min(kPixels, places - i);
        if (channels == kPanel) {
          Compute(rows, tile);
        } else {
          ComputePart(rows, channels, tile);
        }
      }
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
        sum += double{in.At(x, y)[k]} * levels.Panel(p)[2 * (kPanel * (k / 2) + lane) + k % 2];
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
