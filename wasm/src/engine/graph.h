// The graph of an .onnx file as it is written there (onnx.proto): nodes, attributes, constants.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "shiwu/result.h"

namespace shiwu::engine {

// TensorProto.DataType, as far as the engine looks at it.
enum DataType : int32_t { kFloat = 1, kUint8 = 2, kInt8 = 3, kInt32 = 6, kInt64 = 7 };

// A tensor whose numbers stand in the file, row-major. Sides are 0 or more, at most kMaxRank of
// them.
struct Constant {
  int32_t type = 0;
  std::vector<int64_t> dims;
  size_t count = 0;                // product of dims; there are that many numbers
  std::span<const uint8_t> bytes;  // little-endian; in the file, or in `unpacked`
  std::vector<uint8_t> unpacked;   // where the file holds them in one of its other ways

  bool IsInteger() const;
  // The numbers, of kFloat; of kInt8, kUint8, kInt32 and kInt64. Any other type gives none.
  std::vector<float> Floats() const;
  std::vector<int64_t> Integers() const;
};

struct Attribute {
  float number = 0;
  int64_t integer = 0;
  std::string_view text;
  std::vector<float> numbers;
  std::vector<int64_t> integers;
  Constant tensor;
};

struct Node {
  std::string_view op;
  std::string_view domain;
  std::vector<std::string_view> inputs;  // "" where an optional one is left out
  std::vector<std::string_view> outputs;
  std::map<std::string_view, Attribute> attributes;

  // The attribute, or what the operator's specification says where it is missing.
  int64_t Integer(std::string_view name, int64_t otherwise) const;
  float Number(std::string_view name, float otherwise) const;
  std::string_view Text(std::string_view name, std::string_view otherwise) const;
  std::vector<int64_t> Integers(std::string_view name) const;
};

struct Graph {
  struct Port {
    std::string_view name;
    int32_t type = 0;           // 0: not a tensor
    std::vector<int64_t> dims;  // -1: free
  };
  int64_t opset = 0;  // of the default domain
  std::vector<Node> nodes;
  std::map<std::string_view, Constant> constants;
  std::vector<Port> inputs;  // without those that are constants
  std::vector<Port> outputs;
};

inline constexpr size_t kMaxRank = 8;
inline constexpr size_t kMaxNodes = 5'000;

// The views point into `file`, which must outlive the graph. Errors: kInvalidModel when the bytes
// contradict themselves; kUnsupportedModel for weights in a second file, more nodes than kMaxNodes,
// or sides without end.
Result<Graph> ReadGraph(std::span<const uint8_t> file);

}  // namespace shiwu::engine
