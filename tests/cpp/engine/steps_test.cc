// The steps that are little work, by way of models of one node.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "engine/onnx_writer.h"
#include "engine/reference.h"

namespace shiwu {
namespace {

using namespace test;  // NOLINT

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

std::vector<int64_t> Wide(const std::vector<int>& dims) { return {dims.begin(), dims.end()}; }

// The one output of a model whose input is "x" and whose output "y".
Tensor Answer(const Model& model, const Tensor& in) {
  auto engine = Engine::Load(model.Finish(), 0, 0);
  EXPECT_TRUE(engine.ok()) << engine.error().message;
  if (!engine.ok()) return {};
  const auto first = RunModel(engine.value(), in);
  const auto again = RunModel(engine.value(), in);
  EXPECT_TRUE(Near(first[0], again[0], 0)) << "the second run differs";
  return first[0];
}

Tensor AnswerOf(std::string_view op, const std::vector<Message>& attributes, const Tensor& in) {
  return Answer(Model().Input("x", Wide(in.dims)).Output("y").Node(op, {"x"}, {"y"}, attributes),
                in);
}

std::vector<Message> Attributes(const engine::Window& w) {
  return {Ints("kernel_shape", {w.height, w.width}), Ints("strides", {w.stride_y, w.stride_x}),
          Ints("pads", {w.top, w.left, w.bottom, w.right}),
          Ints("dilations", {w.dilation_y, w.dilation_x})};
}

// How many places a window has with ceil_mode, by ONNX's words.
int PlacesUpTo(int size, int before, int after, int span, int stride) {
  const int count = (size + before + after - span + stride - 1) / stride + 1;
  return (count - 1) * stride >= size + before ? count - 1 : count;
}

TEST(EngineSteps, Pools) {
  Random random(1);
  for (int i = 0; i < 150; ++i) {
    engine::Window w;
    w.height = random.Between(1, 4);
    w.width = random.Between(1, 4);
    w.stride_y = random.Between(1, 3);
    w.stride_x = random.Between(1, 3);
    w.top = random.Between(0, w.height - 1);
    w.left = random.Between(0, w.width - 1);
    w.bottom = random.Between(0, w.height - 1);
    w.right = random.Between(0, w.width - 1);
    if (random.Between(0, 3) == 0) w.dilation_y = w.dilation_x = 2;
    const Tensor in =
        RandomTensor(random, {1, random.Between(1, 13), random.Between(0, 7) + w.span_y(),
                              random.Between(0, 7) + w.span_x()});
    const bool ceil = random.Coin(), counts = random.Coin();
    const auto places = ceil ? PlacesUpTo : reference::Places;
    const int height = places(in.dims[2], w.top, w.bottom, w.span_y(), w.stride_y);
    const int width = places(in.dims[3], w.left, w.right, w.span_x(), w.stride_x);
    auto attributes = Attributes(w);
    attributes.push_back(Int("ceil_mode", ceil));
    EXPECT_TRUE(
        Near(AnswerOf("MaxPool", attributes, in), reference::MaxPool(in, w, height, width)));
    attributes.push_back(Int("count_include_pad", counts));
    EXPECT_TRUE(Near(AnswerOf("AveragePool", attributes, in),
                     reference::AveragePool(in, w, height, width, counts)));
  }
}

TEST(EngineSteps, GreatestOfWhatIsNoNumberIsNone) {
  Tensor in{{1, 5, 2, 2}, std::vector<float>(20, 1)};
  in.values[2 * 4 + 3] = kNan;  // of channel 2
  in.values[4 * 4] = kNan;      // of channel 4, which SIMD leaves over
  const Tensor out = AnswerOf("MaxPool", {Ints("kernel_shape", {2, 2})}, in);
  ASSERT_EQ(out.values.size(), 5);
  for (int c = 0; c < 5; ++c) EXPECT_EQ(std::isnan(out.values[c]), c == 2 || c == 4) << c;
}

TEST(EngineSteps, GlobalAverages) {
  Random random(2);
  for (int channels = 1; channels <= 13; ++channels) {
    const Tensor in =
        RandomTensor(random, {1, channels, random.Between(1, 9), random.Between(1, 9)});
    Tensor expected = reference::GlobalAveragePool(in);
    EXPECT_TRUE(Near(AnswerOf("GlobalAveragePool", {}, in), expected));
    EXPECT_TRUE(Near(AnswerOf("ReduceMean", {Ints("axes", {-1, 2})}, in), expected));
    expected.dims = {1, channels};
    EXPECT_TRUE(
        Near(AnswerOf("ReduceMean", {Ints("axes", {2, 3}), Int("keepdims", 0)}, in), expected));
    const Model newer = Model(18)
                            .Input("x", Wide(in.dims))
                            .Output("y")
                            .Constant(Int64Tensor("axes", {2}, {2, 3}))
                            .Node("ReduceMean", {"x", "axes"}, {"y"}, {Int("keepdims", 0)});
    EXPECT_TRUE(Near(Answer(newer, in), expected));
  }
}

TEST(EngineSteps, SumsAndProductsOfTwoMaps) {
  Random random(3);
  for (int channels = 1; channels <= 9; ++channels) {
    const Tensor in = RandomTensor(random, {1, channels, 3, 5});
    const Tensor by = reference::GlobalAveragePool(in);
    for (const bool adds : {true, false}) {
      for (const bool vector_first : {true, false}) {
        const Names names = vector_first ? Names{"v", "x"} : Names{"x", "v"};
        const Model model = Model()
                                .Input("x", Wide(in.dims))
                                .Output("y")
                                .Node("GlobalAveragePool", {"x"}, {"v"})
                                .Node(adds ? "Add" : "Mul", names, {"y"});
        Tensor expected = in;
        for (size_t i = 0; i < in.values.size(); ++i) {
          const float other = by.values[i / 15];
          expected.values[i] = adds ? in.values[i] + other : in.values[i] * other;
        }
        EXPECT_TRUE(Near(Answer(model, in), expected));
      }
      const Model twice = Model()
                              .Input("x", Wide(in.dims))
                              .Output("y")
                              .Node(adds ? "Add" : "Mul", {"x", "x"}, {"y"});
      Tensor expected = in;
      for (float& each : expected.values) each = adds ? each + each : each * each;
      EXPECT_TRUE(Near(Answer(twice, in), expected));
    }
  }
}

TEST(EngineSteps, ConstantsByChannel) {
  Random random(4);
  const Tensor in = RandomTensor(random, {1, 6, 2, 3});
  const auto constant = random.Numbers(6, 0.5f, 2);
  struct Case {
    std::string_view op;
    float (*of)(float, float);
  };
  for (const auto& [op, of] : {Case{"Add", [](float a, float b) { return a + b; }},
                               Case{"Mul", [](float a, float b) { return a * b; }},
                               Case{"Sub", [](float a, float b) { return a - b; }},
                               Case{"Div", [](float a, float b) { return a / b; }}}) {
    Tensor by_channel = in, by_one = in;
    for (size_t i = 0; i < in.values.size(); ++i) {
      by_channel.values[i] = of(in.values[i], constant[i / 6]);
      by_one.values[i] = of(in.values[i], 3);
    }
    const auto model = [&, name = op](const std::vector<int64_t>& dims, const auto& values) {
      return Model()
          .Input("x", Wide(in.dims))
          .Output("y")
          .Floats("c", dims, values)
          .Node(name, {"x", "c"}, {"y"});
    };
    EXPECT_TRUE(Near(Answer(model({6, 1, 1}, constant), in), by_channel)) << op;
    EXPECT_TRUE(Near(Answer(model({1, 6, 1, 1}, constant), in), by_channel)) << op;
    EXPECT_TRUE(Near(Answer(model({}, std::vector<float>{3}), in), by_one)) << op;
    EXPECT_TRUE(Near(Answer(model({1}, std::vector<float>{3}), in), by_one)) << op;
  }
}

TEST(EngineSteps, Activations) {
  Random random(5);
  Tensor in = RandomTensor(random, {1, 3, 4, 5});
  for (float& each : in.values) each *= 9;
  const auto check = [&](std::string_view op, const std::vector<Message>& attributes, auto of) {
    Tensor expected = in;
    for (float& each : expected.values) each = static_cast<float>(of(double{each}));
    EXPECT_TRUE(Near(AnswerOf(op, attributes, in), expected)) << op;
  };
  check("Relu", {}, [](double x) { return std::max(x, 0.0); });
  check("Sigmoid", {}, [](double x) { return 1 / (1 + std::exp(-x)); });
  check("HardSigmoid", {}, [](double x) { return std::clamp(0.2f * x + 0.5, 0.0, 1.0); });
  check("HardSigmoid", {Float("alpha", 0.25f), Float("beta", 0.25f)},
        [](double x) { return std::clamp(0.25 * x + 0.25, 0.0, 1.0); });
  check("HardSwish", {}, [](double x) { return x * std::clamp(x / 6 + 0.5, 0.0, 1.0); });
  check("Identity", {}, [](double x) { return x; });
  check("Dropout", {}, [](double x) { return x; });
}

TEST(EngineSteps, Clips) {
  Random random(6);
  const Tensor in = RandomTensor(random, {1, 3, 4, 5});
  const auto between = [&](float low, float high) {
    return reference::Apply({engine::Activation::kRange, {low, high}}, in);
  };
  const float infinity = std::numeric_limits<float>::infinity();
  const auto model = [&](int opset) { return Model(opset).Input("x", {1, 3, 4, 5}).Output("y"); };
  Model old = model(10);
  old.Node("Clip", {"x"}, {"y"}, {Float("min", -0.5f), Float("max", 0.25f)});
  EXPECT_TRUE(Near(Answer(old, in), between(-0.5f, 0.25f)));
  Model both = model(13).Floats("low", {}, {-0.5f}).Floats("high", {}, {0.25f});
  Model high = both;
  both.Node("Clip", {"x", "low", "high"}, {"y"});
  EXPECT_TRUE(Near(Answer(both, in), between(-0.5f, 0.25f)));
  high.Node("Clip", {"x", "", "high"}, {"y"});
  EXPECT_TRUE(Near(Answer(high, in), between(-infinity, 0.25f)));
}

TEST(EngineSteps, ConcatenatesChannels) {
  Random random(7);
  const Tensor in = RandomTensor(random, {1, 3, 4, 5});
  const Model model = Model()
                          .Input("x", {1, 3, 4, 5})
                          .Output("y")
                          .Node("Relu", {"x"}, {"r"})
                          .Node("Concat", {"x", "r", "x"}, {"y"}, {Int("axis", -3)});
  const Tensor relu = reference::Apply({engine::Activation::kRange, {0, 9}}, in);
  Tensor expected{{1, 9, 4, 5}, in.values};
  expected.values.insert(expected.values.end(), relu.values.begin(), relu.values.end());
  expected.values.insert(expected.values.end(), in.values.begin(), in.values.end());
  EXPECT_TRUE(Near(Answer(model, in), expected));
}

TEST(EngineSteps, PadsWithZeros) {
  Random random(8);
  const Tensor in = RandomTensor(random, {1, 5, 3, 2});
  const Model model = Model()
                          .Input("x", {1, 5, 3, 2})
                          .Output("y")
                          .Constant(Int64Tensor("pads", {8}, {0, 0, 1, 2, 0, 0, 3, 0}))
                          .Node("Pad", {"x", "pads"}, {"y"});
  Tensor expected{{1, 5, 7, 4}, std::vector<float>(140)};
  for (int c = 0; c < 5; ++c) {
    for (int y = 0; y < 3; ++y) {
      for (int x = 0; x < 2; ++x) {
        expected.values[(c * 7 + y + 1) * 4 + x + 2] = in.values[(c * 3 + y) * 2 + x];
      }
    }
  }
  EXPECT_TRUE(Near(Answer(model, in), expected));
}

TEST(EngineSteps, OtherSidesAreInOnnxsOrder) {
  Random random(9);
  const Tensor in = RandomTensor(random, {1, 5, 3, 2});
  const auto sides = [&](std::string_view op, const std::vector<int64_t>& shape) {
    return Model()
        .Input("x", {1, 5, 3, 2})
        .Output("y")
        .Constant(Int64Tensor("shape", {static_cast<int64_t>(shape.size())}, shape))
        .Node(op, {"x", "shape"}, {"y"});
  };
  EXPECT_TRUE(Near(AnswerOf("Flatten", {}, in), {{1, 30}, in.values}, 0));
  EXPECT_TRUE(Near(AnswerOf("Flatten", {Int("axis", 2)}, in), {{5, 6}, in.values}, 0));
  EXPECT_TRUE(Near(Answer(sides("Reshape", {0, -1}), in), {{1, 30}, in.values}, 0));
  EXPECT_TRUE(Near(Answer(sides("Reshape", {1, 5, 6}), in), {{1, 5, 6}, in.values}, 0));
  EXPECT_TRUE(Near(Answer(sides("Squeeze", {0}), in), {{5, 3, 2}, in.values}, 0));
}

TEST(EngineSteps, Softmax) {
  Random random(10);
  const Tensor in = RandomTensor(random, {1, 17, 1, 1});
  double sum = 0;
  Tensor expected = in;
  for (const float each : in.values) sum += std::exp(double{each});
  for (float& each : expected.values) each = static_cast<float>(std::exp(double{each}) / sum);
  EXPECT_TRUE(Near(AnswerOf("Softmax", {Int("axis", 1)}, in), expected));
  // Numbers that exp alone would not survive.
  Tensor large{{1, 3, 1, 1}, {1000, 999, -1000}};
  const Tensor out = AnswerOf("Softmax", {Int("axis", 1)}, large);
  EXPECT_NEAR(out.values[0], 1 / (1 + std::exp(-1.0)), 1e-6);
  EXPECT_EQ(out.values[2], 0);
}

TEST(EngineSteps, BatchNormalizationWithoutAConvolution) {
  Random random(11);
  const Tensor in = RandomTensor(random, {1, 6, 3, 4});
  const auto scale = random.Numbers(6), bias = random.Numbers(6), mean = random.Numbers(6);
  const auto variance = random.Numbers(6, 0.5f, 2);
  const Model model =
      Model()
          .Input("x", {1, 6, 3, 4})
          .Output("y")
          .Floats("s", {6}, scale)
          .Floats("b", {6}, bias)
          .Floats("m", {6}, mean)
          .Floats("v", {6}, variance)
          .Node("BatchNormalization", {"x", "s", "b", "m", "v"}, {"y"}, {Float("epsilon", 0.001f)});
  Tensor expected = in;
  for (int i = 0; i < 72; ++i) {
    const int c = i / 12;
    expected.values[i] = static_cast<float>(
        (double{in.values[i]} - mean[c]) / std::sqrt(variance[c] + 0.001) * scale[c] + bias[c]);
  }
  EXPECT_TRUE(Near(Answer(model, in), expected));
}

}  // namespace
}  // namespace shiwu
