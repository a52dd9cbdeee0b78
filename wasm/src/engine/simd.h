// The few vector operations that the kernels are written in: four float32 lanes on every target
// (Highway), with the fused multiply-add of relaxed SIMD where the build has it.
#pragma once

#include "hwy/highway.h"

#if defined(__wasm_relaxed_simd__)
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
inline Vector AtMost(Vector x, Vector bound) { return hn::IfThenElse(hn::Lt(bound, x), bound, x); }
inline Vector AtLeast(Vector x, Vector bound) { return hn::IfThenElse(hn::Lt(x, bound), bound, x); }

// Eight int8 numbers as float32.
inline void LoadLevels(const int8_t* from, Vector& low, Vector& high) {
  const hn::Full128<int32_t> i32;
  const hn::Rebind<int8_t, decltype(i32)> four;
  low = hn::ConvertTo(kF32, hn::PromoteTo(i32, hn::LoadU(four, from)));
  high = hn::ConvertTo(kF32, hn::PromoteTo(i32, hn::LoadU(four, from + kLanes)));
}

}  // namespace shiwu::engine::simd
HWY_AFTER_NAMESPACE();
