// The steps that are little work: pools, sums and products of feature maps, what moves numbers.
// A feature map is [height][width][channels]; a vector has height and width 1.
#pragma once

#include <vector>

#include "engine/activation.h"
#include "engine/convolution.h"
#include "engine/step.h"
#include "engine/window.h"

namespace shiwu::engine {

struct Convolve final : Step {
  int input = 0, output = 0, added = -1;
  Convolution convolution;

  void Run(const Memory& memory) const override;
  std::string_view kind() const override { return "convolution"; }
  uint64_t macs() const override { return convolution.macs(); }
  size_t weight_bytes() const override { return convolution.weight_bytes(); }
  size_t scratch() const override { return convolution.scratch(); }
};

// The greatest or the mean of what a window covers. Padding never counts for the greatest; for the
// mean it counts as zeros where `counts_padding`, and else not at all.
struct Pool final : Step {
  enum Kind : uint8_t { kMax, kAverage };
  int input = 0, output = 0;
  Kind pool = kMax;
  Window window;
  Shape in, out;
  bool counts_padding = false;

  void Run(const Memory& memory) const override;
  std::string_view kind() const override { return pool == kMax ? "max pool" : "average pool"; }
};

// The mean of each channel.
struct GlobalAverage final : Step {
  int input = 0, output = 0;
  Shape in;

  void Run(const Memory& memory) const override;
  std::string_view kind() const override { return "global average"; }
};

// a + b or a * b, and the activation; b may be a vector, of which each number counts for its
// channel.
struct Combine final : Step {
  enum Kind : uint8_t { kAdd, kMultiply };
  int a = 0, b = 0, output = 0;
  Kind combine = kAdd;
  Shape shape;  // of a and of the output
  bool b_is_vector = false;
  Activation activation;

  void Run(const Memory& memory) const override;
  std::string_view kind() const override { return combine == kAdd ? "add" : "multiply"; }
};

// x * factor[channel] + bias[channel], and the activation.
struct ScaleShift final : Step {
  int input = 0, output = 0;
  Shape shape;
  std::vector<float> factor, bias;  // empty: 1 and 0
  Activation activation;

  void Run(const Memory& memory) const override;
  std::string_view kind() const override { return "scale and shift"; }
};

struct Concatenate final : Step {
  std::vector<int> inputs;
  std::vector<int> channels;  // of each input
  int output = 0;
  size_t pixels = 0;

  void Run(const Memory& memory) const override;
  std::string_view kind() const override { return "concatenate"; }
};

// Zeros around a feature map.
struct Pad final : Step {
  int input = 0, output = 0;
  Shape in, out;
  int top = 0, left = 0;

  void Run(const Memory& memory) const override;
  std::string_view kind() const override { return "pad"; }
};

// From [pixels][channels] to [channels][pixels], the order in which ONNX counts.
struct Planar final : Step {
  int input = 0, output = 0;
  Shape in;

  void Run(const Memory& memory) const override;
  std::string_view kind() const override { return "planar"; }
};

struct Softmax final : Step {
  int input = 0, output = 0;
  size_t count = 0;

  void Run(const Memory& memory) const override;
  std::string_view kind() const override { return "softmax"; }
};

}  // namespace shiwu::engine
