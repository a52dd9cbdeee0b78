// Whole models: what is fused gives what its layers give one by one, memory is shared without harm,
// and what is not known is refused by name.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/onnx_writer.h"
#include "engine/reference.h"

namespace shiwu {
namespace {

using namespace test;  // NOLINT

// Writes random networks of every operator, always sound ones.
class Network {
 public:
  Network(uint32_t seed, bool levels) : random_(seed), levels_(levels) {
    shape_of_.push_back({random_.Between(1, 9), random_.Between(5, 12), random_.Between(5, 12)});
    const auto [channels, height, width] = shape_of_[0];
    model_.Input("v0", {1, channels, height, width});
    const int count = random_.Between(3, 14);
    for (int i = 0; i < count; ++i) Layer();
  }

  // The last value is an output; or every value, so that nothing can be fused or share memory.
  Bytes Finish(bool all) const {
    Model model = model_;
    const int last = static_cast<int>(shape_of_.size()) - 1;
    model.Output(NameOf(last));
    for (int i = 1; all && i < last; ++i) model.Output(NameOf(i));
    return model.Finish();
  }
  std::vector<int> input() const {
    return {1, shape_of_[0].channels, shape_of_[0].height, shape_of_[0].width};
  }
  Random& random() { return random_; }

 private:
  struct Shape {
    int channels, height, width;
    bool operator==(const Shape&) const = default;
  };
  static std::string NameOf(int value) { return "v" + std::to_string(value); }

  std::string Weights(std::initializer_list<int64_t> dims, float low = -0.5f, float high = 0.5f) {
    size_t size = 1;
    for (const int64_t dim : dims) size *= dim;
    const std::string name = "w" + std::to_string(weights_++);
    if (levels_ && dims.size() == 4 && random_.Coin()) {
      std::vector<int8_t> levels(size);
      for (int8_t& level : levels) level = static_cast<int8_t>(random_.Between(-127, 127));
      model_.Constant(Int8Tensor(name + "l", dims, levels));
      const int64_t channels = *dims.begin();
      const std::vector<float> scales =
          random_.Numbers(static_cast<size_t>(channels), 0.001f, 0.004f);
      model_.Floats(name + "s", {channels}, scales);
      model_.Node("DequantizeLinear", {name + "l", name + "s"}, {name}, {Int("axis", 0)});
    } else {
      model_.Floats(name, dims, random_.Numbers(size, low, high));
    }
    return name;
  }

  void Emit(std::string_view op, const Names& inputs, Shape shape,
            const std::vector<Message>& attributes = {}) {
    model_.Node(op, inputs, {NameOf(static_cast<int>(shape_of_.size()))}, attributes);
    shape_of_.push_back(shape);
  }

  void Convolution(bool depthwise, bool point) {
    const int from = Recent();
    const auto [channels, height, width] = shape_of_[from];
    const int side = point ? 1 : std::min({random_.Between(1, 5), height, width});
    const int stride = point ? 1 : random_.Between(1, 2);
    const int pad = point ? 0 : random_.Between(0, side / 2);
    const int outputs = depthwise ? channels : random_.Between(1, 13);
    Names inputs = {NameOf(from), Weights({outputs, depthwise ? 1 : channels, side, side})};
    if (random_.Coin()) inputs.push_back(Weights({outputs}));
    Emit("Conv", inputs,
         {outputs, (height + 2 * pad - side) / stride + 1, (width + 2 * pad - side) / stride + 1},
         {Ints("pads", {pad, pad, pad, pad}), Ints("strides", {stride, stride}),
          Int("group", depthwise ? channels : 1)});
  }

  // Often the last value, so that there are chains to be fused; sometimes any.
  int Recent() {
    const int last = static_cast<int>(shape_of_.size()) - 1;
    return random_.Between(0, 3) == 0 ? random_.Between(0, last) : last;
  }

