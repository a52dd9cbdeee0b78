// Convolution over all channels, rows at a time: a product of matrices, after im2col where the
// window is more than a point.
#pragma once

#include <cstddef>

#include "engine/activation.h"
#include "engine/gemm.h"
#include "engine/window.h"

namespace shiwu::engine {

struct Convolution {
  // [out channels, window.height * window.width * in channels]: as the file has them, one or the
  // other.
  Matrix matrix;
  Levels levels;
  Window window;
  Shape in, out;
  Activation activation;

  // Floats that Rows needs as scratch.
  size_t scratch() const;
  uint64_t macs() const { return uint64_t{1} * out.size() * depth(); }
  size_t weight_bytes() const { return matrix.bytes() + levels.bytes(); }

  // Rows [first, first + count) of the output into `to`, whose first row is `first`; `added`, if it
  // has data, is added before the activation and begins there too.
  void Rows(const float* from, int first, int count, const Grid<const float>& added,
            const Grid<float>& to, float* scratch) const;

  // False when there is no room.
  bool Pack(const Weights& weights, std::span<const float> factor, std::span<const float> bias);

 private:
  int depth() const { return window.height * window.width * in.channels; }
  void Times(const Grid<const float>& from, int count, const Grid<const float>& added,
             const Grid<float>& to, float* scratch) const;
  size_t TimesScratch() const;
  int RowsAtOnce() const;
  void Gather(const float* from, int y, float* to) const;
};

}  // namespace shiwu::engine
