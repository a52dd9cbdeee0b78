// What is to be done, in which order, and where in memory: made once, run for every picture.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/buffer.h"
#include "engine/network.h"
#include "engine/step.h"

namespace shiwu::engine {

class Plan {
 public:
  struct Port {
    std::string name;
    Numbers dims;
    Shape shape;
    size_t offset = 0;  // into the arena, in floats
  };

  // Copies the weights that it needs out of the network's file, which may go afterwards. False:
  // there is no room, or the network asks for more than kMostArena.
  bool Make(const Network& network, Failure& failure);

  const std::vector<std::unique_ptr<Step>>& steps() const { return steps_; }
  // Runs step `index`. The steps must run in order.
  void Run(size_t index);

  const Port& input() const { return input_; }
  const std::vector<Port>& outputs() const { return outputs_; }
  // An output that is there after step tap_step(), [height][width][channels], and gone after the
  // next: a run that does not look at it does and keeps nothing for it.
  const std::optional<Port>& tapped() const { return tapped_; }
  size_t tap_step() const { return tap_step_; }
  float* At(const Port& port) { return memory_.data() + port.offset; }
  // Bytes of feature maps and scratch.
  size_t arena_bytes() const { return memory_.size() * sizeof(float); }

 private:
  std::vector<std::unique_ptr<Step>> steps_;
  std::vector<size_t> offsets_;  // of each value
  size_t scratch_ = 0;           // where the scratch begins
  Buffer<float> memory_;
  Port input_;
  std::vector<Port> outputs_;
  std::optional<Port> tapped_;
  size_t tap_step_ = 0;
};

inline constexpr size_t kMostArena = size_t{1} << 28;  // floats

}  // namespace shiwu::engine
