// What a fuzz target's bytes say, taken one number after the other; zeros when they are used up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace shiwu::fuzz {

class Bytes {
 public:
  Bytes(const uint8_t* data, size_t size) : rest_(data, size) {}

  uint8_t Byte() {
    if (rest_.empty()) return 0;
    const uint8_t byte = rest_.front();
    rest_ = rest_.subspan(1);
    return byte;
  }
  // From `low` to `high`, both included; of two bytes.
  int Between(int low, int high) {
    const int bits = Byte() | Byte() << 8;
    return low + bits % (high - low + 1);
  }
  // From `low` to `high`; of two bytes.
  float Number(float low, float high) {
    return low + (high - low) * static_cast<float>(Between(0, 0xFFFF)) / 65535.0f;
  }
  // What is left, over and over: pictures and tensors are larger than inputs should be.
  std::vector<uint8_t> Repeat(size_t count) {
    std::vector<uint8_t> bytes(count);
    for (size_t i = 0; i < count && !rest_.empty(); ++i) {
      bytes[i] = static_cast<uint8_t>(rest_[i % rest_.size()] + i / rest_.size() * 7);
    }
    return bytes;
  }

 private:
  std::span<const uint8_t> rest_;
};

}  // namespace shiwu::fuzz
