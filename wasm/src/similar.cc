#include "shiwu/similar.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

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

// Of vectors with these squares of their lengths.
float Cosine(int32_t dot, double square, double other) {
  const double both = square * other;
  return both > 0 ? static_cast<float>(dot / std::sqrt(both)) : 0.0f;
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
    cosine = Cosine(Dot(other, one.data(), size), own, Dot(other, other, size));
    other += size;
  }
  return {};
}

Status GroupAlike(std::span<const int8_t> all, size_t size, std::span<const int32_t> tags,
                  float least, std::span<int32_t> group) {
  const size_t count = group.size();
  // Divided, for a product could run over.
  if (size == 0 || size > kMostLevels || !(least > 0 && least <= 1) || all.size() % size != 0 ||
      all.size() / size != count || (count > 0 && tags.size() % count != 0)) {
    return Error{ErrorCode::kInvalidArgument, all.size(), " levels in ", count, " groups"};
  }
  for (const int32_t tag : tags) {
    if (tag < -1 || tag >= static_cast<int64_t>(tags.size())) {
      return Error{ErrorCode::kInvalidArgument, "tag ", tag};
    }
  }
  if (count == 0) return {};
  const int32_t all_share = 0;
  std::vector<std::vector<int32_t>> firsts(std::max<size_t>(tags.size(), 1));  // of each tag
  std::vector<int32_t> compared(count, -1);  // of each first member, with which vector last
  std::vector<double> squares(count);
  const size_t each = tags.size() / count;
  for (size_t i = 0; i < count; ++i) {
    const int8_t* const own = all.data() + i * size;
    const std::span<const int32_t> mine =
        tags.empty() ? std::span(&all_share, 1) : tags.subspan(i * each, each);
    squares[i] = Dot(own, own, size);
    const auto index = static_cast<int32_t>(i);
    float likest = least;
    group[i] = index;
    for (const int32_t tag : mine) {
      if (tag < 0) continue;
      for (const int32_t first : firsts[tag]) {
        if (std::exchange(compared[first], index) == index) continue;
        const float likeness =
            Cosine(Dot(all.data() + first * size, own, size), squares[first], squares[i]);
        if (likeness > likest || (likeness == likest && first < group[i])) {
          likest = likeness;
          group[i] = first;
        }
      }
    }
    if (group[i] != index) continue;
    for (const int32_t tag : mine) {
      if (tag >= 0) firsts[tag].push_back(index);
    }
  }
  return {};
}

}  // namespace shiwu
HWY_AFTER_NAMESPACE();
