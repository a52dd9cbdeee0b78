#include "exif.h"

#include <algorithm>
#include <cstring>

namespace shiwu {
namespace {

constexpr std::string_view kExifHeader("Exif\0\0", 6);

// ITU T.81 B.1.1: segments are FF, a marker and a big-endian length that counts itself.
std::span<const uint8_t> ExifOfJpeg(std::span<const uint8_t> file) {
  const ByteReader reader(file, true);
  size_t at = 2;  // after SOI
  while (true) {
    const auto lead = reader.Read(at, 1);
    const auto marker = reader.Read(at + 1, 1);
    if (lead != 0xFFu || !marker) return {};
    if (*marker == 0xFF) {  // fill byte
      ++at;
      continue;
    }
    constexpr uint32_t kStartOfScan = 0xDA, kEndOfImage = 0xD9, kApp1 = 0xE1;
    if (*marker == kStartOfScan || *marker == kEndOfImage) return {};
    const auto length = reader.Read(at + 2, 2);
    if (!length || *length < 2) return {};
    if (*marker == kApp1 && reader.Matches(at + 4, kExifHeader)) {
      return reader.Slice(at + 4, *length - 2);
    }
    at += 2 + *length;
  }
}

// PNG (3rd edition) 5.3: chunks are length, type, data, CRC. eXIf may stand after IDAT.
std::span<const uint8_t> ExifOfPng(std::span<const uint8_t> file) {
  const ByteReader reader(file, true);
  size_t at = 8;  // after the signature
  while (true) {
    const auto length = reader.Read(at, 4);
    if (!length || *length > file.size()) return {};
    if (reader.Matches(at + 4, "eXIf")) return reader.Slice(at + 8, *length);
    if (reader.Matches(at + 4, "IEND")) return {};
    at += size_t{12} + *length;
  }
}

// RFC 9649: RIFF chunks are type, little-endian length, data padded to even length.
std::span<const uint8_t> ExifOfWebp(std::span<const uint8_t> file) {
  const ByteReader reader(file, false);
  size_t at = 12;
  while (true) {
    const auto length = reader.Read(at + 4, 4);
    if (!length || *length > file.size()) return {};
    if (reader.Matches(at, "EXIF")) return reader.Slice(at + 8, *length);
    at += size_t{8} + *length + (*length & 1);
  }
}

}  // namespace

std::optional<uint32_t> ByteReader::Read(size_t offset, size_t size) const {
  if (offset > bytes_.size() || bytes_.size() - offset < size) return std::nullopt;
  uint32_t value = 0;
  for (size_t i = 0; i < size; ++i) {
    const size_t at = big_endian_ ? offset + i : offset + size - 1 - i;
    value = value << 8 | bytes_[at];
  }
  return value;
}

bool ByteReader::Matches(size_t offset, std::string_view text) const {
  return offset <= bytes_.size() && bytes_.size() - offset >= text.size() &&
         std::memcmp(bytes_.data() + offset, text.data(), text.size()) == 0;
}

std::span<const uint8_t> ByteReader::Slice(size_t offset, size_t size) const {
  if (offset > bytes_.size()) return {};
  return bytes_.subspan(offset, std::min(size, bytes_.size() - offset));
}

std::optional<Exif> Exif::Find(std::span<const uint8_t> file) {
  const ByteReader reader(file, true);
  if (reader.Matches(0, "\xFF\xD8")) return Open(ExifOfJpeg(file));
  if (reader.Matches(0, "\x89PNG\r\n\x1A\n")) return Open(ExifOfPng(file));
  if (reader.Matches(0, "RIFF") && reader.Matches(8, "WEBP")) return Open(ExifOfWebp(file));
  return std::nullopt;
}

std::optional<Exif> Exif::Open(std::span<const uint8_t> exif) {
  // Some writers repeat JPEG's "Exif\0\0" before the TIFF data in PNG and WebP too.
  const bool repeated = ByteReader(exif, true).Matches(0, kExifHeader);
  const auto tiff = repeated ? exif.subspan(kExifHeader.size()) : exif;
  const ByteReader magic(tiff, true);
  const bool big_endian = magic.Matches(0, "MM");
  if (!big_endian && !magic.Matches(0, "II")) return std::nullopt;
  const ByteReader reader(tiff, big_endian);
  if (reader.Read(2, 2) != 42u) return std::nullopt;
  const auto directory = reader.Read(4, 4);
  if (!directory) return std::nullopt;
  return Exif(tiff, big_endian, *directory);
}

std::optional<size_t> Exif::EntryOf(uint32_t directory, uint32_t tag) const {
  const auto count = reader_.Read(directory, 2);
  if (!count) return std::nullopt;
  for (uint32_t i = 0; i < *count; ++i) {
    const size_t entry = size_t{directory} + 2 + size_t{12} * i;
    const auto found = reader_.Read(entry, 2);
    if (!found) return std::nullopt;
    if (*found == tag) return entry;
  }
  return std::nullopt;
}

std::optional<uint32_t> Exif::Number(uint32_t directory, uint32_t tag, uint32_t type) const {
  const auto entry = EntryOf(directory, tag);
  if (!entry || reader_.Read(*entry + 2, 2) != type) return std::nullopt;
  return reader_.Read(*entry + 8, type == kShort ? 2 : 4);
}

std::string_view Exif::Text(uint32_t directory, uint32_t tag) const {
  const auto entry = EntryOf(directory, tag);
  if (!entry || reader_.Read(*entry + 2, 2) != kAscii) return {};
  const auto count = reader_.Read(*entry + 4, 4);
  if (!count) return {};
  size_t place = *entry + 8;
  if (*count > 4) {
    const auto elsewhere = reader_.Read(place, 4);
    if (!elsewhere) return {};
    place = *elsewhere;
  }
  const auto bytes = reader_.Slice(place, *count);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return text.substr(0, text.find('\0'));
}

}  // namespace shiwu
