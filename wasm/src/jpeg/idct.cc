// In the place of libjpeg-turbo's inverse transforms (jidctint.c, jidctred.c): the coefficients of
// a block to 8x8, 4x4 or 2x2 pixels, or to one, by SIMD. Factors and rounding are those of "islow",
// so that pixels are equal to the bit: Loeffler, Ligtenberg and Moschytz, "Practical fast 1-D DCT
// algorithms with 11 multiplications", ICASSP 1989, of which the rotations are multiplied out here,
// because one instruction multiplies and adds pairs of 16 bits.
//
// Between the passes values have 16 bits. Those of coefficients that no encoder writes do not fit:
// they saturate, as in libjpeg-turbo's SIMD for processors, where its plain code wraps.
#include <algorithm>
#include <cstring>

#include "../pairs.h"
#include "hwy/highway.h"
#include "libjpeg.h"

HWY_BEFORE_NAMESPACE();
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using shiwu::AddPairs, shiwu::Pair;
constexpr hn::Full128<int16_t> kI16;
constexpr hn::Full128<int32_t> kI32;
constexpr hn::Full128<uint8_t> kU8;
constexpr hn::Full64<uint8_t> kEightBytes;
using V16 = hn::Vec<decltype(kI16)>;
using V32 = hn::Vec<decltype(kI32)>;
using V8 = hn::Vec<decltype(kU8)>;

constexpr int kSide = DCTSIZE;
constexpr int kFractionBits = 13;  // of the factors
constexpr int kKeptBits = 2;       // of fractions, from the first pass to the second
constexpr int kFirst = kFractionBits - kKeptBits, kSecond = kFractionBits + kKeptBits + 3;
constexpr int kMiddle = 128;  // of a sample

constexpr int Fix(double factor) {
  return static_cast<int>(factor * (1 << kFractionBits) + (factor < 0 ? -0.5 : 0.5));
}

V32 SumPairs(V16 values, V16 factors) { return AddPairs(hn::Zero(kI32), values, factors); }

template <bool kUpper>
V16 Interleave(V16 a, V16 b) {
  if constexpr (kUpper) return hn::InterleaveUpper(kI16, a, b);
  return hn::InterleaveLower(kI16, a, b);
}

// Of 128 bits the order is the natural one.
V16 Narrow(V32 lower, V32 upper) { return hn::ReorderDemote2To(kI16, lower, upper); }
V8 Bytes(V16 lower, V16 upper) {
  return hn::Combine(kU8, hn::DemoteTo(kEightBytes, upper), hn::DemoteTo(kEightBytes, lower));
}

// A half, and what the middle of the samples is where these are the last sums.
V32 Rounding(int down, bool last) {
  return hn::Set(kI32, (1 << (down - 1)) + (last ? kMiddle << down : 0));
}

uint8_t Sample(int64_t value) {
  return static_cast<uint8_t>(std::clamp<int64_t>(value + kMiddle, 0, 255));
}

// A block, and by what its coefficients are multiplied.
struct Block {
  // jddctmgr.c is told to keep multipliers in 16 bits (CMakeLists.txt).
  Block(const jpeg_component_info* component, const JCOEF* values)
      : coefficients(values), quanta(static_cast<const int16_t*>(component->dct_table)) {}

  V16 Row(int row) const {
    return hn::Mul(hn::LoadU(kI16, coefficients + kSide * row),
                   hn::LoadU(kI16, quanta + kSide * row));
  }

  // All its pixels are one, as often in skies and on walls.
  bool IsFlat() const {
    V16 some = hn::ShiftRightLanes<1>(kI16, hn::LoadU(kI16, coefficients));
    for (int row = 1; row < kSide; ++row) {
      some = hn::Or(some, hn::LoadU(kI16, coefficients + kSide * row));
    }
    return hn::AllTrue(kI16, hn::Eq(some, hn::Zero(kI16)));
  }

  // The mean of its pixels.
  uint8_t Mean() const {
    const int mean = static_cast<int16_t>(coefficients[0] * quanta[0]);
    return Sample((mean + 4) >> 3);
  }

  const JCOEF* coefficients;
  const int16_t* quanta;
};

