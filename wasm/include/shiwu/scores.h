// Logits to scores, and scores to a ranking.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "shiwu/result.h"

namespace shiwu {

// scores[i] = exp(logits[i] / temperature) / sum, computed in double after subtracting the largest
// logit, so that it neither overflows nor depends on a shared offset. `scores` may be `logits`.
// Errors: kNonFiniteScores if any logit is NaN or infinite; kInvalidArgument if the spans are
// empty or differ in length, or temperature is not a finite number above 0.
Status Softmax(std::span<const float> logits, float temperature, std::span<float> scores);

// scores[i] = 1 / (1 + exp(-logits[i] / temperature)), without overflow on either side. Same
// errors.
Status Sigmoid(std::span<const float> logits, float temperature, std::span<float> scores);

struct Ranked {
  int index;
  float score;
};

// The (at most) k best indexes by score, best first, equal scores by lower index; those below
// `threshold` are left out. A non-empty `allow` keeps only its indexes; `deny` removes its own,
// and wins. Partial selection: O(n + k log k).
// Errors: kInvalidArgument for k < 1, a NaN threshold or an index outside the scores;
// kNonFiniteScores for a NaN among the scores.
Result<std::vector<Ranked>> TopK(std::span<const float> scores, int k, float threshold,
                                 std::span<const int32_t> allow, std::span<const int32_t> deny);

}  // namespace shiwu
