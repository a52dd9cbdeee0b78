#include "shiwu/maps.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <sstream>
#include <string>

#include "engine/graph.h"
#include "engine/reference.h"
#include "shiwu/engine.h"
#include "support.h"

namespace shiwu {
namespace {

using test::Near;
using test::ReadFile;

constexpr float kColorTolerance = 2.01f;
constexpr int kClasses = 11, kHeight = 4, kWidth = 6, kPlaces = kHeight * kWidth;
const std::string kFolder = "tests/fixtures/maps/";
constexpr ClassHead::Names kFloatHead = {"weight", "", "bias"};
constexpr ClassHead::Names kInt8Head = {"levels", "scale", "bias"};

std::vector<float> Floats(const std::string& name) {
  const test::Bytes bytes = ReadFile(kFolder + name);
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

// [channels][places] to [places][channels].
std::vector<float> Turned(const std::vector<float>& map, size_t places) {
  std::vector<float> turned(map.size());
  const size_t channels = map.size() / places;
  for (size_t i = 0; i < map.size(); ++i) turned[i % places * channels + i / places] = map[i];
  return turned;
}

TEST(ClassHead, MapsAreNumPys) {
  const test::Bytes file = ReadFile(kFolder + "head.onnx");
  const std::vector<float> feature_map = Floats("feature_map.bin");
  for (const auto& [names, golden, tolerance] :
       {std::tuple(kFloatHead, "maps_float.bin", 2e-6), {kInt8Head, "maps_int8.bin", 2e-5}}) {
    SCOPED_TRACE(golden);
    const auto head = ClassHead::Read(file, names);
    ASSERT_VALUE(head);
    EXPECT_EQ(head.value().classes(), kClasses);
    EXPECT_EQ(head.value().channels(), 37);
    std::vector<float> maps(kClasses * kPlaces);
    ASSERT_TRUE(head.value().Maps(feature_map, Layout::kNchw, kHeight, kWidth, maps).ok());
    EXPECT_TRUE(Near(maps, Floats(golden), tolerance));
    std::vector<float> same(maps.size());
    ASSERT_TRUE(
        head.value().Maps(Turned(feature_map, kPlaces), Layout::kNhwc, kHeight, kWidth, same).ok());
    EXPECT_EQ(same, maps);
  }
}

TEST(ClassHead, RefusesWhatIsNoLinearLayer) {
  const test::Bytes file = ReadFile(kFolder + "head.onnx");
  for (const ClassHead::Names& names : {ClassHead::Names{"nothing", "", "bias"},
                                        {"weight", "", "nothing"},
                                        {"weight", "", "weight"},
                                        {"levels", "", "bias"},
                                        {"levels", "levels", "bias"},
                                        {"weight", "scale", "bias"},
                                        {"bias", "", "bias"},
                                        {"levels", "nothing", "bias"}}) {
    EXPECT_ERROR(ErrorCode::kUnsupportedModel, ClassHead::Read(file, names));
  }
  EXPECT_ERROR(ErrorCode::kInvalidModel,
               ClassHead::Read(std::span(file).first(file.size() / 2), kFloatHead));
  const auto head = ClassHead::Read(file, kFloatHead);
  ASSERT_VALUE(head);
  const std::vector<float> feature_map = Floats("feature_map.bin");
  std::vector<float> maps(kClasses * kPlaces);
  EXPECT_ERROR(ErrorCode::kInvalidArgument,
               head.value().Maps(feature_map, Layout::kNchw, kHeight, kWidth + 1, maps));
  EXPECT_ERROR(ErrorCode::kInvalidArgument,
               head.value().Maps(feature_map, Layout::kNchw, 0, kWidth, maps));
  maps.pop_back();
  EXPECT_ERROR(ErrorCode::kInvalidArgument,
               head.value().Maps(feature_map, Layout::kNchw, kHeight, kWidth, maps));
}

// The pooled map equals the logit, within 1e-4: on the model that ships, and on pictures that are
// none, where a network's logits are no smaller than on photos. The engine rounds the pooled
// features to 16 bits, which is most of the difference from its own logits, and up to 1e-4; from
// the logits of its features in double precision the maps differ by less.
TEST(ClassHead, MeansOfMapsAreTheEnginesLogits) {
  const test::Bytes file = ReadFile("models/bundles/lite0/lite0.onnx");
  auto loaded = Engine::Load(file, 224, 224, "feature_map");
  ASSERT_VALUE(loaded);
  Engine& engine = loaded.value();
  ASSERT_EQ(engine.tapped().name, "feature_map");
  EXPECT_EQ(engine.tapped().dims, (std::vector<int>{1, 1280, 7, 7}));
  const auto head = ClassHead::Read(
      file, {"classifier.weight_int8", "classifier.weight_scale", "classifier.bias"});
  ASSERT_VALUE(head);
  const size_t classes = head.value().classes(), channels = head.value().channels();
  const auto output = [&](std::string_view name) {
    for (const auto& port : engine.outputs()) {
      if (port.name == name) return port.values;
    }
    return std::span<float>();
  };
  engine::Graph graph;
  engine::Failure failure;
  ASSERT_TRUE(engine::ReadGraph(file, graph, failure));
  const auto constant = [&](std::string_view name) -> const engine::Constant& {
    return *std::find_if(graph.constants.begin(), graph.constants.end(),
                         [&](const auto& each) { return each.name == name; });
  };
  const auto* levels =
      reinterpret_cast<const int8_t*>(constant("classifier.weight_int8").bytes.data());
  const auto scales = constant("classifier.weight_scale").Floats();
  const auto bias = constant("classifier.bias").Floats();
  for (const uint32_t seed : {1, 2}) {
    test::Random random(seed);
    float angle = 0;
    for (float& each : engine.input().values) {
      each = std::sin(angle) + 0.2f * random.Number();
      angle += 0.001f * static_cast<float>(seed);
    }
    std::vector<float> maps(classes * 49);
    for (size_t step = 0; step < engine.step_count(); ++step) {
      engine.RunStep(step);
      if (step != engine.tap_step()) continue;
      ASSERT_TRUE(head.value().Maps(engine.tapped().values, Layout::kNhwc, 7, 7, maps).ok());
    }
    const auto logits = output("output"), features = output("features");
    ASSERT_EQ(logits.size(), classes);
    ASSERT_EQ(features.size(), channels);
    const auto [least, most] = std::minmax_element(logits.begin(), logits.end());
    for (size_t c = 0; c < classes; ++c) {
      double sum = 0, exact = 0;
      for (size_t p = 0; p < 49; ++p) sum += maps[c * 49 + p];
      for (size_t k = 0; k < channels; ++k) exact += double{features[k]} * levels[c * channels + k];
      ASSERT_NEAR(sum / 49, exact * scales[c] + bias[c], 1e-4) << "class " << c;
      ASSERT_NEAR(sum / 49, logits[c], 1e-4 * (*most - *least)) << "class " << c;
    }
    // And so is what the whole of the maps says.
    std::vector<float> local(classes);
    ASSERT_TRUE(
        LocalLogits({maps.data(), static_cast<int>(classes), 7, 7}, {0, 0, 1, 1}, local).ok());
    EXPECT_TRUE(Near(local, {logits.begin(), logits.end()}, 1e-4));
  }
}

std::vector<float> Numbers(const std::string& text) {
  std::vector<float> numbers;
  std::istringstream stream(text);
  for (std::string word; stream >> word;) numbers.push_back(std::strtof(word.c_str(), nullptr));
  return numbers;
}

TEST(LocalLogits, AreMeansOfWhatLiesInTheBox) {
  const std::vector<float> maps = Floats("maps_float.bin");
  const auto rows = test::ReadTable(kFolder + "boxes.tsv");
  EXPECT_EQ(rows.size(), 10u);
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), 5u);
    const auto number = [&](int i) { return std::strtod(row[i].c_str(), nullptr); };
    std::vector<float> logits(kClasses);
    ASSERT_TRUE(LocalLogits({maps.data(), kClasses, kHeight, kWidth},
                            {number(0), number(1), number(2), number(3)}, logits)
                    .ok());
    EXPECT_TRUE(Near(logits, Numbers(row[4]), 1e-6))
        << row[0] << " " << row[1] << " " << row[2] << " " << row[3];
  }
}

