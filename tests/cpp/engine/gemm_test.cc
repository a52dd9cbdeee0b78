#include "engine/gemm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "engine/weights.h"

namespace shiwu::engine {
namespace {

using test::kPoison;
using test::Near;
using test::OwnWeights;
using test::Random;

struct Case {
  int channels, depth, count;
  bool levels;
};

// What reference::Multiply must give, from the numbers that the weights mean.
std::vector<float> Meant(const OwnWeights& weights, const std::vector<float>& factor,
                         const std::vector<float>& bias, const std::vector<float>& in,
                         const std::vector<float>& added, Range range, int count) {
  const int channels = weights.view.channels, depth = weights.view.depth();
  std::vector<float> out;
  for (int m = 0; m < count; ++m) {
    for (int c = 0; c < channels; ++c) {
      double sum = 0;
      for (int k = 0; k < depth; ++k) {
        sum += double{in[m * depth + k]} * weights.meant.values[c * depth + k];
      }
      sum = sum * (factor.empty() ? 1 : factor[c]) + (bias.empty() ? 0 : bias[c]);
      if (!added.empty()) sum += added[m * channels + c];
      out.push_back(std::clamp(static_cast<float>(sum), range.low, range.high));
    }
  }
  return out;
}

// How far a product by levels may be off, whose inputs become whole numbers of some steps.
double Bound(const OwnWeights& weights, const Levels& levels, const std::vector<float>& factor,
             const std::vector<float>& in) {
  float low = 0, high = 0;
  for (const float x : in) {
    low = std::min(low, x);
    high = std::max(high, x);
  }
  const double step = (double{high} - low) / (2.0 * levels.amplitude());
  double most = 0;
  for (int c = 0; c < levels.channels(); ++c) {
    double sum = 0;
    for (int k = 0; k < weights.view.depth(); ++k) {
      sum += std::abs(weights.meant.values[c * weights.view.depth() + k]);
    }
    most = std::max(most, sum * (factor.empty() ? 1 : std::abs(factor[c])));
  }
  return 0.51 * step * most;
}

// Multiplies by either kind of weights, by the kernel or by the plain code.
struct Product {
  Matrix matrix;
  Levels levels;
  int inputs;
  bool by_levels;

