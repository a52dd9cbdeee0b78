#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "engine/block.h"
#include "engine/network.h"
#include "text_index.h"

namespace shiwu::engine {
namespace {

// Beyond these a file is either an attack or not for a browser. A side; a feature map's numbers;
// what a run costs, in multiplications of the fast kernels, which would take about five seconds;
// the numbers of all weights.
constexpr int64_t kMostSide = 1 << 16;
constexpr int64_t kMostNumbers = int64_t{1} << 26;
constexpr int64_t kMostWork = 40'000'000'000;
constexpr int64_t kMostWeights = int64_t{1} << 27;
constexpr size_t kMostOutputs = 64;
// Products by levels are summed in 32 bits: the deeper the sum, the fewer bits its inputs have
// left, and beyond this too few to answer as ONNX Runtime does.
constexpr int kDeepestLevels = 4608;
// What it costs to read or write a number.
constexpr int64_t kMoving = 16;

// What a name stands for: a value that is computed, or a constant; or int8 levels (a constant too)
// with the scales that their DequantizeLinear gave them.
struct Symbol {
  int value = -1;
  const Constant* constant = nullptr;
  const Constant* scales = nullptr;
  int axis = 0;
};

Numbers Sides(std::initializer_list<int64_t> sides) {
  Numbers numbers;
  for (const int64_t side : sides) numbers.Add(side);
  return numbers;
}

// What a pixel of output costs beside its numbers' way through memory, in multiplications of the
// fast kernels; measured on small maps of few channels, which are the worst.
int64_t CostOf(const Layer& layer, int64_t channels) {
  const int64_t taps = int64_t{layer.window.height} * layer.window.width;
  switch (layer.kind) {
    case Layer::kConvolution: {
      const int64_t panels = (channels + Matrix::kPanel - 1) / Matrix::kPanel;
      const int64_t gathering = layer.window.IsPoint() ? 0 : 30 * taps;
      return panels * (Matrix::kPanel * int64_t{layer.weights.depth()} + 150) + gathering;
    }
    case Layer::kDepthwise:
      return taps * channels * (channels < DepthwiseWeights::kGroup ? 16 : 2);
    case Layer::kMaxPool:
    case Layer::kAveragePool:
      return taps * (64 + 2 * channels);
    default:
      return 0;
  }
}

class Lowering {
 public:
  Lowering(const Graph& graph, Network& network, Failure& failure)
      : graph_(graph),
        network_(network),
        failure_(failure),
        known_(graph.constants.size() + graph.nodes.size() + 1),
        symbols_(graph.constants.size() + graph.nodes.size() + 1) {}

  bool Run(int height, int width, std::string_view tapped);

 private:
  struct Operator {
    std::string_view name;
    bool (Lowering::*handler)(const Node&);
  };
  static const Operator kOperators[];

  bool Input(int height, int width);
  bool Outputs(std::string_view tapped);
  bool Lower(const Node& node);

  // Operators.
  bool AddOrMultiply(const Node& node);
  bool BatchNormalization(const Node& node);
  bool Clip(const Node& node);
  bool Concat(const Node& node);
  bool ConstantNode(const Node& node);
  bool Conv(const Node& node);
  bool DequantizeLinear(const Node& node);
  bool Flatten(const Node& node);
  bool Gate(const Node& node);
  bool Gemm(const Node& node);
  bool GlobalAveragePool(const Node& node);
  bool Identity(const Node& node);
  bool Pad(const Node& node);
  bool Pool(const Node& node);
  bool ReduceMean(const Node& node);
  bool Relu(const Node& node);
  bool Reshape(const Node& node);
  bool Softmax(const Node& node);
  bool Squeeze(const Node& node);

  // What they share.
  bool Unsupported(const Node& node, std::string_view why);
  Layer* Begin(const Node& node, Layer::Kind kind);
  bool End(const Node& node, const Numbers& dims);
  bool Activate(const Node& node, const Activation& activation);
  bool Reserve(int64_t numbers);
  bool Adopt(const Symbol& symbol, int axis, Weights& to);
  bool Bias(const Node& node, size_t i, size_t channels, float factor, std::vector<float>& to);
  bool Places(const Node& node, const Shape& in, Window& window, Numbers& dims);
  bool ToSides(const Node& node, const Numbers& dims);
  int Ordered(int value);
  bool Axes(const Node& node, Numbers& axes);
  bool Listed(const Node& node, size_t i, std::string_view attribute, Numbers& to);
  bool Scalar(const Node& node, size_t i, float& to);
  std::vector<float> Floats(const Symbol& symbol) const;

