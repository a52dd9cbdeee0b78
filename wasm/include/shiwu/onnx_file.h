// What an .onnx file says of itself, without parsing the graph.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shiwu/result.h"

namespace shiwu {

struct MetadataEntry {
  std::string_view key;
  std::string_view value;
};

// The `metadata_props` of an ONNX ModelProto (onnx.proto, field 14), in file order; the views point
// into `file`. Every length is checked against the bytes there are. Errors: kEmptyInput;
// kInvalidModel when the bytes are not a protobuf message, or one without the ir_version and the
// graph that every model has (a truncated download among them).
Result<std::vector<MetadataEntry>> ReadOnnxMetadata(std::span<const uint8_t> file);

}  // namespace shiwu
