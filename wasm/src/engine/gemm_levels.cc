#include <algorithm>
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

// Pixels whose inputs are made whole numbers together.
int PlacesFor(const Levels& levels) {
  const int places = kMostNumbers / levels.depth() / kTilePixels * kTilePixels;
  return std::clamp(places, kTilePixels, kMostPlaces);
}

// Inputs as whole numbers: x is about (whole + zero) * step, with a step for each pixel, so that a
// pixel of little light is as exact as one of much. Zero is the same for all: 0, or, where no input
// is below 0, as after Relu, the amplitude, so that every whole number stands for something.
struct Scale {
  float steps[kMostPlaces];
  int zero;
};

HWY_NOINLINE void FindScale(const float* const* in, int pixels, int inputs, int amplitude,
                            Scale& scale) {
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
HWY_NOINLINE void Quantize(const float* in, int inputs, float step, float zero, int16_t* to) {
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

// A panel widened, and what its sums begin with: zero's share.
struct Wide {
  const int16_t* weights;  // [pairs][kPanel][2]
  int pairs;
  int32_t start[kPanel];
};

// As in gemm.cc, with two k at a time; pixels stand a panel's depth apart.
template <int kRows>
HWY_NOINLINE void Compute(const int16_t* from, const float* steps, const Wide& wide,
                          const Sink& sink) {
  const int pairs = wide.pairs;
  const int16_t* weights = wide.weights;
  const int16_t* in[kRows];
  Ints low[kRows], high[kRows];
  for (int r = 0; r < kRows; ++r) {
    in[r] = from + r * 2 * pairs;
    low[r] = simd::Load(wide.start);
    high[r] = simd::Load(wide.start + kLanes);
  }
  for (int k = 0; k < pairs; ++k) {
    const Shorts w_low = simd::Load(weights + 2 * kPanel * k);
    const Shorts w_high = simd::Load(weights + 2 * kPanel * k + kPanel);
    for (int r = 0; r < kRows; ++r) {
      const Shorts x = simd::SplatPair(in[r] + 2 * k);
      low[r] = simd::Add(low[r], simd::DotPairs(w_low, x));
      high[r] = simd::Add(high[r], simd::DotPairs(w_high, x));
    }
  }
  Vector worth_low[kRows], worth_high[kRows];
  for (int r = 0; r < kRows; ++r) {
    const Vector step = simd::Splat(steps[r]);
    worth_low[r] = simd::Mul(simd::ToFloat(low[r]), step);
    worth_high[r] = simd::Mul(simd::ToFloat(high[r]), step);
  }
  Finish(sink, worth_low, worth_high);
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
  Walk<const float> from(in), plus(added);
  Walk<float> to(out);
  const bool adds = added.data != nullptr;
  Places places;
  Scale scale;
  Wide wide{panel, levels.pairs(), {}};
  for (int done = 0; done < count; done += at_once) {
    places.Take(std::min(at_once, count - done), from, adds ? &plus : nullptr, to);
    FindScale(places.in, places.count, inputs, levels.amplitude(), scale);
    for (int i = 0; i < places.count; ++i) {
      Quantize(places.in[i], inputs, scale.steps[i], static_cast<float>(scale.zero),
               numbers + ptrdiff_t{i} * depth);
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
      Cover(places, adds, std::min(kPanel, levels.channels() - channel), sink,
            [&](int i, int rows, const Sink& to_sink) {
              const auto compute = rows == 1 ? Compute<1> : Compute<kTilePixels>;
              compute(numbers + ptrdiff_t{i} * depth, scale.steps + i, wide, to_sink);
            });
    }
  }
}

}  // namespace shiwu::engine
HWY_AFTER_NAMESPACE();
