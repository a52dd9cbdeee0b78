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
  // Those that fill tiles; the rest are computed one by one.
  int tiled() const { return count / kTilePixels * kTilePixels; }

  // The next `pixels` of each walk; `plus` is null where nothing is added.
  void Take(int pixels, Walk<const float>& from, Walk<const float>* plus, Walk<float>& to) {
    for (count = 0; count < pixels; ++count) {
      in[count] = from.Next();
      out[count] = to.Next();
      if (plus != nullptr) added[count] = plus->Next();
    }
  }
};

// Where a panel's results go, and what becomes of the sums before.
struct Sink {
  const float* const* added;  // of each pixel; null: nothing is added
  float* const* out;          // of each pixel
  int channel;                // the panel's first, of `added` and `out`
  const float* factor;
  const float* bias;
  Range range;
};

// Of the tile whose first pixel is `first`.
template <int kRows>
HWY_INLINE void Finish(const Sink& sink, int first, const simd::Vector (&low)[kRows],
                       const simd::Vector (&high)[kRows]) {
  // Copies: what is stored might else be a part of the sink, for all that the compiler knows.
  const auto [added, out, channel, factors, biases, range] = sink;
  const simd::Vector least = simd::Splat(range.low), most = simd::Splat(range.high);
  const auto finish = [&](const simd::Vector(&sums)[kRows], int at) {
    const simd::Vector factor = simd::Load(factors + at), bias = simd::Load(biases + at);
    for (int r = 0; r < kRows; ++r) {
      simd::Vector sum = simd::MulAdd(sums[r], factor, bias);
      if (added != nullptr) sum = simd::Add(sum, simd::Load(added[first + r] + channel + at));
      simd::Store(simd::AtLeast(simd::AtMost(sum, most), least), out[first + r] + channel + at);
    }
  };
  finish(low, 0);
  finish(high, simd::kLanes);
}

// Calls panel(sink), which computes a panel for all pixels. `channels` of its eight are wanted.
template <typename Panel>
void Cover(const Places& places, bool adds, int channels, Sink sink, const Panel& panel) {
  sink.added = adds ? places.added : nullptr;
  sink.out = places.out;
  if (channels == kTileChannels) return panel(sink);
  // The last panel where the channels don't fill it: by way of a place that has room.
  float sums[kMostPlaces][kTileChannels], added[kMostPlaces][kTileChannels] = {};
  float* to[kMostPlaces];
  const float* plus[kMostPlaces];
  for (int i = 0; i < places.count; ++i) {
    to[i] = sums[i];
    plus[i] = added[i];
    if (adds) std::copy_n(places.added[i] + sink.channel, channels, added[i]);
  }
  panel(Sink{adds ? plus : nullptr, to, 0, sink.factor, sink.bias, sink.range});
  for (int i = 0; i < places.count; ++i) {
    std::copy_n(sums[i], channels, places.out[i] + sink.channel);
  }
}

}  // namespace shiwu::engine
HWY_AFTER_NAMESPACE();
