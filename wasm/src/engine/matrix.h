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
    return LevelsAt(channel, tap)[input * input_stride];
  }
  // The level of input 0; the next stands input_stride further.
  const int8_t* LevelsAt(int channel, int tap) const {
    return reinterpret_cast<const int8_t*>(data) + Offset(channel, tap, 0);
  }

 private:
  size_t Offset(int channel, int tap, int input) const {
    return channel * channel_stride + tap * tap_stride + input * input_stride;
  }
};

// float32 weights, [channels, depth], in panels of kPanel output channels: [panel][k][kPanel] with
// k = tap * inputs + input, the last panel filled up with zeros.
class Matrix {
 public:
  static constexpr int kPanel = 8;

  // `factor` and `bias` (each empty, or one number a channel): what the result is multiplied by,
  // and what is then added. False when there is no room.
  bool Pack(const Weights& weights, std::span<const float> factor, std::span<const float> bias);

  int channels() const { return channels_; }
  int depth() const { return depth_; }
  int panels() const { return (channels_ + kPanel - 1) / kPanel; }
  size_t bytes() const { return weights_.size() * sizeof(float); }

  // [depth][kPanel].
  const float* Panel(int panel) const { return weights_.data() + size_t{kPanel} * panel * depth_; }
  // What a sum is multiplied by, and what is then added; kPanel numbers each.
  const float* Factor(int panel) const { return factor_.data() + panel * kPanel; }
  const float* Bias(int panel) const { return bias_.data() + panel * kPanel; }

 private:
  int channels_ = 0;
  int depth_ = 0;
  Buffer<float> weights_;
  Buffer<float> factor_;
  Buffer<float> bias_;
};

// int8 levels in such panels, two k beside each other: [panel][k / 2][kPanel][2], zeros after an
// odd depth. They stay int8 in memory and are widened a panel at a time.
class Levels {
 public:
  static constexpr int kPanel = Matrix::kPanel;

  // As Matrix::Pack; the weights must be levels.
  bool Pack(const Weights& weights, std::span<const float> factor, std::span<const float> bias);

  int channels() const { return channels_; }
  int depth() const { return 2 * pairs_; }  // the odd one filled up
  int pairs() const { return pairs_; }
  int panels() const { return (channels_ + kPanel - 1) / kPanel; }
  size_t bytes() const { return levels_.size(); }

  const int8_t* Panel(int panel) const {
    return levels_.data() + size_t{2} * kPanel * panel * pairs_;
  }
  const float* Factor(int panel) const { return factor_.data() + panel * kPanel; }
  const float* Bias(int panel) const { return bias_.data() + panel * kPanel; }
  // The sum of each channel's levels.
  const int32_t* Sum(int panel) const { return sums_.data() + panel * kPanel; }
  // Inputs may be whole numbers from -amplitude to amplitude around any zero between them: sums of
  // their products with the levels stay within 32 bits.
  int amplitude() const { return amplitude_; }

 private:
  int channels_ = 0;
  int pairs_ = 0;
  int amplitude_ = 0;
  Buffer<int8_t> levels_;
  Buffer<int32_t> sums_;
  Buffer<float> factor_;
  Buffer<float> bias_;
};

}  // namespace shiwu::engine
