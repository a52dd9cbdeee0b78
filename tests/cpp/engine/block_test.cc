#include "engine/block.h"

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
  int height, width;          // of the input
  int inputs, wide, outputs;  // channels; expands or projects only where a flag says so
  Window window;              // of the depthwise convolution
  bool expands, projects, adds, levels;
  Window expand_window = {};
};

std::optional<Convolution> Pack(const OwnWeights& weights, const std::vector<float>& bias,
                                const Window& window, Shape in, Shape out, Activation activation) {
  Convolution convolution;
  convolution.window = window;
  convolution.in = in;
  convolution.out = out;
  convolution.activation = activation;
  if (!convolution.Pack(weights.view, {}, bias)) return std::nullopt;
  return convolution;
}

Shape ShapeOf(const Tensor& tensor) { return {tensor.dims[2], tensor.dims[3], tensor.dims[1]}; }

// Runs the block in memory of exactly its size, against its layers one by one.
void Check(Random& random, const Case& each) {
  SCOPED_TRACE(std::to_string(each.height) + "x" + std::to_string(each.width) + "x" +
               std::to_string(each.inputs) + " to " + std::to_string(each.wide) + " to " +
               std::to_string(each.outputs) + ", window " + std::to_string(each.window.height) +
               "x" + std::to_string(each.window.width) + ", stride " +
               std::to_string(each.window.stride_y) + (each.expands ? ", expands" : "") +
               (each.projects ? ", projects" : "") + (each.adds ? ", adds" : ""));
  Block block;
  block.window = each.window;
  const Tensor in = test::RandomTensor(random, {1, each.inputs, each.height, each.width});
  Tensor expected = in;
  if (each.expands) {
    const OwnWeights weights(random, each.wide, each.inputs, each.expand_window, each.levels);
    const auto bias = random.Numbers(each.wide);
    const Activation activation = test::RandomActivation(random);
    const Tensor conv = test::reference::Conv(expected, weights.meant, bias, each.expand_window, 1);
    block.expand =
        Pack(weights, bias, each.expand_window, ShapeOf(expected), ShapeOf(conv), activation);
    ASSERT_TRUE(block.expand.has_value());
    expected = test::reference::Apply(activation, conv);
  }
  block.wide = ShapeOf(expected);
  {
    const OwnWeights weights(random, block.wide.channels, 1, each.window, each.levels);
    const auto bias = random.Numbers(block.wide.channels);
    block.activation = test::RandomActivation(random);
    ASSERT_TRUE(block.depthwise.Pack(weights.view, {}, bias));
    expected = test::reference::Apply(
        block.activation,
        test::reference::Conv(expected, weights.meant, bias, each.window, block.wide.channels));
  }
  block.narrow = ShapeOf(expected);
  Tensor added;
  if (each.projects) {
    const OwnWeights weights(random, each.outputs, block.wide.channels, {}, each.levels);
    const auto bias = random.Numbers(each.outputs);
    const Activation activation = test::RandomActivation(random);
    Tensor conv = test::reference::Conv(expected, weights.meant, bias, {}, 1);
    block.project = Pack(weights, bias, {}, ShapeOf(expected), ShapeOf(conv), activation);
    ASSERT_TRUE(block.project.has_value());
    added = test::RandomTensor(random, conv.dims);
    if (each.adds) conv = test::reference::Add(conv, added);
    expected = test::reference::Apply(activation, conv);
  }
  // Two runs with different remains in memory.
  for (const float remains : {kPoison, -1.0f}) {
    const auto from = test::ToPixels(in), plus = test::ToPixels(added);
    std::vector<size_t> offsets = {0, from.size(), from.size() + expected.size()};
    std::vector<float> arena(from);
    arena.resize(from.size() + expected.size(), remains);
    arena.insert(arena.end(), plus.begin(), plus.end());
    std::vector<float> scratch(block.scratch(), remains);
    block.input = 0;
    block.output = 1;
    block.added = each.projects && each.adds ? 2 : -1;
    block.Run(Memory(arena.data(), offsets, scratch.data()));
    const std::span<const float> out(arena.data() + offsets[1], expected.size());
    EXPECT_TRUE(Near(test::FromPixels(expected.dims, out), expected,
                     each.levels ? 1e-2 : 4e-6 * std::sqrt(each.wide)));
    EXPECT_TRUE(std::equal(from.begin(), from.end(), arena.begin())) << "the input was changed";
  }
}

Window Square(int side, int stride, bool padded) {
  Window window;
  window.height = window.width = side;
  window.stride_y = window.stride_x = stride;
  if (padded) {
    window.bottom = window.right = side / 2;
    window.top = window.left = side / 2 - (stride - 1);
    window.top = window.left = std::max(window.top, 0);
  }
  return window;
}

TEST(EngineBlock, SmallBlocks) {
  Random random(1);
  for (int i = 0; i < 240; ++i) {
    Case each;
    each.height = random.Between(1, 12);
    each.width = random.Between(1, 12);
    each.inputs = random.Between(1, 9);
    each.wide = random.Between(1, 14);
    each.outputs = random.Between(1, 11);
    each.window = Square(random.Between(1, 5), random.Between(1, 3), random.Coin());
    each.expands = random.Coin();
    each.projects = random.Coin();
    each.adds = random.Coin();
    each.levels = random.Coin();
    each.height = std::max(each.height, each.window.height);
    each.width = std::max(each.width, each.window.width);
    Check(random, each);
  }
}

TEST(EngineBlock, OddWindows) {
  Random random(2);
  for (int i = 0; i < 120; ++i) {
    Case each{random.Between(6, 14),
              random.Between(6, 14),
              random.Between(1, 5),
              random.Between(1, 9),
              random.Between(1, 5),
              {},
              random.Coin(),
              random.Coin(),
              false,
              false};
    Window& window = each.window;
    window.height = random.Between(1, 4);
    window.width = random.Between(1, 4);
    window.stride_y = random.Between(1, 6);  // longer than the window too
    window.stride_x = random.Between(1, 6);
    window.dilation_y = random.Between(1, 2);
    window.dilation_x = random.Between(1, 2);
    for (int* side : {&window.top, &window.left, &window.bottom, &window.right}) {
      *side = random.Between(0, 9);
    }
    if (each.expands && random.Coin()) {
      each.expand_window = Square(3, random.Between(1, 2), true);
      each.height = each.width = 13;
    }
    Check(random, each);
  }
}

// Wide enough that only some rows fit into a band: every height of a band, and a last one that is
// lower.
TEST(EngineBlock, EveryBand) {
  Random random(3);
  for (const int stride : {1, 2}) {
    for (const int side : {3, 5}) {
      for (int rows = 1; rows <= 6; ++rows) {
        const int wide = 96 * 1024 / (rows * 33 * (stride + 1));
        for (const bool expands : {false, true}) {
          Check(random, {9, 31, expands ? 2 : wide, wide, 2, Square(side, stride, true), expands,
                         true, random.Coin(), random.Coin()});
        }
      }
    }
  }
}

}  // namespace
}  // namespace shiwu::engine
