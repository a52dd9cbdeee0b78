// Chroma made as large as luma, against the plain formulas of libjpeg's triangle filter: nine,
// three, three and one parts of sixteen in two directions, three and one of four in one.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

#include "jpeg/libjpeg.h"
#include "support.h"

extern "C" {
using Upsample = void(j_decompress_ptr, jpeg_component_info*, JSAMPARRAY, JSAMPARRAY*);
Upsample jsimd_h2v1_fancy_upsample, jsimd_h2v2_fancy_upsample;
}

namespace shiwu {
namespace {

constexpr JSAMPLE kUntouched = 77;
using Rows = std::vector<std::vector<JSAMPLE>>;

// Three rows of chroma to two rows of pixels; the middle one is theirs.
Rows Upsampled(Upsample* upsample, const Rows& chroma) {
  const size_t columns = chroma[1].size();
  jpeg_decompress_struct cinfo = {};
  cinfo.max_v_samp_factor = upsample == jsimd_h2v2_fancy_upsample ? 2 : 1;
  jpeg_component_info component = {};
  component.downsampled_width = static_cast<JDIMENSION>(columns);
  std::array<std::vector<JSAMPLE>, 3> copies;  // of just their size, for AddressSanitizer
  JSAMPROW input[3];
  for (size_t i = 0; i < 3; ++i) {
    copies[i] = chroma[i];
    input[i] = copies[i].data();
  }
  Rows output(2, std::vector<JSAMPLE>(2 * columns, kUntouched));
  JSAMPROW rows[2] = {output[0].data(), output[1].data()};
  JSAMPARRAY to = rows;
  upsample(&cinfo, &component, input + 1, &to);
  return output;
}

TEST(Upsample, IsTheTriangleFilter) {
  uint32_t seed = 0;
  for (size_t columns = 3; columns < 70; ++columns) {
    Rows chroma(3, std::vector<JSAMPLE>(columns));
    for (auto& row : chroma) {
      for (JSAMPLE& each : row) {
        const uint32_t noise = test::Mix(++seed);
        each = static_cast<JSAMPLE>(columns % 3 == 0 ? noise % 2 * 255 : noise);
      }
    }
    Rows wide(2, std::vector<JSAMPLE>(2 * columns, kUntouched)), both = wide;
    for (size_t x = 0; x < columns; ++x) {
      const size_t left = x == 0 ? 0 : x - 1, right = std::min(x + 1, columns - 1);
      const auto& own = chroma[1];
      wide[0][2 * x] = static_cast<JSAMPLE>((3 * own[x] + own[left] + 1) / 4);
      wide[0][2 * x + 1] = static_cast<JSAMPLE>((3 * own[x] + own[right] + 2) / 4);
      for (size_t y = 0; y < 2; ++y) {
        const auto& far = chroma[2 * y];
        const auto parts = [&](size_t beside) {
          return 9 * own[x] + 3 * own[beside] + 3 * far[x] + far[beside];
        };
        both[y][2 * x] = static_cast<JSAMPLE>((parts(left) + 8) / 16);
        both[y][2 * x + 1] = static_cast<JSAMPLE>((parts(right) + 7) / 16);
      }
    }
    EXPECT_EQ(Upsampled(jsimd_h2v1_fancy_upsample, chroma), wide) << columns;
    EXPECT_EQ(Upsampled(jsimd_h2v2_fancy_upsample, chroma), both) << columns;
  }
}

}  // namespace
}  // namespace shiwu
