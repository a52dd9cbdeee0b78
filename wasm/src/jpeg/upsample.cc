// In the place of libjpeg-turbo's plain "fancy" upsampling (jdsample.c): chroma of half the width,
// or of half the width and height, to the size of luma by a triangle filter, by SIMD and equal to
// the bit. They bear the names that libjpeg-turbo keeps for SIMD of its own (CMakeLists.txt takes
// them from jsimd_none.c).
#include <cstdint>

#include "hwy/highway.h"
#include "libjpeg.h"

HWY_BEFORE_NAMESPACE();
namespace {

namespace hn = hwy::HWY_NAMESPACE;
constexpr hn::Full128<uint16_t> kSums;
constexpr hn::Full64<uint8_t> kEight;
using Sums = hn::Vec<decltype(kSums)>;

Sums Load(const uint8_t* from) { return hn::PromoteTo(kSums, hn::LoadU(kEight, from)); }
Sums ThreeAndOne(Sums near, Sums far) { return hn::Add(hn::Add(near, near), hn::Add(near, far)); }

// The columns of one row of chroma, or of the mean of two.
struct Row {
  const uint8_t* near;

  static constexpr int kShift = 2, kRoundLeft = 1, kRoundRight = 2;
  int At(uint32_t x) const { return near[x]; }
  Sums EightAt(uint32_t x) const { return Load(near + x); }
};
struct TwoRows {
  const uint8_t* near;
  const uint8_t* far;

  static constexpr int kShift = 4, kRoundLeft = 8, kRoundRight = 7;
  int At(uint32_t x) const { return 3 * near[x] + far[x]; }
  Sums EightAt(uint32_t x) const { return ThreeAndOne(Load(near + x), Load(far + x)); }
};

// Two pixels for each column: three parts of it, and one of its neighbour on that side. At the ends
// the column is its own neighbour.
template <class Source>
void Widen(const Source& source, uint32_t columns, uint8_t* to) {
  const auto widen = [&](uint32_t x) {
    const int own = 3 * source.At(x);
    const int left = source.At(x == 0 ? x : x - 1), right = source.At(x + 1 == columns ? x : x + 1);
    to[2 * x] = static_cast<uint8_t>((own + left + Source::kRoundLeft) >> Source::kShift);
    to[2 * x + 1] = static_cast<uint8_t>((own + right + Source::kRoundRight) >> Source::kShift);
  };
  const Sums round_left = hn::Set(kSums, Source::kRoundLeft);
  const Sums round_right = hn::Set(kSums, Source::kRoundRight);
  uint32_t x = 0;
  widen(x++);
  for (; x + 8 < columns; x += 8) {
    const Sums own = source.EightAt(x);
    const Sums left = ThreeAndOne(own, source.EightAt(x - 1));
    const Sums right = ThreeAndOne(own, source.EightAt(x + 1));
    hn::StoreInterleaved2(
        hn::DemoteTo(kEight, hn::BitCast(hn::Full128<int16_t>(), hn::ShiftRight<Source::kShift>(
                                                                     hn::Add(left, round_left)))),
        hn::DemoteTo(kEight, hn::BitCast(hn::Full128<int16_t>(), hn::ShiftRight<Source::kShift>(
                                                                     hn::Add(right, round_right)))),
        kEight, to + 2 * x);
  }
  for (; x < columns; ++x) widen(x);
}

}  // namespace

extern "C" {

int jsimd_can_h2v1_fancy_upsample(void) { return 1; }
int jsimd_can_h2v2_fancy_upsample(void) { return 1; }

void jsimd_h2v1_fancy_upsample(j_decompress_ptr cinfo, jpeg_component_info* component,
                               JSAMPARRAY input, JSAMPARRAY* output) {
  for (int row = 0; row < cinfo->max_v_samp_factor; ++row) {
    Widen(Row{input[row]}, component->downsampled_width, (*output)[row]);
  }
}

// `input` has a row before its first and one behind its last.
void jsimd_h2v2_fancy_upsample(j_decompress_ptr cinfo, jpeg_component_info* component,
                               JSAMPARRAY input, JSAMPARRAY* output) {
  for (int row = 0; row < cinfo->max_v_samp_factor; ++row) {
    const int near = row / 2, far = row % 2 == 0 ? near - 1 : near + 1;
    Widen(TwoRows{input[near], input[far]}, component->downsampled_width, (*output)[row]);
  }
}

}  // extern "C"
HWY_AFTER_NAMESPACE();
