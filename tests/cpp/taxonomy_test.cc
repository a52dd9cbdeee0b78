#include "shiwu/taxonomy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "support.h"

namespace shiwu {
namespace {

constexpr std::string_view kTaxonomy =
    "id\tzh\ten\tparents\titself\n"
    "animal\t动物\tanimal\t\t1\n"
    "dog\t犬\tdog\tanimal\t1\n"
    "cat\t猫\tcat\tanimal\t1\n"
    "food\t食物\tfood\t\t0\n"
    "hound\t猎犬\thound\tdog\t\n"
    "pet\t宠物\tpet\tanimal\t0\n"
    "lap\t膝上宠物\tlap pet\tdog|pet\t0\n";
constexpr std::string_view kLabels =
    "id\tzh\tcategory\n"
    "a\t比格犬\thound\n"
    "b\t狮子狗\tlap\n"
    "c\t波斯猫\tcat|pet\n"
    "d\t披萨\tfood\n"
    "e\t别的\t\n"
    "f\t巴吉度犬\thound\n";

TEST(Taxonomy, ReadsNodesAndPaths) {
  const auto taxonomy = Taxonomy::Parse(kTaxonomy);
  ASSERT_VALUE(taxonomy);
  const auto& nodes = taxonomy.value().nodes();
  ASSERT_EQ(nodes.size(), 7u);
  EXPECT_EQ(nodes[1].id, "dog");
  EXPECT_EQ(nodes[1].zh, "犬");
  EXPECT_EQ(nodes[1].en, "dog");
  EXPECT_TRUE(nodes[0].parents.empty());
  EXPECT_EQ(nodes[1].parents, std::vector<int>{0});
  EXPECT_EQ(nodes[6].parents, (std::vector<int>{1, 5}));
  EXPECT_TRUE(nodes[1].itself);
  EXPECT_FALSE(nodes[3].itself);
  EXPECT_FALSE(nodes[4].itself);
  EXPECT_EQ(taxonomy.value().Find("food"), 3);
  EXPECT_EQ(taxonomy.value().Find("Food"), -1);
  EXPECT_EQ(taxonomy.value().Path(4), (std::vector<int>{0, 1, 4}));
  EXPECT_EQ(taxonomy.value().Path(3), (std::vector<int>{3}));
  EXPECT_EQ(taxonomy.value().Path(6), (std::vector<int>{0, 1, 6}));  // by the first parent
  EXPECT_TRUE(taxonomy.value().Path(-1).empty());
}

TEST(Taxonomy, RefusesCyclesAndWhatIsIncomplete) {
  for (const std::string_view text : {
           "id\tzh\ten\tparent\na\t甲\tA\ta\n",                 // its own parent
           "id\tzh\ten\tparent\na\t甲\tA\tb\nb\t乙\tB\ta\n",    // a cycle
           "id\tzh\ten\tparent\na\t甲\tA\tb\nb\t乙\tB\t\n",     // child before parent
           "id\tzh\ten\tparent\na\t甲\tA\tnobody\n",            // unknown parent
           "id\tzh\ten\tparents\na\t甲\tA\t\nb\t乙\tB\ta|c\n",  // one of two is unknown
           "id\tzh\ten\tparent\na\t甲\tA\t\na\t乙\tB\t\n",      // an id twice
           "id\tzh\ten\tparent\na\t甲\tA\t\nb\t甲\tB\t\n",      // a name twice
           "id\tzh\ten\tparent\n\t甲\tA\t\n",                   // blank id
           "id\tzh\ten\tparent\na\t\tA\t\n",                    // blank name
           "id\tzh\ten\na\t甲\tA\n",                            // a column missing
           "",                                                  //
       }) {
    EXPECT_ERROR(ErrorCode::kInvalidLabels, Taxonomy::Parse(text));
  }
}

TEST(Taxonomy, AssignsLabels) {
  const auto names = ClassNames::Parse(kLabels, kTaxonomy);
  ASSERT_VALUE(names);
  EXPECT_EQ(names.value().category_of_class, (std::vector<int>{4, 6, 2, 3, -1, 4}));
  EXPECT_EQ(names.value().above[1], (std::vector<int>{0, 1, 5, 6}));
  EXPECT_EQ(names.value().above[2], (std::vector<int>{0, 2, 5}));
  EXPECT_TRUE(names.value().above[4].empty());
  EXPECT_EQ(names.value().classes_in, (std::vector<int>{4, 3, 1, 1, 2, 2, 1}));
  EXPECT_EQ(names.value().Find("c"), 2);
  EXPECT_EQ(names.value().Find("z"), -1);
  EXPECT_ERROR(ErrorCode::kInvalidLabels,
               ClassNames::Parse("id\tzh\tcategory\na\t猫\tfish\n", kTaxonomy));
}

TEST(Taxonomy, MayBeMissing) {
  const auto names = ClassNames::Parse(kLabels, "");
  ASSERT_VALUE(names);
  EXPECT_TRUE(names.value().taxonomy.nodes().empty());
  EXPECT_EQ(names.value().category_of_class, std::vector<int>(6, -1));
}

TEST(Taxonomy, EverydayTaxonomyCoversImageNet) {
  const auto names = ClassNames::Parse(test::ReadText("models/labels/imagenet1k.tsv"),
                                       test::ReadText("models/labels/taxonomy.tsv"));
  ASSERT_VALUE(names);
  const auto& nodes = names.value().taxonomy.nodes();
  EXPECT_GE(nodes.size(), 150u);
  for (size_t i = 0; i < 1000; ++i) {
    EXPECT_GE(names.value().category_of_class[i], 0) << names.value().labels[i].zh;
  }
  for (size_t i = 0; i < nodes.size(); ++i) {
    EXPECT_GE(names.value().classes_in[i], 2) << nodes[i].zh;
    EXPECT_LE(names.value().taxonomy.Path(static_cast<int>(i)).size(), 5u) << nodes[i].zh;
  }
  // A tabby is an animal, and a cat; an orange is food and a plant.
  const auto path = names.value().taxonomy.Path(names.value().category_of_class[281]);
  ASSERT_GE(path.size(), 2u);
  EXPECT_EQ(nodes[path.front()].zh, "动物");
  EXPECT_EQ(nodes[path.back()].zh, "猫");
  for (const std::string_view top : {"食物", "植物"}) {
    EXPECT_TRUE(std::ranges::any_of(names.value().above[950], [&](int node) {
      return nodes[node].zh == top;
    })) << top;
  }
}

}  // namespace
}  // namespace shiwu
