// stb_image's implementation for JPEG.
#if defined(__wasm_simd128__) && defined(__SSE2__)
// Emscripten translates SSE2 intrinsics to wasm SIMD, but stb_image takes its SSE2 loops for x86
// alone; this name, which only stb_image asks for, lets it. They give the same pixels as its plain
// loops, in less than half the time.
#define _M_X64
#endif
#define STBI_ONLY_JPEG
#define STB_IMAGE_IMPLEMENTATION
#include "stb_config.h"

const shiwu::StbDecoder shiwu::kStbJpeg = {
    &stbi_info_from_callbacks,
    [](const stbi_io_callbacks* callbacks, void* user, int* width, int* height, int* components) {
      return stbi_load_from_callbacks(callbacks, user, width, height, components, 4);
    },
    &stbi_failure_reason,
};
