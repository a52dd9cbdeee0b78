// A network between the file and the plan: shapes are known, constants have become weights, and
// every layer is one that the engine has a step for.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/activation.h"
#include "engine/graph.h"
#include "engine/matrix.h"
#include "engine/window.h"

namespace shiwu::engine {

// One picture's tensor. Four sides (1, channels, height, width) stand in memory as
// [height][width][channels]; any other number of sides in the order in which ONNX counts.
struct Value {
  Numbers dims;

  bool is_map() const { return dims.count == 4; }
  Shape shape() const;
};

struct Layer {
  enum Kind : uint8_t {
    kConvolution,
    kDepthwise,
    kMaxPool,
    kAveragePool,
    kGlobalAverage,
    kAdd,
    kMultiply,
    kScaleShift,  // by channel; also where there is nothing but an activation
    kConcatenate,
    kPad,
    kPlanar,
    kSoftmax,
    kSame,  // the same numbers under other sides
  };
  Kind kind;
  std::vector<int> inputs = {};  // values; of kAdd and kMultiply the second may be a vector
  int output = 0;
  Window window = {};
  bool counts_padding = false;                // of kAveragePool
  Weights weights = {};                       // of kConvolution and kDepthwise
  std::vector<float> factor = {}, bias = {};  // empty, or one a channel
  int added = -1;  // a value that kConvolution adds before its activation
  Activation activation = {};
};

struct Network {
  struct Port {
    std::string_view name;
    int value = 0;
    Numbers dims;  // as the file has them: the value may be in another order
  };
  std::vector<Value> values;
  std::vector<std::unique_ptr<Layer>> layers;  // in an order in which they can run
  Port input;
  std::vector<Port> outputs;
  std::optional<Port> tapped;  // an output that is not among `outputs`: see Lower
  std::vector<std::unique_ptr<std::vector<float>>>
      made;  // weights that the file has in another form
};

// `height` and `width` are taken where the file leaves the input's free. The names and weights
// point into the graph's file and into `made`. The output called `tapped`, if it is a map, stays in
// the order in which it is computed. False: something is not supported ("operator Foo"), or the
// graph contradicts itself.
bool Lower(const Graph& graph, int height, int width, std::string_view tapped, Network& network,
           Failure& failure);

// Puts layers together: what follows a convolution and can be done to its sums goes into it.
void Fuse(Network& network);

}  // namespace shiwu::engine
