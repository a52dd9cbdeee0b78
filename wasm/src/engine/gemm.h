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
// the first `count` pixels of the grids; `added` may have no data. `out` must not overlap `in`; it
// may be `added`.
void Multiply(const Matrix& matrix, const Grid<const float>& in, int count,
              const Grid<const float>& added, Range range, const Grid<float>& out);

// The same by levels. The inputs of each pixel become whole numbers of 16 bits, in steps of a
// 65,000th of the greatest (a 33,000th where some are negative), and sums are whole numbers of 32
// bits: nearly twice the speed of float32, at 1/256 of the error that 8 bits would make.
// (Nor are 8 bits faster everywhere: where V8 has no AVX-VNNI, their dot product in relaxed SIMD
// reaches 27 GMAC/s, and this one 38.) `in` is `inputs` floats a pixel. `scratch` is
// ScratchFor(levels) bytes.
void Multiply(const Levels& levels, const Grid<const float>& in, int inputs, int count,
              const Grid<const float>& added, Range range, const Grid<float>& out, void* scratch);
size_t ScratchFor(const Levels& levels);

namespace reference {
// The same in plain scalar code: by levels without making whole numbers of the inputs.
void Multiply(const Matrix& matrix, const Grid<const float>& in, int count,
              const Grid<const float>& added, Range range, const Grid<float>& out);
void Multiply(const Levels& levels, const Grid<const float>& in, int inputs, int count,
              const Grid<const float>& added, Range range, const Grid<float>& out);
}  // namespace reference

}  // namespace shiwu::engine
