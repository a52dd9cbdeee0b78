// Integers and texts at places of a file. The caller has checked that they are there.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace shiwu {

inline uint32_t BigEndian(std::span<const uint8_t> file, size_t at, size_t size) {
  uint32_t value = 0;
  for (size_t i = 0; i < size; ++i) value = value << 8 | file[at + i];
  return value;
}

inline uint32_t LittleEndian(std::span<const uint8_t> file, size_t at, size_t size) {
  uint32_t value = 0;
  for (size_t i = size; i-- > 0;) value = value << 8 | file[at + i];
  return value;
}

// False, too, where the file is shorter.
inline bool HasText(std::span<const uint8_t> file, size_t at, std::string_view text) {
  return at <= file.size() && file.size() - at >= text.size() &&
         std::memcmp(file.data() + at, text.data(), text.size()) == 0;
}

}  // namespace shiwu
