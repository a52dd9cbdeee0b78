// stb_image as this project uses it: PNG and GIF, from memory, 8-bit output.
#pragma once

#include <cstdlib>

// A side longer than this is refused as too large: it keeps the resampler's weight tables small.
#define STBI_MAX_DIMENSIONS 65536
// Damaged files reach stb_image's assertions; the core never aborts, in debug builds neither.
#define STBI_ASSERT(condition) ((void)0)
#define STBI_ONLY_PNG
#define STBI_ONLY_GIF
#define STBI_NO_STDIO
// stb.cc decompresses by inflate.h: stb_image's versions differ in what they take for damage,
// and 2.27 copies from memory that nobody wrote where a distance has code 30 or 31, which there are
// not.
#define STBI_NO_ZLIB
#define STBI_NO_LINEAR
#define STBI_NO_HDR
#include <stb_image.h>
