// The fixed-point weights of one axis, shared by the fast and the reference resampler.
#pragma once

#include <cstdint>
#include <vector>

#include "shiwu/resample.h"

namespace shiwu {

// Weights have 22 fraction bits: 8 bits for the pixel and two of headroom for overshoot fill an
// int32 (Pillow's PRECISION_BITS).
inline constexpr int kWeightBits = 32 - 8 - 2;

struct AxisWeights {
  int taps = 0;                // room per output pixel; unused weights are zero
  std::vector<int> first;      // per output pixel, the first source pixel
  std::vector<int> count;      // per output pixel, how many source pixels
  std::vector<int32_t> value;  // taps per output pixel
};

// Half the width of a filter in pixels of the result.
double SupportOf(Filter filter);

AxisWeights ComputeWeights(int source_size, float from, float to, int size, Filter filter);

// The first pass rounds to 8 bits, so the order shows. Pillow's, from version 13: the vertical pass
// comes first when the picture loses more than twice as many rows as columns.
bool IsVerticalFirst(int source_width, int source_height, int width, int height);

// What both resamplers refuse.
Status CheckResize(int source_width, int source_height, int width, int height, const Box& box);

inline uint8_t RoundWeighted(int32_t sum) {
  const int32_t value = sum >> kWeightBits;
  return static_cast<uint8_t>(value < 0 ? 0 : value > 255 ? 255 : value);
}

}  // namespace shiwu
