// Encoded bytes to RGBA8 pixels: JPEG by libjpeg-turbo, PNG, GIF and BMP by stb_image.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "shiwu/image.h"

namespace shiwu {

// What the first bytes say. WebP, AVIF and HEIC are recognised so that the caller can hand them to
// another decoder; Decode() itself refuses them with kUnsupportedFormat.
enum class Format : uint8_t { kUnknown, kJpeg, kPng, kGif, kBmp, kWebp, kAvif, kHeic };
std::string_view FormatName(Format format);
Format SniffFormat(std::span<const uint8_t> file);

struct DecodedImage {
  Image pixels;     // as stored; alpha already composited on white
  int orientation;  // EXIF, 1 to 8; not yet applied
  Format format;
  bool truncated;  // a JPEG whose data ends early: at most half of the rows is grey, or all is
                   // coarse
};

inline constexpr uint64_t kDefaultMaxPixels = 200'000'000;

// Decodes JPEG (baseline and progressive; grey, YCbCr, RGB, CMYK and YCCK), PNG (all
// colour types, 16-bit samples cut to their high byte), GIF (first frame; what it leaves uncovered
// is transparent) and BMP (uncompressed; 32 bits have alpha only where a header's mask says so).
// Bytes after the picture are ignored.
//
// Errors: kEmptyInput; kUnsupportedFormat (no known signature, or a variant such as arithmetic or
// 12-bit JPEG, compressed BMP); kImageTooLarge
// (width * height > max_pixels, from the header, before any pixel memory is allocated);
// kTruncatedImage; kCorruptImage; kOutOfMemory.
Result<DecodedImage> Decode(std::span<const uint8_t> file, uint64_t max_pixels = kDefaultMaxPixels);

}  // namespace shiwu
