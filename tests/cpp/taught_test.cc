#include "shiwu/taught.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "support.h"

namespace shiwu {
namespace {

std::vector<float> Numbers(const std::string& text) {
  std::vector<float> numbers;
  std::istringstream stream(text);
  for (std::string word; stream >> word;) numbers.push_back(std::strtof(word.c_str(), nullptr));
  return numbers;
}

// From 0 to 1, others for each seed.
std::vector<float> Embedding(uint32_t seed, size_t size = 8) {
  std::vector<float> embedding(size);
  for (uint32_t i = 0; i < size; ++i) {
    embedding[i] = static_cast<float>(test::Mix(seed * 1000 + i) % 997) / 997.0f;
  }
  return embedding;
}

Taught TwoCategories() {
  Taught taught("lite0 1.0.0", 8);
  EXPECT_TRUE(taught.Add("猫", Embedding(1), true).ok());
  EXPECT_TRUE(taught.Add("猫", Embedding(2), true).ok());
  EXPECT_TRUE(taught.Add("猫", Embedding(3), false).ok());
  EXPECT_TRUE(taught.Add("杯子", Embedding(4), true).ok());
  return taught;
}

std::vector<float> LogitsOf(const Taught& taught, const std::vector<float>& embedding) {
  std::vector<float> logits(taught.categories().size());
  EXPECT_TRUE(taught.Logits(embedding, logits).ok());
  return logits;
}

TEST(Taught, RowsAndLogitsAreNumPys) {
  const auto rows = test::ReadTable("tests/fixtures/taught/cases.tsv");
  EXPECT_EQ(rows.size(), 15u);
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), 6u);
    SCOPED_TRACE(row[0]);
    const std::vector<float> asked = Numbers(row[3]), expected = Numbers(row[4]);
    const size_t size = asked.size();
    Taught taught("model", size);
    for (const int list : {1, 2}) {
      const std::vector<float> all = Numbers(row[list]);
      for (size_t at = 0; at < all.size(); at += size) {
        ASSERT_TRUE(taught.Add("name", std::span(all).subspan(at, size), list == 1).ok());
      }
    }
    const Taught::Row actual = taught.RowOf(0);
    ASSERT_EQ(actual.levels.size(), size);
    ASSERT_EQ(expected.size(), size + 1);
    for (size_t i = 0; i < size; ++i) {
      EXPECT_NEAR(actual.levels[i] * actual.scale, expected[i], 2e-7) << i;
    }
    EXPECT_NEAR(actual.bias, expected[size], 2e-7);
    EXPECT_NEAR(LogitsOf(taught, asked)[0], Numbers(row[5])[0], 2e-6);
  }
}

TEST(Taught, WhatWasShownIsLikelierThanWhatWasNot) {
  Taught taught("model", 64);
  ASSERT_TRUE(taught.Add("it", Embedding(1, 64), true).ok());
  const float before = LogitsOf(taught, Embedding(2, 64))[0];
  const float own = LogitsOf(taught, Embedding(1, 64))[0];
  EXPECT_GT(own, before);
  ASSERT_TRUE(taught.Add("it", Embedding(2, 64), false).ok());
  EXPECT_LT(LogitsOf(taught, Embedding(2, 64))[0], before);
  // A counterexample takes nothing from the examples' own direction, which levels round by a third
  // of a degree.
  EXPECT_NEAR(LogitsOf(taught, Embedding(1, 64))[0], own, 0.01);
}

TEST(Taught, CategoriesAreAddedForgottenRenamedAndMerged) {
  Taught taught = TwoCategories();
  EXPECT_EQ(taught.Find("杯子"), 1);
  EXPECT_EQ(taught.categories()[0].shown.size(), 2u);
  EXPECT_EQ(taught.categories()[0].not_shown.size(), 1u);
  ASSERT_TRUE(taught.Rename("杯子", "cup").ok());
  EXPECT_EQ(taught.Find("杯子"), -1);
  ASSERT_TRUE(taught.Merge("cup", "猫").ok());
  ASSERT_EQ(taught.categories().size(), 1u);
  EXPECT_EQ(taught.categories()[0].shown.size(), 3u);
  ASSERT_TRUE(taught.Forget("猫").ok());
  EXPECT_TRUE(taught.categories().empty());
}

TEST(Taught, RefusesNamesThatCannotBe) {
  Taught taught = TwoCategories();
  for (const std::string_view name : {"", "  ", "a\tb", "a\nb", "a\n", "a\r", "\xFF", "\x01"}) {
    EXPECT_ERROR(ErrorCode::kInvalidArgument, taught.Add(name, Embedding(5), true));
    EXPECT_ERROR(ErrorCode::kInvalidArgument, taught.Rename("猫", name));
  }
  EXPECT_ERROR(ErrorCode::kInvalidArgument, taught.Rename("猫", "杯子"));
  EXPECT_ERROR(ErrorCode::kInvalidArgument, taught.Rename("狗", "犬"));
  EXPECT_ERROR(ErrorCode::kInvalidArgument, taught.Forget("狗"));
  EXPECT_ERROR(ErrorCode::kInvalidArgument, taught.Merge("狗", "猫"));
  EXPECT_ERROR(ErrorCode::kInvalidArgument, taught.Merge("猫", "狗"));
  EXPECT_ERROR(ErrorCode::kInvalidArgument, taught.Merge("猫", "猫"));
  EXPECT_ERROR(ErrorCode::kInvalidArgument, taught.Add("狗", Embedding(5), false));
  EXPECT_EQ(taught.categories().size(), 2u);
}

