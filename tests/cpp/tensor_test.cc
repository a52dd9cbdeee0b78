#include "shiwu/tensor.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "shiwu/orientation.h"
#include "support.h"

namespace shiwu {
namespace {

using test::Bytes;
using test::Picture;
using test::ViewOf;

const Normalization kLite0 = {Layout::kNchw, ColorOrder::kRgb, 1, {127, 127, 127}, {128, 128, 128}};
const Normalization kImageNet = {Layout::kNchw,
                                 ColorOrder::kRgb,
                                 1.0f / 255,
                                 {0.485f, 0.456f, 0.406f},
                                 {0.229f, 0.224f, 0.225f}};

bool SameBits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

std::array<float, 3> ThreeFloats(const std::string& text) {
  std::array<float, 3> values{};
  std::istringstream stream(text);
  std::string word;
  for (float& value : values) {
    stream >> word;
    value = std::strtof(word.c_str(), nullptr);
  }
  return values;
}

TEST(ToTensor, IsNumPysToTheBit) {
  constexpr int kWidth = 19, kHeight = 5;
  const Bytes picture = Picture("noise", 42, kWidth, kHeight);
  const Bytes golden = test::ReadFile("tests/fixtures/tensor/tensors.bin");
  const auto rows = test::ReadTable("tests/fixtures/tensor/tensors.tsv");
  EXPECT_EQ(rows.size(), 12u);
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), 7u);
    SCOPED_TRACE(row[0] + " " + row[1] + " " + row[2]);
    const auto layout = LayoutFromName(row[1]);
    const auto color = ColorOrderFromName(row[2]);
    ASSERT_TRUE(layout && color);
    const Normalization normalization = {*layout, *color, std::strtof(row[3].c_str(), nullptr),
                                         ThreeFloats(row[4]), ThreeFloats(row[5])};
    std::vector<float> expected(3 * kWidth * kHeight);
    const size_t offset = std::stoul(row[6]), size = expected.size() * sizeof(float);
    ASSERT_LE(offset + size, golden.size());
    std::memcpy(expected.data(), golden.data() + offset, size);
    std::vector<float> fast(expected.size()), slow(expected.size());
    const ImageView view = ViewOf(picture, kWidth, kHeight);
    ASSERT_TRUE(ToTensor(view, normalization, 0, fast).ok());
    ASSERT_TRUE(reference::ToTensor(view, normalization, 0, slow).ok());
    EXPECT_TRUE(SameBits(slow, expected));
    EXPECT_TRUE(SameBits(fast, expected));
  }
}

TEST(ToTensor, FastEqualsReferenceForEveryWidthAndView) {
  for (int width = 1; width <= 40; ++width) {
    const int height = 1 + width % 3;
    const Bytes picture = Picture("noise", static_cast<uint32_t>(width), width, height);
    for (const Normalization& base : {kLite0, kImageNet}) {
      for (const Layout layout : {Layout::kNchw, Layout::kNhwc}) {
        for (const ColorOrder color : {ColorOrder::kRgb, ColorOrder::kBgr}) {
          for (int orientation = 1; orientation <= 8; ++orientation) {
            Normalization normalization = base;
            normalization.layout = layout;
            normalization.color = color;
            const ImageView view = Upright(ViewOf(picture, width, height), orientation);
            const size_t size = size_t{3} * width * height;
            std::vector<float> fast(size), slow(size);
            ASSERT_TRUE(ToTensor(view, normalization, 0, fast).ok());
            ASSERT_TRUE(reference::ToTensor(view, normalization, 0, slow).ok());
            ASSERT_TRUE(SameBits(fast, slow)) << width << " wide, orientation " << orientation;
          }
        }
      }
    }
  }
}

