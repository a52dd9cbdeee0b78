#include "shiwu/resample.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <optional>

#include "hwy/highway.h"
#include "resample_weights.h"

// How 22-bit weights meet 16-bit multipliers: a weight w is split into w = high * 2048 + low with
// 0 <= low < 2048, both of which fit int16, so that one multiply-add instruction (pmaddwd,
// i32x4.dot_i16x8, vmlal) takes two taps of four channels at once. high and low are summed apart
// and joined at the end; int32 arithmetic is exact, so the result equals the plain sum.

HWY_BEFORE_NAMESPACE();
namespace shiwu {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// 128-bit vectors everywhere: wasm has no wider ones, and the layouts below count on four pixels.
constexpr hn::Full128<uint8_t> kU8;
constexpr hn::Full64<uint8_t> kTwoPixels;
constexpr hn::Full128<int16_t> kI16;
constexpr hn::Full128<int32_t> kI32;
using V8 = hn::Vec<decltype(kU8)>;
using V16 = hn::Vec<decltype(kI16)>;
using V32 = hn::Vec<decltype(kI32)>;

constexpr int kLowBits = 11;
constexpr int32_t kHalf = 1 << (kWeightBits - 1);

int16_t High(int32_t weight) { return static_cast<int16_t>(weight >> kLowBits); }
int16_t Low(int32_t weight) { return static_cast<int16_t>(weight & ((1 << kLowBits) - 1)); }

V16 SplatPair(const int16_t* pair) {
  int32_t both;
  std::memcpy(&both, pair, sizeof(both));
  return hn::BitCast(kI16, hn::Set(kI32, both));
}

V16 WidenLower(V8 v) { return hn::BitCast(kI16, hn::InterleaveLower(kU8, v, hn::Zero(kU8))); }
V16 WidenUpper(V8 v) { return hn::BitCast(kI16, hn::InterleaveUpper(kU8, v, hn::Zero(kU8))); }

// sum + pixels * weights, neighbouring lanes added up.
V32 AddPairs(V32 sum, V16 pixels, V16 weights) {
  // The second accumulator stays zero for integers in every target that exists; the sums are of
  // neighbouring lanes, which RearrangeToOddPlusEven guarantees.
  V32 unused = hn::Zero(kI32);
  const V32 added = hn::ReorderWidenMulAccumulate(kI32, pixels, weights, sum, unused);
  return hn::RearrangeToOddPlusEven(added, unused);
}

// Stores four values, clamped to 0..255.
void StoreBytes(V32 values, uint8_t* rgba) {
  const hn::Rebind<uint8_t, decltype(kI32)> four_bytes;
  hn::StoreU(hn::DemoteTo(four_bytes, values), four_bytes, rgba);
}

// Sums of high and low parts for one pixel's four channels.
struct Sum {
  V32 high = hn::Zero(kI32);
  V32 low = hn::Zero(kI32);

