// Any bytes as a JPEG's ICC profile: not understood, or colours whose alpha stays and which do not
// depend on where in the picture they are.
#include <array>
#include <cstdlib>
#include <cstring>

#include "color.h"
#include "profile_in_jpeg.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto file = shiwu::fuzz::JpegWithProfile({data, size});
  const auto colors = shiwu::ToSrgb::Of(file);
  if (!colors) return 0;
  std::array<uint8_t, 4 * 64> many;
  for (size_t i = 0; i < many.size(); ++i) many[i] = static_cast<uint8_t>(i * 37);
  const auto before = many;
  colors->Apply(many.data(), many.size() / 4);
  for (size_t i = 0; i < many.size(); i += 4) {
    uint8_t one[4];
    std::memcpy(one, before.data() + i, 4);
    colors->Apply(one, 1);
    if (one[3] != before[i + 3] || std::memcmp(one, many.data() + i, 4) != 0) std::abort();
  }
  return 0;
}
