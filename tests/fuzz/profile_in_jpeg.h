// A colour profile where JPEGs have it: in APP2 (ICC.1:2022 B.4).
#pragma once

#include <cstdint>
#include <iterator>
#include <span>
#include <vector>

namespace shiwu::fuzz {

// Nothing but the profile between start and end; empty where it is longer than one segment.
inline std::vector<uint8_t> JpegWithProfile(std::span<const uint8_t> profile) {
  static constexpr uint8_t kName[] = {'I', 'C', 'C', '_', 'P', 'R', 'O', 'F', 'I', 'L', 'E', 0};
  const size_t length = 2 + sizeof(kName) + 2 + profile.size();
  if (length > 0xFFFF) return {};
  std::vector<uint8_t> file = {
      0xFF, 0xD8, 0xFF, 0xE2, static_cast<uint8_t>(length >> 8), static_cast<uint8_t>(length)};
  file.insert(file.end(), std::begin(kName), std::end(kName));
  file.insert(file.end(), {1, 1});
  file.insert(file.end(), profile.begin(), profile.end());
  file.insert(file.end(), {0xFF, 0xD9});
  return file;
}

}  // namespace shiwu::fuzz
