#include "shiwu/tensor.h"

#include <cmath>

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace shiwu {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

Status Check(const ImageView& image, const Normalization& n, size_t index,
             std::span<const float> out) {
  if (image.data == nullptr || image.width < 1 || image.height < 1) {
    return Error{ErrorCode::kInvalidArgument, "empty image"};
  }
  const size_t item = size_t{3} * image.width * image.height;
  if (out.size() / item <= index) {
    return Error{ErrorCode::kInvalidArgument, "the tensor is too small for this batch index"};
  }
  bool finite = std::isfinite(n.scale);
  for (int c = 0; c < 3; ++c) {
    finite = finite && std::isfinite(n.mean[c]) && std::isfinite(n.std[c]) && n.std[c] != 0;
  }
  if (!finite) return Error{ErrorCode::kInvalidArgument, "mean, std or scale"};
  return {};
}

// Which byte of RGBA is the tensor's channel c.
int SourceChannel(ColorOrder color, int c) { return color == ColorOrder::kRgb ? c : 2 - c; }

float Normalize(const Normalization& n, int c, uint8_t x) {
  const float scaled = static_cast<float>(x) * n.scale;
  return (scaled - n.mean[c]) / n.std[c];
}

constexpr hn::Full128<float> kF32;
constexpr hn::Full128<uint8_t> kU8;
using VF = hn::Vec<decltype(kF32)>;

// Divides as the scalar code does, rather than by a reciprocal: equal to the last bit.
VF Normalize(hn::Vec<hn::Full128<int32_t>> x, const Normalization& n, int c) {
  const VF scaled = hn::Mul(hn::ConvertTo(kF32, x), hn::Set(kF32, n.scale));
  return hn::Div(hn::Sub(scaled, hn::Set(kF32, n.mean[c])), hn::Set(kF32, n.std[c]));
}

// 16 RGBA pixels at a time.
size_t RowNchw(const uint8_t* rgba, size_t width, const Normalization& n, size_t plane,
               float* out) {
  const hn::Full128<int32_t> i32;
  const hn::Rebind<uint8_t, decltype(i32)> four_bytes;
  size_t x = 0;
  for (; x + 16 <= width; x += 16) {
    hn::Vec<decltype(kU8)> channels[4];
    hn::LoadInterleaved4(kU8, rgba + 4 * x, channels[0], channels[1], channels[2], channels[3]);
    for (int c = 0; c < 3; ++c) {
      HWY_ALIGN uint8_t bytes[16];
      hn::Store(channels[SourceChannel(n.color, c)], kU8, bytes);
      for (int q = 0; q < 16; q += 4) {
        const auto four = hn::PromoteTo(i32, hn::Load(four_bytes, bytes + q));
        hn::StoreU(Normalize(four, n, c), kF32, out + c * plane + x + q);
      }
    }
  }
  return x;
}

// Four RGBA pixels at a time.
size_t RowNhwc(const uint8_t* rgba, size_t width, const Normalization& n, float* out) {
  const hn::Full128<uint32_t> u32;
  const hn::Full128<int32_t> i32;
  const auto low_byte = hn::Set(u32, 0xFF);
  size_t x = 0;
  for (; x + 4 <= width; x += 4) {
    const auto four = hn::BitCast(u32, hn::LoadU(kU8, rgba + 4 * x));
    VF channels[3];
    for (int c = 0; c < 3; ++c) {
      const int shift = 8 * SourceChannel(n.color, c);
      const auto byte = hn::And(hn::ShiftRightSame(four, shift), low_byte);
      channels[c] = Normalize(hn::BitCast(i32, byte), n, c);
    }
    hn::StoreInterleaved3(channels[0], channels[1], channels[2], kF32, out + 3 * x);
  }
  return x;
}

// Pixels [from, width) of a row in scalar code.
void RowTail(const ImageView& image, int y, int from, const Normalization& n, float* item) {
  const size_t width = image.width, plane = width * image.height;
  for (int x = from; x < image.width; ++x) {
    const size_t pixel = y * width + x;
    for (int c = 0; c < 3; ++c) {
      const float value = Normalize(n, c, image.At(x, y)[SourceChannel(n.color, c)]);
      item[n.layout == Layout::kNchw ? c * plane + pixel : 3 * pixel + c] = value;
    }
  }
}

}  // namespace

std::optional<Layout> LayoutFromName(std::string_view name) {
  if (name == "NCHW") return Layout::kNchw;
  if (name == "NHWC") return Layout::kNhwc;
  return std::nullopt;
}

std::optional<ColorOrder> ColorOrderFromName(std::string_view name) {
  if (name == "RGB") return ColorOrder::kRgb;
  if (name == "BGR") return ColorOrder::kBgr;
  return std::nullopt;
}

Status ToTensor(const ImageView& image, const Normalization& n, size_t index,
                std::span<float> out) {
  if (Status status = Check(image, n, index, out); !status.ok()) return status;
  const size_t width = image.width, plane = width * image.height;
  float* item = out.data() + index * 3 * plane;
  for (int y = 0; y < image.height; ++y) {
    size_t done = 0;
    if (image.HasContiguousRows()) {
      done = n.layout == Layout::kNchw ? RowNchw(image.At(0, y), width, n, plane, item + y * width)
                                       : RowNhwc(image.At(0, y), width, n, item + 3 * y * width);
    }
    RowTail(image, y, static_cast<int>(done), n, item);
  }
  return {};
}

namespace reference {
Status ToTensor(const ImageView& image, const Normalization& n, size_t index,
                std::span<float> out) {
  if (Status status = Check(image, n, index, out); !status.ok()) return status;
  float* item = out.data() + index * 3 * image.width * image.height;
  for (int y = 0; y < image.height; ++y) RowTail(image, y, 0, n, item);
  return {};
}
}  // namespace reference

}  // namespace shiwu
HWY_AFTER_NAMESPACE();