  void Add(V16 pixels, V16 weights_high, V16 weights_low) {
    high = AddPairs(high, pixels, weights_high);
    low = AddPairs(low, pixels, weights_low);
  }
  void Store(uint8_t* rgba) const {
    const V32 sum = hn::Add(hn::Add(hn::ShiftLeft<kLowBits>(high), low), hn::Set(kI32, kHalf));
    StoreBytes(hn::ShiftRight<kWeightBits>(sum), rgba);
  }
};

// ---------------------------------------------------------------- horizontal

constexpr int kGroup = 4;                    // taps per step: four RGBA pixels
constexpr int kBand = 16;                    // rows per step: a cache line of turned pixels
constexpr int kOverread = 4 * (kGroup - 1);  // bytes that the last group may read past its taps

// Interleaving the first two of four pixels with the last two pairs tap 0 with 2 and tap 1 with 3;
// weights are packed in that order.
//
// Most pixels do not need all 22 bits. First each sum is formed from the weights' upper bits alone,
// which fit one 16-bit multiplier: half the work. What the lower bits can add is bounded, whatever
// the pixels are; when both bounds round to the same bytes, those are the exact ones. Otherwise (a
// few in a hundred) the pixel is summed again with high and low parts.
struct PackedColumns {
  struct Column {
    int first;      // source column
    int groups;     // groups of four taps
    int32_t least;  // bounds of the exact sum less the coarse one, rounding included
    int32_t most;
    size_t weights;  // where its weights begin, in groups
  };
  std::vector<Column> columns;
  int coarse_shift = 0;         // coarse weight = weight >> coarse_shift, rounded
  std::vector<int16_t> coarse;  // (0,2) (1,3) per group
  std::vector<int16_t> exact;   // high(0,2) high(1,3) low(0,2) low(1,3) per group
};

// Cold: compiled for size, since it does not see the pixels.
[[gnu::cold]] PackedColumns Pack(const AxisWeights& axis) {
  PackedColumns packed;
  int32_t largest = 0;
  for (const int32_t w : axis.value) largest = std::max(largest, std::abs(w));
  // One less than int16's limit: rounding may step up.
  while (largest >> packed.coarse_shift > 32766) ++packed.coarse_shift;
  const int32_t unit = 1 << packed.coarse_shift;

  for (size_t x = 0; x < axis.first.size(); ++x) {
    const int groups = (axis.count[x] + kGroup - 1) / kGroup;
    PackedColumns::Column column{axis.first[x], groups, kHalf, kHalf,
                                 packed.coarse.size() / kGroup};
    for (int g = 0; g < groups; ++g) {
      int32_t w[kGroup];
      int16_t coarse[kGroup];
      for (int t = 0; t < kGroup; ++t) {
        const int tap = g * kGroup + t;
        w[t] = tap < axis.count[x] ? axis.value[x * axis.taps + tap] : 0;
        coarse[t] = static_cast<int16_t>((w[t] + unit / 2) >> packed.coarse_shift);
        const int32_t rest = w[t] - coarse[t] * unit;
        (rest < 0 ? column.least : column.most) += 255 * rest;
      }
      for (const int t : {0, 2, 1, 3}) packed.coarse.push_back(coarse[t]);
      for (const int t : {0, 2, 1, 3}) packed.exact.push_back(High(w[t]));
      for (const int t : {0, 2, 1, 3}) packed.exact.push_back(Low(w[t]));
    }
    packed.columns.push_back(column);
  }
  return packed;
}

// Four RGBA pixels as 16-bit lanes: (0,2) and (1,3) interleaved.
struct FourPixels {
  V16 even;
  V16 odd;

  explicit FourPixels(const uint8_t* rgba) {
    const V16 first = hn::PromoteTo(kI16, hn::LoadU(kTwoPixels, rgba));
    const V16 second = hn::PromoteTo(kI16, hn::LoadU(kTwoPixels, rgba + 2 * kChannels));
    even = hn::InterleaveLower(kI16, first, second);
    odd = hn::InterleaveUpper(kI16, first, second);
  }
};

void SumExactly(const uint8_t* pixels, const int16_t* weights, int groups, uint8_t* out) {
  Sum sum;
  for (int g = 0; g < groups; ++g, weights += 2 * kGroup, pixels += kGroup * kChannels) {
    const FourPixels four(pixels);
    sum.Add(four.even, SplatPair(weights), SplatPair(weights + 4));
    sum.Add(four.odd, SplatPair(weights + 2), SplatPair(weights + 6));
  }
  sum.Store(out);
}

// One output row for each of two source rows, so that weights are loaded once for both.
void SumRows(const PackedColumns& packed, int first_column, const uint8_t* const (&rows)[2],
             uint8_t* const (&out)[2]) {
  size_t x = 0;
  for (const PackedColumns::Column& column : packed.columns) {
    const size_t offset = size_t{kChannels} * (column.first - first_column);
    const int16_t* weights = packed.coarse.data() + kGroup * column.weights;
    V32 sums[] = {hn::Zero(kI32), hn::Zero(kI32)};
    for (int g = 0; g < column.groups; ++g, weights += kGroup) {
      const V16 even = SplatPair(weights), odd = SplatPair(weights + 2);
      for (int r = 0; r < 2; ++r) {
        const FourPixels four(rows[r] + offset + size_t{kGroup * kChannels} * g);
        sums[r] = AddPairs(AddPairs(sums[r], four.even, even), four.odd, odd);
      }
    }
    for (int r = 0; r < 2; ++r) {
      const V32 scaled = hn::ShiftLeftSame(sums[r], packed.coarse_shift);
      const V32 least = hn::ShiftRight<kWeightBits>(hn::Add(scaled, hn::Set(kI32, column.least)));
      const V32 most = hn::ShiftRight<kWeightBits>(hn::Add(scaled, hn::Set(kI32, column.most)));
      if (HWY_LIKELY(hn::AllTrue(kI32, hn::Eq(least, most)))) {
        StoreBytes(least, out[r] + x);
      } else {
        SumExactly(rows[r] + offset, packed.exact.data() + 2 * kGroup * column.weights,
                   column.groups, out[r] + x);
      }
    }
    x += kChannels;
  }
}

// Source rows [y, y + count), columns from `first_column`, as contiguous memory that may be read
// kOverread bytes past its end: in place where that is safe, copied where the view is turned or
// mirrored or the rows are the last ones before `end_row`, which need not be there. Copying a band
// at a time reads turned pixels by the cache line.
class BandReader {
 public:
  BandReader(const ImageView& source, int first_column, int columns, int end_row)
      : source_(source), first_(first_column), columns_(columns), end_row_(end_row) {}

