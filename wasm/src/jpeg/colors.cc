// In the place of libjpeg-turbo's colour conversion (jdcolor.c): planes to RGBA, by SIMD, for the
// colour spaces that files have. YCbCr by the integers of jdcolor.c, so that pixels are equal to
// the bit; CMYK as Pillow converts it.
#include <algorithm>

#include "../pairs.h"
#include "hwy/highway.h"
#include "libjpeg.h"

HWY_BEFORE_NAMESPACE();
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using shiwu::AddPairs, shiwu::Pair;
constexpr hn::Full128<uint8_t> kU8;
constexpr hn::Half<decltype(kU8)> kEightBytes;
constexpr hn::Full128<int16_t> kI16;
constexpr hn::Full128<int32_t> kI32;
using V8 = hn::Vec<decltype(kEightBytes)>;
using V16 = hn::Vec<decltype(kI16)>;

// JFIF: R = Y + 1.402 Cr, G = Y - 0.34414 Cb - 0.71414 Cr, B = Y + 1.772 Cb, where jdcolor.c has
// the factors in 16 fraction bits. Those beyond an int16 are split: 1.402 = 1 + 26345 / 65536,
// 0.71414 = 1 - 18734 / 65536, 1.772 = 2 - 14942 / 65536.
constexpr int16_t kCrToRed = 26345, kCbToGreen = -22554, kCrToGreen = 18734, kCbToBlue = -14942;

// (a * weight_a + b * weight_b + 32768) >> 16, eight lanes; the weights lie in turns.
V16 Weigh(V16 a, V16 b, V16 weights) {
  const auto half = hn::Set(kI32, 1 << 15);
  const auto low = AddPairs(half, hn::InterleaveLower(kI16, a, b), weights);
  const auto high = AddPairs(half, hn::InterleaveUpper(kI16, a, b), weights);
  // Of 128 bits the order is the natural one.
  return hn::ReorderDemote2To(kI16, hn::ShiftRight<16>(low), hn::ShiftRight<16>(high));
}

V16 Load(const uint8_t* from) { return hn::PromoteTo(kI16, hn::LoadU(kEightBytes, from)); }
V8 Bytes(V16 values) { return hn::DemoteTo(kEightBytes, values); }

void EightOfYcc(const uint8_t* y_at, const uint8_t* cb_at, const uint8_t* cr_at, uint8_t* to) {
  const V16 center = hn::Set(kI16, 128), zero = hn::Zero(kI16);
  const V16 y = Load(y_at);
  const V16 cb = hn::Sub(Load(cb_at), center), cr = hn::Sub(Load(cr_at), center);
  const V16 red = hn::Add(cr, Weigh(cr, zero, Pair(kCrToRed, 0)));
  const V16 green = hn::Sub(Weigh(cb, cr, Pair(kCbToGreen, kCrToGreen)), cr);
  const V16 blue = hn::Add(hn::Add(cb, cb), Weigh(cb, zero, Pair(kCbToBlue, 0)));
  hn::StoreInterleaved4(Bytes(hn::Add(y, red)), Bytes(hn::Add(y, green)), Bytes(hn::Add(y, blue)),
                        hn::Set(kEightBytes, 255), kEightBytes, to);
}

void RowOfYcc(const uint8_t* const* planes, size_t width, uint8_t* to) {
  const uint8_t *y = planes[0], *cb = planes[1], *cr = planes[2];
  size_t x = 0;
  for (; x + 8 <= width; x += 8) EightOfYcc(y + x, cb + x, cr + x, to + 4 * x);
  if (x == width) return;
  uint8_t rest[3][8] = {}, pixels[32];
  const size_t left = width - x;
  for (int c = 0; c < 3; ++c) std::copy_n(planes[c] + x, left, rest[c]);
  EightOfYcc(rest[0], rest[1], rest[2], pixels);
  std::copy_n(pixels, 4 * left, to + 4 * x);
}

uint8_t ByteOf(int value) { return static_cast<uint8_t>(std::clamp(value, 0, 255)); }

// a * b / 255, rounded.
int Share(int a, int b) {
  const int t = a * b + 128;
  return ((t >> 8) + t) >> 8;
}

// As Pillow: inks are stored inverted, as Adobe does, whether the file says so or not.
void RowOfCmyk(const uint8_t* const* planes, size_t width, uint8_t* to) {
  for (size_t x = 0; x < width; ++x) {
    const int white = planes[3][x];
    for (int c = 0; c < 3; ++c) *to++ = ByteOf(white - Share(255 - planes[c][x], white));
    *to++ = 255;
  }
}

// The RGB of its YCC, inverted, are the other three as CMYK stores them.
void RowOfYcck(const uint8_t* const* planes, size_t width, uint8_t* to) {
  RowOfYcc(planes, width, to);
  for (size_t x = 0; x < width; ++x, to += 4) {
    const int white = planes[3][x];
    for (int c = 0; c < 3; ++c) to[c] = ByteOf(white - Share(to[c], white));
  }
}

void Convert(j_decompress_ptr cinfo, JSAMPIMAGE input, JDIMENSION row, JSAMPARRAY output,
             int rows) {
  const size_t width = cinfo->output_width;
  for (int r = 0; r < rows; ++r, ++row) {
    const uint8_t* planes[4] = {};
    for (int c = 0; c < std::min(cinfo->num_components, 4); ++c) planes[c] = input[c][row];
    uint8_t* to = output[r];
    switch (cinfo->jpeg_color_space) {
      case JCS_YCbCr:
        RowOfYcc(planes, width, to);
        break;
      case JCS_CMYK:
        RowOfCmyk(planes, width, to);
        break;
      case JCS_YCCK:
        RowOfYcck(planes, width, to);
        break;
      default: {  // grey is one plane three times, RGB is three
        const bool grey = cinfo->jpeg_color_space == JCS_GRAYSCALE;
        for (size_t x = 0; x < width; ++x) {
          for (int c = 0; c < 3; ++c) *to++ = planes[grey ? 0 : c][x];
          *to++ = 255;
        }
      }
    }
  }
}

void Start(j_decompress_ptr) {}

}  // namespace

extern "C" void jinit_color_deconverter(j_decompress_ptr cinfo) {
  const int least = cinfo->jpeg_color_space == JCS_GRAYSCALE ? 1
                    : cinfo->jpeg_color_space == JCS_CMYK || cinfo->jpeg_color_space == JCS_YCCK
                        ? 4
                        : 3;
  if (cinfo->jpeg_color_space == JCS_UNKNOWN || cinfo->num_components < least) {
    ERREXIT(cinfo, JERR_BAD_J_COLORSPACE);
  }
  cinfo->cconvert = static_cast<jpeg_color_deconverter*>((*cinfo->mem->alloc_small)(
      reinterpret_cast<j_common_ptr>(cinfo), JPOOL_IMAGE, sizeof(jpeg_color_deconverter)));
  cinfo->cconvert->start_pass = &Start;
  cinfo->cconvert->color_convert = &Convert;
  cinfo->out_color_components = 4;
  cinfo->output_components = 4;
}
HWY_AFTER_NAMESPACE();
