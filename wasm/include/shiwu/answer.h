// What can honestly be said of a picture: a class, a category, or that it cannot be told.
#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include "shiwu/result.h"
#include "shiwu/taxonomy.h"

namespace shiwu {

struct AnswerRule {
  // What being right weighs against being specific, 0 or more: the lambda below.
  float hedge = 0;
  // The least log sum exp of the logits of a picture of something known.
  float familiar = -std::numeric_limits<float>::infinity();
  // The scores are of one whole and can be added up. They are not in a tagger.
  bool exclusive = true;
};

struct Answer {
  enum class Kind : uint8_t { kClass, kCategory, kUnknown };
  Kind kind;
  int index;    // of the class, or of the node; of the likeliest class for kUnknown, or -1
  float score;  // its probability, 0 to 1
};

// The class or category whose (gain + hedge) * probability is largest. A category has the sum of
// its classes' probabilities, each counted once; the gain is 1 for a class, 0 for what would hold
// all classes, and 1 - ln(classes below) / ln(classes) between. Of equal ones the deepest stands.
// kUnknown where even that has a probability below 0.4, and for what the network does not know at
// all.
//
// Source: Deng et al., Hedging Your Bets (CVPR 2012): gain is their information gain, the product
// their expected reward, and hedge their Lagrange multiplier, which is fitted to the share of
// answers that shall be right. The least log sum exp, a bound on the energy of a picture, is from
// Liu et al., Energy-based Out-of-distribution Detection (NeurIPS 2020).
//
// Where scores are not exclusive the answer is the likeliest class that reaches its label's
// threshold, or 1/2 without one.
//
// `logits` are what `scores` were made of; none: not asked for how familiar they are. `allow` and
// `deny` are as TopK takes them: what they leave out counts for nothing. Errors: those of TopK;
// kInvalidArgument where there is not one score for each label, or for a hedge below 0.
Result<Answer> HonestAnswer(std::span<const float> logits, std::span<const float> scores,
                            const ClassNames& names, const AnswerRule& rule,
                            std::span<const int32_t> allow, std::span<const int32_t> deny);

}  // namespace shiwu
