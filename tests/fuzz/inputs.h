// Inputs for programs without libFuzzer: files, and mutations of them that are the same in every
// run and on every machine.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

namespace shiwu::fuzz {

using Input = std::vector<uint8_t>;

// In order: folders list in any.
inline std::vector<std::string> PathsIn(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    paths.push_back(entry.path().string());
  }
  if (error) std::fprintf(stderr, "%s: %s\n", folder.c_str(), error.message().c_str());
  std::sort(paths.begin(), paths.end());
  return paths;
}

inline Input ReadInput(const std::string& path) {
  Input bytes;
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (!file) {
    std::fprintf(stderr, "cannot open %s\n", path.c_str());
    std::exit(2);
  }
  uint8_t block[4096];
  while (!std::feof(file.get()) && !std::ferror(file.get())) {
    const size_t n = std::fread(block, 1, sizeof(block), file.get());
    bytes.insert(bytes.end(), block, block + n);
  }
  return bytes;
}

// False where it cannot be written.
inline bool WriteInput(const std::string& path, const Input& bytes) {
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "wb"), &std::fclose);
  return file && std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size();
}

// Marsaglia's xorshift32.
class Random {
 public:
  explicit Random(uint32_t seed) : state_(seed) {}  // not 0
  size_t Below(size_t limit) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return state_ % limit;
  }

 private:
  uint32_t state_;
};

// What headers and lengths are most easily broken by.
inline constexpr uint8_t kTelling[] = {0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF, 0x08, 0x10};

// A length of two or four bytes, of either order, that is a little more or less than it was.
inline void EditLength(Input& bytes, size_t at, Random& random) {
  const size_t width = std::min(bytes.size() - at, random.Below(2) == 0 ? size_t{2} : size_t{4});
  const bool big_endian = random.Below(2) == 0;
  uint32_t carry = static_cast<uint32_t>(random.Below(33)) - 16;
  for (size_t i = 0; i < width; ++i) {
    uint8_t& byte = bytes[big_endian ? at + width - 1 - i : at + i];
    const uint32_t sum = byte + carry;
    byte = static_cast<uint8_t>(sum);
    // What is left is signed: 0xFFFFFF.. borrows from the next byte.
    carry = static_cast<uint32_t>(static_cast<int32_t>(sum) >> 8);
  }
}

inline void Mutate(Input& bytes, const std::vector<Input>& seeds, Random& random) {
  const size_t changes = 1 + random.Below(4);
  for (size_t i = 0; i < changes; ++i) {
    const size_t size = bytes.size();
    const size_t at = size == 0 ? 0 : random.Below(size);
    const size_t length = size == 0 ? 0 : std::min(size - at, 1 + random.Below(16));
    const auto from = bytes.begin() + static_cast<ptrdiff_t>(at);
    switch (size == 0 ? 6 : random.Below(9)) {
      case 0:
        bytes[at] ^= static_cast<uint8_t>(1u << random.Below(8));
        break;
      case 1:
        bytes[at] = static_cast<uint8_t>(random.Below(256));
        break;
      case 2:
        bytes[at] = kTelling[random.Below(std::size(kTelling))];
        break;
      case 3:
        std::fill_n(from, length, kTelling[random.Below(std::size(kTelling))]);
        break;
      case 4:
        bytes.resize(at);
        break;
      case 5:
        bytes.erase(from, from + static_cast<ptrdiff_t>(length));
        break;
      case 6: {  // a piece of some seed
        const Input& other = seeds[random.Below(seeds.size())];
        if (other.empty()) break;
        const size_t start = random.Below(other.size());
        const size_t count = std::min(other.size() - start, 1 + random.Below(32));
        const auto piece = other.begin() + static_cast<ptrdiff_t>(start);
        bytes.insert(from, piece, piece + static_cast<ptrdiff_t>(count));
        break;
      }
      case 7:
        EditLength(bytes, at, random);
        break;
      default: {  // the same piece again
        const Input piece(from, from + static_cast<ptrdiff_t>(length));
        bytes.insert(from, piece.begin(), piece.end());
      }
    }
  }
}

}  // namespace shiwu::fuzz
