// Antialiased separable resampling, bit-exact with Pillow 13's Image.resize(size, filter, box=...).
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "shiwu/image.h"

namespace shiwu {

enum class Filter : uint8_t { kBox, kBilinear, kHamming, kBicubic, kLanczos };
// "box", "bilinear", "hamming", "bicubic", "lanczos"; nothing for any other name.
std::optional<Filter> FilterFromName(std::string_view name);

// The part of the source that is resampled, in source pixels; edges may be fractions. Single
// precision because Pillow's boxes are.
struct Box {
  float left, top, right, bottom;
};

// The same before it is rounded.
struct Edges {
  double left, top, right, bottom;
};
constexpr Box ToBox(const Edges& edges) {
  return {static_cast<float>(edges.left), static_cast<float>(edges.top),
          static_cast<float>(edges.right), static_cast<float>(edges.bottom)};
}

// The longest side that is resampled to; keeps weight tables and intermediate sizes far from
// overflow.
inline constexpr int kMaxSide = 1 << 16;

// Resamples `box` of `source` to width x height RGBA8; the four channels are independent.
//
// The method is Pillow's (src/libImaging/Resample.c): the filter is stretched by the scale when
// shrinking, weights are normalised per output pixel and rounded to 22-bit fixed point, and the
// first pass rounds to 8 bits before the second. The horizontal pass is the first, as in every
// Pillow, except where the picture loses more than twice as many rows as columns: there it is the
// vertical one, as from Pillow 13 on. Only the source pixels that the box needs are read.
//
// Errors: kInvalidArgument (sizes below 1 or above kMaxSide, a box that is empty or reaches
// outside), kOutOfMemory.
Result<Image> Resize(const ImageView& source, int width, int height, Filter filter, const Box& box);

// Resize as Pillow's with reducing_gap=2.0: what loses more than three quarters of its pixels along
// an axis is first averaged over blocks of whole pixels (Pillow's reduce(), bit-exact as well; its
// blocks are at most 256 pixels long here), to no less than twice the size. Errors: as Resize.
Result<Image> ResizeInTwo(const ImageView& source, int width, int height, Filter filter,
                          const Edges& box);

// Resize for a picture that comes row by row, so that it is never whole in memory.
class Resampler {
 public:
  // Bytes that must be readable behind the last needed pixel of a row.
  static constexpr int kOverread = 12;

  // The picture as stored, and what turns it upright (see orientation.h): `box`, width and height
  // are of the upright one. Errors: as Resize.
  static Result<Resampler> Make(int stored_width, int stored_height, int orientation, int width,
                                int height, Filter filter, const Box& box);
  Resampler(Resampler&&) noexcept;
  ~Resampler();

  // The part of the stored picture that is looked at.
  const Region& needed() const;
  // Takes the next `count` rows, the first one being needed().y. rows[i] is the address of its
  // pixel needed().x, RGBA8; kOverread bytes behind the last needed pixel must be readable too.
  void Take(const uint8_t* const* rows, int count);
  // The result, upright; after the last row has been taken.
  Result<Image> Finish();

 private:
  struct State;
  explicit Resampler(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

namespace reference {
// The same function in plain scalar code: the tests hold Resize against it.
Result<Image> Resize(const ImageView& source, int width, int height, Filter filter, const Box& box);
}  // namespace reference

}  // namespace shiwu
