// Pictures that look alike: embeddings as directions of 8 bits, and the cosines between them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "shiwu/result.h"

namespace shiwu {

// Numbers in an embedding, at most: sums of as many products of levels have room in 32 bits.
inline constexpr size_t kMostLevels = size_t{1} << 17;

// The embedding's direction in whole numbers from -127 to 127, the largest of which is 127 or -127,
// to the nearest, halves to even: a quarter of the bytes, and a cosine changes by less than 0.003.
// All zeros where the embedding is. Errors: kInvalidArgument when the spans are empty, longer than
// kMostLevels or differ in length; kNonFiniteScores when a number is NaN or infinite.
Status ToLevels(std::span<const float> embedding, std::span<int8_t> levels);

// likeness[i] = the cosine of `one` and vector i of `all`, -1 to 1, rounded once to float32; 0
// where one of the two is all zeros. `all` holds likeness.size() vectors of one.size() levels each,
// one behind the other. Errors: kInvalidArgument when `one` is empty or longer than kMostLevels, or
// `all` is of another length.
Status Likeness(std::span<const int8_t> all, std::span<const int8_t> one,
                std::span<float> likeness);

}  // namespace shiwu
