// A set of texts, to find the one that stands twice.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace shiwu {

// The texts lie elsewhere and stay there. (std::unordered_set would add 3 kB to the wasm.)
class TextSet {
 public:
  // For at most `capacity` texts.
  explicit TextSet(size_t capacity) : slots_(std::bit_ceil(2 * capacity + 2)) {}

  // False when `text`, which is not empty, is there already.
  bool Insert(std::string_view text) {
    uint32_t hash = 2166136261;  // FNV-1a
    for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 16777619;
    // At most half of the slots are taken, so that there always is an empty one.
    for (size_t slot = hash;; ++slot) {
      std::string_view& there = slots_[slot & (slots_.size() - 1)];
      if (there == text) return false;
      if (there.empty()) {
        there = text;
        return true;
      }
    }
  }

 private:
  std::vector<std::string_view> slots_;
};

}  // namespace shiwu