void Fill(uint8_t value, JSAMPARRAY rows, JDIMENSION column, int side) {
  for (int row = 0; row < side; ++row) std::memset(rows[row] + column, value, side);
}

// Half of the lanes of PassOfEight.
template <int kDown, bool kUpper>
void HalfPassOfEight(const V16 (&in)[kSide], V32 (&out)[kSide]) {
  const V16 by04 = Interleave<kUpper>(in[0], in[4]), by26 = Interleave<kUpper>(in[2], in[6]);
  const V16 by71 = Interleave<kUpper>(in[7], in[1]), by53 = Interleave<kUpper>(in[5], in[3]);

  constexpr int kOne = 1 << kFractionBits, kTurn = Fix(0.541196100);
  const V32 rounding = Rounding(kDown, kDown == kSecond);
  const V32 sum = AddPairs(rounding, by04, Pair(kOne, kOne));
  const V32 difference = AddPairs(rounding, by04, Pair(kOne, -kOne));
  const V32 wide = SumPairs(by26, Pair(kTurn + Fix(0.765366865), kTurn));
  const V32 narrow = SumPairs(by26, Pair(kTurn, kTurn - Fix(1.847759065)));
  const V32 even[] = {hn::Add(sum, wide), hn::Add(difference, narrow), hn::Sub(difference, narrow),
                      hn::Sub(sum, wide)};

  // Of the algorithm's z1 to z5, as each input sees them.
  constexpr int kFive = Fix(1.175875602), kThree = kFive - Fix(1.961570560);
  constexpr int kFour = kFive - Fix(0.390180644);
  constexpr int kA = -Fix(0.899976223), kB = -Fix(2.562915447);
  const V32 odd[] = {
      AddPairs(SumPairs(by71, Pair(kA + kFive, Fix(1.501321110) + kA + kFour)), by53,
               Pair(kFour, kFive)),
      AddPairs(SumPairs(by71, Pair(kThree, kFive)), by53,
               Pair(kB + kFive, Fix(3.072711026) + kB + kThree)),
      AddPairs(SumPairs(by71, Pair(kFive, kFour)), by53,
               Pair(Fix(2.053119869) + kB + kFour, kB + kFive)),
      AddPairs(SumPairs(by71, Pair(Fix(0.298631336) + kA + kThree, kA + kFive)), by53,
               Pair(kFive, kThree)),
  };
  for (int i = 0; i < kSide / 2; ++i) {
    out[i] = hn::ShiftRight<kDown>(hn::Add(even[i], odd[i]));
    out[kSide - 1 - i] = hn::ShiftRight<kDown>(hn::Sub(even[i], odd[i]));
  }
}

// Eight rows of frequencies to eight of values, each column by itself, less kDown bits.
template <int kDown>
void PassOfEight(V16 (&rows)[kSide]) {
  V32 lower[kSide], upper[kSide];
  HalfPassOfEight<kDown, false>(rows, lower);
  HalfPassOfEight<kDown, true>(rows, upper);
  for (int i = 0; i < kSide; ++i) rows[i] = Narrow(lower[i], upper[i]);
}

// Each time the first half of all lanes is interleaved with the second: the bits of a lane's place
// turn by one, and after three turns row and column have changed places.
void Transpose(V16 (&rows)[kSide]) {
  for (int turn = 0; turn < 3; ++turn) {
    V16 next[kSide];
    for (int i = 0; i < kSide / 2; ++i) {
      next[2 * i] = Interleave<false>(rows[i], rows[i + kSide / 2]);
      next[2 * i + 1] = Interleave<true>(rows[i], rows[i + kSide / 2]);
    }
    std::copy_n(next, kSide, rows);
  }
}

// The same of bytes, two rows in a vector.
void TransposeBytes(V8 (&rows)[kSide / 2]) {
  for (int turn = 0; turn < 3; ++turn) {
    V8 next[kSide / 2];
    for (int i = 0; i < kSide / 4; ++i) {
      next[2 * i] = hn::InterleaveLower(kU8, rows[i], rows[i + kSide / 4]);
      next[2 * i + 1] = hn::InterleaveUpper(kU8, rows[i], rows[i + kSide / 4]);
    }
    std::copy_n(next, kSide / 2, rows);
  }
}

