#include "shiwu/orientation.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>

#include "shiwu/decode.h"
#include "shiwu/fit.h"
#include "shiwu/tensor.h"
#include "support.h"

namespace shiwu {
namespace {

using test::Bytes;
using test::PixelsOf;
using test::ReadFile;

constexpr std::string_view kKinds[] = {"png", "jpg", "webp"};
constexpr std::string_view kByteOrders[] = {"le", "be"};
constexpr int kWidth = 26, kHeight = 18;  // of tests/fixtures/orientation, upright

Bytes Fixture(int orientation, std::string_view byte_order, std::string_view kind) {
  return ReadFile("tests/fixtures/orientation/" + std::to_string(orientation) + "-" +
                  std::string(byte_order) + "." + std::string(kind));
}

int ReadExact(std::span<const uint8_t> file) {
  const std::unique_ptr<uint8_t[]> exact(new uint8_t[file.size()]);
  if (!file.empty()) std::memcpy(exact.get(), file.data(), file.size());
  return ReadOrientation({exact.get(), file.size()});
}

Bytes Join(std::initializer_list<std::string_view> parts) {
  Bytes bytes;
  for (const std::string_view part : parts) bytes.insert(bytes.end(), part.begin(), part.end());
  return bytes;
}

TEST(Orientation, IsReadFromEveryContainerInBothByteOrders) {
  for (const std::string_view kind : kKinds) {
    for (const std::string_view byte_order : kByteOrders) {
      for (int orientation = 1; orientation <= 8; ++orientation) {
        EXPECT_EQ(ReadExact(Fixture(orientation, byte_order, kind)), orientation)
            << kind << " " << byte_order;
      }
    }
  }
}

TEST(Orientation, TruncatedAnywhereIsRightOrUpright) {
  for (const std::string_view kind : kKinds) {
    for (const std::string_view byte_order : kByteOrders) {
      const Bytes file = Fixture(6, byte_order, kind);
      for (size_t size = 0; size < file.size(); ++size) {
        const int orientation = ReadExact(std::span(file).first(size));
        ASSERT_TRUE(orientation == 1 || orientation == 6) << kind << " cut to " << size;
      }
    }
  }
}

TEST(Orientation, DamagedExifIsUpright) {
  const std::string_view kOrder = "\x89PNG\r\n\x1A\n";
  using std::string_view_literals::operator""sv;
  const auto png = [&](std::string_view tiff) {
    Bytes bytes = Join({kOrder, "\0\0\0"sv});
    bytes.push_back(static_cast<uint8_t>(tiff.size()));
    const Bytes rest = Join({"eXIf"sv, tiff, "crc?"sv});
    bytes.insert(bytes.end(), rest.begin(), rest.end());
    return bytes;
  };
  // Little-endian TIFF: header, then a directory of one entry.
  EXPECT_EQ(ReadExact(png("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"sv)), 6);
  for (const std::string_view tiff : {
           ""sv,
           "II"sv,
           "II*\0"sv,
           "XX*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"sv,        // no byte order
           "II+\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"sv,        // not 42
           "II*\0\xFF\xFF\xFF\xFF\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"sv,  // far away
           "II*\0\xFE\xFF\xFF\xFF\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"sv,
           "II*\0\x08\0\0\0\xFF\xFF\x13\x01\x03\0\x01\0\0\0\x06\0\0\0"sv,  // 65535 entries
           "II*\0\x08\0\0\0\0\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"sv,      // none
           "II*\0\x08\0\0\0\x01\0\x12\x01\x04\0\x01\0\0\0\x06\0\0\0"sv,    // a LONG
           "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\0\0\0\0"sv,      // 0
           "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x09\0\0\0"sv,    // 9
           "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\x01\0\0"sv,  // 262
           "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"sv,              // no value
       }) {
    EXPECT_EQ(ReadExact(png(tiff)), 1);
  }
  // JPEG segments that overlap, end early or have no length.
  EXPECT_EQ(ReadExact(Join({"\xFF\xD8\xFF\xE1\0\0"sv})), 1);
  EXPECT_EQ(ReadExact(Join({"\xFF\xD8\xFF\xE1\xFF\xFF"
                            "Exif\0\0II"sv})),
            1);
  EXPECT_EQ(ReadExact(Join({"\xFF\xD8\xFF\xFF\xFF\xFF"sv})), 1);
  // A PNG chunk and a WebP chunk of the largest length.
  EXPECT_EQ(ReadExact(Join({kOrder,
                            "\xFF\xFF\xFF\xFF"
                            "eXIf"sv})),
            1);
  EXPECT_EQ(ReadExact(Join({"RIFF\x20\0\0\0WEBPABCD\xFF\xFF\xFF\xFFxxxx"sv})), 1);
  EXPECT_EQ(ReadExact(Join({"RIFF\x20\0\0\0WEBPEXIF\xFF\xFF\xFF\x7FII*\0"sv})), 1);
  EXPECT_EQ(ReadOrientation({}), 1);
}

TEST(Orientation, UprightIsPillowsExifTranspose) {
  Bytes stored(4 * 6);
  for (size_t i = 0; i < 6; ++i) stored[4 * i] = static_cast<uint8_t>(i);
  const auto rows = test::ReadTable("tests/fixtures/orientation/turned.tsv");
  ASSERT_EQ(rows.size(), 8u);
  for (const auto& row : rows) {
    const int orientation = std::stoi(row[0]);
    const ImageView view = Upright(test::ViewOf(stored, 3, 2), orientation);
    EXPECT_EQ(view.width, std::stoi(row[1]));
    EXPECT_EQ(view.height, std::stoi(row[2]));
    std::string numbers;
    const Bytes pixels = PixelsOf(view);
    for (size_t i = 0; i < pixels.size(); i += 4) {
      if (i > 0) numbers += ' ';
      numbers += std::to_string(pixels[i]);
    }
    EXPECT_EQ(numbers, row[3]) << orientation;
  }
  for (const int nonsense : {0, 9, -1, 1000}) {
    const ImageView view = Upright(test::ViewOf(stored, 3, 2), nonsense);
    EXPECT_EQ(PixelsOf(view), stored);
    EXPECT_EQ(view.width, 3);
  }
}

TEST(Orientation, TurningTwiceComesBack) {
  const Bytes stored = test::Picture("noise", 8, 7, 4);
  // Each orientation and the one that undoes it.
  constexpr int kInverse[] = {0, 1, 2, 3, 4, 5, 8, 7, 6};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const ImageView once = Upright(test::ViewOf(stored, 7, 4), orientation);
    const ImageView twice = Upright(once, kInverse[orientation]);
    EXPECT_EQ(PixelsOf(twice), stored) << orientation;
  }
}

TEST(Orientation, EveryStoredTurnGivesTheSamePicture) {
  const Bytes rgb = ReadFile("tests/fixtures/orientation/upright.bin");
  ASSERT_EQ(rgb.size(), size_t{3} * kWidth * kHeight);
  Bytes expected(size_t{4} * kWidth * kHeight, 255);
  for (size_t i = 0; i < rgb.size(); ++i) expected[i / 3 * 4 + i % 3] = rgb[i];
  for (const std::string_view byte_order : kByteOrders) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
      const auto decoded = Decode(Fixture(orientation, byte_order, "png"));
      ASSERT_VALUE(decoded);
      EXPECT_EQ(decoded.value().orientation, orientation);
      const ImageView upright = Upright(decoded.value().pixels.view(), decoded.value().orientation);
      EXPECT_TRUE(test::SamePixels(PixelsOf(upright), expected, kWidth, kHeight,
                                   "orientation-" + std::to_string(orientation)));
      const auto jpeg = Decode(Fixture(orientation, byte_order, "jpg"));
      ASSERT_VALUE(jpeg);
      EXPECT_EQ(jpeg.value().orientation, orientation);
      const ImageView turned = Upright(jpeg.value().pixels.view(), orientation);
      EXPECT_EQ(turned.width, kWidth);
      EXPECT_EQ(turned.height, kHeight);
      // The yellow patch of make_orientation.py.
      const uint8_t* patch = turned.At(4, 4);
      EXPECT_TRUE(patch[0] > 150 && patch[1] > 150 && patch[2] < 100) << orientation;
    }
  }
}

