// Several things in one picture: which parts deserve a look of their own, by maps of the whole, and
// which of those looks are things, each another.
//
// The rule, whose numbers were chosen on pairs of photos pasted side by side
// (tests/bench/things.mjs):
// 1. The network looks at squares along the picture (ViewsOf), and gives maps.
// 2. In each view, places whose local answers are sure and alike are one spot; two answers are as
//    alike as their Bhattacharyya coefficient, the sum of sqrt(p q) over the classes.
// 3. Of spots that overlap and are alike the surer one stays. Each gets a run of its own.
// 4. A run is a thing if it is sure, does not contradict its spot, and is neither like a surer one
// nor
//    in the same place.
#pragma once

#include <span>
#include <vector>

#include "shiwu/fit.h"
#include "shiwu/image.h"
#include "shiwu/maps.h"
#include "shiwu/result.h"

namespace shiwu {

// Squares along the longer side of a width x height picture, evenly spaced, at most half a side
// apart; one, if it is nearly square. Empty for an empty picture.
std::vector<Region> ViewsOf(int width, int height);

// Finds the things of one picture.
class ThingFinder {
 public:
  // Candidates at most: runs that one picture may cost beside its views.
  static constexpr size_t kMostCandidates = 6;

  // Of the upright picture, and of the model.
  ThingFinder(int width, int height, const Preprocessing& preprocessing)
      : width_(width), height_(height), preprocessing_(preprocessing) {}

  // `seen` is the part of the picture that lies under the maps. Errors: kInvalidArgument for empty
  // maps; kNonFiniteScores.
  Status AddView(const MapsView& maps, const Extent& seen, float temperature);

  // Regions that deserve a run, the surest first.
  const std::vector<Region>& FindCandidates();

  // The scores that the run of candidate `index` gave. They are copied.
  void AddLook(size_t index, std::span<const float> scores);

  // Indexes of the candidates that are things, the surest first; those without a look are none.
  std::vector<int> Things() const;

 private:
  struct Spot {
    Region region;
    float sure;
    std::vector<float> answer;  // square roots of the scores
  };
  int width_, height_;
  Preprocessing preprocessing_;
  std::vector<Spot> spots_;
  std::vector<Region> candidates_;
  std::vector<std::vector<float>> looks_;  // square roots of the scores; empty: no look
};

}  // namespace shiwu
