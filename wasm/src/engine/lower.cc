#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "engine/block.h"
#include "engine/network.h"

namespace shiwu::engine {
namespace {

// Beyond these a file is either an attack or not for a browser. A side; a feature map's numbers;
// the multiplications of a run, which would take about five seconds; the numbers of all weights.
constexpr int kMostSide = 1 << 16;
constexpr int64_t kMostNumbers = int64_t{1} << 26;
constexpr int64_t kMostWork = 100'000'000'000;
constexpr size_t kMostWeights = size_t{1} << 27;

Error Broken(std::string_view what) { return {ErrorCode::kInvalidModel, std::string(what)}; }
Error Unsupported(std::string what) { return {ErrorCode::kUnsupportedModel, std::move(what)}; }

// A constant, or int8 levels with the scale that their DequantizeLinear gave them.
struct Known {
  const Constant* constant = nullptr;
  std::vector<float> scale;  // empty: the constant itself is meant
  int axis = 0;

  std::vector<float> Floats() const {
    if (scale.empty()) return constant->Floats();
    const std::vector<int64_t> levels = constant->Integers();
    size_t inner = 1;  // numbers that go by before the axis' index changes
    for (size_t i = axis + 1; i < constant->dims.size(); ++i) inner *= constant->dims[i];
    std::vector<float> floats(levels.size());
    for (size_t i = 0; i < levels.size(); ++i) {
      floats[i] = static_cast<float>(levels[i]) * scale[i / inner % scale.size()];
    }
    return floats;
  }
};

class Lowering {
 public:
  explicit Lowering(const Graph& graph) : graph_(graph) {}

  Status Run(int height, int width);
  Network& network() { return network_; }

 private:
  using Handler = Status (Lowering::*)(const Node&);
  struct Operator {
    std::string_view name;
    Handler handler;
  };
  static const Operator kOperators[];

  Status Input(int height, int width);
  Status Outputs();
  Status Lower(const Node& node);

  // Operators.
  Status AddOrMultiply(const Node& node);
  Status BatchNormalization(const Node& node);
  Status Clip(const Node& node);
  Status Concat(const Node& node);
  Status ConstantNode(const Node& node);
  Status Conv(const Node& node);
  Status DequantizeLinear(const Node& node);
  Status Flatten(const Node& node);
  Status Gemm(const Node& node);
  Status GlobalAveragePool(const Node& node);
  Status HardSigmoid(const Node& node);
  Status HardSwish(const Node& node);
  Status Identity(const Node& node);
  Status MatMul(const Node& node);
  Status PadNode(const Node& node);
  Status PoolNode(const Node& node);
  Status ReduceMean(const Node& node);
  Status Relu(const Node& node);
  Status Reshape(const Node& node);
  Status Sigmoid(const Node& node);
  Status SoftmaxNode(const Node& node);
  Status Squeeze(const Node& node);

  // What they share.
  Status Product(const Node& node, Known weights, bool transposed, float alpha,
                 std::vector<float> bias);
  Status Adopt(const Known& known, int axis, Weights& to);
  Status Activate(const Node& node, Activation activation);
  Status Sides(const Node& node, Window& window) const;
  Status Reach(const Node& node, const Shape& in, bool ceil, Window& window, int& height,
               int& width) const;
  Status ToSides(const Node& node, std::vector<int> dims);
  int Ordered(int value);
  std::optional<std::vector<int64_t>> Axes(const Node& node) const;

  Status Emit(const Node& node, Layer layer, std::vector<int> dims);
  std::string_view In(const Node& node, size_t i) const {
    return i < node.inputs.size() ? node.inputs[i] : std::string_view();
  }
  // The value of input i, or -1.
  int ValueOf(const Node& node, size_t i) const;
  const Known* KnownOf(const Node& node, size_t i) const;
  std::optional<std::vector<int64_t>> Integers(const Node& node, size_t i,
                                               std::string_view attribute) const;
  std::optional<float> Scalar(const Node& node, size_t i) const;
  const Value& At(int value) const { return network_.values[value]; }

