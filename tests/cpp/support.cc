#include "support.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>

#if defined(__SANITIZE_ADDRESS__)
#define SHIWU_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SHIWU_ASAN 1
#endif
#endif
#ifdef SHIWU_ASAN
// <sanitizer/allocator_interface.h>, which not every GCC package has.
// NOLINTNEXTLINE(bugprone-reserved-identifier): its name, not ours
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*malloc_hook)(const volatile void*,
                                                                             size_t),
                                                         void (*free_hook)(const volatile void*));
#endif

namespace shiwu::test {

Bytes ReadFile(std::string_view path) {
  const std::string full = std::string(SHIWU_ROOT "/") + std::string(path);
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(full.c_str(), "rb"), &std::fclose);
  if (!file) {
    ADD_FAILURE() << "cannot open " << full;
    return {};
  }
  Bytes bytes;
  uint8_t block[65536];
  for (size_t n; (n = std::fread(block, 1, sizeof(block), file.get())) > 0;) {
    bytes.insert(bytes.end(), block, block + n);
  }
  return bytes;
}

std::string ReadText(std::string_view path) {
  const Bytes bytes = ReadFile(path);
  return {bytes.begin(), bytes.end()};
}

std::vector<std::vector<std::string>> ReadTable(std::string_view path) {
  const std::string text = ReadText(path);
  std::vector<std::vector<std::string>> rows;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    if (text[at] != '#' && end > at) {
      std::vector<std::string>& row = rows.emplace_back();
      for (size_t cell = at; cell <= end;) {
        const size_t tab = std::min(text.find('\t', cell), end);
        row.push_back(text.substr(cell, tab - cell));
        cell = tab + 1;
      }
    }
    at = end + 1;
  }
  EXPECT_FALSE(rows.empty()) << path << " has no rows";
  return rows;
}

uint32_t Mix(uint32_t value) {
  value *= 2654435761u;
  value ^= value >> 15;
  value *= 2246822519u;
  value ^= value >> 13;
  value *= 3266489917u;
  return value;
}

Bytes Picture(std::string_view pattern, uint32_t seed, int width, int height) {
  Bytes rgba(size_t{4} * width * height);
  for (size_t i = 0; i < rgba.size(); ++i) {
    const int c = static_cast<int>(i % 4), x = static_cast<int>(i / 4 % width),
              y = static_cast<int>(i / 4 / width);
    const uint32_t noise = Mix(seed + static_cast<uint32_t>(i));
    const auto value = [&]() -> int {
      if (pattern == "noise") return static_cast<int>(noise >> 24);
      if (pattern == "extremes") return noise >> 31 != 0 ? 255 : 0;
      if (pattern == "checker") return (x + y + c) % 2 == 0 ? 255 : 0;
      if (pattern == "stripes") return (x / 2 + c) % 2 == 0 ? 255 : 0;
      if (pattern == "white") return 255;
      if (pattern == "spike") return x == width / 2 && y == height / 2 ? 255 : 0;
      if (pattern == "gradient") return (x * 7 + y * 13 + c * 64) % 256;
      EXPECT_EQ(pattern, "black");
      return 0;
    };
    rgba[i] = static_cast<uint8_t>(value());
  }
  return rgba;
}

ImageView ViewOf(const Bytes& rgba, int width, int height) {
  EXPECT_EQ(rgba.size(), size_t{4} * width * height);
  return {rgba.data(), width, height, kChannels, ptrdiff_t{kChannels} * width};
}

Bytes PixelsOf(const ImageView& view) {
  Bytes rgba(size_t{4} * view.width * view.height);
  uint8_t* to = rgba.data();
  for (int y = 0; y < view.height; ++y) {
    for (int x = 0; x < view.width; ++x, to += 4) std::memcpy(to, view.At(x, y), 4);
  }
  return rgba;
}

namespace {

void WritePpm(const std::string& path, const Bytes& rgba, int width, int height) {
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "wb"), &std::fclose);
  if (!file) return;
  std::fprintf(file.get(), "P6\n%d %d\n255\n", width, height);
  for (size_t i = 0; i + 4 <= rgba.size(); i += 4) std::fwrite(rgba.data() + i, 1, 3, file.get());
}

}  // namespace

testing::AssertionResult SamePixels(const Bytes& actual, std::span<const uint8_t> expected,
                                    int width, int height, std::string_view name) {
  const size_t size = size_t{4} * width * height;
  if (actual.size() != size || expected.size() != size) {
    return testing::AssertionFailure() << name << ": " << actual.size() << " and "
                                       << expected.size() << " bytes where " << size << " are due";
  }
  const auto [at, expected_at] = std::mismatch(actual.begin(), actual.end(), expected.begin());
  if (at == actual.end()) return testing::AssertionSuccess();

  // Opaque, and enlarged 16 times so that a difference of 1 is seen.
  Bytes difference(size);
  size_t differing = 0;
  int largest = 0;
  for (size_t i = 0; i < size; ++i) {
    const int delta = std::abs(actual[i] - expected[i]);
    differing += delta != 0;
    largest = std::max(largest, delta);
    difference[i] = static_cast<uint8_t>(std::min(255, 16 * delta));
  }
  mkdir("golden-diff", 0777);
  const std::string path = "golden-diff/" + std::string(name);
  WritePpm(path + ".actual.ppm", actual, width, height);
  WritePpm(path + ".expected.ppm", Bytes(expected.begin(), expected.end()), width, height);
  WritePpm(path + ".difference.ppm", difference, width, height);
  const size_t first = static_cast<size_t>(at - actual.begin());
  return testing::AssertionFailure()
         << name << ": " << differing << " of " << size << " bytes differ, by up to " << largest
         << "; first at x=" << first / 4 % width << " y=" << first / 4 / width
         << " channel=" << first % 4 << ": " << int{*at} << ", expected " << int{*expected_at}
         << "; see " << path << ".*.ppm";
}

#ifdef SHIWU_ASAN

namespace {
size_t allocated = 0;
bool counting = false;
}  // namespace

MemoryWatch::MemoryWatch() {
  [[maybe_unused]] static const int once = __sanitizer_install_malloc_and_free_hooks(
      [](const volatile void*, size_t size) {
        if (counting) allocated += size;
      },
      [](const volatile void*) {});
  allocated = 0;
  counting = true;
}
MemoryWatch::~MemoryWatch() { counting = false; }
size_t MemoryWatch::Allocated() const { return allocated; }

#elif defined(__wasm__)

namespace {
size_t pages_before = 0;
}
MemoryWatch::MemoryWatch() { pages_before = __builtin_wasm_memory_size(0); }
MemoryWatch::~MemoryWatch() = default;
size_t MemoryWatch::Allocated() const {
  return (__builtin_wasm_memory_size(0) - pages_before) * 65536;
}

#else

MemoryWatch::MemoryWatch() = default;
MemoryWatch::~MemoryWatch() = default;
size_t MemoryWatch::Allocated() const { return 0; }

#endif

}  // namespace shiwu::test
