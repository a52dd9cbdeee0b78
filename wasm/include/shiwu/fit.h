// Pictures of any size to the model's.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "shiwu/decode.h"
#include "shiwu/image.h"
#include "shiwu/resample.h"

namespace shiwu {

// How a picture of any shape becomes the model's shape.
enum class ResizeMode : uint8_t {
  kCropShortest,  // the centred part with the model's aspect ratio, times crop_fraction
  kStretch,       // the whole picture, squashed
  kPad,           // the whole picture, centred on black
};

// The manifest's names: "crop-shortest", "stretch", "pad"; nothing for any other.
std::optional<ResizeMode> ResizeModeFromName(std::string_view name);

struct Preprocessing {
  int width = 0;  // of the model's input, in pixels
  int height = 0;
  ResizeMode mode = ResizeMode::kCropShortest;
  double crop_fraction = 1.0;  // (0, 1]; only for kCropShortest
  Filter filter = Filter::kBicubic;
};

enum class Precision : uint8_t {
  kExact,  // every pixel is decoded and weighed, and the result is Pillow's to the bit; colours are
           // not managed
  kFast,   // as Pillow with reducing_gap=2.0, to the bit: pixels are averaged in blocks
           // (ResizeInTwo), and a JPEG is decoded at 1/2, 1/4 or 1/8 of its size (draft()), where
           // that leaves at least twice the pixels that the model sees, across and down; colours of
           // another space that a file names (Display P3, Adobe RGB, a PNG's gAMA) are made sRGB's
           // when the picture has the model's size. See src/color.h
};

// Crop and resample an upright picture to the model's size. Errors: those of Resize, and
// kInvalidArgument for a crop_fraction outside (0, 1].
Result<Image> FitToModel(const ImageView& upright, Precision precision,
                         const Preprocessing& preprocessing);

struct FittedFile {
  Image pixels;            // upright, of the model's size
  int width, height;       // of the picture as stored
  int orientation;         // EXIF, 1 to 8
  bool truncated = false;  // see DecodedImage
};

// Decode and FitToModel in one. A JPEG is resampled while it is decoded: neither the whole picture
// nor, below and above the part that is needed, its rows are ever in memory. `region` is in pixels
// of the upright picture; none: all of it. Errors: those of Decode, Crop and FitToModel.
Result<FittedFile> FitFile(std::span<const uint8_t> file, uint64_t max_pixels, Precision precision,
                           const std::optional<Region>& region, const Preprocessing& preprocessing);

// A part of an upright picture, in its pixels, fractions of them included.
struct Extent {
  double left, top, right, bottom;
};

// What the model sees of a width x height picture; with kPad it reaches outside. Errors:
// kInvalidArgument as FitToModel.
Result<Extent> SeenPart(int width, int height, const Preprocessing& preprocessing);

// The region of whole pixels that shows the model all of `part`, whatever it crops, and as little
// else as its shape allows; as far as the picture reaches. Errors: kInvalidArgument as FitToModel,
// and for a part that is not finite.
Result<Region> RegionAround(const Extent& part, int width, int height,
                            const Preprocessing& preprocessing);

}  // namespace shiwu
