#include "engine/plan.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/block.h"
#include "engine/steps.h"

namespace shiwu::engine {
namespace {

Error NoRoom() { return {ErrorCode::kOutOfMemory, "no room for the network"}; }

// Turns layers into steps. Depthwise convolutions take along what comes before and after them.
class Building {
 public:
  explicit Building(const Network& network) : network_(network) {}

  Status Run();

  std::vector<std::unique_ptr<Step>> steps;
  // Of each step, the values that it reads; and the one that it makes.
  std::vector<std::vector<int>> reads;
  std::vector<int> makes;

 private:
  void FindBlocks();
  Status Build(size_t i);
  Status BuildBlock(size_t i);
  template <typename T>
  T& Emit(const Layer& layer) {
    auto step = std::make_unique<T>();
    T& made = *step;
    steps.push_back(std::move(step));
    reads.push_back(layer.inputs);
    if (layer.added >= 0) reads.back().push_back(layer.added);
    makes.push_back(layer.output);
    return made;
  }
  Status Convolve(const Layer& layer, Convolution& to) const;
  Shape ShapeOf(int value) const { return network_.values[value].shape(); }

  const Network& network_;
  // Of each depthwise layer: the layers that it takes along, or -1.
  std::vector<int> before_, after_;
  std::vector<bool> taken_;
};

void Building::FindBlocks() {
  const auto& layers = network_.layers;
  std::vector<int> uses(network_.values.size()), maker(network_.values.size(), -1);
  std::vector<int> user(network_.values.size(), -1);
  for (size_t i = 0; i < layers.size(); ++i) {
    for (const int input : layers[i].inputs) {
      ++uses[input];
      user[input] = static_cast<int>(i);
    }
    if (layers[i].added >= 0) ++uses[layers[i].added];
    maker[layers[i].output] = static_cast<int>(i);
  }
  for (const Network::Port& port : network_.outputs) ++uses[port.value];
  before_.assign(layers.size(), -1);
  after_.assign(layers.size(), -1);
  taken_.assign(layers.size(), false);
  for (size_t i = 0; i < layers.size(); ++i) {
    if (layers[i].kind != Layer::kDepthwise) continue;
    const int input = layers[i].inputs[0], output = layers[i].output;
    const int expand = maker[input];
    if (expand >= 0 && uses[input] == 1 && !taken_[expand] && layers[expand].added < 0 &&
        layers[expand].kind == Layer::kConvolution) {
      before_[i] = expand;
      taken_[expand] = true;
    }
    const int project = uses[output] == 1 ? user[output] : -1;
    if (project >= 0 && layers[project].kind == Layer::kConvolution &&
        layers[project].window.IsPoint() && layers[project].window.stride_x == 1 &&
        layers[project].window.stride_y == 1) {
      after_[i] = project;
      taken_[project] = true;
    }
  }
}

Status Building::Run() {
  FindBlocks();
  std::vector<int> block_at(network_.layers.size(), -1);
  for (size_t i = 0; i < network_.layers.size(); ++i) {
    // A block runs where its last layer stood: what that adds is there by then.
    if (after_[i] >= 0) block_at[after_[i]] = static_cast<int>(i);
  }
  for (size_t i = 0; i < network_.layers.size(); ++i) {
    Status status;
    if (block_at[i] >= 0) {
      status = BuildBlock(block_at[i]);
    } else if (network_.layers[i].kind == Layer::kDepthwise) {
      if (after_[i] < 0) status = BuildBlock(i);
    } else if (!taken_[i]) {
      status = Build(i);
    }
    if (!status.ok()) return status;
  }
  return {};
}

Status Building::Convolve(const Layer& layer, Convolution& to) const {
  auto matrix = Matrix::Pack(layer.weights, layer.factor, layer.bias);
  if (!matrix) return NoRoom();
  to.matrix = std::move(*matrix);
  to.window = layer.window;
  to.in = ShapeOf(layer.inputs[0]);
  to.out = ShapeOf(layer.output);
  to.activation = layer.activation;
  return {};
}

Status Building::BuildBlock(size_t i) {
  const Layer& layer = network_.layers[i];
  Layer whole = {layer.kind, layer.inputs, layer.output};  // as seen from outside
  const Layer* expand = before_[i] < 0 ? nullptr : &network_.layers[before_[i]];
  const Layer* project = after_[i] < 0 ? nullptr : &network_.layers[after_[i]];
  if (expand != nullptr) whole.inputs = expand->inputs;
  if (project != nullptr) {
    whole.output = project->output;
    whole.added = project->added;
  }
  Block& block = Emit<Block>(whole);
  block.input = whole.inputs[0];
  block.output = whole.output;
  block.added = whole.added;
  block.window = layer.window;
  block.wide = ShapeOf(layer.inputs[0]);
  block.narrow = ShapeOf(layer.output);
  block.activation = layer.activation;
  auto weights = DepthwiseWeights::Pack(layer.weights, layer.factor, layer.bias);
  if (!weights) return NoRoom();
  block.depthwise = std::move(*weights);
  if (expand != nullptr) {
    if (Status status = Convolve(*expand, block.expand.emplace()); !status.ok()) return status;
  }
  if (project != nullptr) {
    if (Status status = Convolve(*project, block.project.emplace()); !status.ok()) return status;
  }
  return {};
}

Status Building::Build(size_t i) {
  const Layer& layer = network_.layers[i];
  const int input = layer.inputs[0], output = layer.output;
  switch (layer.kind) {
    case Layer::kConvolution: {
      auto& step = Emit<engine::Convolve>(layer);
      step.input = input;
      step.output = output;
      step.added = layer.added;
      return Convolve(layer, step.convolution);
    }
    case Layer::kMaxPool:
    case Layer::kAveragePool: {
      auto& step = Emit<Pool>(layer);
      step.input = input;
      step.output = output;
      step.pool = layer.kind == Layer::kMaxPool ? Pool::kMax : Pool::kAverage;
      step.window = layer.window;
      step.in = ShapeOf(input);
      step.out = ShapeOf(output);
      step.counts_padding = layer.counts_padding;
      return {};
    }
    case Layer::kGlobalAverage: {
      auto& step = Emit<GlobalAverage>(layer);
      step.input = input;
      step.output = output;
      step.in = ShapeOf(input);
      return {};
    }
    case Layer::kAdd:
    case Layer::kMultiply: {
      auto& step = Emit<Combine>(layer);
      step.a = input;
      step.b = layer.inputs[1];
      step.output = output;
      step.combine = layer.kind == Layer::kAdd ? Combine::kAdd : Combine::kMultiply;
      step.shape = ShapeOf(input);
      step.b_is_vector = ShapeOf(input) != ShapeOf(layer.inputs[1]);
      step.activation = layer.activation;
      return {};
    }
    case Layer::kScaleShift: {
      auto& step = Emit<ScaleShift>(layer);
      step.input = input;
      step.output = output;
      step.shape = ShapeOf(input);
      step.factor = layer.factor;
      step.bias = layer.bias;
      step.activation = layer.activation;
      return {};
    }
    case Layer::kConcatenate: {
      auto& step = Emit<Concatenate>(layer);
      step.inputs = layer.inputs;
      for (const int each : layer.inputs) step.channels.push_back(ShapeOf(each).channels);
      step.output = output;
      step.pixels = size_t{1} * ShapeOf(output).height * ShapeOf(output).width;
      return {};
    }
    case Layer::kPad: {
      auto& step = Emit<Pad>(layer);
      step.input = input;
      step.output = output;
      step.in = ShapeOf(input);
      step.out = ShapeOf(output);
      step.top = layer.window.top;
      step.left = layer.window.left;
      return {};
    }
    case Layer::kPlanar: {
      auto& step = Emit<Planar>(layer);
      step.input = input;
      step.output = output;
      step.in = ShapeOf(input);
      return {};
    }
    case Layer::kSoftmax: {
      auto& step = Emit<Softmax>(layer);
      step.input = input;
      step.output = output;
      step.count = ShapeOf(input).size();
      return {};
    }
    case Layer::kDepthwise:  // always a block
    case Layer::kSame:       // nothing to do: see Roots
      return {};
  }
  return {};
}

// Values that are the same numbers under other sides have one root.
std::vector<int> Roots(const Network& network) {
  std::vector<int> roots(network.values.size());
  std::iota(roots.begin(), roots.end(), 0);
  for (const Layer& layer : network.layers) {
    if (layer.kind == Layer::kSame) roots[layer.output] = roots[layer.inputs[0]];
  }
  return roots;
}

struct Life {
  int value;
  size_t size;
  int from, to;  // steps, both included
  size_t offset = 0;
};

// Gives every life a place such that no two that are alive together overlap: the largest first,
// each as low as it can be (greedy by size; Pisarchyk and Lee 2020, "Efficient memory management
// for deep neural net inference"). Returns the floats needed.
size_t Place(std::vector<Life>& lives) {
  std::stable_sort(lives.begin(), lives.end(),
                   [](const Life& a, const Life& b) { return a.size > b.size; });
  size_t total = 0;
  std::vector<const Life*> near;  // placed, alive at the same time; by offset
  for (size_t i = 0; i < lives.size(); ++i) {
    Life& life = lives[i];
    near.clear();
    for (size_t j = 0; j < i; ++j) {
      if (lives[j].from <= life.to && life.from <= lives[j].to) near.push_back(&lives[j]);
    }
    std::sort(near.begin(), near.end(),
              [](const Life* a, const Life* b) { return a->offset < b->offset; });
    size_t at = 0;
    for (const Life* other : near) {
      if (at + life.size <= other->offset) break;
      at = std::max(at, other->offset + other->size);
    }
    life.offset = at;
    total = std::max(total, at + life.size);
  }
  return total;
}

}  // namespace

Result<Plan> Plan::Make(const Network& network) {
  Building building(network);
  if (Status status = building.Run(); !status.ok()) return status.error();

  const std::vector<int> roots = Roots(network);
  const int end = static_cast<int>(building.steps.size());
  std::vector<Life> life_of(network.values.size(), Life{-1, 0, end, -1});
  const auto alive = [&](int value, int step) {
    Life& life = life_of[roots[value]];
    life.value = roots[value];
    // Whole cache lines, so that no two values share one.
    life.size = (network.values[life.value].shape().size() + 15) / 16 * 16;
    life.from = std::min(life.from, step);
    life.to = std::max(life.to, step);
  };
  // The input stays, so that a run can be repeated; outputs are read after the last step.
  alive(network.input.value, -1);
  alive(network.input.value, end);
  for (const Network::Port& port : network.outputs) alive(port.value, end);
  size_t scratch = 0;
  for (int step = 0; step < end; ++step) {
    for (const int value : building.reads[step]) alive(value, step);
    alive(building.makes[step], step);
    scratch = std::max(scratch, building.steps[step]->scratch());
  }
  std::vector<Life> lives;
  for (const Life& life : life_of) {
    if (life.value >= 0) lives.push_back(life);
  }
  Plan plan;
  plan.scratch_ = Place(lives);
  if (plan.scratch_ > kMostArena || scratch > kMostArena) {
    return Error{ErrorCode::kUnsupportedModel, "feature maps of more than a gigabyte"};
  }
  auto memory = Buffer<float>::Allocate(plan.scratch_ + scratch);
  if (!memory) return NoRoom();
  plan.memory_ = std::move(*memory);
  plan.offsets_.assign(network.values.size(), 0);
  for (const Life& life : lives) plan.offsets_[life.value] = life.offset;
  for (size_t value = 0; value < roots.size(); ++value) {
    plan.offsets_[value] = plan.offsets_[roots[value]];
  }
  const auto port = [&](const Network::Port& from) -> Port {
    const Value& value = network.values[from.value];
    return {from.name, value.dims, value.shape(), plan.offsets_[from.value]};
  };
  plan.input_ = port(network.input);
  for (const Network::Port& output : network.outputs) plan.outputs_.push_back(port(output));
  plan.steps_ = std::move(building.steps);
  return plan;
}

void Plan::Run(size_t index) {
  steps_[index]->Run(Memory(memory_.data(), offsets_, memory_.data() + scratch_));
}

}  // namespace shiwu::engine
