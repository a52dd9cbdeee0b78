// A file in the making, whose size is known beforehand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>

namespace shiwu {

class FileWriter {
 public:
  explicit FileWriter(size_t room) : bytes_(new (std::nothrow) uint8_t[room]), room_(room) {}

  bool has_room() const { return bytes_ != nullptr; }
  // What does not fit is left out.
  void Write(std::span<const uint8_t> bytes) {
    if (bytes.empty() || bytes.size() > room_ - size_) return;
    std::memcpy(bytes_.get() + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
  }
  void Write(std::string_view text) {
    Write({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  }
  void WriteByte(uint32_t byte) {
    const auto one = static_cast<uint8_t>(byte);
    Write({&one, 1});
  }
  void WriteBigEndian(uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) WriteByte(value >> shift);
  }
  void WriteLittleEndian16(uint32_t value) {
    WriteByte(value);
    WriteByte(value >> 8);
  }
  // The next `count` bytes, of zeros, to be written by the caller.
  uint8_t* Leave(size_t count) {
    if (count > room_ - size_) return nullptr;
    uint8_t* const place = bytes_.get() + size_;
    std::memset(place, 0, count);
    size_ += count;
    return place;
  }
  std::span<const uint8_t> file() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<uint8_t[]> bytes_;
  size_t room_, size_ = 0;
};

}  // namespace shiwu
