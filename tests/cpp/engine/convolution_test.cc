#include "engine/convolution.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "engine/weights.h"

namespace shiwu::engine {
namespace {

using test::kPoison;
using test::Near;
using test::OwnWeights;
using test::Random;
using test::Tensor;

struct Case {
  Window window;
  int height, width, inputs, channels;
  bool levels;
};

void Check(Random& random, const Case& each) {
  const Window& window = each.window;
  SCOPED_TRACE(std::to_string(window.height) + "x" + std::to_string(window.width) + " on " +
               std::to_string(each.height) + "x" + std::to_string(each.width) + "x" +
               std::to_string(each.inputs) + " to " + std::to_string(each.channels));
  const OwnWeights weights(random, each.channels, each.inputs, window, each.levels);
  const auto bias = random.Numbers(each.channels);
  const Tensor in = test::RandomTensor(random, {1, each.inputs, each.height, each.width});
  Tensor expected = test::reference::Conv(in, weights.meant, bias, window, 1);
  const bool adds = random.Coin();
  const Tensor added = test::RandomTensor(random, expected.dims);
  if (adds) expected = test::reference::Add(expected, added);

  Convolution convolution;
  ASSERT_TRUE(convolution.Pack(weights.view, {}, bias));
  convolution.window = window;
  convolution.in = {each.height, each.width, each.inputs};
  convolution.out = {expected.dims[2], expected.dims[3], each.channels};
  convolution.activation = test::RandomActivation(random);
  expected = test::reference::Apply(convolution.activation, expected);
  EXPECT_EQ(convolution.macs(), expected.size() * weights.view.depth());

  const auto from = test::ToPixels(in), plus = test::ToPixels(added);
  const Shape& out = convolution.out;
  const int row_size = out.width * out.channels;
  // All rows at once, one by one, and by some number; each band in memory of its own.
  for (const int band : {out.height, 1, random.Between(1, out.height)}) {
    std::vector<float> whole;
    for (int first = 0; first < out.height; first += band) {
      const int count = std::min(band, out.height - first);
      std::vector<float> to(size_t{1} * count * row_size, kPoison);
      std::vector<float> scratch(convolution.scratch(), kPoison);
      Grid<const float> plus_grid;
      if (adds) {
        plus_grid =
            Grid<const float>::Packed(plus.data() + first * row_size, out.width, out.channels);
      }
      convolution.Rows(from.data(), first, count, plus_grid,
                       Grid<float>::Packed(to.data(), out.width, out.channels), scratch.data());
      whole.insert(whole.end(), to.begin(), to.end());
    }
    EXPECT_TRUE(Near(test::FromPixels(expected.dims, whole), expected,
                     each.levels ? 2e-3 : 2e-6 * std::sqrt(weights.view.depth())))
        << "band " << band;
  }
}

Window RandomWindow(Random& random, int most) {
  Window window;
  window.height = random.Between(1, most);
  window.width = random.Between(1, most);
  window.stride_y = random.Between(1, 3);
  window.stride_x = random.Between(1, 3);
  if (random.Between(0, 3) == 0) {
    window.dilation_y = random.Between(1, 3);
    window.dilation_x = random.Between(1, 3);
  }
  if (random.Between(0, 3) != 0) {
    for (int* side : {&window.top, &window.left, &window.bottom, &window.right}) {
      *side = random.Between(0, 3);
    }
  }
  return window;
}

TEST(EngineConvolution, RandomShapes) {
  Random random(1);
  for (int i = 0; i < 300; ++i) {
    Case each{RandomWindow(random, 5), random.Between(1, 13), random.Between(1, 13),
              random.Between(1, 9),    random.Between(1, 20), random.Coin()};
    each.height = std::max(each.height, each.window.span_y());
    each.width = std::max(each.width, each.window.span_x());
    Check(random, each);
  }
}

// The usual ones, and a row wider than what im2col spreads out at a time.
TEST(EngineConvolution, UsualShapes) {
  Random random(2);
  for (const bool levels : {false, true}) {
    for (const int stride : {1, 2}) {
      Window three;
      three.height = three.width = 3;
      three.stride_y = three.stride_x = stride;
      three.top = three.left = 1 - (stride - 1);
      three.bottom = three.right = 1;
      Check(random, {three, 19, 150, 3, 32, levels});
      Check(random, {three, 16, 16, 24, 16, levels});
      Window point;
      point.stride_y = point.stride_x = stride;
      Check(random, {point, 7, 9, 40, 24, levels});
      Window seven;
      seven.height = seven.width = 7;
      seven.stride_y = seven.stride_x = stride;
      seven.top = seven.left = seven.bottom = seven.right = 3;
      Check(random, {seven, 23, 23, 3, 8, levels});
    }
  }
}

// A window that hardly meets the picture.
TEST(EngineConvolution, MostlyPadding) {
  Random random(3);
  Window window;
  window.height = window.width = 3;
  window.top = window.left = window.bottom = window.right = 5;
  Check(random, {window, 1, 1, 4, 5, false});
  window.dilation_y = window.dilation_x = 4;
  Check(random, {window, 2, 1, 3, 9, true});
}

}  // namespace
}  // namespace shiwu::engine
