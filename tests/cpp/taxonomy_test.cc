#include "shiwu/taxonomy.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support.h"

namespace shiwu {
namespace {

constexpr std::string_view kTaxonomy =
    "id\tzh\ten\tparent\n"
    "animal\t动物\tAnimals\t\n"
    "dog\t犬\tDogs\tanimal\n"
    "cat\t猫\tCats\tanimal\n"
    "food\t食物\tFood\t\n"
    "hound\t猎犬\tHounds\tdog\n";
constexpr std::string_view kLabels =
    "id\tzh\tcategory\n"
    "a\t比格犬\thound\n"
    "b\t狮子狗\tdog\n"
    "c\t波斯猫\tcat\n"
    "d\t披萨\tfood\n"
    "e\t别的\t\n"
    "f\t巴吉度犬\thound\n";

std::optional<CategoryScore> MostSpecific(const std::vector<float>& scores, float enough) {
  const auto names = ClassNames::Parse(kLabels, kTaxonomy);
  EXPECT_TRUE(names.ok());
  return names.value().taxonomy.MostSpecific(scores, names.value().node_of_class, enough);
}

TEST(Taxonomy, ReadsNodesAndPaths) {
  const auto taxonomy = Taxonomy::Parse(kTaxonomy);
  ASSERT_VALUE(taxonomy);
  const auto& nodes = taxonomy.value().nodes();
  ASSERT_EQ(nodes.size(), 5u);
  EXPECT_EQ(nodes[1].id, "dog");
  EXPECT_EQ(nodes[1].zh, "犬");
  EXPECT_EQ(nodes[1].en, "Dogs");
  EXPECT_EQ(nodes[0].parent, -1);
  EXPECT_EQ(nodes[1].parent, 0);
  EXPECT_EQ(nodes[4].parent, 1);
  EXPECT_EQ(taxonomy.value().Find("food"), 3);
  EXPECT_EQ(taxonomy.value().Find("Food"), -1);
  EXPECT_EQ(taxonomy.value().Path(4), (std::vector<int>{0, 1, 4}));
  EXPECT_EQ(taxonomy.value().Path(3), (std::vector<int>{3}));
  EXPECT_TRUE(taxonomy.value().Path(-1).empty());
}

TEST(Taxonomy, RefusesWhatIsNoForest) {
  for (const std::string_view text : {
           "id\tzh\ten\tparent\na\t甲\tA\ta\n",               // its own parent
           "id\tzh\ten\tparent\na\t甲\tA\tb\nb\t乙\tB\ta\n",  // a cycle
           "id\tzh\ten\tparent\na\t甲\tA\tb\nb\t乙\tB\t\n",   // child before parent
           "id\tzh\ten\tparent\na\t甲\tA\tnobody\n",          // unknown parent
           "id\tzh\ten\tparent\na\t甲\tA\t\na\t乙\tB\t\n",    // an id twice
           "id\tzh\ten\tparent\na\t甲\tA\t\nb\t甲\tB\t\n",    // a name twice
           "id\tzh\ten\tparent\n\t甲\tA\t\n",                 // blank id
           "id\tzh\ten\tparent\na\t\tA\t\n",                  // blank name
           "id\tzh\ten\na\t甲\tA\n",                          // a column missing
           "",                                                //
       }) {
    EXPECT_ERROR(ErrorCode::kInvalidLabels, Taxonomy::Parse(text));
  }
}

TEST(Taxonomy, AssignsLabels) {
  const auto names = ClassNames::Parse(kLabels, kTaxonomy);
  ASSERT_VALUE(names);
  EXPECT_EQ(names.value().node_of_class, (std::vector<int>{4, 1, 2, 3, -1, 4}));
  EXPECT_EQ(names.value().Find("c"), 2);
  EXPECT_EQ(names.value().Find("z"), -1);
  EXPECT_ERROR(ErrorCode::kInvalidLabels,
               ClassNames::Parse("id\tzh\tcategory\na\t猫\tfish\n", kTaxonomy));
}

TEST(Taxonomy, MayBeMissing) {
  const auto names = ClassNames::Parse(kLabels, "");
  ASSERT_VALUE(names);
  EXPECT_TRUE(names.value().taxonomy.nodes().empty());
  EXPECT_EQ(names.value().node_of_class, std::vector<int>(6, -1));
  EXPECT_FALSE(
      names.value()
          .taxonomy.MostSpecific(std::vector<float>(6, 0.1f), names.value().node_of_class, 0)
          .has_value());
}

void ExpectCategory(const std::optional<CategoryScore>& category, int node, float score) {
  ASSERT_TRUE(category.has_value());
  EXPECT_EQ(category->node, node);
  EXPECT_NEAR(category->score, score, 1e-6);
}

TEST(Taxonomy, MostSpecificNodeThatIsProbableEnough) {
  // hound .5, dog .7, animal .8, cat .1, food .15
  const std::vector<float> scores = {0.3f, 0.2f, 0.1f, 0.15f, 0.05f, 0.2f};
  ExpectCategory(MostSpecific(scores, 0.5f), 4, 0.5f);
  ExpectCategory(MostSpecific(scores, 0.51f), 1, 0.7f);
  ExpectCategory(MostSpecific(scores, 0.71f), 0, 0.8f);
  EXPECT_FALSE(MostSpecific(scores, 0.81f).has_value());
  ExpectCategory(MostSpecific(scores, 0.01f), 4, 0.5f);  // the deepest
  // Among equally deep nodes the more probable, then the first.
  ExpectCategory(MostSpecific({0, 0.2f, 0.3f, 0, 0, 0}, 0.1f), 2, 0.3f);
  ExpectCategory(MostSpecific({0, 0.25f, 0.25f, 0, 0, 0}, 0.1f), 1, 0.25f);
  EXPECT_FALSE(MostSpecific({0, 0, 0, 0, 1, 0}, 0.1f).has_value());  // without a category
  // Sums never pass 1 by rounding.
  const auto all = MostSpecific({0.4f, 0, 0, 0, 0, 0.6000001f}, 0.5f);
  ASSERT_TRUE(all.has_value());
  EXPECT_LE(all->score, 1.0f);
}

TEST(Taxonomy, EverydayTaxonomyCoversImageNet) {
  const auto names = ClassNames::Parse(test::ReadText("models/labels/imagenet1k.tsv"),
                                       test::ReadText("models/labels/taxonomy.tsv"));
  ASSERT_VALUE(names);
  const auto& nodes = names.value().taxonomy.nodes();
  EXPECT_GE(nodes.size(), 30u);
  std::vector<int> classes(nodes.size());
  for (size_t i = 0; i < 1000; ++i) {
    const int node = names.value().node_of_class[i];
    ASSERT_GE(node, 0) << names.value().labels[i].zh;
    for (const int above : names.value().taxonomy.Path(node)) ++classes[above];
  }
  for (size_t i = 0; i < nodes.size(); ++i) {
    EXPECT_GT(classes[i], 0) << nodes[i].zh << " has no class";
    EXPECT_LE(names.value().taxonomy.Path(static_cast<int>(i)).size(), 3u) << nodes[i].zh;
  }
  // A tabby is an animal, and a cat.
  const auto path = names.value().taxonomy.Path(names.value().node_of_class[281]);
  ASSERT_GE(path.size(), 2u);
  EXPECT_EQ(nodes[path.front()].zh, "动物");
  EXPECT_EQ(nodes[path.back()].zh, "猫");
}

}  // namespace
}  // namespace shiwu
