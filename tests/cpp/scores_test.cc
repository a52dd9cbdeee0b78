#include "shiwu/scores.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "support.h"

namespace shiwu {
namespace {

using test::Numbers;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInf = std::numeric_limits<float>::infinity();

std::vector<float> SoftmaxOf(const std::vector<float>& logits, float temperature = 1) {
  std::vector<float> scores(logits.size());
  EXPECT_TRUE(Softmax(logits, temperature, scores).ok());
  return scores;
}

TEST(Scores, AreNumPysInDoublePrecision) {
  const auto rows = test::ReadTable("tests/fixtures/scores/cases.tsv");
  EXPECT_GE(rows.size(), 60u);
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), 5u);
    SCOPED_TRACE(row[0] + " " + row[1] + " temperature " + row[2]);
    const auto logits = Numbers<float>(row[3]);
    const auto expected = Numbers<double>(row[4]);
    ASSERT_EQ(logits.size(), expected.size());
    std::vector<float> scores(logits.size());
    const float temperature = std::strtof(row[2].c_str(), nullptr);
    const Status status = row[0] == "softmax" ? Softmax(logits, temperature, scores)
                                              : Sigmoid(logits, temperature, scores);
    ASSERT_TRUE(status.ok());
    for (size_t i = 0; i < scores.size(); ++i) {
      // One rounding to float32; exp() may differ by a unit in the last place of a double, which
      // a denormal float hides.
      const double tolerance = 1.2e-7 * expected[i] + 1.5e-45;
      ASSERT_NEAR(scores[i], expected[i], tolerance) << i;
    }
    if (row[0] == "softmax") {
      EXPECT_NEAR(std::accumulate(scores.begin(), scores.end(), 0.0), 1.0, 1e-5);
    }
  }
}

TEST(Softmax, DoesNotDependOnASharedOffset) {
  // Quarters: every sum below is exact in float32.
  std::vector<float> logits(257);
  for (size_t i = 0; i < logits.size(); ++i) {
    logits[i] = static_cast<float>(test::Mix(static_cast<uint32_t>(i)) % 100) / 4;
  }
  const std::vector<float> scores = SoftmaxOf(logits);
  for (const float offset : {1000.0f, -1000.0f, 65536.0f, -1048576.0f}) {
    std::vector<float> shifted = logits;
    for (float& logit : shifted) logit += offset;
    EXPECT_EQ(SoftmaxOf(shifted), scores) << offset;
  }
}

TEST(Softmax, InPlace) {
  std::vector<float> values = {1, 2, 3, 4};
  const std::vector<float> expected = SoftmaxOf(values);
  ASSERT_TRUE(Softmax(values, 1, values).ok());
  EXPECT_EQ(values, expected);
  values = {1, 2, 3, 4};
  ASSERT_TRUE(Sigmoid(values, 1, values).ok());
  EXPECT_NEAR(values[0], 0.7310585786, 1e-7);
}

TEST(Softmax, TemperatureFlattensAndSharpens) {
  const std::vector<float> logits = {0, 1, 2};
  EXPECT_GT(SoftmaxOf(logits, 0.5f)[2], SoftmaxOf(logits)[2]);
  EXPECT_LT(SoftmaxOf(logits, 2)[2], SoftmaxOf(logits)[2]);
  EXPECT_EQ(SoftmaxOf(logits, 2), SoftmaxOf({0, 0.5f, 1}));
  EXPECT_EQ(SoftmaxOf(logits, std::numeric_limits<float>::denorm_min())[2], 1);
  for (const float score : SoftmaxOf(logits, std::numeric_limits<float>::max())) {
    EXPECT_NEAR(score, 1.0 / 3, 1e-7);
  }
}

TEST(Sigmoid, HoldsAtBothEnds) {
  const std::vector<float> logits = {0, 1e30f, -1e30f, 88, -88, 104, -104, 3.4e38f, -3.4e38f};
  std::vector<float> scores(logits.size());
  ASSERT_TRUE(Sigmoid(logits, 1, scores).ok());
  EXPECT_EQ(scores[0], 0.5f);
  EXPECT_EQ(scores[1], 1.0f);
  EXPECT_EQ(scores[2], 0.0f);
  EXPECT_EQ(scores[3], 1.0f);
  EXPECT_NEAR(scores[4] / 6.054601895401186e-39, 1, 1e-6);
  EXPECT_EQ(scores[5], 1.0f);
  EXPECT_GE(scores[6], 0.0f);
  EXPECT_LE(scores[6], 1e-44f);
  EXPECT_EQ(scores[7], 1.0f);
  EXPECT_EQ(scores[8], 0.0f);
}

TEST(Scores, RefuseNanInfinityAndBadArguments) {
  using Function = Status (*)(std::span<const float>, float, std::span<float>);
  for (const Function function : {Function{&Softmax}, Function{&Sigmoid}}) {
    std::vector<float> scores(3, -1);
    for (const float bad : {kNan, kInf, -kInf}) {
      for (size_t i = 0; i < 3; ++i) {
        std::vector<float> logits = {1, 2, 3};
        logits[i] = bad;
        EXPECT_ERROR(ErrorCode::kNonFiniteScores, function(logits, 1, scores));
      }
    }
    EXPECT_EQ(scores, std::vector<float>(3, -1));  // untouched
    const std::vector<float> logits = {1, 2, 3};
    for (const float temperature : {0.0f, -0.0f, -1.0f, kNan, kInf, -kInf}) {
      EXPECT_ERROR(ErrorCode::kInvalidArgument, function(logits, temperature, scores));
    }
    EXPECT_ERROR(ErrorCode::kInvalidArgument, function({}, 1, {}));
    EXPECT_ERROR(ErrorCode::kInvalidArgument, function(logits, 1, std::span(scores).first(2)));
    EXPECT_ERROR(ErrorCode::kInvalidArgument, function({}, 1, scores));
  }
}

