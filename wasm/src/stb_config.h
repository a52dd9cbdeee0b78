// stb_image as this project uses it: four formats, from memory, 8-bit output.
#pragma once

#include <cstdlib>

// A side longer than this is refused as too large; JPEG cannot exceed it, and it keeps the
// resampler's weight tables small.
#define STBI_MAX_DIMENSIONS 65536
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_ONLY_GIF
#define STBI_ONLY_BMP
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
#include <stb_image.h>
