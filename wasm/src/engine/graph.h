// The graph of an .onnx file as it is written there (onnx.proto): nodes, attributes, constants.
// Nothing is copied: attributes and numbers are read from the file when they are asked for.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/failure.h"

namespace shiwu::engine {

inline constexpr int kMaxRank = 8;
inline constexpr size_t kMaxNodes = 5'000;
// Names are found by a hash, which a hostile file could make all of its constants' names share.
inline constexpr size_t kMaxConstants = 20'000;

// A short list of whole numbers: sides, axes, pads.
struct Numbers {
  int count = 0;
  int64_t at[kMaxRank] = {};

  bool Add(int64_t number) {
    if (count == kMaxRank) return false;
    at[count++] = number;
    return true;
  }
  int64_t operator[](int64_t i) const { return at[i]; }
  bool operator==(const Numbers&) const = default;
};

// TensorProto.DataType, as far as the engine looks at it.
enum DataType : int32_t { kFloat = 1, kUint8 = 2, kInt8 = 3, kInt32 = 6, kInt64 = 7 };

// A tensor whose numbers stand in the file, row-major.
struct Constant {
  std::string_view name;
  int32_t type = 0;
  Numbers dims;
  size_t count = 0;                // product of dims
  std::span<const uint8_t> bytes;  // `count` numbers, little-endian, or as varints
  bool are_varints = false;

  bool IsInteger() const {
    return type == kUint8 || type == kInt8 || type == kInt32 || type == kInt64;
  }
  // Number i, of kFloat.
  float FloatAt(size_t i) const;
  std::vector<float> Floats() const;  // empty unless kFloat
  // Nothing unless there are up to kMaxRank of them.
  bool Integers(Numbers& to) const;
};

struct Node {
  std::string_view op;
  std::string_view domain;
  std::vector<std::string_view> inputs;  // "" where an optional one is left out
  std::vector<std::string_view> outputs;
  std::vector<std::span<const uint8_t>> attributes;  // AttributeProto each

  bool Has(std::string_view attribute) const;
  // The attribute, or what the operator's specification says where it is missing.
  int64_t Integer(std::string_view attribute, int64_t otherwise) const;
  float Number(std::string_view attribute, float otherwise) const;
  std::string_view Text(std::string_view attribute, std::string_view otherwise) const;
  // False where it is missing or longer than kMaxRank.
  bool Integers(std::string_view attribute, Numbers& to) const;
};

struct Graph {
  struct Port {
    std::string_view name;
    int32_t type = 0;  // 0: not a tensor
    Numbers dims;      // -1: free
  };
  int64_t opset = 0;  // of the default domain
  std::vector<Node> nodes;
  std::vector<Constant> constants;
  std::vector<Port> inputs;
  std::vector<Port> outputs;
};

// The views point into `file`, which must outlive the graph. False: the bytes contradict
// themselves, or hold weights in a second file, sparse ones, or more nodes or constants than these.
bool ReadGraph(std::span<const uint8_t> file, Graph& graph, Failure& failure);
// A TensorProto alone, as an attribute holds one.
bool ReadTensor(std::span<const uint8_t> bytes, Constant& constant, Failure& failure);
// The bytes of an attribute of type tensor; empty where it is missing.
std::span<const uint8_t> TensorOf(const Node& node, std::string_view attribute);

}  // namespace shiwu::engine
