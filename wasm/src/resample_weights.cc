#include "resample_weights.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "series.h"

namespace shiwu {
namespace {

double Cos(double x) { return Sin(x + std::numbers::pi / 2); }

double Sinc(double x) {
  if (x == 0.0) return 1.0;
  x *= std::numbers::pi;
  return Sin(x) / x;
}

struct Kernel {
  double (*weight)(double);
  double support;  // half width in output pixels
};

Kernel KernelOf(Filter filter) {
  switch (filter) {
    case Filter::kBox:
      return {[](double x) { return x > -0.5 && x <= 0.5 ? 1.0 : 0.0; }, 0.5};
    case Filter::kBilinear:
      return {[](double x) { return std::max(0.0, 1.0 - std::abs(x)); }, 1.0};
    case Filter::kHamming:
      return {[](double x) {
                x = std::abs(x);
                if (x == 0.0) return 1.0;  // the formula is a hair above: 0.54f + 0.46f > 1
                if (x >= 1.0) return 0.0;  // single precision below, as Pillow has it
                return Sinc(x) * (0.54f + 0.46f * Cos(x * std::numbers::pi));
              },
              1.0};
    case Filter::kBicubic:
      // Keys 1981 with a = -0.5.
      return {[](double x) {
                constexpr double a = -0.5;
                x = std::abs(x);
                if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
                if (x < 2.0) return (((x - 5.0) * x + 8.0) * x - 4.0) * a;
                return 0.0;
              },
              2.0};
    case Filter::kLanczos:
      return {[](double x) { return x >= -3.0 && x < 3.0 ? Sinc(x) * Sinc(x / 3.0) : 0.0; }, 3.0};
  }
  return {[](double) { return 0.0; }, 1.0};
}

}  // namespace

std::optional<Filter> FilterFromName(std::string_view name) {
  if (name == "box") return Filter::kBox;
  if (name == "bilinear") return Filter::kBilinear;
  if (name == "hamming") return Filter::kHamming;
  if (name == "bicubic") return Filter::kBicubic;
  if (name == "lanczos") return Filter::kLanczos;
  return std::nullopt;
}

double SupportOf(Filter filter) { return KernelOf(filter).support; }

AxisWeights ComputeWeights(int source_size, float from, float to, int size, Filter filter) {
  const Kernel kernel = KernelOf(filter);
  const double scale = static_cast<double>(to - from) / size;
  const double stretch = std::max(scale, 1.0);  // antialias when shrinking only
  const double support = kernel.support * stretch;
  const double inverse = 1.0 / stretch;

  AxisWeights axis;
  axis.taps = static_cast<int>(std::ceil(support)) * 2 + 1;
  axis.first.resize(size);
  axis.count.resize(size);
  axis.value.assign(static_cast<size_t>(size) * axis.taps, 0);
  std::vector<double> weights(axis.taps);
  for (int i = 0; i < size; ++i) {
    const double center = from + (i + 0.5) * scale;
    const int first = std::max(0, static_cast<int>(center - support + 0.5));
    const int last = std::min(source_size, static_cast<int>(center + support + 0.5));
    const int count = last - first;
    double total = 0.0;
    for (int t = 0; t < count; ++t) {
      weights[t] = kernel.weight((t + first - center + 0.5) * inverse);
      total += weights[t];
    }
    for (int t = 0; t < count; ++t) {
      const double weight = total != 0.0 ? weights[t] / total : weights[t];
      const double fixed = weight * (1 << kWeightBits);
      axis.value[static_cast<size_t>(i) * axis.taps + t] =
          static_cast<int32_t>(fixed < 0 ? fixed - 0.5 : fixed + 0.5);
    }
    axis.first[i] = first;
    axis.count[i] = count;
  }
  return axis;
}

bool IsVerticalFirst(int source_width, int source_height, int width, int height) {
  const int64_t rows = int64_t{source_height} - height, columns = int64_t{source_width} - width;
  return rows > 0 && rows > 2 * columns;
}

Status CheckResize(int source_width, int source_height, int width, int height, const Box& box) {
  if (width < 1 || height < 1 || width > kMaxSide || height > kMaxSide) {
    return Error{ErrorCode::kInvalidArgument, "resize to ", width, " x ", height};
  }
  if (source_width < 1 || source_height < 1) {
    return Error{ErrorCode::kInvalidArgument, "empty source"};
  }
  // Written so that NaN fails too.
  const bool inside = box.left >= 0 && box.top >= 0 &&
                      box.right <= static_cast<float>(source_width) &&
                      box.bottom <= static_cast<float>(source_height);
  if (!inside || !(box.left < box.right) || !(box.top < box.bottom)) {
    return Error{ErrorCode::kInvalidArgument, "box is empty or outside the image"};
  }
  return {};
}

}  // namespace shiwu
