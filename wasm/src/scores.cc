#include "shiwu/scores.h"

#include <algorithm>
#include <cmath>

#include "series.h"

namespace shiwu {
namespace {

Status Check(std::span<const float> logits, float temperature, std::span<const float> scores) {
  if (logits.empty() || logits.size() != scores.size()) {
    return Error{ErrorCode::kInvalidArgument, "logits and scores must have one length above 0"};
  }
  if (!(temperature > 0) || !std::isfinite(temperature)) {
    return Error{ErrorCode::kInvalidArgument, "temperature must be above 0"};
  }
  for (size_t i = 0; i < logits.size(); ++i) {
    if (!std::isfinite(logits[i])) {
      return Error{ErrorCode::kNonFiniteScores, "logit ", i};
    }
  }
  return {};
}

}  // namespace

Status Softmax(std::span<const float> logits, float temperature, std::span<float> scores) {
  if (Status status = Check(logits, temperature, scores); !status.ok()) return status;
  const double largest = *std::max_element(logits.begin(), logits.end());
  std::vector<double> weights(logits.size());
  double sum = 0;
  for (size_t i = 0; i < logits.size(); ++i) {
    weights[i] = Exp((logits[i] - largest) / temperature);
    sum += weights[i];
  }
  for (size_t i = 0; i < scores.size(); ++i) scores[i] = static_cast<float>(weights[i] / sum);
  return {};
}

Status Sigmoid(std::span<const float> logits, float temperature, std::span<float> scores) {
  if (Status status = Check(logits, temperature, scores); !status.ok()) return status;
  for (size_t i = 0; i < logits.size(); ++i) {
    const double x = double{logits[i]} / temperature;
    const double e = Exp(-std::abs(x));  // at most 1
    scores[i] = static_cast<float>(x >= 0 ? 1 / (1 + e) : e / (1 + e));
  }
  return {};
}

Result<std::vector<Ranked>> TopK(std::span<const float> scores, int k, float threshold,
                                 std::span<const int32_t> allow, std::span<const int32_t> deny) {
  if (k < 1 || std::isnan(threshold)) return Error{ErrorCode::kInvalidArgument, "k or threshold"};
  std::vector<bool> kept(scores.size(), allow.empty());
  for (const auto& [list, keep] : {std::pair{allow, true}, std::pair{deny, false}}) {
    for (const int32_t index : list) {
      if (index < 0 || static_cast<size_t>(index) >= scores.size()) {
        return Error{ErrorCode::kInvalidArgument, "class index ", index};
      }
      kept[index] = keep;
    }
  }
  std::vector<Ranked> ranked;
  ranked.reserve(scores.size());
  for (size_t i = 0; i < scores.size(); ++i) {
    if (std::isnan(scores[i])) {
      return Error{ErrorCode::kNonFiniteScores, "score ", i};
    }
    if (kept[i] && scores[i] >= threshold) ranked.push_back({static_cast<int>(i), scores[i]});
  }
  const auto better = [](const Ranked& a, const Ranked& b) {
    return a.score > b.score || (a.score == b.score && a.index < b.index);
  };
  const size_t count = std::min(ranked.size(), static_cast<size_t>(k));
  // By a heap: nth_element and sort would be 4 kB more of the wasm.
  std::partial_sort(ranked.begin(), ranked.begin() + static_cast<ptrdiff_t>(count), ranked.end(),
                    better);
  ranked.resize(count);
  return ranked;
}

}  // namespace shiwu
