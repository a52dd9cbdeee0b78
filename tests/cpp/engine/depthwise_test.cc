#include "engine/depthwise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "engine/weights.h"

namespace shiwu::engine {
namespace {

using test::kPoison;
using test::Near;
using test::OwnWeights;
using test::Random;
using test::Tensor;

// A row of output against both references: the plain kernel, and ONNX's own order.
void Check(Random& random, const Window& window, int channels, int width, bool levels) {
  SCOPED_TRACE(std::to_string(window.height) + "x" + std::to_string(window.width) + ", stride " +
               std::to_string(window.stride_x) + ", dilation " + std::to_string(window.dilation_x) +
               ", " + std::to_string(channels) + " channels, width " + std::to_string(width) +
               (levels ? ", levels" : ""));
  const OwnWeights weights(random, channels, 1, window, levels);
  const auto factor = random.Numbers(random.Coin() ? channels : 0);
  const auto bias = random.Numbers(random.Coin() ? channels : 0);
  const Range range = random.Coin() ? Range{-0.5f, 0.5f} : Range{};
  DepthwiseWeights packed;
  ASSERT_TRUE(packed.Pack(weights.view, factor, bias));

  const int columns = (width - 1) * window.stride_x + window.span_x();
  const int pixel_stride = channels + random.Between(0, 2);
  // Each row in memory of its own, exactly as large as it must be.
  const int row_size = (columns - 1) * pixel_stride + channels;
  std::vector<std::vector<float>> rows;
  std::vector<const float*> row_starts;
  Tensor in{{1, channels, window.height, columns}, {}};
  in.values.resize(in.size());
  for (int y = 0; y < window.height; ++y) {
    rows.push_back(random.Numbers(row_size));
    for (int c = 0; c < channels; ++c) {
      for (int x = 0; x < columns; ++x) {
        in.values[(c * window.height + y) * columns + x] = rows[y][x * pixel_stride + c];
      }
    }
  }
  for (const auto& row : rows) row_starts.push_back(row.data());

  Window flat = window;  // the rows as a feature map: one below the other
  flat.dilation_y = 1;
  Tensor expected = test::reference::Conv(in, weights.meant, {}, flat, channels);
  for (int c = 0; c < channels; ++c) {
    for (int x = 0; x < width; ++x) {
      float& each = expected.values[c * width + x];
      each = each * (factor.empty() ? 1 : factor[c]) + (bias.empty() ? 0 : bias[c]);
      each = std::clamp(each, range.low, range.high);
    }
  }
  for (const auto row : {&DepthwiseRow, &reference::DepthwiseRow}) {
    std::vector<float> out(width * channels, kPoison);
    const int middle = random.Between(0, packed.groups());
    for (const auto& [first, last] : {std::pair(middle, packed.groups()), std::pair(0, middle)}) {
      row(packed, first, last, window, row_starts.data(), pixel_stride, width, range, out.data());
    }
    EXPECT_TRUE(Near(test::FromPixels({1, channels, 1, width}, out).values, expected.values, 1e-5));
  }
}

TEST(EngineDepthwise, SquareWindows) {
  Random random(1);
  for (const int side : {1, 2, 3, 4, 5, 7}) {
    for (const int stride : {1, 2, 3}) {
      Window window;
      window.height = window.width = side;
      window.stride_x = window.stride_y = stride;
      for (int width = 1; width <= 9; ++width) {
        Check(random, window, random.Between(1, 13), width, random.Coin());
      }
      for (int channels = 1; channels <= 25; ++channels) {
        Check(random, window, channels, random.Between(1, 19), random.Coin());
      }
    }
  }
}

TEST(EngineDepthwise, OtherWindows) {
  Random random(2);
  for (int i = 0; i < 200; ++i) {
    Window window;
    window.height = random.Between(1, 6);
    window.width = random.Between(1, 6);
    window.stride_x = random.Between(1, 4);
    window.dilation_x = random.Between(1, 3);
    Check(random, window, random.Between(1, 21), random.Between(1, 12), random.Coin());
  }
}

TEST(EngineDepthwise, WhatIsNoNumberStaysSo) {
  Random random(3);
  for (const int side : {3, 4, 5}) {
    for (const int channels : {3, 4, 6, 8, 9, 17}) {
      Window window;
      window.height = window.width = side;
      const OwnWeights weights(random, channels, 1, window, false);
      DepthwiseWeights packed;
      ASSERT_TRUE(packed.Pack(weights.view, {}, {}));
      const int width = 9, columns = width + side - 1;
      auto row = random.Numbers(columns * channels);
      const int bad = random.Between(0, columns - 1), lane = random.Between(0, channels - 1);
      row[bad * channels + lane] = std::numeric_limits<float>::quiet_NaN();
      const std::vector<const float*> rows(side, row.data());
      std::vector<float> out(width * channels);
      DepthwiseRow(packed, 0, packed.groups(), window, rows.data(), channels, width, {0, 6},
                   out.data());
      for (int x = 0; x < width; ++x) {
        for (int c = 0; c < channels; ++c) {
          EXPECT_EQ(std::isnan(out[x * channels + c]), c == lane && bad >= x && bad < x + side);
        }
      }
    }
  }
}

}  // namespace
}  // namespace shiwu::engine
