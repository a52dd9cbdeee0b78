#include "shiwu/maps.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "engine/buffer.h"
#include "engine/gemm.h"
#include "engine/graph.h"
#include "engine/matrix.h"

namespace shiwu {
namespace {

using engine::Constant;

const Constant* Find(const engine::Graph& graph, std::string_view name) {
  for (const Constant& constant : graph.constants) {
    if (constant.name == name && !constant.are_varints) return &constant;
  }
  return nullptr;
}

bool Is(const Constant* constant, engine::DataType type, size_t count) {
  return constant != nullptr && constant->type == type && constant->count == count;
}

// How much of each of `places` lies between two fractions of their whole length.
std::vector<float> Shares(double from, double to, int places) {
  double low = std::min(from, to) * places, high = std::max(from, to) * places;
  const double length = std::clamp(high - low, 1.0, double{1} * places);
  const double middle = (low + high) / 2;
  low = std::clamp(middle - length / 2, 0.0, places - length);
  high = low + length;
  std::vector<float> shares(places);
  for (int i = 0; i < places; ++i) {
    shares[i] = static_cast<float>(
        std::max(0.0, std::min(high, i + 1.0) - std::max(low, double{1} * i)) / length);
  }
  return shares;
}

// Evenly spaced, the first and the last included.
constexpr int kColors = 33;
using Colors = uint8_t[kColors][3];
#include "maps_colors.inc"

// Between which two of `size` places pixel `at` of `length` lies, and how far behind the first.
struct Between {
  int first, second;
  float share;
};
std::vector<Between> Interpolate(int size, int length) {
  std::vector<Between> all(length);
  for (int at = 0; at < length; ++at) {
    const double place =
        std::clamp((at + 0.5) * size / length - 0.5, 0.0, static_cast<double>(size - 1));
    const int first = static_cast<int>(place);
    all[at] = {first, std::min(first + 1, size - 1), static_cast<float>(place - first)};
  }
  return all;
}

}  // namespace

struct ClassHead::State {
  int classes, channels;
  // As the file has the weights, one or the other.
  engine::Matrix matrix;
  engine::Levels levels;
};

ClassHead::ClassHead(std::unique_ptr<State> state) : state_(std::move(state)) {}
ClassHead::ClassHead(ClassHead&&) noexcept = default;
ClassHead& ClassHead::operator=(ClassHead&&) noexcept = default;
ClassHead::~ClassHead() = default;

int ClassHead::classes() const { return state_->classes; }
int ClassHead::channels() const { return state_->channels; }

Result<ClassHead> ClassHead::Read(std::span<const uint8_t> file, const Names& names) {
  engine::Failure failure;
  engine::Graph graph;
  if (!engine::ReadGraph(file, graph, failure)) return failure.error();
  const Constant* const weight = Find(graph, names.weight);
  const Error unsupported{ErrorCode::kUnsupportedModel, "no linear layer of ", names.weight};
  // What a sum of levels may have; see Levels::amplitude.
  constexpr int64_t kDeepest = 4608, kMostClasses = 1 << 20;
  if (weight == nullptr || weight->dims.count != 2 || weight->dims[0] < 1 || weight->dims[1] < 1 ||
      weight->dims[0] > kMostClasses || weight->dims[1] > kDeepest) {
    return unsupported;
  }
  const auto classes = static_cast<size_t>(weight->dims[0]);
  const Constant* const scale = Find(graph, names.scale);
  const Constant* const bias = Find(graph, names.bias);
  if (!Is(bias, engine::kFloat, classes) ||
      (names.scale.empty()
           ? weight->type != engine::kFloat
           : weight->type != engine::kInt8 || !Is(scale, engine::kFloat, classes))) {
    return unsupported;
  }
  engine::Weights weights;
  weights.channels = static_cast<int>(classes);
  weights.taps = 1;
  weights.inputs = static_cast<int>(weight->dims[1]);
  weights.data = weight->bytes.data();
  weights.channel_stride = weights.inputs;
  weights.input_stride = 1;
  if (!names.scale.empty()) weights.scales = scale->bytes.data();
  auto state = std::make_unique<State>();
  state->classes = weights.channels;
  state->channels = weights.inputs;
  const std::vector<float> added = bias->Floats();
  if (weights.are_levels() ? !state->levels.Pack(weights, {}, added)
                           : !state->matrix.Pack(weights, {}, added)) {
    return Error{ErrorCode::kOutOfMemory, "no room for the linear layer"};
  }
  return ClassHead(std::move(state));
}

Status ClassHead::Maps(std::span<const float> feature_map, Layout layout, int height, int width,
                       std::span<float> maps) const {
  const size_t channels = this->channels(), classes = this->classes();
  if (height < 1 || width < 1 || feature_map.size() % channels != 0 ||
      feature_map.size() / channels != size_t{1} * height * width ||
      maps.size() != feature_map.size() / channels * classes) {
    return Error{ErrorCode::kInvalidArgument, "a feature map of ", feature_map.size(), " numbers"};
  }
  const size_t places = size_t{1} * height * width;
  engine::Buffer<float> room;  // [places][channels], where it is not so; [places][classes]; scratch
  const size_t turned = layout == Layout::kNchw ? engine::WholeLines(places * channels) : 0;
  const size_t answers = engine::WholeLines(places * classes);
  const bool by_levels = state_->levels.bytes() != 0;
  const size_t scratch = by_levels ? engine::ScratchFor(state_->levels) / sizeof(float) + 1 : 0;
  if (!room.Allocate(turned + answers + scratch)) {
    return Error{ErrorCode::kOutOfMemory, "no room for maps"};
  }
  const float* from = feature_map.data();
  if (turned != 0) {
    for (size_t c = 0; c < channels; ++c) {
      for (size_t p = 0; p < places; ++p) room.data()[p * channels + c] = *from++;
    }
    from = room.data();
  }
  float* const to = room.data() + turned;
  const int count = static_cast<int>(places), depth = this->channels();
  const auto in = engine::Grid<const float>::Packed(from, count, depth);
  const auto out = engine::Grid<float>::Packed(to, count, this->classes());
  if (by_levels) {
    engine::Multiply(state_->levels, in, depth, count, {}, {}, out, to + answers);
  } else {
    engine::Multiply(state_->matrix, in, count, {}, {}, out);
  }
  for (size_t p = 0; p < places; ++p) {
    for (size_t c = 0; c < classes; ++c) maps[c * places + p] = to[p * classes + c];
  }
  return {};
}

Status LocalLogits(const MapsView& maps, const MapBox& box, std::span<float> logits) {
  if (maps.classes < 1 || maps.height < 1 || maps.width < 1 ||
      logits.size() != static_cast<size_t>(maps.classes) ||
      !std::isfinite(box.left + box.top + box.right + box.bottom)) {
    return Error{ErrorCode::kInvalidArgument, "maps or a part of them"};
  }
  const std::vector<float> across = Shares(box.left, box.right, maps.width);
  const std::vector<float> down = Shares(box.top, box.bottom, maps.height);
  for (int c = 0; c < maps.classes; ++c) {
    const float* place = maps.Of(c).data();
    double sum = 0;
    for (const float y : down) {
      for (const float x : across) sum += double{y} * x * *place++;
    }
    logits[c] = static_cast<float>(sum);
  }
  return {};
}

std::optional<ColorScale> ColorScaleFromName(std::string_view name) {
  if (name == "inferno") return ColorScale::kInferno;
  if (name == "berlin") return ColorScale::kBerlin;
  return std::nullopt;
}

Rgb ColorAt(ColorScale scale, float position) {
  const float x = std::isfinite(position) ? std::clamp(position, 0.0f, 1.0f) : 0.0f;
  const Colors& colors = scale == ColorScale::kInferno ? kInferno : kBerlin;
  const int first = std::min(static_cast<int>(x * (kColors - 1)), kColors - 2);
  const float share = x * (kColors - 1) - static_cast<float>(first);
  const auto mix = [&](int i) {
    const float from = colors[first][i], to = colors[first + 1][i];
    return static_cast<uint8_t>(from + (to - from) * share + 0.5f);
  };
  return {mix(0), mix(1), mix(2)};
}

Result<Image> PaintMap(std::span<const float> map, int map_height, int map_width, float low,
                       float high, ColorScale scale, int width, int height) {
  if (map_height < 1 || map_width < 1 || map.size() != size_t{1} * map_height * map_width ||
      !(low < high) || !std::isfinite(low) || !std::isfinite(high)) {
    return Error{ErrorCode::kInvalidArgument, "a map of ", map.size(), " places"};
  }
  if (width < 1 || height < 1) return Error{ErrorCode::kInvalidArgument, "an empty picture"};
  auto image = Image::Allocate(width, height);
  if (!image.ok()) return image;
  constexpr int kSteps = 256;
  Rgb colors[kSteps];
  for (int i = 0; i < kSteps; ++i) colors[i] = ColorAt(scale, static_cast<float>(i) / (kSteps - 1));
  const std::vector<Between> columns = Interpolate(map_width, width);
  uint8_t* pixel = image.value().data();
  for (const Between& y : Interpolate(map_height, height)) {
    const float* const upper = map.data() + ptrdiff_t{y.first} * map_width;
    const float* const lower = map.data() + ptrdiff_t{y.second} * map_width;
    for (const Between& x : columns) {
      const float above = upper[x.first] + (upper[x.second] - upper[x.first]) * x.share;
      const float below = lower[x.first] + (lower[x.second] - lower[x.first]) * x.share;
      const float value = above + (below - above) * y.share;
      const float position = (value - low) / (high - low);
      const float index = position > 0 ? std::min(position, 1.0f) * (kSteps - 1) + 0.5f : 0;
      const Rgb& color = colors[static_cast<int>(index)];
      *pixel++ = color.red;
      *pixel++ = color.green;
      *pixel++ = color.blue;
      *pixel++ = 255;
    }
  }
  return image;
}

}  // namespace shiwu
