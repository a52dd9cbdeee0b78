#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <type_traits>

#include "engine/gemm.h"
#include "engine/simd.h"
#include "engine/tiles.h"

HWY_BEFORE_NAMESPACE();
namespace shiwu::engine {
namespace {

using simd::Ints;
using simd::kLanes;
using simd::Shorts;
using simd::Vector;

constexpr int kPanel = Levels::kPanel;
// Inputs as whole numbers should stay in the second cache, beside the panel.
constexpr int kMostNumbers = 64 * 1024;

// Of a pixel as whole numbers, with room for what the vectors write after the last.
int NumbersOf(const Levels& levels) { return (levels.depth() + 7) / 8 * 8; }

// Pixels whose inputs are made whole numbers together.
int PlacesFor(const Levels& levels) {
  const int places = kMostNumbers / NumbersOf(levels) / kTilePixels * kTilePixels;
  return std::clamp(places, kTilePixels, kMostPlaces);
}

// Inputs as whole numbers: x is about (whole + zero) * step, with a step for each pixel, so that a
// pixel of little light is as exact as one of much. Zero is 0, or, in a tile where no input is
// below 0, as after Relu, the amplitude, so that every whole number stands for something.
struct Scale {
  float steps[kMostPlaces];
  bool shifted[kMostPlaces];  // of the tile that begins here: zero is the amplitude
};

// The greatest magnitude; `signs` gets bit 31 where a number is negative. Infinity and NaN give
// NaN.
float Greatest(const float* x, int count, int32_t& signs) {
  constexpr int32_t kMagnitude = 0x7FFFFFFF;
  // The bits of numbers of one sign are in the numbers' order, and those of NaN above all.
  Ints either = simd::SplatInt(0), greatest = simd::SplatInt(0);
  int32_t rest = 0;
  int k = 0;
  for (; k + kLanes <= count; k += kLanes) {
    const Ints bits = simd::Bits(simd::Load(x + k));
    either = simd::Or(either, bits);
    greatest = simd::Greater(greatest, simd::And(bits, simd::SplatInt(kMagnitude)));
  }
  for (; k < count; ++k) {
    const int32_t bits = std::bit_cast<int32_t>(x[k]);
    signs |= bits;
    rest = std::max(rest, bits & kMagnitude);
  }
  signs |= simd::OrOfLanes(either);
  const float most = std::bit_cast<float>(std::max(rest, simd::Greatest(greatest)));
  return std::isfinite(most) ? most : std::numeric_limits<float>::quiet_NaN();
}

// Makes whole numbers of the tile that begins with pixel `first`: [inputs / 2][kRows][2], so that
// the kernel goes through them in one line.
template <int kRows>
HWY_NOINLINE void Quantize(const Places& places, int first, int inputs, int amplitude, Scale& scale,
                           int16_t* to) {
  constexpr int kAtOnce = 2 * kLanes;
  const float* const* in = places.in + first;
  float* const steps = scale.steps + first;
  int32_t signs = 0;
  for (int r = 0; r < kRows; ++r) steps[r] = Greatest(in[r], inputs, signs);
  scale.shifted[first] = signs >= 0;
  const float zero = signs >= 0 ? static_cast<float>(amplitude) : 0;
  float rest[kRows][kAtOnce] = {};
  const float* from[kRows];
  Vector factor[kRows];
  for (int r = 0; r < kRows; ++r) {
    steps[r] /= static_cast<float>(amplitude) + zero;
    from[r] = in[r];
    factor[r] = simd::Splat(steps[r] > 0 ? 1 / steps[r] : 0);
  }
  for (int k = 0; k < inputs; k += kAtOnce, to += kRows * kAtOnce) {
    Shorts numbers[kRows];
    for (int r = 0; r < kRows; ++r) {
      const float* x = from[r] + k;
      if (k + kAtOnce > inputs) {
        std::copy_n(x, inputs - k, rest[r]);
        x = rest[r];
      }
      numbers[r] = simd::Narrow(simd::MulAddRound(simd::Load(x), factor[r], -zero),
                                simd::MulAddRound(simd::Load(x + kLanes), factor[r], -zero));
    }
    if constexpr (kRows == kTilePixels) simd::TransposePairs(numbers);
    for (int r = 0; r < kRows; ++r) simd::Store(numbers[r], to + r * kAtOnce);
  }
}

// A panel, and what its sums begin with.
struct Weighed {
  const int8_t* levels;  // [pairs][kPanel][2]
  const int16_t* wide;   // the same, widened; good where there are tiles
  int pairs;
  int32_t start[2][kPanel];  // nothing, or, in a tile that is shifted, zero's share
};

// The whole numbers of all pixels, each `stride` after the other.
struct Numbers {
  const int16_t* data;
  ptrdiff_t stride;
  const Scale& scale;
};

// As in gemm.cc, with two k at a time.
template <int kRows>
HWY_NOINLINE void Compute(const Numbers& numbers, int first, int last, const Weighed& panel,
                          const Sink& sink) {
  const int pairs = panel.pairs;
  for (int i = first; i < last; i += kRows) {
    const int32_t* const start = panel.start[numbers.scale.shifted[i]];
    Ints low[kRows], high[kRows];
    for (int r = 0; r < kRows; ++r) {
      low[r] = simd::Load(start);
      high[r] = simd::Load(start + kLanes);
    }
    // Widening beforehand would not pay for one pixel.
    using Weight = std::conditional_t<kRows == 1, int8_t, int16_t>;
    const Weight* weights;
    if constexpr (kRows == 1) {
      weights = panel.levels;
    } else {
      weights = panel.wide;
    }
    const int16_t* x = numbers.data + i * numbers.stride;
    for (int k = pairs; k > 0; --k, weights += 2 * kPanel, x += 2 * kRows) {
      const Shorts w_low = simd::LoadShorts(weights), w_high = simd::LoadShorts(weights + kPanel);
      for (int r = 0; r < kRows; ++r) {
        const Shorts pair = simd::SplatPair(x + 2 * r);
        low[r] = simd::Add(low[r], simd::DotPairs(w_low, pair));
        high[r] = simd::Add(high[r], simd::DotPairs(w_high, pair));
      }
    }
    Vector worth_low[kRows], worth_high[kRows];
    for (int r = 0; r < kRows; ++r) {
      const Vector step = simd::Splat(numbers.scale.steps[i + r]);
      worth_low[r] = simd::Mul(simd::ToFloat(low[r]), step);
      worth_high[r] = simd::Mul(simd::ToFloat(high[r]), step);
    }
    Finish(sink, i, worth_low, worth_high);
  }
}

}  // namespace

size_t ScratchFor(const Levels& levels) {
  return sizeof(int16_t) * NumbersOf(levels) * (size_t{kPanel} + PlacesFor(levels));
}

void Multiply(const Levels& levels, const Grid<const float>& in, int inputs, int count,
              const Grid<const float>& added, Range range, const Grid<float>& out, void* scratch) {
  const int depth = levels.depth(), at_once = PlacesFor(levels);
  const ptrdiff_t stride = NumbersOf(levels);
  int16_t* const wide = static_cast<int16_t*>(scratch);
  int16_t* const numbers = wide + kPanel * stride;
  Walk<const float> from(in), plus(added);
  Walk<float> to(out);
  const bool adds = added.data != nullptr;
  Places places;
  Scale scale;
  const Numbers whole{numbers, stride, scale};
  for (int done = 0; done < count; done += at_once) {
    places.Take(std::min(at_once, count - done), from, adds ? &plus : nullptr, to);
    const int tiled = places.tiled(), amplitude = levels.amplitude();
    for (int i = 0; i < tiled; i += kTilePixels) {
      Quantize<kTilePixels>(places, i, inputs, amplitude, scale, numbers + i * stride);
    }
    for (int i = tiled; i < places.count; ++i) {
      Quantize<1>(places, i, inputs, amplitude, scale, numbers + i * stride);
    }
    for (int p = 0; p < levels.panels(); ++p) {
      Weighed panel{levels.Panel(p), wide, levels.pairs(), {}};
      for (int k = 0; tiled > 0 && k < kPanel * depth; k += 8) {
        simd::Store(simd::LoadShorts(panel.levels + k), wide + k);
      }
      for (int lane = 0; lane < kPanel; ++lane) {
        // In unsigned numbers, which may go round: the sum that comes out in the end does not.
        panel.start[1][lane] = static_cast<int32_t>(static_cast<uint32_t>(amplitude) *
                                                    static_cast<uint32_t>(levels.Sum(p)[lane]));
      }
      const int channel = p * kPanel;
      const Sink sink{nullptr, nullptr, channel, levels.Factor(p), levels.Bias(p), range};
      Cover(places, adds, std::min(kPanel, levels.channels() - channel), sink,
            [&](const Sink& to_sink) {
              Compute<kTilePixels>(whole, 0, tiled, panel, to_sink);
              Compute<1>(whole, tiled, places.count, panel, to_sink);
            });
    }
  }
}

}  // namespace shiwu::engine
HWY_AFTER_NAMESPACE();
