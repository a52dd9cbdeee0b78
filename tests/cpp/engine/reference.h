// What ONNX says that operators do, in plain loops over numbers in ONNX's order, and random
// numbers.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <span>
#include <vector>

#include "engine/activation.h"
#include "engine/window.h"
#include "shiwu/engine.h"
#include "support.h"

namespace shiwu::test {

// The same in every run.
class Random {
 public:
  explicit Random(uint32_t seed) : state_(seed) {}
  uint32_t Bits() { return Mix(state_++); }
  // From `low` to `high`, both included.
  int Between(int low, int high) { return low + static_cast<int>(Bits() % (high - low + 1)); }
  bool Coin() { return Between(0, 1) == 1; }
  float Number(float low = -1, float high = 1) {
    return low + (high - low) * static_cast<float>(Bits() >> 8) * 0x1p-24f;
  }
  std::vector<float> Numbers(size_t count, float low = -1, float high = 1);

 private:
  uint32_t state_;
};

struct Tensor {
  std::vector<int> dims;
  std::vector<float> values;

  size_t size() const;
};

Tensor RandomTensor(Random& random, const std::vector<int>& dims);
// [channels][pixels] to [pixels][channels] and back; what has not four sides stays.
std::vector<float> ToPixels(const Tensor& tensor);
Tensor FromPixels(const std::vector<int>& dims, std::span<const float> pixels);

namespace reference {

// Places of the window over `size`.
int Places(int size, int before, int after, int span, int stride);
// `group` is 1, or the channels.
Tensor Conv(const Tensor& in, const Tensor& weights, const std::vector<float>& bias,
            const engine::Window& window, int group);
// `height` and `width` of the output are the caller's choice (ceil_mode).
Tensor MaxPool(const Tensor& in, const engine::Window& window, int height, int width);
Tensor AveragePool(const Tensor& in, const engine::Window& window, int height, int width,
                   bool counts_padding);
Tensor GlobalAveragePool(const Tensor& in);
Tensor Apply(const engine::Activation& activation, Tensor in);
Tensor Add(Tensor a, const Tensor& b);

}  // namespace reference

// Runs a model that takes 1x3x?x? or whatever it says; gives all outputs.
std::vector<Tensor> RunModel(Engine& engine, const Tensor& input);

// Equal within `tolerance` of the greatest number; NaN is equal to NaN.
testing::AssertionResult Near(std::span<const float> actual, std::span<const float> expected,
                              double tolerance = 2e-6);
inline testing::AssertionResult Near(const Tensor& actual, const Tensor& expected,
                                     double tolerance = 2e-6) {
  if (actual.dims != expected.dims) return testing::AssertionFailure() << "other sides";
  return Near(actual.values, expected.values, tolerance);
}

}  // namespace shiwu::test
