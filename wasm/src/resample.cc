#include "shiwu/resample.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <utility>

#include "hwy/highway.h"
#include "pairs.h"
#include "reduce.h"
#include "resample_weights.h"
#include "shiwu/orientation.h"

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

constexpr int kGroup = 4;  // taps per step: four RGBA pixels
constexpr int kOverread = Resampler::kOverread;
static_assert(kOverread == kChannels * (kGroup - 1));  // what the last group reads past its taps

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
void SumRows(const PackedColumns& packed, const uint8_t* const (&rows)[2],
             uint8_t* const (&out)[2]) {
  size_t x = 0;
  for (const PackedColumns::Column& column : packed.columns) {
    const size_t offset = size_t{kChannels} * column.first;
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

// ------------------------------------------------------------------ vertical

// One output row from `count` source rows that begin at `top`. `bytes` is four times the width;
// `pairs` is scratch.
void SumDown(const uint8_t* top, size_t pitch, size_t bytes, const int32_t* value, int count,
             std::vector<int16_t>& pairs, uint8_t* to) {
  pairs.clear();  // high(t, t + 1) low(t, t + 1)
  for (int t = 0; t < count; t += 2) {
    const int32_t next = t + 1 < count ? value[t + 1] : 0;
    for (const int16_t part : {High(value[t]), High(next), Low(value[t]), Low(next)}) {
      pairs.push_back(part);
    }
  }
  size_t x = 0;
  for (; x + 16 <= bytes; x += 16) {  // four pixels
    Sum sums[4];
    for (int t = 0; t < count; t += 2) {
      const V16 high = SplatPair(&pairs[2 * t]), low = SplatPair(&pairs[2 * t + 2]);
      const V8 upper = hn::LoadU(kU8, top + t * pitch + x);
      // A missing partner has weight 0, so any readable row will do.
      const V8 lower = hn::LoadU(kU8, top + std::min(t + 1, count - 1) * pitch + x);
      const V8 first = hn::InterleaveLower(kU8, upper, lower);
      const V8 second = hn::InterleaveUpper(kU8, upper, lower);
      sums[0].Add(WidenLower(first), high, low);
      sums[1].Add(WidenUpper(first), high, low);
      sums[2].Add(WidenLower(second), high, low);
      sums[3].Add(WidenUpper(second), high, low);
    }
    for (int i = 0; i < 4; ++i) sums[i].Store(to + x + kChannels * i);
  }
  for (; x < bytes; ++x) {
    int32_t sum = kHalf;
    for (int t = 0; t < count; ++t) sum += top[t * pitch + x] * value[t];
    to[x] = RoundWeighted(sum);
  }
}

// Rows of RGBA8 that may be read kOverread bytes past their end.
struct Rows {
  std::unique_ptr<uint8_t[]> bytes;
  size_t pitch = 0;

  bool Allocate(size_t width, size_t count) {
    pitch = kChannels * width;
    if (count > (std::numeric_limits<size_t>::max() / 2 - kOverread) / pitch) return false;
    bytes.reset(new (std::nothrow) uint8_t[pitch * count + kOverread]());
    return bytes != nullptr;
  }
  uint8_t* At(size_t row) { return bytes.get() + row * pitch; }
};

int EndOf(const AxisWeights& axis) {
  int end = 0;
  for (size_t i = 0; i < axis.first.size(); ++i) end = std::max(end, axis.first[i] + axis.count[i]);
  return end;
}

int BeginOf(const AxisWeights& axis) {
  return *std::min_element(axis.first.begin(), axis.first.end());
}

// The weights of the same axis counted from its other end.
void Mirror(AxisWeights& axis, int size) {
  for (size_t i = 0; i < axis.first.size(); ++i) {
    axis.first[i] = size - axis.first[i] - axis.count[i];
    int32_t* value = axis.value.data() + i * axis.taps;
    std::reverse(value, value + axis.count[i]);
  }
  std::reverse(axis.first.begin(), axis.first.end());
  std::reverse(axis.count.begin(), axis.count.end());
  for (size_t i = 0, j = axis.first.size() - 1; i < j; ++i, --j) {
    std::swap_ranges(axis.value.begin() + i * axis.taps, axis.value.begin() + (i + 1) * axis.taps,
                     axis.value.begin() + j * axis.taps);
  }
}

}  // namespace

// All in the order in which the picture is stored: a turned picture has its weights turned instead,
// and only the small result is turned upright.
struct Resampler::State {
  int orientation;
  bool across_first;
  AxisWeights across, down;
  Region needed;
  PackedColumns columns;
  int taken = 0;  // rows

  // Across first: what was taken, made narrow. Down first: the last rows taken, as many as an
  // output row may still need.
  Rows kept;
  int kept_from = 0;  // which of the rows taken the first of them is
  Rows low;           // down first: finished rows
  size_t finished = 0;
  std::vector<int16_t> pairs;

  void TakeDown(const uint8_t* row);
};

Resampler::Resampler(std::unique_ptr<State> state) : state_(std::move(state)) {}
Resampler::Resampler(Resampler&&) noexcept = default;
Resampler::~Resampler() = default;

const Region& Resampler::needed() const { return state_->needed; }

// Cold, as what follows: compiled for size; the loops over pixels are in what it calls.
[[gnu::cold]] Result<Resampler> Resampler::Make(int stored_width, int stored_height,
                                                int orientation, int width, int height,
                                                Filter filter, const Box& box) {
  const Turn turn = TurnOf(orientation);
  int source_width = stored_width, source_height = stored_height;
  if (turn.exchanged) std::swap(source_width, source_height);
  if (Status status = CheckResize(source_width, source_height, width, height, box); !status.ok()) {
    return status;
  }
  AxisWeights columns = ComputeWeights(source_width, box.left, box.right, width, filter);
  AxisWeights rows = ComputeWeights(source_height, box.top, box.bottom, height, filter);
  if (turn.mirrored_x) Mirror(columns, source_width);
  if (turn.mirrored_y) Mirror(rows, source_height);
  if (turn.exchanged) std::swap(columns, rows);

  std::unique_ptr<State> s(new (std::nothrow) State);
  if (s == nullptr) return Error{ErrorCode::kOutOfMemory, "resampler"};
  s->orientation = orientation;
  s->across_first = IsVerticalFirst(source_width, source_height, width, height) == turn.exchanged;
  s->needed = {BeginOf(columns), BeginOf(rows), EndOf(columns) - BeginOf(columns),
               EndOf(rows) - BeginOf(rows)};
  for (int& first : columns.first) first -= s->needed.x;
  for (int& first : rows.first) first -= s->needed.y;
  s->columns = Pack(columns);
  s->across = std::move(columns);
  s->down = std::move(rows);

  bool ok;
  if (s->across_first) {
    ok = s->kept.Allocate(s->across.first.size(), s->needed.height);
  } else {
    // Twice what one output row needs, so that moving them up is rare.
    const size_t most = *std::max_element(s->down.count.begin(), s->down.count.end());
    ok = s->kept.Allocate(s->needed.width, 2 * most) &&
         s->low.Allocate(s->needed.width, s->down.first.size());
  }
  if (!ok) return Error{ErrorCode::kOutOfMemory, "intermediate rows"};
  return Resampler(std::move(s));
}

void Resampler::Take(const uint8_t* const* rows, int count) {
  State& s = *state_;
  count = std::min(count, s.needed.height - s.taken);
  if (!s.across_first) {
    for (int r = 0; r < count; ++r) s.TakeDown(rows[r]);
    return;
  }
  for (int r = 0; r < count; r += 2) {
    const int next = std::min(r + 1, count - 1);  // the last of an odd number goes twice
    SumRows(s.columns, {rows[r], rows[next]}, {s.kept.At(s.taken + r), s.kept.At(s.taken + next)});
  }
  s.taken += count;
}

void Resampler::State::TakeDown(const uint8_t* row) {
  const int capacity = 2 * *std::max_element(down.count.begin(), down.count.end());
  if (taken < down.first[finished]) {  // narrow filters may leave a row out
    kept_from = ++taken;
    return;
  }
  if (taken - kept_from == capacity) {
    const int needless = down.first[finished] - kept_from;
    std::memmove(kept.At(0), kept.At(needless), (capacity - needless) * kept.pitch);
    kept_from += needless;
  }
  std::memcpy(kept.At(taken - kept_from), row, kept.pitch);
  ++taken;
  for (; finished < down.first.size(); ++finished) {
    const int first = down.first[finished], count = down.count[finished];
    if (first + count > taken) break;
    SumDown(kept.At(first - kept_from), kept.pitch, kept.pitch,
            down.value.data() + finished * down.taps, count, pairs, low.At(finished));
  }
}

[[gnu::cold]] Result<Image> Resampler::Finish() {
  State& s = *state_;
  const int width = static_cast<int>(s.across.first.size());
  const int height = static_cast<int>(s.down.first.size());
  auto result = Image::Allocate(width, height);
  if (!result.ok()) return result;
  Image& out = result.value();
  const size_t pitch = size_t{kChannels} * width;
  for (int y = 0; y < height; ++y) {
    uint8_t* to = out.data() + y * pitch;
    if (s.across_first) {
      SumDown(s.kept.At(s.down.first[y]), s.kept.pitch, pitch,
              s.down.value.data() + size_t(y) * s.down.taps, s.down.count[y], s.pairs, to);
    } else {
      SumRows(s.columns, {s.low.At(y), s.low.At(y)}, {to, to});
    }
  }
  if (s.orientation < 2 || s.orientation > 8) return result;
  const ImageView upright = Upright(out.view(), s.orientation);
  auto turned = Image::Allocate(upright.width, upright.height);
  if (!turned.ok()) return turned;
  uint8_t* to = turned.value().data();
  for (int y = 0; y < upright.height; ++y) {
    for (int x = 0; x < upright.width; ++x, to += kChannels) {
      std::memcpy(to, upright.At(x, y), kChannels);
    }
  }
  return turned;
}

namespace {

// Resize of the picture whose pixels are the means of across x down pixels of `source`, and to
// which `box` belongs; 1 x 1: of `source` itself.
[[gnu::cold]] Result<Image> ResizeBlocks(const ImageView& source, int across, int down, int width,
                                         int height, Filter filter, const Box& box) {
  if (source.data == nullptr) return Error{ErrorCode::kInvalidArgument, "empty source"};
  // What Upright() did is undone, so that memory is read in its order.
  ImageView stored = source;
  const auto unmirror = [&](ptrdiff_t& stride, int size) {
    if (stride >= 0) return false;
    stored.data += (size - 1) * stride;
    stride = -stride;
    return true;
  };
  const bool mirrored_x = unmirror(stored.pixel_stride, stored.width);
  const bool mirrored_y = unmirror(stored.row_stride, stored.height);
  const bool exchanged = stored.pixel_stride != kChannels;
  Blocks columns(stored.width, across, mirrored_x), lines(stored.height, down, mirrored_y);
  if (exchanged) {
    std::swap(stored.width, stored.height);
    std::swap(stored.pixel_stride, stored.row_stride);
    std::swap(columns, lines);
  }
  constexpr int kOrientations[2][2][2] = {{{1, 4}, {2, 3}}, {{5, 8}, {6, 7}}};
  auto resampler =
      Resampler::Make(columns.count(), lines.count(),
                      kOrientations[exchanged][mirrored_x][mirrored_y], width, height, filter, box);
  if (!resampler.ok()) return resampler.status();
  Resampler& taker = resampler.value();
  const Region& needed = taker.needed();

  constexpr int kBand = 16;
  const uint8_t* rows[kBand];
  // Behind the last rows there may be nothing to read: they are copied, as means are.
  const bool reduces = across > 1 || down > 1;
  const int copied = reduces ? needed.height : std::min(needed.height, kOverread / kChannels);
  const int in_place = needed.height - copied;
  for (int y = 0; y < in_place; y += kBand) {
    const int count = std::min(kBand, in_place - y);
    for (int r = 0; r < count; ++r) rows[r] = stored.At(needed.x, needed.y + y + r);
    taker.Take(rows, count);
  }
  const int right = needed.x + needed.width;
  std::unique_ptr<uint16_t[]> sums;
  if (reduces) {
    const int pixels = columns.EndOf(right - 1) - columns.BeginOf(needed.x);
    sums.reset(new (std::nothrow) uint16_t[size_t{kChannels} * pixels]);
  }
  Rows band;
  if ((reduces && sums == nullptr) || !band.Allocate(needed.width, std::min(copied, kBand))) {
    return Error{ErrorCode::kOutOfMemory, "rows"};
  }
  for (int y = in_place; y < needed.height; y += kBand) {
    const int count = std::min(kBand, needed.height - y);
    for (int r = 0; r < count; ++r) {
      const int row = needed.y + y + r;
      rows[r] = band.At(r);
      if (reduces) {
        ReduceRow(stored, columns, lines, row, needed.x, right, sums.get(), band.At(r));
      } else {
        std::memcpy(band.At(r), stored.At(needed.x, row), band.pitch);
      }
    }
    taker.Take(rows, count);
  }
  return taker.Finish();
}

}  // namespace

Result<Image> Resize(const ImageView& source, int width, int height, Filter filter,
                     const Box& box) {
  return ResizeBlocks(source, 1, 1, width, height, filter, box);
}

[[gnu::cold]] Result<Image> ResizeInTwo(const ImageView& source, int width, int height,
                                        Filter filter, const Edges& box) {
  if (Status status = CheckResize(source.width, source.height, width, height, ToBox(box));
      !status.ok()) {
    return status;
  }
  struct Axis {
    int block;       // pixels along it
    int first, end;  // the pixels that can matter, and so are averaged
    double from, to;
  };
  // Pillow's Image.resize and _get_safe_box, in double precision as there.
  const auto plan = [&](int size, double from, double to, int target) -> Axis {
    constexpr double kGap = 2;
    const double scale = (to - from) / target;
    const int block = std::clamp(static_cast<int>(scale / kGap), 1, kMaxBlock);
    const double support = (SupportOf(filter) - 0.5) * scale;
    const int first = std::max(0, static_cast<int>(from - support));
    const int end = static_cast<int>(std::min<double>(size, std::ceil(to + support)));
    return {block, first, end, (from - first) / block, (to - first) / block};
  };
  const Axis x = plan(source.width, box.left, box.right, width);
  const Axis y = plan(source.height, box.top, box.bottom, height);
  if (x.block == 1 && y.block == 1) return Resize(source, width, height, filter, ToBox(box));
  auto part = Crop(source, {x.first, y.first, x.end - x.first, y.end - y.first});
  if (!part.ok()) return part.status();
  return ResizeBlocks(part.value(), x.block, y.block, width, height, filter,
                      ToBox({x.from, y.from, x.to, y.to}));
}

}  // namespace shiwu
HWY_AFTER_NAMESPACE();
