// EXIF orientation: found in a file's bytes, applied as stride arithmetic.
#pragma once

#include <cstdint>
#include <span>

#include "shiwu/image.h"

namespace shiwu {

// The orientation (1 to 8, EXIF 2.32 tag 0x0112) of a JPEG (APP1), PNG (eXIf chunk) or WebP (EXIF
// chunk). 1, upright, when there is none or it cannot be read: damaged metadata never makes a
// picture unreadable.
int ReadOrientation(std::span<const uint8_t> file);

// How a stored picture becomes upright: rows and columns exchanged, then mirrored.
struct Turn {
  bool exchanged = false;
  bool mirrored_x = false;
  bool mirrored_y = false;
};

// Orientations outside 1 to 8 count as 1.
Turn TurnOf(int orientation);

// The same pixels seen upright; nothing is copied. Orientations outside 1 to 8 count as 1.
ImageView Upright(const ImageView& stored, int orientation);

}  // namespace shiwu
