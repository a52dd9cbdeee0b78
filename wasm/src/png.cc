// PNG (W3C, third edition): the default image, all colour types and depths. What browsers and
// Pillow bear is borne: checksums are not looked at, ancillary chunks may stand anywhere and be
// wrong.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

#include "bytes.h"
#include "formats.h"
#include "inflate.h"

namespace shiwu {
namespace {

using Bytes = std::span<const uint8_t>;
enum Colour : uint8_t { kGrey = 0, kRgb = 2, kPalette = 3, kGreyAlpha = 4, kRgba = 6 };

struct Png {
  size_t width, height;
  int depth, colour, channels;
  bool interlaced;
  Bytes palette, transparency;
  std::vector<Bytes> data;
  bool ended = false;  // by IEND

  size_t BitsPerPixel() const { return static_cast<size_t>(depth) * channels; }
  size_t RowBytes(size_t pixels) const { return (pixels * BitsPerPixel() + 7) / 8; }
};

int ChannelsOf(int colour) {
  constexpr uint8_t kChannelsOf[7] = {1, 0, 3, 1, 2, 0, 4};
  return colour < 7 ? kChannelsOf[colour] : 0;
}

bool IsDepthOf(int colour, int depth) {
  if (depth == 8) return true;
  if (depth == 16) return colour != kPalette;
  return (depth == 1 || depth == 2 || depth == 4) && (colour == kGrey || colour == kPalette);
}

Result<Png> ReadChunks(Bytes file, uint64_t max_pixels) {
  if (HasText(file, 12, "CgBI")) return Error{ErrorCode::kUnsupportedFormat, "Apple's own PNG"};
  if (file.size() < 33) return Error{ErrorCode::kTruncatedImage, "the data ends inside the header"};
  if (!HasText(file, 12, "IHDR") || BigEndian(file, 8, 4) != 13) {
    return Error{ErrorCode::kCorruptImage, "no IHDR"};
  }
  Png png = {BigEndian(file, 16, 4),
             BigEndian(file, 20, 4),
             file[24],
             file[25],
             ChannelsOf(file[25]),
             file[28] != 0,
             {},
             {},
             {}};
  if (Status status = CheckSize(png.width, png.height, max_pixels); !status.ok()) return status;
  if (png.channels == 0 || !IsDepthOf(png.colour, png.depth) || file[27] != 0) {
    return Error{ErrorCode::kCorruptImage, "no such colour type"};
  }
  size_t bytes = 0;
  for (size_t at = 33; file.size() - at >= 8 && !png.ended;) {
    const Bytes rest = file.subspan(at + 8);
    const size_t length = std::min<size_t>(BigEndian(file, at, 4), rest.size());
    const Bytes content = rest.first(length);
    if (HasText(file, at + 4, "IDAT")) {
      png.data.push_back(content);
      bytes += length;
    } else if (HasText(file, at + 4, "PLTE")) {
      png.palette = content;
    } else if (HasText(file, at + 4, "tRNS")) {
      png.transparency = content;
    } else if (HasText(file, at + 4, "IEND")) {
      png.ended = true;
    }
    at += 8 + length + std::min<size_t>(4, rest.size() - length);
  }
  // Nothing is compressed to less than one 1032th; so there is no memory for what cannot come.
  const uint64_t enough = uint64_t{png.RowBytes(png.width)} * png.height / 2;
  if (bytes * uint64_t{1032} < enough) {
    Status status = CheckHalf(0, 1, !png.ended);
    return status;
  }
  return png;
}

// Rows of samples to RGBA8.
class Expander {
 public:
  explicit Expander(const Png& png) : png_(png) {
    const Bytes alpha = png.transparency;
    if (png.colour == kPalette) {
      for (size_t i = 0; i < 256; ++i) {
        const bool known = 3 * i + 2 < png.palette.size();
        for (size_t c = 0; c < 3; ++c) table_[i][c] = known ? png.palette[3 * i + c] : 0;
        table_[i][3] = i < alpha.size() ? alpha[i] : 255;
      }
    } else if (png.colour == kGrey || png.colour == kRgb) {
      // Of both its length may be wrong; what it should have comes first.
      has_key_ = alpha.size() >= size_t{2} * png.channels;
      const int most = (1 << std::min(png.depth, 8)) - 1;
      for (int i = 0; i <= most; ++i) {
        const auto level = static_cast<uint8_t>(i * 255 / most);
        const bool hidden = has_key_ && png.depth <= 8 && BigEndian(alpha, 0, 2) == uint32_t(i);
        table_[i] = {level, level, level, static_cast<uint8_t>(hidden ? 0 : 255)};
      }
    }
  }

  bool has_alpha() const {
    return png_.channels % 2 == 0 || has_key_ ||
           (png_.colour == kPalette && !png_.transparency.empty());
  }

  // `count` pixels, `step` bytes apart.
  void Expand(const uint8_t* row, size_t count, uint8_t* to, size_t step) const {
    const int depth = png_.depth;
    if (png_.channels == 1 && depth <= 8) {
      for (size_t i = 0; i < count; ++i, to += step) {
        const size_t bit = i * depth;
        const int value = row[bit / 8] >> (8 - depth - bit % 8) & ((1 << depth) - 1);
        std::memcpy(to, table_[value].data(), 4);
      }
      return;
    }
    const size_t sample = depth / 8;  // of 16 bits the high byte counts
    const size_t pixel = sample * png_.channels;
    const bool coloured = png_.channels >= 3;
    for (size_t i = 0; i < count; ++i, to += step, row += pixel) {
      to[0] = row[0];
      to[1] = row[coloured ? sample : 0];
      to[2] = row[coloured ? 2 * sample : 0];
      to[3] = png_.channels % 2 == 0 ? row[pixel - sample] : has_key_ && IsKey(row) ? 0 : 255;
    }
  }

