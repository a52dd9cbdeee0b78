#include "shiwu/scores.h"

#include <cstdlib>

#include "bench.h"

namespace shiwu::bench {
namespace {

constexpr size_t kClasses = 1000;

void ScoresAndRanking(benchmark::State& state) {
  const auto logits = Floats(kClasses);
  std::vector<float> scores(kClasses);
  Repeat(state, [&] {
    if (!Softmax(logits, 1, scores).ok() || !TopK(scores, 5, 0, {}, {}).ok()) std::abort();
  });
}
BENCHMARK(ScoresAndRanking)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace shiwu::bench
