#include "shiwu/things.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support.h"

namespace shiwu {
namespace {

const Preprocessing kSquare = {224, 224, ResizeMode::kCropShortest, 1};

std::vector<int> Numbers(const Region& region) {
  return {region.x, region.y, region.width, region.height};
}

TEST(ViewsOf, AreSquaresAlongThePicture) {
  const auto views = [](int width, int height) {
    std::vector<std::vector<int>> all;
    for (const Region& each : ViewsOf(width, height)) all.push_back(Numbers(each));
    return all;
  };
  using Views = std::vector<std::vector<int>>;
  EXPECT_EQ(views(300, 300), (Views{{0, 0, 300, 300}}));
  EXPECT_EQ(views(330, 300), (Views{{15, 0, 300, 300}}));
  EXPECT_EQ(views(400, 300), (Views{{0, 0, 300, 300}, {100, 0, 300, 300}}));
  EXPECT_EQ(views(300, 600), (Views{{0, 0, 300, 300}, {0, 150, 300, 300}, {0, 300, 300, 300}}));
  EXPECT_EQ(views(1, 0), Views{});
}

// Maps of 7 x 7 places over a picture of 700 x 700, five classes: 0 is nothing much.
class Scene {
 public:
  Scene() : maps_(kClasses * 49) {}
  // Class `index` is sure from place (left, top) to (right, bottom), not included; or the contrary.
  Scene& Put(int index, int left, int top, int right, int bottom, float logit = 12) {
    for (int y = top; y < bottom; ++y) {
      for (int x = left; x < right; ++x) maps_[49 * index + 7 * y + x] = logit;
    }
    return *this;
  }
  MapsView view() const { return {maps_.data(), kClasses, 7, 7}; }

  static constexpr int kClasses = 60;

 private:
  std::vector<float> maps_;
};

std::vector<float> Scores(std::initializer_list<std::pair<int, float>> sure) {
  std::vector<float> scores(Scene::kClasses);
  float rest = 1;
  for (const auto& [index, score] : sure) rest -= scores[index] = score;
  for (float& each : scores) {
    if (each == 0) each = rest / static_cast<float>(scores.size() - sure.size());
  }
  return scores;
}

ThingFinder FinderOf(const Scene& scene) {
  ThingFinder finder(700, 700, kSquare);
  EXPECT_TRUE(finder.AddView(scene.view(), {0, 0, 700, 700}, 1).ok());
  return finder;
}

TEST(ThingFinder, FindsOneThingOnEachSide) {
  auto finder = FinderOf(Scene().Put(3, 0, 1, 2, 6).Put(8, 5, 1, 7, 6));
  const auto candidates = finder.FindCandidates();
  ASSERT_EQ(candidates.size(), 2u);
  // Five places high with a margin of 0.6 on each side, as a square, moved inside.
  EXPECT_EQ(Numbers(candidates[0]), (std::vector<int>{0, 40, 620, 620}));
  EXPECT_EQ(Numbers(candidates[1]), (std::vector<int>{80, 40, 620, 620}));
}

TEST(ThingFinder, NamesWhatItsRunsAgreeOn) {
  const Scene scene = Scene().Put(3, 0, 0, 2, 2).Put(8, 5, 0, 7, 2).Put(9, 0, 5, 2, 7);
  const auto things = [&](std::initializer_list<std::vector<float>> looks) {
    auto finder = FinderOf(scene);
    EXPECT_EQ(finder.FindCandidates().size(), 3u);
    size_t index = 0;
    for (const auto& look : looks) finder.AddLook(index++, look);
    return finder.Things();
  };
  const auto three = Scores({{3, 0.9f}}), eight = Scores({{8, 0.95f}}), nine = Scores({{9, 0.8f}});
  // The surest first.
  EXPECT_EQ(things({three, eight, nine}), (std::vector<int>{1, 0, 2}));
  // One that is not sure; one that says another thing than its spot; one that nobody looked at.
  EXPECT_EQ(things({three, Scores({{8, 0.2f}}), nine}), (std::vector<int>{0, 2}));
  EXPECT_EQ(things({three, nine, nine}), (std::vector<int>{0, 2}));
  EXPECT_EQ(things({three, eight}), (std::vector<int>{1, 0}));
  EXPECT_EQ(things({}), std::vector<int>{});
  // The same thing twice is one: here the second look is as sure of 3 as of 8.
  const auto both = Scores({{3, 0.5f}, {8, 0.45f}});
  EXPECT_EQ(things({three, both, nine}), (std::vector<int>{0, 2}));
}

TEST(ThingFinder, OneThingIsOneCandidate) {
  // All of the picture; and two views of the same.
  auto finder = FinderOf(Scene().Put(3, 1, 1, 6, 6));
  const Scene again = Scene().Put(3, 0, 1, 5, 6);
  ASSERT_TRUE(finder.AddView(again.view(), {100, 0, 800, 700}, 1).ok());
  EXPECT_EQ(finder.FindCandidates().size(), 1u);
  // A single place is no spot, and what is not sure neither.
  EXPECT_TRUE(FinderOf(Scene().Put(3, 2, 2, 3, 3)).FindCandidates().empty());
  EXPECT_TRUE(FinderOf(Scene().Put(3, 1, 1, 6, 6, 1)).FindCandidates().empty());
}

TEST(ThingFinder, RefusesWhatAreNoMaps) {
  ThingFinder finder(700, 700, kSquare);
  EXPECT_ERROR(ErrorCode::kInvalidArgument, finder.AddView({}, {0, 0, 700, 700}, 1));
  Scene scene;
  scene.Put(2, 0, 0, 1, 1, std::numeric_limits<float>::quiet_NaN());
  EXPECT_ERROR(ErrorCode::kNonFiniteScores, finder.AddView(scene.view(), {0, 0, 700, 700}, 1));
  // A look at nothing is none.
  finder.AddLook(5, std::vector<float>(7));
  EXPECT_TRUE(finder.Things().empty());
}

}  // namespace
}  // namespace shiwu