// Both rotations of the odd frequencies to 4x4 pixels; pairs are of rows 1 and 3, and of 5 and 7.
struct Odd {
  Odd(V16 by13, V16 by57)
      : wide(AddPairs(SumPairs(by13, Pair(Fix(2.562915447), Fix(0.899976223))), by57,
                      Pair(-Fix(0.601344887), -Fix(0.509795579)))),
        narrow(AddPairs(SumPairs(by13, Pair(Fix(1.061594337), -Fix(2.172734803))), by57,
                        Pair(Fix(1.451774981), -Fix(0.211164243)))) {}
  V32 wide, narrow;
};

// Four values of each lane: of frequency 0, of pairs of 2 and 6, 1 and 3, 5 and 7.
template <int kDown, bool kLast>
void PassToFour(V32 mean, V16 by26, V16 by13, V16 by57, V32 (&out)[4]) {
  const V32 base = hn::Add(hn::ShiftLeft<kFractionBits + 1>(mean), Rounding(kDown, kLast));
  const V32 turned = SumPairs(by26, Pair(Fix(1.847759065), -Fix(0.765366865)));
  const V32 outer = hn::Add(base, turned), inner = hn::Sub(base, turned);
  const Odd odd(by13, by57);
  out[0] = hn::ShiftRight<kDown>(hn::Add(outer, odd.wide));
  out[1] = hn::ShiftRight<kDown>(hn::Add(inner, odd.narrow));
  out[2] = hn::ShiftRight<kDown>(hn::Sub(inner, odd.narrow));
  out[3] = hn::ShiftRight<kDown>(hn::Sub(outer, odd.wide));
}

}  // namespace

extern "C" void jpeg_idct_islow(j_decompress_ptr, jpeg_component_info* component,
                                JCOEFPTR coefficients, JSAMPARRAY rows, JDIMENSION column) {
  const Block block(component, coefficients);
  if (block.IsFlat()) return Fill(block.Mean(), rows, column, kSide);
  V16 values[kSide];
  for (int row = 0; row < kSide; ++row) values[row] = block.Row(row);
  PassOfEight<kFirst>(values);
  Transpose(values);
  PassOfEight<kSecond>(values);
  V8 bytes[kSide / 2];
  for (int i = 0; i < kSide / 2; ++i) bytes[i] = Bytes(values[2 * i], values[2 * i + 1]);
  TransposeBytes(bytes);
  for (int i = 0; i < kSide / 2; ++i) {
    hn::StoreU(hn::LowerHalf(bytes[i]), kEightBytes, rows[2 * i] + column);
    hn::StoreU(hn::UpperHalf(kEightBytes, bytes[i]), kEightBytes, rows[2 * i + 1] + column);
  }
}

extern "C" void jpeg_idct_4x4(j_decompress_ptr, jpeg_component_info* component,
                              JCOEFPTR coefficients, JSAMPARRAY rows, JDIMENSION column) {
  constexpr int kFour = 4, kBit = 1;  // half of the size: one bit less
  const Block block(component, coefficients);
  if (block.IsFlat()) return Fill(block.Mean(), rows, column, kFour);
  const V16 row0 = block.Row(0), row1 = block.Row(1), row2 = block.Row(2), row3 = block.Row(3);
  const V16 row5 = block.Row(5), row6 = block.Row(6), row7 = block.Row(7);
  const hn::Half<decltype(kI16)> half;
  V32 lower[kFour], upper[kFour];
  PassToFour<kFirst + kBit, false>(hn::PromoteTo(kI32, hn::LowerHalf(row0)),
                                   Interleave<false>(row2, row6), Interleave<false>(row1, row3),
                                   Interleave<false>(row5, row7), lower);
  PassToFour<kFirst + kBit, false>(hn::PromoteTo(kI32, hn::UpperHalf(half, row0)),
                                   Interleave<true>(row2, row6), Interleave<true>(row1, row3),
                                   Interleave<true>(row5, row7), upper);

  // Columns next to each other, of four rows each: 0 and 1, 2 and 3, and so on.
  V16 pairs[kFour], columns[kFour];
  for (int i = 0; i < kFour; ++i) pairs[i] = Narrow(lower[i], upper[i]);
  const V16 tops[] = {Interleave<false>(pairs[0], pairs[1]), Interleave<true>(pairs[0], pairs[1])};
  const V16 ends[] = {Interleave<false>(pairs[2], pairs[3]), Interleave<true>(pairs[2], pairs[3])};
  for (int i = 0; i < 2; ++i) {
    const V32 top = hn::BitCast(kI32, tops[i]), end = hn::BitCast(kI32, ends[i]);
    columns[2 * i] = hn::BitCast(kI16, hn::InterleaveLower(kI32, top, end));
    columns[2 * i + 1] = hn::BitCast(kI16, hn::InterleaveUpper(kI32, top, end));
  }
  V32 out[kFour];
  PassToFour<kSecond + kBit, true>(
      hn::PromoteTo(kI32, hn::LowerHalf(columns[0])), Interleave<false>(columns[1], columns[3]),
      Interleave<true>(columns[0], columns[1]), Interleave<true>(columns[2], columns[3]), out);
  alignas(16) static constexpr uint8_t kByRows[16] = {0, 4, 8,  12, 1, 5, 9,  13,
                                                      2, 6, 10, 14, 3, 7, 11, 15};
  uint8_t pixels[16];
  hn::StoreU(hn::TableLookupBytes(Bytes(Narrow(out[0], out[1]), Narrow(out[2], out[3])),
                                  hn::Load(kU8, kByRows)),
             kU8, pixels);
  for (int row = 0; row < kFour; ++row) std::memcpy(rows[row] + column, pixels + 4 * row, kFour);
}

