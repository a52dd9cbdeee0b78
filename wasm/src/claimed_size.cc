#include "shiwu/claimed_size.h"

#include <string_view>

#include "bytes.h"
#include "shiwu/decode.h"

namespace shiwu {
namespace {

using File = std::span<const uint8_t>;

std::optional<ClaimedSize> OfWebp(File file) {
  constexpr size_t kChunk = 12, kData = kChunk + 8, kLongest = kData + 10;
  if (file.size() < kLongest) return std::nullopt;
  if (HasText(file, kChunk, "VP8X")) {
    return ClaimedSize{LittleEndian(file, kData + 4, 3) + 1, LittleEndian(file, kData + 7, 3) + 1};
  }
  constexpr uint32_t k14Bits = (1 << 14) - 1;
  if (HasText(file, kChunk, "VP8L") && file[kData] == 0x2F) {
    const uint32_t bits = LittleEndian(file, kData + 1, 4);
    return ClaimedSize{(bits & k14Bits) + 1, (bits >> 14 & k14Bits) + 1};
  }
  if (HasText(file, kChunk, "VP8 ") && HasText(file, kData + 3, "\x9D\x01\x2A")) {
    return ClaimedSize{LittleEndian(file, kData + 6, 2) & k14Bits,
                       LittleEndian(file, kData + 8, 2) & k14Bits};
  }
  return std::nullopt;
}

// A box's content, and what comes behind the box; nothing where it is not whole (ISO/IEC 14496-12
// 4.2).
struct Box {
  File content, behind;
};

std::optional<Box> FirstBox(File boxes) {
  if (boxes.size() < 8) return std::nullopt;
  uint64_t size = BigEndian(boxes, 0, 4);
  size_t header = 8;
  if (size == 1) {
    header = 16;
    if (boxes.size() < header) return std::nullopt;
    size = uint64_t{BigEndian(boxes, 8, 4)} << 32 | BigEndian(boxes, 12, 4);
  } else if (size == 0) {
    size = boxes.size();
  }
  if (size < header || size > boxes.size()) return std::nullopt;
  const auto length = static_cast<size_t>(size);
  return Box{boxes.subspan(header, length - header), boxes.subspan(length)};
}

// The content of the first box of this type.
File Find(File boxes, std::string_view type) {
  while (const auto box = FirstBox(boxes)) {
    if (HasText(boxes, 4, type)) return box->content;
    boxes = box->behind;
  }
  return {};
}

std::optional<ClaimedSize> OfHeif(File file) {
  constexpr size_t kVersionAndFlags = 4;
  const File meta = Find(file, "meta");
  if (meta.size() < kVersionAndFlags) return std::nullopt;
  File properties = Find(Find(meta.subspan(kVersionAndFlags), "iprp"), "ipco");
  std::optional<ClaimedSize> largest;
  uint64_t most = 0;
  while (const auto box = FirstBox(properties)) {
    if (HasText(properties, 4, "ispe") && box->content.size() >= kVersionAndFlags + 8) {
      const ClaimedSize size{BigEndian(box->content, kVersionAndFlags, 4),
                             BigEndian(box->content, kVersionAndFlags + 4, 4)};
      const uint64_t pixels = uint64_t{size.width} * size.height;
      if (pixels >= most) {
        most = pixels;
        largest = size;
      }
    }
    properties = box->behind;
  }
  return largest;
}

}  // namespace

std::optional<ClaimedSize> ReadClaimedSize(File file) {
  switch (SniffFormat(file)) {
    case Format::kWebp:
      return OfWebp(file);
    case Format::kAvif:
    case Format::kHeic:
      return OfHeif(file);
    default:
      return std::nullopt;
  }
}

}  // namespace shiwu