  bool HasInput(const Node& node, size_t i) const {
    return i < node.inputs.size() && !node.inputs[i].empty();
  }
  // What input i stands for; neither value nor constant where it is left out.
  const Symbol& In(const Node& node, size_t i) {
    return HasInput(node, i) ? symbols_[known_[node.inputs[i]]] : none_;
  }
  bool IsKnown(std::string_view name) { return known_[name] >= 0; }
  // What a name stands for from now on; the first node's that gives it.
  void Define(std::string_view name, const Symbol& symbol) {
    known_[name] = defined_;
    symbols_[defined_++] = symbol;
  }
  const Value& At(int value) const { return network_.values[value]; }
  int NewValue(const Numbers& dims);

  const Graph& graph_;
  Network& network_;
  Failure& failure_;
  const Symbol none_;
  TextIndex known_;              // names, as indexes into symbols_
  std::vector<Symbol> symbols_;  // as many as there can be names: they never move
  int defined_ = 0;
  std::vector<std::unique_ptr<Constant>> tensors_;  // of Constant nodes
  std::vector<int> ordered_;                        // of values; see Ordered
  int64_t work_ = 0;
  int64_t numbers_ = 0;  // of weights
};

const Lowering::Operator Lowering::kOperators[] = {
    {"Add", &Lowering::AddOrMultiply},
    {"AveragePool", &Lowering::Pool},
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
    {"HardSigmoid", &Lowering::Gate},
    {"HardSwish", &Lowering::Gate},
    {"Identity", &Lowering::Identity},
    {"MatMul", &Lowering::Gemm},
    {"MaxPool", &Lowering::Pool},
    {"Mul", &Lowering::AddOrMultiply},
    {"Pad", &Lowering::Pad},
    {"ReduceMean", &Lowering::ReduceMean},
    {"Relu", &Lowering::Relu},
    {"Reshape", &Lowering::Reshape},
    {"Sigmoid", &Lowering::Gate},
    {"Softmax", &Lowering::Softmax},
    {"Squeeze", &Lowering::Squeeze},
    {"Sub", &Lowering::AddOrMultiply},
};

bool Lowering::Run(int height, int width, std::string_view tapped) {
  if (graph_.opset < 1) return failure_.Broken("no opset of the default domain");
  for (const Constant& constant : graph_.constants) {
    if (IsKnown(constant.name)) return failure_.Broken("a name given twice");
    Define(constant.name, {.constant = &constant});
  }
  if (!Input(height, width)) return false;
  for (const Node& node : graph_.nodes) {
    if (!Lower(node)) return false;
  }
  return Outputs(tapped);
}

bool Lowering::Input(int height, int width) {
  const Graph::Port* port = nullptr;
  for (const Graph::Port& each : graph_.inputs) {
    // Before IR version 4, constants had to be listed among the inputs.
    if (IsKnown(each.name)) continue;
    if (port != nullptr) return failure_.Unsupported("more than one input");
    port = &each;
  }
  if (port == nullptr) return failure_.Unsupported("no input");
  if (port->type != kFloat || port->dims.count != 4) {
    return failure_.Unsupported("an input that is not float32 with four sides");
  }
  Numbers dims = Sides({1, 3, height, width});
  int64_t numbers = 1;
  for (int i = 0; i < 4; ++i) {
    if (port->dims[i] > 0) dims.at[i] = port->dims[i];
    if (dims[i] < 1 || dims[i] > kMostSide || (numbers *= dims[i]) > kMostNumbers) {
      return failure_.Unsupported("an input of that size");
    }
  }
  if (dims[0] != 1) return failure_.Unsupported("a batch of more than one");
  network_.input = {port->name, NewValue(dims), dims};
  Define(port->name, {.value = network_.input.value});
  return true;
}

bool Lowering::Outputs(std::string_view tapped) {
  if (graph_.outputs.size() > kMostOutputs) return failure_.Unsupported("that many outputs");
  for (const Graph::Port& port : graph_.outputs) {
    const int value = IsKnown(port.name) ? symbols_[known_[port.name]].value : -1;
    if (value < 0) return failure_.Broken("an output that nothing computes");
    const Numbers dims = At(value).dims;
    if (!tapped.empty() && port.name == tapped && At(value).is_map()) {
      network_.tapped = {port.name, value, dims};
      continue;
    }
    network_.outputs.push_back({port.name, Ordered(value), dims});
  }
  if (network_.outputs.empty()) return failure_.Broken("no outputs");
  return work_ > kMostWork ? failure_.Unsupported("too much work") : true;
}

bool Lowering::Lower(const Node& node) {
  const Operator* op = nullptr;
  for (const Operator& each : kOperators) {
    if (each.name == node.op) op = &each;
  }
  const bool standard = node.domain.empty() || node.domain == "ai.onnx";
  if (op == nullptr || !standard) {
    const std::string name =
        (standard ? "" : std::string(node.domain) + ".") + std::string(node.op);
    return failure_.Unsupported("operator ", name);
  }
  for (const std::string_view input : node.inputs) {
    if (!input.empty() && !IsKnown(input)) {
      return failure_.Broken("a node uses what is not computed before it");
    }
  }
  if (node.outputs.empty() || node.outputs[0].empty())
    return failure_.Broken("a node without output");
  if (IsKnown(node.outputs[0])) return failure_.Broken("a name given twice");
  // Every operator but Constant works on its first input, which is never a constant in what people
  // export, except that weights are dequantised and passed on.
  if (In(node, 0).value < 0 && op->handler != &Lowering::ConstantNode &&
      op->handler != &Lowering::DequantizeLinear && op->handler != &Lowering::Identity &&
      op->handler != &Lowering::AddOrMultiply) {
    return Unsupported(node, " of a constant");
  }
  return (this->*op->handler)(node);
}

bool Lowering::Unsupported(const Node& node, std::string_view why) {
  failure_.Unsupported(node.op, why);
  return false;
}

int Lowering::NewValue(const Numbers& dims) {
  network_.values.push_back({dims});
  return static_cast<int>(network_.values.size()) - 1;
}

// A layer with the node's first input; End finishes it.
Layer* Lowering::Begin(const Node& node, Layer::Kind kind) {
  Layer* const layer = network_.layers.emplace_back(std::make_unique<Layer>()).get();
  layer->kind = kind;
  if (In(node, 0).value >= 0) layer->inputs.push_back(In(node, 0).value);
  return layer;
}

// The output of the layer begun last is the node's first, with these sides.
bool Lowering::End(const Node& node, const Numbers& dims) {
  Layer& layer = *network_.layers.back();
  int64_t numbers = 1;
  for (int i = 0; i < dims.count; ++i) {
    if (dims[i] < 1 || dims[i] > kMostNumbers || (numbers *= dims[i]) > kMostNumbers) {
      return Unsupported(node, " to that size");
    }
  }
  const int64_t channels = dims.count < 1 ? 1 : dims[dims.count == 4 ? 1 : dims.count - 1];
  // im2col spreads out at least a row.
  const int64_t row = std::max<int64_t>(64, dims.count == 4 ? dims[3] : 1);
  if (layer.kind == Layer::kConvolution && layer.weights.depth() > kMostNumbers / row) {
    return Unsupported(node, " by that window");
  }
  int64_t moved = numbers;
  for (const int input : layer.inputs) moved += static_cast<int64_t>(At(input).shape().size());
  const int64_t each = CostOf(layer, channels), pixels = numbers / channels;
  // Neither sums nor products leave 64 bits: each step passes the bound by so much at most.
  work_ += moved * kMoving;
  if (each > kMostWork / pixels || (work_ += pixels * each) > kMostWork) {
    return failure_.Unsupported("too much work");
  }
  layer.output = NewValue(dims);
  Define(node.outputs[0], {.value = layer.output});
  return true;
}

// What older opsets say by an attribute and newer ones by input i. False where neither is there.
bool Lowering::Listed(const Node& node, size_t i, std::string_view attribute, Numbers& to) {
  if (node.Has(attribute)) return node.Integers(attribute, to);
  const Constant* constant = In(node, i).constant;
  return constant != nullptr && constant->type == kInt64 && constant->Integers(to);
}

bool Lowering::Scalar(const Node& node, size_t i, float& to) {
  const Constant* constant = In(node, i).constant;
  if (constant == nullptr || constant->type != kFloat || constant->count != 1) return false;
  to = constant->FloatAt(0);
  return true;
}

// The numbers of a constant as float32; none where it is of another type.
std::vector<float> Lowering::Floats(const Symbol& symbol) const {
  const Constant& constant = *symbol.constant;
  if (symbol.scales == nullptr) return constant.Floats();
  std::vector<float> floats;
  if (constant.are_varints || (constant.type != kInt8 && constant.type != kUint8)) return floats;
  size_t inner = 1;  // numbers that go by before the axis' index changes
  for (int i = symbol.axis + 1; i < constant.dims.count; ++i) inner *= constant.dims[i];
  floats.resize(constant.count);
  for (size_t i = 0; i < constant.count; ++i) {
    const uint8_t level = constant.bytes[i];
    const int number = constant.type == kInt8 ? static_cast<int8_t>(level) : level;
    floats[i] =
        static_cast<float>(number) * symbol.scales->FloatAt(i / inner % symbol.scales->count);
  }
  return floats;
}

bool Lowering::Activate(const Node& node, const Activation& activation) {
  Layer* layer = Begin(node, Layer::kScaleShift);
  layer->activation = activation;
  return End(node, At(layer->inputs[0]).dims);
}

bool Lowering::Relu(const Node& node) {
  Activation activation;
  activation.range.low = 0;
  return Activate(node, activation);
}

bool Lowering::Clip(const Node& node) {
  Activation activation;
  Range& range = activation.range;
  range.low = node.Number("min", range.low);
  range.high = node.Number("max", range.high);
  if ((HasInput(node, 1) && !Scalar(node, 1, range.low)) ||
      (HasInput(node, 2) && !Scalar(node, 2, range.high)) || !(range.low <= range.high)) {
    return Unsupported(node, " to that range");
  }
  return Activate(node, activation);
}

// Sigmoid and its like.
bool Lowering::Gate(const Node& node) {
  Activation activation;
  if (node.op == "Sigmoid") {
    activation.kind = Activation::kSigmoid;
  } else if (node.op == "HardSwish") {
    activation.kind = Activation::kHardSwish;
  } else {
    activation.kind = Activation::kHardSigmoid;
    activation.alpha = node.Number("alpha", 0.2f);
    activation.beta = node.Number("beta", 0.5f);
  }
  return Activate(node, activation);
}

bool Lowering::Identity(const Node& node) {
  if (!HasInput(node, 0)) return failure_.Broken("a node without input");
  Define(node.outputs[0], In(node, 0));
  return true;
}

bool Lowering::ConstantNode(const Node& node) {
  const auto bytes = TensorOf(node, "value");
  if (bytes.empty()) return Unsupported(node, " that is not a tensor");
  tensors_.push_back(std::make_unique<Constant>());
  Define(node.outputs[0], {.constant = tensors_.back().get()});
  return ReadTensor(bytes, *tensors_.back(), failure_);
}

bool Lowering::DequantizeLinear(const Node& node) {
  Symbol symbol = In(node, 0);
  symbol.scales = In(node, 1).constant;
  if (symbol.constant == nullptr || In(node, 0).scales != nullptr || symbol.scales == nullptr ||
      symbol.scales->type != kFloat || !symbol.constant->IsInteger() ||
      node.Integer("block_size", 0) != 0) {
    return Unsupported(node, " of anything but weights");
  }
  const Numbers& dims = symbol.constant->dims;
  int64_t axis = node.Integer("axis", 1);
  axis += axis < 0 ? dims.count : 0;
  const size_t scales = symbol.scales->count;
  if (scales == 1) {
    axis = 0;
  } else if (axis < 0 || axis >= dims.count || dims[axis] != static_cast<int64_t>(scales) ||
             scales == 0) {
    return failure_.Broken("scales that do not fit their levels");
  }
  symbol.axis = static_cast<int>(axis);
  if (HasInput(node, 2)) {
    const Constant* zeros = In(node, 2).constant;
    const bool read = zeros != nullptr && zeros->IsInteger() && !zeros->are_varints &&
                      zeros->count <= kMostSide;  // read again by each node that names them
    if (!read ||
        std::any_of(zeros->bytes.begin(), zeros->bytes.end(), [](uint8_t z) { return z; })) {
      return Unsupported(node, " with a zero point");
    }
  }
  Define(node.outputs[0], symbol);
  return true;
}

// Makes sure that constants, of which a few bytes of a file may make many, stay within bounds.
bool Lowering::Reserve(int64_t numbers) {
  numbers_ += numbers;
  return numbers_ > kMostWeights ? failure_.Unsupported("huge weights") : true;
}

// Where the weights stand: as levels where there is a scale for each output channel, which lie
// along `axis`; else as float32.
bool Lowering::Adopt(const Symbol& symbol, int axis, Weights& to) {
  const Constant& constant = *symbol.constant;
  const int64_t padded =
      (to.channels + int64_t{Matrix::kPanel} - 1) / Matrix::kPanel * Matrix::kPanel;
  if (!Reserve(padded * to.depth())) return false;
  to.data = constant.bytes.data();
  if (symbol.scales == nullptr) {
    return constant.type == kFloat ? true : failure_.Unsupported("weights that are not float32");
  }
  to.one_scale = symbol.scales->count == 1;
  if (constant.type == kInt8 && !constant.are_varints && (to.one_scale || symbol.axis == axis) &&
      to.depth() <= kDeepestLevels) {
    to.scales = symbol.scales->bytes.data();
    return true;
  }
  auto& made = network_.made.emplace_back(std::make_unique<std::vector<float>>(Floats(symbol)));
  to.data = reinterpret_cast<const uint8_t*>(made->data());
  return made->empty() ? failure_.Unsupported("weights of that type") : true;
}

// Input i, one number a channel, times `factor`; nothing where it is left out.
bool Lowering::Bias(const Node& node, size_t i, size_t channels, float factor,
                    std::vector<float>& to) {
  if (!HasInput(node, i)) return true;
  const Symbol& symbol = In(node, i);
  if (symbol.constant == nullptr || symbol.constant->type != kFloat) {
    return Unsupported(node, " with a bias that is computed");
  }
  const size_t count = symbol.constant->count;
  if (count != 1 && count != channels) return failure_.Broken("a bias of another length");
  if (!Reserve(static_cast<int64_t>(channels))) return false;
  to = symbol.constant->Floats();
  to.resize(channels, to[0]);
  for (float& each : to) each *= factor;
  return true;
}

// Reads strides, dilations and padding, and finds how many places the window has: dims[2], dims[3].
bool Lowering::Places(const Node& node, const Shape& in, Window& window, Numbers& dims) {
  Numbers strides, dilations, pads;
  const bool read =
      (!node.Has("strides") || (node.Integers("strides", strides) && strides.count == 2)) &&
      (!node.Has("dilations") || (node.Integers("dilations", dilations) && dilations.count == 2)) &&
      (!node.Has("pads") || (node.Integers("pads", pads) && pads.count == 4));
  if (!read) return Unsupported(node, " of other than two dimensions");
  const std::string_view automatic = node.Text("auto_pad", "NOTSET");
  const bool upper = automatic == "SAME_UPPER", same = upper || automatic == "SAME_LOWER";
  if (automatic == "VALID" || same) {
    pads = {};
  } else if (automatic != "NOTSET") {
    return Unsupported(node, " with such padding");
  }
  const bool ceil = node.Integer("ceil_mode", 0) != 0;
  const int64_t sizes[] = {in.height, in.width};
  const int64_t windows[] = {window.height, window.width};
  int64_t padded = in.channels;
  for (int i = 0; i < 2; ++i) {
    const int64_t stride = strides.count ? strides[i] : 1;
    const int64_t dilation = dilations.count ? dilations[i] : 1;
    int64_t before = pads[i], after = pads[i + 2];
    for (const int64_t number : {stride, dilation, before + 1, after + 1}) {
      if (number < 1 || number > kMostSide) return Unsupported(node, " with such a window");
    }
    const int64_t span = (windows[i] - 1) * dilation + 1;
    int64_t count = (sizes[i] + stride - 1) / stride;
    if (same) {
      const int64_t padding = std::max<int64_t>((count - 1) * stride + span - sizes[i], 0);
      before = upper ? padding / 2 : (padding + 1) / 2;
      after = padding - before;
    } else {
      const int64_t room = sizes[i] + before + after - span;
      if (room < 0) return failure_.Broken("a window larger than what it looks at");
      count = room / stride + 1;
      // A window may hang over the end, but not begin in the padding behind it.
      if (ceil && room % stride != 0 && count * stride < sizes[i] + before) ++count;
    }
    padded = std::min(padded, kMostNumbers) * (before + sizes[i] + after);
    if (span > kMostSide || before > kMostSide || padded > kMostNumbers) {
      return Unsupported(node, " with such a window");
    }
    dims.at[2 + i] = count;
    (i == 0 ? window.stride_y : window.stride_x) = static_cast<int>(stride);
    (i == 0 ? window.dilation_y : window.dilation_x) = static_cast<int>(dilation);
    (i == 0 ? window.top : window.left) = static_cast<int>(before);
    (i == 0 ? window.bottom : window.right) = static_cast<int>(after);
  }
  return true;
}

bool Lowering::Conv(const Node& node) {
  const Symbol& weights = In(node, 1);
  const Value& input = At(In(node, 0).value);
  if (weights.constant == nullptr || !input.is_map() || weights.constant->dims.count != 4) {
    return Unsupported(node, " of other than two dimensions by constant weights");
  }
  const Numbers& sides = weights.constant->dims;
  const Shape in = input.shape();
  for (const int64_t side : sides.at) {
    if (side > kMostSide) return Unsupported(node, " by huge weights");
  }
  const size_t numbers = weights.constant->count;
  if (numbers == 0) return failure_.Broken("weights without numbers");
  if (numbers > kMostWeights) return failure_.Unsupported("huge weights");
  const int64_t channels = sides[0], group = node.Integer("group", 1);
  const bool depthwise = group > 1 && group == in.channels && sides[1] == 1 && channels == group;
  if (group != 1 && !depthwise) return Unsupported(node, " in groups");
  if (!depthwise && sides[1] != in.channels) return failure_.Broken("weights of another input");
  if (depthwise && sides[2] > kMostRows) return Unsupported(node, " by a high window");

  Layer& layer = *Begin(node, depthwise ? Layer::kDepthwise : Layer::kConvolution);
  layer.window.height = static_cast<int>(sides[2]);
  layer.window.width = static_cast<int>(sides[3]);
  Numbers dims = Sides({1, channels, 0, 0});
  if (!Places(node, in, layer.window, dims)) return false;
  Weights& to = layer.weights;
  to.channels = static_cast<int>(channels);
  to.taps = layer.window.height * layer.window.width;
  to.inputs = static_cast<int>(sides[1]);
  to.channel_stride = size_t{1} * to.inputs * to.taps;
  to.input_stride = to.taps;
  to.tap_stride = 1;
  return Adopt(weights, 0, to) && Bias(node, 2, to.channels, 1, layer.bias) && End(node, dims);
}

// A vector times a constant of two sides: a fully connected layer. MatMul is Gemm without its
// extras.
bool Lowering::Gemm(const Node& node) {
  const Symbol& weights = In(node, 1);
  const Value& input = At(In(node, 0).value);
  if (weights.constant == nullptr || weights.constant->dims.count != 2 || input.is_map() ||
      input.dims.count > 2 || input.dims[input.dims.count - 1] != input.shape().channels ||
      node.Integer("transA", 0) != 0) {
    return Unsupported(node, " of anything but a vector by a constant");
  }
  const bool transposed = node.Integer("transB", 0) != 0;
  const int64_t channels = weights.constant->dims[transposed ? 0 : 1];
  const int64_t depth = weights.constant->dims[transposed ? 1 : 0];
  if (depth != input.shape().channels) return failure_.Broken("weights of another input");
  if (channels < 1) return failure_.Broken("weights without numbers");
  if (weights.constant->count > kMostWeights) return failure_.Unsupported("huge weights");
  Numbers dims = input.dims;
  dims.at[dims.count - 1] = channels;
  Layer& layer = *Begin(node, Layer::kConvolution);
  Weights& to = layer.weights;
  to.channels = static_cast<int>(channels);
  to.taps = 1;
  to.inputs = static_cast<int>(depth);
  to.channel_stride = transposed ? to.inputs : 1;
  to.input_stride = transposed ? 1 : to.channels;
  const float alpha = node.Number("alpha", 1);
  if (alpha != 1) {
    if (!Reserve(channels)) return false;
    layer.factor.assign(to.channels, alpha);
  }
  return Adopt(weights, transposed ? 0 : 1, to) &&
         Bias(node, 2, to.channels, node.Number("beta", 1), layer.bias) && End(node, dims);
}

bool Lowering::BatchNormalization(const Node& node) {
  const int input = In(node, 0).value;
  const size_t channels = At(input).shape().channels;
  std::vector<float> given[4];  // scale, bias, mean, variance
  for (int i = 0; i < 4; ++i) {
    if (!Bias(node, i + 1, channels, 1, given[i])) return false;
    if (given[i].empty()) return failure_.Broken("a node without input");
  }
  const float epsilon = node.Number("epsilon", 1e-5f);
  Layer& layer = *Begin(node, Layer::kScaleShift);
  layer.factor.resize(channels);
  layer.bias.resize(channels);
  for (size_t c = 0; c < channels; ++c) {
    layer.factor[c] = given[0][c] / std::sqrt(given[3][c] + epsilon);
    layer.bias[c] = given[1][c] - given[2][c] * layer.factor[c];
  }
  return End(node, At(input).dims);
}

bool Lowering::AddOrMultiply(const Node& node) {
  const bool adds = node.op == "Add" || node.op == "Sub";
  const bool inverse = node.op == "Sub" || node.op == "Div";
  int a = In(node, 0).value, b = In(node, 1).value;
  if (a >= 0 && b >= 0) {
    // One of them may be a vector: its numbers count for their channels.
    const auto is_vector = [&](int v) { return At(v).shape().height * At(v).shape().width == 1; };
    if (At(a).shape() != At(b).shape() && is_vector(a)) std::swap(a, b);
    const bool fit =
        At(a).dims == At(b).dims || (At(a).is_map() && At(b).is_map() && is_vector(b) &&
                                     At(a).shape().channels == At(b).shape().channels);
    if (inverse || !fit) {
      return Unsupported(node, " of different shapes");
    }
    Layer& layer = *Begin(node, adds ? Layer::kAdd : Layer::kMultiply);
    layer.inputs = {a, b};
    return End(node, At(a).dims);
  }
  const Symbol& known = In(node, a >= 0 ? 1 : 0);
  const int input = std::max(a, b);
  if (input < 0 || known.constant == nullptr || known.constant->type != kFloat ||
      (inverse && a < 0)) {
    return Unsupported(node, " of constants");
  }
  const Numbers& dims = known.constant->dims;
  const size_t channels = At(input).shape().channels;
  // One number, or one a channel: then the channels' side, counted from the right, is the same in
  // both.
  const Numbers& to = At(input).dims;
  const int from_right = At(input).is_map() ? 3 : 1;
  const bool fits = known.constant->count == 1 ||
                    (known.constant->count == channels && dims.count >= from_right &&
                     dims[dims.count - from_right] == static_cast<int64_t>(channels) &&
                     to[to.count - from_right] == static_cast<int64_t>(channels));
  if (!fits || dims.count > to.count) {
    return Unsupported(node, " by a constant of another shape");
  }
  if (!Reserve(static_cast<int64_t>(channels))) return false;
  Layer& layer = *Begin(node, Layer::kScaleShift);
  layer.inputs = {input};
  std::vector<float>& numbers = adds ? layer.bias : layer.factor;
  numbers = known.constant->Floats();
  numbers.resize(channels, numbers[0]);
  for (float& each : numbers) {
    if (inverse) each = adds ? -each : 1 / each;
  }
  return End(node, At(input).dims);
}

bool Lowering::Pool(const Node& node) {
  const Value& input = At(In(node, 0).value);
  Numbers sides;
  if (!input.is_map() || node.outputs.size() > 1 || !node.Integers("kernel_shape", sides) ||
      sides.count != 2) {
    return Unsupported(node, " of other than two dimensions");
  }
  for (const int64_t side : {sides[0], sides[1]}) {
    if (side < 1 || side > kMostSide) return Unsupported(node, " with such a window");
  }
  const bool average = node.op == "AveragePool";
  const Shape in = input.shape();
  Numbers dims = input.dims;
  Layer& layer = *Begin(node, average ? Layer::kAveragePool : Layer::kMaxPool);
  layer.counts_padding = node.Integer("count_include_pad", 0) != 0;
  layer.window.height = static_cast<int>(sides[0]);
  layer.window.width = static_cast<int>(sides[1]);
  const Window& window = layer.window;
  if (!Places(node, in, layer.window, dims)) return false;
  if (std::max(window.top, window.bottom) >= window.span_y() ||
      std::max(window.left, window.right) >= window.span_x()) {
    return Unsupported(node, " of nothing but padding");
  }
  return End(node, dims);
}

bool Lowering::GlobalAveragePool(const Node& node) {
  const Value& input = At(In(node, 0).value);
  if (!input.is_map()) return Unsupported(node, " of other than two dimensions");
  const Numbers dims = Sides({1, input.dims[1], 1, 1});
  Begin(node, Layer::kGlobalAverage);
  return End(node, dims);
}

// Of the first input, counted from the left. False where they are computed or left out.
bool Lowering::Axes(const Node& node, Numbers& axes) {
  if (!Listed(node, 1, "axes", axes)) return false;
  const int rank = At(In(node, 0).value).dims.count;
  for (int i = 0; i < axes.count; ++i) axes.at[i] += axes[i] < 0 ? rank : 0;
  return true;
}

bool Lowering::ReduceMean(const Node& node) {
  const Value& input = At(In(node, 0).value);
  Numbers axes;
  if (!input.is_map() || !Axes(node, axes) || (axes != Sides({2, 3}) && axes != Sides({3, 2}))) {
    return Unsupported(node, " over anything but height and width");
  }
  const int64_t channels = input.dims[1];
  Begin(node, Layer::kGlobalAverage);
  return End(node,
             node.Integer("keepdims", 1) != 0 ? Sides({1, channels, 1, 1}) : Sides({1, channels}));
}

bool Lowering::Concat(const Node& node) {
  Numbers dims = At(In(node, 0).value).dims;
  Layer& layer = *Begin(node, Layer::kConcatenate);
  int64_t axis = node.Integer("axis", 0);
  axis += axis < 0 ? dims.count : 0;
  if (axis != 1 || (dims.count != 4 && dims.count != 2) || dims[0] != 1) {
    return Unsupported(node, " over anything but channels");
  }
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    const int value = In(node, i).value;
    if (value < 0) return Unsupported(node, " with a constant");
    Numbers each = At(value).dims;
    if (each.count != dims.count) return failure_.Broken("Concat of different ranks");
    const int64_t channels = std::exchange(each.at[1], dims[1]);
    if (each != dims) return failure_.Broken("Concat of different sizes");
    dims.at[1] += channels;
    layer.inputs.push_back(value);
  }
  return End(node, dims);
}

bool Lowering::Pad(const Node& node) {
  const Value& input = At(In(node, 0).value);
  Numbers pads;
  float value = node.Number("value", 0);
  const bool read = Listed(node, 1, "pads", pads) && pads.count == 8 &&
                    (!HasInput(node, 2) || Scalar(node, 2, value));
  if (!read || !input.is_map() || value != 0 || HasInput(node, 3) ||
      node.Text("mode", "constant") != "constant") {
    return Unsupported(node, " by other than zeros");
  }
  for (int i = 0; i < 8; ++i) {
    const bool spatial = i % 4 >= 2;
    if (pads[i] < 0 || pads[i] > (spatial ? kMostSide : 0)) {
      return Unsupported(node, " of other than height and width");
    }
  }
  Numbers dims = input.dims;
  Layer& layer = *Begin(node, Layer::kPad);
  layer.window.top = static_cast<int>(pads[2]);
  layer.window.left = static_cast<int>(pads[3]);
  layer.window.bottom = static_cast<int>(pads[6]);
  layer.window.right = static_cast<int>(pads[7]);
  dims.at[2] += pads[2] + pads[6];
  dims.at[3] += pads[3] + pads[7];
  return End(node, dims);
}

// The value whose numbers stand in the order in which ONNX counts.
int Lowering::Ordered(int value) {
  const Shape shape = At(value).shape();
  if (!At(value).is_map() || shape.height * shape.width == 1 || shape.channels == 1) return value;
  ordered_.resize(network_.values.size(), -1);
  if (ordered_[value] >= 0) return ordered_[value];
  const auto numbers = static_cast<int64_t>(shape.size());
  work_ += 2 * numbers * kMoving;
  Layer& layer = *network_.layers.emplace_back(std::make_unique<Layer>());
  layer.kind = Layer::kPlanar;
  layer.inputs = {value};
  // Not four sides any more, or it would not be in that order.
  layer.output = NewValue(Sides({1, numbers}));
  return ordered_[value] = layer.output;
}

// The same numbers under other sides.
bool Lowering::ToSides(const Node& node, const Numbers& dims) {
  const int input = In(node, 0).value;
  const bool same = dims == At(input).dims;
  int64_t count = 1;
  for (int i = 0; i < dims.count; ++i) {
    if (dims[i] < 1 || dims[i] > kMostNumbers || count > kMostNumbers) count = 0;
    count *= dims[i];
  }
  if (dims.count == 0 || count != static_cast<int64_t>(At(input).shape().size()))
    return failure_.Broken("sides that do not fit the numbers");
  if (dims.count == 4 && dims[1] != count && !same) return Unsupported(node, " to a map");
  const int ordered = same ? input : Ordered(input);
  Begin(node, Layer::kSame)->inputs = {ordered};
  return End(node, dims);
}

bool Lowering::Flatten(const Node& node) {
  const Numbers& dims = At(In(node, 0).value).dims;
  int64_t axis = node.Integer("axis", 1);
  axis += axis < 0 ? dims.count : 0;
  if (axis < 0 || axis > dims.count) return failure_.Broken("Flatten at no axis");
  int64_t before = 1, after = 1;
  for (int i = 0; i < dims.count; ++i) (i < axis ? before : after) *= dims[i];
  return ToSides(node, Sides({before, after}));
}

bool Lowering::Reshape(const Node& node) {
  Numbers dims;
  if (!Listed(node, 1, "shape", dims)) return Unsupported(node, " to what is computed");
  const Value& input = At(In(node, 0).value);
  const auto size = static_cast<int64_t>(input.shape().size());
  int64_t known = 1;
  int open = -1;
  for (int i = 0; i < dims.count; ++i) {
    int64_t& side = dims.at[i];
    if (side == 0 && i < input.dims.count && node.Integer("allowzero", 0) == 0)
      side = input.dims[i];
    if (side == -1 && open < 0) {
      open = i;
      continue;
    }
    if (side < 1 || side > size || (known *= side) > size) {
      return failure_.Broken("sides that do not fit the numbers");
    }
  }
  if (open >= 0) dims.at[open] = size / known;
  return ToSides(node, dims);
}

bool Lowering::Squeeze(const Node& node) {
  const Numbers from = At(In(node, 0).value).dims;
  Numbers axes, dims;
  const bool all = !node.Has("axes") && !HasInput(node, 1);
  if (!all && !Axes(node, axes)) return Unsupported(node, " by what is computed");
  for (int i = 0; i < from.count; ++i) {
    const bool named = std::find(axes.at, axes.at + axes.count, i) != axes.at + axes.count;
    if (named && from[i] != 1) return failure_.Broken("Squeeze of a side that is not 1");
    if (all ? from[i] != 1 : !named) dims.Add(from[i]);
  }
  if (dims.count == 0) return Unsupported(node, " to a single number");
  return ToSides(node, dims);
}

bool Lowering::Softmax(const Node& node) {
  const Numbers dims = At(In(node, 0).value).dims;
  int64_t axis = node.Integer("axis", graph_.opset < 13 ? 1 : -1);
  axis += axis < 0 ? dims.count : 0;
  // Over all that there is.
  if (axis < 0 || axis >= dims.count ||
      dims[axis] != static_cast<int64_t>(At(In(node, 0).value).shape().size())) {
    return Unsupported(node, " over a part");
  }
  Begin(node, Layer::kSoftmax);
  return End(node, dims);
}

}  // namespace

Shape Value::shape() const {
  if (is_map()) {
    return {static_cast<int>(dims[2]), static_cast<int>(dims[3]), static_cast<int>(dims[1])};
  }
  int64_t channels = 1;
  for (int i = 0; i < dims.count; ++i) channels *= dims[i];
  return {1, 1, static_cast<int>(channels)};
}

bool Lower(const Graph& graph, int height, int width, std::string_view tapped, Network& network,
           Failure& failure) {
  return Lowering(graph, network, failure).Run(height, width, tapped);
}

}  // namespace shiwu::engine
