// Any bytes: Decode gives an error, or a whole opaque picture whose orientation is 1 to 8; FitFile
// at a fraction of the size gives an error or a picture of the model's size.
#include <cstdlib>

#include "shiwu/decode.h"
#include "shiwu/fit.h"
#include "shiwu/orientation.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Small, so that a header of a mutation cannot ask for a second of work.
  constexpr uint64_t kMaxPixels = 1 << 20;
  const auto fitted =
      shiwu::FitFile({data, size}, kMaxPixels, shiwu::Precision::kFast, {}, {16, 12});
  if (fitted.ok() &&
      (fitted.value().pixels.width() != 16 || fitted.value().pixels.height() != 12)) {
    std::abort();
  }
  const auto decoded = shiwu::Decode({data, size}, kMaxPixels);
  if (!decoded.ok()) return 0;
  const shiwu::Image& image = decoded.value().pixels;
  const int orientation = decoded.value().orientation;
  if (image.width() < 1 || image.height() < 1 || orientation < 1 || orientation > 8) std::abort();
  if (static_cast<uint64_t>(image.width()) * static_cast<uint64_t>(image.height()) > kMaxPixels) {
    std::abort();
  }
  const shiwu::ImageView upright = shiwu::Upright(image.view(), orientation);
  for (int y = 0; y < upright.height; ++y) {
    for (int x = 0; x < upright.width; ++x) {
      if (upright.At(x, y)[3] != 255) std::abort();
    }
  }
  return 0;
}
