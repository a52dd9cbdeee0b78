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
  std::free(released);
}

TEST(Crop, FramesPixelsWithoutCopying) {
  const test::Bytes picture = test::Picture("noise", 3, 5, 4);
  const ImageView view = test::ViewOf(picture, 5, 4);
  const auto part = Crop(view, {2, 1, 3, 2});
  ASSERT_VALUE(part);
  EXPECT_EQ(part.value().data, picture.data() + 4 * (1 * 5 + 2));
  EXPECT_EQ(part.value().width, 3);
  EXPECT_EQ(part.value().height, 2);
  for (int y = 0; y < 2; ++y) {
    for (int x = 0; x < 3; ++x) EXPECT_EQ(part.value().At(x, y), view.At(x + 2, y + 1));
  }
  const auto again = Crop(part.value(), {1, 1, 2, 1});
  ASSERT_VALUE(again);
  EXPECT_EQ(again.value().data, view.At(3, 2));
}

TEST(Crop, TakesTheWholeAndEachCorner) {
  const test::Bytes picture = test::Picture("noise", 4, 5, 4);
  const ImageView view = test::ViewOf(picture, 5, 4);
  const auto whole = Crop(view, {0, 0, 5, 4});
  ASSERT_VALUE(whole);
  EXPECT_EQ(test::PixelsOf(whole.value()), picture);
  for (const auto& [x, y] : {std::pair{0, 0}, std::pair{4, 0}, std::pair{0, 3}, std::pair{4, 3}}) {
    const auto corner = Crop(view, {x, y, 1, 1});
    ASSERT_VALUE(corner);
    EXPECT_EQ(corner.value().data, view.At(x, y));
  }
}

TEST(Crop, RefusesWhatIsEmptyOrReachesOutside) {
  const test::Bytes picture(4 * 5 * 4);
  const ImageView view = test::ViewOf(picture, 5, 4);
  for (const Region& region : {
           Region{0, 0, 0, 4},
           Region{0, 0, 5, 0},
           Region{0, 0, -1, 4},
           Region{0, 0, 5, INT_MIN},
           Region{-1, 0, 2, 2},
           Region{0, -1, 2, 2},
           Region{INT_MIN, 0, INT_MAX, 1},
           Region{0, 0, 6, 4},
           Region{0, 0, 5, 5},
           Region{1, 0, 5, 4},
           Region{0, 1, 5, 4},
           Region{5, 0, 1, 1},
           Region{0, 4, 1, 1},
           Region{1, 0, INT_MAX, 1},
           Region{INT_MAX, INT_MAX, INT_MAX, INT_MAX},
       }) {
    EXPECT_ERROR(ErrorCode::kInvalidArgument, Crop(view, region));
  }
  EXPECT_EQ(Crop(view, {3, 2, 4, 1}).error().message, "region 4 x 1 at 3, 2 of a picture of 5 x 4");
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
