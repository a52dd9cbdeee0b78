#include "shiwu/onnx_file.h"

#include <optional>

namespace shiwu {
namespace {

// Walks the fields of one protobuf message (protobuf.dev, "Encoding").
class Message {
 public:
  explicit Message(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  struct Field {
    uint32_t number;
    uint32_t wire_type;
    std::span<const uint8_t> payload;  // of length-delimited fields
  };
  enum WireType : uint32_t { kVarint = 0, kFixed64 = 1, kLengthDelimited = 2, kFixed32 = 5 };

  bool AtEnd() const { return position_ == bytes_.size(); }

  // The next field, or nothing when the bytes are not one.
  std::optional<Field> Next() {
    const auto tag = Varint();
    if (!tag || *tag >> 3 == 0 || *tag >> 32 != 0) return std::nullopt;
    Field field{static_cast<uint32_t>(*tag >> 3), static_cast<uint32_t>(*tag & 7), {}};
    switch (field.wire_type) {
      case kVarint:
        return Varint() ? std::optional(field) : std::nullopt;
      case kFixed64:
        return Take(8) ? std::optional(field) : std::nullopt;
      case kFixed32:
        return Take(4) ? std::optional(field) : std::nullopt;
      case kLengthDelimited: {
        const auto length = Varint();
        if (!length) return std::nullopt;
        const auto payload = Take(*length);
        if (!payload) return std::nullopt;
        field.payload = *payload;
        return field;
      }
      default:  // groups are not used by ONNX
        return std::nullopt;
    }
  }

 private:
  std::optional<uint64_t> Varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (AtEnd()) return std::nullopt;
      const uint8_t byte = bytes_[position_++];
      value |= uint64_t{byte & 0x7Fu} << shift;
      if ((byte & 0x80) == 0) return value;
    }
    return std::nullopt;
  }
  std::optional<std::span<const uint8_t>> Take(uint64_t size) {
    if (size > bytes_.size() - position_) return std::nullopt;
    const auto taken = bytes_.subspan(position_, static_cast<size_t>(size));
    position_ += static_cast<size_t>(size);
    return taken;
  }

  std::span<const uint8_t> bytes_;
  size_t position_ = 0;
};

std::string_view Text(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

Result<std::vector<MetadataEntry>> ReadOnnxMetadata(std::span<const uint8_t> file) {
  constexpr uint32_t kIrVersion = 1, kGraph = 7, kMetadataProps = 14;  // of ModelProto
  constexpr uint32_t kKey = 1, kValue = 2;                             // of StringStringEntryProto
  if (file.empty()) return Error{ErrorCode::kEmptyInput, "0 bytes"};

  const Error invalid{ErrorCode::kInvalidModel, "not a complete ONNX ModelProto"};
  std::vector<MetadataEntry> entries;
  bool has_ir_version = false, has_graph = false;
  Message model(file);
  while (!model.AtEnd()) {
    const auto field = model.Next();
    if (!field) return invalid;
    if (field->number == kIrVersion) has_ir_version = field->wire_type == Message::kVarint;
    if (field->wire_type != Message::kLengthDelimited) continue;
    if (field->number == kGraph) has_graph = true;
    if (field->number != kMetadataProps) continue;
    MetadataEntry entry;
    Message pair(field->payload);
    while (!pair.AtEnd()) {
      const auto part = pair.Next();
      if (!part) return invalid;
      if (part->number == kKey) entry.key = Text(part->payload);
      if (part->number == kValue) entry.value = Text(part->payload);
    }
    entries.push_back(entry);
  }
  if (!has_ir_version || !has_graph) return invalid;
  return entries;
}

}  // namespace shiwu
