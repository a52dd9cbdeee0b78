// Finds a number by a text.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace shiwu {

// The texts lie elsewhere and stay there. (The library's maps are 3 kB of the wasm each.)
class TextIndex {
 public:
  // For at most `capacity` texts.
  explicit TextIndex(size_t capacity) : slots_(std::bit_ceil(2 * capacity + 2)) {}

  // The number of `text`; below 0 as long as it was given none.
  int& operator[](std::string_view text) {
    uint32_t hash = 2166136261;  // FNV-1a
    for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 16777619;
    // At most half of the slots are taken, so that there always is an empty one.
    for (size_t slot = hash;; ++slot) {
      Slot& there = slots_[slot & (slots_.size() - 1)];
      if (there.number < 0) there.text = text;
      if (there.text == text) return there.number;
    }
  }

 private:
  struct Slot {
    std::string_view text;
    int number = -1;
  };
  std::vector<Slot> slots_;
};

}  // namespace shiwu
