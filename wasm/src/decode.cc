#include "shiwu/decode.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>

#include "jpeg/reader.h"
#include "shiwu/orientation.h"
#include "stb_config.h"

namespace shiwu {
namespace {

constexpr size_t kNowhere = std::numeric_limits<size_t>::max();

// Feeds stb_image from memory and remembers whether it asked for more than there is: stb_image
// itself fills the missing part of a GIF with zeros and reports success.
struct Source {
  std::span<const uint8_t> file;
  size_t read_as_zero = kNowhere;  // one byte that stb_image sees as 0
  size_t position = 0;
  bool ran_out = false;

  static int Read(void* user, char* out, int size) {
    auto& source = *static_cast<Source*>(user);
    const size_t left = source.file.size() - source.position;
    const size_t count = std::min(left, static_cast<size_t>(size));
    if (left == 0) source.ran_out = true;
    std::memcpy(out, source.file.data() + source.position, count);
    const size_t zero = source.read_as_zero - source.position;  // wraps where it has gone by
    if (zero < count) out[zero] = 0;
    source.position += count;
    return static_cast<int>(count);
  }
  static void Skip(void* user, int count) {
    auto& source = *static_cast<Source*>(user);
    if (count < 0) {  // "unget" in stb_image's words
      source.position -=
          std::min(source.position, static_cast<size_t>(-static_cast<int64_t>(count)));
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

// RGBA8 whatever the file holds; null is a failure, whose reason is then known.
uint8_t* Load(const stbi_io_callbacks& callbacks, Source& source, int& width, int& height,
              int& components) {
  return stbi_load_from_callbacks(&callbacks, &source, &width, &height, &components, kChannels);
}

Error FromStb(bool ran_out) {
  const char* reason = stbi_failure_reason();
  const std::string_view why = reason != nullptr ? reason : "unknown";
  if (why == "outofmem") return {ErrorCode::kOutOfMemory, "while decoding"};
  if (why == "too large") return {ErrorCode::kImageTooLarge, "over the decoder's own limit"};
  if (ran_out || why == "outofdata") return {ErrorCode::kTruncatedImage, why};
  for (const std::string_view variant : {"unknown BMP", "BMP RLE", "BMP JPEG/PNG"}) {
    if (why == variant) return {ErrorCode::kUnsupportedFormat, why};
  }
  return {ErrorCode::kCorruptImage, why};
}

// Read an unsigned integer of `size` bytes; the caller has checked that they are there.
uint32_t BigEndian(std::span<const uint8_t> file, size_t at, size_t size) {
  uint32_t value = 0;
  for (size_t i = 0; i < size; ++i) value = value << 8 | file[at + i];
  return value;
}
uint32_t LittleEndian(std::span<const uint8_t> file, size_t at, size_t size) {
  uint32_t value = 0;
  for (size_t i = size; i-- > 0;) value = value << 8 | file[at + i];
  return value;
}

bool StartsWith(std::span<const uint8_t> file, size_t offset, std::string_view magic) {
  return file.size() >= offset + magic.size() &&
         std::memcmp(file.data() + offset, magic.data(), magic.size()) == 0;
}

Result<DecodedImage> DecodeJpeg(std::span<const uint8_t> file, uint64_t max_pixels) {
  auto opened = JpegReader::Open(file, max_pixels);
  if (!opened.ok()) return opened.status();
  JpegReader& reader = opened.value();
  auto image = Image::Allocate(reader.width(), reader.height());
  if (!image.ok()) return image.status();
  if (Status status = reader.Start(1); !status.ok()) return status;
  Status status =
      reader.Read(image.value().data(), size_t{kChannels} * reader.width(), reader.height());
  if (!status.ok()) return status;
  if (Status complete = reader.CheckComplete(); !complete.ok()) return complete;
  return DecodedImage{std::move(image).value(), ReadOrientation(file), Format::kJpeg,
                      reader.truncated()};
}

// True when a chunk runs past the end: stb_image would allocate what its length promises.
bool IsCutPng(std::span<const uint8_t> file) {
  for (size_t at = 8;;) {
    if (file.size() - at < 12) return true;
    const size_t length = BigEndian(file, at, 4);
    if (length > file.size() - at - 12) return true;
    if (StartsWith(file, at + 4, "IEND")) return false;
    at += 12 + length;
  }
}

// BI_RGB with 32 bits: the fourth byte is padding, which stb_image takes for alpha. The caller has
// decoded the file, so the header is there.
bool IsBmpWithPadding(std::span<const uint8_t> file) {
  return LittleEndian(file, 14, 4) >= 40 && LittleEndian(file, 28, 2) == 32 &&
         LittleEndian(file, 30, 4) == 0;
}

}  // namespace

std::string_view FormatName(Format format) {
  constexpr std::string_view kNames[] = {"unknown", "jpeg", "png",  "gif",
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
    for (const std::string_view brand :
         {"heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1"}) {
      if (StartsWith(file, 8, brand)) return Format::kHeic;
    }
  }
  // "BM" is short enough to begin a text; a header size that some version of the format has settles
  // it. The reserved fields before it do not: some programs use them.
  if (StartsWith(file, 0, "BM") && file.size() >= 18) {
    for (const uint32_t header : {12, 16, 40, 52, 56, 64, 108, 124}) {
      if (LittleEndian(file, 14, 4) == header) return Format::kBmp;
    }
  }
  return Format::kUnknown;
}

Result<DecodedImage> Decode(std::span<const uint8_t> file, uint64_t max_pixels) {
  if (file.empty()) return Error{ErrorCode::kEmptyInput, "0 bytes"};
  const Format format = SniffFormat(file);
  if (format != Format::kJpeg && format != Format::kPng && format != Format::kGif &&
      format != Format::kBmp) {
    return Error{ErrorCode::kUnsupportedFormat, FormatName(format)};
  }
  if (format == Format::kJpeg) return DecodeJpeg(file, max_pixels);
  const auto too_large = [](uint64_t width, uint64_t height) {
    return Error{ErrorCode::kImageTooLarge, width, " x ", height, " pixels"};
  };
  // IHDR comes first and has a fixed place; stb_image would look for the palette too.
  if (format == Format::kPng && file.size() >= 24) {
    const uint64_t width = BigEndian(file, 16, 4), height = BigEndian(file, 20, 4);
    if (width * height > max_pixels) return too_large(width, height);
  }

  const stbi_io_callbacks callbacks = {&Source::Read, &Source::Skip, &Source::AtEnd};
  int width = 0, height = 0, components = 0;
  Source header{file};
  if (stbi_info_from_callbacks(&callbacks, &header, &width, &height, &components) == 0) {
    // stb_image has tried the other formats too and forgotten why. Asked to decode, it fails at
    // the same place of the header, before it allocates pixels, and says so.
    Source again{file};
    std::free(Load(callbacks, again, width, height, components));
    return FromStb(header.ran_out || again.ran_out);
  }
  if (header.ran_out) return Error{ErrorCode::kTruncatedImage, "the data ends inside the header"};
  if (format == Format::kBmp && height < 0) {  // top row first
    height = height == INT32_MIN ? INT32_MAX : -height;
  }
  if (width == 0 || height == 0) return Error{ErrorCode::kCorruptImage, "no pixels"};
  // A BMP may claim sizes that an int cannot hold.
  const uint64_t columns = static_cast<uint32_t>(width), lines = static_cast<uint32_t>(height);
  const uint64_t pixels = columns * lines;
  if (pixels > max_pixels) return too_large(columns, lines);
  if (format == Format::kPng && IsCutPng(file)) {
    return Error{ErrorCode::kTruncatedImage, "a chunk is longer than the file"};
  }

  Source body{file};
  // What the first frame of a GIF leaves uncovered is transparent, as in browsers, not of the
  // background colour: byte 11 is its index, and for 0 stb_image leaves those pixels alone.
  if (format == Format::kGif) body.read_as_zero = 11;
  uint8_t* rgba = Load(callbacks, body, width, height, components);
  if (rgba == nullptr) return FromStb(body.ran_out);
  Image image = Image::Adopt(rgba, width, height);
  if (body.ran_out) return Error{ErrorCode::kTruncatedImage, "the data ends inside the picture"};
  if (format == Format::kBmp && IsBmpWithPadding(file)) {
    for (size_t i = 3; i < image.size_bytes(); i += kChannels) image.data()[i] = 255;
  }
  const bool has_alpha = components == 2 || components == 4;
  if (has_alpha) FlattenOnWhite(image.data(), static_cast<size_t>(pixels));
  return DecodedImage{std::move(image), ReadOrientation(file), format, false};
}

}  // namespace shiwu
