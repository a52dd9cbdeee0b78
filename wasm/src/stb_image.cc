// The only translation unit that holds stb_image's implementation.
#if defined(__wasm_simd128__) && defined(__SSE2__)
// Emscripten translates SSE2 intrinsics to wasm SIMD, but stb_image takes its SSE2 loops for x86
// alone; this name, which only stb_image asks for, lets it. They give the same pixels as its plain
// loops, in less than half the time.
#define _M_X64
#endif
#define STB_IMAGE_IMPLEMENTATION
#include "stb_config.h"
