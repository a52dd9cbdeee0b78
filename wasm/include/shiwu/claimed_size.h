// How large a picture says it is, in formats that only browsers decode: asked before they do.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace shiwu {

struct ClaimedSize {
  uint32_t width, height;  // pixels as stored, before any turn
};

// Of WebP (RFC 9649: VP8X's canvas, VP8's or VP8L's frame) and of AVIF and HEIC (ISO/IEC 23008-12
// 6.5.3, `ispe`: the largest in number of pixels, for a grid has its tiles' beside its own).
// Nothing of another format, or where the file does not say.
std::optional<ClaimedSize> ReadClaimedSize(std::span<const uint8_t> file);

}  // namespace shiwu
