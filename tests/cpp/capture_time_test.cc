#include "shiwu/capture_time.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include "support.h"

namespace shiwu {
namespace {

using test::Bytes;
using test::ReadFile;

// "" where there is none; of a copy that ends where the file does.
std::string TimeOf(std::span<const uint8_t> file) {
  const std::unique_ptr<uint8_t[]> exact(new uint8_t[file.size()]);
  if (!file.empty()) std::memcpy(exact.get(), file.data(), file.size());
  const auto time = ReadCaptureTime({exact.get(), file.size()});
  return time ? ToIso(*time) : "";
}

Bytes Fixture(const std::string& name) { return ReadFile("tests/fixtures/capture_time/" + name); }

TEST(CaptureTime, IsWhatPillowReads) {
  const auto rows = test::ReadTable("tests/fixtures/capture_time/times.tsv");
  ASSERT_EQ(rows.size(), 42u);
  for (const auto& row : rows) {
    EXPECT_EQ(TimeOf(Fixture(row[0])), row.size() > 1 ? row[1] : "") << row[0];
  }
}

TEST(CaptureTime, TruncatedAnywhereIsNeverWrong) {
  for (const std::string kind : {"jpg", "png", "webp"}) {
    const Bytes file = Fixture("offset." + kind);
    for (size_t size = 0; size < file.size(); ++size) {
      const std::string time = TimeOf(std::span(file).first(size));
      ASSERT_TRUE(time.empty() || time == "2023-12-31T23:59:59" ||
                  time == "2023-12-31T23:59:59+08:00")
          << kind << " cut to " << size << ": " << time;
    }
  }
}

TEST(CaptureTime, DamagedExifHasNone) {
  Bytes file = Fixture("original.jpg");
  const auto at = [&](std::string_view text) {
    const Bytes wanted(text.begin(), text.end());
    return static_cast<size_t>(std::search(file.begin(), file.end(), wanted.begin(), wanted.end()) -
                               file.begin());
  };
  // The pointer to the directory for EXIF: far away, into itself, and to the first directory.
  const size_t pointer = at(std::string_view("\x69\x87\x04\0", 4)) + 8;
  ASSERT_LT(pointer, file.size());
  for (const uint32_t place : {0xFFFFFFFFu, 0xFFFFFFF0u, 8u, 0u, 1u}) {
    Bytes wrong = file;
    for (size_t i = 0; i < 4; ++i) wrong[pointer + i] = static_cast<uint8_t>(place >> 8 * i);
    // The date of the first directory is left.
    EXPECT_EQ(TimeOf(wrong), "2024-06-01T00:00:00") << place;
  }
  // Every digit of the date as something else: never a wrong date.
  const size_t date = at("2024:05:17 08:03:09");
  for (size_t i = 0; i < 19; ++i) {
    Bytes wrong = file;
    wrong[date + i] = 'x';
    EXPECT_EQ(TimeOf(wrong), "2024-05-20T00:00:00") << i;
  }
  EXPECT_EQ(TimeOf({}), "");
}

TEST(CaptureTime, IsoHasTwoDigitsAndASign) {
  EXPECT_EQ(ToIso({7, 1, 2, 3, 4, 5, std::nullopt}), "0007-01-02T03:04:05");
  EXPECT_EQ(ToIso({2024, 12, 31, 0, 0, 0, 0}), "2024-12-31T00:00:00+00:00");
  EXPECT_EQ(ToIso({2024, 12, 31, 0, 0, 0, -30}), "2024-12-31T00:00:00-00:30");
}

}  // namespace
}  // namespace shiwu
