#include "shiwu/resample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <string>

#include "shiwu/orientation.h"
#include "support.h"

namespace shiwu {
namespace {

using test::Bytes;
using test::Mix;
using test::Picture;
using test::PixelsOf;
using test::SamePixels;
using test::ViewOf;

constexpr Filter kFilters[] = {Filter::kBox, Filter::kBilinear, Filter::kHamming, Filter::kBicubic,
                               Filter::kLanczos};
constexpr std::string_view kFilterNames[] = {"box", "bilinear", "hamming", "bicubic", "lanczos"};

using ResizeFunction = Result<Image> (*)(const ImageView&, int, int, Filter, const Box&);
constexpr std::pair<std::string_view, ResizeFunction> kImplementations[] = {
    {"fast", &Resize}, {"reference", &reference::Resize}};

Box Whole(const ImageView& view) {
  return {0, 0, static_cast<float>(view.width), static_cast<float>(view.height)};
}

// Reproducible whole numbers, from..to.
class Random {
 public:
  explicit Random(uint32_t seed) : state_(seed * 1000003u) {}
  int Between(int from, int to) {
    return from + static_cast<int>(Mix(state_++) % static_cast<uint32_t>(to - from + 1));
  }
  float Fraction(float to) { return static_cast<float>(Between(0, 1 << 20)) / (1 << 20) * to; }

