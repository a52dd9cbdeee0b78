#include "shiwu/answer.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "series.h"
#include "shiwu/scores.h"

namespace shiwu {
namespace {

constexpr float kGuess = 0.4f;   // an answer below it would be a guess
constexpr float kTagged = 0.5f;  // of a tagger's label without a threshold

bool IsFamiliar(std::span<const float> logits, float least) {
  if (logits.empty()) return true;
  const double largest = *std::max_element(logits.begin(), logits.end());
  // The sum is at least 1 when all are measured from the largest.
  if (largest >= least) return true;
  double sum = 0;
  for (const float logit : logits) sum += Exp(logit - largest);
  return largest + Log(sum) >= least;
}

// The class or category of the largest reward; `scores` of what is left out are 0.
Answer MostRewarding(std::span<const float> scores, const ClassNames& names, float hedge) {
  std::vector<double> sums(names.taxonomy.nodes().size());
  for (size_t i = 0; i < scores.size(); ++i) {
    for (const int node : names.above[i]) sums[node] += scores[i];
  }
  const auto likeliest = std::max_element(scores.begin(), scores.end());
  Answer best{Answer::Kind::kClass, static_cast<int>(likeliest - scores.begin()), *likeliest};
  double most = (1.0 + hedge) * *likeliest;
  const double all = Log(static_cast<double>(std::max<size_t>(scores.size(), 2)));
  for (size_t i = 0; i < sums.size(); ++i) {
    if (names.classes_in[i] == 0) continue;
    const double gain = 1 - Log(names.classes_in[i]) / all;
    const double reward = (gain + hedge) * sums[i];
    if (reward < most || (best.kind == Answer::Kind::kClass && reward == most)) continue;
    most = reward;
    best = {Answer::Kind::kCategory, static_cast<int>(i),
            static_cast<float>(std::min(sums[i], 1.0))};
  }
  return best;
}

}  // namespace

Result<Answer> HonestAnswer(std::span<const float> logits, std::span<const float> scores,
                            const ClassNames& names, const AnswerRule& rule,
                            std::span<const int32_t> allow, std::span<const int32_t> deny) {
  if (scores.empty() || scores.size() != names.labels.size() || !(rule.hedge >= 0)) {
    return Error{ErrorCode::kInvalidArgument, scores.size(), " scores, or a hedge below 0"};
  }
  const int count = static_cast<int>(scores.size());
  const auto kept = TopK(scores, count, 0, allow, deny);
  if (!kept.ok()) return kept.error();
  if (kept.value().empty()) return Answer{Answer::Kind::kUnknown, -1, 0};
  const Ranked likeliest = kept.value()[0];
  const Answer unknown{Answer::Kind::kUnknown, likeliest.index, likeliest.score};
  if (!IsFamiliar(logits, rule.familiar)) return unknown;
  if (!rule.exclusive) {
    for (const Ranked& one : kept.value()) {
      const float own = names.labels[one.index].threshold;
      if (one.score >= (own > 0 ? own : kTagged)) {
        return Answer{Answer::Kind::kClass, one.index, one.score};
      }
    }
    return unknown;
  }
  std::vector<float> counted(scores.size());
  for (const Ranked& one : kept.value()) counted[one.index] = one.score;
  const Answer answer = MostRewarding(counted, names, rule.hedge);
  return answer.score < kGuess ? unknown : answer;
}

}  // namespace shiwu
