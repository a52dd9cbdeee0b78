#include "shiwu/decode.h"

#include "bytes.h"
#include "formats.h"
#include "jpeg/reader.h"
#include "shiwu/orientation.h"
#include "shiwu/resample.h"

namespace shiwu {
namespace {

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

}  // namespace

std::string_view FormatName(Format format) {
  constexpr std::string_view kNames[] = {"unknown", "jpeg", "png",  "gif",
                                         "bmp",     "webp", "avif", "heic"};
  return kNames[static_cast<size_t>(format)];
}

Format SniffFormat(std::span<const uint8_t> file) {
  if (HasText(file, 0, "\xFF\xD8\xFF")) return Format::kJpeg;
  if (HasText(file, 0, "\x89PNG\r\n\x1A\n")) return Format::kPng;
  if (HasText(file, 0, "GIF87a") || HasText(file, 0, "GIF89a")) return Format::kGif;
  if (HasText(file, 0, "RIFF") && HasText(file, 8, "WEBP")) return Format::kWebp;
  // ISO 14496-12: a file type box at the start, with the brand after it.
  if (HasText(file, 4, "ftyp")) {
    for (const std::string_view brand : {"avif", "avis"}) {
      if (HasText(file, 8, brand)) return Format::kAvif;
    }
    for (const std::string_view brand :
         {"heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1"}) {
      if (HasText(file, 8, brand)) return Format::kHeic;
    }
  }
  // "BM" is short enough to begin a text; a header size that some version of the format has settles
  // it. The reserved fields before it do not: some programs use them. OS/2's second header may end
  // behind any of its fields.
  if (HasText(file, 0, "BM") && file.size() >= 18) {
    const uint32_t header = LittleEndian(file, 14, 4);
    const bool os2 =
        header >= 16 && header <= 64 && (header % 4 == 0 || header == 42 || header == 46);
    if (header == 12 || os2 || header == 108 || header == 124) return Format::kBmp;
  }
  return Format::kUnknown;
}

Status CheckSize(uint64_t width, uint64_t height, uint64_t max_pixels) {
  if (width == 0 || height == 0) return Error{ErrorCode::kCorruptImage, "no pixels"};
  // Sides are below 2^32: their product fits.
  if (width > kMaxSide || height > kMaxSide || width * height > max_pixels) {
    return Error{ErrorCode::kImageTooLarge, width, " x ", height, " pixels"};
  }
  return {};
}

Status CheckHalf(uint64_t there, uint64_t all, bool file_ends_early) {
  if (there >= all - there) return {};
  return Error{file_ends_early ? ErrorCode::kTruncatedImage : ErrorCode::kCorruptImage,
               "less than half of the picture can be read"};
}

Result<DecodedImage> Decode(std::span<const uint8_t> file, uint64_t max_pixels) {
  if (file.empty()) return Error{ErrorCode::kEmptyInput, "0 bytes"};
  const Format format = SniffFormat(file);
  if (format == Format::kJpeg) return DecodeJpeg(file, max_pixels);
  const auto reader = format == Format::kPng   ? &ReadPng
                      : format == Format::kGif ? &ReadGif
                      : format == Format::kBmp ? &ReadBmp
                                               : nullptr;
  if (reader == nullptr) return Error{ErrorCode::kUnsupportedFormat, FormatName(format)};
  auto read = reader(file, max_pixels);
  if (!read.ok()) return read.status();
  auto& [image, has_alpha, truncated] = read.value();
  if (has_alpha) FlattenOnWhite(image.data(), image.size_bytes() / kChannels);
  return DecodedImage{std::move(image), ReadOrientation(file), format, truncated};
}

}  // namespace shiwu
