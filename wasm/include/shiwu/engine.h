// Our own engine: runs the networks of the mobile CNN family (EfficientNet-Lite, MobileNet,
// MNASNet, ResNet, SqueezeNet and their like) on SIMD kernels, one thread, float32. What it does
// not know it refuses; ONNX Runtime runs that.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shiwu/result.h"

namespace shiwu {

class Engine {
 public:
  struct Port {
    std::string name;
    std::vector<int> dims;  // as ONNX writes them, batch first; the batch is 1
    std::span<float> values;
  };
  struct StepInfo {
    std::string_view kind;
    uint64_t macs;  // multiplications with an addition each
    uint64_t weight_bytes;
  };

  // `file` is an .onnx, which may go afterwards. `height` and `width` are taken where the file
  // leaves the input's free. Errors: kUnsupportedModel, whose message says what is not known
  // ("operator Foo"); kInvalidModel; kOutOfMemory.
  // The output called `tapped`, if it is one of four sides, is no longer among outputs().
  static Result<Engine> Load(std::span<const uint8_t> file, int height, int width,
                             std::string_view tapped = {});

  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;
  ~Engine();

  // One picture: [height][width][channels] in memory, whatever the order of `dims`. It is not
  // changed by a run.
  const Port& input() const { return input_; }
  // In the order and the sides of the file; good after the last step.
  const std::vector<Port>& outputs() const { return outputs_; }
  // The tapped output, [height][width][channels] in memory, good between step tap_step() and the
  // next: runs that do not read it neither wait for it nor keep it. Without a name where nothing is
  // tapped.
  const Port& tapped() const { return tapped_; }
  size_t tap_step() const;

  // A run is steps 0 to step_count() - 1, in order; the caller may do other things between them.
  size_t step_count() const;
  void RunStep(size_t index);
  StepInfo step(size_t index) const;

  // Bytes of feature maps and scratch.
  size_t arena_bytes() const;

 private:
  struct State;
  explicit Engine(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
  Port input_;
  std::vector<Port> outputs_;
  Port tapped_;
};

}  // namespace shiwu
