// Where the pixels of a feature map stand in memory. A pixel's channels lie side by side (NHWC).
#pragma once

#include <cstddef>

namespace shiwu::engine {

// Pixels counted row by row, `width` a row. Strides are in floats, so that rows may have margins,
// and every second pixel may be left out.
template <typename T>
struct Grid {
  T* data = nullptr;
  int width = 0;
  ptrdiff_t pixel_stride = 0;
  ptrdiff_t row_stride = 0;

  T* At(int x, int y) const { return data + x * pixel_stride + y * row_stride; }
  // Pixels and rows without gaps.
  static Grid Packed(T* data, int width, int channels) {
    return {data, width, channels, ptrdiff_t{width} * channels};
  }
  operator Grid<const T>() const { return {data, width, pixel_stride, row_stride}; }  // NOLINT
};

// Goes through a grid's pixels in order.
template <typename T>
class Walk {
 public:
  explicit Walk(const Grid<T>& grid) : grid_(grid), at_(grid.data), row_(grid.data) {}
  // The pixel it stands on; then it goes to the next.
  T* Next() {
    T* const here = at_;
    at_ += grid_.pixel_stride;
    if (++x_ == grid_.width) {
      x_ = 0;
      row_ += grid_.row_stride;
      at_ = row_;
    }
    return here;
  }

 private:
  const Grid<T>& grid_;
  T* at_;
  T* row_;
  int x_ = 0;
};

}  // namespace shiwu::engine
