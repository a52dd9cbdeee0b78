#include "engine/plan.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/block.h"
#include "engine/steps.h"

namespace shiwu::engine {
namespace {

// Turns layers into steps. Depthwise convolutions take along what comes before and after them.
class Building {
 public:
  explicit Building(const Network& network) : network_(network) {}

  // False: there is no room.
  bool Run();

  std::vector<std::unique_ptr<Step>> steps;
  // Of each step, the values that it reads; and the one that it makes.
  std::vector<std::vector<int>> reads;
  std::vector<int> makes;

 private:
  void FindBlocks();
  bool Build(size_t i);
  bool BuildBlock(size_t i);
  template <typename T>
  T& Emit(const Layer& layer) {
    T* const step = new T();
    Keep(std::unique_ptr<Step>(step), layer);
    return *step;
  }
  void Keep(std::unique_ptr<Step> step, const Layer& layer) {
    steps.push_back(std::move(step));
    reads.push_back(layer.inputs);
    if (layer.added >= 0) reads.back().push_back(layer.added);
    makes.push_back(layer.output);
  }
  const Layer& At(size_t i) const { return *network_.layers[i]; }
  bool Convolve(const Layer& layer, Convolution& to) const;
  Shape ShapeOf(int value) const { return network_.values[value].shape(); }

  const Network& network_;
  // Of each depthwise layer: the layers that it takes along, or -1.
  std::vector<int> before_, after_;
  std::vector<bool> taken_;
};

void Building::FindBlocks() {
  const size_t count = network_.layers.size();
  std::vector<int> uses(network_.values.size()), maker(network_.values.size(), -1);
  std::vector<int> user(network_.values.size(), -1);
  for (size_t i = 0; i < count; ++i) {
    for (const int input : At(i).inputs) {
      ++uses[input];
      user[input] = static_cast<int>(i);
    }
    if (At(i).added >= 0) ++uses[At(i).added];
    maker[At(i).output] = static_cast<int>(i);
  }
  for (const Network::Port& port : network_.outputs) ++uses[port.value];
  if (network_.tapped) ++uses[network_.tapped->value];
  before_.assign(count, -1);
  after_.assign(count, -1);
  taken_.assign(count, false);
  for (size_t i = 0; i < count; ++i) {
    if (At(i).kind != Layer::kDepthwise) continue;
    const int input = At(i).inputs[0], output = At(i).output;
    const int expand = maker[input];
    if (expand >= 0 && uses[input] == 1 && !taken_[expand] && At(expand).added < 0 &&
        At(expand).kind == Layer::kConvolution) {
      before_[i] = expand;
      taken_[expand] = true;
    }
    const int project = uses[output] == 1 ? user[output] : -1;
    if (project >= 0 && At(project).kind == Layer::kConvolution && At(project).window.IsPoint() &&
        At(project).window.stride_x == 1 && At(project).window.stride_y == 1) {
      after_[i] = project;
      taken_[project] = true;
    }
  }
}

bool Building::Run() {
  FindBlocks();
  std::vector<int> block_at(network_.layers.size(), -1);
  for (size_t i = 0; i < network_.layers.size(); ++i) {
    // A block runs where its last layer stood: what that adds is there by then.
    if (after_[i] >= 0) block_at[after_[i]] = static_cast<int>(i);
  }
  for (size_t i = 0; i < network_.layers.size(); ++i) {
    const bool depthwise = At(i).kind == Layer::kDepthwise;
    bool built = true;
    if (block_at[i] >= 0) {
      built = BuildBlock(block_at[i]);
    } else if (depthwise && after_[i] < 0) {
      built = BuildBlock(i);
    } else if (!depthwise && !taken_[i]) {
      built = Build(i);
    }
    if (!built) return false;
  }
  return true;
}

bool Building::Convolve(const Layer& layer, Convolution& to) const {
  to.window = layer.window;
  to.in = ShapeOf(layer.inputs[0]);
  to.out = ShapeOf(layer.output);
  to.activation = layer.activation;
  return to.Pack(layer.weights, layer.factor, layer.bias);
}

bool Building::BuildBlock(size_t i) {
  const Layer& layer = At(i);
  Layer whole;  // as seen from outside
  whole.inputs = layer.inputs;
  whole.output = layer.output;
  const Layer* expand = before_[i] < 0 ? nullptr : &At(before_[i]);
  const Layer* project = after_[i] < 0 ? nullptr : &At(after_[i]);
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
  return block.depthwise.Pack(layer.weights, layer.factor, layer.bias) &&
         (expand == nullptr || Convolve(*expand, block.expand.emplace())) &&
         (project == nullptr || Convolve(*project, block.project.emplace()));
}

bool Building::Build(size_t i) {
  const Layer& layer = At(i);
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
      return true;
    }
    case Layer::kGlobalAverage: {
      auto& step = Emit<GlobalAverage>(layer);
      step.input = input;
      step.output = output;
      step.in = ShapeOf(input);
      return true;
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
      return true;
    }
    case Layer::kScaleShift: {
      auto& step = Emit<ScaleShift>(layer);
      step.input = input;
      step.output = output;
      step.shape = ShapeOf(input);
      step.factor = layer.factor;
      step.bias = layer.bias;
      step.activation = layer.activation;
      return true;
    }
    case Layer::kConcatenate: {
      auto& step = Emit<Concatenate>(layer);
      step.inputs = layer.inputs;
      for (const int each : layer.inputs) step.channels.push_back(ShapeOf(each).channels);
      step.output = output;
      step.pixels = size_t{1} * ShapeOf(output).height * ShapeOf(output).width;
      return true;
    }
    case Layer::kPad: {
      auto& step = Emit<Pad>(layer);
      step.input = input;
      step.output = output;
      step.in = ShapeOf(input);
      step.out = ShapeOf(output);
      step.top = layer.window.top;
      step.left = layer.window.left;
      return true;
    }
    case Layer::kPlanar: {
      auto& step = Emit<Planar>(layer);
      step.input = input;
      step.output = output;
      step.in = ShapeOf(input);
      return true;
    }
    case Layer::kSoftmax: {
      auto& step = Emit<Softmax>(layer);
      step.input = input;
      step.output = output;
      step.count = ShapeOf(input).size();
      return true;
    }
    case Layer::kDepthwise:  // always a block
    case Layer::kSame:       // nothing to do: see Roots
      return true;
  }
  return true;
}

