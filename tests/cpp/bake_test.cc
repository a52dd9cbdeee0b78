#include "shiwu/bake.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "engine/graph.h"
#include "engine/onnx_writer.h"
#include "engine/reference.h"
#include "shiwu/engine.h"
#include "support.h"

namespace shiwu {
namespace {

using test::Bytes;
using test::Message;
using test::Model;

constexpr int64_t kFeatures = 3, kClasses = 2;
const std::vector<float> kBias = {0.5f, -0.25f};

Bytes Whole(const Result<Pieces>& pieces) {
  Bytes bytes(pieces.value().size());
  pieces.value().CopyTo(bytes.data());
  return bytes;
}

Taught TwoThings() {
  Taught taught("small 1.0.0", kFeatures);
  EXPECT_TRUE(taught.Add("我家的猫", std::vector<float>{1, 0.25f, 0.5f}, true).ok());
  EXPECT_TRUE(taught.Add("杯子", std::vector<float>{0.125f, 2, 0.5f}, true).ok());
  EXPECT_TRUE(taught.Add("杯子", std::vector<float>{0, 1, 0.75f}, true).ok());
  EXPECT_TRUE(taught.Add("杯子", std::vector<float>{1, 1, 0.5f}, false).ok());
  return taught;
}

// A network whose features are the means of its picture's colours.
Model Pooled(int64_t opset = 17) {
  Model model(opset);
  model.Input("x", {1, kFeatures, 2, 2})
      .Node("GlobalAveragePool", {"x"}, {"pooled"})
      .Node("Flatten", {"pooled"}, {"features"});
  return model;
}
Model& WithOutputs(Model& model) {
  return model.Output("logits", {0, kClasses}).Output("features", {0, kFeatures});
}
const std::vector<float> kWeights = {1, 2, 3, -1, 0.5f, 0.25f};

Bytes FloatHead() {
  Model model = Pooled();
  model.Floats("weight", {kClasses, kFeatures}, kWeights)
      .Floats("bias", {kClasses}, kBias)
      .Node("Gemm", {"features", "weight", "bias"}, {"logits"}, {test::Int("transB", 1)});
  return WithOutputs(model).Finish();
}
Bytes Int8Head() {
  Model model = Pooled();
  model.Constant(test::Int8Tensor("levels", {kClasses, kFeatures}, {127, -3, 40, 5, 127, -90}))
      .Floats("scale", {kClasses}, {0.01f, 0.02f})
      .Floats("bias", {kClasses}, kBias)
      .Node("DequantizeLinear", {"levels", "scale"}, {"weight"}, {test::Int("axis", 0)})
      .Node("Gemm", {"features", "weight", "bias"}, {"logits"}, {test::Int("transB", 1)});
  return WithOutputs(model).Finish();
}
Bytes MatMulAndAdd() {
  Model model = Pooled();
  model.Floats("weight", {kFeatures, kClasses}, kWeights)
      .Floats("bias", {kClasses}, kBias)
      .Node("MatMul", {"features", "weight"}, {"product"})
      .Node("Add", {"product", "bias"}, {"logits"});
  return WithOutputs(model).Finish();
}

constexpr BakePorts kBeside = {"logits", "features", {}};
constexpr BakePorts kFloat = {"logits", "features", {"weight", "", "bias"}};
constexpr BakePorts kInt8 = {"logits", "features", {"levels", "scale", "bias"}};

std::map<std::string, std::vector<float>> ResultsOf(const Bytes& file) {
  std::map<std::string, std::vector<float>> results;
  auto engine = Engine::Load(file, 2, 2);
  EXPECT_TRUE(engine.ok());
  if (!engine.ok()) return results;
  const auto input = engine.value().input().values;
  for (size_t i = 0; i < input.size(); ++i) {
    input[i] = static_cast<float>(test::Mix(static_cast<uint32_t>(i)) % 1000) / 250.0f;
  }
  for (size_t i = 0; i < engine.value().step_count(); ++i) engine.value().RunStep(i);
  for (const auto& port : engine.value().outputs()) {
    results[port.name].assign(port.values.begin(), port.values.end());
  }
  return results;
}

TEST(Bake, GivesTheNetworksOwnLogitsAndThoseOfWhatWasTaught) {
  const Taught taught = TwoThings();
  for (const auto& [name, file, ports] : {std::tuple("float", FloatHead(), kFloat),
                                          {"int8", Int8Head(), kInt8},
                                          {"beside a Gemm", FloatHead(), kBeside},
                                          {"beside MatMul", MatMulAndAdd(), kBeside}}) {
    SCOPED_TRACE(name);
    const auto before = ResultsOf(file);
    std::vector<float> expected = before.at("logits");
    expected.resize(kClasses + 2);
    ASSERT_TRUE(taught.Logits(before.at("features"), std::span(expected).subspan(kClasses)).ok());
    const auto baked = Bake(file, ports, taught, {});
    ASSERT_VALUE(baked);
    const auto after = ResultsOf(Whole(baked));
    // The engine rounds what goes into int8 weights to 16 bits.
    EXPECT_TRUE(test::Near(after.at("logits"), expected, 1e-4));
    EXPECT_EQ(after.at("features"), before.at("features"));
  }
}

TEST(Bake, SaysHowManyClassesThereAreNow) {
  for (const BakePorts& ports : {kFloat, kBeside}) {
    const Bytes file = Whole(Bake(FloatHead(), ports, TwoThings(), {}));
    engine::Graph graph;
    engine::Failure failure;
    ASSERT_TRUE(engine::ReadGraph(file, graph, failure)) << failure.error().message;
    ASSERT_EQ(graph.outputs.size(), 2u);
    EXPECT_EQ(graph.outputs[0].name, "logits");
    EXPECT_EQ(graph.outputs[0].dims[0], -1);
    EXPECT_EQ(graph.outputs[0].dims[1], kClasses + 2);
    EXPECT_EQ(graph.outputs[1].dims[1], kFeatures);
    EXPECT_EQ(graph.inputs.size(), 1u);
  }
}

TEST(Bake, TheLayerThatThereIsGetsTheRowsAsTheyAre) {
  const Taught taught = TwoThings();
  const Bytes file = Whole(Bake(Int8Head(), kInt8, taught, {}));
  engine::Graph graph;
  engine::Failure failure;
  ASSERT_TRUE(engine::ReadGraph(file, graph, failure)) << failure.error().message;
  ASSERT_EQ(graph.constants.size(), 3u);
  EXPECT_EQ(graph.nodes.size(), 4u);
  const auto& levels = graph.constants[0];
  EXPECT_EQ(levels.dims[0], kClasses + 2);
  EXPECT_EQ(static_cast<int8_t>(levels.bytes[5]), -90);
  const auto head = ClassHead::Read(file, kInt8.head);
  ASSERT_VALUE(head);
  EXPECT_EQ(head.value().classes(), kClasses + 2);
  for (size_t i = 0; i < 2; ++i) {
    const Taught::Row row = taught.RowOf(i);
    for (size_t k = 0; k < kFeatures; ++k) {
      EXPECT_EQ(static_cast<int8_t>(levels.bytes[(kClasses + i) * kFeatures + k]), row.levels[k]);
    }
    EXPECT_EQ(graph.constants[1].FloatAt(kClasses + i), row.scale);
    EXPECT_EQ(graph.constants[2].FloatAt(kClasses + i), row.bias);
  }
}

TEST(Bake, WhatIsBakedCanBeTaughtAndBakedAgain) {
  Taught more("small 1.0.0", kFeatures);
  ASSERT_TRUE(more.Add("碗", std::vector<float>{1, 2, 0}, true).ok());
  for (const BakePorts& ports : {kFloat, kBeside}) {
    const Bytes once = Whole(Bake(FloatHead(), ports, TwoThings(), {}));
    const auto before = ResultsOf(once);
    const auto twice = Bake(once, ports, more, {});
    ASSERT_VALUE(twice);
    std::vector<float> expected = before.at("logits");
    expected.resize(kClasses + 3);
    ASSERT_TRUE(more.Logits(before.at("features"), std::span(expected).subspan(kClasses + 2)).ok());
    EXPECT_TRUE(test::Near(ResultsOf(Whole(twice)).at("logits"), expected, 2e-6));
  }
}

TEST(Bake, ReplacesMetadataAndLeavesTheRest) {
  Bytes file = FloatHead();
  for (const auto& [key, value] : {std::pair("description", "as it was"),
                                   {"shiwu.labels", "old"},
                                   {"shiwu.taxonomy", "old"}}) {
    const std::string entry = Message().Sub(14, Message().Text(1, key).Text(2, value)).bytes();
    file.insert(file.end(), entry.begin(), entry.end());
  }
  const MetadataEntry metadata[] = {{"shiwu.labels", "new"}, {"shiwu.taxonomy", ""}};
  const Bytes baked = Whole(Bake(file, kFloat, TwoThings(), metadata));
  const auto entries = ReadOnnxMetadata(baked);
  ASSERT_VALUE(entries);
  ASSERT_EQ(entries.value().size(), 2u);
  EXPECT_EQ(entries.value()[0].value, "as it was");
  EXPECT_EQ(entries.value()[1].key, "shiwu.labels");
  EXPECT_EQ(entries.value()[1].value, "new");
}

TEST(Bake, RefusesNetworksThatItWouldChangeOtherwise) {
  const Taught taught = TwoThings();
  const auto bake = [&](Model& model, const BakePorts& ports) {
    return Bake(model.Finish(), ports, taught, {});
  };
  const Bytes good = FloatHead();
  // Other outputs, or none of these names.
  for (const BakePorts& ports : {BakePorts{"nothing", "features", {}},
                                 {"logits", "nothing", {}},
                                 {"logits", "logits", {}},
                                 {"logits", "features", {"bias", "", "weight"}},
                                 {"logits", "features", {"weight", "bias", "bias"}},
                                 {"logits", "features", {"nothing", "", "bias"}}}) {
    EXPECT_ERROR(ErrorCode::kUnsupportedModel, Bake(good, ports, taught, {}));
  }
  const auto head = [](Model& model, const test::Names& inputs,
                       const std::vector<Message>& attributes) -> Model& {
    model.Floats("weight", {kClasses, kFeatures}, kWeights).Floats("bias", {kClasses}, kBias);
    return WithOutputs(model.Node("Gemm", inputs, {"logits"}, attributes));
  };
  const test::Names usual = {"features", "weight", "bias"};
  Model halved = Pooled(), other = Pooled(), shared = Pooled(), onwards = Pooled(), old = Pooled(6);
  EXPECT_ERROR(
      ErrorCode::kUnsupportedModel,
      bake(head(halved, usual, {test::Int("transB", 1), test::Float("alpha", 0.5f)}), kFloat));
  EXPECT_ERROR(ErrorCode::kUnsupportedModel,
               bake(head(other, {"pooled", "weight", "bias"}, {test::Int("transB", 1)}), kFloat));
  head(shared, usual, {test::Int("transB", 1)}).Node("Relu", {"weight"}, {"used"});
  EXPECT_ERROR(ErrorCode::kUnsupportedModel, bake(shared, kFloat));
  head(onwards, usual, {test::Int("transB", 1)}).Node("Relu", {"logits"}, {"used"});
  EXPECT_ERROR(ErrorCode::kUnsupportedModel, bake(onwards, kFloat));
  EXPECT_TRUE(bake(onwards, kBeside).ok());
  EXPECT_ERROR(ErrorCode::kUnsupportedModel,
               bake(head(old, usual, {test::Int("transB", 1)}), kBeside));
  Model within = Pooled();
  head(within, usual, {test::Int("transB", 1)})
      .Node("If", {"features"}, {"y"}, {Message().Text(1, "then_branch").Sub(6, Message())});
  EXPECT_ERROR(ErrorCode::kUnsupportedModel, bake(within, kBeside));
  // The logits are what comes in.
  Model through(17);
  WithOutputs(through.Input("logits", {1, kClasses})).Node("Relu", {"logits"}, {"features"});
  EXPECT_ERROR(ErrorCode::kUnsupportedModel, bake(through, kBeside));
  const Taught longer("small", kFeatures + 1);
  EXPECT_ERROR(ErrorCode::kInvalidArgument, Bake(good, kFloat, longer, {}));
}

TEST(Bake, RefusesDamagedFiles) {
  const Bytes good = Int8Head();
  const Taught taught = TwoThings();
  EXPECT_ERROR(ErrorCode::kEmptyInput, Bake({}, kInt8, taught, {}));
  for (size_t size = 1; size < good.size(); ++size) {
    EXPECT_FALSE(Bake(std::span(good).first(size), kInt8, taught, {}).ok() &&
                 size < good.size() - 8)
        << size;
  }
}

// ---- the tables ----

constexpr std::string_view kLabels = "id\tzh\ten\tcategory\nn1\t猫\tcat\tanimal\nn2\t杯子\tcup\t\n";
constexpr std::string_view kTaxonomy = "id\tparents\tzh\ten\titself\nanimal\t\t动物\tanimal\t1\n";

TEST(BakeTables, PutsWhatIsTaughtBehindWhatIsThere) {
  const auto baked = BakeTables(kLabels, kTaxonomy, TwoThings());
  ASSERT_VALUE(baked);
  EXPECT_EQ(baked.value().labels,
            "id\tzh\ten\tcategory\nn1\t猫\tcat\tanimal\nn2\t杯子\tcup\t\n"
            "taught:我家的猫\t我家的猫\t我家的猫\ttaught\n"
            "taught:杯子（教的）\t杯子（教的）\t杯子\ttaught\n");
  EXPECT_EQ(baked.value().taxonomy,
            "id\tparents\tzh\ten\titself\nanimal\t\t动物\tanimal\t1\n"
            "taught\t\t教过的东西\ttaught thing\t\n");
  // Again, upon that: the category is there already.
  const auto again = BakeTables(baked.value().labels, baked.value().taxonomy, TwoThings());
  ASSERT_VALUE(again);
  EXPECT_EQ(again.value().taxonomy, baked.value().taxonomy);
  EXPECT_TRUE(
      again.value().labels.ends_with("taught:杯子（教的 2）\t杯子（教的 2）\t杯子\ttaught\n"));
  ASSERT_VALUE(ClassNames::Parse(again.value().labels, again.value().taxonomy));
}

TEST(BakeTables, TablesOfFewColumnsStayReadable) {
  const auto baked =
      BakeTables("\xEF\xBB\xBFzh\tthreshold\r\n猫\t0.5\r\n狗\t0\r\n", "", TwoThings());
  ASSERT_VALUE(baked);
  EXPECT_TRUE(baked.value().taxonomy.empty());
  const auto names = ClassNames::Parse(baked.value().labels, "");
  ASSERT_VALUE(names);
  ASSERT_EQ(names.value().labels.size(), 4u);
  EXPECT_EQ(names.value().labels[1].id, "1");
  EXPECT_EQ(names.value().labels[3].id, "taught:杯子");
  EXPECT_EQ(names.value().labels[3].threshold, 0);
  EXPECT_ERROR(ErrorCode::kInvalidLabels, BakeTables("en\ncat\n", "", TwoThings()));
  // A category of ours that is somebody else's name is left out.
  const auto theirs = BakeTables(
      kLabels, "id\tparent\tzh\ten\nanimal\t\t动物\ta\nx\t\t教过的东西\tb\n", TwoThings());
  ASSERT_VALUE(theirs);
  ASSERT_VALUE(ClassNames::Parse(theirs.value().labels, theirs.value().taxonomy));
}

}  // namespace
}  // namespace shiwu
