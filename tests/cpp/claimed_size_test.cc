#include "shiwu/claimed_size.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "support.h"

namespace shiwu {
namespace {

using test::Bytes;
using test::ReadFile;

// In memory of its size, so that a read beyond it is seen.
std::optional<ClaimedSize> ReadExact(std::span<const uint8_t> file) {
  const std::unique_ptr<uint8_t[]> exact(new uint8_t[file.size()]);
  if (!file.empty()) std::memcpy(exact.get(), file.data(), file.size());
  return ReadClaimedSize({exact.get(), file.size()});
}

using Size = std::pair<uint32_t, uint32_t>;
Size SizeOf(std::span<const uint8_t> file) {
  const auto claimed = ReadExact(file);
  return claimed ? Size(claimed->width, claimed->height) : Size(0, 0);
}

const std::string kSeeds = "tests/fuzz/seeds/claimed_size/", kPhotos = "tests/fixtures/encoded/";

// The sides are Pillow's, which wrote the files.
TEST(ClaimedSize, IsReadOfEveryKind) {
  EXPECT_EQ(SizeOf(ReadFile(kSeeds + "lossy.webp")), Size(20, 18));
  EXPECT_EQ(SizeOf(ReadFile(kSeeds + "lossless.webp")), Size(9, 7));
  EXPECT_EQ(SizeOf(ReadFile(kSeeds + "extended.webp")), Size(33, 5));
  EXPECT_EQ(SizeOf(ReadFile(kSeeds + "one.avif")), Size(40, 24));
  // HEVC's sides are even; the file crops a column off afterwards.
  EXPECT_EQ(SizeOf(ReadFile(kPhotos + "chelsea.heic")), Size(452, 300));
  EXPECT_EQ(SizeOf(ReadFile(kPhotos + "chelsea.avif")), Size(451, 300));
  // Not for this one to say: the core decodes it.
  EXPECT_EQ(SizeOf(ReadFile(kPhotos + "chelsea-frame.jpg")), Size(0, 0));
}

TEST(ClaimedSize, CutAnywhereIsRightOrNothing) {
  for (const char* name : {"lossy.webp", "lossless.webp", "extended.webp", "one.avif"}) {
    const Bytes file = ReadFile(kSeeds + name);
    const Size whole = SizeOf(file);
    for (size_t size = 0; size < file.size(); ++size) {
      const Size cut = SizeOf(std::span(file).first(size));
      ASSERT_TRUE(cut == whole || cut == Size(0, 0)) << name << " cut to " << size;
    }
  }
}

TEST(ClaimedSize, ABombSaysItsSize) {
  Bytes webp = ReadFile(kSeeds + "extended.webp");
  for (size_t at = 24; at < 30; ++at) webp[at] = 0xFF;
  EXPECT_EQ(SizeOf(webp), Size(1 << 24, 1 << 24));

  Bytes avif = ReadFile(kSeeds + "one.avif");
  const std::string_view text(reinterpret_cast<const char*>(avif.data()), avif.size());
  const size_t sides = text.find("ispe") + 8;
  for (size_t at = sides; at < sides + 8; ++at) avif[at] = 0xFF;
  EXPECT_EQ(SizeOf(avif), Size(0xFFFFFFFF, 0xFFFFFFFF));
}

// A box that says it is longer than the file, or shorter than its own header, ends the search.
TEST(ClaimedSize, BoxesThatLieEndTheSearch) {
  const Bytes avif = ReadFile(kSeeds + "one.avif");
  const std::string_view text(reinterpret_cast<const char*>(avif.data()), avif.size());
  for (const char* box : {"meta", "iprp", "ipco", "ispe"}) {
    for (const uint8_t length : Bytes{0x01, 0x04, 0xFF}) {
      Bytes file = avif;
      const size_t size_at = text.find(box) - 4;
      std::fill_n(file.begin() + static_cast<ptrdiff_t>(size_at), 4, length);
      EXPECT_EQ(SizeOf(file), Size(0, 0)) << box << " " << int{length};
    }
  }
}

}  // namespace
}  // namespace shiwu
