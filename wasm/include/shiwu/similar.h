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

// Puts together what is nearly the same. One vector after the other joins the group whose first
// member it is most alike, by `least` at least (of two, the earlier), or begins one; group[i] is
// the index of the first member. Only vectors that share a tag are compared: each has as many of
// `tags`, one vector's behind the other's, whole numbers below tags.size(), or -1 for none. Without
// `tags` all are compared. A vector of zeros stays alone. Errors: kInvalidArgument unless
// 0 < least <= 1, and when `all` or `tags` do not share out among group.size() vectors of `size`
// levels, 1 to kMostLevels, or a tag is out of range.
Status GroupAlike(std::span<const int8_t> all, size_t size, std::span<const int32_t> tags,
                  float least, std::span<int32_t> group);

}  // namespace shiwu
