#include "engine/graph.h"

#include <bit>
#include <cstring>
#include <optional>

#include "protobuf.h"

namespace shiwu::engine {
namespace {

using protobuf::Field;
using protobuf::Message;

static_assert(std::endian::native == std::endian::little, "raw_data is read as it is");

// Messages are walked by `while (fields.Next())`; `broken()` tells a bad end from a good one.
class Fields {
 public:
  explicit Fields(std::span<const uint8_t> bytes) : message_(bytes) {}
  bool Next() {
    if (message_.AtEnd()) return false;
    field_ = message_.Next();
    broken_ = !field_.has_value();
    return !broken_;
  }
  bool broken() const { return broken_; }
  // NOLINTBEGIN(bugprone-unchecked-optional-access): there is one where Next() said so.
  const Field* operator->() const { return &*field_; }
  const Field& operator*() const { return *field_; }
  // NOLINTEND(bugprone-unchecked-optional-access)

 private:
  Message message_;
  std::optional<Field> field_;
  bool broken_ = false;
};

bool IsBytes(const Field& field) { return field.wire_type == protobuf::kLengthDelimited; }

// Adds what a repeated number holds: packed, or one a field.
bool AddIntegers(const Field& field, Numbers& to) {
  if (field.wire_type == protobuf::kVarint) return to.Add(static_cast<int64_t>(field.value));
  if (!IsBytes(field)) return false;
  Message packed(field.payload);
  while (!packed.AtEnd()) {
    const auto value = packed.Varint();
    if (!value || !to.Add(static_cast<int64_t>(*value))) return false;
  }
  return true;
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
bool Count(const Numbers& dims, size_t& count) {
  constexpr int64_t kMost = int64_t{1} << 31;
  int64_t product = 1;
  for (int i = 0; i < dims.count; ++i) {
    if (dims[i] < 0 || dims[i] > kMost) return false;
    product *= dims[i];
    if (product > kMost) return false;
  }
  count = static_cast<size_t>(product);
  return true;
}

bool CountVarints(std::span<const uint8_t> bytes, size_t count) {
  Message packed(bytes);
  size_t found = 0;
  for (; !packed.AtEnd(); ++found) {
    if (!packed.Varint()) return false;
  }
  return found == count;
}

bool ReadNode(std::span<const uint8_t> bytes, Node& node) {
  enum : uint32_t { kInput = 1, kOutput = 2, kOp = 4, kAttribute = 5, kDomain = 7 };
  Fields fields(bytes);
  while (fields.Next()) {
    if (!IsBytes(*fields)) continue;
    switch (fields->number) {
      case kInput:
        node.inputs.push_back(fields->text());
        break;
      case kOutput:
        node.outputs.push_back(fields->text());
        break;
      case kOp:
        node.op = fields->text();
        break;
      case kAttribute:
        node.attributes.push_back(fields->payload);
        break;
      case kDomain:
        node.domain = fields->text();
        break;
      default:
        break;
    }
  }
  return !fields.broken();
}

// The fields numbered `number` inside `bytes`; each is handed to `use`.
template <typename Use>
bool Inside(std::span<const uint8_t> bytes, uint32_t number, Use use) {
  Fields fields(bytes);
  while (fields.Next()) {
    if (fields->number == number && !use(*fields)) return false;
  }
  return !fields.broken();
}

bool ReadPort(std::span<const uint8_t> bytes, Graph::Port& port) {
  constexpr uint32_t kName = 1, kType = 2;       // of ValueInfoProto
  constexpr uint32_t kTensorType = 1;            // of TypeProto
  constexpr uint32_t kElemType = 1, kShape = 2;  // of TypeProto.Tensor
  constexpr uint32_t kDim = 1, kDimValue = 1;    // of TensorShapeProto and its Dimension
  const auto dim = [&](const Field& field) {
    int64_t side = -1;
    const bool read = Inside(field.payload, kDimValue, [&](const Field& value) {
      side = static_cast<int64_t>(value.value);
      return true;
    });
    return read && port.dims.Add(side > 0 ? side : -1);
  };
  const auto tensor = [&](const Field& field) {
    Fields parts(field.payload);
    while (parts.Next()) {
      if (parts->number == kElemType) port.type = static_cast<int32_t>(parts->value);
      if (parts->number == kShape && !Inside(parts->payload, kDim, dim)) return false;
    }
    return !parts.broken();
  };
  Fields fields(bytes);
  while (fields.Next()) {
    if (fields->number == kName) port.name = fields->text();
    if (fields->number == kType && !Inside(fields->payload, kTensorType, tensor)) return false;
  }
  return !fields.broken();
}

bool ReadGraphProto(std::span<const uint8_t> bytes, Graph& graph, Failure& failure) {
  enum : uint32_t { kNode = 1, kInitializer = 5, kInput = 11, kOutput = 12, kSparse = 15 };
  Fields fields(bytes);
  bool sound = true;
  while (sound && fields.Next()) {
    switch (fields->number) {
      case kNode:
        if (graph.nodes.size() == kMaxNodes) return failure.Unsupported("more than 5,000 nodes");
        sound = ReadNode(fields->payload, graph.nodes.emplace_back());
        break;
      case kInitializer:
        if (graph.constants.size() == kMaxConstants) {
          return failure.Unsupported("more than 20,000 constants");
        }
        if (!ReadTensor(fields->payload, graph.constants.emplace_back(), failure)) return false;
        break;
      case kInput:
        sound = ReadPort(fields->payload, graph.inputs.emplace_back());
        break;
      case kOutput:
        sound = ReadPort(fields->payload, graph.outputs.emplace_back());
        break;
      case kSparse:
        return failure.Unsupported("sparse weights");
      default:
        break;
    }
  }
  return sound && !fields.broken() ? true : failure.Broken("the graph is damaged");
}

void ReadOpset(std::span<const uint8_t> bytes, Graph& graph) {
  constexpr uint32_t kDomain = 1, kVersion = 2;  // of OperatorSetIdProto
  std::string_view domain;
  int64_t version = 0;
  Fields fields(bytes);
  while (fields.Next()) {
    if (fields->number == kDomain) domain = fields->text();
    if (fields->number == kVersion) version = static_cast<int64_t>(fields->value);
  }
  if (domain.empty() || domain == "ai.onnx") graph.opset = version;
}

// The field of the named attribute that holds its value: the last one with that number.
std::optional<Field> ValueOf(const Node& node, std::string_view attribute, uint32_t number) {
  constexpr uint32_t kName = 1;  // of AttributeProto
  for (const auto bytes : node.attributes) {
    std::optional<Field> value;
    bool named = false;
    Fields fields(bytes);
    while (fields.Next()) {
      if (fields->number == kName) named = fields->text() == attribute;
      if (fields->number == number) value = *fields;
    }
    if (named) return value;
  }
  return std::nullopt;
}

enum : uint32_t { kNumber = 2, kInteger = 3, kText = 4, kTensor = 5, kIntegers = 8 };

}  // namespace

bool Failure::Keep(ErrorCode code, std::string_view what, std::string_view detail) {
  if (error_.message.empty()) {
    error_.code = code;
    error_.message = what;
    // Names come from the file: not all of a long one, and nothing that would not be text.
    for (const char c : detail.substr(0, 80)) error_.message += c >= ' ' && c <= '~' ? c : '?';
  }
  return false;
}

float Constant::FloatAt(size_t i) const {
  float number;  // the file does not align it
  std::memcpy(&number, bytes.data() + i * sizeof(float), sizeof(float));
  return number;
}

std::vector<float> Constant::Floats() const {
  std::vector<float> numbers;
  if (type != kFloat) return numbers;
  numbers.resize(count);
  if (count > 0) std::memcpy(numbers.data(), bytes.data(), bytes.size());
  return numbers;
}

bool Constant::Integers(Numbers& to) const {
  if (!IsInteger() || count > kMaxRank) return false;
  Message varints(bytes);
  for (size_t i = 0; i < count; ++i) {
    int64_t number = 0;
    if (are_varints) {
      number = static_cast<int64_t>(varints.Varint().value_or(0));
      if (type != kInt64) number = static_cast<int32_t>(number);
    } else {
      const size_t size = SizeOf(type);
      std::memcpy(&number, bytes.data() + i * size, size);
      if (type == kInt32) number = static_cast<int32_t>(number);
      if (type == kInt8) number = static_cast<int8_t>(number);  // NOLINT: its sign is meant
    }
    to.Add(number);
  }
  return true;
}

bool Node::Has(std::string_view attribute) const {
  return ValueOf(*this, attribute, 1).has_value();
}
int64_t Node::Integer(std::string_view attribute, int64_t otherwise) const {
  const auto field = ValueOf(*this, attribute, kInteger);
  return field ? static_cast<int64_t>(field->value) : otherwise;
}
float Node::Number(std::string_view attribute, float otherwise) const {
  const auto field = ValueOf(*this, attribute, kNumber);
  return field ? std::bit_cast<float>(static_cast<uint32_t>(field->value)) : otherwise;
}
std::string_view Node::Text(std::string_view attribute, std::string_view otherwise) const {
  const auto field = ValueOf(*this, attribute, kText);
  return field ? field->text() : otherwise;
}
bool Node::Integers(std::string_view attribute, Numbers& to) const {
  constexpr uint32_t kName = 1;
  for (const auto bytes : attributes) {
    Fields name(bytes);
    bool named = false;
    while (name.Next()) named = named || (name->number == kName && name->text() == attribute);
    if (named) return Inside(bytes, kIntegers, [&](const Field& f) { return AddIntegers(f, to); });
  }
  return false;
}

std::span<const uint8_t> TensorOf(const Node& node, std::string_view attribute) {
  const auto field = ValueOf(node, attribute, kTensor);
  return field ? field->payload : std::span<const uint8_t>();
}

bool ReadTensor(std::span<const uint8_t> bytes, Constant& tensor, Failure& failure) {
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
  int lists = 0;  // fields that hold numbers
  Fields fields(bytes);
  while (fields.Next()) {
    switch (fields->number) {
      case kDims:
        if (!AddIntegers(*fields, tensor.dims)) return failure.Broken("a tensor's sides");
        break;
      case kDataType:
        tensor.type = static_cast<int32_t>(fields->value);
        break;
      case kInt32Data:
      case kInt64Data:
        tensor.are_varints = true;
        [[fallthrough]];
      case kFloatData:
      case kRawData:
        if (!IsBytes(*fields) || ++lists > 1)
          return failure.Unsupported("numbers that are not packed");
        tensor.bytes = fields->payload;
        break;
      case kName:
        tensor.name = fields->text();
        break;
      case kDataLocation:
        if (fields->value == 1) return failure.Unsupported("weights in a second file");
        break;
      default:
        break;
    }
  }
  if (fields.broken() || !Count(tensor.dims, tensor.count))
    return failure.Broken("a damaged tensor");
  const size_t size = SizeOf(tensor.type);
  if (tensor.type == kFloat && tensor.are_varints) return failure.Broken("a damaged tensor");
  if (size == 0) return true;  // an error only where somebody asks for its numbers
  const bool fits = tensor.are_varints ? CountVarints(tensor.bytes, tensor.count)
                                       : tensor.bytes.size() == uint64_t{tensor.count} * size;
  return fits ? true : failure.Broken("a tensor whose numbers do not fit its sides");
}

bool ReadGraph(std::span<const uint8_t> file, Graph& graph, Failure& failure) {
  constexpr uint32_t kGraph = 7, kOpsetImport = 8;  // of ModelProto
  bool has_graph = false;
  Fields fields(file);
  while (fields.Next()) {
    if (!IsBytes(*fields)) continue;
    if (fields->number == kOpsetImport) ReadOpset(fields->payload, graph);
    if (fields->number != kGraph) continue;
    if (has_graph) return failure.Broken("two graphs");
    has_graph = true;
    if (!ReadGraphProto(fields->payload, graph, failure)) return false;
  }
  if (fields.broken() || !has_graph) return failure.Broken("not a complete ONNX ModelProto");
  return true;
}

}  // namespace shiwu::engine
