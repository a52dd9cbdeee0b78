// Readers of one format each, for Decode().
#pragma once

#include <cstdint>
#include <span>

#include "shiwu/image.h"

namespace shiwu {

struct ReadPixels {
  Image image;
  bool has_alpha = false;  // straight, not yet laid on white
  bool truncated = false;  // see DecodedImage
};

// Bytes with the format's signature to pixels, which are those that Pillow gives. Errors: Decode's.
Result<ReadPixels> ReadPng(std::span<const uint8_t> file, uint64_t max_pixels);
Result<ReadPixels> ReadGif(std::span<const uint8_t> file, uint64_t max_pixels);
Result<ReadPixels> ReadBmp(std::span<const uint8_t> file, uint64_t max_pixels);

// What every reader asks of the sizes in a header before it takes memory: kCorruptImage for 0,
// kImageTooLarge for more than max_pixels or a side beyond kMaxSide.
Status CheckSize(uint64_t width, uint64_t height, uint64_t max_pixels);

// Whether a picture of which `there` of `all` pixels (or rows) could be read counts as one: from
// half of them on. The error says kTruncatedImage where the file ends early, else kCorruptImage.
Status CheckHalf(uint64_t there, uint64_t all, bool file_ends_early);

}  // namespace shiwu