  const Graph& graph_;
  Network network_;
  std::map<std::string_view, int> values_;
  std::map<std::string_view, Known> known_;
  int64_t work_ = 0;
  size_t numbers_ = 0;  // of weights
};

const Lowering::Operator Lowering::kOperators[] = {
    {"Add", &Lowering::AddOrMultiply},
    {"AveragePool", &Lowering::PoolNode},
    {"BatchNormalization", &Lowering::BatchNormalization},
    {"Clip", &Lowering::Clip},
    {"Concat", &Lowering::Concat},
    {"Constant", &Lowering::ConstantNode},
    {"Conv", &Lowering::Conv},
    {"DequantizeLinear", &Lowering::DequantizeLinear},
    {"Div", &Lowering::AddOrMultiply},
    {"Dropout", &Lowering::Identity},
    {"Flatten", &Lowering::Flatten},
    {"Gemm", &Lowering::Gemm},
    {"GlobalAveragePool", &Lowering::GlobalAveragePool},
    {"HardSigmoid", &Lowering::HardSigmoid},
    {"HardSwish", &Lowering::HardSwish},
    {"Identity", &Lowering::Identity},
    {"MatMul", &Lowering::MatMul},
    {"MaxPool", &Lowering::PoolNode},
    {"Mul", &Lowering::AddOrMultiply},
    {"Pad", &Lowering::PadNode},
    {"ReduceMean", &Lowering::ReduceMean},
    {"Relu", &Lowering::Relu},
    {"Reshape", &Lowering::Reshape},
    {"Sigmoid", &Lowering::Sigmoid},
    {"Softmax", &Lowering::SoftmaxNode},
    {"Squeeze", &Lowering::Squeeze},
    {"Sub", &Lowering::AddOrMultiply},
};

Status Lowering::Run(int height, int width) {
  if (graph_.opset < 1) return Broken("no opset of the default domain");
  for (const auto& [name, constant] : graph_.constants) known_[name] = {&constant, {}, 0};
  if (Status status = Input(height, width); !status.ok()) return status;
  for (const Node& node : graph_.nodes) {
    if (Status status = Lower(node); !status.ok()) return status;
  }
  return Outputs();
}

Status Lowering::Input(int height, int width) {
  if (graph_.inputs.size() != 1) {
    return Unsupported(std::to_string(graph_.inputs.size()) + " inputs");
  }
  const Graph::Port& port = graph_.inputs[0];
  if (port.type != kFloat) return Unsupported("an input that is not float32");
  if (port.dims.size() != 4) return Unsupported("an input without four sides");
  const int64_t sides[] = {1, 3, height, width};
  std::vector<int> dims;
  for (int i = 0; i < 4; ++i) {
    const int64_t side = port.dims[i] < 0 ? sides[i] : port.dims[i];
    if (side < 1 || side > kMostSide) return Unsupported("a side of " + std::to_string(side));
    dims.push_back(static_cast<int>(side));
  }
  if (dims[0] != 1) return Unsupported("a batch of " + std::to_string(dims[0]));
  if (int64_t{dims[2]} * dims[3] * dims[1] > kMostNumbers) return Unsupported("a huge input");
  network_.values.push_back({dims});
  network_.input = {std::string(port.name), 0};
  values_[port.name] = 0;
  return {};
}

Status Lowering::Outputs() {
  for (const Graph::Port& port : graph_.outputs) {
    const auto found = values_.find(port.name);
    if (found == values_.end()) return Broken("an output that nothing computes");
    network_.outputs.push_back({std::string(port.name), Ordered(found->second)});
  }
  if (network_.outputs.empty()) return Broken("no outputs");
  return {};
}

Status Lowering::Lower(const Node& node) {
  const bool standard = node.domain.empty() || node.domain == "ai.onnx";
  const auto op = std::find_if(std::begin(kOperators), std::end(kOperators),
                               [&](const Operator& each) { return each.name == node.op; });
  if (!standard || op == std::end(kOperators)) {
    return Unsupported("operator " + (standard ? "" : std::string(node.domain) + ".") +
                       std::string(node.op));
  }
  for (const std::string_view input : node.inputs) {
    if (!input.empty() && !values_.contains(input) && !known_.contains(input)) {
      return Broken("a node uses what is not computed before it");
    }
  }
  if (node.outputs.empty() || node.outputs[0].empty()) return Broken("a node without output");
  for (const std::string_view output : node.outputs) {
    if (output.empty()) continue;
    if (values_.contains(output) || known_.contains(output)) return Broken("a name given twice");
  }
  return (this->*op->handler)(node);
}

int Lowering::ValueOf(const Node& node, size_t i) const {
  const auto found = values_.find(In(node, i));
  return found == values_.end() ? -1 : found->second;
}

const Known* Lowering::KnownOf(const Node& node, size_t i) const {
  const auto found = known_.find(In(node, i));
  return found == known_.end() ? nullptr : &found->second;
}

// What older opsets say by an attribute and newer ones by input i; nothing where neither is there.
std::optional<std::vector<int64_t>> Lowering::Integers(const Node& node, size_t i,
                                                       std::string_view attribute) const {
  if (node.attributes.contains(attribute)) return node.Integers(attribute);
  const Known* known = KnownOf(node, i);
  if (known == nullptr || known->constant->type != kInt64) return std::nullopt;
  return known->constant->Integers();
}

std::optional<float> Lowering::Scalar(const Node& node, size_t i) const {
  const Known* known = KnownOf(node, i);
  if (known == nullptr || known->constant->count != 1) return std::nullopt;
  const std::vector<float> floats = known->Floats();
  return floats.empty() ? std::nullopt : std::optional(floats[0]);
}

// Adds a layer whose output is the node's first, with these sides.
Status Lowering::Emit(const Node& node, Layer layer, std::vector<int> dims) {
  int64_t numbers = 1;
  for (const int side : dims) {
    if (side < 1 || side > kMostSide) return Unsupported("a side of " + std::to_string(side));
    numbers *= side;
    if (numbers > kMostNumbers) return Unsupported("a huge feature map");
  }
  const int64_t each = int64_t{layer.window.height} * layer.window.width *
                       (layer.kind == Layer::kConvolution ? layer.weights.inputs : 1);
  if (each > kMostWork) return Unsupported("too much work");
  // Both factors are below 2^37.
  if (numbers > kMostWork / each || (work_ += numbers * each) > kMostWork) {
    return Unsupported("too much work");
  }
  layer.output = static_cast<int>(network_.values.size());
  network_.values.push_back({std::move(dims)});
  network_.layers.push_back(std::move(layer));
  values_[node.outputs[0]] = network_.layers.back().output;
  return {};
}

Status Lowering::Activate(const Node& node, Activation activation) {
  const int input = ValueOf(node, 0);
  if (input < 0) return Unsupported(std::string(node.op) + " of a constant");
  Layer layer{Layer::kScaleShift, {input}};
  layer.activation = activation;
  return Emit(node, std::move(layer), At(input).dims);
}

Status Lowering::Relu(const Node& node) {
  Activation activation;
  activation.range.low = 0;
  return Activate(node, activation);
}

Status Lowering::Clip(const Node& node) {
  Activation activation;
  Range& range = activation.range;
  if (graph_.opset < 11) {
    range.low = node.Number("min", range.low);
    range.high = node.Number("max", range.high);
  }
  for (const size_t i : {1, 2}) {
    if (In(node, i).empty()) continue;
    const auto bound = Scalar(node, i);
    if (!bound) return Unsupported("Clip by what is computed");
    (i == 1 ? range.low : range.high) = *bound;
  }
  if (!(range.low <= range.high)) return Unsupported("Clip to an empty range");
  return Activate(node, activation);
}

Status Lowering::Sigmoid(const Node& node) {
  return Activate(node, {Activation::kSigmoid, {}, 0, 0});
}

Status Lowering::HardSigmoid(const Node& node) {
  return Activate(
      node, {Activation::kHardSigmoid, {}, node.Number("alpha", 0.2f), node.Number("beta", 0.5f)});
}

Status Lowering::HardSwish(const Node& node) {
  return Activate(node, {Activation::kHardSwish, {}, 1.0f / 6, 0.5f});
}

Status Lowering::Identity(const Node& node) {
  if (const int input = ValueOf(node, 0); input >= 0) {
    values_[node.outputs[0]] = input;
  } else if (const Known* known = KnownOf(node, 0)) {
    known_[node.outputs[0]] = Known(*known);
  } else {
    return Broken("a node without input");
  }
  return {};
}

Status Lowering::ConstantNode(const Node& node) {
  if (node.attributes.size() != 1) return Unsupported("Constant of another kind");
  const auto& [name, attribute] = *node.attributes.begin();
  const auto own = [&](int32_t type, std::vector<int64_t> dims, const void* data, size_t size) {
    Constant& constant = network_.made.emplace_back();
    constant.type = type;
    constant.count = size / (type == kFloat ? sizeof(float) : sizeof(int64_t));
    constant.dims = std::move(dims);
    const auto* bytes = static_cast<const uint8_t*>(data);
    constant.unpacked.assign(bytes, bytes + size);
    constant.bytes = constant.unpacked;
    known_[node.outputs[0]] = {&constant, {}, 0};
    return Status();
  };
  if (name == "value") {
    known_[node.outputs[0]] = {&attribute.tensor, {}, 0};
    return {};
  }
  const auto length = [](const auto& list) { return static_cast<int64_t>(list.size()); };
  if (name == "value_float") return own(kFloat, {}, &attribute.number, sizeof(float));
  if (name == "value_int") return own(kInt64, {}, &attribute.integer, sizeof(int64_t));
  if (name == "value_floats" && !attribute.numbers.empty()) {
    return own(kFloat, {length(attribute.numbers)}, attribute.numbers.data(),
               attribute.numbers.size() * sizeof(float));
  }
  if (name == "value_ints" && !attribute.integers.empty()) {
    return own(kInt64, {length(attribute.integers)}, attribute.integers.data(),
               attribute.integers.size() * sizeof(int64_t));
  }
  return Unsupported("Constant of another kind");
}

Status Lowering::DequantizeLinear(const Node& node) {
  const Known* levels = KnownOf(node, 0);
  const Known* scale = KnownOf(node, 1);
  if (levels == nullptr || scale == nullptr || !levels->scale.empty() ||
      node.Integer("block_size", 0) != 0 || !levels->constant->IsInteger()) {
    return Unsupported("DequantizeLinear of anything but weights");
  }
  std::vector<float> scales = scale->Floats();
  const auto& dims = levels->constant->dims;
  int64_t axis = node.Integer("axis", 1);
  if (axis < 0) axis += static_cast<int64_t>(dims.size());
  const bool by_axis = scales.size() > 1;
  if (scales.empty() || (by_axis && (axis < 0 || axis >= static_cast<int64_t>(dims.size()) ||
                                     dims[axis] != static_cast<int64_t>(scales.size())))) {
    return Broken("a scale that does not fit its levels");
  }
  if (!by_axis) axis = 0;
  if (!In(node, 2).empty()) {
    const Known* zero = KnownOf(node, 2);
    const auto zeros = zero == nullptr ? std::vector<int64_t>() : zero->constant->Integers();
    if (zeros.empty() ||
        std::any_of(zeros.begin(), zeros.end(), [](int64_t z) { return z != 0; })) {
      return Unsupported("DequantizeLinear with a zero point");
    }
  }
  known_[node.outputs[0]] = {levels->constant, std::move(scales), static_cast<int>(axis)};
  return {};
}

// Kernel, strides and dilations.
Status Lowering::Sides(const Node& node, Window& window) const {
  const auto pair = [&](std::string_view name, int& y, int& x) {
    const std::vector<int64_t> sides = node.Integers(name);
    if (sides.empty()) return true;
    if (sides.size() != 2) return false;
    for (const int64_t side : sides) {
      if (side < 1 || side > kMostSide) return false;
    }
    y = static_cast<int>(sides[0]);
    x = static_cast<int>(sides[1]);
    return true;
  };
  if (!pair("kernel_shape", window.height, window.width) ||
      !pair("strides", window.stride_y, window.stride_x) ||
      !pair("dilations", window.dilation_y, window.dilation_x)) {
    return Unsupported(std::string(node.op) + " of other than two dimensions");
  }
  return {};
}

// Padding, and how many places the window has.
Status Lowering::Reach(const Node& node, const Shape& in, bool ceil, Window& window, int& height,
                       int& width) const {
  const std::string_view automatic = node.Text("auto_pad", "NOTSET");
  const bool same = automatic == "SAME_UPPER" || automatic == "SAME_LOWER";
  if (!same && automatic != "NOTSET" && automatic != "VALID") return Broken("auto_pad");
  const std::vector<int64_t> pads = node.Integers("pads");
  if (automatic == "NOTSET" && !pads.empty()) {
    if (pads.size() != 4) return Broken("pads");
    int* const sides[] = {&window.top, &window.left, &window.bottom, &window.right};
    for (int i = 0; i < 4; ++i) {
      if (pads[i] < 0 || pads[i] > kMostSide) return Unsupported("negative padding");
      *sides[i] = static_cast<int>(pads[i]);
    }
  }
  const auto places = [&](int64_t size, int64_t span, int64_t stride, int& before, int& after) {
    if (same) {
      const int64_t count = (size + stride - 1) / stride;
      const int64_t padding = std::max<int64_t>((count - 1) * stride + span - size, 0);
      before = static_cast<int>(automatic == "SAME_LOWER" ? (padding + 1) / 2 : padding / 2);
      after = static_cast<int>(padding - before);
      return count;
    }
    const int64_t room = size + before + after - span;
    if (room < 0) return int64_t{0};
    int64_t count = room / stride + 1;
    // A window may hang over the end, but not begin in the padding behind it.
    if (ceil && room % stride != 0 && count * stride < size + before) ++count;
    return count;
  };
  const int64_t spans[] = {int64_t{window.height - 1} * window.dilation_y + 1,
                           int64_t{window.width - 1} * window.dilation_x + 1};
  if (spans[0] > kMostSide || spans[1] > kMostSide) return Unsupported("a huge window");
  height =
      static_cast<int>(places(in.height, spans[0], window.stride_y, window.top, window.bottom));
  width = static_cast<int>(places(in.width, spans[1], window.stride_x, window.left, window.right));
  if (height < 1 || width < 1) return Broken("a window larger than what it looks at");
  return {};
}

Status Lowering::Conv(const Node& node) {
  const int input = ValueOf(node, 0);
  const Known* weights = KnownOf(node, 1);
  if (input < 0 || weights == nullptr) return Unsupported("Conv by weights that are computed");
  const auto& dims = weights->constant->dims;
  if (!At(input).is_map() || dims.size() != 4)
    return Unsupported("Conv of other than two dimensions");
  const Shape in = At(input).shape();
  for (const int64_t side : dims) {
    if (side < 1 || side > kMostSide) return Unsupported("a side of " + std::to_string(side));
  }
  const int channels = static_cast<int>(dims[0]);
  const int64_t group = node.Integer("group", 1);
  const bool depthwise =
      group == in.channels && dims[1] == 1 && channels == in.channels && group > 1;
  if (group != 1 && !depthwise) return Unsupported("Conv in " + std::to_string(group) + " groups");
  if (!depthwise && dims[1] != in.channels) return Broken("Conv weights of another input");

  Layer layer{depthwise ? Layer::kDepthwise : Layer::kConvolution, {input}};
  Window& window = layer.window;
  window.height = static_cast<int>(dims[2]);
  window.width = static_cast<int>(dims[3]);
  if (Status status = Sides(node, window); !status.ok()) return status;
  if (window.height != dims[2] || window.width != dims[3]) return Broken("kernel_shape");
  if (depthwise && window.height > kMostRows) return Unsupported("a high depthwise window");
  int height, width;
  if (Status status = Reach(node, in, false, window, height, width); !status.ok()) return status;

  Weights& to = layer.weights;
  to.channels = channels;
  to.taps = window.height * window.width;
  to.inputs = static_cast<int>(dims[1]);
  to.channel_stride = size_t{1} * to.inputs * to.taps;
  to.input_stride = to.taps;
  to.tap_stride = 1;
  if (Status status = Adopt(*weights, 0, to); !status.ok()) return status;
  if (!In(node, 2).empty()) {
    const Known* bias = KnownOf(node, 2);
    if (bias == nullptr) return Unsupported("Conv with a bias that is computed");
    layer.bias = bias->Floats();
    if (static_cast<int>(layer.bias.size()) != channels) return Broken("a bias of another length");
  }
  return Emit(node, std::move(layer), {1, channels, height, width});
}

// Where the weights stand: as levels where there is one scale for each output channel, which lie
// along `axis`; else as float32.
Status Lowering::Adopt(const Known& known, int axis, Weights& to) {
  numbers_ += known.constant->count;
  if (numbers_ > kMostWeights) return Unsupported("huge weights");
  const bool by_channel = known.scale.size() == 1 || known.axis == axis;
  to.are_levels = !known.scale.empty() && known.constant->type == kInt8 && by_channel;
  to.data = known.constant->bytes.data();
  if (to.are_levels) {
    to.scale = known.scale;
    to.scale.resize(to.channels, to.scale[0]);
  } else if (!known.scale.empty()) {
    Constant& made = network_.made.emplace_back();
    const std::vector<float> floats = known.Floats();
    const auto* bytes = reinterpret_cast<const uint8_t*>(floats.data());
    made.unpacked.assign(bytes, bytes + floats.size() * sizeof(float));
    to.data = made.unpacked.data();
  } else if (known.constant->type != kFloat) {
    return Unsupported("weights that are not float32");
  }
  return {};
}

// Flatten(input 0) times the constant of two sides, plus a bias: a fully connected layer.
// `transposed`: the weights are [outputs, inputs].
Status Lowering::Product(const Node& node, Known weights, bool transposed, float alpha,
                         std::vector<float> bias) {
  const int input = ValueOf(node, 0);
  const auto& dims = weights.constant->dims;
  if (input < 0 || At(input).is_map() || At(input).dims.size() > 2 || dims.size() != 2) {
    return Unsupported(std::string(node.op) + " of anything but a vector by a constant");
  }
  for (const int64_t side : dims) {
    if (side < 1 || side > kMostSide * int64_t{16}) return Unsupported("huge weights");
  }
  const int channels = static_cast<int>(dims[transposed ? 0 : 1]);
  const int depth = static_cast<int>(dims[transposed ? 1 : 0]);
  if (static_cast<size_t>(depth) != At(input).shape().size()) {
    return Broken("weights of another input");
  }
  Layer layer{Layer::kConvolution, {input}};
  Weights& to = layer.weights;
  to.channels = channels;
  to.taps = 1;
  to.inputs = depth;
  to.channel_stride = transposed ? depth : 1;
  to.input_stride = transposed ? 1 : channels;
  if (Status status = Adopt(weights, transposed ? 0 : 1, to); !status.ok()) return status;
  if (alpha != 1) layer.factor.assign(channels, alpha);
  if (bias.size() == 1) bias.resize(channels, bias[0]);
  if (!bias.empty() && static_cast<int>(bias.size()) != channels) {
    return Broken("a bias of another length");
  }
  layer.bias = std::move(bias);
  std::vector<int> out = At(input).dims;
  out.back() = channels;
  return Emit(node, std::move(layer), std::move(out));
}

Status Lowering::Gemm(const Node& node) {
  const Known* weights = KnownOf(node, 1);
  if (weights == nullptr || node.Integer("transA", 0) != 0) {
    return Unsupported("Gemm of anything but a vector by a constant");
  }
  std::vector<float> bias;
  if (!In(node, 2).empty()) {
    const Known* known = KnownOf(node, 2);
    if (known == nullptr) return Unsupported("Gemm with a bias that is computed");
    bias = known->Floats();
    if (bias.empty()) return Unsupported("a bias that is not float32");
    for (float& each : bias) each *= node.Number("beta", 1);
  }
  return Product(node, *weights, node.Integer("transB", 0) != 0, node.Number("alpha", 1),
                 std::move(bias));
}

Status Lowering::MatMul(const Node& node) {
  const Known* weights = KnownOf(node, 1);
  if (weights == nullptr) return Unsupported("MatMul of anything but a vector by a constant");
  return Product(node, *weights, false, 1, {});
}

Status Lowering::BatchNormalization(const Node& node) {
  const int input = ValueOf(node, 0);
  std::vector<float> given[4];  // scale, bias, mean, variance
  if (input < 0) return Unsupported("BatchNormalization of a constant");
  const size_t channels = At(input).shape().channels;
  for (int i = 0; i < 4; ++i) {
    const Known* known = KnownOf(node, i + 1);
    if (known == nullptr) return Unsupported("BatchNormalization in training");
    given[i] = known->Floats();
    if (given[i].size() != channels) return Broken("BatchNormalization of other channels");
  }
  const auto& [scale, bias, mean, variance] = given;
  const float epsilon = node.Number("epsilon", 1e-5f);
  Layer layer{Layer::kScaleShift, {input}};
  for (size_t c = 0; c < channels; ++c) {
    const float factor = scale[c] / std::sqrt(variance[c] + epsilon);
    layer.factor.push_back(factor);
    layer.bias.push_back(bias[c] - mean[c] * factor);
  }
  return Emit(node, std::move(layer), At(input).dims);
}

Status Lowering::AddOrMultiply(const Node& node) {
  const bool adds = node.op == "Add" || node.op == "Sub";
  const bool inverse = node.op == "Sub" || node.op == "Div";
  const int values[] = {ValueOf(node, 0), ValueOf(node, 1)};
  if (values[0] >= 0 && values[1] >= 0) {
    if (inverse) return Unsupported(std::string(node.op) + " of two feature maps");
    Shape shapes[] = {At(values[0]).shape(), At(values[1]).shape()};
    if (At(values[0]).dims.size() != At(values[1]).dims.size()) {
      return Unsupported(std::string(node.op) + " of different ranks");
    }
    int a = 0;
    if (shapes[0] != shapes[1]) {
      // One of them a vector: its numbers count for their channels.
      a = shapes[0].height * shapes[0].width == 1 ? 1 : 0;
      const Shape& vector = shapes[1 - a];
      if (vector.height * vector.width != 1 || vector.channels != shapes[a].channels ||
          !At(values[a]).is_map()) {
        return Unsupported(std::string(node.op) + " of different shapes");
      }
    }
    Layer layer{adds ? Layer::kAdd : Layer::kMultiply, {values[a], values[1 - a]}};
    return Emit(node, std::move(layer), At(values[a]).dims);
  }
  const int which = values[0] >= 0 ? 0 : 1;
  const int input = values[which];
  const Known* known = KnownOf(node, 1 - which);
  if (input < 0 || known == nullptr || (inverse && which == 1)) {
    return Unsupported(std::string(node.op) + " of constants");
  }
  std::vector<float> numbers = known->Floats();
  const auto& dims = known->constant->dims;
  const size_t channels = At(input).shape().channels;
  if (numbers.size() != 1) {
    // One a channel: the channel's side, counted from the right, is that of the value.
    const size_t from_right = At(input).is_map() ? 3 : 1;
    if (numbers.size() != channels || dims.size() < from_right ||
        dims[dims.size() - from_right] != static_cast<int64_t>(channels) ||
        dims.size() > At(input).dims.size()) {
      return Unsupported(std::string(node.op) + " by a constant of another shape");
    }
  } else if (dims.size() > At(input).dims.size()) {
    return Unsupported(std::string(node.op) + " by a constant of more sides");
  } else {
    numbers.assign(channels, numbers[0]);
  }
  if (node.op == "Sub") {
    for (float& each : numbers) each = -each;
  } else if (node.op == "Div") {
    for (float& each : numbers) each = 1 / each;
  }
  Layer layer{Layer::kScaleShift, {input}};
  (adds ? layer.bias : layer.factor) = std::move(numbers);
  return Emit(node, std::move(layer), At(input).dims);
}

Status Lowering::PoolNode(const Node& node) {
  const int input = ValueOf(node, 0);
  if (input < 0 || !At(input).is_map()) return Unsupported("a pool of other than two dimensions");
  if (node.outputs.size() > 1) return Unsupported("a pool that tells indices");
  const bool average = node.op == "AveragePool";
  Layer layer{average ? Layer::kAveragePool : Layer::kMaxPool, {input}};
  layer.counts_padding = node.Integer("count_include_pad", 0) != 0;
  if (Status status = Sides(node, layer.window); !status.ok()) return status;
  const Shape in = At(input).shape();
  int height, width;
  const bool ceil = node.Integer("ceil_mode", 0) != 0;
  if (Status status = Reach(node, in, ceil, layer.window, height, width); !status.ok()) {
    return status;
  }
  if (!average &&
      (layer.window.top >= layer.window.span_y() || layer.window.left >= layer.window.span_x())) {
    return Broken("a pool's window that sees only padding");
  }
  return Emit(node, std::move(layer), {1, in.channels, height, width});
}

Status Lowering::GlobalAveragePool(const Node& node) {
  const int input = ValueOf(node, 0);
  if (input < 0 || !At(input).is_map()) return Unsupported("a pool of other than two dimensions");
  return Emit(node, {Layer::kGlobalAverage, {input}}, {1, At(input).dims[1], 1, 1});
}

// Counted from the left. Nothing where they are computed.
std::optional<std::vector<int64_t>> Lowering::Axes(const Node& node) const {
  auto axes = Integers(node, 1, "axes");
  if (!axes) return std::nullopt;
  const auto rank = static_cast<int64_t>(At(ValueOf(node, 0)).dims.size());
  for (int64_t& axis : *axes) axis += axis < 0 ? rank : 0;
  std::sort(axes->begin(), axes->end());
  return axes;
}

Status Lowering::ReduceMean(const Node& node) {
  const int input = ValueOf(node, 0);
  if (input < 0 || !At(input).is_map()) return Unsupported("ReduceMean of anything but a map");
  if (Axes(node) != std::vector<int64_t>{2, 3}) {
    return Unsupported("ReduceMean over anything but height and width");
  }
  const int channels = At(input).dims[1];
  const bool keeps = node.Integer("keepdims", 1) != 0;
  return Emit(node, {Layer::kGlobalAverage, {input}},
              keeps ? std::vector<int>{1, channels, 1, 1} : std::vector<int>{1, channels});
}

Status Lowering::Concat(const Node& node) {
  Layer layer{Layer::kConcatenate, {}};
  std::vector<int> dims;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const int value = ValueOf(node, i);
    if (value < 0) return Unsupported("Concat with a constant");
    std::vector<int> each = At(value).dims;
    if (i == 0) {
      dims = std::move(each);
    } else {
      if (each.size() != dims.size() || dims.size() < 2) return Broken("Concat of different ranks");
      const int channels = each[1];
      each[1] = dims[1];
      if (each != dims) return Broken("Concat of different sizes");
      dims[1] += channels;
    }
    layer.inputs.push_back(value);
  }
  if (dims.size() != 4 && dims.size() != 2) return Unsupported("Concat of another rank");
  int64_t axis = node.Integer("axis", 0);
  if (axis < 0) axis += static_cast<int64_t>(dims.size());
  if (axis != 1) return Unsupported("Concat over anything but channels");
  return Emit(node, std::move(layer), std::move(dims));
}

Status Lowering::PadNode(const Node& node) {
  const int input = ValueOf(node, 0);
  if (input < 0 || !At(input).is_map()) return Unsupported("Pad of anything but a map");
  if (node.Text("mode", "constant") != "constant") return Unsupported("Pad by other than a number");
  if (!In(node, 3).empty()) return Unsupported("Pad with axes");
  const auto pads = Integers(node, 1, "pads");
  if (!pads || pads->size() != 8) return Unsupported("Pad by what is computed");
  float value = node.Number("value", 0);
  if (!In(node, 2).empty()) {
    const auto given = Scalar(node, 2);
    if (!given) return Unsupported("Pad by what is computed");
    value = *given;
  }
  for (const int i : {0, 1, 4, 5}) {
    if ((*pads)[i] != 0) return Unsupported("Pad of channels");
  }
  for (const int64_t pad : *pads) {
    if (pad < 0 || pad > kMostSide) return Unsupported("negative padding");
  }
  if (value != 0) return Unsupported("Pad by other than 0");
  Layer layer{Layer::kPad, {input}};
  layer.window.top = static_cast<int>((*pads)[2]);
  layer.window.left = static_cast<int>((*pads)[3]);
  layer.window.bottom = static_cast<int>((*pads)[6]);
  layer.window.right = static_cast<int>((*pads)[7]);
  std::vector<int> dims = At(input).dims;
  dims[2] += layer.window.top + layer.window.bottom;
  dims[3] += layer.window.left + layer.window.right;
  return Emit(node, std::move(layer), std::move(dims));
}

// The value whose numbers stand in the order in which ONNX counts.
int Lowering::Ordered(int value) {
  const Shape shape = At(value).shape();
  if (!At(value).is_map() || shape.height * shape.width == 1 || shape.channels == 1) return value;
  const int output = static_cast<int>(network_.values.size());
  // Not four sides any more, or it would not be in that order.
  network_.values.push_back({{1, static_cast<int>(shape.size())}});
  Layer layer{Layer::kPlanar, {value}};
  layer.output = output;
  network_.layers.push_back(std::move(layer));
  return output;
}

// The same numbers under other sides.
Status Lowering::ToSides(const Node& node, std::vector<int> dims) {
  const int input = ValueOf(node, 0);
  int64_t count = 1;
  for (const int side : dims) count = side < 1 || count > kMostNumbers ? 0 : count * side;
  if (count != static_cast<int64_t>(At(input).shape().size())) {
    return Broken("sides that do not fit the numbers");
  }
  if (dims.size() == 4 && dims[2] * dims[3] != 1 && dims != At(input).dims) {
    return Unsupported(std::string(node.op) + " to a feature map");
  }
  const int ordered = dims == At(input).dims ? input : Ordered(input);
  return Emit(node, {Layer::kSame, {ordered}}, std::move(dims));
}

Status Lowering::Flatten(const Node& node) {
  const int input = ValueOf(node, 0);
  if (input < 0) return Unsupported("Flatten of a constant");
  const std::vector<int>& dims = At(input).dims;
  int64_t axis = node.Integer("axis", 1);
  if (axis < 0) axis += static_cast<int64_t>(dims.size());
  if (axis < 0 || axis > static_cast<int64_t>(dims.size())) return Broken("Flatten at no axis");
  int before = 1, after = 1;
  for (size_t i = 0; i < dims.size(); ++i)
    (static_cast<int64_t>(i) < axis ? before : after) *= dims[i];
  return ToSides(node, {before, after});
}

Status Lowering::Reshape(const Node& node) {
  const int input = ValueOf(node, 0);
  const auto sides = Integers(node, 1, "shape");
  if (input < 0 || !sides) return Unsupported("Reshape to what is computed");
  const std::vector<int>& from = At(input).dims;
  const auto size = static_cast<int64_t>(At(input).shape().size());
  std::vector<int> dims;
  int64_t known = 1;
  int open = -1;
  for (size_t i = 0; i < sides->size(); ++i) {
    int64_t side = (*sides)[i];
    if (side == 0 && node.Integer("allowzero", 0) == 0) {
      if (i >= from.size()) return Broken("Reshape by a side that is not there");
      side = from[i];
    }
    if (side == -1) {
      if (open >= 0) return Broken("Reshape to two open sides");
      open = static_cast<int>(i);
      side = 1;
    }
    if (side < 1 || side > size) return Broken("sides that do not fit the numbers");
    known *= side;
    if (known > size) return Broken("sides that do not fit the numbers");
    dims.push_back(static_cast<int>(side));
  }
  if (open >= 0) dims[open] = static_cast<int>(size / known);
  if (dims.empty() || dims.size() > kMaxRank) return Unsupported("Reshape to another rank");
  return ToSides(node, std::move(dims));
}

Status Lowering::Squeeze(const Node& node) {
  const int input = ValueOf(node, 0);
  if (input < 0) return Unsupported("Squeeze of a constant");
  const auto axes = Axes(node);
  if (!axes && !In(node, 1).empty()) return Unsupported("Squeeze by what is computed");
  const std::vector<int>& from = At(input).dims;
  std::vector<int> dims;
  for (size_t i = 0; i < from.size(); ++i) {
    const bool named =
        axes && std::binary_search(axes->begin(), axes->end(), static_cast<int64_t>(i));
    if (named && from[i] != 1) return Broken("Squeeze of a side that is not 1");
    if (axes ? !named : from[i] != 1) dims.push_back(from[i]);
  }
  if (dims.empty()) return Unsupported("Squeeze to a single number");
  return ToSides(node, std::move(dims));
}

Status Lowering::SoftmaxNode(const Node& node) {
  const int input = ValueOf(node, 0);
  if (input < 0) return Unsupported("Softmax of a constant");
  const Value& value = At(input);
  int64_t axis = node.Integer("axis", graph_.opset < 13 ? 1 : -1);
  if (axis < 0) axis += static_cast<int64_t>(value.dims.size());
  // Over all that there is.
  if (axis < 0 || axis >= static_cast<int64_t>(value.dims.size()) ||
      value.dims[axis] != static_cast<int>(value.shape().size())) {
    return Unsupported("Softmax over a part");
  }
  return Emit(node, {Layer::kSoftmax, {input}}, value.dims);
}

}  // namespace

Shape Value::shape() const {
  if (is_map()) return {dims[2], dims[3], dims[1]};
  int channels = 1;
  for (const int side : dims) channels *= side;
  return {1, 1, channels};
}

Result<Network> Lower(const Graph& graph, int height, int width) {
  Lowering lowering(graph);
  if (Status status = lowering.Run(height, width); !status.ok()) return status.error();
  return std::move(lowering.network());
}

}  // namespace shiwu::engine