  Product(const OwnWeights& weights, const std::vector<float>& factor,
          const std::vector<float>& bias)
      : inputs(weights.view.depth()), by_levels(weights.view.are_levels()) {
    EXPECT_TRUE(by_levels ? levels.Pack(weights.view, factor, bias)
                          : matrix.Pack(weights.view, factor, bias));
  }
  void Run(bool plainly, const Grid<const float>& in, int count, const Grid<const float>& added,
           Range range, const Grid<float>& out) const {
    if (plainly && by_levels) {
      reference::Multiply(levels, in, inputs, count, added, range, out);
    } else if (plainly) {
      reference::Multiply(matrix, in, count, added, range, out);
    } else if (!by_levels) {
      Multiply(matrix, in, count, added, range, out);
    } else {
      // Of exactly its size, and not at the start of a cache line.
      std::vector<char> scratch(ScratchFor(levels));
      Multiply(levels, in, inputs, count, added, range, out, scratch.data());
    }
  }
};

void Check(Random& random, const Case& each) {
  const auto [channels, depth, count, levels] = each;
  SCOPED_TRACE(std::to_string(channels) + " channels, depth " + std::to_string(depth) + ", " +
               std::to_string(count) + " pixels" + (levels ? ", levels" : ""));
  const OwnWeights weights(random, channels, depth, {}, levels);
  const auto factor = random.Numbers(random.Coin() ? channels : 0);
  const auto bias = random.Numbers(random.Coin() ? channels : 0);
  // Sometimes such as a Relu leaves, sometimes far from 0.
  const float low = random.Coin() ? 0.0f : random.Number(-3, 2);
  const auto in = random.Numbers(size_t{1} * count * depth, low, low + 2);
  const auto added = random.Numbers(random.Coin() ? size_t{1} * count * channels : 0);
  const Range range = random.Coin() ? Range{-0.3f, 0.4f} : Range{};
  const Product product(weights, factor, bias);
  const auto expected = Meant(weights, factor, bias, in, added, range, count);
  // The pixels of `width` a row; and with gaps between pixels and rows that nobody may touch.
  const int width = random.Between(1, count), gap = random.Between(0, 3);
  const int rows = (count - 1) / width;
  const auto spread = [&](int size) { return ptrdiff_t{size} + gap; };
  const auto row_of = [&](int size) { return spread(size) * width + gap; };
  const auto grid = [&](float* data, int size) -> Grid<float> {
    return {data, width, spread(size), row_of(size)};
  };
  // Exactly as large as it must be: the last row ends with its last pixel.
  const auto room = [&](int size) {
    return rows * row_of(size) + ((count - 1) % width) * spread(size) + size;
  };
  std::vector<float> from(room(depth), kPoison), plus(added.empty() ? 0 : room(channels));
  const auto scatter = [&](const std::vector<float>& packed, int size, std::vector<float>& to) {
    for (int m = 0; m < count; ++m) {
      std::copy_n(packed.data() + m * size, size, grid(to.data(), size).At(m % width, m / width));
    }
  };
  scatter(in, depth, from);
  if (!added.empty()) scatter(added, channels, plus);
  const Grid<const float> plus_grid =
      added.empty() ? Grid<const float>() : grid(plus.data(), channels);
  for (const bool plainly : {false, true}) {
    std::vector<float> to(room(channels), kPoison);
    product.Run(plainly, grid(from.data(), depth), count, plus_grid, range,
                grid(to.data(), channels));
    std::vector<float> packed(size_t{1} * count * channels);
    for (int m = 0; m < count; ++m) {
      float* pixel = grid(to.data(), channels).At(m % width, m / width);
      std::copy_n(pixel, channels, packed.data() + m * channels);
      std::fill_n(pixel, channels, kPoison);
    }
    // Sums are larger than what their range leaves of them.
    double off = 4e-6 * std::sqrt(depth) * (std::abs(low) + 2);
    if (levels && !plainly) off += Bound(weights, product.levels, factor, in);
    for (size_t i = 0; i < packed.size(); ++i) ASSERT_NEAR(packed[i], expected[i], off) << i;
    EXPECT_EQ(std::count(to.begin(), to.end(), kPoison), to.size()) << "a gap was written to";
  }
}

TEST(EngineGemm, IsTheSumOfProducts) {
  Random random(1);
  for (int channels = 1; channels <= 25; ++channels) {
    for (const int depth : {1, 2, 3, 4, 7, 8, 9, 31}) {
      const int count = random.Between(1, 21);
      Check(random, {channels, depth, count, false});
      Check(random, {channels, depth, count, true});
    }
  }
  for (int count = 1; count <= 20; ++count) {
    Check(random, {random.Between(1, 40), random.Between(1, 70), count, random.Coin()});
  }
}

TEST(EngineGemm, LargeProducts) {
  Random random(2);
  for (const bool levels : {false, true}) {
    Check(random, {17, 1280, 49, levels});
    Check(random, {96, 64, 130, levels});
    Check(random, {131, 515, 1, levels});
    Check(random, {9, 20, 600, levels});
    Check(random, {3, 30000, 5, levels});  // of which but four pixels fit at a time
  }
}

// `out` may be `added`.
TEST(EngineGemm, AddsInPlace) {
  Random random(3);
  const int channels = 11, depth = 6, count = 10;
  for (const bool levels : {false, true}) {
    const OwnWeights weights(random, channels, depth, {}, levels);
    const Product product(weights, {}, {});
    const auto in = random.Numbers(count * depth);
    auto out = random.Numbers(count * channels);
    const auto expected = Meant(weights, {}, {}, in, out, {}, count);
    const auto grid = Grid<float>::Packed(out.data(), count, channels);
    product.Run(false, Grid<const float>::Packed(in.data(), count, depth), count, grid, {}, grid);
    EXPECT_TRUE(Near(out, expected, levels ? 1e-4 : 2e-6));
  }
}

// It may spread to other pixels, which levels share their steps with.
TEST(EngineGemm, WhatIsNoNumberStaysSo) {
  Random random(4);
  const int channels = 13, depth = 11, count = 6;
  for (const bool levels : {false, true}) {
    const OwnWeights weights(random, channels, depth, {}, levels);
    const Product product(weights, {}, {});
    for (int bad = 0; bad < count; ++bad) {
      for (int k = 0; k < depth; ++k) {
        auto in = random.Numbers(count * depth);
        in[bad * depth + k] = std::numeric_limits<float>::quiet_NaN();
        std::vector<float> out(count * channels);
        product.Run(false, Grid<const float>::Packed(in.data(), count, depth), count, {}, {0, 6},
                    Grid<float>::Packed(out.data(), count, channels));
        for (int i = 0; i < count * channels; ++i) {
          if (i / channels == bad) {
            EXPECT_TRUE(std::isnan(out[i])) << i;
          } else if (!levels) {
            EXPECT_FALSE(std::isnan(out[i])) << i;
          }
        }
      }
    }
  }
}

// Inputs of every size, the smallest and the largest that there are, and nothing but zeros: results
// are never further off than the steps are wide, and zeros give the bias.
TEST(EngineGemm, LevelsTimesExtremes) {
  Random random(6);
  const int channels = 9, depth = 21, count = 7;
  const OwnWeights weights(random, channels, depth, {}, true);
  const auto bias = random.Numbers(channels);
  const Product product(weights, {}, bias);
  for (const float size : {0.0f, 1e-44f, 1e-38f, 1e-30f, 1.0f, 1e30f, 1e38f, 3e38f}) {
    auto in = random.Numbers(count * depth);
    for (float& each : in) each *= size;
    std::vector<float> out(count * channels);
    product.Run(false, Grid<const float>::Packed(in.data(), count, depth), count, {}, {},
                Grid<float>::Packed(out.data(), count, channels));
    const auto expected = Meant(weights, {}, bias, in, {}, {}, count);
    if (size > 1e37f) continue;  // sums leave the range of float32
    EXPECT_TRUE(Near(out, expected, 1e-4)) << size;
  }
}

TEST(EngineMatrix, ReadsEveryOrder) {
  Random random(5);
  const int channels = 10, depth = 7;
  for (const bool levels : {false, true}) {
    OwnWeights weights(random, channels, depth, {}, levels);
    weights.view.channel_stride = 1;  // the same bytes as [depth][channels]
    weights.view.input_stride = channels;
    weights.view.one_scale = true;
    const Product product(weights, {}, {});
    std::vector<float> in(depth), out(channels);
    for (int k = 0; k < depth; ++k) {
      std::fill(in.begin(), in.end(), 0.0f);
      in[k] = 1;
      product.Run(false, Grid<const float>::Packed(in.data(), 1, depth), 1, {}, {},
                  Grid<float>::Packed(out.data(), 1, channels));
      for (int c = 0; c < channels; ++c) {
        const float meant = weights.view.At(c, 0, k);
        EXPECT_NEAR(out[c], meant, levels ? 1e-4 * std::abs(meant) : 0);
      }
    }
  }
}

}  // namespace
}  // namespace shiwu::engine
