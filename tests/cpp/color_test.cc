#include "color.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "shiwu/decode.h"
#include "shiwu/fit.h"
#include "support.h"

namespace shiwu {
namespace {

using test::Bytes;
using test::PixelsOf;
using test::ReadFile;

constexpr std::string_view kFolder = "tests/fixtures/color/";

Bytes Fixture(std::string_view name) { return ReadFile(std::string(kFolder) + std::string(name)); }

// littlecms calculates with 8-bit pixels in fixed point of 14 bits, and so is a level off here and
// there, in dark colours of steep curves.
TEST(ToSrgb, AgreesWithLittlecms) {
  const Bytes pixels = Fixture("pixels.bin");
  int converted = 0, kept = 0;
  for (const auto& row : test::ReadTable(std::string(kFolder) + "cases.tsv")) {
    SCOPED_TRACE(row[0]);
    const Bytes file = Fixture(row[0]);
    auto decoded = Decode(file);
    ASSERT_VALUE(decoded);
    const auto to_srgb = ToSrgb::Of(file);
    ASSERT_EQ(to_srgb.has_value(), row[1] != "-");
    if (!to_srgb) {
      ++kept;
      continue;
    }
    ++converted;
    Image& image = decoded.value().pixels;
    to_srgb->Apply(image.data(), image.size_bytes() / 4);
    const uint8_t* expected = pixels.data() + std::stoul(row[1]);
    int largest = 0;
    double sum = 0;
    for (size_t i = 0; i < image.size_bytes(); ++i) {
      if (i % 4 == 3) {
        ASSERT_EQ(image.data()[i], 255);
        continue;
      }
      const int difference = std::abs(image.data()[i] - *expected++);
      largest = std::max(largest, difference);
      sum += difference;
    }
    EXPECT_LE(largest, 1);
    EXPECT_LT(sum / static_cast<double>(image.size_bytes()) * 4 / 3, 0.05);
  }
  EXPECT_GE(converted, 15);
  EXPECT_GE(kept, 10);
}

TEST(ToSrgb, OfAnythingIsNothing) {
  for (const std::string_view name : {"display-p3.png", "display-p3.jpg", "gama-chrm.png"}) {
    const Bytes file = Fixture(name);
    for (size_t size = 0; size < file.size(); ++size) {
      Bytes cut(file.begin(), file.begin() + static_cast<ptrdiff_t>(size));
      cut.shrink_to_fit();
      (void)ToSrgb::Of(cut);  // AddressSanitizer watches
    }
  }
  EXPECT_FALSE(ToSrgb::Of({}).has_value());
  EXPECT_FALSE(ToSrgb::Of(ReadFile("tests/fixtures/decode/plain.gif")).has_value());
}

// What the model sees is converted, but for where Pillow's own pixels are wanted.
TEST(FitFile, ConvertsColoursUnlessItIsExact) {
  const Preprocessing model = {12, 10};
  const auto fit = [&](std::string_view name, Precision precision) {
    auto fitted = FitFile(Fixture(name), kDefaultMaxPixels, precision, {}, model);
    EXPECT_TRUE(fitted.ok()) << name;
    return PixelsOf(fitted.value().pixels.view());
  };
  for (const std::string_view name : {"adobe-rgb.png", "display-p3.jpg"}) {
    Bytes pixels = fit(name, Precision::kExact);
    const auto to_srgb = ToSrgb::Of(Fixture(name));
    ASSERT_TRUE(to_srgb.has_value());
    EXPECT_NE(pixels, fit(name, Precision::kFast));
    to_srgb->Apply(pixels.data(), pixels.size() / 4);
    EXPECT_EQ(pixels, fit(name, Precision::kFast));
  }
  EXPECT_EQ(fit("srgb-v2.png", Precision::kExact), fit("srgb-v2.png", Precision::kFast));
}

}  // namespace
}  // namespace shiwu
