// Files that are not what they should be: an error that says why, in little time and memory.
#include "engine/graph.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstring>
#include <memory>
#include <string>

#include "engine/onnx_writer.h"
#include "engine/reference.h"

namespace shiwu {
namespace {

using namespace test;  // NOLINT

// What Load answers, in words: "ok", or the code and the message.
std::string Said(const Bytes& file) {
  const std::unique_ptr<uint8_t[]> exact(new uint8_t[file.size()]);
  if (!file.empty()) std::memcpy(exact.get(), file.data(), file.size());
  const auto engine = Engine::Load({exact.get(), file.size()}, 8, 8);
  if (engine.ok()) return "ok";
  return std::string(ErrorName(engine.error().code)) + ": " + engine.error().message;
}
std::string Said(const Model& model) { return Said(model.Finish()); }

bool Starts(const std::string& text, std::string_view with) { return text.rfind(with, 0) == 0; }
#define EXPECT_SAYS(expected, model) \
  EXPECT_PRED2(Starts, Said(model), std::string(expected)) << "said: " << Said(model)

constexpr std::string_view kInvalid = "invalid-model";
constexpr std::string_view kUnsupported = "unsupported-model";

// An input "x" of 1x4x8x8 and an output "y".
Model Start(int opset = 17) {
  Model model(opset);
  model.Input("x", {1, 4, 8, 8}).Output("y");
  return model;
}

// A model with a bit of everything.
Model Whole() {
  Random random(1);
  return Start()
      .Floats("w", {4, 4, 3, 3}, random.Numbers(144))
      .Constant(Int8Tensor("l", {4, 1, 3, 3}, std::vector<int8_t>(36, 3)))
      .Floats("s", {4}, random.Numbers(4))
      .Node("Conv", {"x", "w"}, {"a"}, {Ints("pads", {1, 1, 1, 1})})
      .Node("DequantizeLinear", {"l", "s"}, {"d"}, {Int("axis", 0)})
      .Node("Conv", {"a", "d"}, {"b"}, {Int("group", 4)})
      .Node("GlobalAveragePool", {"b"}, {"g"})
      .Node("Flatten", {"g"}, {"y"});
}

TEST(EngineGraph, WholeIsTaken) { EXPECT_EQ(Said(Whole()), "ok"); }

// No cut is read past its end, and none is taken for the whole but the one that loses the opset's
// last byte or so: protobuf cannot tell.
TEST(EngineGraph, TruncatedAtEveryByte) {
  const Bytes file = Whole().Finish();
  size_t taken = 0;
  for (size_t size = 0; size < file.size(); ++size) {
    taken += Said(Bytes(file.begin(), file.begin() + static_cast<ptrdiff_t>(size))) == "ok";
  }
  EXPECT_EQ(taken, 0);
}

TEST(EngineGraph, EveryByteChanged) {
  const Bytes file = Whole().Finish();
  for (size_t at = 0; at < file.size(); ++at) {
    for (const uint8_t byte : Bytes{0x00, 0x7F, 0x80, 0xFF}) {
      Bytes changed = file;
      changed[at] = byte;
      Said(changed);
    }
  }
}

TEST(EngineGraph, NotAModel) {
  EXPECT_SAYS(kInvalid, Bytes());
  EXPECT_SAYS(kInvalid, Bytes(100, 0));
  EXPECT_SAYS(kInvalid, Bytes({0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F}));
  EXPECT_SAYS(kInvalid, Bytes({0x3A, 0x00, 0x3A, 0x00}));  // two graphs
}

TEST(EngineGraph, UnknownOperatorsByName) {
  EXPECT_EQ(Said(Start().Node("Resize", {"x"}, {"y"})), "unsupported-model: operator Resize");
  EXPECT_EQ(Said(Start().Node("Relu", {"x"}, {"y"}, {}, "com.microsoft")),
            "unsupported-model: operator com.microsoft.Relu");
  EXPECT_EQ(Said(Start().Node("Relu", {"x"}, {"y"}, {}, "ai.onnx")), "ok");
}

TEST(EngineGraph, NamesThatDoNotHold) {
  // A circle: what is computed later is not there.
  EXPECT_SAYS(kInvalid, Start().Node("Add", {"x", "b"}, {"a"}).Node("Relu", {"a"}, {"b"}));
  EXPECT_SAYS(kInvalid, Start().Node("Add", {"x", "y"}, {"y"}));
  // A name given twice: by nodes, by a node and the input, by a node and a constant.
  EXPECT_SAYS(kInvalid, Start().Node("Relu", {"x"}, {"y"}).Node("Sigmoid", {"x"}, {"y"}));
  EXPECT_SAYS(kInvalid, Start().Node("Relu", {"x"}, {"x"}));
  EXPECT_SAYS(kInvalid, Start().Floats("y", {1}, {1}).Node("Relu", {"x"}, {"y"}));
  // Missing.
  EXPECT_SAYS(kInvalid, Start());
  EXPECT_SAYS(kInvalid, Start().Node("Relu", {"other"}, {"y"}));
  EXPECT_SAYS(kInvalid, Start().Node("Relu", {"x"}, {}));
  EXPECT_SAYS(kInvalid, Start().Node("Relu", {"x"}, {""}));
  EXPECT_FALSE(Said(Start().Node("Relu", {}, {"y"})) == "ok");
  EXPECT_FALSE(Said(Start().Node("Concat", {}, {"y"}, {Int("axis", 1)})) == "ok");
  EXPECT_FALSE(Said(Start().Node("Identity", {}, {"y"})) == "ok");
}

// "" is an input that is left out, whatever bears that name.
TEST(EngineGraph, NothingIsCalledNothing) {
  EXPECT_FALSE(Said(Model().Input("", {1, 4, 8, 8}).Output("y").Node("Relu", {""}, {"y"})) == "ok");
  Model model = Start();
  model.Floats("", {4}, {1, 2, 3, 4}).Node("Relu", {"x"}, {"y"});
  EXPECT_EQ(Said(model), "ok");
  Model bounds = Start();
  bounds.Floats("", {}, {5}).Node("Clip", {"x", "", ""}, {"y"});
  auto engine = Engine::Load(bounds.Finish(), 0, 0);
  ASSERT_VALUE(engine);
  const Tensor in{{1, 4, 8, 8}, std::vector<float>(256, 1)};
  EXPECT_EQ(RunModel(engine.value(), in)[0].values[0], 1);
}

// Before IR version 4 constants stood among the inputs too.
TEST(EngineGraph, ConstantsAmongInputs) {
  Model model = Start();
  model.Input("w", {2, 4, 1, 1}).Floats("w", {2, 4, 1, 1}, std::vector<float>(8, 1));
  EXPECT_EQ(Said(model.Node("Conv", {"x", "w"}, {"y"})), "ok");
}

TEST(EngineGraph, Inputs) {
  const auto with = [](const std::vector<int64_t>& dims, int type = 1) {
    return Model().Input("x", dims, type).Output("y").Node("Relu", {"x"}, {"y"});
  };
  EXPECT_EQ(Said(with({0, 0, 0, 0})), "ok");
  EXPECT_SAYS(kUnsupported, with({2, 3, 8, 8}));
  EXPECT_SAYS(kUnsupported, with({1, 3, 8}));
  EXPECT_SAYS(kUnsupported, with({1, 3, 8, 8, 8}));
  EXPECT_SAYS(kUnsupported, with({1, 3, 8, 8}, 10));  // float16
  EXPECT_SAYS(kUnsupported, with({1, 3, int64_t{1} << 62, 8}));
  EXPECT_SAYS(kUnsupported, with({1, 60000, 60000, 60000}));
  EXPECT_SAYS(kInvalid, with(std::vector<int64_t>(100, 1)));
  EXPECT_SAYS(kUnsupported, Model().Output("y").Node("Relu", {"x"}, {"y"}));
  EXPECT_SAYS(kUnsupported, with({1, 3, 8, 8}).Input("x2", {1, 3, 8, 8}));
  EXPECT_FALSE(Said(Model().Input("x", {1, 3, 8, 8}).Node("Relu", {"x"}, {"y"})) == "ok");
}

TEST(EngineGraph, Constants) {
  const auto with = [](const Message& weights) {
    return Start().Constant(weights).Node("Conv", {"x", "w"}, {"y"});
  };
  const std::vector<float> eight(8, 1);
  EXPECT_EQ(Said(with(FloatTensor("w", {2, 4, 1, 1}, eight))), "ok");
  EXPECT_SAYS(kInvalid, with(FloatTensor("w", {3, 4, 1, 1}, eight)));  // too few numbers
  EXPECT_SAYS(kInvalid, with(FloatTensor("w", {1, 4, 1, 1}, eight)));  // too many
  EXPECT_SAYS(kInvalid, with(FloatTensor("w", {2, -4, 1, 1}, eight)));
  EXPECT_SAYS(kInvalid, with(FloatTensor("w", {int64_t{1} << 62, 4, 1, 1}, eight)));
  EXPECT_SAYS(kInvalid, with(FloatTensor("w", std::vector<int64_t>(65, 2), eight)));
  EXPECT_SAYS(kInvalid, with(FloatTensor("w", std::vector<int64_t>(9, 1), {1})));
  EXPECT_SAYS(kInvalid, with(FloatTensor("w", {2, 5, 1, 1}, std::vector<float>(10))));
  EXPECT_SAYS(kUnsupported, with(FloatTensor("w", {2, 4}, eight)));
  EXPECT_FALSE(Said(with(FloatTensor("w", {0, 4, 1, 1}, {}))) == "ok");
  // Bytes whose count leaves 32 bits.
  EXPECT_SAYS(kInvalid, with(FloatTensor("w", {1 << 28, 4, 1, 1}, {})));
  EXPECT_SAYS(kInvalid, with(Int64Tensor("w", {1 << 27, 4, 1, 1}, {})));
  // Other ways to write numbers.
  Message packed = Message().Number(2, 1).Text(8, "w");
  for (const int64_t dim : {2, 4, 1, 1}) packed.Number(1, dim);
  Message singly = packed;
  packed.Text(4, std::string(32, '\0'));
  for (int i = 0; i < 8; ++i) singly.Float(4, 1);
  EXPECT_EQ(Said(with(packed)), "ok");
  EXPECT_SAYS(kUnsupported, with(singly));
  EXPECT_SAYS(kUnsupported, with(Message(singly).Number(14, 1)));  // external
  EXPECT_SAYS(kUnsupported, with(Int8Tensor("w", {2, 4, 1, 1}, std::vector<int8_t>(8))));
  Message half = Message().Number(2, 10).Text(8, "w").Text(9, std::string(16, '\0'));
  for (const int64_t dim : {2, 4, 1, 1}) half.Number(1, dim);
  EXPECT_SAYS(kUnsupported, with(half));
  EXPECT_SAYS(kUnsupported, Start().Field(15, Message()).Node("Relu", {"x"}, {"y"}));  // sparse
}

// Constants may share bytes, even those of the whole file.
TEST(EngineGraph, NoMoreConstantsThanNamesAreFoundAmongQuickly) {
  Model model = Start().Node("Relu", {"x"}, {"y"});
  for (int i = 0; i < 20'000; ++i) model.Floats("c" + std::to_string(i), {1}, {0});
  EXPECT_EQ(Said(model), "ok");
  EXPECT_EQ(Said(model.Floats("one more", {1}, {0})),
            "unsupported-model: more than 20,000 constants");
}

TEST(EngineGraph, TheSameWeightsTwice) {
  Model model = Start();
  model.Floats("w", {4, 4, 1, 1}, std::vector<float>(16, 0.25f));
  model.Node("Conv", {"x", "w"}, {"a"}).Node("Conv", {"a", "w"}, {"y"});
  auto engine = Engine::Load(model.Finish(), 0, 0);
  ASSERT_VALUE(engine);
  const Tensor in{{1, 4, 8, 8}, std::vector<float>(256, 3)};
  EXPECT_TRUE(Near(RunModel(engine.value(), in)[0], in));
}

TEST(EngineGraph, Windows) {
  const auto conv = [](const std::vector<Message>& attributes) {
    return Start()
        .Floats("w", {2, 4, 3, 3}, std::vector<float>(72))
        .Node("Conv", {"x", "w"}, {"y"}, attributes);
  };
  const int64_t huge = int64_t{1} << 40;
  EXPECT_EQ(Said(conv({})), "ok");
  EXPECT_FALSE(Said(conv({Ints("pads", {1, 1, 1})})) == "ok");
  EXPECT_FALSE(Said(conv({Ints("pads", {-1, 0, 0, 0})})) == "ok");
  EXPECT_FALSE(Said(conv({Ints("pads", {huge, 0, 0, 0})})) == "ok");
  EXPECT_FALSE(Said(conv({Ints("pads", {60000, 60000, 60000, 60000})})) == "ok");
  EXPECT_FALSE(Said(conv({Ints("strides", {0, 1})})) == "ok");
  EXPECT_FALSE(Said(conv({Ints("strides", {-1, 1})})) == "ok");
  EXPECT_FALSE(Said(conv({Ints("strides", {1})})) == "ok");
  EXPECT_FALSE(Said(conv({Ints("dilations", {huge, 1})})) == "ok");
  EXPECT_FALSE(Said(conv({Ints("dilations", {9, 1})})) == "ok");
  EXPECT_FALSE(Said(conv({Text("auto_pad", "BEST")})) == "ok");
  EXPECT_SAYS("unsupported-model: Conv in groups", conv({Int("group", 2)}));
  EXPECT_FALSE(Said(conv({Int("group", 0)})) == "ok");
  EXPECT_FALSE(Said(conv({Int("group", -4)})) == "ok");
  // A window that sees nothing but padding.
  const auto pool = [](const std::vector<int64_t>& pads) {
    return Start().Node("MaxPool", {"x"}, {"y"},
                        {Ints("kernel_shape", {2, 2}), Ints("pads", pads)});
  };
  EXPECT_EQ(Said(pool({1, 1, 1, 1})), "ok");
  EXPECT_FALSE(Said(pool({2, 0, 0, 0})) == "ok");
  EXPECT_FALSE(Said(pool({0, 0, 2, 0})) == "ok");
}

// Sides that only together make no sense.
TEST(EngineGraph, Sides) {
  const auto reshape = [](const std::vector<int64_t>& shape) {
    return Start()
        .Constant(Int64Tensor("s", {static_cast<int64_t>(shape.size())}, shape))
        .Node("Reshape", {"x", "s"}, {"y"});
  };
  EXPECT_EQ(Said(reshape({1, 256})), "ok");
  EXPECT_EQ(Said(reshape({0, 0, 0, 0})), "ok");
  EXPECT_FALSE(Said(reshape({1, 255})) == "ok");
  EXPECT_FALSE(Said(reshape({-1, -1})) == "ok");
  EXPECT_FALSE(Said(reshape({-1, 3})) == "ok");
  EXPECT_FALSE(Said(reshape({1, 4, 8, 8, 0})) == "ok");
  EXPECT_FALSE(Said(reshape({-2, 128})) == "ok");
  EXPECT_FALSE(Said(reshape({int64_t{1} << 32, int64_t{1} << 32})) == "ok");
  EXPECT_FALSE(Said(reshape({})) == "ok");
  EXPECT_FALSE(Said(reshape(std::vector<int64_t>(20, 1))) == "ok");
  // Another batch is no picture's.
  EXPECT_FALSE(Said(reshape({256, 1, 1, 1})) == "ok");
  EXPECT_FALSE(Said(reshape({8, 8, 4})
                        .Constant(Int64Tensor("t", {4}, {256, 1, 1, 1}))
                        .Node("Reshape", {"y", "t"}, {"z"})) == "ok");
  // What ONNX spreads out is not a sum of equals.
  const auto sum = [](const std::vector<int64_t>& a, const std::vector<int64_t>& b) {
    const auto count = [](const auto& list) { return static_cast<int64_t>(list.size()); };
    return Start()
        .Constant(Int64Tensor("a", {count(a)}, a))
        .Constant(Int64Tensor("b", {count(b)}, b))
        .Node("Reshape", {"x", "a"}, {"xa"})
        .Node("Reshape", {"x", "b"}, {"xb"})
        .Node("Add", {"xa", "xb"}, {"y"});
  };
  EXPECT_EQ(Said(sum({1, 256}, {1, 256})), "ok");
  EXPECT_FALSE(Said(sum({1, 256}, {256, 1})) == "ok");
  EXPECT_FALSE(Said(sum({1, 256}, {16, 16})) == "ok");
  // A constant that is spread out over the last side, which is not the channels.
  Model columns = Start();
  columns.Constant(Int64Tensor("s", {2}, {256, 1}))
      .Floats("c", {256}, std::vector<float>(256))
      .Node("Reshape", {"x", "s"}, {"v"})
      .Node("Add", {"v", "c"}, {"y"});
  EXPECT_FALSE(Said(columns) == "ok");
  // A matrix of several rows is no vector.
  Model rows = Start();
  rows.Constant(Int64Tensor("s", {2}, {4, 64}))
      .Floats("w", {256, 3}, std::vector<float>(768))
      .Node("Reshape", {"x", "s"}, {"v"})
      .Node("MatMul", {"v", "w"}, {"y"});
  EXPECT_FALSE(Said(rows) == "ok");
  Model beside = Start();
  beside.Constant(Int64Tensor("s", {2}, {4, 64}))
      .Node("Reshape", {"x", "s"}, {"v"})
      .Node("Concat", {"v", "v"}, {"y"}, {Int("axis", 1)});
  EXPECT_FALSE(Said(beside) == "ok");
}

// Small files that ask for much: refused, or done in a few seconds. Each is timed by the whole
// test.
class EngineHostile : public testing::Test {
 protected:
  ~EngineHostile() override {
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start_;
    EXPECT_LT(took.count(), 20) << "seconds, under a sanitizer";
  }
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

TEST_F(EngineHostile, ManyOutputs) {
  Model model = Start();
  model.Node("Relu", {"x"}, {"y"});
  for (int i = 0; i < 100'000; ++i) model.Output("y");
  EXPECT_SAYS(kUnsupported, model);
}

TEST_F(EngineHostile, ManyNodes) {
  Model model = Model().Input("x0", {1, 4, 8, 8}).Output("x4999");
  for (int i = 0; i < 4999; ++i) {
    model.Node("Sigmoid", {"x" + std::to_string(i)}, {"x" + std::to_string(i + 1)});
  }
  EXPECT_EQ(Said(model), "ok");
  for (int i = 0; i < 100; ++i) model.Node("Sigmoid", {"x0"}, {"z" + std::to_string(i)});
  EXPECT_SAYS(kUnsupported, model);
}

TEST_F(EngineHostile, MuchWorkInFewBytes) {
  // Means of a huge map, again and again.
  Model means = Model().Input("x", {1, 1, 8000, 8000}).Output("y0");
  for (int i = 0; i < 4000; ++i) means.Node("GlobalAveragePool", {"x"}, {"y" + std::to_string(i)});
  EXPECT_SAYS(kUnsupported, means);
  // A huge map, again and again.
  Model maps = Model().Input("x", {1, 1, 8000, 8000}).Output("y0");
  for (int i = 0; i < 4000; ++i) maps.Node("Relu", {"x"}, {"y" + std::to_string(i)});
  EXPECT_SAYS(kUnsupported, maps);
  // Nothing but reordering.
  Model orders = Model().Input("x", {1, 2, 5000, 5000}).Output("y0");
  for (int i = 0; i < 4000; ++i) orders.Node("Flatten", {"x"}, {"y" + std::to_string(i)});
  EXPECT_SAYS(kUnsupported, orders);
}

TEST_F(EngineHostile, MuchMemoryInFewBytes) {
  // Padding around next to nothing.
  const auto padded = [](int group, int64_t pad) {
    return Model()
        .Input("x", {1, 60000, 1, 1})
        .Output("y")
        .Floats("w", {group == 1 ? 1 : 60000, group == 1 ? 60000 : 1, 1, 1},
                std::vector<float>(60000))
        .Node("Conv", {"x", "w"}, {"y"},
              {Int("group", group), Ints("pads", {0, pad, 0, pad}), Ints("strides", {1, 65000})});
  };
  EXPECT_SAYS(kUnsupported, padded(60000, 65000));
  EXPECT_SAYS(kUnsupported, padded(1, 65000));
  // One output channel still fills a panel of weights.
  Model thin = Model().Input("x", {1, 1024, 32, 32}).Output("y0");
  thin.Floats("w", {1, 1024 * 1024}, std::vector<float>(1024 * 1024));
  thin.Node("Flatten", {"x"}, {"f"});
  for (int i = 0; i < 200; ++i) {
    thin.Node("Gemm", {"f", "w"}, {"y" + std::to_string(i)}, {Int("transB", 1)});
  }
  EXPECT_SAYS(kUnsupported, thin);
  // A long list of axes, read again by each node.
  Model axes = Model().Input("x", {1, 4, 8, 8}).Output("y0");
  axes.Constant(Int64Tensor("a", {1'000'000}, std::vector<int64_t>(1'000'000, 0)));
  for (int i = 0; i < 4000; ++i) axes.Node("Squeeze", {"x", "a"}, {"y" + std::to_string(i)});
  EXPECT_FALSE(Said(axes) == "ok");
  // A long list of scales, kept by each node.
  Model scales = Model().Input("x", {1, 4, 8, 8}).Output("x");
  scales.Constant(Int8Tensor("l", {1'000'000}, std::vector<int8_t>(1'000'000)));
  scales.Floats("s", {1'000'000}, std::vector<float>(1'000'000));
  for (int i = 0; i < 4000; ++i) {
    scales.Node("DequantizeLinear", {"l", "s"}, {"y" + std::to_string(i)}, {Int("axis", 0)});
  }
  Said(scales);
  // A name as long as the file.
  const std::string said = Said(Start().Node(std::string(1'000'000, 'A'), {"x"}, {"y"}));
  EXPECT_LT(said.size(), 200);
}

}  // namespace
}  // namespace shiwu
