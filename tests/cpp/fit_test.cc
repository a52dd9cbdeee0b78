#include "shiwu/fit.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "shiwu/orientation.h"
#include "support.h"

namespace shiwu {
namespace {

using test::Bytes;
using test::Picture;
using test::PixelsOf;
using test::ViewOf;

TEST(FitToModel, IsPillowsToTheBit) {
  const Bytes golden = test::ReadFile("tests/fixtures/tensor/fits.bin");
  const auto rows = test::ReadTable("tests/fixtures/tensor/fits.tsv");
  EXPECT_GE(rows.size(), 100u);
  int failures = 0;
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), 9u);
    const int source_width = std::stoi(row[1]), source_height = std::stoi(row[2]);
    const Bytes picture =
        Picture("noise", static_cast<uint32_t>(std::stoul(row[0])), source_width, source_height);
    const Preprocessing preprocessing = {
        std::stoi(row[6]), std::stoi(row[7]), *ResizeModeFromName(row[3]),
        std::strtod(row[4].c_str(), nullptr), *FilterFromName(row[5])};
    const auto fitted =
        FitToModel(ViewOf(picture, source_width, source_height), Precision::kExact, preprocessing);
    ASSERT_VALUE(fitted);
    const size_t offset = std::stoul(row[8]);
    const size_t size = size_t{4} * preprocessing.width * preprocessing.height;
    ASSERT_LE(offset + size, golden.size());
    const auto same = test::SamePixels(
        PixelsOf(fitted.value().view()), std::span(golden).subspan(offset, size),
        preprocessing.width, preprocessing.height,
        "fit-" + row[3] + "-" + row[1] + "x" + row[2] + "-" + row[6] + "x" + row[7]);
    EXPECT_TRUE(same) << row[3] << " " << row[1] << " x " << row[2] << " to " << row[6] << " x "
                      << row[7];
    if (!same && ++failures == 5) FAIL() << "the other cases are left out";
  }
}

// Pillow: transpose(), crop(), resize(..., reducing_gap=2.0).
TEST(FitToModel, FastIsPillowsReducingGap) {
  const Bytes golden = test::ReadFile("tests/fixtures/reduce/pixels.bin");
  const auto rows = test::ReadTable("tests/fixtures/reduce/cases.tsv");
  EXPECT_GE(rows.size(), 250u);
  int failures = 0;
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), 17u);
    const auto number = [&](int column) { return std::stoi(row[column]); };
    const int stored_width = number(2), stored_height = number(3);
    // In memory that ends with the picture, so that AddressSanitizer sees what is read behind it.
    Bytes stored = Picture(row[0], static_cast<uint32_t>(number(1)), stored_width, stored_height);
    stored.shrink_to_fit();
    const auto part = Crop(Upright(ViewOf(stored, stored_width, stored_height), number(4)),
                           {number(5), number(6), number(7), number(8)});
    ASSERT_VALUE(part);
    const Preprocessing p = {number(12), number(13), *ResizeModeFromName(row[9]),
                             std::strtod(row[10].c_str(), nullptr), *FilterFromName(row[11])};
    const auto fitted = FitToModel(part.value(), Precision::kFast, p);
    ASSERT_VALUE(fitted);
    const size_t offset = std::stoul(row[16]), size = size_t{4} * p.width * p.height;
    ASSERT_LE(offset + size, golden.size());
    const auto same =
        test::SamePixels(PixelsOf(fitted.value().view()), std::span(golden).subspan(offset, size),
                         p.width, p.height, "reduce-" + row[16]);
    EXPECT_TRUE(same) << row[0] << " " << stored_width << " x " << stored_height << " turned "
                      << row[4] << ", " << row[9] << ", " << row[11] << ", blocks of " << row[14]
                      << " x " << row[15];
    if (!same && ++failures == 5) FAIL() << "the other cases are left out";
  }
}

// A side so long that Pillow's blocks would be longer than 256 pixels.
TEST(FitToModel, FastTakesAnyLength) {
  const int length = 200000;
  const Bytes picture(size_t{4} * length, 201);
  for (const auto& [width, height] : {std::pair{1, length}, std::pair{length, 1}}) {
    const auto fitted = FitToModel(ViewOf(picture, width, height), Precision::kFast,
                                   {3, 2, ResizeMode::kStretch, 1, Filter::kBicubic});
    ASSERT_VALUE(fitted);
    EXPECT_EQ(PixelsOf(fitted.value().view()), Bytes(24, 201));
  }
}