// The same by sorting everything.
std::vector<Ranked> Sorted(const std::vector<float>& scores, int k, float threshold,
                           const std::vector<int32_t>& allow, const std::vector<int32_t>& deny) {
  std::vector<Ranked> all;
  for (int i = 0; i < static_cast<int>(scores.size()); ++i) {
    const bool allowed = allow.empty() || std::find(allow.begin(), allow.end(), i) != allow.end();
    const bool denied = std::find(deny.begin(), deny.end(), i) != deny.end();
    if (allowed && !denied && scores[i] >= threshold) all.push_back({i, scores[i]});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Ranked& a, const Ranked& b) { return a.score > b.score; });
  all.resize(std::min(all.size(), static_cast<size_t>(k)));
  return all;
}

TEST(TopK, EqualsSortingEverything) {
  uint32_t state = 1;
  const auto draw = [&](int limit) { return static_cast<int>(test::Mix(state++) % limit); };
  for (int round = 0; round < 600; ++round) {
    // Few different values, so that ties are many.
    std::vector<float> scores(static_cast<size_t>(1 + draw(round % 3 == 0 ? 1000 : 40)));
    for (float& score : scores) score = static_cast<float>(draw(8)) / 8;
    const int size = static_cast<int>(scores.size());
    const int k = 1 + draw(round % 2 == 0 ? 6 : 2 * size);
    const float threshold = round % 4 == 0 ? -kInf : static_cast<float>(draw(8)) / 8;
    std::vector<int32_t> allow, deny;
    for (int i = round % 5 == 0 ? draw(2 * size) : 0; i > 0; --i) allow.push_back(draw(size));
    for (int i = round % 7 == 0 ? draw(size) : 0; i > 0; --i) deny.push_back(draw(size));
    const auto ranked = TopK(scores, k, threshold, allow, deny);
    ASSERT_VALUE(ranked);
    const auto expected = Sorted(scores, k, threshold, allow, deny);
    ASSERT_EQ(ranked.value().size(), expected.size()) << round;
    for (size_t i = 0; i < expected.size(); ++i) {
      ASSERT_EQ(ranked.value()[i].index, expected[i].index) << round << " place " << i;
      ASSERT_EQ(ranked.value()[i].score, expected[i].score);
    }
  }
}

std::vector<int> Indexes(const Result<std::vector<Ranked>>& ranked) {
  std::vector<int> indexes;
  EXPECT_TRUE(ranked.ok());
  if (ranked.ok()) {
    for (const Ranked& one : ranked.value()) indexes.push_back(one.index);
  }
  return indexes;
}

TEST(TopK, ThresholdAndLists) {
  const std::vector<float> scores = {0.1f, 0.4f, 0.4f, 0.05f, 0.05f};
  const std::vector<int32_t> none, some = {0, 3, 2}, all = {0, 1, 2, 3, 4}, two = {2},
                                   twice = {2, 2};
  using Expected = std::vector<int>;
  EXPECT_EQ(Indexes(TopK(scores, 3, 0, none, none)), (Expected{1, 2, 0}));
  EXPECT_EQ(Indexes(TopK(scores, 100, 0, none, none)), (Expected{1, 2, 0, 3, 4}));
  EXPECT_EQ(Indexes(TopK(scores, INT32_MAX, 0, none, none)), (Expected{1, 2, 0, 3, 4}));
  EXPECT_EQ(Indexes(TopK(scores, 5, 0.1f, none, none)), (Expected{1, 2, 0}));  // inclusive
  EXPECT_EQ(Indexes(TopK(scores, 5, 0.41f, none, none)), Expected{});
  EXPECT_EQ(Indexes(TopK(scores, 5, kInf, none, none)), Expected{});
  EXPECT_EQ(Indexes(TopK(scores, 2, 0, some, none)), (Expected{2, 0}));
  EXPECT_EQ(Indexes(TopK(scores, 5, 0, none, two)), (Expected{1, 0, 3, 4}));
  EXPECT_EQ(Indexes(TopK(scores, 5, 0, some, two)), (Expected{0, 3}));  // deny wins
  EXPECT_EQ(Indexes(TopK(scores, 5, 0, twice, none)), (Expected{2}));
  EXPECT_EQ(Indexes(TopK(scores, 5, 0, all, all)), Expected{});
  EXPECT_EQ(Indexes(TopK({}, 5, 0, none, none)), Expected{});
}

TEST(TopK, RefusesBadArguments) {
  const std::vector<float> scores = {0.5f, 0.25f, 0.25f};
  const std::vector<int32_t> none;
  for (const int k : {0, -1, INT32_MIN}) {
    EXPECT_ERROR(ErrorCode::kInvalidArgument, TopK(scores, k, 0, none, none));
  }
  EXPECT_ERROR(ErrorCode::kInvalidArgument, TopK(scores, 1, kNan, none, none));
  for (const int32_t index : {-1, 3, INT32_MAX, INT32_MIN}) {
    const std::vector<int32_t> list = {0, index};
    EXPECT_ERROR(ErrorCode::kInvalidArgument, TopK(scores, 1, 0, list, none));
    EXPECT_ERROR(ErrorCode::kInvalidArgument, TopK(scores, 1, 0, none, list));
  }
  for (size_t i = 0; i < 3; ++i) {
    std::vector<float> bad = scores;
    bad[i] = kNan;
    EXPECT_ERROR(ErrorCode::kNonFiniteScores, TopK(bad, 1, 0, none, none));
  }
}

}  // namespace
}  // namespace shiwu
