// Pixels to the network's input: float32, normalised.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "shiwu/image.h"
#include "shiwu/result.h"

namespace shiwu {

enum class Layout : uint8_t { kNchw, kNhwc };
enum class ColorOrder : uint8_t { kRgb, kBgr };
// The manifest's names: "NCHW", "NHWC"; "RGB", "BGR"; nothing for any other.
std::optional<Layout> LayoutFromName(std::string_view name);
std::optional<ColorOrder> ColorOrderFromName(std::string_view name);

// value = (x * scale - mean[c]) / std[c] in float32, x in 0..255; mean and std are in the order of
// the tensor's channels, so a BGR model lists blue first.
struct Normalization {
  Layout layout = Layout::kNchw;
  ColorOrder color = ColorOrder::kRgb;
  float scale = 1.0f;
  std::array<float, 3> mean = {0, 0, 0};
  std::array<float, 3> std = {1, 1, 1};
};

// Writes item `index` of a batch whose items are all image-sized:
// out[index * 3 * height * width ...], NCHW or NHWC. Alpha is ignored (see FlattenOnWhite).
// Errors: kInvalidArgument when `out` is too short, a std is 0 or a parameter is not finite.
Status ToTensor(const ImageView& image, const Normalization& normalization, size_t index,
                std::span<float> out);

namespace reference {
// The same in plain scalar code: the tests hold ToTensor against it bit for bit.
Status ToTensor(const ImageView& image, const Normalization& normalization, size_t index,
                std::span<float> out);
}  // namespace reference

}  // namespace shiwu
