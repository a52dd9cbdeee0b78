// Where a file keeps its EXIF, and what stands in it: for orientation.cc and capture_time.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace shiwu {

// Reads integers at offsets of a byte range; every read is checked against its end.
class ByteReader {
 public:
  ByteReader(std::span<const uint8_t> bytes, bool big_endian)
      : bytes_(bytes), big_endian_(big_endian) {}

  std::optional<uint32_t> Read(size_t offset, size_t size) const;
  bool Matches(size_t offset, std::string_view text) const;
  // The part from `offset`, `size` long or as much of it as there is.
  std::span<const uint8_t> Slice(size_t offset, size_t size) const;

 private:
  std::span<const uint8_t> bytes_;
  bool big_endian_;
};

// TIFF 6.0: byte order, 42, offset of the first directory; a directory is a count and 12-byte
// entries of tag, type, count and a value, or its offset where it takes more than four bytes.
class Exif {
 public:
  static constexpr uint32_t kAscii = 2, kShort = 3, kLong = 4;

  // That of a JPEG (the first APP1 that has any), PNG (eXIf chunk) or WebP (EXIF chunk); none when
  // there is none or it is no TIFF.
  static std::optional<Exif> Find(std::span<const uint8_t> file);

  uint32_t first_directory() const { return first_directory_; }
  // The first value of an entry of SHORT or LONG; none where it is of another type.
  std::optional<uint32_t> Number(uint32_t directory, uint32_t tag, uint32_t type) const;
  // An entry of ASCII without what follows its first NUL; empty when there is none.
  std::string_view Text(uint32_t directory, uint32_t tag) const;

 private:
  Exif(std::span<const uint8_t> tiff, bool big_endian, uint32_t first_directory)
      : tiff_(tiff), reader_(tiff, big_endian), first_directory_(first_directory) {}

  static std::optional<Exif> Open(std::span<const uint8_t> exif);
  // The place of the first entry with this tag.
  std::optional<size_t> EntryOf(uint32_t directory, uint32_t tag) const;

  std::span<const uint8_t> tiff_;
  ByteReader reader_;
  uint32_t first_directory_;
};

}  // namespace shiwu
