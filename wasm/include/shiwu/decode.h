// Encoded bytes to RGBA8 pixels: JPEG by libjpeg-turbo, PNG and GIF by stb_image, BMP by a reader
// of our own.
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
  // The data ends early, or is damaged from somewhere on: at least half of the picture is there; or
  // all of it is coarse, as the first scans of a progressive JPEG are. What is missing is grey in a
  // JPEG, else of zeros: black, transparent (so white), or the first colour.
  bool truncated;
};

inline constexpr uint64_t kDefaultMaxPixels = 200'000'000;

// Decodes
// - JPEG: baseline and progressive; grey, YCbCr, RGB, CMYK and YCCK; without tables (MJPEG) or an
//   end;
// - PNG: all colour types, 16-bit samples cut to their high byte; checksums are not looked at, and
//   of an animation the default image counts;
// - GIF: the first frame; what it leaves uncovered is transparent, and where it reaches over the
//   screen, the screen grows;
// - BMP: every header of Windows and OS/2, 1 to 32 bits, RLE4 and RLE8, masks; only 32 bits with a
//   mask for it have alpha, which is opaque where all of it is 0.
// Pixels are those that Pillow gives, and are not converted to another colour space. Bytes after
// the picture are ignored.
//
// Errors: kEmptyInput; kUnsupportedFormat (no known signature, or a variant such as arithmetic or
// 12-bit JPEG, a JPEG or PNG inside a BMP); kImageTooLarge (width * height > max_pixels or a side
// above 65536, from the header, before any pixel memory is allocated); kTruncatedImage and
// kCorruptImage (less than half of the picture can be read, because the file ends or is damaged);
// kOutOfMemory.
Result<DecodedImage> Decode(std::span<const uint8_t> file, uint64_t max_pixels = kDefaultMaxPixels);

}  // namespace shiwu
