#include "shiwu/image.h"

#include <limits>

namespace shiwu {

Result<ImageView> Crop(const ImageView& view, const Region& region) {
  const auto [x, y, width, height] = region;
  // Where the left edge is inside, the subtraction cannot overflow.
  const bool inside_x = x >= 0 && x < view.width && width >= 1 && width <= view.width - x;
  const bool inside_y = y >= 0 && y < view.height && height >= 1 && height <= view.height - y;
  if (!inside_x || !inside_y) {
    return Error{
        ErrorCode::kInvalidArgument, "region ",  width, " x ",      height, " at ", x, ", ", y,
        " of a picture of ",         view.width, " x ", view.height};
  }
  return ImageView{view.At(x, y), width, height, view.pixel_stride, view.row_stride};
}

Result<Image> Image::Allocate(int width, int height) {
  if (width < 1 || height < 1) {
    return Error{ErrorCode::kInvalidArgument, "image size ", width, " x ", height};
  }
  const uint64_t bytes = uint64_t{kChannels} * static_cast<uint64_t>(width) * height;
  if (bytes > std::numeric_limits<size_t>::max() / 2) {
    return Error{ErrorCode::kOutOfMemory, bytes, " bytes"};
  }
  auto* pixels = static_cast<uint8_t*>(std::malloc(static_cast<size_t>(bytes)));
  if (pixels == nullptr) return Error{ErrorCode::kOutOfMemory, bytes, " bytes"};
  return Image(pixels, width, height);
}

Image Image::Adopt(uint8_t* pixels, int width, int height) { return Image(pixels, width, height); }

void FlattenOnWhite(uint8_t* rgba, size_t pixel_count) {
  for (uint8_t* p = rgba; p != rgba + pixel_count * kChannels; p += kChannels) {
    const uint32_t alpha = p[3];
    if (alpha == 255) continue;
    for (int c = 0; c < 3; ++c) {
      // (t + (t >> 8)) >> 8 with t = v + 128 is round(v / 255) for v <= 255 * 255.
      const uint32_t t = p[c] * alpha + 255 * (255 - alpha) + 128;
      p[c] = static_cast<uint8_t>((t + (t >> 8)) >> 8);
    }
    p[3] = 255;
  }
}

}  // namespace shiwu