TEST(LocalLogits, RefusesWhatIsNoBox) {
  const std::vector<float> maps = Floats("maps_float.bin");
  const MapsView view = {maps.data(), kClasses, kHeight, kWidth};
  std::vector<float> logits(kClasses);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_ERROR(ErrorCode::kInvalidArgument, LocalLogits(view, {0, nan, 1, 1}, logits));
  EXPECT_ERROR(ErrorCode::kInvalidArgument, LocalLogits({}, {0, 0, 1, 1}, {}));
  logits.pop_back();
  EXPECT_ERROR(ErrorCode::kInvalidArgument, LocalLogits(view, {0, 0, 1, 1}, logits));
}

TEST(ColorAt, FollowsThePublishedTables) {
  const auto rows = test::ReadTable(kFolder + "colors.tsv");
  EXPECT_EQ(rows.size(), 104u);
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), 5u);
    const auto scale = ColorScaleFromName(row[0]);
    ASSERT_TRUE(scale);
    const auto number = [&](int i) { return std::strtof(row[i].c_str(), nullptr); };
    const Rgb color = ColorAt(*scale, number(1));
    EXPECT_NEAR(color.red, number(2), kColorTolerance) << row[0] << " " << row[1];
    EXPECT_NEAR(color.green, number(3), kColorTolerance) << row[0] << " " << row[1];
    EXPECT_NEAR(color.blue, number(4), kColorTolerance) << row[0] << " " << row[1];
  }
  EXPECT_FALSE(ColorScaleFromName("jet"));
  const auto same = [](Rgb a, Rgb b) {
    return a.red == b.red && a.green == b.green && a.blue == b.blue;
  };
  EXPECT_TRUE(same(ColorAt(ColorScale::kBerlin, -3), ColorAt(ColorScale::kBerlin, 0)));
  EXPECT_TRUE(same(ColorAt(ColorScale::kBerlin, 7), ColorAt(ColorScale::kBerlin, 1)));
}

