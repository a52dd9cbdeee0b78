// stb_image as this project uses it: four formats, from memory, 8-bit output.
#pragma once

// A side longer than this is refused as too large; JPEG cannot exceed it, and it keeps the
// resampler's weight tables small.
#define STBI_MAX_DIMENSIONS 65536
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_ONLY_GIF
#define STBI_ONLY_BMP
#define STBI_NO_STDIO
#define STBI_NO_LINEAR
#define STBI_NO_HDR
#include <stb_image.h>
