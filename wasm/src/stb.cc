#define STB_IMAGE_IMPLEMENTATION
#include "stb.h"

#include <algorithm>
#include <climits>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>

#include "inflate.h"
#include "stb_config.h"

// What stb_image calls for a PNG's data, as stb_image.h declares it; the checksum is not looked at.
char* stbi_zlib_decode_malloc_guesssize_headerflag(const char* buffer, int len, int initial_size,
                                                   int* outlen, int /*parse_header*/) {
  using Bytes = std::span<const uint8_t>;
  const Bytes stream(reinterpret_cast<const uint8_t*>(buffer), static_cast<size_t>(len));
  const std::unique_ptr<shiwu::Inflater> inflater(new (std::nothrow) shiwu::Inflater({stream}));
  size_t room = static_cast<size_t>(initial_size), size = 0;
  char* out = static_cast<char*>(std::malloc(room));
  while (inflater != nullptr && out != nullptr) {
    const Bytes next = inflater->Next();
    if (next.empty()) {
      if (inflater->end() == shiwu::Inflater::End::kComplete) {
        *outlen = static_cast<int>(size);
        return out;
      }
      std::free(out);
      stbi__err("damaged data", "Corrupt PNG");
      return nullptr;
    }
    if (next.size() > room - size) {  // more than the rows need, or they are interlaced
      room = std::max(2 * room, size + next.size());
      char* const more = room > INT_MAX ? nullptr : static_cast<char*>(std::realloc(out, room));
      if (more == nullptr) break;
      out = more;
    }
    std::memcpy(out + size, next.data(), next.size());
    size += next.size();
  }
  std::free(out);
  stbi__err("outofmem", "Out of memory");
  return nullptr;
}

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
