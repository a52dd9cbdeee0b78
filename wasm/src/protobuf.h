// A bounds-checked walk over protobuf messages (protobuf.dev, "Encoding").
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace shiwu::protobuf {

enum WireType : uint32_t { kVarint = 0, kFixed64 = 1, kLengthDelimited = 2, kFixed32 = 5 };

struct Field {
  uint32_t number;
  uint32_t wire_type;
  uint64_t value;                    // of kVarint, kFixed32 and kFixed64, little-endian bits
  std::span<const uint8_t> payload;  // of kLengthDelimited

  std::string_view text() const {
    return {reinterpret_cast<const char*>(payload.data()), payload.size()};
  }
};

// The fields of one message, in order. Every length is checked against the bytes there are.
class Message {
 public:
  explicit Message(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  bool AtEnd() const { return position_ == bytes_.size(); }
  // Bytes that have been read.
  size_t position() const { return position_; }
  // The next field, or nothing when the bytes are not one.
  std::optional<Field> Next();
  // The next number of a packed repeated field, or nothing when the bytes are not one.
  std::optional<uint64_t> Varint();

 private:
  std::optional<std::span<const uint8_t>> Take(uint64_t size);
  std::optional<uint64_t> Fixed(int size);

  std::span<const uint8_t> bytes_;
  size_t position_ = 0;
};

}  // namespace shiwu::protobuf
