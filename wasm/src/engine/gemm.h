// Matrix products over pixels: 1x1 convolutions, fully connected layers, and what im2col made of
// other convolutions.
#pragma once

#include <limits>

#include "engine/grid.h"
#include "engine/matrix.h"

namespace shiwu::engine {

// The range that results are held to: all numbers, or what Relu and Clip leave.
struct Range {
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();
};

// out[m][c] = range(factor[c] * sum over k of in[m][k] * weights[c][k] + bias[c] + added[m][c]) for
// the first `count` pixels of the grids; `added` may have no data. `panel` holds matrix.scratch()
// floats. `out` must not overlap `in`; it may be `added`.
void Multiply(const Matrix& matrix, const Grid<const float>& in, int count,
              const Grid<const float>& added, Range range, const Grid<float>& out, float* panel);

namespace reference {
// The same in plain scalar code.
void Multiply(const Matrix& matrix, const Grid<const float>& in, int count,
              const Grid<const float>& added, Range range, const Grid<float>& out, float* panel);
}  // namespace reference

}  // namespace shiwu::engine
