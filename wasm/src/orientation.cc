#include "shiwu/orientation.h"

#include <utility>

#include "exif.h"

namespace shiwu {

int ReadOrientation(std::span<const uint8_t> file) {
  constexpr uint32_t kOrientationTag = 0x0112;
  const auto exif = Exif::Find(file);
  if (!exif) return 1;
  const auto value = exif->Number(exif->first_directory(), kOrientationTag, Exif::kShort);
  return value && *value >= 1 && *value <= 8 ? static_cast<int>(*value) : 1;
}

Turn TurnOf(int orientation) {
  const auto is = [&](int a, int b, int c, int d) {
    return orientation == a || orientation == b || orientation == c || orientation == d;
  };
  return {is(5, 6, 7, 8), is(2, 3, 6, 7), is(3, 4, 7, 8)};
}

ImageView Upright(const ImageView& stored, int orientation) {
  ImageView view = stored;
  const Turn turn = TurnOf(orientation);
  if (turn.exchanged) {
    std::swap(view.width, view.height);
    std::swap(view.pixel_stride, view.row_stride);
  }
  if (turn.mirrored_x) {
    view.data += (view.width - 1) * view.pixel_stride;
    view.pixel_stride = -view.pixel_stride;
  }
  if (turn.mirrored_y) {
    view.data += (view.height - 1) * view.row_stride;
    view.row_stride = -view.row_stride;
  }
  return view;
}

}  // namespace shiwu