  bool Prepare() {
    pitch_ = size_t{kChannels} * columns_ + kOverread;
    scratch_.reset(new (std::nothrow) uint8_t[pitch_ * kBand]());
    return scratch_ != nullptr;
  }
  void Rows(int y, int count, const uint8_t** rows) {
    const int rows_after = end_row_ - (y + count);
    const bool in_place =
        source_.HasContiguousRows() && rows_after * source_.row_stride >= kOverread;
    if (in_place) {
      for (int r = 0; r < count; ++r) rows[r] = source_.At(first_, y + r);
      return;
    }
    for (int x = 0; x < columns_; ++x) {
      const uint8_t* from = source_.At(first_ + x, y);
      uint8_t* to = scratch_.get() + size_t{kChannels} * x;
      for (int r = 0; r < count; ++r, from += source_.row_stride, to += pitch_) {
        std::memcpy(to, from, kChannels);
      }
    }
    for (int r = 0; r < count; ++r) rows[r] = scratch_.get() + r * pitch_;
  }

 private:
  const ImageView& source_;
  int first_;
  int columns_;
  int end_row_;
  size_t pitch_ = 0;
  std::unique_ptr<uint8_t[]> scratch_;
};

// Rows [first_row, first_row + height) of the source, resampled across.
Result<Image> ResizeColumns(const ImageView& source, int first_row, int height,
                            const AxisWeights& axis) {
  auto result = Image::Allocate(static_cast<int>(axis.first.size()), height);
  if (!result.ok()) return result;
  Image& out = result.value();
  const PackedColumns packed = Pack(axis);
  const int first_column = axis.first.front();
  const int end_column = axis.first.back() + axis.count.back();
  BandReader reader(source, first_column, end_column - first_column, first_row + height);
  if (!reader.Prepare()) return Error{ErrorCode::kOutOfMemory, "scratch rows"};

  const size_t pitch = size_t{kChannels} * out.width();
  const uint8_t* rows[kBand];
  for (int y = 0; y < out.height(); y += kBand) {
    const int count = std::min(kBand, out.height() - y);
    reader.Rows(first_row + y, count, rows);
    uint8_t* to = out.data() + y * pitch;
    for (int r = 0; r < count; r += 2) {
      const int next = std::min(r + 1, count - 1);  // the last of an odd number goes twice
      SumRows(packed, first_column, {rows[r], rows[next]}, {to + r * pitch, to + next * pitch});
    }
  }
  return result;
}

// The same pixels, only made contiguous.
Result<Image> Copy(const ImageView& source) {
  auto copy = Image::Allocate(source.width, source.height);
  if (!copy.ok()) return copy;
  const size_t pitch = size_t{kChannels} * source.width;
  for (int y = 0; y < source.height; ++y) {
    uint8_t* to = copy.value().data() + y * pitch;
    if (source.HasContiguousRows()) {
      std::memcpy(to, source.At(0, y), pitch);
      continue;
    }
    for (int x = 0; x < source.width; ++x) {
      std::memcpy(to + size_t{kChannels} * x, source.At(x, y), kChannels);
    }
  }
  return copy;
}

// ------------------------------------------------------------------ vertical

// `in` begins at source row `first_row`; its rows are contiguous.
Result<Image> ResizeRows(const ImageView& in, int first_row, const AxisWeights& axis) {
  auto result = Image::Allocate(in.width, static_cast<int>(axis.first.size()));
  if (!result.ok()) return result;
  Image& out = result.value();
  const size_t pitch = size_t{kChannels} * out.width();
  std::vector<int16_t> pairs;  // high(t, t + 1) low(t, t + 1) of one output row
  for (int y = 0; y < out.height(); ++y) {
    const int32_t* value = axis.value.data() + static_cast<size_t>(y) * axis.taps;
    const int count = axis.count[y];
    const uint8_t* top = in.At(0, axis.first[y] - first_row);
    uint8_t* to = out.data() + y * pitch;
    pairs.clear();
    for (int t = 0; t < count; t += 2) {
      const int32_t next = t + 1 < count ? value[t + 1] : 0;
      for (const int16_t part : {High(value[t]), High(next), Low(value[t]), Low(next)}) {
        pairs.push_back(part);
      }
    }
    size_t x = 0;
    for (; x + 16 <= pitch; x += 16) {  // four pixels
      Sum sums[4];
      for (int t = 0; t < count; t += 2) {
        const V16 high = SplatPair(&pairs[2 * t]), low = SplatPair(&pairs[2 * t + 2]);
        const V8 upper = hn::LoadU(kU8, top + t * in.row_stride + x);
        // A missing partner has weight 0, so any readable row will do.
        const V8 lower = hn::LoadU(kU8, top + std::min(t + 1, count - 1) * in.row_stride + x);
        const V8 first = hn::InterleaveLower(kU8, upper, lower);
        const V8 second = hn::InterleaveUpper(kU8, upper, lower);
        sums[0].Add(WidenLower(first), high, low);
        sums[1].Add(WidenUpper(first), high, low);
        sums[2].Add(WidenLower(second), high, low);
        sums[3].Add(WidenUpper(second), high, low);
      }
      for (int i = 0; i < 4; ++i) sums[i].Store(to + x + kChannels * i);
    }
    for (; x < pitch; ++x) {
      int32_t sum = kHalf;
      for (int t = 0; t < count; ++t) sum += top[t * in.row_stride + x] * value[t];
      to[x] = RoundWeighted(sum);
    }
  }
  return result;
}

}  // namespace

