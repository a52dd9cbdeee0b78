// Weights as the kernels read them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/buffer.h"

namespace shiwu::engine {

// A layer's weights where they stand in the file: float32, or int8 levels with a scale each output
// channel. Strides are in elements, so that every order that ONNX writes is read as it is.
struct Weights {
  int channels = 0;  // of output
  int taps = 0;      // places of the window
  int inputs = 0;    // channels of input
  const uint8_t* data = nullptr;
  size_t channel_stride = 0, tap_stride = 0, input_stride = 0;
  const uint8_t* scales = nullptr;  // float32, of levels; null: the weights are float32
  bool one_scale = false;           // for all channels

  int depth() const { return taps * inputs; }
  bool are_levels() const { return scales != nullptr; }
  float ScaleOf(int channel) const;
  float At(int channel, int tap, int input) const;
  int8_t LevelAt(int channel, int tap, int input) const {
    return static_cast<int8_t>(data[Offset(channel, tap, input)]);
  }

 private:
  size_t Offset(int channel, int tap, int input) const {
    return channel * channel_stride + tap * tap_stride + input * input_stride;
  }
};

// [channels, depth] in panels of kPanel output channels: [panel][k][kPanel] with k = tap * inputs +
// input, the last panel filled up with zeros. Levels stay int8 and are widened a panel at a time
// (Panel), because a panel is used for many pixels, and a quarter of the memory is worth more than
// the little time that it takes.
class Matrix {
 public:
  static constexpr int kPanel = 8;

  // `factor` and `bias` (each empty, or one number a channel): what the result is multiplied by,
  // and what is then added. False when there is no room.
  bool Pack(const Weights& weights, std::span<const float> factor, std::span<const float> bias);

  int channels() const { return channels_; }
  int depth() const { return depth_; }
  int panels() const { return (channels_ + kPanel - 1) / kPanel; }
  size_t bytes() const { return floats_.size() * sizeof(float) + levels_.size(); }

  // The panel as float32, [depth][kPanel]: where it stands, or widened into `scratch`.
  const float* Panel(int panel, float* scratch) const;
  // What a sum is multiplied by, and what is then added; kPanel numbers each.
  const float* Factor(int panel) const { return factor_.data() + panel * kPanel; }
  const float* Bias(int panel) const { return bias_.data() + panel * kPanel; }
  // Floats that Panel's scratch must hold.
  size_t scratch() const { return levels_.empty() ? 0 : size_t{kPanel} * depth_; }

 private:
  int channels_ = 0;
  int depth_ = 0;
  Buffer<float> floats_;
  Buffer<int8_t> levels_;
  Buffer<float> factor_;
  Buffer<float> bias_;
};

}  // namespace shiwu::engine
