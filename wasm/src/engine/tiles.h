// What the products of gemm.cc and gemm_levels.cc share: they go over their pixels in tiles of four
// by eight channels, and finish the sums of a tile in the same way.
#pragma once

#include <algorithm>

#include "engine/gemm.h"
#include "engine/simd.h"

HWY_BEFORE_NAMESPACE();
namespace shiwu::engine {

// Four pixels by eight channels are eight sums, which is what a processor with two multipliers of
// four steps' latency needs in flight, and with two vectors of weights and one of input they fit
// into sixteen registers.
inline constexpr int kTilePixels = 4;
inline constexpr int kTileChannels = Matrix::kPanel;
inline constexpr int kMostPlaces = 256;

// Pixels whose places are found once for all panels.
struct Places {
  const float* in[kMostPlaces];
  const float* added[kMostPlaces];
  float* out[kMostPlaces];
  int count = 0;

  // The next `pixels` of each walk; `plus` is null where nothing is added.
  void Take(int pixels, Walk<const float>& from, Walk<const float>* plus, Walk<float>& to) {
    count = pixels;
    for (int i = 0; i < pixels; ++i) {
      in[i] = from.Next();
      out[i] = to.Next();
      if (plus != nullptr) added[i] = plus->Next();
    }
  }
};

// What becomes of a tile's sums.
struct Sink {
  const float* const* added;  // of the tile's pixels; null: nothing is added
  float* const* out;
  int channel;  // the panel's first, of `added` and `out`
  const float* factor;
  const float* bias;
  Range range;
};

template <int kRows>
void Finish(const Sink& sink, const simd::Vector (&low)[kRows], const simd::Vector (&high)[kRows]) {
  const simd::Vector least = simd::Splat(sink.range.low), most = simd::Splat(sink.range.high);
  for (int half = 0; half < 2; ++half) {
    const int at = half * simd::kLanes;
    const simd::Vector factor = simd::Load(sink.factor + at), bias = simd::Load(sink.bias + at);
    for (int r = 0; r < kRows; ++r) {
      simd::Vector sum = simd::MulAdd(half == 0 ? low[r] : high[r], factor, bias);
      if (sink.added != nullptr) {
        sum = simd::Add(sum, simd::Load(sink.added[r] + sink.channel + at));
      }
      simd::Store(simd::AtLeast(simd::AtMost(sum, most), least), sink.out[r] + sink.channel + at);
    }
  }
}

// Calls tile(i, rows, sink) for the pixels from i on, until all are covered; `rows` is kTilePixels,
// or 1 where there are not that many. `channels` of the panel's eight are wanted.
template <typename Tile>
void Cover(const Places& places, bool adds, int channels, Sink sink, const Tile& tile) {
  const int rows = places.count < kTilePixels ? 1 : kTilePixels, channel = sink.channel;
  for (int next = 0; next < places.count; next += rows) {
    // The last tile reaches back over what is done where the pixels are no multiple.
    const int i = std::min(next, places.count - rows);
    sink.added = adds ? places.added + i : nullptr;
    sink.out = places.out + i;
    if (channels == kTileChannels) {
      tile(i, rows, sink);
      continue;
    }
    // The last panel where the channels don't fill it: by way of a place that has room.
    float sums[kTilePixels][kTileChannels], added[kTilePixels][kTileChannels] = {};
    float* const out[] = {sums[0], sums[1], sums[2], sums[3]};
    const float* const plus[] = {added[0], added[1], added[2], added[3]};
    for (int r = 0; adds && r < rows; ++r) {
      std::copy_n(places.added[i + r] + channel, channels, added[r]);
    }
    tile(i, rows, Sink{adds ? plus : nullptr, out, 0, sink.factor, sink.bias, sink.range});
    for (int r = 0; r < rows; ++r) std::copy_n(sums[r], channels, places.out[i + r] + channel);
  }
}

}  // namespace shiwu::engine
HWY_AFTER_NAMESPACE();
