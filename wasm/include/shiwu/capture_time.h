// When a photo was taken, as its camera wrote it down.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace shiwu {

// By the clock of the camera, wherever it was.
struct CaptureTime {
  int year, month, day, hour, minute, second;
  // Of that clock to UTC, in minutes; most cameras do not say.
  std::optional<int> offset;
};

// EXIF 2.32: DateTimeOriginal, or else DateTimeDigitized, or else DateTime, with its OffsetTime, of
// a JPEG (APP1), PNG (eXIf chunk) or WebP (EXIF chunk). None when there is none that is a date:
// cameras whose clock was never set write blanks or zeros.
std::optional<CaptureTime> ReadCaptureTime(std::span<const uint8_t> file);

// ISO 8601: 2024-05-17T12:34:56, or 2024-05-17T12:34:56+08:00 where the offset is known.
std::string ToIso(const CaptureTime& time);

}  // namespace shiwu