TEST(FitToModel, RefusesBadArguments) {
  const Bytes picture = Picture("noise", 5, 8, 6);
  const ImageView view = ViewOf(picture, 8, 6);
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  for (const Precision precision : {Precision::kExact, Precision::kFast}) {
    for (const double fraction : {0.0, -0.5, 1.0001, kNan, 1e300}) {
      EXPECT_ERROR(
          ErrorCode::kInvalidArgument,
          FitToModel(view, precision, {4, 4, ResizeMode::kCropShortest, fraction, Filter::kBox}));
    }
    for (const ResizeMode mode :
         {ResizeMode::kCropShortest, ResizeMode::kStretch, ResizeMode::kPad}) {
      for (const auto& [width, height] : {std::pair{0, 4}, std::pair{4, 0}, std::pair{-3, 4},
                                          std::pair{100000, 4}, std::pair{4, INT32_MAX}}) {
        EXPECT_ERROR(ErrorCode::kInvalidArgument,
                     FitToModel(view, precision, {width, height, mode, 1, Filter::kBox}));
      }
      EXPECT_ERROR(ErrorCode::kInvalidArgument,
                   FitToModel({}, precision, {4, 4, mode, 1, Filter::kBox}));
    }
  }
}

TEST(FitToModel, EdgesOfEverySizeStayInside) {
  // Boxes are rounded to single precision; none may step over the edge.
  for (int w = 1; w <= 300; w += 7) {
    for (int h = 1; h <= 300; h += 11) {
      const Bytes picture(size_t{4} * w * h, 77);
      for (const double fraction : {1.0, 0.875, 0.9999999, 1e-3}) {
        for (const Precision precision : {Precision::kExact, Precision::kFast}) {
          const auto fitted =
              FitToModel(ViewOf(picture, w, h), precision,
                         {3, 2, ResizeMode::kCropShortest, fraction, Filter::kBilinear});
          ASSERT_VALUE(fitted);
          ASSERT_EQ(PixelsOf(fitted.value().view()), Bytes(24, 77)) << w << " x " << h;
        }
      }
    }
  }
}

TEST(FitToModel, Names) {
  EXPECT_EQ(ResizeModeFromName("crop-shortest"), ResizeMode::kCropShortest);
  EXPECT_EQ(ResizeModeFromName("stretch"), ResizeMode::kStretch);
  EXPECT_EQ(ResizeModeFromName("pad"), ResizeMode::kPad);
  EXPECT_EQ(ResizeModeFromName("crop"), std::nullopt);
}

// ---- from files ----

Bytes Fixture(std::string_view name) {
  return test::ReadFile("tests/fixtures/decode/" + std::string(name));
}

// The same JPEG with an EXIF segment that says how it lies.
Bytes Turned(const Bytes& jpeg, int orientation) {
  const uint8_t exif[] = {
      0xFF, 0xE1, 0, 34, 'E', 'x', 'i', 'f', 0, 0,
      'M',  'M',  0, 42, 0,   0,   0,   8,   0, 1,
      1,    0x12, 0, 3,  0,   0,   0,   1,   0, static_cast<uint8_t>(orientation),
      0,    0,    0, 0,  0,   0};
  Bytes turned(jpeg.begin(), jpeg.begin() + 2);
  turned.insert(turned.end(), std::begin(exif), std::end(exif));
  turned.insert(turned.end(), jpeg.begin() + 2, jpeg.end());
  return turned;
}

