#include <algorithm>
#include <utility>

#include "engine/network.h"

namespace shiwu::engine {
namespace {

class Fusing {
 public:
  explicit Fusing(Network& network) : network_(network) {}

  void Run() {
    Count();
    for (const auto& layer : network_.layers) Gate(*layer);
    Count();
    for (const auto& layer : network_.layers) Absorb(*layer);
    std::erase_if(network_.layers, [](const auto& layer) { return layer->output == kGone; });
  }

 private:
  static constexpr int kGone = -1;  // the output of a layer that went into another

  void Count() {
    uses_.assign(network_.values.size(), 0);
    maker_.assign(network_.values.size(), -1);
    for (size_t i = 0; i < network_.layers.size(); ++i) {
      const Layer& layer = *network_.layers[i];
      if (layer.output == kGone) continue;
      for (const int input : layer.inputs) ++uses_[input];
      maker_[layer.output] = static_cast<int>(i);
    }
    for (const Network::Port& port : network_.outputs) ++uses_[port.value];
    if (network_.tapped) ++uses_[network_.tapped->value];
  }

  // The layer whose output nobody else looks at, or null.
  Layer* OnlyFor(int value) {
    return uses_[value] == 1 && maker_[value] >= 0 ? network_.layers[maker_[value]].get() : nullptr;
  }

  // x * sigmoid(x) is one activation, hard or not.
  void Gate(Layer& product) {
    if (product.kind != Layer::kMultiply) return;
    for (const int side : {0, 1}) {
      const int x = product.inputs[1 - side];
      Layer* gate = OnlyFor(product.inputs[side]);
      if (gate == nullptr || gate->kind != Layer::kScaleShift || gate->inputs[0] != x ||
          !gate->factor.empty() || !gate->bias.empty()) {
        continue;
      }
      const Activation::Kind kind = gate->activation.kind;
      if (kind != Activation::kSigmoid && kind != Activation::kHardSigmoid) continue;
      Activation whole = gate->activation;
      whole.kind = kind == Activation::kSigmoid ? Activation::kSilu : Activation::kHardSwish;
      gate->output = kGone;
      product.kind = Layer::kScaleShift;
      product.inputs = {x};
      product.activation = whole;
      --uses_[x];
      return;
    }
  }

  void Absorb(Layer& layer) {
    if (layer.output == kGone) return;
    switch (layer.kind) {
      case Layer::kScaleShift:
        return IntoMaker(layer);
      case Layer::kAdd:
        return IntoConvolution(layer);
      case Layer::kConvolution:
      case Layer::kDepthwise:
        return TakePadding(layer);
      default:
        return;
    }
  }

  // The maker's output becomes that of the layer, which is gone.
  void Replace(Layer& maker, Layer& layer) {
    maker_[layer.output] = maker_[maker.output];
    maker.output = layer.output;
    layer.output = kGone;
  }

  // A factor, a bias and an activation can be done to the sums of what makes their input.
  void IntoMaker(Layer& layer) {
    Layer* maker = OnlyFor(layer.inputs[0]);
    if (maker == nullptr || !maker->activation.IsNone()) return;
    const bool sums = maker->kind == Layer::kConvolution || maker->kind == Layer::kDepthwise ||
                      maker->kind == Layer::kScaleShift;
    const bool scales = !layer.factor.empty() || !layer.bias.empty();
    if (!sums && (scales || (maker->kind != Layer::kAdd && maker->kind != Layer::kMultiply)))
      return;
    if (scales && maker->added >= 0) return;
    if (!layer.factor.empty()) {
      if (maker->factor.empty()) maker->factor.assign(layer.factor.size(), 1.0f);
      for (size_t c = 0; c < layer.factor.size(); ++c) {
        maker->factor[c] *= layer.factor[c];
        if (!maker->bias.empty()) maker->bias[c] *= layer.factor[c];
      }
    }
    if (!layer.bias.empty()) {
      if (maker->bias.empty()) maker->bias.assign(layer.bias.size(), 0.0f);
      for (size_t c = 0; c < layer.bias.size(); ++c) maker->bias[c] += layer.bias[c];
    }
    maker->activation = layer.activation;
    Replace(*maker, layer);
  }

  // A residual is added by the convolution that makes the other operand; by the later one, since it
  // must not run before the residual is there.
  void IntoConvolution(Layer& add) {
    const int a = add.inputs[0], b = add.inputs[1];
    if (a == b || network_.values[a].shape() != network_.values[b].shape()) return;
    const int later = maker_[a] > maker_[b] ? a : b;
    Layer* maker = OnlyFor(later);
    if (maker == nullptr || maker->kind != Layer::kConvolution || !maker->activation.IsNone() ||
        maker->added >= 0) {
      return;
    }
    maker->added = later == a ? b : a;
    maker->activation = add.activation;
    Replace(*maker, add);
  }

  // Zeros around the input are the convolution's own padding.
  void TakePadding(Layer& layer) {
    Layer* pad = OnlyFor(layer.inputs[0]);
    if (pad == nullptr || pad->kind != Layer::kPad) return;
    layer.window.top += pad->window.top;
    layer.window.left += pad->window.left;
    layer.window.bottom += pad->window.bottom;
    layer.window.right += pad->window.right;
    layer.inputs = pad->inputs;
    pad->output = kGone;
  }

  Network& network_;
  std::vector<int> uses_;   // of each value
  std::vector<int> maker_;  // the layer that makes each value; -1: the input
};

}  // namespace

void Fuse(Network& network) { Fusing(network).Run(); }

}  // namespace shiwu::engine
