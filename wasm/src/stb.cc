#define STB_IMAGE_IMPLEMENTATION
#include "stb.h"

#include <climits>
#include <string_view>

#include "stb_config.h"

namespace shiwu {

Result<Image> LoadByStb(std::span<const uint8_t> file) {
  if (file.size() > INT_MAX) return Error{ErrorCode::kImageTooLarge, file.size(), " bytes"};
  int width = 0, height = 0, components = 0;
  uint8_t* const rgba = stbi_load_from_memory(file.data(), static_cast<int>(file.size()), &width,
                                              &height, &components, kChannels);
  if (rgba != nullptr) return Image::Adopt(rgba, width, height);
  const char* const reason = stbi_failure_reason();
  const std::string_view why = reason != nullptr ? reason : "unknown";
  if (why == "outofmem") return Error{ErrorCode::kOutOfMemory, "while decoding"};
  if (why == "too large") return Error{ErrorCode::kImageTooLarge, "over the decoder's own limit"};
  return Error{ErrorCode::kCorruptImage, why};
}

}  // namespace shiwu
