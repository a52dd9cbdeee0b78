#include "shiwu/image.h"

#include <limits>

namespace shiwu {

Status CheckRegion(const Region& region, int of_width, int of_height) {
  const auto [x, y, width, height] = region;
  // Where the left edge is inside, the subtraction cannot overflow.
  const bool inside_x = x >= 0 && x < of_width && width >= 1 && width <= of_width - x;
  const bool inside_y = y >= 0 && y < of_height && height >= 1 && height <= of_height - y;
  if (inside_x && inside_y) return {};
  return Error{ErrorCode::kInvalidArgument, "region ", width, " x ",    height, " at ", x, ", ", y,
               " of a picture of ",         of_width,  " x ", of_height};
}

Result<ImageView> Crop(const ImageView& view, const Region& region) {
  if (Status status = CheckRegion(region, view.width, view.height); !status.ok()) return status;
  return ImageView{view.At(region.x, region.y), region.width, region.height, view.pixel_stride,
                   view.row_stride};
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
