// GIF (87a, 89a): the first frame on its screen, which grows where the frame reaches beyond it.
// stb_image decodes a file that has this frame alone.
#include <algorithm>
#include <cstring>

#include "bytes.h"
#include "file_writer.h"
#include "formats.h"
#include "stb.h"

namespace shiwu {
namespace {

using Bytes = std::span<const uint8_t>;

constexpr int kNone = -1;
constexpr size_t kPaletteBytes = 3 * 256;

struct Frame {
  size_t x, y, width, height;
  bool interlaced;
  Bytes palette;
  bool has_palette;
  int transparent;  // kNone: no colour is
  Bytes data;       // code size and blocks
};

// Finds the first frame behind the screen's palette.
Result<Frame> FindFrame(Bytes file, size_t at, Bytes palette, bool has_palette) {
  int transparent = kNone;
  const Error cut = {ErrorCode::kTruncatedImage, "the data ends before a frame"};
  for (; at < file.size(); ++at) {
    if (file[at] == ';') return Error{ErrorCode::kCorruptImage, "no frame"};
    if (file[at] == '!') {
      const bool control = HasText(file, at + 1, "\xF9");
      for (at += 2; at < file.size() && file[at] != 0; at += size_t{1} + file[at]) {
        if (control && file[at] >= 4 && file.size() - at > 4 && (file[at + 1] & 1) != 0) {
          transparent = file[at + 4];
        }
      }
      continue;
    }
    if (file[at] != ',') continue;
    if (file.size() - at < 11) return cut;
    const auto number = [&](size_t offset) { return LittleEndian(file, at + offset, 2); };
    const uint8_t flags = file[at + 9];
    Frame frame = {number(1), number(3),   number(5),   number(7), (flags & 64) != 0,
                   palette,   has_palette, transparent, {}};
    at += 10;
    if ((flags & 128) != 0) {
      const size_t size = size_t{3} << ((flags & 7) + 1);
      if (file.size() - at <= size) return cut;
      frame.palette = file.subspan(at, size);
      frame.has_palette = true;
      at += size;
    }
    frame.data = file.subspan(at);
    return frame;
  }
  return cut;
}

// The sub-blocks, and whether the one of no bytes that ends them is there. As in Pillow, one that
// is cut does not count.
struct Blocks {
  Bytes bytes;
  bool complete;
};
Blocks BlocksOf(Bytes data) {
  size_t at = 0;
  while (at < data.size() && data[at] != 0 && data[at] < data.size() - at)
    at += size_t{1} + data[at];
  return {data.first(at), at < data.size() && data[at] == 0};
}

// A GIF of this one frame, on a screen that holds it. `transparent` may be kNone.
Result<Image> Load(const Frame& frame, Bytes blocks, size_t width, size_t height, int transparent) {
  FileWriter clean(13 + 8 + 10 + kPaletteBytes + 1 + blocks.size() + 2);
  if (!clean.has_room()) return Error{ErrorCode::kOutOfMemory, "the data"};
  clean.Write("GIF89a");
  for (const size_t side : {width, height}) clean.WriteLittleEndian16(static_cast<uint32_t>(side));
  clean.Write({"\0\0\0", 3});  // what the frame leaves uncovered is transparent, as in browsers
  if (transparent != kNone) {
    clean.Write({"!\xF9\x04\x01\0\0", 6});
    clean.WriteByte(static_cast<uint32_t>(transparent));
    clean.WriteByte(0);
  }
  clean.WriteByte(',');
  for (const size_t number : {frame.x, frame.y, frame.width, frame.height}) {
    clean.WriteLittleEndian16(static_cast<uint32_t>(number));
  }
  clean.WriteByte(frame.interlaced ? 0xC7 : 0x87);
  // A whole one: pixels may point behind the end of theirs.
  const size_t known = std::min(kPaletteBytes, frame.palette.size());
  if (frame.has_palette) {
    clean.Write(frame.palette.first(known));
    clean.Leave(kPaletteBytes - known);
  } else {
    for (uint32_t i = 0; i < kPaletteBytes; ++i) clean.WriteByte(i / 3);
  }
  clean.WriteByte(frame.data[0]);
  clean.Write(blocks);
  clean.Write({"\0;", 2});
  return LoadByStb(clean.file());
}

// Calls it with each pixel of the frame.
template <typename F>
void ForEachPixel(const Frame& frame, Image& image, const F& call) {
  for (size_t y = 0; y < frame.height; ++y) {
    uint8_t* pixel = image.data() + kChannels * ((frame.y + y) * image.width() + frame.x);
    for (size_t x = 0; x < frame.width; ++x, pixel += kChannels) call(pixel);
  }
}

}  // namespace

Result<ReadPixels> ReadGif(Bytes file, uint64_t max_pixels) {
  const Error cut = {ErrorCode::kTruncatedImage, "the data ends inside the header"};
  if (file.size() < 13) return cut;
  const uint8_t flags = file[10];
  const bool has_palette = (flags & 128) != 0;
  const size_t palette_size = has_palette ? size_t{3} << ((flags & 7) + 1) : 0;
  if (file.size() - 13 < palette_size) return cut;
  auto found = FindFrame(file, 13 + palette_size, file.subspan(13, palette_size), has_palette);
  if (!found.ok()) return found.status();
  const Frame& frame = found.value();
  const size_t width = std::max<size_t>(LittleEndian(file, 6, 2), frame.x + frame.width);
  const size_t height = std::max<size_t>(LittleEndian(file, 8, 2), frame.y + frame.height);
  if (Status status = CheckSize(width, height, max_pixels); !status.ok()) return status;
  const size_t pixels = frame.width * frame.height;
  if (pixels == 0) return Error{ErrorCode::kCorruptImage, "an empty frame"};

  const auto [blocks, complete] = BlocksOf(frame.data.subspan(1));
  // Without a transparent colour, what is transparent has not been drawn.
  const bool may_lack = frame.transparent == kNone || !complete;
  auto loaded = Load(frame, blocks, width, height, may_lack ? kNone : frame.transparent);
  if (!loaded.ok()) return loaded.status();
  Image& image = loaded.value();
  size_t there = pixels;
  if (may_lack) {
    there = 0;
    ForEachPixel(frame, image, [&](const uint8_t* pixel) { there += pixel[3] != 0; });
    if (Status status = CheckHalf(there, pixels, !complete); !status.ok()) return status;
  }
  if (may_lack && frame.transparent != kNone) {
    auto again = Load(frame, blocks, width, height, frame.transparent);
    if (!again.ok()) return again.status();
    image = std::move(again).value();
  } else if (there < pixels) {
    // As in Pillow: of the first colour.
    uint8_t first[kChannels] = {0, 0, 0, 255};
    if (frame.palette.size() >= 3) std::copy_n(frame.palette.data(), 3, first);
    ForEachPixel(frame, image, [&](uint8_t* pixel) {
      if (pixel[3] == 0) std::memcpy(pixel, first, kChannels);
    });
  }
  return ReadPixels{std::move(image), true, there < pixels};
}

}  // namespace shiwu
