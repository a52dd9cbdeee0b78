#include "shiwu/similar.h"

#include <cstdlib>

#include "bench.h"

namespace shiwu::bench {
namespace {

// An album of ten thousand, by the embeddings of the bundled models.
void TheMostAlike(benchmark::State& state) {
  constexpr size_t kPhotos = 10'000, kNumbers = 1280;
  const auto numbers = Floats(kPhotos * kNumbers);
  std::vector<int8_t> all(numbers.size());
  for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<int8_t>(127 * numbers[i]);
  const std::vector<int8_t> one(all.begin(), all.begin() + kNumbers);
  std::vector<float> likeness(kPhotos);
  Repeat(state, [&] {
    if (!Likeness(all, one, likeness).ok()) std::abort();
  });
}
BENCHMARK(TheMostAlike)->Unit(benchmark::kMillisecond);

// The same, put together; each photo is compared with those that share one of two guesses.
void Groups(benchmark::State& state) {
  constexpr size_t kPhotos = 10'000, kNumbers = 1280;
  const auto numbers = Floats(kPhotos * kNumbers);
  std::vector<int8_t> all(numbers.size());
  for (size_t i = 0; i < all.size(); ++i) all[i] = static_cast<int8_t>(127 * numbers[i]);
  std::vector<int32_t> tags(2 * kPhotos), group(kPhotos);
  for (size_t i = 0; i < tags.size(); ++i) tags[i] = static_cast<int32_t>(i * 7919 % 500);
  Repeat(state, [&] {
    if (!GroupAlike(all, kNumbers, tags, 0.85f, group).ok()) std::abort();
  });
}
BENCHMARK(Groups)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace shiwu::bench