 private:
  uint32_t state_;
};

// One test per filter, so that a failure names it at once.
class ResampleGolden : public testing::TestWithParam<int> {};

TEST_P(ResampleGolden, IsPillowsToTheBit) {
  const std::string_view filter_name = kFilterNames[GetParam()];
  const Bytes pixels = test::ReadFile("tests/fixtures/resample/pixels.bin");
  int cases = 0, failures = 0, line = 0;
  for (const auto& row : test::ReadTable("tests/fixtures/resample/cases.tsv")) {
    ++line;
    ASSERT_EQ(row.size(), 13u);
    if (row[5] != filter_name) continue;
    ++cases;
    const auto integer = [&](int column) { return std::stoi(row[column]); };
    const auto real = [&](int column) { return std::strtof(row[column].c_str(), nullptr); };
    const int source_width = integer(3), source_height = integer(4);
    const Bytes source =
        Picture(row[1], static_cast<uint32_t>(std::stoul(row[2])), source_width, source_height);
    const Box box = {real(6), real(7), real(8), real(9)};
    const int width = integer(10), height = integer(11);
    const size_t size = size_t{4} * width * height, offset = std::stoul(row[12]);
    ASSERT_LE(offset + size, pixels.size());
    for (const auto& [implementation, resize] : kImplementations) {
      const auto resized = resize(ViewOf(source, source_width, source_height), width, height,
                                  kFilters[GetParam()], box);
      ASSERT_VALUE(resized);
      const auto same = SamePixels(
          PixelsOf(resized.value().view()), std::span(pixels).subspan(offset, size), width, height,
          "resample-" + std::to_string(line) + "-" + std::string(implementation));
      EXPECT_TRUE(same) << row[0] << ": " << row[1] << " " << source_width << " x " << source_height
                        << ", box " << row[6] << " " << row[7] << " " << row[8] << " " << row[9]
                        << ", " << filter_name << " to " << width << " x " << height;
      if (!same && ++failures == 5) FAIL() << "the other cases are left out";
    }
  }
  EXPECT_GE(cases, 100);
}

INSTANTIATE_TEST_SUITE_P(Filters, ResampleGolden, testing::Range(0, 5),
                         [](const auto& param) { return std::string(kFilterNames[param.param]); });

TEST(Resample, FilterNames) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(FilterFromName(kFilterNames[i]), kFilters[i]);
  for (const std::string_view name : {"", "Box", "nearest", "bicubic ", "lanczos3"}) {
    EXPECT_EQ(FilterFromName(name), std::nullopt) << name;
  }
}

TEST(Resample, FastEqualsReferenceAtRandom) {
  Random random(1);
  for (int i = 0; i < 400; ++i) {
    const int w = random.Between(1, 90), h = random.Between(1, 60);
    const int width = random.Between(1, 60), height = random.Between(1, 60);
    const Bytes source =
        Picture(i % 3 == 0 ? "extremes" : "noise", static_cast<uint32_t>(i) * 31337u, w, h);
    Box box = Whole(ViewOf(source, w, h));
    if (i % 2 == 0) {
      const float x0 = random.Fraction(box.right), x1 = random.Fraction(box.right);
      const float y0 = random.Fraction(box.bottom), y1 = random.Fraction(box.bottom);
      if (x0 != x1 && y0 != y1) {
        box = {std::min(x0, x1), std::min(y0, y1), std::max(x0, x1), std::max(y0, y1)};
      }
    }
    const Filter filter = kFilters[i % 5];
    const auto fast = Resize(ViewOf(source, w, h), width, height, filter, box);
    const auto slow = reference::Resize(ViewOf(source, w, h), width, height, filter, box);
    ASSERT_VALUE(fast);
    ASSERT_VALUE(slow);
    ASSERT_TRUE(SamePixels(PixelsOf(fast.value().view()), PixelsOf(slow.value().view()), width,
                           height, "fast-" + std::to_string(i)))
        << w << " x " << h << " " << kFilterNames[i % 5];
  }
}

TEST(Resample, ConstantStaysConstant) {
  constexpr std::pair<int, int> kSizes[] = {{1, 1}, {5, 7}, {16, 16}, {33, 9}, {200, 3}};
  for (const int value : {0, 1, 127, 128, 254, 255}) {
    for (const auto& [w, h] : kSizes) {
      for (const auto& [width, height] : kSizes) {
        const Bytes source(size_t{4} * w * h, static_cast<uint8_t>(value));
        for (int f = 0; f < 5; ++f) {
          const ImageView view = ViewOf(source, w, h);
          const Box inner = {0.3f, 0.2f, static_cast<float>(w) - 0.1f,
                             static_cast<float>(h) - 0.45f};
          for (const Box& box : {Whole(view), inner}) {
            const auto resized = Resize(view, width, height, kFilters[f], box);
            ASSERT_VALUE(resized);
            const Bytes pixels = PixelsOf(resized.value().view());
            ASSERT_EQ(static_cast<size_t>(std::count(pixels.begin(), pixels.end(), value)),
                      pixels.size())
                << value << " " << w << " x " << h << " to " << width << " x " << height << " "
                << kFilterNames[f];
          }
        }
      }
    }
  }
}

TEST(Resample, SameSizeWholeBoxCopies) {
  const Bytes source = Picture("noise", 5, 21, 17);
  for (const Filter filter : kFilters) {
    const ImageView view = ViewOf(source, 21, 17);
    const auto copy = Resize(view, 21, 17, filter, Whole(view));
    ASSERT_VALUE(copy);
    EXPECT_EQ(PixelsOf(copy.value().view()), source);
    EXPECT_NE(copy.value().data(), source.data());
  }
}

TEST(Resample, TurnedViewsEqualTurnedCopies) {
  const int w = 37, h = 22;
  const Bytes source = Picture("noise", 77, w, h);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const ImageView turned = Upright(ViewOf(source, w, h), orientation);
    const Bytes copy = PixelsOf(turned);
    const ImageView straight = ViewOf(copy, turned.width, turned.height);
    const Box whole = Whole(turned);
    const Box part = {1.5f, 2.25f, whole.right - 3.125f, whole.bottom - 0.5f};
    for (int f = 0; f < 5; ++f) {
      for (const auto& [width, height] :
           {std::pair{11, 13}, std::pair{50, 41}, std::pair{turned.width, 9},
            std::pair{9, turned.height}, std::pair{turned.width, turned.height}}) {
        for (const Box& box : {whole, part}) {
          for (const auto& [implementation, resize] : kImplementations) {
            const auto a = resize(turned, width, height, kFilters[f], box);
            const auto b = resize(straight, width, height, kFilters[f], box);
            ASSERT_VALUE(a);
            ASSERT_VALUE(b);
            ASSERT_TRUE(SamePixels(PixelsOf(a.value().view()), PixelsOf(b.value().view()), width,
                                   height, "turned-" + std::to_string(orientation)))
                << implementation << " " << kFilterNames[f] << " to " << width << " x " << height;
          }
        }
      }
    }
  }
}

