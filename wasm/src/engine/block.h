// A depthwise convolution with what comes before and after it, run together in bands of rows: an
// inverted residual's widest feature maps (expanded, and after the depthwise convolution) are only
// ever there a few rows at a time, and never leave the cache.
#pragma once

#include <optional>

#include "engine/convolution.h"
#include "engine/depthwise.h"
#include "engine/step.h"

namespace shiwu::engine {

// Rows of the highest window that a block takes.
inline constexpr int kMostRows = 16;

struct Block final : Step {
  int input = 0, output = 0;
  int added = -1;                     // the residual; -1: none
  std::optional<Convolution> expand;  // none: the input goes to the depthwise convolution as it is
  DepthwiseWeights depthwise;
  Window window;
  Shape wide, narrow;                  // what the depthwise convolution takes and gives
  Activation activation;               // of the depthwise convolution
  std::optional<Convolution> project;  // none: the depthwise convolution's rows are the output

  void Run(const Memory& memory) const override;
  std::string_view kind() const override;
  uint64_t macs() const override;
  size_t weight_bytes() const override;
  size_t scratch() const override;

 private:
  struct Layout;
  Layout Arrange() const;
};

}  // namespace shiwu::engine
