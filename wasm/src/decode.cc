#include "shiwu/decode.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>

#include "shiwu/orientation.h"
#include "stb_config.h"

namespace shiwu {
namespace {

// Feeds stb_image from memory and remembers whether it asked for more than there is: stb_image
// itself fills the missing part of a JPEG or GIF with zeros and reports success.
struct Source {
  std::span<const uint8_t> file;
  size_t position = 0;
  bool ran_out = false;

  static int Read(void* user, char* out, int size) {
    auto& source = *static_cast<Source*>(user);
    const size_t left = source.file.size() - source.position;
    const size_t count = std::min(left, static_cast<size_t>(size));
    if (left == 0) source.ran_out = true;
    std::memcpy(out, source.file.data() + source.position, count);
    source.position += count;
    return static_cast<int>(count);
  }
  static void Skip(void* user, int count) {
    auto& source = *static_cast<Source*>(user);
    if (count < 0) {  // "unget" in stb_image's words
      source.position -= std::min(source.position, static_cast<size_t>(-static_cast<int64_t>(count)));
      return;
    }
    const size_t left = source.file.size() - source.position;
    if (static_cast<size_t>(count) > left) source.ran_out = true;
    source.position += std::min(left, static_cast<size_t>(count));
  }
  static int AtEnd(void* user) {
    const auto& source = *static_cast<Source*>(user);
    return source.position == source.file.size();
  }
};

Error FromStb(bool ran_out) {
  const char* reason = stbi_failure_reason();
  const std::string_view why = reason != nullptr ? reason : "unknown";
  if (why == "outofmem") return {ErrorCode::kOutOfMemory, "while decoding"};
  if (why == "too large") return {ErrorCode::kImageTooLarge, "over the decoder's own limit"};
  if (ran_out || why == "outofdata") return {ErrorCode::kTruncatedImage, std::string(why)};
  for (const std::string_view variant :
       {"only 8-bit", "1/2/4/8/16-bit only", "unknown image type", "unsupported bit depth",
        "bad compression", "bad format", "unknown BMP"}) {
    if (why == variant) return {ErrorCode::kUnsupportedFormat, std::string(why)};
  }
  return {ErrorCode::kCorruptImage, std::string(why)};
}

// JPEG's frame headers that stb_image cannot decode, named so that the answer is not "damaged".
// SOF3, 5-7, 9-11, 13-15: lossless, hierarchical and arithmetic coding (ITU T.81 table B.1).
bool IsUnsupportedJpeg(std::span<const uint8_t> file) {
  size_t at = 2;
  while (at + 4 <= file.size() && file[at] == 0xFF) {
    const uint8_t marker = file[at + 1];
    if (marker == 0xFF) {
      ++at;
      continue;
    }
    if (marker == 0xDA || marker == 0xD9) return false;
    const bool frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 &&
                       marker != 0xCC;
    if (frame) {
      const bool twelve_bit = at + 5 <= file.size() && file[at + 4] != 8;
      return marker > 0xC2 || twelve_bit;
    }
    at += 2 + (size_t{file[at + 2]} << 8 | file[at + 3]);
  }
  return false;
}

bool StartsWith(std::span<const uint8_t> file, size_t offset, std::string_view magic) {
  return file.size() >= offset + magic.size() &&
         std::memcmp(file.data() + offset, magic.data(), magic.size()) == 0;
}

}  // namespace

std::string_view FormatName(Format format) {
  constexpr std::string_view kNames[] = {"unknown", "jpeg", "png", "gif",
                                         "bmp",     "webp", "avif", "heic"};
  return kNames[static_cast<size_t>(format)];
}

Format SniffFormat(std::span<const uint8_t> file) {
  if (StartsWith(file, 0, "\xFF\xD8\xFF")) return Format::kJpeg;
  if (StartsWith(file, 0, "\x89PNG\r\n\x1A\n")) return Format::kPng;
  if (StartsWith(file, 0, "GIF87a") || StartsWith(file, 0, "GIF89a")) return Format::kGif;
  if (StartsWith(file, 0, "RIFF") && StartsWith(file, 8, "WEBP")) return Format::kWebp;
  // ISO 14496-12: a file type box at the start, with the brand after it.
  if (StartsWith(file, 4, "ftyp")) {
    for (const std::string_view brand : {"avif", "avis"}) {
      if (StartsWith(file, 8, brand)) return Format::kAvif;
    }
    for (const std::string_view brand : {"heic", "heix", "hevc", "hevx", "heim", "heis", "mif1",
                                         "msf1"}) {
      if (StartsWith(file, 8, brand)) return Format::kHeic;
    }
  }
  // "BM" is short enough to begin a text; the reserved field and a known header size settle it.
  if (StartsWith(file, 0, "BM") && file.size() >= 18 && StartsWith(file, 6, {"\0\0\0\0", 4}) &&
      file[15] == 0 && file[16] == 0 && file[17] == 0) {
    const uint8_t header = file[14];
    if (header == 12 || header == 40 || header == 56 || header == 108 || header == 124) {
      return Format::kBmp;
    }
  }
  return Format::kUnknown;
}

Result<DecodedImage> Decode(std::span<const uint8_t> file, uint64_t max_pixels) {
  if (file.empty()) return Error{ErrorCode::kEmptyInput, "0 bytes"};
  const Format format = SniffFormat(file);
  if (format != Format::kJpeg && format != Format::kPng && format != Format::kGif &&
      format != Format::kBmp) {
    return Error{ErrorCode::kUnsupportedFormat, std::string(FormatName(format))};
  }
  if (format == Format::kJpeg && IsUnsupportedJpeg(file)) {
    return Error{ErrorCode::kUnsupportedFormat, "JPEG with 12-bit, lossless or arithmetic coding"};
  }

  const stbi_io_callbacks callbacks = {&Source::Read, &Source::Skip, &Source::AtEnd};
  int width = 0, height = 0, components = 0;
  Source header{file};
  if (stbi_info_from_callbacks(&callbacks, &header, &width, &height, &components) == 0) {
    return FromStb(header.ran_out);
  }
  const uint64_t pixels = static_cast<uint64_t>(width) * static_cast<uint64_t>(height);
  if (pixels > max_pixels) {
    return Error{ErrorCode::kImageTooLarge,
                 std::to_string(width) + " x " + std::to_string(height) + " pixels"};
  }

  Source body{file};
  uint8_t* rgba = stbi_load_from_callbacks(&callbacks, &body, &width, &height, &components, 4);
  if (rgba == nullptr) return FromStb(body.ran_out);
  Image image = Image::Adopt(rgba, width, height);
  if (body.ran_out) return Error{ErrorCode::kTruncatedImage, "the data ends inside the picture"};
  const bool has_alpha = components == 2 || components == 4;
  if (has_alpha) FlattenOnWhite(image.data(), static_cast<size_t>(pixels));
  return DecodedImage{std::move(image), ReadOrientation(file), format};
}

}  // namespace shiwu