 private:
  bool IsKey(const uint8_t* pixel) const {
    const size_t sample = png_.depth / 8;
    for (int c = 0; c < png_.channels; ++c) {
      const uint32_t value = BigEndian({pixel + c * sample, sample}, 0, sample);
      if (value != BigEndian(png_.transparency, size_t{2} * c, 2)) return false;
    }
    return true;
  }

  const Png& png_;
  bool has_key_ = false;
  std::array<uint8_t, 4> table_[256] = {};  // of what has one sample a pixel
};

int Paeth(int left, int up, int corner) {
  const int to_left = std::abs(up - corner), to_up = std::abs(left - corner);
  const int to_corner = std::abs(left + up - 2 * corner);
  if (to_left <= to_up && to_left <= to_corner) return left;
  return to_up <= to_corner ? up : corner;
}

// Section 9.2, in place. `row` and `above` have `back` zeros before them. False: no such filter.
bool Unfilter(int kind, uint8_t* row, const uint8_t* above, size_t size, size_t back) {
  const uint8_t *left = row - back, *corner = above - back;
  switch (kind) {
    case 0:
      return true;
    case 1:
      for (size_t i = 0; i < size; ++i) row[i] += left[i];
      return true;
    case 2:
      for (size_t i = 0; i < size; ++i) row[i] += above[i];
      return true;
    case 3:
      for (size_t i = 0; i < size; ++i) row[i] += (left[i] + above[i]) / 2;
      return true;
    case 4:
      for (size_t i = 0; i < size; ++i) row[i] += Paeth(left[i], above[i], corner[i]);
      return true;
    default:
      return false;
  }
}

// The stream's bytes in the pieces that are wanted.
class Stream {
 public:
  explicit Stream(Inflater& inflater) : inflater_(inflater) {}
  // False: there are not so many any more.
  bool Read(uint8_t* to, size_t size) {
    while (size > 0) {
      if (left_.empty() && (left_ = inflater_.Next()).empty()) return false;
      const size_t count = std::min(size, left_.size());
      std::memcpy(to, left_.data(), count);
      left_ = left_.subspan(count);
      to += count;
      size -= count;
    }
    return true;
  }

 private:
  Inflater& inflater_;
  Bytes left_;
};

struct Pass {
  uint8_t x, y, dx, dy;
};
constexpr Pass kWhole = {0, 0, 1, 1};
constexpr Pass kAdam7[] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                           {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};

}  // namespace

Result<ReadPixels> ReadPng(Bytes file, uint64_t max_pixels) {
  auto read = ReadChunks(file, max_pixels);
  if (!read.ok()) return read.status();
  Png& png = read.value();
  auto allocated = Image::Allocate(static_cast<int>(png.width), static_cast<int>(png.height));
  if (!allocated.ok()) return allocated.status();
  Image& image = allocated.value();
  const Expander expander(png);
  // What is not there is as Pillow has it: of zeros.
  const uint8_t zeros[8] = {};
  expander.Expand(zeros, 1, image.data(), kChannels);
  for (size_t at = kChannels; at < image.size_bytes(); at += kChannels) {
    std::memcpy(image.data() + at, image.data(), kChannels);
  }

  const std::unique_ptr<Inflater> inflater(new (std::nothrow) Inflater(std::move(png.data)));
  constexpr size_t kMostBack = 8;  // bytes of a pixel
  const size_t line = kMostBack + png.RowBytes(png.width);
  const std::unique_ptr<uint8_t[]> lines(new (std::nothrow) uint8_t[2 * line]());
  if (inflater == nullptr || lines == nullptr) return Error{ErrorCode::kOutOfMemory, "rows"};
  Stream stream(*inflater);
  const size_t back = std::max<size_t>(1, png.BitsPerPixel() / 8);
  const auto passes = png.interlaced ? std::span<const Pass>(kAdam7) : std::span(&kWhole, 1);
  uint64_t there = 0;
  bool more = true;
  for (const Pass& pass : passes) {
    const size_t columns =
        (png.width - std::min<size_t>(png.width, pass.x) + pass.dx - 1) / pass.dx;
    if (columns == 0) continue;
    const size_t size = png.RowBytes(columns);
    uint8_t *row = lines.get() + kMostBack, *above = row + line;
    std::memset(above, 0, size);
    for (size_t y = pass.y; more && y < png.height; y += pass.dy) {
      uint8_t filter;
      more = stream.Read(&filter, 1) && stream.Read(row, size) &&
             Unfilter(filter, row, above, size, back);
      if (!more) break;
      expander.Expand(row, columns, image.data() + kChannels * (y * png.width + pass.x),
                      size_t{kChannels} * pass.dx);
      there += columns;
      std::swap(row, above);
    }
  }
  const uint64_t all = uint64_t{png.width} * png.height;
  if (Status status = CheckHalf(there, all, !png.ended); !status.ok()) return status;
  return ReadPixels{std::move(image), expander.has_alpha(), there < all};
}

}  // namespace shiwu
