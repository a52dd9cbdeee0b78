#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

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
// pixel of little light is as exact as one of much. Zero is the same for all: 0, or, where no input
// is below 0, as after Relu, the amplitude, so that every whole number stands for something.
struct Scale {
  float steps[kMostPlaces];
  int zero;
};

HWY_NOINLINE void FindScale(const Places& places, int inputs, int amplitude, Scale& scale) {
  constexpr int32_t kMagnitude = 0x7FFFFFFF;
  Ints signs = simd::SplatInt(0);
  int32_t sign = 0;
  for (int i = 0; i < places.count; ++i) {
    const float* x = places.in[i];
    // The bits of numbers of one sign are in the numbers' order, and those of NaN above all.
    Ints greatest = simd::SplatInt(0);
    int32_t rest = 0;
    int k = 0;
    for (; k + kLanes <= inputs; k += kLanes) {
      const Ints bits = simd::LoadBits(x + k);
      signs = simd::Or(signs, bits);
      greatest = simd::Greater(greatest, simd::And(bits, simd::SplatInt(kMagnitude)));
    }
    for (; k < inputs; ++k) {
      const int32_t bits = std::bit_cast<int32_t>(x[k]);
      sign |= bits;
      rest = std::max(rest, bits & kMagnitude);
    }
    const float most = std::bit_cast<float>(std::max(rest, simd::Greatest(greatest)));
    // Infinity and NaN make the step NaN, and so the results.
    scale.steps[i] = std::isfinite(most) ? most : std::numeric_limits<float>::quiet_NaN();
  }
  scale.zero = sign < 0 || simd::AnyNegative(signs) ? 0 : amplitude;
  const float whole = static_cast<float>(amplitude + scale.zero);
  for (int i = 0; i < places.count; ++i) scale.steps[i] /= whole;
}

// Whole numbers of a tile: [inputs / 2][kRows][2], so that the kernel goes through them in one
// line.
template <int kRows>
HWY_NOINLINE void Quantize(const float* const* in, int inputs, const float* steps, float zero,
                           int16_t* to) {
  constexpr int kAtOnce = 2 * kLanes;
  float rest[kRows][kAtOnce] = {};
  const float* from[kRows];
  Vector factor[kRows];
  for (int r = 0; r < kRows; ++r) {
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

// A panel widened, and what its sums begin with: zero's share.
struct Wide {
  const int16_t* weights;  // [pairs][kPanel][2]
  int pairs;
  int32_t start[kPanel];
};

// The whole numbers of all pixels: tiles, each `stride` after the other.
struct Numbers {
  const int16_t* data;
  ptrdiff_t stride;
  const float* steps;
  int pixels;
};

// As in gemm.cc, with two k at a time.
template <int kRows>
HWY_NOINLINE void Compute(const Numbers& numbers, const Wide& wide, const Sink& sink) {
  const int16_t* const panel = wide.weights;
  const int pairs = wide.pairs;
  const int16_t* tile = numbers.data;
  for (int i = 0; i < numbers.pixels; i += kRows, tile += numbers.stride) {
    Ints low[kRows], high[kRows];
    for (int r = 0; r < kRows; ++r) {
      low[r] = simd::Load(wide.start);
      high[r] = simd::Load(wide.start + kLanes);
    }
    const int16_t* weights = panel;
    const int16_t* x = tile;
    for (int k = pairs; k > 0; --k, weights += 2 * kPanel, x += 2 * kRows) {
      const Shorts w_low = simd::Load(weights), w_high = simd::Load(weights + kPanel);
      for (int r = 0; r < kRows; ++r) {
        const Shorts pair = simd::SplatPair(x + 2 * r);
        low[r] = simd::Add(low[r], simd::DotPairs(w_low, pair));
        high[r] = simd::Add(high[r], simd::DotPairs(w_high, pair));
      }
    }
    Vector worth_low[kRows], worth_high[kRows];
    for (int r = 0; r < kRows; ++r) {
      const Vector step = simd::Splat(numbers.steps[i + r]);
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
  const int depth = levels.depth(), at_once = PlacesFor(levels), stride = NumbersOf(levels);
  int16_t* const panel = static_cast<int16_t*>(scratch);
  int16_t* const numbers = panel + ptrdiff_t{kPanel} * stride;
  Walk<const float> from(in), plus(added);
  Walk<float> to(out);
  const bool adds = added.data != nullptr;
  Places places;
  Scale scale;
  Wide wide{panel, levels.pairs(), {}};
  for (int done = 0; done < count; done += at_once) {
    places.Take(std::min(at_once, count - done), from, adds ? &plus : nullptr, to);
    FindScale(places, inputs, levels.amplitude(), scale);
    const int rows = places.rows();
    const auto quantize = rows == 1 ? Quantize<1> : Quantize<kTilePixels>;
    const auto compute = rows == 1 ? Compute<1> : Compute<kTilePixels>;
    for (int i = 0; i < places.count; i += rows) {
      quantize(places.in + i, inputs, scale.steps + i, static_cast<float>(scale.zero),
               numbers + ptrdiff_t{i} * stride);
    }
    for (int p = 0; p < levels.panels(); ++p) {
      const int8_t* const narrow = levels.Panel(p);
      for (int k = 0; k < kPanel * depth; k += 8) {
        simd::Store(simd::LoadWidened(narrow + k), panel + k);
      }
      for (int lane = 0; lane < kPanel; ++lane) {
        // In unsigned numbers, which may go round: the sum that comes out in the end does not.
        wide.start[lane] = static_cast<int32_t>(static_cast<uint32_t>(scale.zero) *
                                                static_cast<uint32_t>(levels.Sum(p)[lane]));
      }
      const int channel = p * kPanel;
      const Sink sink{nullptr, nullptr, channel, levels.Factor(p), levels.Bias(p), range};
      Cover(
          places, adds, std::min(kPanel, levels.channels() - channel), sink,
          [&](const Sink& to_sink) {
            compute({numbers, ptrdiff_t{rows} * stride, scale.steps, places.count}, wide, to_sink);
          });
    }
  }
}

}  // namespace shiwu::engine
HWY_AFTER_NAMESPACE();
