// Plain scalar resampling, written for reading: the measure of resample.cc.
#include "resample_weights.h"

namespace shiwu::reference {
namespace {

Result<Image> Copy(const ImageView& source) {
  auto copy = Image::Allocate(source.width, source.height);
  if (!copy.ok()) return copy;
  uint8_t* to = copy.value().data();
  for (int y = 0; y < source.height; ++y) {
    for (int x = 0; x < source.width; ++x) {
      for (int c = 0; c < kChannels; ++c) *to++ = source.At(x, y)[c];
    }
  }
  return copy;
}

}  // namespace

Result<Image> Resize(const ImageView& source, int width, int height, Filter filter,
                     const Box& box) {
  if (source.data == nullptr) return Error{ErrorCode::kInvalidArgument, "empty source"};
  if (Status status = CheckResize(source.width, source.height, width, height, box); !status.ok()) {
    return status;
  }
  const AxisWeights columns = ComputeWeights(source.width, box.left, box.right, width, filter);
  const AxisWeights rows = ComputeWeights(source.height, box.top, box.bottom, height, filter);
  const bool horizontal =
      width != source.width || box.left != 0 || box.right != static_cast<float>(width);
  const bool vertical =
      height != source.height || box.top != 0 || box.bottom != static_cast<float>(height);

  // Resamples rows (`across`) or columns.
  const auto pass = [](const ImageView& in, const AxisWeights& axis, bool across) {
    const int size = static_cast<int>(axis.first.size());
    auto out = Image::Allocate(across ? size : in.width, across ? in.height : size);
    if (!out.ok()) return out;
    uint8_t* to = out.value().data();
    for (int y = 0; y < out.value().height(); ++y) {
      for (int x = 0; x < out.value().width(); ++x) {
        const int i = across ? x : y;
        for (int c = 0; c < kChannels; ++c) {
          int32_t sum = 1 << (kWeightBits - 1);
          for (int t = 0; t < axis.count[i]; ++t) {
            const int at = axis.first[i] + t;
            sum += (across ? in.At(at, y) : in.At(x, at))[c] *
                   axis.value[static_cast<size_t>(i) * axis.taps + t];
          }
          *to++ = RoundWeighted(sum);
        }
      }
    }
    return out;
  };
  auto result = Copy(source);
  const bool vertical_first = IsVerticalFirst(source.width, source.height, width, height);
  for (const bool across : {!vertical_first, vertical_first}) {
    if (!result.ok() || !(across ? horizontal : vertical)) continue;
    result = pass(result.value().view(), across ? columns : rows, across);
  }
  return result;
}

}  // namespace shiwu::reference