extern "C" void jpeg_idct_2x2(j_decompress_ptr, jpeg_component_info* component,
                              JCOEFPTR coefficients, JSAMPARRAY rows, JDIMENSION column) {
  constexpr int kBits = 2;  // a quarter of the size
  constexpr int kOdd[] = {Fix(3.624509785), -Fix(1.272758580), Fix(0.850430095), -Fix(0.720959822)};
  const Block block(component, coefficients);
  if (block.IsFlat()) return Fill(block.Mean(), rows, column, 2);
  const V16 row0 = block.Row(0), row1 = block.Row(1), row3 = block.Row(3);
  const V16 row5 = block.Row(5), row7 = block.Row(7);
  const hn::Half<decltype(kI16)> half;
  V32 sums[2], differences[2];
  const auto pass = [&](V32 mean, V16 by13, V16 by57, int at) {
    constexpr int kDown = kFirst + kBits;
    const V32 base = hn::Add(hn::ShiftLeft<kFractionBits + kBits>(mean), Rounding(kDown, false));
    const V32 odd = AddPairs(SumPairs(by13, Pair(kOdd[0], kOdd[1])), by57, Pair(kOdd[2], kOdd[3]));
    sums[at] = hn::ShiftRight<kDown>(hn::Add(base, odd));
    differences[at] = hn::ShiftRight<kDown>(hn::Sub(base, odd));
  };
  pass(hn::PromoteTo(kI32, hn::LowerHalf(row0)), Interleave<false>(row1, row3),
       Interleave<false>(row5, row7), 0);
  pass(hn::PromoteTo(kI32, hn::UpperHalf(half, row0)), Interleave<true>(row1, row3),
       Interleave<true>(row5, row7), 1);
  int16_t kept[2][kSide];
  hn::StoreU(Narrow(sums[0], sums[1]), kI16, kept[0]);
  hn::StoreU(Narrow(differences[0], differences[1]), kI16, kept[1]);
  for (int row = 0; row < 2; ++row) {
    const int16_t* value = kept[row];
    constexpr int kDown = kSecond + kBits;
    const int64_t base = int64_t{value[0]} * (1 << (kFractionBits + kBits)) + (1 << (kDown - 1));
    int64_t odd = 0;
    for (int i = 0; i < 4; ++i) odd += int64_t{value[2 * i + 1]} * kOdd[i];
    rows[row][column] = Sample((base + odd) >> kDown);
    rows[row][column + 1] = Sample((base - odd) >> kDown);
  }
}

extern "C" void jpeg_idct_1x1(j_decompress_ptr, jpeg_component_info* component,
                              JCOEFPTR coefficients, JSAMPARRAY rows, JDIMENSION column) {
  rows[0][column] = Block(component, coefficients).Mean();
}
HWY_AFTER_NAMESPACE();
