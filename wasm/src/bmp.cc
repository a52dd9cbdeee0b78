// BMP with every header that Windows and OS/2 have written: 1 to 32 bits, RLE4 and RLE8, masks.
// What other decoders than Windows' own never read (JPEG or PNG inside, OS/2's Huffman and RLE24)
// is refused.
#include <algorithm>
#include <bit>
#include <cstring>

#include "bytes.h"
#include "formats.h"

namespace shiwu {
namespace {

using Bytes = std::span<const uint8_t>;

constexpr size_t kFileHeader = 14;
enum Compression : uint32_t { kRaw = 0, kRle8 = 1, kRle4 = 2, kMasks = 3, kAlphaMasks = 6 };

// Where a channel lies in a pixel's bits.
struct Channel {
  int shift = 0;
  uint32_t most = 0;  // 0: there is none

  // As Pillow: rounded down.
  uint8_t Of(uint32_t pixel) const {
    const uint32_t value = pixel >> shift & most;
    if (most == 255) return static_cast<uint8_t>(value);
    return static_cast<uint8_t>(most == 0 ? 0 : uint64_t{value} * 255 / most);
  }
};

struct Bmp {
  uint32_t width, height;
  bool top_down;
  uint32_t bits;
  Compression compression;
  uint8_t colours[256][4];  // of up to 8 bits
  Channel channels[4];      // of more: red, green, blue, alpha
  Bytes data;
};

Result<Channel> ChannelOf(uint32_t mask) {
  if (mask == 0) return Channel{};
  const Channel channel = {std::countr_zero(mask), mask >> std::countr_zero(mask)};
  if ((channel.most & (uint64_t{channel.most} + 1)) != 0) {
    return Error{ErrorCode::kUnsupportedFormat, "a BMP whose masks have gaps"};
  }
  return channel;
}

Status ReadMasks(Bytes file, size_t at, bool with_alpha, Bmp& bmp) {
  uint32_t masks[4] = {0xFF0000, 0xFF00, 0xFF, 0};
  if (bmp.bits == 16) masks[0] = 0x7C00, masks[1] = 0x3E0, masks[2] = 0x1F;
  if (bmp.compression != kRaw) {
    if (file.size() < at + 16) return Error{ErrorCode::kTruncatedImage, "the masks are missing"};
    uint32_t given[4], any = 0;
    for (size_t c = 0; c < 4; ++c) {
      given[c] = c < 3 || (with_alpha && bmp.bits == 32) ? LittleEndian(file, at + 4 * c, 4) : 0;
      any |= given[c];
    }
    if (any != 0) {
      std::copy_n(given, 4, masks);
    } else if (bmp.bits == 32) {
      masks[3] = 0xFF000000;
    }
  }
  for (size_t c = 0; c < 4; ++c) {
    auto channel = ChannelOf(masks[c]);
    if (!channel.ok()) return channel.status();
    bmp.channels[c] = channel.value();
  }
  return {};
}

Result<Bmp> ReadHeader(Bytes file, uint64_t max_pixels) {
  const size_t size = LittleEndian(file, kFileHeader, 4);
  if (file.size() < kFileHeader + size) {
    return Error{ErrorCode::kTruncatedImage, "the data ends inside the header"};
  }
  // The first header has sides of 16 bits; later ones only grow longer. What they lack is 0.
  const bool oldest = size == 12;
  const auto field = [&](size_t at, size_t bytes) {
    return at + bytes <= size ? LittleEndian(file, kFileHeader + at, bytes) : 0;
  };
  Bmp bmp = {};
  bmp.width = oldest ? field(4, 2) : field(4, 4);
  bmp.height = oldest ? field(6, 2) : field(8, 4);
  bmp.top_down = !oldest && bmp.height >> 31 != 0;
  if (bmp.top_down) bmp.height = 0 - bmp.height;
  if (Status status = CheckSize(bmp.width, bmp.height, max_pixels); !status.ok()) return status;
  bmp.bits = oldest ? field(10, 2) : field(14, 2);
  const uint32_t compression = oldest ? 0 : field(16, 4);
  bmp.compression = static_cast<Compression>(compression);
  const bool indexed = bmp.bits <= 8;
  const bool windows = size == 40 || size == 52 || size == 56 || size > 64;
  const bool has_masks = compression == kMasks || compression == kAlphaMasks;
  if (!std::has_single_bit(bmp.bits) && bmp.bits != 24) {
    return Error{ErrorCode::kUnsupportedFormat, "BMP of ", bmp.bits, " bits"};
  }
  if (bmp.bits > 32 ||
      !(compression == kRaw || (compression == kRle8 && bmp.bits == 8) ||
        (compression == kRle4 && bmp.bits == 4) || (has_masks && windows && !indexed))) {
    return Error{ErrorCode::kUnsupportedFormat, "BMP of ", bmp.bits, " bits, compression ",
                 compression};
  }

  size_t at = kFileHeader + size;
  if (!indexed) {
    const bool inside = size >= 52;
    const bool with_alpha = size >= 56 || (!inside && compression == kAlphaMasks);
    if (Status status = ReadMasks(file, inside ? kFileHeader + 40 : at, with_alpha, bmp);
        !status.ok()) {
      return status;
    }
    if (has_masks && !inside) at += with_alpha ? 16 : 12;
  }
  const size_t entry = oldest ? 3 : 4;
  uint64_t palette_end = at;
  if (indexed) {
    const uint32_t used = oldest ? 0 : field(32, 4);
    const uint32_t count = used == 0 ? 1u << bmp.bits : used;
    palette_end += uint64_t{entry} * count;
    for (size_t i = 0; i < 256; ++i) {
      const bool known = i < count && at + entry * i + 3 <= file.size();
      for (size_t c = 0; c < 3; ++c) bmp.colours[i][c] = known ? file[at + entry * i + 2 - c] : 0;
      bmp.colours[i][3] = 255;
    }
  }
  // Some writers forget the palette when they say where the pixels begin, or say nothing.
  uint64_t start = LittleEndian(file, 10, 4);
  if (start <= kFileHeader + size) start = palette_end;
  bmp.data = file.subspan(static_cast<size_t>(std::min<uint64_t>(start, file.size())));
  return bmp;
}

// Writes runs of indexes; the rows of `image` are filled with the first colour.
class RunWriter {
 public:
  RunWriter(const Bmp& bmp, Image& image) : bmp_(bmp), image_(image) {}

