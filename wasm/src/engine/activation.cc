#include "engine/activation.h"

#include <algorithm>
#include <cmath>

#include "engine/simd.h"

HWY_BEFORE_NAMESPACE();
namespace shiwu::engine {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using simd::kLanes;
using simd::Vector;

// exp(x) to within 2 units in the last place: x = n ln 2 + r with |r| <= ln 2 / 2, the Taylor
// series of e^r (its seventh term is below 2^-24 there), and n into the exponent.
Vector Exp(Vector x) {
  const hn::Full128<int32_t> i32;
  // Beyond these, 2^n would leave the exponent's range; sigmoid is 0 or 1 there to the last bit.
  x = simd::AtLeast(simd::AtMost(x, simd::Splat(88.0f)), simd::Splat(-87.0f));
  const Vector n = hn::Round(simd::Mul(x, simd::Splat(1.44269504f)));
  // ln 2 in two parts, the first with zeros at its end, so that n times it is exact.
  Vector r = simd::MulAdd(n, simd::Splat(-0.693359375f), x);
  r = simd::MulAdd(n, simd::Splat(2.12194440e-4f), r);
  Vector e = simd::Splat(1.0f / 5040);
  for (const float term : {1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1.0f, 1.0f}) {
    e = simd::MulAdd(e, r, simd::Splat(term));
  }
  const auto exponent = hn::ShiftLeft<23>(hn::Add(hn::ConvertTo(i32, n), hn::Set(i32, 127)));
  return simd::Mul(e, hn::BitCast(simd::kF32, exponent));
}

Vector Sigmoid(Vector x) {
  const Vector one = simd::Splat(1.0f);
  return hn::Div(one, simd::Add(one, Exp(hn::Neg(x))));
}

template <typename Function>
void ForEach(float* data, size_t count, Function function) {
  size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    simd::Store(function(simd::Load(data + i)), data + i);
  }
  if (i == count) return;
  float rest[kLanes] = {};
  std::copy_n(data + i, count - i, rest);
  simd::Store(function(simd::Load(rest)), rest);
  std::copy_n(rest, count - i, data + i);
}

}  // namespace

bool Activation::IsNone() const {
  const Range all;
  return kind == kRange && range.low == all.low && range.high == all.high;
}

void Apply(const Activation& activation, float* data, size_t count) {
  const Vector alpha = simd::Splat(activation.alpha), beta = simd::Splat(activation.beta);
  const auto hard_sigmoid = [&](Vector x) {
    return simd::AtLeast(simd::AtMost(simd::MulAdd(x, alpha, beta), simd::Splat(1)), simd::Zero());
  };
  switch (activation.kind) {
    case Activation::kRange: {
      const Vector low = simd::Splat(activation.range.low);
      const Vector high = simd::Splat(activation.range.high);
      return ForEach(data, count,
                     [&](Vector x) { return simd::AtLeast(simd::AtMost(x, high), low); });
    }
    case Activation::kSigmoid:
      return ForEach(data, count, Sigmoid);
    case Activation::kSilu:
      return ForEach(data, count, [](Vector x) { return simd::Mul(x, Sigmoid(x)); });
    case Activation::kHardSigmoid:
      return ForEach(data, count, hard_sigmoid);
    case Activation::kHardSwish:
      return ForEach(data, count, [&](Vector x) { return simd::Mul(x, hard_sigmoid(x)); });
  }
}

namespace reference {

float Apply(const Activation& activation, float x) {
  const float hard = std::clamp(activation.alpha * x + activation.beta, 0.0f, 1.0f);
  const float soft = 1.0f / (1.0f + std::exp(-x));
  switch (activation.kind) {
    case Activation::kRange:
      return std::clamp(x, activation.range.low, activation.range.high);
    case Activation::kSigmoid:
      return soft;
    case Activation::kSilu:
      return x * soft;
    case Activation::kHardSigmoid:
      return hard;
    case Activation::kHardSwish:
      return x * hard;
  }
  return x;
}

}  // namespace reference
}  // namespace shiwu::engine
HWY_AFTER_NAMESPACE();
