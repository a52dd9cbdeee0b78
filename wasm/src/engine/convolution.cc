#include "engine/convolution.h"

#include <algorithm>

namespace shiwu::engine {
namespace {

// Pixels that im2col spreads out at a time: enough to use each panel of weights well, few enough to
// stay in the cache.
constexpr int kGathered = 64;

// A loop, since most runs are a few floats and a call of memcpy would take longer.
void Copy(const float* from, int count, float* to) {
  for (int i = 0; i < count; ++i) to[i] = from[i];
}

}  // namespace

int Convolution::RowsAtOnce() const { return std::max(1, kGathered / out.width); }

bool Convolution::Pack(const Weights& weights, std::span<const float> factor,
                       std::span<const float> bias) {
  return weights.are_levels() ? levels.Pack(weights, factor, bias)
                              : matrix.Pack(weights, factor, bias);
}

size_t Convolution::TimesScratch() const {
  return levels.bytes() == 0 ? 0 : (ScratchFor(levels) + sizeof(float) - 1) / sizeof(float);
}

size_t Convolution::scratch() const {
  const size_t gathered = window.IsPoint() ? 0 : size_t{1} * RowsAtOnce() * out.width * depth();
  return gathered + TimesScratch();
}

void Convolution::Times(const Grid<const float>& from, int count, const Grid<const float>& added,
                        const Grid<float>& to, float* scratch) const {
  const Range range = activation.ForKernel();
  if (levels.bytes() == 0) return Multiply(matrix, from, count, added, range, to);
  Multiply(levels, from, depth(), count, added, range, to, scratch);
}

// The input under each pixel of output row y, [out.width][window.height][window.width][channels].
void Convolution::Gather(const float* from, int y, float* to) const {
  const int channels = in.channels;
  for (int x = 0; x < out.width; ++x) {
    const int left = x * window.stride_x - window.left;
    for (int ky = 0; ky < window.height; ++ky) {
      const int row = y * window.stride_y - window.top + ky * window.dilation_y;
      const bool inside = row >= 0 && row < in.height;
      const float* line = from + ptrdiff_t{inside ? row : 0} * in.width * channels;
      if (inside && window.dilation_x == 1 && left >= 0 && left + window.width <= in.width) {
        Copy(line + ptrdiff_t{left} * channels, window.width * channels, to);
        to += window.width * channels;
        continue;
      }
      for (int kx = 0; kx < window.width; ++kx, to += channels) {
        const int column = left + kx * window.dilation_x;
        if (inside && column >= 0 && column < in.width) {
          Copy(line + ptrdiff_t{column} * channels, channels, to);
        } else {
          std::fill_n(to, channels, 0.0f);
        }
      }
    }
  }
}

void Convolution::Rows(const float* from, int first, int count, const Grid<const float>& added,
                       const Grid<float>& to, float* scratch) const {
  float* const gathered = scratch + TimesScratch();
  if (window.IsPoint()) {
    const Grid<const float> grid{from + ptrdiff_t{first} * window.stride_y * in.width * in.channels,
                                 out.width, ptrdiff_t{window.stride_x} * in.channels,
                                 ptrdiff_t{window.stride_y} * in.width * in.channels};
    Times(grid, count * out.width, added, to, scratch);
  } else {
    const int at_once = RowsAtOnce();
    for (int done = 0; done < count; done += at_once) {
      const int rows = std::min(at_once, count - done);
      const ptrdiff_t row_size = ptrdiff_t{out.width} * depth();
      for (int r = 0; r < rows; ++r) Gather(from, first + done + r, gathered + r * row_size);
      Grid<const float> plus = added;
      if (plus.data != nullptr) plus.data = added.At(0, done);
      Grid<float> into = to;
      into.data = to.At(0, done);
      Times(Grid<const float>::Packed(gathered, out.width, depth()), rows * out.width, plus, into,
            scratch);
    }
  }
  if (activation.kind == Activation::kRange) return;
  for (int y = 0; y < count; ++y) {
    Apply(activation, to.At(0, y), size_t{1} * out.width * out.channels);
  }
}

}  // namespace shiwu::engine