// Streaming, turning, cropping and skipping rows change nothing: pixels are those of the whole
// picture.
TEST(FitFile, ExactIsDecodeAndFit) {
  int cases = 0;
  for (const std::string_view name :
       {"baseline-420-odd.jpg", "baseline-420-restart.jpg", "baseline-422.jpg", "baseline-444.jpg",
        "progressive-420.jpg", "grey.jpg", "cmyk.jpg", "rgb8.png", "animation.gif", "rgb24.bmp"}) {
    const Bytes plain = Fixture(name);
    const bool jpeg = name.ends_with(".jpg");
    for (int orientation = 1; orientation <= (jpeg ? 8 : 1); ++orientation) {
      const Bytes file = orientation == 1 ? plain : Turned(plain, orientation);
      const auto decoded = Decode(file);
      ASSERT_VALUE(decoded);
      ASSERT_EQ(decoded.value().orientation, orientation);
      const ImageView upright = Upright(decoded.value().pixels.view(), orientation);
      const int w = upright.width, h = upright.height;
      for (const Region& region : {Region{0, 0, w, h}, Region{w / 3, h / 4, w / 2, h / 2},
                                   Region{w - 3, h - 2, 3, 2}, Region{0, h / 2, w, h - h / 2}}) {
        const auto part = Crop(upright, region);
        ASSERT_VALUE(part);
        for (const Preprocessing& p :
             {Preprocessing{8, 8, ResizeMode::kCropShortest, 0.875, Filter::kBicubic},
              Preprocessing{40, 7, ResizeMode::kStretch, 1, Filter::kBilinear},
              Preprocessing{5, 60, ResizeMode::kPad, 1, Filter::kLanczos}}) {
          const auto expected = FitToModel(part.value(), Precision::kExact, p);
          const auto fitted = FitFile(file, kDefaultMaxPixels, Precision::kExact, region, p);
          ASSERT_VALUE(expected);
          ASSERT_VALUE(fitted);
          EXPECT_EQ(fitted.value().width, decoded.value().pixels.width());
          EXPECT_EQ(fitted.value().height, decoded.value().pixels.height());
          EXPECT_EQ(fitted.value().orientation, orientation);
          EXPECT_FALSE(fitted.value().truncated);
          ASSERT_TRUE(test::SamePixels(PixelsOf(fitted.value().pixels.view()),
                                       PixelsOf(expected.value().view()), p.width, p.height,
                                       "fit-file"))
              << name << " " << orientation << " region " << region.x << " " << region.y;
          ++cases;
        }
      }
    }
  }
  EXPECT_GE(cases, 600);
}

// Pillow: draft() to 1/2, 1/4 or 1/8, turned by exif_transpose(), resize() of a box.
TEST(FitFile, FastIsPillowsDraft) {
  const Bytes pixels = test::ReadFile("tests/fixtures/fit/pixels.bin");
  const auto rows = test::ReadTable("tests/fixtures/fit/cases.tsv");
  ASSERT_GE(rows.size(), 40u);
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), 10u);
    const auto number = [&](int column) { return std::stoi(row[column]); };
    const Bytes plain = test::ReadFile("tests/fixtures/fit/" + row[0]);
    const Bytes file = number(1) == 1 ? plain : Turned(plain, number(1));
    const Region region = {number(2), number(3), number(4), number(5)};
    const Preprocessing p = {number(7), number(8), ResizeMode::kCropShortest, 0.875,
                             Filter::kBicubic};
    const auto fitted = FitFile(file, kDefaultMaxPixels, Precision::kFast, region, p);
    ASSERT_VALUE(fitted);
    const size_t offset = std::stoul(row[9]), size = size_t{4} * p.width * p.height;
    ASSERT_LE(offset + size, pixels.size());
    EXPECT_TRUE(test::SamePixels(PixelsOf(fitted.value().pixels.view()),
                                 std::span(pixels).subspan(offset, size), p.width, p.height,
                                 "draft-" + row[9]))
        << row[0] << " turned " << row[1] << ", 1 / " << row[6];
  }
}

TEST(FitFile, WhatIsCutIsNamedFromHalfItsRowsOn) {
  const Preprocessing p = {8, 8, ResizeMode::kCropShortest, 1, Filter::kBicubic};
  for (const std::string_view name : {"baseline-420.jpg", "progressive-420.jpg"}) {
    const Bytes file = Fixture(name);
    const auto cut = [&](size_t size) {
      return FitFile(std::span(file).first(size), kDefaultMaxPixels, Precision::kFast, {}, p);
    };
    // Without its end marker all of the picture is there.
    ASSERT_VALUE(cut(file.size() - 2));
    EXPECT_FALSE(cut(file.size() - 2).value().truncated) << name;
    // Of a baseline file the rows above are there, of a progressive one all of them, coarsely.
    ASSERT_VALUE(cut(file.size() - 60));
    EXPECT_TRUE(cut(file.size() - 60).value().truncated) << name;
  }
  const Bytes file = Fixture("baseline-420.jpg");
  EXPECT_ERROR(ErrorCode::kTruncatedImage,
               FitFile(std::span(file).first(650), kDefaultMaxPixels, Precision::kFast, {}, p));
}

