#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/gemm.h"
#include "engine/simd.h"

HWY_BEFORE_NAMESPACE();
namespace shiwu::engine {
namespace {

using simd::Ints;
using simd::kLanes;
using simd::Shorts;
using simd::Vector;

constexpr int kPixels = 4;  // by eight channels: as in gemm.cc
constexpr int kPanel = Levels::kPanel;
constexpr int kMostPlaces = 256;
// Inputs as whole numbers should stay in the second cache, beside the panel.
constexpr int kMostNumbers = 64 * 1024;

// Pixels whose inputs are made whole numbers together.
int PlacesFor(const Levels& levels) {
  const int places = kMostNumbers / levels.depth() / kPixels * kPixels;
  return std::clamp(places, kPixels, kMostPlaces);
}

// Inputs as whole numbers: x is about (whole + zero) * step, with a step for each pixel, so that a
// pixel of little light is as exact as one of much. Zero is the same for all: 0, or, where no input
// is below 0, as after Relu, the amplitude, so that every whole number stands for something.
struct Scale {
  float steps[kMostPlaces];
  int zero;
};

void FindScale(const float* const* in, int pixels, int inputs, int amplitude, Scale& scale) {
  Vector least = simd::Zero(), poison = simd::Zero();
  float low = 0, spoilt = 0;
  for (int i = 0; i < pixels; ++i) {
    const float* x = in[i];
    Vector greatest = simd::Zero();
    float rest = 0;
    int k = 0;
    for (; k + kLanes <= inputs; k += kLanes) {
      const Vector v = simd::Load(x + k);
      least = simd::AtMost(least, v);
      greatest = simd::AtLeast(greatest, simd::Abs(v));
      poison = simd::MulAdd(v, simd::Zero(), poison);
    }
    for (; k < inputs; ++k) {
      low = std::min(low, x[k]);
      rest = std::max(rest, std::fabs(x[k]));
      spoilt += x[k] * 0;
    }
    scale.steps[i] = std::max(rest, simd::Greatest(greatest));
  }
  // Infinity and NaN times 0 are NaN: then every step is, and so are the results.
  low = std::min(low, -simd::Greatest(simd::Abs(least)));
  spoilt += simd::Sum(poison);
  scale.zero = low < 0 ? 0 : amplitude;
  const float whole = static_cast<float>(amplitude + scale.zero);
  for (int i = 0; i < pixels; ++i) scale.steps[i] = scale.steps[i] / whole + spoilt;
}

// Whole numbers of one pixel; an odd depth is filled up with whatever: its level is 0.
void Quantize(const float* in, int inputs, float step, float zero, int16_t* to) {
  const float inverse = step > 0 ? 1 / step : 0;
  const Vector factor = simd::Splat(inverse);
  int k = 0;
  for (; k + 2 * kLanes <= inputs; k += 2 * kLanes) {
    const Ints low = simd::MulAddRound(simd::Load(in + k), factor, -zero);
    const Ints high = simd::MulAddRound(simd::Load(in + k + kLanes), factor, -zero);
    simd::Store(simd::Narrow(low, high), to + k);
  }
  for (; k < inputs; ++k) {
    const float number = std::nearbyint(in[k] * inverse - zero);
    to[k] = static_cast<int16_t>(number >= -32767 && number <= 32767 ? number : 0);
  }
  if (inputs % 2 != 0) to[inputs] = 0;
}

struct Tile {
  const int16_t* in;  // of the first pixel
  int in_stride;
  const float* steps;         // of each pixel
  const float* const* added;  // null: nothing is added
  float* const* out;
  int channel;
  const int16_t* weights;  // [pairs][kPanel][2]
  int pairs;
  int32_t start[kPanel];  // what the sums begin with: zero's share
  const float* factor;
  const float* bias;
  Range range;
};

// As in gemm.cc, with two k at a time.
template <int kRows>
HWY_NOINLINE void Compute(const Tile& tile) {
  const int16_t* weights = tile.weights;
  const int16_t* in[kRows];
  Ints low[kRows], high[kRows];
  for (int r = 0; r < kRows; ++r) {
    in[r] = tile.in + r * tile.in_stride;
    low[r] = simd::Load(tile.start);
    high[r] = simd::Load(tile.start + kLanes);
  }
  const int pairs = tile.pairs;
  for (int k = 0; k < pairs; ++k) {
    const Shorts w_low = simd::Load(weights + 2 * kPanel * k);
    const Shorts w_high = simd::Load(weights + 2 * kPanel * k + kPanel);
    for (int r = 0; r < kRows; ++r) {
      const Shorts x = simd::SplatPair(in[r] + 2 * k);
      low[r] = simd::Add(low[r], simd::DotPairs(w_low, x));
      high[r] = simd::Add(high[r], simd::DotPairs(w_high, x));
    }
  }
  const Vector least = simd::Splat(tile.range.low), most = simd::Splat(tile.range.high);
  for (int half = 0; half < 2; ++half) {
    const int at = half * kLanes;
    const Vector factor = simd::Load(tile.factor + at), bias = simd::Load(tile.bias + at);
    for (int r = 0; r < kRows; ++r) {
      const Vector worth = simd::Mul(factor, simd::Splat(tile.steps[r]));
      Vector sum = simd::MulAdd(simd::ToFloat(half == 0 ? low[r] : high[r]), worth, bias);
      if (tile.added != nullptr) {
        sum = simd::Add(sum, simd::Load(tile.added[r] + tile.channel + at));
      }
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

}  // namespace

size_t ScratchFor(const Levels& levels) {
  return sizeof(int16_t) * levels.depth() * (size_t{kPanel} + PlacesFor(levels));
}

void Multiply(const Levels& levels, const Grid<const float>& in, int inputs, int count,
              const Grid<const float>& added, Range range, const Grid<float>& out, void* scratch) {
  const int depth = levels.depth(), at_once = PlacesFor(levels);
  int16_t* const panel = static_cast<int16_t*>(scratch);
  int16_t* const numbers = panel + ptrdiff_t{kPanel} * depth;
  const float* from[kMostPlaces];
  const float* plus[kMostPlaces];
  float* to[kMostPlaces];
  Walk<const float> from_walk(in), plus_walk(added);
  Walk<float> to_walk(out);
  Scale scale;
  Tile tile;
  tile.weights = panel;
  tile.pairs = levels.pairs();
  tile.in_stride = depth;
  tile.range = range;
  for (int done = 0; done < count; done += at_once) {
    const int places = std::min(at_once, count - done);
    for (int i = 0; i < places; ++i) {
      from[i] = from_walk.Next();
      to[i] = to_walk.Next();
      if (added.data != nullptr) plus[i] = plus_walk.Next();
    }
    FindScale(from, places, inputs, levels.amplitude(), scale);
    for (int i = 0; i < places; ++i) {
      Quantize(from[i], inputs, scale.steps[i], static_cast<float>(scale.zero),
               numbers + ptrdiff_t{i} * depth);
    }
    for (int p = 0; p < levels.panels(); ++p) {
      const int8_t* narrow = levels.Panel(p);
      for (int k = 0; k < kPanel * depth; k += 8) {
        simd::Store(simd::LoadWidened(narrow + k), panel + k);
      }
      for (int lane = 0; lane < kPanel; ++lane) {
        // In unsigned numbers, which may go round: the sum that comes out in the end does not.
        tile.start[lane] = static_cast<int32_t>(static_cast<uint32_t>(scale.zero) *
                                                static_cast<uint32_t>(levels.Sum(p)[lane]));
      }
      tile.factor = levels.Factor(p);
      tile.bias = levels.Bias(p);
      tile.channel = p * kPanel;
      const int channels = std::min(kPanel, levels.channels() - tile.channel);
      for (int i = 0; i < places; i += kPixels) {
        tile.in = numbers + ptrdiff_t{i} * depth;
        tile.steps = scale.steps + i;
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

}  // namespace shiwu::engine
HWY_AFTER_NAMESPACE();
