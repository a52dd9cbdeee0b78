// How a convolution or a pool looks at its input.
#pragma once

namespace shiwu::engine {

struct Window {
  int height = 1, width = 1;
  int stride_y = 1, stride_x = 1;
  int dilation_y = 1, dilation_x = 1;
  int top = 0, left = 0, bottom = 0, right = 0;  // padding

  // Rows and columns that it covers, gaps of dilation included.
  int span_y() const { return (height - 1) * dilation_y + 1; }
  int span_x() const { return (width - 1) * dilation_x + 1; }
  bool IsPoint() const {
    return height == 1 && width == 1 && top == 0 && left == 0 && bottom == 0 && right == 0;
  }
};

// Height, width and channels of a feature map of one picture.
struct Shape {
  int height = 1, width = 1, channels = 1;

  size_t size() const { return size_t{1} * height * width * channels; }
  bool operator==(const Shape&) const = default;
};

}  // namespace shiwu::engine
