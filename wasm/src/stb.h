// stb_image, which decodes PNG and GIF. Its versions differ in what else they bear, or make of it,
// so it is given files that png.cc and gif.cc have put in order.
#pragma once

#include <cstdint>
#include <span>

#include "shiwu/image.h"

namespace shiwu {

// RGBA8. Errors: kCorruptImage, kImageTooLarge, kOutOfMemory.
Result<Image> LoadByStb(std::span<const uint8_t> file);

}  // namespace shiwu
