#include "shiwu/orientation.h"

#include <cstring>
#include <optional>
#include <string_view>

namespace shiwu {
namespace {

// Reads integers at offsets of a byte range; every read is checked against its end.
class Reader {
 public:
  Reader(std::span<const uint8_t> bytes, bool big_endian)
      : bytes_(bytes), big_endian_(big_endian) {}

  std::optional<uint32_t> Read(size_t offset, size_t size) const {
    if (offset > bytes_.size() || bytes_.size() - offset < size) return std::nullopt;
    uint32_t value = 0;
    for (size_t i = 0; i < size; ++i) {
      const size_t at = big_endian_ ? offset + i : offset + size - 1 - i;
      value = value << 8 | bytes_[at];
    }
    return value;
  }
  bool Matches(size_t offset, std::string_view text) const {
    return offset <= bytes_.size() && bytes_.size() - offset >= text.size() &&
           std::memcmp(bytes_.data() + offset, text.data(), text.size()) == 0;
  }
  // The part from `offset`, `size` long or as much of it as there is.
  std::span<const uint8_t> Slice(size_t offset, size_t size) const {
    if (offset > bytes_.size()) return {};
    return bytes_.subspan(offset, std::min(size, bytes_.size() - offset));
  }
  size_t size() const { return bytes_.size(); }

 private:
  std::span<const uint8_t> bytes_;
  bool big_endian_;
};

constexpr std::string_view kExifHeader("Exif\0\0", 6);

// TIFF 6.0: byte order, 42, offset of the first directory; a directory is a count and 12-byte
// entries of tag, type, count and value.
std::optional<int> OrientationInTiff(std::span<const uint8_t> tiff) {
  const Reader magic(tiff, true);
  const bool big_endian = magic.Matches(0, "MM");
  if (!big_endian && !magic.Matches(0, "II")) return std::nullopt;
  const Reader reader(tiff, big_endian);
  if (reader.Read(2, 2) != 42u) return std::nullopt;
  const auto directory = reader.Read(4, 4);
  if (!directory) return std::nullopt;
  const auto count = reader.Read(*directory, 2);
  if (!count) return std::nullopt;
  constexpr uint32_t kOrientationTag = 0x0112, kShort = 3;
  for (uint32_t i = 0; i < *count; ++i) {
    const size_t entry = size_t{*directory} + 2 + size_t{12} * i;
    const auto tag = reader.Read(entry, 2);
    if (!tag) return std::nullopt;
    if (*tag != kOrientationTag) continue;
    const auto value = reader.Read(entry + 8, 2);
    if (reader.Read(entry + 2, 2) != kShort || !value) return std::nullopt;
    if (*value < 1 || *value > 8) return std::nullopt;
    return static_cast<int>(*value);
  }
  return std::nullopt;
}

// Some writers repeat JPEG's "Exif\0\0" before the TIFF data in PNG and WebP too.
std::optional<int> OrientationInExif(std::span<const uint8_t> exif) {
  if (Reader(exif, true).Matches(0, kExifHeader)) exif = exif.subspan(kExifHeader.size());
  return OrientationInTiff(exif);
}

// ITU T.81 B.1.1: segments are FF, a marker and a big-endian length that counts itself.
std::optional<int> OrientationInJpeg(std::span<const uint8_t> file) {
  const Reader reader(file, true);
  size_t at = 2;  // after SOI
  while (true) {
    const auto lead = reader.Read(at, 1);
    const auto marker = reader.Read(at + 1, 1);
    if (lead != 0xFFu || !marker) return std::nullopt;
    if (*marker == 0xFF) {  // fill byte
      ++at;
      continue;
    }
    constexpr uint32_t kStartOfScan = 0xDA, kEndOfImage = 0xD9, kApp1 = 0xE1;
    if (*marker == kStartOfScan || *marker == kEndOfImage) return std::nullopt;
    const auto length = reader.Read(at + 2, 2);
    if (!length || *length < 2) return std::nullopt;
    if (*marker == kApp1 && reader.Matches(at + 4, kExifHeader)) {
      return OrientationInExif(reader.Slice(at + 4, *length - 2));
    }
    at += 2 + *length;
  }
}

// PNG (3rd edition) 5.3: chunks are length, type, data, CRC. eXIf may stand after IDAT.
std::optional<int> OrientationInPng(std::span<const uint8_t> file) {
  const Reader reader(file, true);
  size_t at = 8;  // after the signature
  while (true) {
    const auto length = reader.Read(at, 4);
    if (!length || *length > file.size()) return std::nullopt;
    if (reader.Matches(at + 4, "eXIf")) return OrientationInExif(reader.Slice(at + 8, *length));
    if (reader.Matches(at + 4, "IEND")) return std::nullopt;
    at += size_t{12} + *length;
  }
}

// RFC 9649: RIFF chunks are type, little-endian length, data padded to even length.
std::optional<int> OrientationInWebp(std::span<const uint8_t> file) {
  const Reader reader(file, false);
  size_t at = 12;
  while (true) {
    const auto length = reader.Read(at + 4, 4);
    if (!length || *length > file.size()) return std::nullopt;
    if (reader.Matches(at, "EXIF")) return OrientationInExif(reader.Slice(at + 8, *length));
    at += size_t{8} + *length + (*length & 1);
  }
}

}  // namespace

int ReadOrientation(std::span<const uint8_t> file) {
  const Reader reader(file, true);
  std::optional<int> found;
  if (reader.Matches(0, "\xFF\xD8")) {
    found = OrientationInJpeg(file);
  } else if (reader.Matches(0, "\x89PNG\r\n\x1A\n")) {
    found = OrientationInPng(file);
  } else if (reader.Matches(0, "RIFF") && reader.Matches(8, "WEBP")) {
    found = OrientationInWebp(file);
  }
  return found.value_or(1);
}

Turn TurnOf(int orientation) {
  const auto is = [&](int a, int b, int c, int d) {
    return orientation == a || orientation == b || orientation == c || orientation == d;
  };
  return {is(5, 6, 7, 8), is(2, 3, 6, 7), is(3, 4, 7, 8)};
}

ImageView Upright(const ImageView& stored, int orientation) {
  ImageView view = stored;
  const Turn turn = TurnOf(orientation);
  if (turn.exchanged) {
    std::swap(view.width, view.height);
    std::swap(view.pixel_stride, view.row_stride);
  }
  if (turn.mirrored_x) {
    view.data += (view.width - 1) * view.pixel_stride;
    view.pixel_stride = -view.pixel_stride;
  }
  if (turn.mirrored_y) {
    view.data += (view.height - 1) * view.row_stride;
    view.row_stride = -view.row_stride;
  }
  return view;
}

}  // namespace shiwu
