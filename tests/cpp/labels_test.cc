#include "shiwu/labels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "support.h"

namespace shiwu {
namespace {

using Names = std::vector<std::string_view>;

TEST(Labels, ReadsEveryColumnInAnyOrder) {
  const auto labels = ParseLabels(
      "category\ten\tzh\tid\tzh_aliases\n"
      "cat\ttabby\t狸花猫\tn02123045\t虎斑猫|花狸\n"
      "\ttoaster\t烤面包机\tn04442312\t\n");
  ASSERT_VALUE(labels);
  ASSERT_EQ(labels.value().size(), 2u);
  const Label& cat = labels.value()[0];
  EXPECT_EQ(cat.id, "n02123045");
  EXPECT_EQ(cat.zh, "狸花猫");
  EXPECT_EQ(cat.aliases, (Names{"虎斑猫", "花狸"}));
  EXPECT_EQ(cat.en, "tabby");
  EXPECT_EQ(cat.category, "cat");
  EXPECT_TRUE(labels.value()[1].aliases.empty());
  EXPECT_EQ(labels.value()[1].category, "");
}

TEST(Labels, OnlyTheChineseNameIsNeeded) {
  const auto labels = ParseLabels("\xEF\xBB\xBFzh\r\n猫\r\n狗\r\n");
  ASSERT_VALUE(labels);
  ASSERT_EQ(labels.value().size(), 2u);
  EXPECT_EQ(labels.value()[0].id, "0");
  EXPECT_EQ(labels.value()[1].id, "1");
  EXPECT_EQ(labels.value()[1].zh, "狗");
  EXPECT_EQ(labels.value()[1].en, "");
}

TEST(Labels, EmptyAliasesAreLeftOut) {
  const auto labels = ParseLabels("zh\tzh_aliases\n猫\t|家猫||猫咪|\n");
  ASSERT_VALUE(labels);
  EXPECT_EQ(labels.value()[0].aliases, (Names{"家猫", "猫咪"}));
}

TEST(Labels, ThresholdsAreReadAndBlankMeansNone) {
  const auto labels = ParseLabels("zh\tthreshold\n室内\t0.35\n人像\t\n夜景\t1\n美食\t.06\n");
  ASSERT_VALUE(labels);
  EXPECT_EQ(labels.value()[0].threshold, 0.35f);
  EXPECT_EQ(labels.value()[1].threshold, 0.0f);
  EXPECT_EQ(labels.value()[2].threshold, 1.0f);
  EXPECT_EQ(labels.value()[3].threshold, 0.06f);
  for (const std::string bad :
       {"1.5", "-0.1", "half", "0.5x", "nan", " 0.5", "6e-2", "0.1.2", "."}) {
    EXPECT_ERROR(ErrorCode::kInvalidLabels, ParseLabels("zh\tthreshold\n室内\t" + bad + "\n"));
  }
}

TEST(Labels, RefusesBlanksDuplicatesAndMissingColumns) {
  for (const std::string_view text : {
           "id\ten\nn1\tcat\n",           // no zh
           "zh\tid\n\tn1\n",              // blank
           "zh\tid\n  \tn1\n",            // spaces
           "zh\tid\n\u3000\u3000\tn1\n",  // ideographic spaces
           "zh\tid\n \u3000 \tn1\n",      // both
           "zh\tid\n猫\tn1\n猫\tn2\n",    // a name twice
           "zh\tid\n猫\tn1\n狗\tn1\n",    // an id twice
           "zh\n",                        // no rows
           "",                            //
           "zh\tid\n猫\n",                // a cell missing
           "zh\n\xC3\x28\n",              // not UTF-8
       }) {
    EXPECT_ERROR(ErrorCode::kInvalidLabels, ParseLabels(text));
  }
}

TEST(Labels, ErrorsNameTheLine) {
  const auto labels = ParseLabels("zh\n猫\n狗\n猫\n");
  ASSERT_FALSE(labels.ok());
  EXPECT_NE(labels.error().message.find("line 4"), std::string::npos) << labels.error().message;
}

TEST(Labels, ImageNetTableParses) {
  const std::string text = test::ReadText("models/labels/imagenet1k.tsv");
  const auto labels = ParseLabels(text);
  ASSERT_VALUE(labels);
  ASSERT_EQ(labels.value().size(), 1000u);
  std::set<std::string_view> ids, names;
  for (const Label& label : labels.value()) {
    ids.insert(label.id);
    names.insert(label.zh);
    EXPECT_EQ(label.id.size(), 9u) << label.zh;
    EXPECT_EQ(label.id[0], 'n') << label.zh;
    EXPECT_FALSE(label.en.empty()) << label.zh;
    EXPECT_FALSE(label.category.empty()) << label.zh;
    EXPECT_EQ(std::count(label.aliases.begin(), label.aliases.end(), label.zh), 0) << label.zh;
  }
  EXPECT_EQ(ids.size(), 1000u);
  EXPECT_EQ(names.size(), 1000u);
  // The order is that of the network's outputs, which is that of the ids.
  EXPECT_TRUE(std::is_sorted(labels.value().begin(), labels.value().end(),
                             [](const Label& a, const Label& b) { return a.id < b.id; }));
  EXPECT_EQ(labels.value()[281].id, "n02123045");  // tabby
  EXPECT_EQ(labels.value()[967].id, "n07920052");  // espresso
}

}  // namespace
}  // namespace shiwu
