// GIF (87a, 89a): the first frame on its screen, which grows where the frame reaches beyond it.
#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

#include "bytes.h"
#include "formats.h"

namespace shiwu {
namespace {

using Bytes = std::span<const uint8_t>;

constexpr int kNone = -1;

// The bytes of sub-blocks, least bit first. As in Pillow, a block that is cut has none.
class BitReader {
 public:
  explicit BitReader(Bytes blocks) : rest_(blocks) {}
  // kNone at the end.
  int Read(int bits) {
    while (count_ < bits) {
      if (block_.empty()) {
        if (rest_.empty() || rest_[0] == 0 || rest_.size() <= rest_[0]) return kNone;
        block_ = rest_.subspan(1, rest_[0]);
        rest_ = rest_.subspan(1 + block_.size());
      }
      buffer_ |= uint32_t{block_.front()} << count_;
      block_ = block_.subspan(1);
      count_ += 8;
    }
    const int value = static_cast<int>(buffer_ & ((1u << bits) - 1));
    buffer_ >>= bits;
    count_ -= bits;
    return value;
  }
  // After the last Read: whether it was the file that had no more, not the picture.
  bool file_ended() const { return rest_.empty() || rest_.size() <= rest_[0]; }

 private:
  Bytes rest_, block_;
  uint32_t buffer_ = 0;
  int count_ = 0;
};

// Appendix F. A code stands for a text that was written before: what the code before it stands for,
// and one byte more. Returns how many bytes came before the end or the damage.
size_t Decompress(BitReader& bits, int code_size, uint8_t* out, size_t size) {
  constexpr int kMostCodes = 4096;
  struct Text {
    size_t start;
    uint32_t length;
  };
  const std::unique_ptr<Text[]> texts(new (std::nothrow) Text[kMostCodes]);
  if (texts == nullptr) return 0;
  const int clear = 1 << code_size, end = clear + 1;
  int width = code_size + 1, next = end + 1;
  bool fresh = true;
  Text last = {};
  size_t done = 0;
  while (done < size) {
    const int code = bits.Read(width);
    if (code == kNone || code == end) break;
    if (code == clear) {
      width = code_size + 1;
      next = end + 1;
      fresh = true;
      continue;
    }
    if (code > (fresh ? clear : next)) break;
    const size_t start = done;
    if (code < clear) {
      out[done++] = static_cast<uint8_t>(code);
    } else {
      // The next code is the text before, and its own first byte again.
      const Text text = code < next ? texts[code] : Text{last.start, last.length + 1};
      const size_t length = std::min<size_t>(text.length, size - done);
      for (size_t i = 0; i < length; ++i) out[done + i] = out[text.start + i];  // may overlap
      done += length;
    }
    if (!fresh && next < kMostCodes) {
      texts[next++] = {last.start, last.length + 1};
      if (next == 1 << width && width < 12) ++width;
    }
    last = {start, static_cast<uint32_t>(done - start)};
    fresh = false;
  }
  return done;
}

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
  const int code_size = frame.data[0];
  if (code_size > 11) return Error{ErrorCode::kCorruptImage, "code size"};

  // What the data lacks is transparent or, as in Pillow, of the first colour.
  const std::unique_ptr<uint8_t[]> indexes(new (std::nothrow) uint8_t[pixels]);
  auto allocated = Image::Allocate(static_cast<int>(width), static_cast<int>(height));
  if (indexes == nullptr || !allocated.ok()) return Error{ErrorCode::kOutOfMemory, "a frame"};
  Image& image = allocated.value();
  BitReader bits(frame.data.subspan(1));
  const size_t there = Decompress(bits, code_size, indexes.get(), pixels);
  if (Status status = CheckHalf(there, pixels, bits.file_ended()); !status.ok()) return status;
  std::memset(indexes.get() + there, std::max(frame.transparent, 0), pixels - there);

  uint8_t colours[256][4];
  for (size_t i = 0; i < 256; ++i) {
    const bool known = 3 * i + 2 < frame.palette.size();
    for (size_t c = 0; c < 3; ++c) {
      colours[i][c] = known               ? frame.palette[3 * i + c]
                      : frame.has_palette ? 0
                                          : static_cast<uint8_t>(i);
    }
    colours[i][3] = static_cast<int>(i) == frame.transparent ? 0 : 255;
  }
  // What the frame leaves uncovered is transparent, as in browsers.
  std::memset(image.data(), 0, image.size_bytes());
  const uint8_t* from = indexes.get();
  const auto put = [&](size_t first, size_t step) {
    for (size_t y = first; y < frame.height; y += step) {
      uint8_t* to = image.data() + kChannels * ((frame.y + y) * width + frame.x);
      for (size_t x = 0; x < frame.width; ++x, to += kChannels) {
        std::memcpy(to, colours[*from++], kChannels);
      }
    }
  };
  if (frame.interlaced) {
    put(0, 8), put(4, 8), put(2, 4), put(1, 2);
  } else {
    put(0, 1);
  }
  return ReadPixels{std::move(image), true, there < pixels};
}

}  // namespace shiwu
