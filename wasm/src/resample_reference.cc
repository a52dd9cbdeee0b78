// Plain scalar resampling, written for reading: the measure of resample.cc.
#include "resample_weights.h"

namespace shiwu::reference {

Result<Image> Resize(const ImageView& source, int width, int height, Filter filter,
                     const Box& box) {
  if (Status status = CheckResize(source, width, height, box); !status.ok()) return status.error();
  const AxisWeights columns = ComputeWeights(source.width, box.left, box.right, width, filter);
  const AxisWeights rows = ComputeWeights(source.height, box.top, box.bottom, height, filter);
  auto narrow = Image::Allocate(width, source.height);
  if (!narrow.ok()) return narrow.error();
  auto result = Image::Allocate(width, height);
  if (!result.ok()) return result.error();

  constexpr int32_t kHalf = 1 << (kWeightBits - 1);
  const bool horizontal = width != source.width || box.left != 0 || box.right != width;
  const bool vertical = height != source.height || box.top != 0 || box.bottom != height;
  for (int y = 0; y < source.height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < kChannels; ++c) {
        uint8_t* out = narrow.value().data() + (static_cast<size_t>(y) * width + x) * kChannels + c;
        if (!horizontal) {
          *out = source.At(x, y)[c];
          continue;
        }
        int32_t sum = kHalf;
        for (int t = 0; t < columns.count[x]; ++t) {
          sum += source.At(columns.first[x] + t, y)[c] *
                 columns.value[static_cast<size_t>(x) * columns.taps + t];
        }
        *out = RoundWeighted(sum);
      }
    }
  }
  const ImageView middle = narrow.value().view();
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < kChannels; ++c) {
        uint8_t* out = result.value().data() + (static_cast<size_t>(y) * width + x) * kChannels + c;
        if (!vertical) {
          *out = middle.At(x, y)[c];
          continue;
        }
        int32_t sum = kHalf;
        for (int t = 0; t < rows.count[y]; ++t) {
          sum += middle.At(x, rows.first[y] + t)[c] *
                 rows.value[static_cast<size_t>(y) * rows.taps + t];
        }
        *out = RoundWeighted(sum);
      }
    }
  }
  return result;
}

}  // namespace shiwu::reference
