#include "shiwu/onnx_file.h"

#include "protobuf.h"

namespace shiwu {

Result<std::vector<MetadataEntry>> ReadOnnxMetadata(std::span<const uint8_t> file) {
  constexpr uint32_t kIrVersion = 1, kGraph = 7, kMetadataProps = 14;  // of ModelProto
  constexpr uint32_t kKey = 1, kValue = 2;                             // of StringStringEntryProto
  if (file.empty()) return Error{ErrorCode::kEmptyInput, "0 bytes"};

  const Error invalid{ErrorCode::kInvalidModel, "not a complete ONNX ModelProto"};
  std::vector<MetadataEntry> entries;
  bool has_ir_version = false, has_graph = false;
  protobuf::Message model(file);
  while (!model.AtEnd()) {
    const auto field = model.Next();
    if (!field) return invalid;
    if (field->number == kIrVersion) has_ir_version = field->wire_type == protobuf::kVarint;
    if (field->wire_type != protobuf::kLengthDelimited) continue;
    if (field->number == kGraph) has_graph = true;
    if (field->number != kMetadataProps) continue;
    MetadataEntry entry;
    protobuf::Message pair(field->payload);
    while (!pair.AtEnd()) {
      const auto part = pair.Next();
      if (!part) return invalid;
      if (part->number == kKey) entry.key = part->text();
      if (part->number == kValue) entry.value = part->text();
    }
    entries.push_back(entry);
  }
  if (!has_ir_version || !has_graph) return invalid;
  return entries;
}

}  // namespace shiwu