TEST(FitFile, RefusesWhatMakesNoSense) {
  const Preprocessing p = {8, 8, ResizeMode::kCropShortest, 1, Filter::kBicubic};
  for (const std::string_view name : {"grey.jpg", "rgb8.png"}) {
    const Bytes file = Fixture(name);
    const auto fit = [&](uint64_t max_pixels, const Region& region, const Preprocessing& to) {
      return FitFile(file, max_pixels, Precision::kFast, region, to);
    };
    EXPECT_ERROR(ErrorCode::kImageTooLarge, fit(10, {0, 0, 1, 1}, p));
    EXPECT_ERROR(ErrorCode::kInvalidArgument, fit(1000000, {-1, 0, 2, 2}, p));
    EXPECT_ERROR(ErrorCode::kInvalidArgument, fit(1000000, {0, 0, 1, 10000}, p));
    EXPECT_ERROR(ErrorCode::kInvalidArgument, fit(1000000, {0, 0, 2, 2}, {0, 8}));
  }
  EXPECT_ERROR(ErrorCode::kEmptyInput, FitFile({}, 100, Precision::kFast, {}, p));
}

// Of what the manifest's modes say, by hand.
TEST(SeenPart, IsWhatTheModelIsShown) {
  const auto seen = [](int width, int height, ResizeMode mode, double fraction) {
    const auto part = SeenPart(width, height, {200, 100, mode, fraction});
    EXPECT_TRUE(part.ok());
    const auto& [left, top, right, bottom] = part.value();
    return std::vector<double>{left, top, right, bottom};
  };
  using enum ResizeMode;
  EXPECT_EQ(seen(800, 600, kCropShortest, 1), (std::vector<double>{0, 100, 800, 500}));
  EXPECT_EQ(seen(800, 600, kCropShortest, 0.5), (std::vector<double>{200, 200, 600, 400}));
  EXPECT_EQ(seen(900, 300, kCropShortest, 0.5), (std::vector<double>{300, 75, 600, 225}));
  EXPECT_EQ(seen(800, 600, kStretch, 0.5), (std::vector<double>{0, 0, 800, 600}));
  // 600 pixels fill a height of 100, so that 800 take 133 of the width, 33 from its edge.
  const auto padded = seen(800, 600, kPad, 0.5);
  EXPECT_NEAR(padded[0], -800.0 / 133 * 33, 1e-9);
  EXPECT_NEAR(padded[2] - padded[0], 800.0 / 133 * 200, 1e-9);
  EXPECT_EQ(padded[1], 0);
  EXPECT_EQ(padded[3], 600);
  EXPECT_ERROR(ErrorCode::kInvalidArgument, SeenPart(0, 5, {200, 100}));
}

TEST(RegionAround, ShowsTheModelThePart) {
  const auto around = [](const Extent& part, ResizeMode mode, double fraction) {
    const auto region = RegionAround(part, 1000, 500, {200, 100, mode, fraction});
    EXPECT_TRUE(region.ok());
    const auto& [x, y, width, height] = region.value();
    return std::vector<int>{x, y, width, height};
  };
  using enum ResizeMode;
  // A square becomes twice as wide as high, and what the crop will take is added.
  EXPECT_EQ(around({400, 200, 500, 300}, kCropShortest, 1), (std::vector<int>{350, 200, 200, 100}));
  EXPECT_EQ(around({400, 200, 500, 300}, kCropShortest, 0.5),
            (std::vector<int>{250, 150, 400, 200}));
  EXPECT_EQ(around({300, 200, 700, 240}, kCropShortest, 1), (std::vector<int>{300, 120, 400, 200}));
  EXPECT_EQ(around({400, 200, 500, 300}, kStretch, 0.5), (std::vector<int>{400, 200, 100, 100}));
  // At the edge it moves inside; it is never larger than the picture nor smaller than a pixel.
  EXPECT_EQ(around({-50, 450, 50, 550}, kCropShortest, 1), (std::vector<int>{0, 400, 200, 100}));
  EXPECT_EQ(around({0, 0, 1000, 500}, kCropShortest, 0.5), (std::vector<int>{0, 0, 1000, 500}));
  EXPECT_EQ(around({7, 7, 7, 7}, kStretch, 1), (std::vector<int>{7, 7, 1, 1}));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_ERROR(ErrorCode::kInvalidArgument, RegionAround({0, nan, 1, 1}, 10, 10, {200, 100}));
  EXPECT_ERROR(ErrorCode::kInvalidArgument, RegionAround({0, 0, 1, 1}, 10, 0, {200, 100}));
}

}  // namespace
}  // namespace shiwu
