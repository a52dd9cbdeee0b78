#include "engine/graph.h"

#include <bit>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "protobuf.h"

namespace shiwu::engine {
namespace {

using protobuf::Field;
using protobuf::Message;

static_assert(std::endian::native == std::endian::little, "raw_data is read as it is");

Error Broken() { return {ErrorCode::kInvalidModel, "the graph contradicts itself"}; }

Error Unsupported(std::string what) { return {ErrorCode::kUnsupportedModel, std::move(what)}; }

// Calls `use(field)` with each field until it returns an error or the bytes are none.
template <typename Use>
Status ForEach(std::span<const uint8_t> bytes, Use use) {
  Message message(bytes);
  while (!message.AtEnd()) {
    const auto field = message.Next();
    if (!field) return Broken();
    if (Status status = use(*field); !status.ok()) return status;
  }
  return {};
}

// Appends what a repeated number holds: packed, or one a field.
template <typename T>
Status AppendIntegers(const Field& field, std::vector<T>& to) {
  if (field.wire_type == protobuf::kVarint) {
    to.push_back(static_cast<T>(field.value));
    return {};
  }
  if (field.wire_type != protobuf::kLengthDelimited) return Broken();
  Message packed(field.payload);
  while (!packed.AtEnd()) {
    const auto value = packed.Varint();
    if (!value) return Broken();
    to.push_back(static_cast<T>(*value));
  }
  return {};
}

Status AppendFloats(const Field& field, std::vector<float>& to) {
  if (field.wire_type == protobuf::kFixed32) {
    to.push_back(std::bit_cast<float>(static_cast<uint32_t>(field.value)));
    return {};
  }
  if (field.wire_type != protobuf::kLengthDelimited || field.payload.size() % 4 != 0) {
    return Broken();
  }
  const size_t before = to.size();
  to.resize(before + field.payload.size() / 4);
  if (!field.payload.empty()) {
    std::memcpy(to.data() + before, field.payload.data(), field.payload.size());
  }
  return {};
}

size_t SizeOf(int32_t type) {
  switch (type) {
    case kInt8:
    case kUint8:
      return 1;
    case kFloat:
    case kInt32:
      return 4;
    case kInt64:
      return 8;
    default:
      return 0;
  }
}

// The product of the sides, or nothing when one is negative or it leaves 2^31.
std::optional<size_t> Count(const std::vector<int64_t>& dims) {
  constexpr int64_t kMost = int64_t{1} << 31;
  int64_t count = 1;
  for (const int64_t dim : dims) {
    if (dim < 0 || dim > kMost) return std::nullopt;
    count *= dim;
    if (count > kMost) return std::nullopt;
  }
  return static_cast<size_t>(count);
}

template <typename T>
void KeepBytes(const std::vector<T>& numbers, std::vector<uint8_t>& to) {
  to.resize(numbers.size() * sizeof(T));
  if (!numbers.empty()) std::memcpy(to.data(), numbers.data(), to.size());
}

Status ReadTensor(std::span<const uint8_t> bytes, std::string_view& name, Constant& tensor) {
  enum : uint32_t {  // of TensorProto
    kDims = 1,
    kDataType = 2,
    kFloatData = 4,
    kInt32Data = 5,
    kInt64Data = 7,
    kName = 8,
    kRawData = 9,
    kDataLocation = 14
  };
  bool external = false;
  std::vector<float> floats;
  std::vector<int32_t> int32s;
  std::vector<int64_t> int64s;
  Status read = ForEach(bytes, [&](const Field& field) -> Status {
    switch (field.number) {
      case kDims:
        return AppendIntegers(field, tensor.dims);
      case kDataType:
        tensor.type = static_cast<int32_t>(field.value);
        return {};
      case kFloatData:
        return AppendFloats(field, floats);
      case kInt32Data:
        return AppendIntegers(field, int32s);
      case kInt64Data:
        return AppendIntegers(field, int64s);
      case kName:
        name = field.text();
        return {};
      case kRawData:
        tensor.bytes = field.payload;
        return {};
      case kDataLocation:
        external = field.value == 1;
        return {};
      default:
        return {};
    }
  });
  if (!read.ok()) return read;
  if (external) return Unsupported("weights in a second file");
  const auto count = Count(tensor.dims);
  if (!count || tensor.dims.size() > kMaxRank) return Broken();
  tensor.count = *count;
  const size_t size = SizeOf(tensor.type);
  if (size == 0) return {};  // kept without numbers: an error only where one is asked for
  if (tensor.bytes.empty()) {
    if (tensor.type == kFloat) {
      KeepBytes(floats, tensor.unpacked);
    } else if (tensor.type == kInt64) {
      KeepBytes(int64s, tensor.unpacked);
    } else if (size == 4) {
      KeepBytes(int32s, tensor.unpacked);
    } else {
      KeepBytes(std::vector<uint8_t>(int32s.begin(), int32s.end()), tensor.unpacked);
    }
    tensor.bytes = tensor.unpacked;
  }
  return tensor.bytes.size() == tensor.count * size ? Status() : Status(Broken());
}

Status ReadAttribute(std::span<const uint8_t> bytes, Node& node) {
  enum : uint32_t {  // of AttributeProto
    kName = 1,
    kNumber = 2,
    kInteger = 3,
    kText = 4,
    kTensor = 5,
    kNumbers = 7,
    kIntegers = 8
  };
  std::string_view name, unused;
  Attribute attribute;
  Status read = ForEach(bytes, [&](const Field& field) -> Status {
    switch (field.number) {
      case kName:
        name = field.text();
        return {};
      case kNumber:
        attribute.number = std::bit_cast<float>(static_cast<uint32_t>(field.value));
        return {};
      case kInteger:
        attribute.integer = static_cast<int64_t>(field.value);
        return {};
      case kText:
        attribute.text = field.text();
        return {};
      case kTensor:
        return ReadTensor(field.payload, unused, attribute.tensor);
      case kNumbers:
        return AppendFloats(field, attribute.numbers);
      case kIntegers:
        return AppendIntegers(field, attribute.integers);
      default:
        return {};
    }
  });
  if (read.ok()) node.attributes.insert_or_assign(name, std::move(attribute));
  return read;
}

Status ReadNode(std::span<const uint8_t> bytes, Node& node) {
  enum : uint32_t { kInput = 1, kOutput = 2, kOp = 4, kAttribute = 5, kDomain = 7 };
  return ForEach(bytes, [&](const Field& field) -> Status {
    switch (field.number) {
      case kInput:
        node.inputs.push_back(field.text());
        return {};
      case kOutput:
        node.outputs.push_back(field.text());
        return {};
      case kOp:
        node.op = field.text();
        return {};
      case kAttribute:
        return ReadAttribute(field.payload, node);
      case kDomain:
        node.domain = field.text();
        return {};
      default:
        return {};
    }
  });
}

Status ReadPort(std::span<const uint8_t> bytes, Graph::Port& port) {
  constexpr uint32_t kName = 1, kType = 2;       // of ValueInfoProto
  constexpr uint32_t kTensorType = 1;            // of TypeProto
  constexpr uint32_t kElemType = 1, kShape = 2;  // of TypeProto.Tensor
  constexpr uint32_t kDim = 1, kDimValue = 1;    // of TensorShapeProto and its Dimension
  const auto read_dim = [&](const Field& dim) -> Status {
    if (dim.number != kDim) return {};
    int64_t side = -1;
    Status read = ForEach(dim.payload, [&](const Field& field) -> Status {
      if (field.number == kDimValue) side = static_cast<int64_t>(field.value);
      return {};
    });
    if (port.dims.size() >= kMaxRank) return Broken();
    port.dims.push_back(side > 0 ? side : -1);
    return read;
  };
  return ForEach(bytes, [&](const Field& field) -> Status {
    if (field.number == kName) port.name = field.text();
    if (field.number != kType) return {};
    return ForEach(field.payload, [&](const Field& kind) -> Status {
      if (kind.number != kTensorType) return {};
      return ForEach(kind.payload, [&](const Field& part) -> Status {
        if (part.number == kElemType) port.type = static_cast<int32_t>(part.value);
        if (part.number != kShape) return {};
        return ForEach(part.payload, read_dim);
      });
    });
  });
}

Status ReadGraphProto(std::span<const uint8_t> bytes, Graph& graph) {
  enum : uint32_t { kNode = 1, kInitializer = 5, kInput = 11, kOutput = 12, kSparse = 15 };
  return ForEach(bytes, [&](const Field& field) -> Status {
    switch (field.number) {
      case kNode:
        if (graph.nodes.size() == kMaxNodes) return Unsupported("more than 5,000 nodes");
        return ReadNode(field.payload, graph.nodes.emplace_back());
      case kInitializer: {
        std::string_view name;
        Constant constant;
        Status read = ReadTensor(field.payload, name, constant);
        // A vector's memory stays where it is when the vector moves, so `bytes` goes on being
        // right.
        if (read.ok()) graph.constants.insert_or_assign(name, std::move(constant));
        return read;
      }
      case kInput:
        return ReadPort(field.payload, graph.inputs.emplace_back());
      case kOutput:
        return ReadPort(field.payload, graph.outputs.emplace_back());
      case kSparse:
        return Unsupported("sparse weights");
      default:
        return {};
    }
  });
}

Status ReadOpset(std::span<const uint8_t> bytes, Graph& graph) {
  constexpr uint32_t kDomain = 1, kVersion = 2;  // of OperatorSetIdProto
  std::string_view domain;
  int64_t version = 0;
  Status read = ForEach(bytes, [&](const Field& field) -> Status {
    if (field.number == kDomain) domain = field.text();
    if (field.number == kVersion) version = static_cast<int64_t>(field.value);
    return {};
  });
  if (domain.empty() || domain == "ai.onnx") graph.opset = version;
  return read;
}

}  // namespace

std::vector<float> Constant::Floats() const {
  if (type != kFloat) return {};
  std::vector<float> numbers(count);
  if (count > 0) std::memcpy(numbers.data(), bytes.data(), bytes.size());
  return numbers;
}

bool Constant::IsInteger() const { return SizeOf(type) != 0 && type != kFloat; }

std::vector<int64_t> Constant::Integers() const {
  if (!IsInteger()) return {};
  std::vector<int64_t> numbers(count);
  for (size_t i = 0; i < count; ++i) {
    const uint8_t* at = bytes.data() + i * SizeOf(type);
    if (type == kInt64) {
      std::memcpy(&numbers[i], at, 8);
    } else if (type == kInt32) {
      int32_t number;
      std::memcpy(&number, at, 4);
      numbers[i] = number;
    } else {
      numbers[i] = type == kInt8 ? static_cast<int8_t>(*at) : *at;
    }
  }
  return numbers;
}

int64_t Node::Integer(std::string_view name, int64_t otherwise) const {
  const auto found = attributes.find(name);
  return found == attributes.end() ? otherwise : found->second.integer;
}

float Node::Number(std::string_view name, float otherwise) const {
  const auto found = attributes.find(name);
  return found == attributes.end() ? otherwise : found->second.number;
}

std::string_view Node::Text(std::string_view name, std::string_view otherwise) const {
  const auto found = attributes.find(name);
  return found == attributes.end() ? otherwise : found->second.text;
}

std::vector<int64_t> Node::Integers(std::string_view name) const {
  const auto found = attributes.find(name);
  return found == attributes.end() ? std::vector<int64_t>() : found->second.integers;
}

Result<Graph> ReadGraph(std::span<const uint8_t> file) {
  constexpr uint32_t kGraph = 7, kOpsetImport = 8;  // of ModelProto
  Graph graph;
  bool has_graph = false;
  const Status read = ForEach(file, [&](const Field& field) -> Status {
    if (field.wire_type != protobuf::kLengthDelimited) return {};
    if (field.number == kOpsetImport) return ReadOpset(field.payload, graph);
    if (field.number != kGraph) return {};
    if (has_graph) return Broken();
    has_graph = true;
    return ReadGraphProto(field.payload, graph);
  });
  if (!read.ok()) return read.error();
  if (!has_graph) return Broken();
  // Before IR version 4, constants had to be listed among the inputs.
  std::erase_if(graph.inputs,
                [&](const Graph::Port& port) { return graph.constants.contains(port.name); });
  return graph;
}

}  // namespace shiwu::engine
