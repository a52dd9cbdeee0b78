// The few vector operations that the kernels are written in: four float32 lanes on every target
// (Highway), with the fused multiply-add of relaxed SIMD where the build has it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "hwy/highway.h"

#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#endif

HWY_BEFORE_NAMESPACE();
namespace shiwu::engine::simd {

namespace hn = hwy::HWY_NAMESPACE;

inline constexpr int kLanes = 4;
inline constexpr hn::Full128<float> kF32;
using Vector = hn::Vec<hn::Full128<float>>;

inline Vector Load(const float* from) { return hn::LoadU(kF32, from); }
inline void Store(Vector v, float* to) { hn::StoreU(v, kF32, to); }
inline Vector Splat(float value) { return hn::Set(kF32, value); }
inline Vector Zero() { return hn::Zero(kF32); }
inline Vector Add(Vector a, Vector b) { return hn::Add(a, b); }
inline Vector Mul(Vector a, Vector b) { return hn::Mul(a, b); }

// a * b + c, rounded once or twice.
inline Vector MulAdd(Vector a, Vector b, Vector c) {
#if defined(__wasm_relaxed_simd__)
  return Vector{wasm_f32x4_relaxed_madd(a.raw, b.raw, c.raw)};
#else
  return hn::MulAdd(a, b, c);
#endif
}

// The lesser and the greater of the two; where x is NaN, NaN.
inline Vector AtMost(Vector x, Vector bound) {
#if defined(__wasm_simd128__)
  return Vector{wasm_f32x4_pmin(x.raw, bound.raw)};  // one instruction; f32x4.min is seven on x86
#else
  return hn::IfThenElse(hn::Lt(bound, x), bound, x);
#endif
}
inline Vector AtLeast(Vector x, Vector bound) {
#if defined(__wasm_simd128__)
  return Vector{wasm_f32x4_pmax(x.raw, bound.raw)};
#else
  return hn::IfThenElse(hn::Lt(x, bound), bound, x);
#endif
}

// Whole numbers: eight of 16 bits, four of 32.
inline constexpr hn::Full128<int16_t> kI16;
inline constexpr hn::Full128<int32_t> kI32;
using Shorts = hn::Vec<hn::Full128<int16_t>>;
using Ints = hn::Vec<hn::Full128<int32_t>>;

inline Shorts Load(const int16_t* from) { return hn::LoadU(kI16, from); }
inline Ints Load(const int32_t* from) { return hn::LoadU(kI32, from); }
inline void Store(Shorts v, int16_t* to) { hn::StoreU(v, kI16, to); }
// Eight pairs of 8 bits.
inline constexpr hn::Full128<int8_t> kI8;
inline Shorts LoadPairs(const int8_t* from) { return hn::BitCast(kI16, hn::LoadU(kI8, from)); }
inline void StorePairs(Shorts v, int8_t* to) { hn::StoreU(hn::BitCast(kI8, v), kI8, to); }
// Two numbers side by side, four times.
inline Shorts SplatPair(const int16_t* pair) {
  int32_t both;
  std::memcpy(&both, pair, sizeof(both));
  return hn::BitCast(kI16, hn::Set(kI32, both));
}
inline Ints SplatInt(int32_t value) { return hn::Set(kI32, value); }
inline Ints Bits(Vector v) { return hn::BitCast(kI32, v); }
inline Ints Add(Ints a, Ints b) { return hn::Add(a, b); }
inline Ints And(Ints a, Ints b) { return hn::And(a, b); }
inline Ints Or(Ints a, Ints b) { return hn::Or(a, b); }
inline Ints Greater(Ints a, Ints b) { return hn::Max(a, b); }
// Of the four lanes.
inline int32_t Greatest(Ints v) {
  v = Greater(v, hn::Reverse2(kI32, v));
  return hn::GetLane(Greater(v, hn::Shuffle1032(v)));
}
inline int32_t OrOfLanes(Ints v) {
  v = Or(v, hn::Reverse2(kI32, v));
  return hn::GetLane(Or(v, hn::Shuffle1032(v)));
}
inline int32_t Total(Ints v) {
  v = Add(v, hn::Reverse2(kI32, v));
  return hn::GetLane(Add(v, hn::Shuffle1032(v)));
}
inline Vector ToFloat(Ints v) { return hn::ConvertTo(kF32, v); }
// Eight numbers as 16 bits each.
inline Shorts LoadShorts(const int16_t* from) { return Load(from); }
inline Shorts LoadShorts(const int8_t* from) {
  return hn::PromoteTo(kI16, hn::LoadU(hn::Rebind<int8_t, decltype(kI16)>(), from));
}
// a * b + whole to the nearest whole numbers, halves to even; for results up to 2^21, and whole
// numbers `whole`. Adding 1.5 * 2^23 leaves no room for a fraction.
inline constexpr float kMagic = 12582912.0f;
inline Ints MulAddRound(Vector a, Vector b, float whole) {
  const Vector sum = MulAdd(a, b, Splat(kMagic + whole));
  return hn::Sub(hn::BitCast(kI32, sum), hn::BitCast(kI32, Splat(kMagic)));
}
// Eight of 32 bits to 16, saturated.
// (Reordered, says the name: in vectors of 128 bits nothing is.)
inline Shorts Narrow(Ints low, Ints high) { return hn::ReorderDemote2To(kI16, low, high); }
// Four vectors of four pairs of 16 bits: pair j of vector i goes to place i of vector j.
inline void TransposePairs(Shorts (&v)[4]) {
  const auto wide = [&](int i) { return hn::BitCast(kI32, v[i]); };
  const Ints a = hn::InterleaveLower(kI32, wide(0), wide(1));
  const Ints b = hn::InterleaveLower(kI32, wide(2), wide(3));
  const Ints c = hn::InterleaveUpper(kI32, wide(0), wide(1));
  const Ints d = hn::InterleaveUpper(kI32, wide(2), wide(3));
  const hn::Full128<int64_t> halves;
  const auto lower = [&](Ints x, Ints y) {
    return hn::BitCast(kI16,
                       hn::InterleaveLower(halves, hn::BitCast(halves, x), hn::BitCast(halves, y)));
  };
  const auto upper = [&](Ints x, Ints y) {
    return hn::BitCast(kI16,
                       hn::InterleaveUpper(halves, hn::BitCast(halves, x), hn::BitCast(halves, y)));
  };
  v[0] = lower(a, b);
  v[1] = upper(a, b);
  v[2] = lower(c, d);
  v[3] = upper(c, d);
}
// Eight rows of eight numbers: number j of row i goes to place i of row j.
inline void Transpose(Shorts (&v)[8]) {
  // Rows i and i + 4 are interleaved three times over.
  for (int round = 0; round < 3; ++round) {
    Shorts next[8];
    for (int i = 0; i < 4; ++i) {
      next[2 * i] = hn::InterleaveLower(kI16, v[i], v[i + 4]);
      next[2 * i + 1] = hn::InterleaveUpper(kI16, v[i], v[i + 4]);
    }
    std::copy(next, next + 8, v);
  }
}
// a[2i] * b[2i] + a[2i + 1] * b[2i + 1].
inline Ints DotPairs(Shorts a, Shorts b) {
#if defined(__wasm_simd128__)
  return Ints{wasm_i32x4_dot_i16x8(a.raw, b.raw)};
#elif defined(__SSE2__)
  return Ints{_mm_madd_epi16(a.raw, b.raw)};
#else
  const auto shift = [](auto v) { return hn::ShiftRight<16>(v); };
  const auto even = [&](Shorts v) { return shift(hn::ShiftLeft<16>(hn::BitCast(kI32, v))); };
  const auto odd = [&](Shorts v) { return shift(hn::BitCast(kI32, v)); };
  return hn::Add(hn::Mul(even(a), even(b)), hn::Mul(odd(a), odd(b)));
#endif
}

struct Sums {
  int32_t positive = 0, negative = 0;
};
// Of the positive and of the negative numbers; at most 2^23 of them.
inline Sums SumsOf(const int8_t* from, int count) {
  const Shorts one = hn::Set(kI16, 1), zero = hn::Zero(kI16);
  Ints above = SplatInt(0), below = SplatInt(0);
  int i = 0;
  for (; i + 8 <= count; i += 8) {
    const Shorts v = LoadShorts(from + i);
    above = Add(above, DotPairs(hn::Max(v, zero), one));
    below = Add(below, DotPairs(hn::Min(v, zero), one));
  }
  Sums sums{Total(above), Total(below)};
  for (; i < count; ++i) (from[i] > 0 ? sums.positive : sums.negative) += from[i];
  return sums;
}

}  // namespace shiwu::engine::simd
HWY_AFTER_NAMESPACE();
