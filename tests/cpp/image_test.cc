#include "shiwu/image.h"

#include <gtest/gtest.h>

#include <climits>
#include <cstdlib>
#include <utility>

#include "support.h"

namespace shiwu {
namespace {

TEST(Image, AllocatesPackedRows) {
  auto image = Image::Allocate(5, 3);
  ASSERT_VALUE(image);
  EXPECT_EQ(image.value().width(), 5);
  EXPECT_EQ(image.value().height(), 3);
  EXPECT_EQ(image.value().size_bytes(), 60u);
  for (size_t i = 0; i < 60; ++i) image.value().data()[i] = static_cast<uint8_t>(i);
  const ImageView view = image.value().view();
  EXPECT_TRUE(view.HasContiguousRows());
  EXPECT_EQ(view.row_stride, 20);
  EXPECT_EQ(view.At(4, 2)[3], 59);
  EXPECT_EQ(view.At(1, 1)[0], 24);
}

TEST(Image, RefusesSizesBelowOneAndBeyondMemory) {
  for (const auto& [width, height] : {std::pair{0, 1}, std::pair{1, 0}, std::pair{-1, 5},
                                      std::pair{5, -1}, std::pair{INT_MIN, INT_MIN}}) {
    EXPECT_ERROR(ErrorCode::kInvalidArgument, Image::Allocate(width, height));
  }
  EXPECT_ERROR(ErrorCode::kOutOfMemory, Image::Allocate(INT_MAX, INT_MAX));
  // 16 TB: more than AddressSanitizer and wasm give.
#if defined(__SANITIZE_ADDRESS__) || defined(__wasm__)
  EXPECT_ERROR(ErrorCode::kOutOfMemory, Image::Allocate(1 << 21, 1 << 21));
#endif
}

TEST(Image, MovesAndReleases) {
  auto image = Image::Allocate(2, 2);
  ASSERT_VALUE(image);
  const uint8_t* pixels = image.value().data();
  Image moved = std::move(image).value();
  EXPECT_EQ(moved.data(), pixels);
  uint8_t* released = moved.Release();
  EXPECT_EQ(released, pixels);
  EXPECT_EQ(moved.data(), nullptr);
  Image adopted = Image::Adopt(released, 2, 2);
  EXPECT_EQ(adopted.data(), pixels);
}

TEST(FlattenOnWhite, RoundsToNearestForEveryColourAndAlpha) {
  // Pillow's Image.paste with a mask gives these; tests/fixtures/make_decode.py holds it to that.
  for (int alpha = 0; alpha < 256; ++alpha) {
    test::Bytes rgba;
    for (int c = 0; c < 256; ++c) {
      for (const int value : {c, 255 - c, c / 2, alpha})
        rgba.push_back(static_cast<uint8_t>(value));
    }
    const test::Bytes before = rgba;
    FlattenOnWhite(rgba.data(), 256);
    for (size_t i = 0; i < rgba.size(); ++i) {
      const int exact = before[i] * alpha + 255 * (255 - alpha);
      const int expected = i % 4 == 3 ? 255 : (2 * exact + 255) / 510;
      ASSERT_EQ(rgba[i], expected) << "alpha " << alpha << ", byte " << i;
    }
  }
}

TEST(FlattenOnWhite, TouchesOnlyItsPixels) {
  test::Bytes rgba(16, 100);
  FlattenOnWhite(rgba.data() + 4, 2);
  EXPECT_EQ(rgba[3], 100);
  EXPECT_EQ(rgba[7], 255);
  EXPECT_EQ(rgba[11], 255);
  EXPECT_EQ(rgba[12], 100);
  FlattenOnWhite(rgba.data(), 0);
  EXPECT_EQ(rgba[0], 100);
}

}  // namespace
}  // namespace shiwu