// The view claims 40 rows and 30 columns, but only the rows that the box and its kernel reach are
// there: touching any other byte is an error that AddressSanitizer reports.
TEST(Resample, ReadsOnlyTheRowsThatTheBoxNeeds) {
  const int w = 30, h = 40;
  const Bytes whole = Picture("noise", 9, w, h);
  const size_t pitch = size_t{4} * w;
  for (int f = 0; f < 5; ++f) {
    constexpr double kSupport[] = {0.5, 1, 1, 2, 3};
    for (const auto& [top, bottom, height] :
         {std::tuple{10.0f, 20.0f, 5}, std::tuple{10.25f, 20.5f, 23}, std::tuple{17.0f, 18.0f, 1},
          std::tuple{30.0f, 40.0f, 4}, std::tuple{0.0f, 7.5f, 3}}) {
      const double scale = std::max(1.0, double{bottom - top} / height);
      const double half = double{bottom - top} / height / 2;
      const int first = std::max(0, static_cast<int>(top + half - kSupport[f] * scale + 0.5));
      const int last = std::min(h, static_cast<int>(bottom - half + kSupport[f] * scale + 0.5));
      const size_t size = pitch * static_cast<size_t>(last - first);
      const std::unique_ptr<uint8_t[]> needed(new uint8_t[size]);
      std::memcpy(needed.get(), whole.data() + pitch * static_cast<size_t>(first), size);
      ImageView view = ViewOf(whole, w, h);
      const Box box = {0, top, static_cast<float>(w), bottom};
      for (const int width : {30, 11, 47}) {
        const auto expected = Resize(view, width, height, kFilters[f], box);
        ImageView part = view;
        part.data = needed.get() - pitch * static_cast<size_t>(first);
        const auto actual = Resize(part, width, height, kFilters[f], box);
        ASSERT_VALUE(expected);
        ASSERT_VALUE(actual);
        EXPECT_TRUE(SamePixels(PixelsOf(actual.value().view()), PixelsOf(expected.value().view()),
                               width, height, "rows"));
      }
    }
  }
}

TEST(Resample, NothingOutsideTheViewIsReadOrChanged) {
  // Views of every small size, in memory that ends with their last pixel.
  for (int w = 1; w <= 9; ++w) {
    for (int h = 1; h <= 9; ++h) {
      const Bytes drawn = Picture("noise", 3, w, h);
      const std::unique_ptr<uint8_t[]> exact(new uint8_t[drawn.size()]);
      std::memcpy(exact.get(), drawn.data(), drawn.size());
      const ImageView stored = {exact.get(), w, h, kChannels, ptrdiff_t{kChannels} * w};
      for (int orientation = 1; orientation <= 8; ++orientation) {
        const ImageView view = Upright(stored, orientation);
        const auto resized = Resize(view, 5, 6, kFilters[(w + h) % 5], Whole(view));
        ASSERT_VALUE(resized);
      }
      EXPECT_EQ(std::memcmp(exact.get(), drawn.data(), drawn.size()), 0);
    }
  }
}

TEST(Resample, RefusesWhatMakesNoSense) {
  const Bytes source = Picture("noise", 1, 8, 6);
  const ImageView view = ViewOf(source, 8, 6);
  const Box whole = Whole(view);
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInf = std::numeric_limits<float>::infinity();
  for (const auto& [implementation, resize] : kImplementations) {
    SCOPED_TRACE(implementation);
    for (const auto& [width, height] :
         {std::pair{0, 4}, std::pair{4, 0}, std::pair{-1, 4}, std::pair{4, INT32_MIN},
          std::pair{INT32_MAX, 1}, std::pair{1, INT32_MAX}, std::pair{65537, 1}}) {
      EXPECT_ERROR(ErrorCode::kInvalidArgument,
                   resize(view, width, height, Filter::kBicubic, whole));
    }
    for (const Box& box :
         {Box{-0.001f, 0, 8, 6}, Box{0, -1, 8, 6}, Box{0, 0, 8.001f, 6}, Box{0, 0, 8, 7},
          Box{4, 0, 4, 6}, Box{5, 0, 4, 6}, Box{0, 3, 8, 3}, Box{0, 4, 8, 3}, Box{kNan, 0, 8, 6},
          Box{0, kNan, 8, 6}, Box{0, 0, kNan, 6}, Box{0, 0, 8, kNan}, Box{-kInf, 0, kInf, 6},
          Box{0, 0, 8, kInf}, Box{kNan, kNan, kNan, kNan}}) {
      EXPECT_ERROR(ErrorCode::kInvalidArgument, resize(view, 4, 4, Filter::kLanczos, box));
    }
    EXPECT_ERROR(ErrorCode::kInvalidArgument, resize({}, 4, 4, Filter::kBox, {0, 0, 1, 1}));
    ImageView empty = view;
    empty.height = 0;
    EXPECT_ERROR(ErrorCode::kInvalidArgument, resize(empty, 4, 4, Filter::kBox, {0, 0, 8, 0}));
  }
}

}  // namespace
}  // namespace shiwu