// Values that are the same numbers under other sides have one root.
std::vector<int> Roots(const Network& network) {
  std::vector<int> roots(network.values.size());
  std::iota(roots.begin(), roots.end(), 0);
  for (const auto& layer : network.layers) {
    if (layer->kind == Layer::kSame) roots[layer->output] = roots[layer->inputs[0]];
  }
  return roots;
}

struct Life {
  int value;
  size_t size;
  int from, to;  // steps, both included
  size_t offset = 0;
};

// By a heap: a third of the code of std::sort.
void Sort(std::vector<uint64_t>& numbers) {
  std::make_heap(numbers.begin(), numbers.end());
  std::sort_heap(numbers.begin(), numbers.end());
}

// Gives every life a place such that no two that are alive together overlap: the largest first,
// each as low as it can be (greedy by size; Pisarchyk and Lee 2020, "Efficient memory management
// for deep neural net inference"). Returns the floats needed.
size_t Place(std::vector<Life>& lives) {
  // Sorted by a number each, of which the upper half is what they are sorted by.
  std::vector<uint64_t> by_size, by_offset;
  for (size_t i = 0; i < lives.size(); ++i) by_size.push_back(uint64_t{lives[i].size} << 32 | i);
  Sort(by_size);
  size_t total = 0;
  for (size_t i = lives.size(); i-- > 0;) {
    Life& life = lives[by_size[i] & 0xFFFFFFFF];
    by_offset.clear();  // those placed already that are alive at the same time
    for (size_t j = i + 1; j < lives.size(); ++j) {
      const auto index = static_cast<size_t>(by_size[j] & 0xFFFFFFFF);
      const Life& other = lives[index];
      if (other.from <= life.to && life.from <= other.to) {
        by_offset.push_back(uint64_t{other.offset} << 32 | index);
      }
    }
    Sort(by_offset);
    size_t at = 0;
    for (const uint64_t each : by_offset) {
      const Life& other = lives[each & 0xFFFFFFFF];
      if (at + life.size <= other.offset) break;
      at = std::max(at, other.offset + other.size);
    }
    life.offset = at;
    total = std::max(total, at + life.size);
    if (total > kMostArena) break;
  }
  return total;
}

}  // namespace

bool Plan::Make(const Network& network, Failure& failure) {
  Building building(network);
  if (!building.Run()) return failure.NoRoom();

  const std::vector<int> roots = Roots(network);
  const int end = static_cast<int>(building.steps.size());
  std::vector<Life> life_of(network.values.size(), Life{-1, 0, end, -1});
  const auto alive = [&](int value, int step) {
    Life& life = life_of[roots[value]];
    life.value = roots[value];
    // Whole cache lines, so that no two values share one.
    life.size = WholeLines(network.values[life.value].shape().size());
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
  scratch_ = Place(lives);
  if (scratch_ > kMostArena || scratch > kMostArena) {
    return failure.Unsupported("feature maps of more than a gigabyte");
  }
  if (!memory_.Allocate(scratch_ + scratch)) return failure.NoRoom();
  offsets_.assign(network.values.size(), 0);
  for (const Life& life : lives) offsets_[life.value] = life.offset;
  for (size_t value = 0; value < roots.size(); ++value) offsets_[value] = offsets_[roots[value]];
  const auto port = [&](const Network::Port& from) -> Port {
    return {std::string(from.name), from.dims, network.values[from.value].shape(),
            offsets_[from.value]};
  };
  input_ = port(network.input);
  for (const Network::Port& output : network.outputs) outputs_.push_back(port(output));
  if (network.tapped) {
    tapped_ = port(*network.tapped);
    const int root = roots[network.tapped->value];
    for (int step = 0; step < end; ++step) {
      if (roots[building.makes[step]] == root) tap_step_ = step;
    }
  }
  steps_ = std::move(building.steps);
  return true;
}

void Plan::Run(size_t index) {
  steps_[index]->Run(Memory(memory_.data(), offsets_, memory_.data() + scratch_));
}

}  // namespace shiwu::engine
