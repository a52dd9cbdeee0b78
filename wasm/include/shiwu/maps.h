// Where a network looked: class activation maps (Zhou et al. 2016, "Learning Deep Features for
// Discriminative Localization"), and what they tell without another run.
//
// Of a network that ends in a global average and a linear layer, the layer may as well be applied
// to each place before the average is taken: logits = mean over the places of (W f(place) + b).
// What a place gives to a class is that class's map, and its mean is the logit. Maps are float32
// [classes][height][width], a class's places side by side.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "shiwu/image.h"
#include "shiwu/result.h"
#include "shiwu/tensor.h"

namespace shiwu {

// The linear layer, as the kernels read it.
class ClassHead {
 public:
  // The manifest's `head`: initialisers of the graph. An empty `scale` means float32 weights, and
  // else they are int8 with a scale each class.
  struct Names {
    std::string_view weight;  // [classes, channels]
    std::string_view scale;   // [classes]
    std::string_view bias;    // [classes]
  };
  // `file` is an .onnx, which may go afterwards. Errors: kInvalidModel; kUnsupportedModel where one
  // of the names is missing or stands for something else; kOutOfMemory.
  static Result<ClassHead> Read(std::span<const uint8_t> file, const Names& names);

  ClassHead(ClassHead&&) noexcept;
  ClassHead& operator=(ClassHead&&) noexcept;
  ~ClassHead();

  int classes() const;
  int channels() const;

  // The maps of all classes, from one picture's feature map: [channels][height][width] (kNchw) or
  // [height][width][channels] (kNhwc). Errors: kInvalidArgument where the spans have other lengths;
  // kOutOfMemory.
  Status Maps(std::span<const float> feature_map, Layout layout, int height, int width,
              std::span<float> maps) const;

 private:
  struct State;
  explicit ClassHead(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Maps of one picture, or a single one.
struct MapsView {
  const float* data = nullptr;
  int classes = 0, height = 0, width = 0;

  size_t places() const { return size_t{1} * height * width; }
  std::span<const float> Of(int index) const { return {data + index * places(), places()}; }
};

// A part of the maps, as fractions of their width and height.
struct MapBox {
  double left, top, right, bottom;
};

// The logits of a part alone: its mean, each place counted by how much of it lies in the box. A box
// that is smaller than a place, a point among them, is widened to one, which makes of a point the
// bilinear interpolation between the places around it; one that reaches outside is moved inside.
// Errors: kInvalidArgument for empty maps, a box that is not finite, or another length of `logits`.
Status LocalLogits(const MapsView& maps, const MapBox& box, std::span<float> logits);

// Perceptually uniform scales of colours.
enum class ColorScale : uint8_t {
  kInferno,  // from black to light yellow (van der Walt and Smith 2015)
  kBerlin,   // from blue by white to brown, for what has a middle (Crameri 2018)
};
std::optional<ColorScale> ColorScaleFromName(std::string_view name);  // "inferno", "berlin"

// The colour of `position`, 0 to 1 (beyond, it is that of the nearer end): between 33 colours of
// the published tables (tests/fixtures/make_maps.py), which it meets within 2 of 255.
struct Rgb {
  uint8_t red, green, blue;
};
Rgb ColorAt(ColorScale scale, float position);

// A map as a picture of width x height: bilinear between the centres of its places, the edge's
// beyond the outermost (as PyTorch's interpolate with align_corners=False), and coloured from `low`
// to `high`. Opaque. Errors: kInvalidArgument for empty sides, or unless low < high, all finite;
// kImageTooLarge, kOutOfMemory as Image::Allocate.
Result<Image> PaintMap(std::span<const float> map, int map_height, int map_width, float low,
                       float high, ColorScale scale, int width, int height);

}  // namespace shiwu