TEST(PaintMap, IsBilinearAsNumPyHasIt) {
  const std::vector<float> maps = Floats("maps_float.bin");
  const std::span<const float> map = MapsView{maps.data(), kClasses, kHeight, kWidth}.Of(3);
  const auto [low, high] = std::minmax_element(map.begin(), map.end());
  const auto whole = PaintMap(map, kHeight, kWidth, *low, *high, ColorScale::kInferno, 50, 33);
  ASSERT_VALUE(whole);
  const auto smaller = PaintMap(map, kHeight, kWidth, -2.5f, 2.5f, ColorScale::kBerlin, 3, 2);
  ASSERT_VALUE(smaller);
  for (const auto& [image, golden] :
       {std::pair(&whole.value(), "inferno_50x33.bin"), {&smaller.value(), "berlin_3x2.bin"}}) {
    const test::Bytes expected = ReadFile(kFolder + golden);
    ASSERT_EQ(image->size_bytes(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      // The next of 256 colours, where float32 rounds to the other side.
      ASSERT_NEAR(image->data()[i], expected[i], 4) << golden << " byte " << i;
    }
  }
}

TEST(PaintMap, RefusesWhatCannotBePainted) {
  const std::vector<float> map(kPlaces, 1);
  const float inf = std::numeric_limits<float>::infinity();
  const auto paint = [&](int height, float low, float high, int width) {
    return PaintMap(map, height, kWidth, low, high, ColorScale::kBerlin, width, 4);
  };
  EXPECT_TRUE(paint(kHeight, 0, 1, 4).ok());
  EXPECT_ERROR(ErrorCode::kInvalidArgument, paint(kHeight + 1, 0, 1, 4));
  EXPECT_ERROR(ErrorCode::kInvalidArgument, paint(kHeight, 1, 1, 4));
  EXPECT_ERROR(ErrorCode::kInvalidArgument, paint(kHeight, 0, inf, 4));
  EXPECT_ERROR(ErrorCode::kInvalidArgument, paint(kHeight, 0, 1, 0));
}

}  // namespace
}  // namespace shiwu
