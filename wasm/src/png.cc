// PNG (W3C, third edition): the default image, all colour types and depths. What browsers and
// Pillow bear is borne: checksums are not looked at, ancillary chunks may stand anywhere and be
// wrong, and the data may end early. stb_image decodes a file that has nothing of this any more.
#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

#include "bytes.h"
#include "file_writer.h"
#include "formats.h"
#include "inflate.h"
#include "stb.h"

namespace shiwu {
namespace {

using Bytes = std::span<const uint8_t>;
constexpr size_t kPaletteBytes = 3 * 256;
enum Colour : uint8_t { kGrey = 0, kRgb = 2, kPalette = 3, kGreyAlpha = 4, kRgba = 6 };

struct Png {
  size_t width, height;
  int depth, colour, channels;
  bool interlaced;
  Bytes palette, transparency;
  std::vector<Bytes> data;
  bool ended = false;  // by IEND

  // Whether tRNS has what the colour type allows.
  bool HasTransparency() const {
    if (colour == kPalette) return !transparency.empty();
    return (colour == kGrey || colour == kRgb) && transparency.size() >= size_t{2} * channels;
  }
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

// Bytes of a row without its filter in pass `pass`, and how many rows there are; 0 of both where
// the picture is too small for the pass.
struct Rows {
  size_t bytes, count;
};
Rows RowsOf(const Png& png, const Pass& pass) {
  const auto part = [](size_t side, size_t first, size_t step) {
    return side > first ? (side - first + step - 1) / step : 0;
  };
  const size_t columns = part(png.width, pass.x, pass.dx), rows = part(png.height, pass.y, pass.dy);
  return columns == 0 || rows == 0 ? Rows{} : Rows{png.RowBytes(columns), rows};
}

std::span<const Pass> PassesOf(const Png& png) {
  return png.interlaced ? std::span<const Pass>(kAdam7) : std::span(&kWhole, 1);
}

// What a PNG needs, and nothing else.
void WriteHead(const Png& png, FileWriter& to) {
  const auto end_chunk = [&] { to.WriteBigEndian(0); };  // a checksum, which is not looked at
  to.Write("\x89PNG\r\n\x1A\n");
  to.WriteBigEndian(13);
  to.Write("IHDR");
  to.WriteBigEndian(static_cast<uint32_t>(png.width));
  to.WriteBigEndian(static_cast<uint32_t>(png.height));
  for (const int field : {png.depth, png.colour, 0, 0, png.interlaced ? 1 : 0}) {
    to.WriteByte(static_cast<uint32_t>(field));
  }
  end_chunk();
  const Bytes alpha = png.transparency;
  if (png.colour == kPalette) {
    // A whole one: pixels may point behind the end of theirs.
    const size_t known = std::min(kPaletteBytes, png.palette.size() / 3 * 3);
    to.WriteBigEndian(kPaletteBytes);
    to.Write("PLTE");
    to.Write(png.palette.first(known));
    to.Leave(kPaletteBytes - known);
    end_chunk();
  }
  if (png.HasTransparency()) {
    // Its length may be wrong; what it should have comes first.
    const size_t size =
        png.colour == kPalette ? std::min<size_t>(256, alpha.size()) : size_t{2} * png.channels;
    to.WriteBigEndian(static_cast<uint32_t>(size));
    to.Write("tRNS");
    to.Write(alpha.first(size));
    end_chunk();
  }
}

void WriteEnd(FileWriter& to) {
  to.WriteBigEndian(0);  // the data's checksum
  to.WriteBigEndian(0);
  to.Write("IEND");
  to.WriteBigEndian(0);
}

constexpr size_t kHeadAndEnd = 8 + 25 + 12 + kPaletteBytes + 12 + 256 + 12 + 12;

// The file as it should be, its data as they are.
Result<Image> Load(const Png& png) {
  size_t bytes = 0;
  for (const Bytes part : png.data) bytes += part.size();
  // stb_image would copy it to where it has no memory.
  if (bytes == 0) return Error{ErrorCode::kCorruptImage, "empty data"};
  FileWriter clean(kHeadAndEnd + bytes);
  if (!clean.has_room()) return Error{ErrorCode::kOutOfMemory, "the data"};
  WriteHead(png, clean);
  clean.WriteBigEndian(static_cast<uint32_t>(bytes));
  clean.Write("IDAT");
  for (const Bytes part : png.data) clean.Write(part);
  WriteEnd(clean);
  return LoadByStb(clean.file());
}

struct Repaired {
  Image image;
  uint64_t there;  // pixels
};

// The rows before the data's end or damage, and zeros for the others, in a stream of which nothing
// is compressed (RFC 1951, 3.2.4).
Result<Repaired> Repair(Png& png) {
  constexpr size_t kBlock = 65535, kBlockHead = 5;
  size_t raw = 0;
  for (const Pass& pass : PassesOf(png)) {
    const Rows rows = RowsOf(png, pass);
    raw += rows.count * (1 + rows.bytes);
  }
  const size_t blocks = (raw + kBlock - 1) / kBlock;
  const size_t size = 2 + raw + kBlockHead * blocks + 4;
  FileWriter clean(kHeadAndEnd + size);
  const std::unique_ptr<Inflater> inflater(new (std::nothrow) Inflater(std::move(png.data)));
  const size_t line = 1 + png.RowBytes(png.width);
  const std::unique_ptr<uint8_t[]> row(new (std::nothrow) uint8_t[line]);
  if (!clean.has_room() || inflater == nullptr || row == nullptr) {
    return Error{ErrorCode::kOutOfMemory, "rows"};
  }
  WriteHead(png, clean);
  clean.WriteBigEndian(static_cast<uint32_t>(size));
  clean.Write("IDAT");
  clean.Write("\x78\x01");
  size_t block_left = 0, left = raw;
  const auto write = [&](Bytes bytes) {
    while (!bytes.empty()) {
      if (block_left == 0) {
        block_left = std::min(kBlock, left);
        left -= block_left;
        clean.WriteByte(left == 0 ? 1 : 0);
        clean.WriteLittleEndian16(static_cast<uint32_t>(block_left));
        clean.WriteLittleEndian16(~static_cast<uint32_t>(block_left));
      }
      const size_t count = std::min(block_left, bytes.size());
      clean.Write(bytes.first(count));
      bytes = bytes.subspan(count);
      block_left -= count;
    }
  };
  Stream stream(*inflater);
  uint64_t there = 0;
  bool more = true;
  for (const Pass& pass : PassesOf(png)) {
    const Rows rows = RowsOf(png, pass);
    const size_t columns =
        (png.width - std::min<size_t>(png.width, pass.x) + pass.dx - 1) / pass.dx;
    for (size_t y = 0; y < rows.count; ++y) {
      constexpr uint8_t kFilters = 5;
      more = more && stream.Read(row.get(), 1 + rows.bytes) && row[0] < kFilters;
      if (!more) std::memset(row.get(), 0, 1 + rows.bytes);
      if (more) there += columns;
      write({row.get(), 1 + rows.bytes});
    }
  }
  clean.WriteBigEndian(0);  // the stream's checksum
  WriteEnd(clean);
  auto image = LoadByStb(clean.file());
  if (!image.ok()) return image.status();
  return Repaired{std::move(image).value(), there};
}

}  // namespace

Result<ReadPixels> ReadPng(Bytes file, uint64_t max_pixels) {
  auto read = ReadChunks(file, max_pixels);
  if (!read.ok()) return read.status();
  Png& png = read.value();
  const bool has_alpha = png.channels % 2 == 0 || png.HasTransparency();
  auto whole = Load(png);
  if (whole.ok()) return ReadPixels{std::move(whole).value(), has_alpha, false};
  if (whole.error().code != ErrorCode::kCorruptImage) return whole.status();
  auto repaired = Repair(png);
  if (!repaired.ok()) return repaired.status();
  auto& [image, there] = repaired.value();
  const uint64_t all = uint64_t{png.width} * png.height;
  if (Status status = CheckHalf(there, all, !png.ended); !status.ok()) return status;
  return ReadPixels{std::move(image), has_alpha, there < all};
}

}  // namespace shiwu
