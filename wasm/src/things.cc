#include "shiwu/things.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "shiwu/scores.h"

namespace shiwu {
namespace {

// A picture is nearly square whose longer side is at most so many times the shorter.
constexpr double kNearlySquare = 1.12;
// Views are at most this part of their side apart.
constexpr double kApart = 0.5;

// Answers of single places are sharper than those of whole pictures: their logits are divided by
// this.
constexpr float kLocalTemperature = 1.5f;
// A spot begins at a place that is this sure, and takes neighbours that are this alike.
constexpr float kSurePlace = 0.45f;
constexpr float kAlikePlace = 0.35f;
// It has so many places at least; beyond so many more add nothing to how sure it is.
constexpr size_t kFewestPlaces = 2;
constexpr size_t kManyPlaces = 6;
// Around its places, and at least, in places.
constexpr double kMargin = 0.6;
constexpr double kShortestSide = 2.6;

// Answers are the same from here on; regions, when the smaller lies in the other by this part.
constexpr float kAlike = 0.25f;
constexpr double kSameRegion = 0.6;
// A thing: its best score, how well it must agree with its spot, and how much of it may lie in
// another.
constexpr float kSureThing = 0.3f;
constexpr float kAgreement = 0.1f;
constexpr double kSamePlace = 0.65;

float Alike(std::span<const float> a, std::span<const float> b) {
  float sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

float Best(const std::vector<float>& roots) {
  const float best = *std::max_element(roots.begin(), roots.end());
  return best * best;
}

// How much of the smaller one lies in the other.
double Overlap(const Region& a, const Region& b) {
  const auto shared = [](int from, int size, int other, int other_size) {
    return std::max(0, std::min(from + size, other + other_size) - std::max(from, other));
  };
  const double both =
      1.0 * shared(a.x, a.width, b.x, b.width) * shared(a.y, a.height, b.y, b.height);
  return both / std::min(1.0 * a.width * a.height, 1.0 * b.width * b.height);
}

void TakeRoots(std::span<float> scores) {
  for (float& each : scores) each = std::sqrt(each);
}

}  // namespace

std::vector<Region> ViewsOf(int width, int height) {
  std::vector<Region> views;
  const int side = std::min(width, height), longer = std::max(width, height);
  if (side < 1) return views;
  const double ratio = double{1} * longer / side;
  const int count =
      ratio < kNearlySquare ? 1 : static_cast<int>(std::ceil((ratio - 1) / kApart)) + 1;
  for (int i = 0; i < count; ++i) {
    const double share = count == 1 ? 0.5 : double{1} * i / (count - 1);
    const int at = static_cast<int>(std::lround(share * (longer - side)));
    views.push_back(width >= height ? Region{at, 0, side, side} : Region{0, at, side, side});
  }
  return views;
}

Status ThingFinder::AddView(const MapsView& maps, const Extent& seen, float temperature) {
  if (maps.classes < 1 || maps.height < 1 || maps.width < 1) {
    return Error{ErrorCode::kInvalidArgument, "empty maps"};
  }
  const size_t places = maps.places(), classes = maps.classes;
  std::vector<float> roots(places * classes), best(places);
  for (size_t p = 0; p < places; ++p) {
    const std::span<float> place = std::span(roots).subspan(p * classes, classes);
    for (size_t c = 0; c < classes; ++c) place[c] = maps.data[c * places + p];
    if (Status status = Softmax(place, temperature * kLocalTemperature, place); !status.ok()) {
      return status;
    }
    best[p] = *std::max_element(place.begin(), place.end());
    TakeRoots(place);
  }
  const auto answer = [&](size_t p) {
    return std::span<const float>(roots).subspan(p * classes, classes);
  };
  std::vector<bool> taken(places);
  for (;;) {
    size_t seed = places;
    for (size_t p = 0; p < places; ++p) {
      if (!taken[p] && best[p] >= kSurePlace && (seed == places || best[p] > best[seed])) seed = p;
    }
    if (seed == places) return {};
    // All that hangs together with it and is like it.
    std::vector<size_t> spot = {seed};
    taken[seed] = true;
    int left = maps.width, top = maps.height, right = 0, bottom = 0;
    for (size_t next = 0; next < spot.size(); ++next) {
      const int x = static_cast<int>(spot[next]) % maps.width;
      const int y = static_cast<int>(spot[next]) / maps.width;
      left = std::min(left, x);
      right = std::max(right, x + 1);
      top = std::min(top, y);
      bottom = std::max(bottom, y + 1);
      for (const auto& [across, down] : {std::pair(0, 1), {1, 0}, {0, -1}, {-1, 0}}) {
        const int to_x = x + across, to_y = y + down;
        if (to_x < 0 || to_y < 0 || to_x >= maps.width || to_y >= maps.height) continue;
        const size_t to = size_t{1} * to_y * maps.width + to_x;
        if (taken[to] || Alike(answer(to), answer(seed)) < kAlikePlace) continue;
        taken[to] = true;
        spot.push_back(to);
      }
    }
    if (spot.size() < kFewestPlaces) continue;
    // What its places say together.
    Spot found;
    found.answer.assign(classes, 0);
    for (const size_t p : spot) {
      for (size_t c = 0; c < classes; ++c) found.answer[c] += maps.data[c * places + p];
    }
    for (float& each : found.answer) each /= static_cast<float>(spot.size());
    if (Status status = Softmax(found.answer, temperature, found.answer); !status.ok()) {
      return status;
    }
    TakeRoots(found.answer);
    const double many = std::min(1.0, static_cast<double>(spot.size()) / kManyPlaces);
    found.sure = Best(found.answer) * static_cast<float>(std::sqrt(many));
    const double across = (seen.right - seen.left) / maps.width;
    const double down = (seen.bottom - seen.top) / maps.height;
    const double x = seen.left + across * (left + right) / 2;
    const double y = seen.top + down * (top + bottom) / 2;
    const double w = across * std::max(right - left + 2 * kMargin, kShortestSide) / 2;
    const double h = down * std::max(bottom - top + 2 * kMargin, kShortestSide) / 2;
    auto region = RegionAround({x - w, y - h, x + w, y + h}, width_, height_, preprocessing_);
    if (!region.ok()) return region.status();
    found.region = region.value();
    spots_.push_back(std::move(found));
  }
}

const std::vector<Region>& ThingFinder::FindCandidates() {
  // A heap's sort, as in scores.cc; equals stay in the order of the views.
  std::vector<std::pair<float, int>> order;
  for (size_t i = 0; i < spots_.size(); ++i) {
    order.push_back({-spots_[i].sure, static_cast<int>(i)});
  }
  std::make_heap(order.begin(), order.end());
  std::sort_heap(order.begin(), order.end());
  std::vector<Spot> kept;
  for (const auto& [sure, i] : order) {
    Spot& spot = spots_[i];
    const bool another = std::all_of(kept.begin(), kept.end(), [&](const Spot& before) {
      return Overlap(spot.region, before.region) < kSameRegion ||
             Alike(spot.answer, before.answer) < kAlike;
    });
    if (another && kept.size() < kMostCandidates) kept.push_back(std::move(spot));
  }
  spots_ = std::move(kept);
  candidates_.clear();
  for (const Spot& spot : spots_) candidates_.push_back(spot.region);
  looks_.assign(spots_.size(), {});
  return candidates_;
}

void ThingFinder::AddLook(size_t index, std::span<const float> scores) {
  if (index >= looks_.size() || scores.size() != spots_[index].answer.size()) return;
  looks_[index].assign(scores.begin(), scores.end());
  TakeRoots(looks_[index]);
}

std::vector<int> ThingFinder::Things() const {
  std::vector<std::pair<float, int>> order;
  for (size_t i = 0; i < looks_.size(); ++i) {
    if (!looks_[i].empty()) order.push_back({-Best(looks_[i]), static_cast<int>(i)});
  }
  std::make_heap(order.begin(), order.end());
  std::sort_heap(order.begin(), order.end());
  std::vector<int> things;
  for (const auto& [sure, i] : order) {
    if (-sure < kSureThing || Alike(looks_[i], spots_[i].answer) < kAgreement) continue;
    const bool another = std::all_of(things.begin(), things.end(), [&, at = i](int before) {
      return Overlap(candidates_[at], candidates_[before]) < kSamePlace &&
             Alike(looks_[at], looks_[before]) < kAlike;
    });
    if (another) things.push_back(i);
  }
  return things;
}

}  // namespace shiwu
