#include "reduce.h"

#include "hwy/highway.h"

// The loops inside are over a handful of rows and columns, so that several vectors, or blocks, go
// through them side by side.

HWY_BEFORE_NAMESPACE();
namespace shiwu {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// kVectors vectors of kStep sums: `count` rows added up, byte by byte.
template <int kVectors, size_t kStep>
void AddRows(const uint8_t* row, ptrdiff_t pitch, int count, uint16_t* sums) {
  constexpr hn::Simd<uint8_t, kStep, 0> kBytes;
  constexpr hn::Simd<uint16_t, kStep, 0> kSums;
  hn::Vec<decltype(kSums)> sum[kVectors];
  for (auto& each : sum) each = hn::Zero(kSums);
  for (int r = 0; r < count; ++r, row += pitch) {
    for (int v = 0; v < kVectors; ++v) {
      sum[v] = hn::Add(sum[v], hn::PromoteTo(kSums, hn::LoadU(kBytes, row + kStep * v)));
    }
  }
  for (int v = 0; v < kVectors; ++v) hn::StoreU(sum[v], kSums, sums + kStep * v);
}

// Pillow's division: a factor of 24 fraction bits, rounded down, and half a pixel before.
struct Division {
  explicit Division(uint32_t pixels) : half(pixels / 2), factor((1u << 24) / pixels) {}
  uint32_t half, factor;
};

// kBlocks means of `columns` sums.
template <int kBlocks>
void Average(const uint16_t* sums, int columns, const Division& division, uint8_t* out) {
  constexpr hn::Full64<uint16_t> kSum;  // of one pixel's channels
  constexpr hn::Full128<uint32_t> kWide;
  hn::Vec<decltype(kWide)> sum[kBlocks];
  for (auto& each : sum) each = hn::Set(kWide, division.half);
  for (int i = 0; i < columns; ++i, sums += kChannels) {
    for (int b = 0; b < kBlocks; ++b) {
      const auto more = hn::LoadU(kSum, sums + kChannels * columns * b);
      sum[b] = hn::Add(sum[b], hn::PromoteTo(kWide, more));
    }
  }
  constexpr hn::Full128<int32_t> kSigned;
  constexpr hn::Full32<uint8_t> kPixel;
  for (int b = 0; b < kBlocks; ++b) {
    const auto mean = hn::ShiftRight<24>(hn::Mul(sum[b], hn::Set(kWide, division.factor)));
    hn::StoreU(hn::DemoteTo(kPixel, hn::BitCast(kSigned, mean)), kPixel, out + kChannels * b);
  }
}

}  // namespace

void ReduceRow(const ImageView& stored, const Blocks& across, const Blocks& down, int row, int from,
               int to, uint16_t* sums, uint8_t* out) {
  const int top = down.BeginOf(row), rows = down.EndOf(row) - top;
  const int left = across.BeginOf(from), width = across.EndOf(to - 1) - left;
  const uint8_t* source = stored.At(left, top);
  constexpr int kPixels = 16;
  int x = 0;
  for (; x + kPixels <= width; x += kPixels) {
    AddRows<8, 8>(source + kChannels * x, stored.row_stride, rows, sums + kChannels * x);
  }
  for (; x < width; ++x) {
    AddRows<1, 4>(source + kChannels * x, stored.row_stride, rows, sums + kChannels * x);
  }

  constexpr int kBlocks = 4;
  const Division whole(static_cast<uint32_t>(rows * across.each));
  for (int block = from; block < to;) {
    const int begin = across.BeginOf(block), columns = across.EndOf(block) - begin;
    const uint16_t* first = sums + kChannels * (begin - left);
    uint8_t* mean = out + kChannels * (block - from);
    if (block + kBlocks <= to &&
        across.EndOf(block + kBlocks - 1) - begin == kBlocks * across.each) {
      Average<kBlocks>(first, across.each, whole, mean);
      block += kBlocks;
    } else {
      Average<1>(first, columns, Division(static_cast<uint32_t>(rows * columns)), mean);
      ++block;
    }
  }
}

}  // namespace shiwu
HWY_AFTER_NAMESPACE();
