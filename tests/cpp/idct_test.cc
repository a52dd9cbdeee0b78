// The inverse transforms against libjpeg-turbo's plain ones, which CMakeLists.txt compiles under
// other names.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "jpeg/libjpeg.h"
#include "support.h"

extern "C" {
using Transform = void(j_decompress_ptr, jpeg_component_info*, JCOEFPTR, JSAMPARRAY, JDIMENSION);
Transform jpeg_idct_islow, jpeg_idct_4x4, jpeg_idct_2x2, jpeg_idct_1x1;
Transform plain_idct_8x8, plain_idct_4x4, plain_idct_2x2, plain_idct_1x1;
}

namespace shiwu {
namespace {

constexpr int kSide = DCTSIZE;
using Coefficients = std::array<JCOEF, DCTSIZE2>;
using Quanta = std::array<int16_t, DCTSIZE2>;

struct Case {
  int side;
  Transform* ours;
  Transform* plain;
};
constexpr Case kCases[] = {{8, jpeg_idct_islow, plain_idct_8x8},
                           {4, jpeg_idct_4x4, plain_idct_4x4},
                           {2, jpeg_idct_2x2, plain_idct_2x2},
                           {1, jpeg_idct_1x1, plain_idct_1x1}};

// jdmaster.c: samples from 0 to 255, and what is below and above them.
std::vector<JSAMPLE> RangeLimit() {
  std::vector<JSAMPLE> table(5 * 256 + 128);
  for (int i = 0; i < 256; ++i) table[256 + i] = static_cast<JSAMPLE>(i);
  std::fill_n(table.begin() + 512, 384, JSAMPLE{255});
  std::copy_n(table.begin() + 256, 128, table.end() - 128);
  return table;
}

// What `transform` makes of a block, in the middle of 16 columns that it must leave alone.
std::vector<JSAMPLE> PixelsBy(Transform* transform, int side, Coefficients block, Quanta quanta) {
  static std::vector<JSAMPLE> limit = RangeLimit();
  constexpr JDIMENSION kColumn = 5;
  jpeg_decompress_struct cinfo = {};
  cinfo.sample_range_limit = limit.data() + 256;
  jpeg_component_info component = {};
  component.dct_table = quanta.data();
  std::vector<JSAMPLE> pixels(16 * kSide, JSAMPLE{77});
  JSAMPROW rows[kSide];
  for (int row = 0; row < kSide; ++row) rows[row] = pixels.data() + 16 * row;
  transform(&cinfo, &component, block.data(), rows, kColumn);
  for (int row = 0; row < kSide; ++row) {
    for (int x = 0; x < 16; ++x) {
      const bool inside = row < side && x >= 5 && x < 5 + side;
      if (inside) continue;
      EXPECT_EQ(pixels[16 * row + x], 77) << row << ", " << x;
    }
  }
  return pixels;
}

// ITU-T T.81, A.3.3, and A.3.4's rounding.
Coefficients Encode(const std::array<uint8_t, DCTSIZE2>& pixels, const Quanta& quanta) {
  Coefficients block;
  for (int v = 0; v < kSide; ++v) {
    for (int u = 0; u < kSide; ++u) {
      double sum = 0;
      for (int y = 0; y < kSide; ++y) {
        for (int x = 0; x < kSide; ++x) {
          sum += (pixels[kSide * y + x] - 128) * std::cos((2 * x + 1) * u * std::numbers::pi / 16) *
                 std::cos((2 * y + 1) * v * std::numbers::pi / 16);
        }
      }
      const double scale =
          (u == 0 ? std::numbers::sqrt2 / 2 : 1) * (v == 0 ? std::numbers::sqrt2 / 2 : 1);
      block[kSide * v + u] =
          static_cast<JCOEF>(std::lround(scale * sum / 4 / quanta[kSide * v + u]));
    }
  }
  return block;
}

TEST(Idct, EqualsThePlainCodeForWhatEncodersWrite) {
  uint32_t seed = 0;
  int flat = 0;
  for (int turn = 0; turn < 3000; ++turn) {
    // Noise, hard edges, slopes and plain colours, by fine tables and by coarse ones.
    std::array<uint8_t, DCTSIZE2> pixels;
    const uint32_t first = test::Mix(++seed) % 256, second = test::Mix(++seed) % 256;
    for (int i = 0; i < DCTSIZE2; ++i) {
      const int x = i % kSide, y = i / kSide;
      const uint32_t noise = test::Mix(++seed);
      const uint32_t choices[] = {noise % 256, noise % 2 * 255, x + y < turn % 16 ? first : second,
                                  (first + second * x / 8 + y) % 256, first};
      pixels[i] = static_cast<uint8_t>(choices[turn % 5]);
    }
    Quanta quanta;
    const int most = 1 << (turn % 9);
    for (int16_t& each : quanta) {
      each = static_cast<int16_t>(std::min<uint32_t>(255, 1 + test::Mix(++seed) % most));
    }
    const Coefficients block = Encode(pixels, quanta);
    flat += std::all_of(block.begin() + 1, block.end(), [](JCOEF each) { return each == 0; });
    for (const auto& [side, ours, plain] : kCases) {
      ASSERT_EQ(PixelsBy(ours, side, block, quanta), PixelsBy(plain, side, block, quanta))
          << "block " << turn << " to " << side;
    }
  }
  EXPECT_GT(flat, 300);
}

// One frequency alone, as large as an encoder may write it: every factor by itself.
TEST(Idct, EqualsThePlainCodeForEachFrequency) {
  Quanta quanta;
  quanta.fill(1);
  for (int at = 0; at < DCTSIZE2; ++at) {
    for (const int value : {1, -1, 37, -500, 1023, -1024}) {
      Coefficients block = {};
      block[at] = static_cast<JCOEF>(value);
      for (const auto& [side, ours, plain] : kCases) {
        ASSERT_EQ(PixelsBy(ours, side, block, quanta), PixelsBy(plain, side, block, quanta))
            << value << " at " << at << " to " << side;
      }
    }
  }
}

// Of broken files: any numbers, and nothing beside the block is written.
TEST(Idct, BearsWhatNoEncoderWrites) {
  uint32_t seed = 0;
  for (int turn = 0; turn < 300; ++turn) {
    Coefficients block;
    Quanta quanta;
    for (JCOEF& each : block) each = static_cast<JCOEF>(test::Mix(++seed));
    for (int16_t& each : quanta) each = static_cast<int16_t>(test::Mix(++seed));
    for (const auto& [side, ours, plain] : kCases) PixelsBy(ours, side, block, quanta);
  }
}

}  // namespace
}  // namespace shiwu
