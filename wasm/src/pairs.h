// Multiply-add of neighbouring 16-bit lanes, one instruction on most processors (pmaddwd,
// i32x4.dot_i16x8, vmlal): what resampling and the JPEG's arithmetic stand on.
#pragma once

#include <cstdint>

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace shiwu {

using PairedI16 = hwy::HWY_NAMESPACE::Vec<hwy::HWY_NAMESPACE::Full128<int16_t>>;
using PairSums = hwy::HWY_NAMESPACE::Vec<hwy::HWY_NAMESPACE::Full128<int32_t>>;

// Two factors of 16 bits, in every pair of lanes.
HWY_INLINE PairedI16 Pair(int first, int second) {
  const uint32_t low = static_cast<uint32_t>(first) & 0xffff;
  const uint32_t both = low | static_cast<uint32_t>(second) << 16;
  namespace hn = hwy::HWY_NAMESPACE;
  return hn::BitCast(hn::Full128<int16_t>(),
                     hn::Set(hn::Full128<int32_t>(), static_cast<int32_t>(both)));
}

// sum + values * factors, neighbouring lanes added up.
HWY_INLINE PairSums AddPairs(PairSums sum, PairedI16 values, PairedI16 factors) {
  namespace hn = hwy::HWY_NAMESPACE;
  constexpr hn::Full128<int32_t> kI32;
  // The second accumulator stays zero for integers in every target that exists; the sums are of
  // neighbouring lanes, which RearrangeToOddPlusEven guarantees.
  PairSums unused = hn::Zero(kI32);
  const PairSums added = hn::ReorderWidenMulAccumulate(kI32, values, factors, sum, unused);
  return hn::RearrangeToOddPlusEven(added, unused);
}

}  // namespace shiwu
HWY_AFTER_NAMESPACE();
