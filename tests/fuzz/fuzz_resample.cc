// Any size, filter, box, turn and normalisation: the SIMD code, the plain code and the code that
// takes a picture row by row give the same pixels and the same tensor, or all refuse.
#include <bit>
#include <cstdlib>
#include <cstring>

#include "bytes.h"
#include "shiwu/orientation.h"
#include "shiwu/resample.h"
#include "shiwu/tensor.h"

namespace {

using shiwu::Box;
using shiwu::Image;
using shiwu::ImageView;
using shiwu::Result;

void MustBeSame(const Result<Image>& a, const Result<Image>& b) {
  if (a.ok() != b.ok()) std::abort();
  if (!a.ok()) return;
  if (a.value().width() != b.value().width() || a.value().height() != b.value().height() ||
      std::memcmp(a.value().data(), b.value().data(), a.value().size_bytes()) != 0) {
    std::abort();
  }
}

// An edge may be a fraction, outside of the picture, or no number at all.
float Edge(shiwu::fuzz::Bytes& bytes, int side) {
  switch (bytes.Byte() % 8) {
    case 0:
      return std::bit_cast<float>(bytes.Byte() | bytes.Byte() << 8 | bytes.Byte() << 16 |
                                  bytes.Byte() << 24);
    case 1:
      return static_cast<float>(bytes.Between(-2, side + 2));
    default:
      return bytes.Number(0, static_cast<float>(side));
  }
}

Result<Image> RowByRow(const ImageView& stored, int orientation, int width, int height,
                       shiwu::Filter filter, const Box& box) {
  auto made =
      shiwu::Resampler::Make(stored.width, stored.height, orientation, width, height, filter, box);
  if (!made.ok()) return made.error();
  shiwu::Resampler& resampler = made.value();
  const shiwu::Region& needed = resampler.needed();
  const size_t bytes = size_t{4} * static_cast<size_t>(needed.width);
  std::vector<uint8_t> row(bytes + shiwu::Resampler::kOverread);
  for (int y = 0; y < needed.height; ++y) {
    std::memcpy(row.data(), stored.At(needed.x, needed.y + y), bytes);
    const uint8_t* const rows[] = {row.data()};
    resampler.Take(rows, 1);
  }
  return resampler.Finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  shiwu::fuzz::Bytes bytes(data, size);
  const int stored_width = bytes.Between(1, 96), stored_height = bytes.Between(1, 96);
  const int width = bytes.Between(-1, 64), height = bytes.Between(-1, 64);
  const auto filter = static_cast<shiwu::Filter>(bytes.Byte() % 5);
  const int orientation = 1 + bytes.Byte() % 8;
  const bool turned = orientation > 4;
  const int upright_width = turned ? stored_height : stored_width;
  const int upright_height = turned ? stored_width : stored_height;
  const bool whole = bytes.Byte() % 2 == 0;
  Box box{0, 0, static_cast<float>(upright_width), static_cast<float>(upright_height)};
  if (!whole) {
    box = {Edge(bytes, upright_width), Edge(bytes, upright_height), Edge(bytes, upright_width),
           Edge(bytes, upright_height)};
  }
  shiwu::Normalization normalization;
  normalization.layout = static_cast<shiwu::Layout>(bytes.Byte() % 2);
  normalization.color = static_cast<shiwu::ColorOrder>(bytes.Byte() % 2);
  normalization.scale = bytes.Number(-1, 1);
  for (int c = 0; c < 3; ++c) {
    normalization.mean[c] = bytes.Number(-2, 2);
    normalization.std[c] = bytes.Byte() % 16 == 0 ? 0 : bytes.Number(0.001f, 3);
  }

  const auto pixels = bytes.Repeat(size_t{4} * stored_width * stored_height);
  const ImageView stored{pixels.data(), stored_width, stored_height, 4,
                         ptrdiff_t{4} * stored_width};
  const ImageView upright = shiwu::Upright(stored, orientation);
  const auto fast = shiwu::Resize(upright, width, height, filter, box);
  MustBeSame(fast, shiwu::reference::Resize(upright, width, height, filter, box));
  MustBeSame(fast, RowByRow(stored, orientation, width, height, filter, box));
  if (!fast.ok()) return 0;

  const size_t count = fast.value().size_bytes() / 4 * 3;
  std::vector<float> simd(count), plain(count);
  const bool ok = shiwu::ToTensor(fast.value().view(), normalization, 0, simd).ok();
  if (ok != shiwu::reference::ToTensor(fast.value().view(), normalization, 0, plain).ok())
    std::abort();
  if (std::memcmp(simd.data(), plain.data(), count * sizeof(float)) != 0) std::abort();
  return 0;
}
