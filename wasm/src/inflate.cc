#include "inflate.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace shiwu {

Inflater::Inflater(std::vector<std::span<const uint8_t>> parts) : parts_(std::move(parts)) {}

bool Inflater::Codes::Build(const uint8_t* lengths, int symbol_count) {
  std::fill(std::begin(count), std::end(count), uint16_t{0});
  for (int s = 0; s < symbol_count; ++s) ++count[lengths[s]];
  count[0] = 0;
  int room = 1, used = 0;
  uint16_t first[kLongest + 2] = {}, code[kLongest + 2] = {};
  for (int length = 1; length <= kLongest; ++length) {
    room = 2 * room - count[length];
    if (room < 0) return false;
    used += count[length];
    first[length + 1] = static_cast<uint16_t>(first[length] + count[length]);
    code[length + 1] = static_cast<uint16_t>((code[length] + count[length]) << 1);
  }
  // As zlib: what does not use all codes is damaged, but for a single one of one bit, or none.
  if (room > 0 && used > 0 && !(used == 1 && count[1] == 1)) return false;
  std::fill(std::begin(fast), std::end(fast), uint16_t{0});
  for (int s = 0; s < symbol_count; ++s) {
    const int length = lengths[s];
    if (length == 0) continue;
    symbols[first[length]++] = static_cast<uint16_t>(s);
    uint32_t value = code[length]++;
    if (length > kFastBits) continue;
    uint32_t mirrored = 0;  // codes come with their highest bit first
    for (int bit = 0; bit < length; ++bit) mirrored |= (value >> bit & 1) << (length - 1 - bit);
    for (uint32_t at = mirrored; at < 1u << kFastBits; at += 1u << length) {
      fast[at] = static_cast<uint16_t>(length << 9 | s);
    }
  }
  return true;
}

// At least 56 bits, unless there are no more.
void Inflater::Refill() {
  if (stop_ - at_ >= 8) {
    uint64_t next;
    std::memcpy(&next, at_, 8);  // every target is little-endian
    bits_ |= next << bit_count_;
    at_ += (63 - bit_count_) >> 3;
    bit_count_ |= 56;
    return;
  }
  while (bit_count_ < 56) {
    if (at_ == stop_) {
      if (part_ == parts_.size()) return;
      at_ = parts_[part_].data();
      stop_ = at_ + parts_[part_++].size();
      continue;
    }
    bits_ |= uint64_t{*at_++} << bit_count_;
    bit_count_ += 8;
  }
}

uint32_t Inflater::Take(int bits) {
  const auto value = static_cast<uint32_t>(bits_ & ((uint64_t{1} << bits) - 1));
  bits_ >>= bits;
  bit_count_ -= bits;
  return value;
}

// Below 0: no such code.
int Inflater::Decode(const Codes& codes) {
  const uint16_t found = codes.fast[bits_ & ((1u << kFastBits) - 1)];
  if (found != 0) {
    bits_ >>= found >> 9;
    bit_count_ -= found >> 9;
    return found & 511;
  }
  int code = 0, first = 0, index = 0;
  for (int length = 1; length <= kLongest; ++length) {
    code |= static_cast<int>(bits_ >> (length - 1) & 1);
    const int count = codes.count[length];
    if (code - first < count) {
      bits_ >>= length;
      bit_count_ -= length;
      return codes.symbols[index + code - first];
    }
    index += count;
    first = (first + count) << 1;
    code <<= 1;
  }
  if (bit_count_ < kLongest) bit_count_ = -1;  // the rest of the code is missing
  return -1;
}

// True where more bits were taken than there are: what was read from them does not count.
bool Inflater::Lacks() {
  if (bit_count_ >= 0) return false;
  end_ = End::kRanOut;
  return true;
}

void Inflater::ReadStreamHeader() {
  Refill();
  const uint32_t method = Take(8), flags = Take(8);
  if (Lacks()) return;
  const bool preset = (flags & 32) != 0;
  if ((method & 15) != 8 || (method << 8 | flags) % 31 != 0 || preset) end_ = End::kDamaged;
  state_ = State::kBlockHeader;
}

void Inflater::ReadBlockHeader() {
  Refill();
  last_block_ = Take(1) != 0;
  const uint32_t type = Take(2);
  if (Lacks()) return;
  if (type == 0) {
    Take(bit_count_ & 7);
    Refill();
    stored_left_ = Take(16);
    const uint32_t inverted = Take(16);
    if (Lacks()) return;
    if (stored_left_ != (inverted ^ 0xFFFF)) end_ = End::kDamaged;
    state_ = State::kStored;
    return;
  }
  state_ = State::kCoded;
  if (type == 1) {
    uint8_t lengths[kMostSymbols];
    std::fill_n(lengths, 144, uint8_t{8});
    std::fill_n(lengths + 144, 112, uint8_t{9});
    std::fill_n(lengths + 256, 24, uint8_t{7});
    std::fill_n(lengths + 280, 8, uint8_t{8});
    literals_.Build(lengths, kMostSymbols);
    std::fill_n(lengths, 32, uint8_t{5});
    distances_.Build(lengths, 32);
    return;
  }
  const bool good = type == 2 && ReadCodes();
  if (!Lacks() && !good) end_ = End::kDamaged;
}