TEST(ToTensor, WritesOnlyItsItemOfTheBatch) {
  constexpr int kWidth = 21, kHeight = 3;
  constexpr size_t kItem = 3 * kWidth * kHeight;
  const Bytes picture = Picture("noise", 5, kWidth, kHeight);
  for (const Layout layout : {Layout::kNchw, Layout::kNhwc}) {
    Normalization normalization = kLite0;
    normalization.layout = layout;
    std::vector<float> alone(kItem);
    ASSERT_TRUE(ToTensor(ViewOf(picture, kWidth, kHeight), normalization, 0, alone).ok());
    for (size_t index = 0; index < 4; ++index) {
      std::vector<float> batch(4 * kItem + 2, 1234.5f);
      ASSERT_TRUE(ToTensor(ViewOf(picture, kWidth, kHeight), normalization, index, batch).ok());
      for (size_t i = 0; i < batch.size(); ++i) {
        const bool inside = i >= index * kItem && i < (index + 1) * kItem;
        ASSERT_EQ(batch[i], inside ? alone[i - index * kItem] : 1234.5f) << index << " " << i;
      }
    }
  }
}

TEST(ToTensor, IgnoresAlpha) {
  Bytes picture = Picture("noise", 5, 20, 2);
  std::vector<float> before(120), after(120);
  ASSERT_TRUE(ToTensor(ViewOf(picture, 20, 2), kLite0, 0, before).ok());
  for (size_t i = 3; i < picture.size(); i += 4) picture[i] = static_cast<uint8_t>(i);
  ASSERT_TRUE(ToTensor(ViewOf(picture, 20, 2), kLite0, 0, after).ok());
  EXPECT_TRUE(SameBits(before, after));
}

TEST(ToTensor, RefusesBadArguments) {
  const Bytes picture = Picture("noise", 5, 4, 4);
  const ImageView view = ViewOf(picture, 4, 4);
  std::vector<float> out(2 * 48);
  EXPECT_TRUE(ToTensor(view, kLite0, 1, out).ok());
  EXPECT_ERROR(ErrorCode::kInvalidArgument, ToTensor(view, kLite0, 2, out));
  EXPECT_ERROR(ErrorCode::kInvalidArgument,
               ToTensor(view, kLite0, std::numeric_limits<size_t>::max(), out));
  EXPECT_ERROR(ErrorCode::kInvalidArgument, ToTensor(view, kLite0, 0, {}));
  EXPECT_ERROR(ErrorCode::kInvalidArgument, ToTensor(view, kLite0, 0, std::span(out).first(47)));
  EXPECT_ERROR(ErrorCode::kInvalidArgument, ToTensor(view, kLite0, 1, std::span(out).first(95)));
  EXPECT_ERROR(ErrorCode::kInvalidArgument, ToTensor({}, kLite0, 0, out));
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInf = std::numeric_limits<float>::infinity();
  for (const float bad : {kNan, kInf, -kInf}) {
    Normalization n = kLite0;
    n.scale = bad;
    EXPECT_ERROR(ErrorCode::kInvalidArgument, ToTensor(view, n, 0, out));
    n = kLite0;
    n.mean[2] = bad;
    EXPECT_ERROR(ErrorCode::kInvalidArgument, ToTensor(view, n, 0, out));
    n = kLite0;
    n.std[0] = bad;
    EXPECT_ERROR(ErrorCode::kInvalidArgument, ToTensor(view, n, 0, out));
  }
  for (const float zero : {0.0f, -0.0f}) {
    Normalization n = kLite0;
    n.std[1] = zero;
    EXPECT_ERROR(ErrorCode::kInvalidArgument, ToTensor(view, n, 0, out));
    EXPECT_ERROR(ErrorCode::kInvalidArgument, reference::ToTensor(view, n, 0, out));
  }
}

TEST(ToTensor, Names) {
  EXPECT_EQ(LayoutFromName("NCHW"), Layout::kNchw);
  EXPECT_EQ(LayoutFromName("NHWC"), Layout::kNhwc);
  EXPECT_EQ(LayoutFromName("nchw"), std::nullopt);
  EXPECT_EQ(ColorOrderFromName("RGB"), ColorOrder::kRgb);
  EXPECT_EQ(ColorOrderFromName("BGR"), ColorOrder::kBgr);
  EXPECT_EQ(ColorOrderFromName("RGBA"), std::nullopt);
}

}  // namespace
}  // namespace shiwu