TEST(Orientation, EveryStoredTurnGivesTheSameTensor) {
  constexpr int kSize = 12;
  const Normalization normalization = {.layout = Layout::kNchw,
                                       .color = ColorOrder::kRgb,
                                       .scale = 1,
                                       .mean = {127, 127, 127},
                                       .std = {128, 128, 128}};
  for (const ResizeMode mode :
       {ResizeMode::kCropShortest, ResizeMode::kStretch, ResizeMode::kPad}) {
    for (const Filter filter : {Filter::kBicubic, Filter::kBox, Filter::kLanczos}) {
      std::vector<float> first;
      for (int orientation = 1; orientation <= 8; ++orientation) {
        const auto decoded = Decode(Fixture(orientation, "le", "png"));
        ASSERT_VALUE(decoded);
        const ImageView upright =
            Upright(decoded.value().pixels.view(), decoded.value().orientation);
        const auto fitted =
            FitToModel(upright, Precision::kExact, {kSize, kSize, mode, 0.875, filter});
        ASSERT_VALUE(fitted);
        std::vector<float> tensor(3 * kSize * kSize);
        ASSERT_TRUE(ToTensor(fitted.value().view(), normalization, 0, tensor).ok());
        if (orientation == 1) first = tensor;
        EXPECT_EQ(std::memcmp(first.data(), tensor.data(), tensor.size() * sizeof(float)), 0)
            << orientation;
      }
    }
  }
}

TEST(Orientation, ARegionOfTheUprightPictureGivesItsCopysTensor) {
  constexpr Region kRegion = {3, 5, 17, 11};
  const Preprocessing preprocessing = {12, 10, ResizeMode::kCropShortest, 0.875, Filter::kBicubic};
  const auto first = Decode(Fixture(1, "le", "png"));
  ASSERT_VALUE(first);
  const auto part = Crop(first.value().pixels.view(), kRegion);
  ASSERT_VALUE(part);
  const Bytes copy = PixelsOf(part.value());
  const auto expected = FitToModel(test::ViewOf(copy, kRegion.width, kRegion.height),
                                   Precision::kExact, preprocessing);
  ASSERT_VALUE(expected);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const auto decoded = Decode(Fixture(orientation, "le", "png"));
    ASSERT_VALUE(decoded);
    const ImageView upright = Upright(decoded.value().pixels.view(), decoded.value().orientation);
    const auto turned = Crop(upright, kRegion);
    ASSERT_VALUE(turned);
    EXPECT_EQ(PixelsOf(turned.value()), copy) << orientation;
    const auto fitted = FitToModel(turned.value(), Precision::kExact, preprocessing);
    ASSERT_VALUE(fitted);
    EXPECT_EQ(PixelsOf(fitted.value().view()), PixelsOf(expected.value().view())) << orientation;
    // The upright sides count, not the stored ones.
    EXPECT_TRUE(Crop(upright, {0, 0, kWidth, kHeight}).ok()) << orientation;
    EXPECT_ERROR(ErrorCode::kInvalidArgument, Crop(upright, {0, 0, kHeight, kWidth}));
  }
}

}  // namespace
}  // namespace shiwu