// Cold: compiled for size; the loops over pixels are in what it calls.
[[gnu::cold]] Result<Image> Resize(const ImageView& source, int width, int height, Filter filter,
                                   const Box& box) {
  if (Status status = CheckResize(source, width, height, box); !status.ok()) return status;
  const bool horizontal = width != source.width || box.left != 0 || box.right != width;
  const bool vertical = height != source.height || box.top != 0 || box.bottom != height;

  const AxisWeights rows = ComputeWeights(source.height, box.top, box.bottom, height, filter);
  const int first_row = vertical ? rows.first.front() : 0;
  const int end_row = vertical ? rows.first.back() + rows.count.back() : height;
  const auto part = [&](int first_column, int columns) -> ImageView {
    return {source.At(first_column, first_row), columns, end_row - first_row, source.pixel_stride,
            source.row_stride};
  };
  if (!horizontal) {
    ImageView needed = part(0, width);
    if (vertical && needed.HasContiguousRows()) return ResizeRows(needed, first_row, rows);
    auto copy = Copy(needed);
    if (!copy.ok() || !vertical) return copy;
    return ResizeRows(copy.value().view(), first_row, rows);
  }

  AxisWeights columns = ComputeWeights(source.width, box.left, box.right, width, filter);
  if (!vertical) return ResizeColumns(source, 0, height, columns);
  if (!IsVerticalFirst(source, width, height)) {
    auto narrow = ResizeColumns(source, first_row, end_row - first_row, columns);
    if (!narrow.ok()) return narrow;
    return ResizeRows(narrow.value().view(), first_row, rows);
  }

  const int first_column = columns.first.front();
  ImageView needed = part(first_column, columns.first.back() + columns.count.back() - first_column);
  std::optional<Image> copy;
  if (!needed.HasContiguousRows()) {
    auto copied = Copy(needed);
    if (!copied.ok()) return copied;
    copy = std::move(copied).value();
    needed = copy->view();
  }
  auto low = ResizeRows(needed, first_row, rows);
  if (!low.ok()) return low;
  for (int& first : columns.first) first -= first_column;
  return ResizeColumns(low.value().view(), 0, height, columns);
}

}  // namespace shiwu
HWY_AFTER_NAMESPACE();
