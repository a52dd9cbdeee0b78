// stb_image as this project uses it: four formats, from memory, 8-bit output. Two translation units
// hold its implementation, each with the formats that it names: JPEG, which most photos are, is
// compiled for speed, the others for size.
#pragma once

#include <cstdlib>

// A side longer than this is refused as too large; JPEG cannot exceed it, and it keeps the
// resampler's weight tables small.
#define STBI_MAX_DIMENSIONS 65536
// Damaged files reach stb_image's assertions; the core never aborts, in debug builds neither.
#define STBI_ASSERT(condition) ((void)0)
// Small blocks begin as zeros: stb_image up to 2.27 does not clear its decoder's state, so that a
// JPEG which lacks a table would be decoded by what the heap held before.
#define STBI_MALLOC(size) ((size) < 65536 ? std::calloc(1, size) : std::malloc(size))
#define STBI_REALLOC(block, size) std::realloc(block, size)
#define STBI_FREE(block) std::free(block)
#define STBI_NO_STDIO
#define STBI_NO_LINEAR
#define STBI_NO_HDR
#define STB_IMAGE_STATIC
#include <stb_image.h>

namespace shiwu {

// One of the two. RGBA8 whatever the file holds, and as in stb_image: 0 or null is a failure, whose
// reason is then known.
struct StbDecoder {
  int (*info)(const stbi_io_callbacks* callbacks, void* user, int* width, int* height,
              int* components);
  uint8_t* (*load)(const stbi_io_callbacks* callbacks, void* user, int* width, int* height,
                   int* components);
  const char* (*reason)();
};
extern const StbDecoder kStbJpeg;
extern const StbDecoder kStbOthers;  // PNG, GIF, BMP

}  // namespace shiwu
