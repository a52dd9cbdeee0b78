#include "protobuf.h"

namespace shiwu::protobuf {

std::optional<Field> Message::Next() {
  const auto tag = Varint();
  if (!tag || *tag >> 3 == 0 || *tag >> 32 != 0) return std::nullopt;
  Field field{static_cast<uint32_t>(*tag >> 3), static_cast<uint32_t>(*tag & 7), 0, {}};
  std::optional<uint64_t> value;
  switch (field.wire_type) {
    case kVarint:
    case kLengthDelimited:
      value = Varint();
      break;
    case kFixed64:
      value = Fixed(8);
      break;
    case kFixed32:
      value = Fixed(4);
      break;
    default:  // groups are not used by ONNX
      break;
  }
  if (!value) return std::nullopt;
  field.value = *value;
  if (field.wire_type == kLengthDelimited) {
    const auto payload = Take(*value);
    if (!payload) return std::nullopt;
    field.payload = *payload;
  }
  return field;
}

std::optional<uint64_t> Message::Varint() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (AtEnd()) return std::nullopt;
    const uint8_t byte = bytes_[position_++];
    value |= uint64_t{byte & 0x7Fu} << shift;
    if ((byte & 0x80) == 0) return value;
  }
  return std::nullopt;
}

std::optional<std::span<const uint8_t>> Message::Take(uint64_t size) {
  if (size > bytes_.size() - position_) return std::nullopt;
  const auto taken = bytes_.subspan(position_, static_cast<size_t>(size));
  position_ += static_cast<size_t>(size);
  return taken;
}

std::optional<uint64_t> Message::Fixed(int size) {
  const auto bytes = Take(size);
  if (!bytes) return std::nullopt;
  uint64_t value = 0;
  for (int i = 0; i < size; ++i) value |= uint64_t{(*bytes)[i]} << (8 * i);
  return value;
}

}  // namespace shiwu::protobuf
