// The core's resampling as fuzz_pillow.py calls it.
#include <cstring>

#include "shiwu/resample.h"

// Resamples the part `box` (left, top, right, bottom) of width x height RGBA8 pixels to `out`,
// which has room for the result; `in_two` by ResizeInTwo. 0: refused.
extern "C" int shiwu_resize(const uint8_t* rgba, int width, int height, const double* box,
                            int to_width, int to_height, int filter, int in_two, uint8_t* out);
// As FlattenOnWhite.
extern "C" void shiwu_flatten(uint8_t* rgba, size_t pixel_count);

int shiwu_resize(const uint8_t* rgba, int width, int height, const double* box, int to_width,
                 int to_height, int filter, int in_two, uint8_t* out) {
  const shiwu::ImageView view = {rgba, width, height, shiwu::kChannels,
                                 ptrdiff_t{shiwu::kChannels} * width};
  const shiwu::Edges edges = {box[0], box[1], box[2], box[3]};
  const auto which = static_cast<shiwu::Filter>(filter);
  const auto resized = in_two != 0
                           ? shiwu::ResizeInTwo(view, to_width, to_height, which, edges)
                           : shiwu::Resize(view, to_width, to_height, which, shiwu::ToBox(edges));
  if (!resized.ok()) return 0;
  std::memcpy(out, resized.value().data(), resized.value().size_bytes());
  return 1;
}

void shiwu_flatten(uint8_t* rgba, size_t pixel_count) { shiwu::FlattenOnWhite(rgba, pixel_count); }