  void Layer() {
    const int from = Recent();
    const Shape shape = shape_of_[from];
    const std::string x = NameOf(from);
    switch (random_.Between(0, 13)) {
      case 0:
      case 1:
        return Convolution(false, true);
      case 2:
        return Convolution(false, false);
      case 3:
      case 4:
        return Convolution(true, false);
      case 5:
        return Emit("Relu", {x}, shape);
      case 6:
        return Emit(random_.Coin() ? "HardSwish" : "Sigmoid", {x}, shape);
      case 7: {  // x * sigmoid(x)
        Emit(random_.Coin() ? "HardSigmoid" : "Sigmoid", {x}, shape);
        return Emit("Mul", {x, NameOf(static_cast<int>(shape_of_.size()) - 1)}, shape);
      }
      case 8:
      case 9: {  // a residual, where there is a value of this shape
        for (int i = 0; i < static_cast<int>(shape_of_.size()); ++i) {
          if (shape_of_[i] == shape) {
            return Emit(random_.Coin() ? "Add" : "Mul", {x, NameOf(i)}, shape);
          }
        }
        return;
      }
      case 10:
        return Emit(random_.Coin() ? "Mul" : "Add", {x, Weights({shape.channels, 1, 1})}, shape);
      case 11: {
        const std::string name = "p" + std::to_string(weights_++);
        model_.Constant(Int64Tensor(name, {8}, {0, 0, 1, 0, 0, 0, 2, 1}));
        return Emit("Pad", {x, name}, {shape.channels, shape.height + 3, shape.width + 1});
      }
      case 12: {
        const int height = std::min(shape.height, 2), width = std::min(shape.width, 2);
        return Emit(random_.Coin() ? "MaxPool" : "AveragePool", {x},
                    {shape.channels, shape.height - height + 1, shape.width - width + 1},
                    {Ints("kernel_shape", {height, width})});
      }
      default: {  // squeeze and excite
        Emit("GlobalAveragePool", {x}, {shape.channels, 1, 1});
        Emit("Sigmoid", {NameOf(static_cast<int>(shape_of_.size()) - 1)}, {shape.channels, 1, 1});
        return Emit("Mul", {x, NameOf(static_cast<int>(shape_of_.size()) - 1)}, shape);
      }
    }
  }

