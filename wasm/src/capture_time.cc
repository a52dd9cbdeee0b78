#include "shiwu/capture_time.h"

#include <cstdlib>
#include <string_view>

#include "exif.h"

namespace shiwu {
namespace {

// The number that the digits at `at` make, as `size` says; they are digits.
int Number(std::string_view text, size_t at, size_t size) {
  int value = 0;
  for (const char digit : text.substr(at, size)) value = 10 * value + (digit - '0');
  return value;
}

// Whether it has digits where `form` has a 0, and else what `form` has.
bool HasForm(std::string_view text, std::string_view form) {
  if (text.size() != form.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (form[i] == '0' ? !is_digit : text[i] != form[i]) return false;
  }
  return true;
}

int DaysOf(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leaps = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return kDays[month - 1] + (month == 2 && leaps ? 1 : 0);
}

// "2024:05:17 12:34:56".
std::optional<CaptureTime> TimeIn(std::string_view text) {
  if (!HasForm(text, "0000:00:00 00:00:00")) return std::nullopt;
  const CaptureTime time = {Number(text, 0, 4),  Number(text, 5, 2),  Number(text, 8, 2),
                            Number(text, 11, 2), Number(text, 14, 2), Number(text, 17, 2),
                            std::nullopt};
  if (time.year < 1 || time.month < 1 || time.month > 12) return std::nullopt;
  if (time.day < 1 || time.day > DaysOf(time.year, time.month)) return std::nullopt;
  if (time.hour > 23 || time.minute > 59 || time.second > 59) return std::nullopt;
  return time;
}

// "+08:00": from -12:00 to +14:00, as clocks go.
std::optional<int> OffsetIn(std::string_view text) {
  if (!HasForm(text, "+00:00") && !HasForm(text, "-00:00")) return std::nullopt;
  const int hours = Number(text, 1, 2), minutes = Number(text, 4, 2);
  const int offset = (text[0] == '-' ? -1 : 1) * (60 * hours + minutes);
  if (minutes > 59 || offset < -12 * 60 || offset > 14 * 60) return std::nullopt;
  return offset;
}

// The mark, then two digits.
void AppendPair(std::string& text, char mark, int value) {
  text += mark;
  text += static_cast<char>('0' + value / 10);
  text += static_cast<char>('0' + value % 10);
}

}  // namespace

std::optional<CaptureTime> ReadCaptureTime(std::span<const uint8_t> file) {
  constexpr uint32_t kExifDirectory = 0x8769, kDateTime = 0x0132, kOffsetTime = 0x9010;
  constexpr uint32_t kOriginal = 0x9003, kOffsetOriginal = 0x9011;
  constexpr uint32_t kDigitized = 0x9004, kOffsetDigitized = 0x9012;
  const auto exif = Exif::Find(file);
  if (!exif) return std::nullopt;
  const uint32_t first = exif->first_directory();
  const auto inner = exif->Number(first, kExifDirectory, Exif::kLong);
  const auto read = [&](uint32_t directory, uint32_t tag, uint32_t offset_tag) {
    auto time = TimeIn(exif->Text(directory, tag));
    if (time && inner) time->offset = OffsetIn(exif->Text(*inner, offset_tag));
    return time;
  };
  std::optional<CaptureTime> found;
  if (inner) found = read(*inner, kOriginal, kOffsetOriginal);
  if (!found && inner) found = read(*inner, kDigitized, kOffsetDigitized);
  return found ? found : read(first, kDateTime, kOffsetTime);
}

std::string ToIso(const CaptureTime& time) {
  std::string text;
  for (int unit = 1000; unit > 0; unit /= 10)
    text += static_cast<char>('0' + time.year / unit % 10);
  AppendPair(text, '-', time.month);
  AppendPair(text, '-', time.day);
  AppendPair(text, 'T', time.hour);
  AppendPair(text, ':', time.minute);
  AppendPair(text, ':', time.second);
  if (time.offset) {
    const int offset = std::abs(*time.offset);
    AppendPair(text, *time.offset < 0 ? '-' : '+', offset / 60);
    AppendPair(text, ':', offset % 60);
  }
  return text;
}

}  // namespace shiwu
