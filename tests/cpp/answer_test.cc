#include "shiwu/answer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "support.h"

namespace shiwu {
namespace {

constexpr std::string_view kTaxonomy =
    "id\tzh\ten\tparents\titself\n"
    "animal\t动物\tanimal\t\t1\n"
    "plant\t植物\tplant\t\t1\n"
    "food\t食物\tfood\t\t0\n"
    "dog\t狗\tdog\tanimal\t1\n"
    "fruit\t水果\tfruit\tfood|plant\t1\n"
    "hound\t猎犬\thound\tdog\t1\n";
constexpr std::string_view kLabels =
    "id\tzh\tcategory\tthreshold\n"
    "a\t比格犬\thound\t\n"
    "b\t狮子狗\tdog\t0.9\n"
    "c\t波斯猫\tanimal\t\n"
    "d\t披萨\tfood\t\n"
    "e\t苹果\tfruit\t\n"
    "f\t橙子\tfruit|food\t\n"
    "g\t别的\t\t\n"
    "h\t巴吉度犬\thound\t\n";

ClassNames Names(std::string_view labels = kLabels, std::string_view taxonomy = kTaxonomy) {
  auto names = ClassNames::Parse(labels, taxonomy);
  EXPECT_TRUE(names.ok());
  return std::move(names).value();
}

constexpr auto kClass = Answer::Kind::kClass;
constexpr auto kCategory = Answer::Kind::kCategory;
constexpr auto kUnknown = Answer::Kind::kUnknown;

struct Expected {
  Answer::Kind kind;
  int index;
  float score;
};

struct Asked {
  std::vector<float> logits = {};
  std::vector<int32_t> allow = {};
  std::vector<int32_t> deny = {};
};

void ExpectAnswer(const std::vector<float>& scores, const AnswerRule& rule,
                  const Expected& expected, const Asked& asked = {}) {
  const auto answer = HonestAnswer(asked.logits, scores, Names(), rule, asked.allow, asked.deny);
  ASSERT_VALUE(answer);
  EXPECT_EQ(answer.value().kind, expected.kind);
  EXPECT_EQ(answer.value().index, expected.index);
  EXPECT_NEAR(answer.value().score, expected.score, 1e-6);
}

AnswerRule Hedge(float hedge) { return {.hedge = hedge}; }

// hound .5, dog .7, animal .8; fruit .15. Of 8 classes: gains of 2/3, 0.47 and 1/3.
const std::vector<float> kDoubtful = {0.3f, 0.2f, 0.1f, 0, 0.1f, 0.05f, 0.05f, 0.2f};

TEST(Answer, GivesUpAsMuchAsTheHedgeSays) {
  ExpectAnswer(kDoubtful, Hedge(0), {kCategory, 5, 0.5f});     // 1/3 against 0.3 for the class
  ExpectAnswer(kDoubtful, Hedge(0.5f), {kCategory, 3, 0.7f});  // 0.68 against 0.58 and 0.67
  ExpectAnswer(kDoubtful, Hedge(1), {kCategory, 0, 0.8f});     // 1.07 against 1.03
  ExpectAnswer({0.9f, 0, 0.1f, 0, 0, 0, 0, 0}, Hedge(0), {kClass, 0, 0.9f});
  ExpectAnswer({0.9f, 0, 0.1f, 0, 0, 0, 0, 0}, Hedge(10), {kCategory, 0, 1});
}

TEST(Answer, IsNoGuess) {
  ExpectAnswer({0.1f, 0.1f, 0.15f, 0.2f, 0.1f, 0, 0.35f, 0}, Hedge(20), {kUnknown, 6, 0.35f});
  ExpectAnswer({0.1f, 0.1f, 0.15f, 0.1f, 0.1f, 0, 0.45f, 0}, Hedge(0), {kClass, 6, 0.45f});
}

TEST(Answer, CountsAClassOnceInANodeThatHoldsItTwice) {
  // An orange is fruit, which is food, and food itself.
  ExpectAnswer({0, 0, 0, 0.2f, 0.3f, 0.3f, 0.2f, 0}, Hedge(10), {kCategory, 2, 0.8f});
  // fruit and plant hold the same classes: the deeper one says more.
  ExpectAnswer({0, 0, 0, 0.2f, 0.4f, 0.4f, 0, 0}, Hedge(0), {kCategory, 4, 0.8f});
}

TEST(Answer, NeverPassesOneByRounding) {
  const auto all = HonestAnswer({}, std::vector<float>{0.4f, 0, 0, 0, 0, 0, 0, 0.6000001f}, Names(),
                                Hedge(5), {}, {});
  ASSERT_VALUE(all);
  EXPECT_EQ(all.value().kind, kCategory);
  EXPECT_LE(all.value().score, 1.0f);
}

TEST(Answer, KeepsToTheClassesThatAreAllowed) {
  ExpectAnswer(kDoubtful, Hedge(5), {kCategory, 5, 0.5f}, {.allow = {0, 7}});
  ExpectAnswer(kDoubtful, Hedge(5), {kUnknown, 0, 0.3f}, {.allow = {0, 1}, .deny = {1}});
  ExpectAnswer(kDoubtful, Hedge(5), {kCategory, 0, 0.5f}, {.deny = {0}});
  ExpectAnswer(kDoubtful, Hedge(5), {kUnknown, -1, 0}, {.deny = {0, 1, 2, 3, 4, 5, 6, 7}});
}

TEST(Answer, IsUnknownForWhatIsNotFamiliar) {
  const std::vector<float> sure = {1, 0, 0, 0, 0, 0, 0, 0};
  // ln 8 = 2.079
  const std::vector<float> equal(8, 3);
  ExpectAnswer(sure, {.familiar = 5.07f}, {kClass, 0, 1}, {.logits = equal});
  ExpectAnswer(sure, {.familiar = 5.09f}, {kUnknown, 0, 1}, {.logits = equal});
  ExpectAnswer(sure, {.familiar = 2}, {kClass, 0, 1}, {.logits = equal});
  ExpectAnswer(sure, {.familiar = 5.09f}, {kClass, 0, 1});  // not asked
}

TEST(Answer, OfATaggerIsTheLikeliestClassAboveItsThreshold) {
  const AnswerRule tagger = {.exclusive = false};
  // The second has a threshold of its own.
  ExpectAnswer({0.6f, 0.8f, 0, 0, 0, 0, 0, 0}, tagger, {kClass, 0, 0.6f});
  ExpectAnswer({0.6f, 0.95f, 0, 0, 0, 0, 0, 0}, tagger, {kClass, 1, 0.95f});
  // Scores of a tagger are not added up.
  ExpectAnswer({0.4f, 0.4f, 0, 0, 0, 0, 0, 0.4f}, tagger, {kUnknown, 0, 0.4f});
}

TEST(Answer, NeedsNoTaxonomy) {
  const auto names = Names("zh\n猫\n狗\n鸟\n", "");
  const auto sure = HonestAnswer({}, std::vector<float>{0.2f, 0.7f, 0.1f}, names, Hedge(5), {}, {});
  ASSERT_VALUE(sure);
  EXPECT_EQ(sure.value().kind, kClass);
  EXPECT_EQ(sure.value().index, 1);
  const auto unsure =
      HonestAnswer({}, std::vector<float>{0.38f, 0.31f, 0.31f}, names, Hedge(5), {}, {});
  ASSERT_VALUE(unsure);
  EXPECT_EQ(unsure.value().kind, kUnknown);
  const auto only = HonestAnswer({}, std::vector<float>{1}, Names("zh\n猫\n", ""), {}, {}, {});
  ASSERT_VALUE(only);
  EXPECT_EQ(only.value().kind, kClass);
}

TEST(Answer, RefusesWhatTopKRefuses) {
  const auto names = Names();
  std::vector<float> scores(8, 0.1f);
  const std::vector<int32_t> beyond = {8};
  EXPECT_ERROR(ErrorCode::kInvalidArgument, HonestAnswer({}, scores, names, {}, beyond, {}));
  EXPECT_ERROR(ErrorCode::kInvalidArgument,
               HonestAnswer({}, std::span(scores).first(7), names, {}, {}, {}));
  EXPECT_ERROR(ErrorCode::kInvalidArgument, HonestAnswer({}, {}, names, {}, {}, {}));
  for (const float hedge : {-1.0f, std::numeric_limits<float>::quiet_NaN()}) {
    EXPECT_ERROR(ErrorCode::kInvalidArgument,
                 HonestAnswer({}, scores, names, Hedge(hedge), {}, {}));
  }
  scores[3] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_ERROR(ErrorCode::kNonFiniteScores, HonestAnswer({}, scores, names, {}, {}, {}));
}

TEST(Answer, IsNumPysForTheEverydayTaxonomy) {
  const auto names = Names(test::ReadText("models/labels/imagenet1k.tsv"),
                           test::ReadText("models/labels/taxonomy.tsv"));
  const auto rows = test::ReadTable("tests/fixtures/answers/cases.tsv");
  EXPECT_GE(rows.size(), 200u);
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), 5u);
    SCOPED_TRACE(row[4] + " hedge " + row[0]);
    std::vector<float> scores(names.labels.size());
    std::istringstream pairs(row[4]);
    for (std::string pair; pairs >> pair;) {
      const size_t colon = pair.find(':');
      scores[std::stoul(pair.substr(0, colon))] = std::strtof(pair.c_str() + colon + 1, nullptr);
    }
    const float hedge = std::strtof(row[0].c_str(), nullptr);
    const auto answer = HonestAnswer({}, scores, names, Hedge(hedge), {}, {});
    ASSERT_VALUE(answer);
    const auto [kind, index, score] = answer.value();
    EXPECT_EQ(row[1], kind == kClass ? "class" : kind == kCategory ? "category" : "unknown");
    EXPECT_NEAR(score, std::strtof(row[3].c_str(), nullptr), 1e-6);
    if (kind == kClass) {
      EXPECT_EQ(row[2], names.labels[index].id);
    }
    if (kind == kCategory) {
      EXPECT_EQ(row[2], names.taxonomy.nodes()[index].id);
    }
  }
}

}  // namespace
}  // namespace shiwu