  void Write(const uint8_t* bytes, size_t count, bool repeat) {
    for (size_t i = 0; i < count && x_ < bmp_.width && y_ < bmp_.height; ++i, ++x_) {
      int index;
      if (bmp_.bits == 8) {
        index = bytes[repeat ? 0 : i];
      } else {
        index = bytes[repeat ? 0 : i / 2] >> (i % 2 == 0 ? 4 : 0) & 15;
      }
      std::memcpy(image_.data() + kChannels * (Row() * bmp_.width + x_), bmp_.colours[index],
                  kChannels);
    }
  }
  void Move(size_t right, size_t up) {
    x_ = std::min<size_t>(bmp_.width, x_ + right);
    y_ = std::min<size_t>(bmp_.height, y_ + up);
  }
  void NextRow() {
    x_ = 0;
    Move(0, 1);
  }
  // How many pixels lie before the place where it writes.
  uint64_t done() const { return std::min(uint64_t{y_} * bmp_.width + x_, all()); }
  uint64_t all() const { return uint64_t{bmp_.width} * bmp_.height; }

 private:
  size_t Row() const { return bmp_.top_down ? y_ : bmp_.height - 1 - y_; }

  const Bmp& bmp_;
  Image& image_;
  size_t x_ = 0, y_ = 0;
};

// Returns how many pixels are there.
uint64_t ReadRuns(const Bmp& bmp, Image& image) {
  RunWriter writer(bmp, image);
  const Bytes data = bmp.data;
  enum Escape : uint8_t { kEndOfLine, kEndOfBitmap, kDelta };
  for (size_t at = 0; data.size() - at >= 2 && writer.done() < writer.all();) {
    const uint8_t count = data[at], value = data[at + 1];
    at += 2;
    if (count > 0) {
      writer.Write(&value, count, true);
    } else if (value == kEndOfLine) {
      writer.NextRow();
    } else if (value == kEndOfBitmap) {
      return writer.all();
    } else if (value == kDelta) {
      if (data.size() - at < 2) break;
      writer.Move(data[at], data[at + 1]);
      at += 2;
    } else {
      const size_t bytes = bmp.bits == 8 ? value : (value + 1) / 2;
      if (data.size() - at < bytes) break;
      writer.Write(&data[at], value, false);
      at += std::min(bytes + bytes % 2, data.size() - at);
    }
  }
  return writer.done();
}

void ReadRow(const Bmp& bmp, const uint8_t* from, uint8_t* to) {
  if (bmp.bits <= 8) {
    for (size_t x = 0; x < bmp.width; ++x, to += kChannels) {
      const size_t bit = x * bmp.bits;
      const int index = from[bit / 8] >> (8 - bmp.bits - bit % 8) & ((1 << bmp.bits) - 1);
      std::memcpy(to, bmp.colours[index], kChannels);
    }
    return;
  }
  const size_t bytes = bmp.bits / 8;
  for (size_t x = 0; x < bmp.width; ++x, from += bytes, to += kChannels) {
    const uint32_t pixel = LittleEndian({from, bytes}, 0, bytes);
    for (size_t c = 0; c < 3; ++c) to[c] = bmp.channels[c].Of(pixel);
    to[3] = bmp.channels[3].most == 0 ? 255 : bmp.channels[3].Of(pixel);
  }
}

}  // namespace

Result<ReadPixels> ReadBmp(Bytes file, uint64_t max_pixels) {
  auto read = ReadHeader(file, max_pixels);
  if (!read.ok()) return read.status();
  const Bmp& bmp = read.value();
  const bool runs = bmp.compression == kRle8 || bmp.compression == kRle4;
  const uint64_t row_bytes = (uint64_t{bmp.width} * bmp.bits + 7) / 8,
                 stride = (row_bytes + 3) & ~3;
  uint64_t rows = bmp.height;
  if (!runs) {
    // The last row needs no padding.
    rows = std::min(rows, (bmp.data.size() + stride - row_bytes) / stride);
    if (Status status = CheckHalf(rows, bmp.height, true); !status.ok()) return status;
  }
  auto allocated = Image::Allocate(static_cast<int>(bmp.width), static_cast<int>(bmp.height));
  if (!allocated.ok()) return allocated.status();
  Image& image = allocated.value();
  bool has_alpha = bmp.bits > 8 && bmp.channels[3].most != 0;
  if (runs || rows < bmp.height) {
    // What is not there is of the first colour or, without colours, of zeros: so has it Pillow.
    const uint8_t zeros[4] = {0, 0, 0, static_cast<uint8_t>(has_alpha ? 0 : 255)};
    for (size_t at = 0; at < image.size_bytes(); at += kChannels) {
      std::memcpy(image.data() + at, bmp.bits <= 8 ? bmp.colours[0] : zeros, kChannels);
    }
  }
  if (runs) {
    const uint64_t all = uint64_t{bmp.width} * bmp.height, there = ReadRuns(bmp, image);
    if (Status status = CheckHalf(there, all, true); !status.ok()) return status;
    return ReadPixels{std::move(image), false, there < all};
  }
  for (size_t y = 0; y < rows; ++y) {
    const size_t row = bmp.top_down ? y : bmp.height - 1 - y;
    ReadRow(bmp, bmp.data.data() + y * stride, image.data() + kChannels * row * bmp.width);
  }
  if (has_alpha) {
    // An alpha that is nothing but zeros is one that nobody has filled in: browsers show such
    // files.
    uint8_t any = 0;
    for (size_t at = 3; at < image.size_bytes(); at += kChannels) any |= image.data()[at];
    for (size_t at = 3; any == 0 && at < image.size_bytes(); at += kChannels) {
      image.data()[at] = 255;
    }
  }
  return ReadPixels{std::move(image), has_alpha, rows < bmp.height};
}

}  // namespace shiwu
