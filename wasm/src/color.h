// Colours of other spaces to sRGB, which is what models are trained on.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace shiwu {

// From a file's ICC profile (JPEG: APP2; PNG: iCCP) or a PNG's gAMA and cHRM. Profiles of the kind
// that cameras, phones and screens write are understood, version 2 and 4: three primaries with a
// curve each, or a grey curve (ICC.1:2022 8.3.3, 8.3.4). Tables from space to space (LUT), CMYK
// profiles and PNG's cICP are not. Colours are converted relative to the white; what sRGB does not
// have becomes the nearest value of each channel.
class ToSrgb {
 public:
  // Nothing where the file says nothing that is understood, or where no value would change by more
  // than a level: then it is sRGB by another name, and stays as it is to the bit.
  static std::optional<ToSrgb> Of(std::span<const uint8_t> file);

  // RGBA8 in place; alpha stays.
  void Apply(uint8_t* rgba, size_t pixel_count) const;

 private:
  using Curve = std::array<float, 256>;  // a level's amount of light, 0 to 1
  struct Space;
  explicit ToSrgb(const Space& space);
  static bool FromProfile(std::span<const uint8_t> profile, Space& space);
  static bool FromPng(std::span<const uint8_t> file, Space& space);

  std::array<Curve, 3> curves_;
  float matrix_[3][3];             // linear to linear
  std::array<float, 255> limits_;  // the least light of each of sRGB's levels but 0
};

}  // namespace shiwu
