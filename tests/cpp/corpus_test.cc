// Files of the kinds that strangers bring, made by tests/fixtures/make_corpus.py: each is decoded
// as Pillow decodes it, or refused because less than half of it is there.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>

#include "shiwu/decode.h"
#include "support.h"

namespace shiwu {
namespace {

using test::Bytes;
using test::ReadFile;

// CRC-32 as zlib has it (ISO 3309), of the RGB of RGBA pixels.
uint32_t CrcOfRgb(const Image& image) {
  uint32_t crc = 0xFFFFFFFF;
  for (size_t i = 0; i < image.size_bytes(); ++i) {
    if (i % 4 == 3) continue;
    crc ^= image.data()[i];
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
  }
  return ~crc;
}

TEST(Corpus, EveryFileIsDecodedAsPillowDoes) {
  const Bytes files = ReadFile("tests/fixtures/corpus/files.bin");
  const Bytes near = ReadFile("tests/fixtures/corpus/pixels.bin");
  struct Count {
    int named = 0, refused = 0, largest = 0;
  };
  std::map<std::string, Count> kinds;
  for (const auto& row : test::ReadTable("tests/fixtures/corpus/cases.tsv")) {
    ASSERT_EQ(row.size(), 10u);
    SCOPED_TRACE(row[0] + ": " + row[1]);
    const size_t offset = std::stoul(row[2]), size = std::stoul(row[3]);
    ASSERT_LE(offset + size, files.size());
    // In memory of its own, so that AddressSanitizer sees a read past its end.
    const Bytes file(files.begin() + static_cast<ptrdiff_t>(offset),
                     files.begin() + static_cast<ptrdiff_t>(offset + size));
    const auto decoded = Decode(file);
    Count& count = kinds[row[0]];
    if (row[9] == "-") {
      EXPECT_ERROR(ErrorCode::kTruncatedImage, decoded);
      ++count.refused;
      continue;
    }
    ++count.named;
    EXPECT_TRUE(decoded.ok()) << (decoded.ok() ? "" : decoded.error().message);
    if (!decoded.ok()) continue;
    const Image& image = decoded.value().pixels;
    EXPECT_EQ(decoded.value().truncated, row[6] == "1");
    EXPECT_EQ(decoded.value().orientation, std::stoi(row[7]));
    ASSERT_EQ(image.width(), std::stoi(row[4]));
    ASSERT_EQ(image.height(), std::stoi(row[5]));
    for (size_t i = 3; i < image.size_bytes(); i += 4) ASSERT_EQ(image.data()[i], 255);
    const int largest = std::stoi(row[8]);
    if (largest == 0) {
      EXPECT_EQ(CrcOfRgb(image), std::stoul(row[9], nullptr, 16)) << "other pixels than Pillow's";
      continue;
    }
    const uint8_t* expected = near.data() + std::stoul(row[9]);
    for (size_t i = 0; i < image.size_bytes(); ++i) {
      if (i % 4 == 3) continue;
      count.largest = std::max(count.largest, std::abs(image.data()[i] - *expected++));
    }
    EXPECT_LE(count.largest, largest);
  }
  int total = 0;
  for (const auto& [kind, count] : kinds) {
    total += count.named + count.refused;
    std::printf("%-40s %3d as Pillow's, to within %d; %d with less than half refused\n",
                kind.c_str(), count.named, count.largest, count.refused);
  }
  EXPECT_GE(total, 700);
}

}  // namespace
}  // namespace shiwu
