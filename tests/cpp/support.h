// What several tests need: fixtures, pictures drawn as tests/fixtures/pixels.py draws them, and
// golden comparisons that leave a picture of the difference behind.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <ostream>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "shiwu/image.h"
#include "shiwu/result.h"

namespace shiwu {

inline void PrintTo(ErrorCode code, std::ostream* out) { *out << ErrorName(code); }

namespace test {

using Bytes = std::vector<uint8_t>;

// `path` is relative to the repository's root. A missing file fails the test.
Bytes ReadFile(std::string_view path);
std::string ReadText(std::string_view path);

// The cells of a tab-separated fixture; lines that begin with '#' are left out.
std::vector<std::vector<std::string>> ReadTable(std::string_view path);

// The numbers in a cell, with blanks between them.
template <typename T>
std::vector<T> Numbers(const std::string& text) {
  std::vector<T> numbers;
  std::istringstream stream(text);
  for (std::string word; stream >> word;) {
    numbers.push_back(static_cast<T>(std::strtod(word.c_str(), nullptr)));
  }
  return numbers;
}

// An RGBA8 picture, rows packed; see tests/fixtures/pixels.py for the patterns.
Bytes Picture(std::string_view pattern, uint32_t seed, int width, int height);
// The hash that the noise is made of; also the tests' source of random numbers.
uint32_t Mix(uint32_t value);

ImageView ViewOf(const Bytes& rgba, int width, int height);
// The pixels of a view, rows packed.
Bytes PixelsOf(const ImageView& view);

// Exact equality of two packed RGBA8 pictures. A difference is described by its first pixel, and
// <name>.{actual,expected,difference}.ppm are written to golden-diff/ in the working directory,
// which under ctest is the build folder.
testing::AssertionResult SamePixels(const Bytes& actual, std::span<const uint8_t> expected,
                                    int width, int height, std::string_view name);

// Watches the heap between construction and Peak(): native builds with AddressSanitizer count what
// is allocated; wasm looks at the linear memory's growth; other builds see nothing and report 0.
class MemoryWatch {
 public:
  MemoryWatch();
  ~MemoryWatch();
  MemoryWatch(const MemoryWatch&) = delete;
  MemoryWatch& operator=(const MemoryWatch&) = delete;
  size_t Allocated() const;  // bytes
};

#define EXPECT_ERROR(expected_code, expression)                        \
  do {                                                                 \
    const auto& result_under_test = (expression);                      \
    EXPECT_FALSE(result_under_test.ok()) << #expression;               \
    if (!result_under_test.ok()) {                                     \
      EXPECT_EQ(expected_code, result_under_test.error().code)         \
          << #expression << ": " << result_under_test.error().message; \
    }                                                                  \
  } while (false)

// Stops the test when a Result is an error.
#define ASSERT_VALUE(result) \
  ASSERT_TRUE((result).ok()) << ErrorName((result).error().code) << ": " << (result).error().message

}  // namespace test
}  // namespace shiwu