TEST(Taught, RefusesEmbeddingsThatCannotBe) {
  Taught taught("model", 8);
  EXPECT_ERROR(ErrorCode::kInvalidArgument, taught.Add("it", Embedding(1, 7), true));
  EXPECT_ERROR(ErrorCode::kInvalidArgument, taught.Add("it", std::vector<float>(8), true));
  EXPECT_ERROR(ErrorCode::kInvalidArgument, taught.Add("it", std::vector<float>(8, 2.5f), true));
  std::vector<float> bad = Embedding(1);
  bad[3] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_ERROR(ErrorCode::kNonFiniteScores, taught.Add("it", bad, true));
  EXPECT_TRUE(taught.categories().empty());
  ASSERT_TRUE(taught.Add("it", Embedding(1), true).ok());
  std::vector<float> logits(1), two(2);
  EXPECT_ERROR(ErrorCode::kInvalidArgument, taught.Logits(Embedding(1, 7), logits));
  EXPECT_ERROR(ErrorCode::kInvalidArgument, taught.Logits(Embedding(1), two));
}

TEST(Taught, AFileIsReadAsItWasWritten) {
  const Taught taught = TwoCategories();
  const std::vector<uint8_t> file = taught.Write();
  const auto read = Taught::Parse(file);
  ASSERT_VALUE(read);
  EXPECT_EQ(read.value().model(), "lite0 1.0.0");
  EXPECT_EQ(read.value().size(), 8u);
  EXPECT_EQ(read.value().Write(), file);
  EXPECT_EQ(LogitsOf(read.value(), Embedding(9)), LogitsOf(taught, Embedding(9)));
  const auto empty = Taught::Parse(Taught("m", 3).Write());
  ASSERT_VALUE(empty);
  EXPECT_TRUE(empty.value().categories().empty());
}

TEST(Taught, ReadsTheFormAsItIsDescribed) {
  const auto file = test::ReadFile("tests/fixtures/taught/two.swtt");  // written by Python's struct
  const auto read = Taught::Parse(file);
  ASSERT_VALUE(read);
  const Taught& taught = read.value();
  EXPECT_EQ(taught.model(), "lite0 1.0.0");
  EXPECT_EQ(taught.size(), 5u);
  ASSERT_EQ(taught.categories().size(), 2u);
  const Taught::Category& cat = taught.categories()[0];
  EXPECT_EQ(cat.name, "我家的猫");
  EXPECT_EQ(cat.shown, (std::vector<Taught::Example>{{127, 0, 3, -2, 1}, {0, 127, 0, 0, -127}}));
  EXPECT_EQ(cat.not_shown, (std::vector<Taught::Example>{{1, 2, 127, 4, 5}}));
  EXPECT_EQ(taught.categories()[1].name, "cup");
  EXPECT_EQ(taught.Write(), file);
}

TEST(Taught, RefusesEveryFileThatIsCutOrLonger) {
  std::vector<uint8_t> file = TwoCategories().Write();
  for (size_t size = 0; size < file.size(); ++size) {
    EXPECT_ERROR(ErrorCode::kInvalidTaught, Taught::Parse(std::span(file).first(size)));
  }
  file.push_back(0);
  EXPECT_ERROR(ErrorCode::kInvalidTaught, Taught::Parse(file));
}

TEST(Taught, RefusesFilesThatContradictThemselves) {
  const auto broken = [](size_t at, uint8_t value) {
    auto file = test::ReadFile("tests/fixtures/taught/two.swtt");
    file[at] = value;
    return Taught::Parse(file);
  };
  EXPECT_ERROR(ErrorCode::kInvalidTaught, broken(0, 's'));
  EXPECT_ERROR(ErrorCode::kInvalidTaught, broken(4, 2));      // version
  EXPECT_ERROR(ErrorCode::kInvalidTaught, broken(8, 0));      // no numbers in an embedding
  EXPECT_ERROR(ErrorCode::kInvalidTaught, broken(11, 0xFF));  // more than there may be
  EXPECT_ERROR(ErrorCode::kInvalidTaught, broken(15, 0xFF));  // categories
  EXPECT_ERROR(ErrorCode::kInvalidTaught, broken(19, 0xFF));  // the model's name
  EXPECT_ERROR(ErrorCode::kInvalidTaught, broken(35, 0));     // nothing shown
  EXPECT_ERROR(ErrorCode::kInvalidTaught, broken(38, 0xFF));  // examples
  EXPECT_ERROR(ErrorCode::kInvalidTaught, broken(43, '\n'));  // a name
}

TEST(Taught, JoinsWhatOthersHave) {
  Taught taught = TwoCategories();
  Taught other("lite0 1.0.0", 8);
  ASSERT_TRUE(other.Add("狗", Embedding(7), true).ok());
  ASSERT_TRUE(other.Add("猫", Embedding(8), true).ok());
  ASSERT_TRUE(taught.Join(other).ok());
  ASSERT_EQ(taught.categories().size(), 3u);
  EXPECT_EQ(taught.categories()[0].shown.size(), 3u);
  EXPECT_EQ(taught.categories()[2].name, "狗");
  EXPECT_ERROR(ErrorCode::kInvalidArgument, taught.Join(Taught("lite2 1.0.0", 8)));
  EXPECT_ERROR(ErrorCode::kInvalidArgument, taught.Join(Taught("lite0 1.0.0", 9)));
}

}  // namespace
}  // namespace shiwu
