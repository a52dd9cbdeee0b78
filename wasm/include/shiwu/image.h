// Pixels in memory: a non-owning view, and the buffer that owns them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "shiwu/result.h"

namespace shiwu {

inline constexpr int kChannels = 4;  // RGBA, 8 bits each: what decoders and canvases give

// Read-only look at RGBA8 pixels that somebody else owns. Pixel (x, y) starts at
// data + x * pixel_stride + y * row_stride. Strides are in bytes and may be negative or swapped,
// so that turning and mirroring a picture copies nothing.
struct ImageView {
  const uint8_t* data = nullptr;
  int width = 0;
  int height = 0;
  ptrdiff_t pixel_stride = kChannels;
  ptrdiff_t row_stride = 0;

  const uint8_t* At(int x, int y) const { return data + x * pixel_stride + y * row_stride; }
  // True when the pixels of a row lie side by side, in order.
  bool HasContiguousRows() const { return pixel_stride == kChannels; }
};

// A rectangle in pixels of the picture that it is cut from.
struct Region {
  int x, y, width, height;
};

// Fails with kInvalidArgument when the region is below 1 x 1 or reaches outside of width x height.
Status CheckRegion(const Region& region, int width, int height);

// The part of `view` that `region` frames; nothing is copied. Errors: CheckRegion's.
Result<ImageView> Crop(const ImageView& view, const Region& region);

// Owns width x height RGBA8 pixels, rows packed. Move-only; memory comes from malloc because
// stb_image's buffers are adopted as they are.
class Image {
 public:
  // Fails with kInvalidArgument for sizes below 1 and kOutOfMemory when the memory is refused.
  static Result<Image> Allocate(int width, int height);
  // Takes over `pixels`, width * height * 4 bytes from malloc.
  static Image Adopt(uint8_t* pixels, int width, int height);

  uint8_t* data() { return pixels_.get(); }
  const uint8_t* data() const { return pixels_.get(); }
  int width() const { return width_; }
  int height() const { return height_; }
  size_t size_bytes() const { return size_t{4} * static_cast<size_t>(width_) * height_; }
  ImageView view() const {
    return {pixels_.get(), width_, height_, kChannels, ptrdiff_t{kChannels} * width_};
  }
  // Gives the buffer up; the caller frees it with std::free.
  uint8_t* Release() { return pixels_.release(); }

 private:
  struct Free {
    void operator()(uint8_t* p) const { std::free(p); }
  };
  Image(uint8_t* pixels, int width, int height) : pixels_(pixels), width_(width), height_(height) {}

  std::unique_ptr<uint8_t, Free> pixels_;
  int width_;
  int height_;
};

// Composites straight-alpha RGBA on white in place and makes every pixel opaque:
// c' = (c * a + 255 * (255 - a)) / 255, rounded to nearest, as Pillow's Image.paste with a mask.
void FlattenOnWhite(uint8_t* rgba, size_t pixel_count);

}  // namespace shiwu