// RFC 1951 3.2.7. False: damaged, or, as bit_count_ tells, cut.
bool Inflater::ReadCodes() {
  const uint32_t literal_count = Take(5) + 257, distance_count = Take(5) + 1;
  const uint32_t length_count = Take(4) + 4;
  if (literal_count > 286 || distance_count > 30) return false;
  constexpr uint8_t kOrder[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
  uint8_t lengths[286 + 30] = {};
  for (uint32_t i = 0; i < length_count; ++i) {
    Refill();
    lengths[kOrder[i]] = static_cast<uint8_t>(Take(3));
  }
  Codes& codes = distances_;  // not needed yet
  if (bit_count_ < 0 || !codes.Build(lengths, 19)) return false;
  std::fill_n(lengths, 19, uint8_t{0});
  const uint32_t total = literal_count + distance_count;
  for (uint32_t i = 0; i < total;) {
    Refill();
    const int symbol = Decode(codes);
    if (symbol < 0) return false;
    if (symbol < 16) {
      lengths[i++] = static_cast<uint8_t>(symbol);
      continue;
    }
    if (symbol == 16 && i == 0) return false;
    const uint8_t again = symbol == 16 ? lengths[i - 1] : 0;
    const uint32_t times = symbol == 16 ? 3 + Take(2) : symbol == 17 ? 3 + Take(3) : 11 + Take(7);
    if (bit_count_ < 0 || times > total - i) return false;
    std::fill_n(lengths + i, times, again);
    i += times;
  }
  const bool ends = lengths[256] != 0;
  return bit_count_ >= 0 && ends && literals_.Build(lengths, static_cast<int>(literal_count)) &&
         distances_.Build(lengths + literal_count, static_cast<int>(distance_count));
}

void Inflater::CopyStored() {
  while (stored_left_ > 0 && filled_ < 2 * kWindow) {
    Refill();
    const auto byte = static_cast<uint8_t>(Take(8));
    if (Lacks()) return;
    buffer_[filled_++] = byte;
    --stored_left_;
  }
  if (stored_left_ > 0) return;
  state_ = State::kBlockHeader;
  if (last_block_) end_ = End::kComplete;
}

void Inflater::CopyCoded() {
  constexpr uint16_t kLengths[29] = {3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                     15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                     67, 83, 99, 115, 131, 163, 195, 227, 258};
  constexpr uint16_t kDistances[30] = {
      1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
      193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
  while (filled_ < 2 * kWindow) {
    Refill();
    const int symbol = Decode(literals_);
    if (Lacks()) return;
    if (symbol >= 0 && symbol < 256) {
      buffer_[filled_++] = static_cast<uint8_t>(symbol);
      continue;
    }
    if (symbol == 256) {
      state_ = State::kBlockHeader;
      if (last_block_) end_ = End::kComplete;
      return;
    }
    // Of lengths 0 to 7 and the last have no more bits; from 8 on four each have one more.
    const int kind = symbol - 257;
    if (kind < 0 || kind >= 29) {
      end_ = End::kDamaged;
      return;
    }
    const size_t length = kLengths[kind] + Take(kind < 8 || kind == 28 ? 0 : kind / 4 - 1);
    const int far = Decode(distances_);
    if (far < 0 || far >= 30) {
      if (!Lacks()) end_ = End::kDamaged;
      return;
    }
    const size_t distance = kDistances[far] + Take(far < 4 ? 0 : far / 2 - 1);
    if (Lacks()) return;
    if (distance > filled_) {
      end_ = End::kDamaged;
      return;
    }
    uint8_t* to = buffer_ + filled_;
    const uint8_t* from = to - distance;
    for (size_t i = 0; i < length; ++i) to[i] = from[i];  // they may overlap
    filled_ += length;
  }
}

std::span<const uint8_t> Inflater::Next() {
  if (filled_ > kWindow) {
    std::memmove(buffer_, buffer_ + filled_ - kWindow, kWindow);
    filled_ = kWindow;
  }
  const size_t given = filled_;
  while (end_ == End::kNone && filled_ < 2 * kWindow) {
    switch (state_) {
      case State::kStreamHeader:
        ReadStreamHeader();
        break;
      case State::kBlockHeader:
        ReadBlockHeader();
        break;
      case State::kStored:
        CopyStored();
        break;
      case State::kCoded:
        CopyCoded();
        break;
    }
  }
  return {buffer_ + given, filled_ - given};
}

}  // namespace shiwu
