#include "shiwu/decode.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <string>

#include "support.h"

namespace shiwu {
namespace {

using test::Bytes;
using test::MemoryWatch;
using test::PixelsOf;
using test::ReadFile;
using test::SamePixels;

constexpr std::string_view kFolder = "tests/fixtures/decode/";

Bytes Fixture(std::string_view name) { return ReadFile(std::string(kFolder) + std::string(name)); }

// A span of memory that ends where the file ends, so that AddressSanitizer sees a read past it.
class Exact {
 public:
  explicit Exact(std::span<const uint8_t> bytes)
      : size_(bytes.size()), bytes_(new uint8_t[bytes.size()]) {
    if (size_ > 0) std::memcpy(bytes_.get(), bytes.data(), size_);
  }
  operator std::span<const uint8_t>() const { return {bytes_.get(), size_}; }

 private:
  size_t size_;
  std::unique_ptr<uint8_t[]> bytes_;
};

Format FormatOfName(std::string_view name) {
  if (name.ends_with(".png")) return Format::kPng;
  if (name.ends_with(".gif")) return Format::kGif;
  if (name.ends_with(".bmp")) return Format::kBmp;
  return Format::kJpeg;
}

void Append(Bytes& bytes, std::string_view text) {
  bytes.insert(bytes.end(), text.begin(), text.end());
}

Bytes FromText(std::string_view text) { return {text.begin(), text.end()}; }

// A PNG that ends with its header chunk.
Bytes PngHeader(uint32_t width, uint32_t height, uint8_t depth, uint8_t colour) {
  Bytes png = FromText(std::string_view("\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16));
  for (const uint32_t side : {width, height}) {
    for (int shift = 24; shift >= 0; shift -= 8) png.push_back(static_cast<uint8_t>(side >> shift));
  }
  for (const uint8_t byte : {depth, colour, uint8_t{0}, uint8_t{0}, uint8_t{0}}) {
    png.push_back(byte);
  }
  Append(png, "crc?");  // nobody checks it
  return png;
}

size_t FindMarker(const Bytes& jpeg, uint8_t marker) {
  for (size_t at = 2; at + 4 < jpeg.size(); at += 2 + (size_t{jpeg[at + 2]} << 8 | jpeg[at + 3])) {
    if (jpeg[at + 1] == marker) return at;
  }
  ADD_FAILURE() << "no marker " << int{marker};
  return 2;
}

TEST(Decode, EveryVariantHasPillowsPixels) {
  const Bytes pixels = Fixture("pixels.bin");
  int files = 0;
  for (const auto& row : test::ReadTable(std::string(kFolder) + "cases.tsv")) {
    ++files;
    ASSERT_EQ(row.size(), 4u);
    const std::string& name = row[0];
    SCOPED_TRACE(name);
    const int width = std::stoi(row[1]), height = std::stoi(row[2]);
    const size_t size = size_t{4} * width * height, offset = std::stoul(row[3]);
    ASSERT_LE(offset + size, pixels.size());
    const auto expected = std::span(pixels).subspan(offset, size);

    const auto decoded = Decode(Exact(Fixture(name)));
    ASSERT_VALUE(decoded);
    EXPECT_EQ(decoded.value().format, FormatOfName(name));
    EXPECT_EQ(decoded.value().orientation, 1);
    ASSERT_EQ(decoded.value().pixels.width(), width);
    ASSERT_EQ(decoded.value().pixels.height(), height);
    const Bytes actual = PixelsOf(decoded.value().pixels.view());
    EXPECT_TRUE(SamePixels(actual, expected, width, height, name));
  }
  EXPECT_GE(files, 60);
}

TEST(Decode, SniffsByTheFirstBytes) {
  const std::pair<std::string_view, Format> kCases[] = {
      {"", Format::kUnknown},
      {"\xFF\xD8", Format::kUnknown},
      {"\xFF\xD8\xFF", Format::kJpeg},
      {"\xFF\xD8\xFF\xE0 and so on", Format::kJpeg},
      {"\x89PNG\r\n\x1A", Format::kUnknown},
      {"\x89PNG\r\n\x1A\n", Format::kPng},
      {"\x89PNG\n\x1A\n", Format::kUnknown},
      {"GIF87a", Format::kGif},
      {"GIF89a", Format::kGif},
      {"GIF88a", Format::kUnknown},
      {"RIFF....WEBP", Format::kWebp},
      {"RIFF....WAVE", Format::kUnknown},
      {"....ftypavif", Format::kAvif},
      {"....ftypavis", Format::kAvif},
      {"....ftypheic", Format::kHeic},
      {"....ftypheix", Format::kHeic},
      {"....ftypmif1", Format::kHeic},
      {"....ftypisom", Format::kUnknown},
      {"BMW is a maker of cars, not a bitmap", Format::kUnknown},
      {"hello", Format::kUnknown},
      {"<svg xmlns='http://www.w3.org/2000/svg'/>", Format::kUnknown},
      {"II*", Format::kUnknown},
  };
  for (const auto& [text, format] : kCases) {
    EXPECT_EQ(SniffFormat(Exact(FromText(text))), format) << text;
  }
  EXPECT_EQ(SniffFormat(Fixture("rgb24.bmp")), Format::kBmp);
  EXPECT_EQ(SniffFormat(Fixture("rgb24-os2.bmp")), Format::kBmp);
  EXPECT_EQ(SniffFormat(Fixture("rgba32-v4.bmp")), Format::kBmp);
  Bytes version3 = Fixture("rgb24.bmp");
  version3[14] = 52;
  EXPECT_EQ(SniffFormat(version3), Format::kBmp);
  EXPECT_EQ(FormatName(Format::kUnknown), "unknown");
  EXPECT_EQ(FormatName(Format::kJpeg), "jpeg");
  EXPECT_EQ(FormatName(Format::kHeic), "heic");
}

// [regression] A BMP whose reserved fields are used was taken for no picture at all.
TEST(Decode, ReservedFieldsOfBmpDoNotMatter) {
  Bytes file = Fixture("rgb24.bmp");
  const auto plain = Decode(file);
  std::fill_n(file.begin() + 6, 4, uint8_t{0xAB});
  const auto reserved = Decode(Exact(file));
  ASSERT_VALUE(plain);
  ASSERT_VALUE(reserved);
  EXPECT_EQ(PixelsOf(plain.value().pixels.view()), PixelsOf(reserved.value().pixels.view()));
}

TEST(Decode, RefusesWhatIsNoPicture) {
  EXPECT_ERROR(ErrorCode::kEmptyInput, Decode({}));
  EXPECT_ERROR(ErrorCode::kUnsupportedFormat,
               Decode(FromText("这是一个改名为 photo.jpg 的文本文件。\nJust text.\n")));
  Bytes garbage(5000);
  for (size_t i = 0; i < garbage.size(); ++i) {
    garbage[i] = static_cast<uint8_t>(test::Mix(static_cast<uint32_t>(i)) >> 24);
  }
  EXPECT_ERROR(ErrorCode::kUnsupportedFormat, Decode(garbage));
  for (const std::string_view text :
       {"RIFF....WEBPVP8 ", "....ftypavif", "....ftypheic", "x", "GIF8", "BM"}) {
    EXPECT_ERROR(ErrorCode::kUnsupportedFormat, Decode(FromText(text)));
  }
  EXPECT_ERROR(ErrorCode::kUnsupportedFormat,
               Decode(ReadFile("tests/fixtures/orientation/1-le.webp")));
}

TEST(Decode, GarbageBehindASignatureIsAnError) {
  for (const std::string_view name : {"rgb8.png", "animation.gif", "rgb24.bmp", "grey.jpg"}) {
    const Bytes whole = Fixture(name);
    for (const size_t kept : {size_t{18}, size_t{40}, size_t{60}}) {
      // Where all of a BMP's header is left, the rest is pixels.
      if (name == "rgb24.bmp" && kept > 18) continue;
      Bytes damaged = whole;
      for (size_t i = kept; i < damaged.size(); ++i) {
        damaged[i] = static_cast<uint8_t>(test::Mix(static_cast<uint32_t>(i)) >> 24);
      }
      const auto decoded = Decode(Exact(damaged));
      ASSERT_FALSE(decoded.ok()) << name << " " << kept;
      const ErrorCode code = decoded.error().code;
      EXPECT_TRUE(code == ErrorCode::kCorruptImage || code == ErrorCode::kTruncatedImage ||
                  code == ErrorCode::kImageTooLarge || code == ErrorCode::kUnsupportedFormat)
          << name << " " << kept << " " << ErrorName(code);
    }
  }
}

// [regression] What is missing was made up of zeros. Browsers show the part that is there; so it is
// decoded from half of the picture on, and said to be truncated.
TEST(Decode, TruncatedAnywhereIsAnErrorOrAPartOrWhole) {
  int beginnings = 0, whole_beginnings = 0, parts = 0;
  for (const auto& row : test::ReadTable(std::string(kFolder) + "cases.tsv")) {
    const std::string& name = row[0];
    const Bytes file = Fixture(name);
    const auto whole = Decode(file);
    ASSERT_VALUE(whole);
    EXPECT_FALSE(whole.value().truncated);
    const Bytes pixels = PixelsOf(whole.value().pixels.view());
    const Format format = FormatOfName(name);
    const size_t pitch = size_t{4} * std::stoul(row[1]), height = std::stoul(row[2]);
    for (size_t size = 0; size < file.size(); ++size) {
      SCOPED_TRACE(name + " cut to " + std::to_string(size) + " of " + std::to_string(file.size()));
      ++beginnings;
      const auto decoded = Decode(Exact(std::span(file).first(size)));
      if (!decoded.ok()) {
        const ErrorCode code = decoded.error().code;
        if (size == 0) {
          ASSERT_EQ(code, ErrorCode::kEmptyInput);
        } else if (SniffFormat(std::span(file).first(size)) == Format::kUnknown) {
          ASSERT_EQ(code, ErrorCode::kUnsupportedFormat);
          ASSERT_LT(size, 18u);
        } else {
          ASSERT_EQ(code, ErrorCode::kTruncatedImage) << decoded.error().message;
        }
        continue;
      }
      const Bytes part = PixelsOf(decoded.value().pixels.view());
      if (!decoded.value().truncated) {
        ++whole_beginnings;
        ASSERT_EQ(part, pixels);
        continue;
      }
      ++parts;
      // Where rows do not come one after the other it is for the corpus to say what must be there.
      if (name.starts_with("progressive") || name.find("interlaced") != std::string::npos) continue;
      // The half that comes first; of a JPEG in whole blocks.
      const size_t rows = format == Format::kJpeg ? height / 2 - 8 : height / 2;
      const size_t first = format == Format::kBmp && name.find("top-down") == std::string::npos
                               ? (height - rows) * pitch
                               : 0;
      ASSERT_TRUE(std::equal(part.begin() + static_cast<ptrdiff_t>(first),
                             part.begin() + static_cast<ptrdiff_t>(first + rows * pitch),
                             pixels.begin() + static_cast<ptrdiff_t>(first)));
    }
  }
  EXPECT_GT(beginnings, 20000);
  EXPECT_GT(whole_beginnings,
            500);  // the data of a PNG, and of an animation's first frame, end early
  EXPECT_GT(parts, 5000);
}

// [regression] What was cut between two scans was refused, or, where the rest of a table was made
// up, decoded to garbage.
TEST(Decode, ProgressiveJpegCutBetweenScansIsCoarse) {
  const Bytes file = Fixture("progressive-420.jpg");
  const auto marker = [&](uint8_t code, size_t from) {
    for (; file[from] != 0xFF || file[from + 1] != code;) ++from;
    return from;
  };
  const size_t first = marker(0xDA, 0), second = marker(0xDA, first + 2);
  size_t tables = first + 2;
  while (file[tables] != 0xFF || file[tables + 1] == 0) ++tables;
  ASSERT_LT(tables + 20, second);
  // The first scan, and an end marker.
  Bytes one_scan(file.begin(), file.begin() + static_cast<ptrdiff_t>(tables));
  Append(one_scan, "\xFF\xD9");
  const auto coarse = Decode(one_scan);
  ASSERT_VALUE(coarse);
  // The second scan's tables and header, to the byte.
  for (size_t size = tables; size < second + 10; ++size) {
    SCOPED_TRACE(size);
    const auto decoded = Decode(Exact(std::span(file).first(size)));
    ASSERT_VALUE(decoded);
    EXPECT_TRUE(decoded.value().truncated);
    ASSERT_EQ(PixelsOf(decoded.value().pixels.view()), PixelsOf(coarse.value().pixels.view()));
  }
}

TEST(Decode, JpegWithoutItsEndMarkerIsWhole) {
  for (const std::string_view name : {"baseline-420.jpg", "progressive-420.jpg", "cmyk.jpg"}) {
    const Bytes file = Fixture(name);
    const auto whole = Decode(file);
    ASSERT_VALUE(whole);
    Bytes cut(file.begin(), file.end() - 2);
    Bytes padded = cut;
    padded.resize(padded.size() + 500);
    Bytes trailer = cut;
    Append(trailer, "a maker's own data");
    for (const Bytes& without : {cut, padded, trailer}) {
      const auto decoded = Decode(Exact(without));
      ASSERT_VALUE(decoded);
      EXPECT_FALSE(decoded.value().truncated) << name;
      EXPECT_EQ(PixelsOf(decoded.value().pixels.view()), PixelsOf(whole.value().pixels.view()));
    }
  }
}

TEST(Decode, TrailingGarbageIsIgnored) {
  for (const std::string_view name : {"rgb8.png", "palette4-trns.png", "plain.gif", "rgb24.bmp",
                                      "baseline-420.jpg", "progressive-444.jpg"}) {
    Bytes file = Fixture(name);
    const auto plain = Decode(file);
    Append(file, "\xFF\xD8\xFF trailing garbage \0\0\0");
    file.resize(file.size() + 1000, 0xFF);
    const auto longer = Decode(Exact(file));
    ASSERT_VALUE(plain);
    ASSERT_VALUE(longer);
    EXPECT_EQ(PixelsOf(plain.value().pixels.view()), PixelsOf(longer.value().pixels.view()))
        << name;
  }
}

TEST(Decode, TooLargeIsSaidFromTheHeaderBeforeMemoryIsTaken) {
  std::vector<std::pair<std::string, Bytes>> files;
  for (const int colour : {0, 2, 3, 4, 6}) {
    files.emplace_back("PNG colour type " + std::to_string(colour),
                       PngHeader(30000, 30000, 8, static_cast<uint8_t>(colour)));
  }
  files.emplace_back("PNG, 16 bits", PngHeader(30000, 30000, 16, 6));
  files.emplace_back("PNG, 2^31 - 1", PngHeader(0x7FFFFFFF, 0x7FFFFFFF, 8, 2));
  files.emplace_back("PNG, 70000 wide", PngHeader(70000, 2000, 8, 2));
  Bytes jpeg = Fixture("baseline-420.jpg");
  const size_t frame = FindMarker(jpeg, 0xC0);
  for (const size_t at : {5, 7}) {
    jpeg[frame + at] = 0xFF;
    jpeg[frame + at + 1] = 0xFF;
  }
  files.emplace_back("JPEG", jpeg);
  Bytes gif = Fixture("plain.gif");
  std::fill_n(gif.begin() + 6, 4, uint8_t{0xFF});
  files.emplace_back("GIF", gif);
  for (const uint32_t side : {30000u, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFF0u}) {
    Bytes bmp = Fixture("rgb24.bmp");
    std::memcpy(&bmp[18], &side, 4);
    std::memcpy(&bmp[22], &side, 4);
    files.emplace_back("BMP " + std::to_string(side), bmp);
  }
  for (const auto& [name, file] : files) {
    SCOPED_TRACE(name);
    const auto start = std::chrono::steady_clock::now();
    MemoryWatch watch;
    EXPECT_ERROR(ErrorCode::kImageTooLarge, Decode(Exact(file)));
    EXPECT_LT(watch.Allocated(), 1u << 20);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
  }
}

TEST(Decode, MaxPixelsIsInclusive) {
  for (const std::string_view name : {"rgb8.png", "plain.gif", "rgb24-top-down.bmp", "grey.jpg"}) {
    const Bytes file = Fixture(name);
    const auto decoded = Decode(file);
    ASSERT_VALUE(decoded);
    const uint64_t pixels = static_cast<uint64_t>(decoded.value().pixels.width()) *
                            static_cast<uint64_t>(decoded.value().pixels.height());
    EXPECT_TRUE(Decode(file, pixels).ok()) << name;
    EXPECT_TRUE(Decode(file, std::numeric_limits<uint64_t>::max()).ok()) << name;
    EXPECT_ERROR(ErrorCode::kImageTooLarge, Decode(file, pixels - 1));
    EXPECT_ERROR(ErrorCode::kImageTooLarge, Decode(file, 0));
  }
}

TEST(Decode, JpegVariantsThatAreNotReadAreNamed) {
  const Bytes whole = Fixture("baseline-420.jpg");
  const size_t frame = FindMarker(whole, 0xC0);
  for (const int marker : {0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}) {
    Bytes variant = whole;  // lossless, hierarchical, arithmetic
    variant[frame + 1] = static_cast<uint8_t>(marker);
    EXPECT_ERROR(ErrorCode::kUnsupportedFormat, Decode(variant));
  }
  for (const int marker : {0xC0, 0xC1, 0xC2}) {
    Bytes twelve_bit = whole;
    twelve_bit[frame + 1] = static_cast<uint8_t>(marker);
    twelve_bit[frame + 4] = 12;
    EXPECT_ERROR(ErrorCode::kUnsupportedFormat, Decode(twelve_bit));
  }
  Bytes delayed_height = whole;
  delayed_height[frame + 5] = delayed_height[frame + 6] = 0;
  EXPECT_ERROR(ErrorCode::kUnsupportedFormat, Decode(delayed_height));
}

// [regression] A distance by code 30, which there is not, was 0, and the last row what lay in
// memory.
TEST(Decode, NoDistanceIsCopiedFromUnwrittenMemory) {
  const auto decoded = Decode(ReadFile("tests/fuzz/seeds/png/distance30.png"));
  ASSERT_VALUE(decoded);
  EXPECT_TRUE(decoded.value().truncated);
  const ImageView view = decoded.value().pixels.view();
  constexpr int kRow[] = {40, 80, 120, 140};
  for (int y = 0; y < 4; ++y) {
    for (int x = 0; x < 4; ++x) EXPECT_EQ(view.At(x, y)[0], y < 3 ? kRow[x] : 0) << x << ' ' << y;
  }
}

// [regression] A damaged header was "unsupported", because stb_image tries the other formats too.
TEST(Decode, DamagedHeadersAreCorrupt) {
  EXPECT_ERROR(ErrorCode::kCorruptImage, Decode(PngHeader(0, 5, 8, 2)));
  EXPECT_ERROR(ErrorCode::kCorruptImage, Decode(PngHeader(5, 0, 8, 2)));
  EXPECT_ERROR(ErrorCode::kCorruptImage, Decode(PngHeader(5, 5, 8, 5)));
  EXPECT_ERROR(ErrorCode::kCorruptImage, Decode(PngHeader(5, 5, 3, 0)));
  EXPECT_ERROR(ErrorCode::kCorruptImage, Decode(ReadFile("tests/fuzz/seeds/png/no-data.png")));
  Bytes jpeg = Fixture("baseline-420.jpg");
  const size_t frame = FindMarker(jpeg, 0xC0);
  jpeg[frame + 7] = jpeg[frame + 8] = 0;  // width
  EXPECT_ERROR(ErrorCode::kCorruptImage, Decode(jpeg));
  jpeg = Fixture("baseline-420.jpg");
  jpeg[frame + 11] = 0;  // sampling factors
  EXPECT_ERROR(ErrorCode::kCorruptImage, Decode(jpeg));
  for (const size_t at : {18, 22}) {
    Bytes bmp = Fixture("rgb24.bmp");
    std::fill_n(bmp.begin() + static_cast<ptrdiff_t>(at), 4, uint8_t{0});
    EXPECT_ERROR(ErrorCode::kCorruptImage, Decode(bmp));
  }
  // A frame without pixels, a GIF without a frame.
  Bytes gif = Fixture("plain.gif");
  const auto frame_at =
      static_cast<size_t>(std::find(gif.begin() + 13 + 48, gif.end(), uint8_t{','}) - gif.begin());
  ASSERT_EQ(gif[frame_at + 5], 21);  // wide
  gif[frame_at + 5] = 0;
  EXPECT_ERROR(ErrorCode::kCorruptImage, Decode(gif));
  EXPECT_ERROR(ErrorCode::kCorruptImage,
               Decode(FromText(std::string_view("GIF89a\x02\0\x02\0\0\0\0;", 14))));
}

// [regression] A decoder before this one wrote outside its Huffman tables when there were more than
// 256 symbols, and read outside them when the 256th had a short code.
TEST(Decode, OversizedHuffmanTablesAreCorrupt) {
  const Bytes whole = Fixture("progressive-420.jpg");
  const size_t table = FindMarker(whole, 0xC4);
  const auto with_counts = [&](std::initializer_list<int> counts, size_t length) {
    Bytes bytes(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(table));
    for (const size_t byte : {size_t{0xFF}, size_t{0xC4}, length >> 8, length & 255, size_t{0}}) {
      bytes.push_back(static_cast<uint8_t>(byte));
    }
    for (const int count : counts) bytes.push_back(static_cast<uint8_t>(count));
    bytes.resize(bytes.size() + 16 - counts.size());
    bytes.resize(bytes.size() + 600, 7);  // symbols
    bytes.insert(bytes.end(), whole.begin() + static_cast<ptrdiff_t>(table), whole.end());
    return bytes;
  };
  for (const size_t length : {19 + 257, 19 + 600, 3, 65535}) {
    // 2 + 255 codes of 15 and 16 bits; the last of 256 with 9 bits; eight times 255.
    EXPECT_ERROR(
        ErrorCode::kCorruptImage,
        Decode(Exact(with_counts({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 255}, length))));
    EXPECT_ERROR(ErrorCode::kCorruptImage,
                 Decode(Exact(with_counts({0, 0, 0, 0, 0, 0, 0, 254, 2}, length))));
    EXPECT_ERROR(ErrorCode::kCorruptImage,
                 Decode(Exact(with_counts(
                     {0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255}, length))));
  }
}

TEST(Decode, BmpVariantsThatAreNotReadAreNamed) {
  const auto with = [](std::string_view name, size_t at, uint8_t value) {
    Bytes bmp = Fixture(name);
    bmp[at] = value;
    return bmp;
  };
  constexpr size_t kBits = 28, kCompression = 30;
  for (const uint8_t compression : Bytes{2, 3, 4, 5, 6, 7, 11}) {
    EXPECT_ERROR(ErrorCode::kUnsupportedFormat,
                 Decode(with("palette8.bmp", kCompression, compression)));
  }
  EXPECT_ERROR(ErrorCode::kUnsupportedFormat, Decode(with("rgb24.bmp", kCompression, 1)));
  for (const uint8_t bits : Bytes{0, 3, 5, 7, 12, 15, 20, 33, 48, 64, 128}) {
    EXPECT_ERROR(ErrorCode::kUnsupportedFormat, Decode(with("rgb24.bmp", kBits, bits)));
  }
  EXPECT_ERROR(ErrorCode::kUnsupportedFormat, Decode(with("rgb16-565.bmp", 54, 0x81)));  // gaps
}

// Browsers and the decoder before this one show what has an alpha channel that nobody filled in.
TEST(Decode, BmpWhoseAlphaIsAllZeroIsOpaque) {
  Bytes file = Fixture("rgba32-v4.bmp");
  for (size_t at = 14 + 108 + 3; at < file.size(); at += 4) file[at] = 0;
  const auto decoded = Decode(file);
  ASSERT_VALUE(decoded);
  const auto opaque = Decode(Fixture("rgb24.bmp"));
  ASSERT_VALUE(opaque);
  EXPECT_EQ(PixelsOf(decoded.value().pixels.view()), PixelsOf(opaque.value().pixels.view()));
}

// [regression] A length of a gigabyte in a PNG of a kilobyte made the decoder allocate the
// gigabyte.
TEST(Decode, PngChunkLongerThanTheFileTakesNoMemory) {
  Bytes png = Fixture("grey8.png");
  const auto whole = Decode(png);
  ASSERT_VALUE(whole);
  const std::string_view idat = "IDAT";
  const auto at = std::search(png.begin(), png.end(), idat.begin(), idat.end());
  ASSERT_NE(at, png.end());
  for (const uint8_t top : {uint8_t{0x00}, uint8_t{0x3F}, uint8_t{0x7F}, uint8_t{0xFF}}) {
    *(at - 4) = top;
    *(at - 3) = 0xFF;
    MemoryWatch watch;
    // All of the data is there: it ends where it says, whatever the chunk's length.
    const auto decoded = Decode(Exact(png));
    EXPECT_LT(watch.Allocated(), 1u << 20);
    ASSERT_VALUE(decoded);
    EXPECT_EQ(PixelsOf(decoded.value().pixels.view()), PixelsOf(whole.value().pixels.view()));
  }
}

// A header may ask for 800 MB; what its data cannot fill is refused before.
TEST(Decode, HugeSizesWithoutDataTakeNoMemory) {
  Bytes png = PngHeader(14000, 14000, 8, 2);
  Append(png, std::string_view("\0\0\0\2IDAT\x78\x9c....\0\0\0\0IEND....", 26));
  Bytes bmp = Fixture("rgb24.bmp");
  const uint32_t side = 14000;
  std::memcpy(&bmp[18], &side, 4);
  std::memcpy(&bmp[22], &side, 4);
  for (const Bytes& file : {png, bmp}) {
    MemoryWatch watch;
    EXPECT_FALSE(Decode(Exact(file)).ok());
    EXPECT_LT(watch.Allocated(), 1u << 20);
  }
}

TEST(Decode, AnErrorLeavesTheNextCallAlone) {
  const Bytes good = Fixture("baseline-420.jpg");
  const auto before = Decode(good);
  ASSERT_VALUE(before);
  for (const std::string_view name : {"baseline-420.jpg", "rgba16-interlaced.png", "plain.gif"}) {
    const Bytes file = Fixture(name);
    EXPECT_FALSE(Decode(std::span(file).first(file.size() / 3)).ok());
    const auto after = Decode(good);
    ASSERT_VALUE(after);
    EXPECT_EQ(PixelsOf(before.value().pixels.view()), PixelsOf(after.value().pixels.view()));
  }
}

}  // namespace
}  // namespace shiwu
