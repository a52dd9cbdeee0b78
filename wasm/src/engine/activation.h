// What a layer does to its sums at the end.
#pragma once

#include <cstddef>

#include "engine/gemm.h"

namespace shiwu::engine {

struct Activation {
  enum Kind : uint8_t {
    kRange,        // Relu, Clip, or nothing: the kernels do it themselves
    kSigmoid,      // 1 / (1 + exp(-x))
    kSilu,         // x * sigmoid(x)
    kHardSigmoid,  // clip(alpha * x + beta, 0, 1)
    kHardSwish,    // x * hard sigmoid(x)
  };
  Kind kind = kRange;
  Range range;  // of kRange
  float alpha = 1.0f / 6;
  float beta = 0.5f;

  bool IsNone() const;
  // What a kernel is to hold its sums to: all numbers, unless the kind is kRange.
  Range ForKernel() const { return kind == kRange ? range : Range(); }
};

// Applies it in place.
void Apply(const Activation& activation, float* data, size_t count);

namespace reference {
float Apply(const Activation& activation, float x);
}

}  // namespace shiwu::engine