  Random random_;
  bool levels_;  // among the weights
  Model model_;
  std::vector<Shape> shape_of_;
  int weights_ = 0;
};

TEST(EnginePlan, FusedAndSharingMemoryGivesTheSame) {
  for (uint32_t seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE(seed);
    const bool levels = seed % 2 == 1;
    Network network(seed * 7919, levels);
    auto fused = Engine::Load(network.Finish(false), 0, 0);
    auto apart = Engine::Load(network.Finish(true), 0, 0);
    ASSERT_VALUE(fused);
    ASSERT_VALUE(apart);
    EXPECT_LE(fused.value().step_count(), apart.value().step_count());
    const Tensor in = RandomTensor(network.random(), network.input());
    const auto expected = RunModel(apart.value(), in);
    const auto actual = RunModel(fused.value(), in);
    EXPECT_TRUE(Near(actual[0], expected[0], levels ? 2e-3 : 1e-5));
    // Nothing of a run is left to the next: numbers that are no numbers neither.
    Tensor poison = in;
    std::fill(poison.values.begin(), poison.values.end(), std::nanf(""));
    RunModel(fused.value(), poison);
    EXPECT_TRUE(Near(RunModel(fused.value(), in)[0], actual[0], 0)) << "another run differs";
  }
}

TEST(EnginePlan, InvertedResidualIsOneStep) {
  const auto load = [](const Names& outputs) {
    Random random(1);
    Model model;
    model.Input("x", {1, 4, 6, 6});
    for (const std::string& output : outputs) model.Output(output);
    model.Floats("we", {8, 4, 1, 1}, random.Numbers(32))
        .Floats("wd", {8, 1, 3, 3}, random.Numbers(72))
        .Floats("wp", {4, 8, 1, 1}, random.Numbers(32))
        .Node("Conv", {"x", "we"}, {"e"})
        .Node("Relu", {"e"}, {"er"})
        .Node("Conv", {"er", "wd"}, {"d"}, {Int("group", 8), Ints("pads", {1, 1, 1, 1})})
        .Node("Relu", {"d"}, {"dr"})
        .Node("Conv", {"dr", "wp"}, {"p"})
        .Node("Add", {"p", "x"}, {"y"});
    return Engine::Load(model.Finish(), 0, 0);
  };
  const auto one = load({"y"});
  ASSERT_VALUE(one);
  // And the output's numbers in ONNX's order.
  ASSERT_EQ(one.value().step_count(), 2);
  EXPECT_EQ(one.value().step(0).kind, "expand, depthwise, project");
  EXPECT_EQ(one.value().step(0).macs, 36u * (4 * 8 + 8 * 9 + 8 * 4));
  // What is asked for must be there.
  const auto seen = load({"y", "er", "dr"});
  ASSERT_VALUE(seen);
  EXPECT_GT(seen.value().step_count(), 2);
}

TEST(EnginePlan, StepsSayWhatTheyAreAndCost) {
  Random random(3);
  Model model;
  model.Input("x", {1, 2, 8, 8}).Output("y");
  model.Floats("w", {3, 2, 3, 3}, random.Numbers(54))
      .Node("MaxPool", {"x"}, {"m"}, {Ints("kernel_shape", {2, 2}), Ints("strides", {2, 2})})
      .Node("Conv", {"m", "w"}, {"c"})
      .Node("AveragePool", {"c"}, {"a"}, {Ints("kernel_shape", {2, 2})})
      .Node("GlobalAveragePool", {"c"}, {"g"})
      .Node("Concat", {"a", "g"}, {"k"}, {Int("axis", 1)})
      .Node("Mul", {"k", "k"}, {"q"})
      .Node("Flatten", {"q"}, {"f"})
      .Node("Softmax", {"f"}, {"y"}, {Int("axis", 1)});
  const auto engine = Engine::Load(model.Finish(), 0, 0);
  ASSERT_VALUE(engine);
  std::vector<std::string_view> kinds;
  for (size_t i = 0; i < engine.value().step_count(); ++i) {
    const Engine::StepInfo step = engine.value().step(i);
    kinds.push_back(step.kind);
    const bool convolves = step.kind == "convolution";
    EXPECT_EQ(step.macs, convolves ? 4u * 54 : 0u) << step.kind;
    EXPECT_EQ(step.weight_bytes > 0, convolves) << step.kind;
  }
  EXPECT_EQ(kinds, (std::vector<std::string_view>{"max pool", "convolution", "average pool",
                                                  "global average", "concatenate", "multiply",
                                                  "softmax"}));
}

TEST(EnginePlan, TappedOutputIsThereRightAfterItsStep) {
  for (uint32_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    const bool levels = seed % 2 == 1;
    Network network(seed * 7919, levels);
    auto apart = Engine::Load(network.Finish(true), 0, 0);
    ASSERT_VALUE(apart);
    const int count = static_cast<int>(apart.value().outputs().size());
    if (count < 2) continue;
    // Which of the values but the last; the others are outputs like any.
    const int which = network.random().Between(1, count - 1);
    const std::string name = apart.value().outputs()[which].name;
    auto loaded = Engine::Load(network.Finish(true), 0, 0, name);
    ASSERT_VALUE(loaded);
    Engine& engine = loaded.value();
    EXPECT_EQ(engine.outputs().size(), count - 1u);
    ASSERT_EQ(engine.tapped().name, name);
    const Tensor in = RandomTensor(network.random(), network.input());
    const Tensor expected = RunModel(apart.value(), in)[which];
    EXPECT_EQ(engine.tapped().dims, expected.dims);
    const std::vector<float> pixels = ToPixels(in);
    std::copy(pixels.begin(), pixels.end(), engine.input().values.begin());
    for (size_t step = 0; step <= engine.tap_step(); ++step) engine.RunStep(step);
    EXPECT_TRUE(
        Near(FromPixels(expected.dims, engine.tapped().values), expected, levels ? 2e-3 : 1e-5));
  }
}

TEST(EnginePlan, TappedOutputCostsNothing) {
  const auto load = [](bool with_map, std::string_view tapped) {
    Random random(5);
    Model model;
    model.Input("x", {1, 4, 12, 12}).Output("y");
    if (with_map) model.Output("map");
    // After the map come larger ones, in the same place.
    model.Floats("w1", {32, 4, 1, 1}, random.Numbers(128))
        .Floats("w2", {48, 32, 1, 1}, random.Numbers(32 * 48))
        .Floats("w3", {48, 48, 1, 1}, random.Numbers(48 * 48))
        .Floats("wf", {5, 32}, random.Numbers(160))
        .Node("Conv", {"x", "w1"}, {"c"})
        .Node("Relu", {"c"}, {"map"})
        .Node("GlobalAveragePool", {"map"}, {"g"})
        .Node("Conv", {"map", "w2"}, {"larger"})
        .Node("Conv", {"larger", "w3"}, {"other"})
        .Node("GlobalAveragePool", {"other"}, {"og"})
        .Node("Flatten", {"g"}, {"f"})
        .Node("Flatten", {"og"}, {"o"})
        .Node("Gemm", {"f", "wf"}, {"a"}, {Int("transB", 1)})
        .Node("Concat", {"a", "o"}, {"y"}, {Int("axis", 1)});
    return Engine::Load(model.Finish(), 0, 0, tapped);
  };
  const auto without = load(false, ""), kept = load(true, ""), tapped = load(true, "map");
  ASSERT_VALUE(without);
  ASSERT_VALUE(kept);
  ASSERT_VALUE(tapped);
  EXPECT_EQ(tapped.value().arena_bytes(), without.value().arena_bytes());
  EXPECT_EQ(tapped.value().step_count(), without.value().step_count());
  EXPECT_GT(kept.value().arena_bytes(), without.value().arena_bytes());
  EXPECT_GT(kept.value().step_count(), without.value().step_count());
  // Nothing is tapped but maps that the file has.
  EXPECT_EQ(load(true, "y").value().tapped().name, "");
  EXPECT_EQ(load(true, "y").value().outputs().size(), 2);
  EXPECT_EQ(load(true, "c").value().tapped().name, "");
}

TEST(EngineLower, FullyConnected) {
  Random random(2);
  const Tensor in = RandomTensor(random, {1, 3, 2, 2});
  const auto weights = random.Numbers(12 * 5), bias = random.Numbers(5);
  Tensor expected{{1, 5}, {}};
  for (int c = 0; c < 5; ++c) {
    double sum = 0;
    for (int k = 0; k < 12; ++k) sum += double{in.values[k]} * weights[c * 12 + k];
    expected.values.push_back(static_cast<float>(0.5 * sum + 2 * bias[c]));
  }
  std::vector<float> turned(60);
  for (int i = 0; i < 60; ++i) turned[i % 12 * 5 + i / 12] = weights[i];
  for (const bool trans : {true, false}) {
    const auto engine =
        Model()
            .Input("x", {1, 3, 2, 2})
            .Output("y")
            .Floats("w", trans ? std::vector<int64_t>{5, 12} : std::vector<int64_t>{12, 5},
                    trans ? weights : turned)
            .Floats("b", {5}, bias)
            .Node("Flatten", {"x"}, {"f"})
            .Node("Gemm", {"f", "w", "b"}, {"y"},
                  {Int("transB", trans), Float("alpha", 0.5f), Float("beta", 2)});
    auto loaded = Engine::Load(engine.Finish(), 0, 0);
    ASSERT_VALUE(loaded);
    EXPECT_TRUE(Near(RunModel(loaded.value(), in)[0], expected));
  }
  for (int c = 0; c < 5; ++c) expected.values[c] = (expected.values[c] - 2 * bias[c]) * 2 + bias[c];
  auto loaded = Engine::Load(Model()
                                 .Input("x", {1, 3, 2, 2})
                                 .Output("y")
                                 .Floats("w", {12, 5}, turned)
                                 .Floats("b", {5}, bias)
                                 .Node("Flatten", {"x"}, {"f"})
                                 .Node("MatMul", {"f", "w"}, {"m"})
                                 .Node("Add", {"b", "m"}, {"y"})
                                 .Finish(),
                             0, 0);
  ASSERT_VALUE(loaded);
  EXPECT_TRUE(Near(RunModel(loaded.value(), in)[0], expected));
}

TEST(EngineLower, FreeSidesAreTheCallers) {
  const Bytes file =
      Model().Input("x", {0, 3, 0, 0}).Output("y").Node("Relu", {"x"}, {"y"}).Finish();
  const auto engine = Engine::Load(file, 5, 7);
  ASSERT_VALUE(engine);
  EXPECT_EQ(engine.value().input().name, "x");
  EXPECT_EQ(engine.value().input().dims, (std::vector<int>{1, 3, 5, 7}));
  EXPECT_ERROR(ErrorCode::kUnsupportedModel, Engine::Load(file, 0, 7));
  EXPECT_ERROR(ErrorCode::kUnsupportedModel, Engine::Load(file, 5, 1 << 30));
}

TEST(EngineLower, PaddingByName) {
  Random random(3);
  for (const std::string_view name : {"SAME_UPPER", "SAME_LOWER", "VALID"}) {
    const Tensor in = RandomTensor(random, {1, 3, 8, 9});
    const Tensor weights = RandomTensor(random, {4, 3, 3, 4});
    engine::Window w;
    w.height = 3;
    w.width = 4;
    w.stride_y = w.stride_x = 2;
    if (name == "SAME_UPPER") w.bottom = w.left = w.right = 1;  // 1 high; 3 wide, one more after
    if (name == "SAME_LOWER") w.top = w.left = w.right = 1;
    if (name == "SAME_UPPER") w.right = 2;
    if (name == "SAME_LOWER") w.left = 2;
    auto engine = Engine::Load(
        Model()
            .Input("x", {1, 3, 8, 9})
            .Output("y")
            .Floats("w", {4, 3, 3, 4}, weights.values)
            .Node("Conv", {"x", "w"}, {"y"}, {Text("auto_pad", name), Ints("strides", {2, 2})})
            .Finish(),
        0, 0);
    ASSERT_VALUE(engine);
    EXPECT_TRUE(Near(RunModel(engine.value(), in)[0], reference::Conv(in, weights, {}, w, 1)))
        << name;
  }
}

}  // namespace
}  // namespace shiwu
