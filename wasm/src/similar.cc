#include "shiwu/similar.h"

#include <algorithm>
#include <cmath>

#include "engine/simd.h"

HWY_BEFORE_NAMESPACE();
namespace shiwu {
namespace {

namespace simd = engine::simd;

// a . b, exactly. Not inlined: three calls, and each has some hundred products to do.
[[gnu::noinline]] int32_t Dot(const int8_t* a, const int8_t* b, size_t size) {
  simd::Ints sum = simd::SplatInt(0);
  size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    sum = simd::Add(sum, simd::DotPairs(simd::LoadShorts(a + i), simd::LoadShorts(b + i)));
  }
  int32_t total = simd::Total(sum);
  for (; i < size; ++i) total += a[i] * b[i];
  return total;
}

}  // namespace

Status ToLevels(std::span<const float> embedding, std::span<int8_t> levels) {
  if (embedding.empty() || embedding.size() > kMostLevels || embedding.size() != levels.size()) {
    return Error{ErrorCode::kInvalidArgument, "an embedding of ", embedding.size(), " numbers"};
  }
  float largest = 0;
  for (size_t i = 0; i < embedding.size(); ++i) {
    if (!std::isfinite(embedding[i])) {
      return Error{ErrorCode::kNonFiniteScores, "embedding ", i};
    }
    largest = std::max(largest, std::abs(embedding[i]));
  }
  const double scale = largest > 0 ? 127 / double{largest} : 0;
  for (size_t i = 0; i < embedding.size(); ++i) {
    levels[i] = static_cast<int8_t>(std::nearbyint(embedding[i] * scale));
  }
  return {};
}

Status Likeness(std::span<const int8_t> all, std::span<const int8_t> one,
                std::span<float> likeness) {
  const size_t size = one.size();
  // Divided, for a product could run over.
  if (size == 0 || size > kMostLevels || all.size() % size != 0 ||
      all.size() / size != likeness.size()) {
    return Error{ErrorCode::kInvalidArgument, all.size(), " levels beside ", size};
  }
  const double own = Dot(one.data(), one.data(), size);
  const int8_t* other = all.data();
  for (float& cosine : likeness) {
    const double square = own * Dot(other, other, size);
    cosine =
        square > 0 ? static_cast<float>(Dot(other, one.data(), size) / std::sqrt(square)) : 0.0f;
    other += size;
  }
  return {};
}

}  // namespace shiwu
HWY_AFTER_NAMESPACE();
