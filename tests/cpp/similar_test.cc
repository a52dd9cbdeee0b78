#include "shiwu/similar.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "support.h"

namespace shiwu {
namespace {

using test::Numbers;

TEST(Similar, LevelsAndCosinesAreNumPys) {
  const auto rows = test::ReadTable("tests/fixtures/similar/cases.tsv");
  EXPECT_GE(rows.size(), 15u);
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), 5u);
    SCOPED_TRACE(row[0]);
    const auto embedding = Numbers<float>(row[1]);
    const auto others = Numbers<int8_t>(row[3]);
    const auto expected = Numbers<float>(row[4]);
    std::vector<int8_t> levels(embedding.size());
    ASSERT_TRUE(ToLevels(embedding, levels).ok());
    EXPECT_EQ(levels, Numbers<int8_t>(row[2]));
    std::vector<float> likeness(expected.size());
    ASSERT_TRUE(Likeness(others, levels, likeness).ok());
    for (size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(likeness[i], expected[i]) << i;
  }
}

TEST(Similar, ADirectionIsWithinAThirdOfADegreeOfTheEmbeddings) {
  std::vector<float> embedding(1280);
  for (uint32_t i = 0; i < embedding.size(); ++i) {
    embedding[i] = static_cast<float>(test::Mix(i) % 1000) / 1000.0f;
  }
  std::vector<int8_t> levels(embedding.size());
  ASSERT_TRUE(ToLevels(embedding, levels).ok());
  double dot = 0, a = 0, b = 0;
  for (size_t i = 0; i < embedding.size(); ++i) {
    dot += double{embedding[i]} * levels[i];
    a += double{embedding[i]} * embedding[i];
    b += double{levels[i] * 1.0} * levels[i];
  }
  // Rounding is off by 1 / (127 sqrt(12)) as a rule, and numbers from 0 to 1 are 1 / sqrt(3) long:
  // 0.23 degrees.
  EXPECT_GT(dot / std::sqrt(a * b), std::cos(0.33 * 3.14159265 / 180));
}

TEST(Similar, SumsOfTheLargestLevelsHaveRoom) {
  const std::vector<int8_t> most(kMostLevels, 127), least(kMostLevels, -127);
  std::vector<float> likeness(1);
  ASSERT_TRUE(Likeness(least, most, likeness).ok());
  EXPECT_EQ(likeness[0], -1.0f);
}

TEST(Similar, GroupsAreNumPys) {
  const auto rows = test::ReadTable("tests/fixtures/similar/groups.tsv");
  EXPECT_EQ(rows.size(), 7u);
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), 6u);
    SCOPED_TRACE(row[0]);
    const auto expected = Numbers<int32_t>(row[5]);
    std::vector<int32_t> group(expected.size());
    ASSERT_TRUE(GroupAlike(Numbers<int8_t>(row[2]), Numbers<size_t>(row[1])[0],
                           Numbers<int32_t>(row[3]), Numbers<float>(row[4])[0], group)
                    .ok());
    EXPECT_EQ(group, expected);
  }
}

TEST(Similar, RefusesGroupsThatCannotBe) {
  const std::vector<int8_t> two = {1, 2, 3, 4};
  std::vector<int32_t> group(2), none;
  const auto code = [&](size_t size, std::vector<int32_t> tags, float least) {
    const Status status = GroupAlike(two, size, tags, least, group);
    return status.ok() ? ErrorCode::kEmptyInput : status.error().code;
  };
  EXPECT_EQ(code(2, {0, 1}, 0.5f), ErrorCode::kEmptyInput);
  for (const float least : {0.0f, -1.0f, 1.5f, std::numeric_limits<float>::quiet_NaN()}) {
    EXPECT_EQ(code(2, {}, least), ErrorCode::kInvalidArgument);
  }
  EXPECT_EQ(code(0, {}, 0.5f), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(3, {}, 0.5f), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(1, {}, 0.5f), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(2, {0}, 0.5f), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(2, {0, 2}, 0.5f), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(2, {0, -2}, 0.5f), ErrorCode::kInvalidArgument);
  EXPECT_TRUE(GroupAlike({}, 2, {}, 0.5f, none).ok());
}

TEST(Similar, RefusesWhatDoesNotFit) {
  std::vector<int8_t> levels(3);
  std::vector<float> likeness(2);
  EXPECT_ERROR(ErrorCode::kInvalidArgument, ToLevels({}, {}));
  EXPECT_ERROR(ErrorCode::kInvalidArgument, ToLevels(std::vector<float>(2), levels));
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    EXPECT_ERROR(ErrorCode::kNonFiniteScores, ToLevels(std::vector<float>{1, bad, 2}, levels));
  }
  EXPECT_ERROR(ErrorCode::kInvalidArgument, Likeness(levels, {}, likeness));
  EXPECT_ERROR(ErrorCode::kInvalidArgument, Likeness(std::vector<int8_t>(5), levels, likeness));
  EXPECT_ERROR(ErrorCode::kInvalidArgument, Likeness(std::vector<int8_t>(9), levels, likeness));
  const std::vector<int8_t> long_one(kMostLevels + 1);
  std::vector<float> one(1);
  EXPECT_ERROR(ErrorCode::kInvalidArgument, Likeness(long_one, long_one, one));
}

}  // namespace
}  // namespace shiwu
