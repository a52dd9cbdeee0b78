// Any sizes and numbers: a matrix product and a depthwise row by SIMD are those of the plain code.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "bytes.h"
#include "engine/depthwise.h"
#include "engine/gemm.h"

namespace {

using shiwu::engine::Grid;
using shiwu::engine::Range;
using shiwu::engine::Window;

std::vector<float> Numbers(shiwu::fuzz::Bytes& bytes, size_t count) {
  std::vector<float> numbers(count);
  const auto levels = bytes.Repeat(count);
  for (size_t i = 0; i < count; ++i) numbers[i] = static_cast<float>(levels[i] - 128) / 64.0f;
  return numbers;
}

shiwu::engine::Weights View(const std::vector<float>& numbers, int channels, int inputs, int taps) {
  shiwu::engine::Weights view;
  view.data = reinterpret_cast<const uint8_t*>(numbers.data());
  view.channels = channels;
  view.inputs = inputs;
  view.taps = taps;
  view.channel_stride = size_t{1} * inputs * taps;
  view.input_stride = taps;
  view.tap_stride = 1;
  return view;
}

// Sums of `terms` products of numbers up to 2, in whatever order they are added.
void MustBeNear(const std::vector<float>& a, const std::vector<float>& b, int terms) {
  const float bound = static_cast<float>(terms + 2) * 4 * 2e-6f;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!(std::abs(a[i] - b[i]) <= bound)) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  shiwu::fuzz::Bytes bytes(data, size);
  const int channels = bytes.Between(1, 40), depth = bytes.Between(1, 48);
  const int count = bytes.Between(1, 12);
  const bool adds = bytes.Byte() % 2 == 0, scaled = bytes.Byte() % 2 == 0;
  Range range;
  if (bytes.Byte() % 2 == 0) range = {bytes.Number(-3, 0), bytes.Number(0, 6)};
  const int taps_y = bytes.Between(1, 5), taps_x = bytes.Between(1, 5);
  const int stride = bytes.Between(1, 3), dilation = bytes.Between(1, 2);

  const auto weights = Numbers(bytes, size_t{1} * channels * depth);
  const auto factor = scaled ? Numbers(bytes, channels) : std::vector<float>();
  const auto bias = Numbers(bytes, channels);
  const auto in = Numbers(bytes, size_t{1} * count * depth);
  const auto added = Numbers(bytes, size_t{1} * count * channels);
  shiwu::engine::Matrix matrix;
  if (!matrix.Pack(View(weights, channels, depth, 1), factor, bias)) return 0;
  std::vector<float> simd(added.size(), NAN), plain(added.size(), NAN);
  const auto from = Grid<const float>::Packed(in.data(), count, depth);
  const auto sum = Grid<const float>::Packed(adds ? added.data() : nullptr, count, channels);
  const auto to = [&](std::vector<float>& out) {
    return Grid<float>::Packed(out.data(), count, channels);
  };
  shiwu::engine::Multiply(matrix, from, count, sum, range, to(simd));
  shiwu::engine::reference::Multiply(matrix, from, count, sum, range, to(plain));
  MustBeNear(simd, plain, depth * 2);

  Window window;
  window.height = taps_y;
  window.width = taps_x;
  window.stride_x = stride;
  window.dilation_x = dilation;
  const int taps = taps_y * taps_x;
  const auto kernel = Numbers(bytes, size_t{1} * channels * taps);
  shiwu::engine::DepthwiseWeights packed;
  if (!packed.Pack(View(kernel, channels, 1, taps), factor, bias)) return 0;
  const int across = (count - 1) * stride + (taps_x - 1) * dilation + 1;
  const auto picture = Numbers(bytes, size_t{1} * taps_y * across * channels);
  std::vector<const float*> rows;
  for (int y = 0; y < taps_y; ++y) {
    rows.push_back(picture.data() + size_t{1} * y * across * channels);
  }
  std::vector<float> row(size_t{1} * channels * count, NAN), plain_row(row);
  shiwu::engine::DepthwiseRow(packed, 0, packed.groups(), window, rows.data(), channels, count,
                              range, row.data());
  shiwu::engine::reference::DepthwiseRow(packed, 0, packed.groups(), window, rows.data(), channels,
                                         count, range, plain_row.data());
  MustBeNear(row, plain_row, taps * 2);
  return 0;
}
