#include "engine/onnx_writer.h"

#include <bit>
#include <cstring>

namespace shiwu::test {
namespace {

enum : uint32_t { kVarint = 0, kLengthDelimited = 2, kFixed32 = 5 };

template <typename T>
std::string Raw(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

Message Tensor(std::string_view name, int type, const std::vector<int64_t>& dims,
               const std::string& raw) {
  Message tensor;
  for (const int64_t dim : dims) tensor.Number(1, dim);
  return tensor.Number(2, type).Text(8, name).Text(9, raw);
}

Message Attribute(std::string_view name, int type) {
  return Message().Text(1, name).Number(20, type);
}

Message PortOf(std::string_view name, const std::vector<int64_t>& dims, int type) {
  Message shape;
  for (const int64_t dim : dims) {
    shape.Sub(1, dim < 1 ? Message().Text(2, "free") : Message().Number(1, dim));
  }
  const Message tensor = Message().Number(1, type).Sub(2, shape);
  return Message().Text(1, name).Sub(2, Message().Sub(1, tensor));
}

}  // namespace

void Message::Varint(uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes_.push_back(static_cast<char>(value | 0x80));
  bytes_.push_back(static_cast<char>(value));
}

Message& Message::Number(uint32_t field, int64_t value) {
  Varint(field << 3 | kVarint);
  Varint(static_cast<uint64_t>(value));
  return *this;
}

Message& Message::Text(uint32_t field, std::string_view text) {
  Varint(field << 3 | kLengthDelimited);
  Varint(text.size());
  bytes_ += text;
  return *this;
}

Message& Message::Float(uint32_t field, float value) {
  Varint(field << 3 | kFixed32);
  const auto bits = std::bit_cast<uint32_t>(value);
  for (int shift = 0; shift < 32; shift += 8) bytes_.push_back(static_cast<char>(bits >> shift));
  return *this;
}

Message Int(std::string_view name, int64_t value) { return Attribute(name, 2).Number(3, value); }
Message Float(std::string_view name, float value) { return Attribute(name, 1).Float(2, value); }
Message Text(std::string_view name, std::string_view value) {
  return Attribute(name, 3).Text(4, value);
}
Message Ints(std::string_view name, const std::vector<int64_t>& values) {
  Message attribute = Attribute(name, 7);
  for (const int64_t value : values) attribute.Number(8, value);
  return attribute;
}
Message Floats(std::string_view name, const std::vector<float>& values) {
  Message attribute = Attribute(name, 6);
  for (const float value : values) attribute.Float(7, value);
  return attribute;
}
Message TensorOf(std::string_view name, const Message& tensor) {
  return Attribute(name, 4).Sub(5, tensor);
}

Message FloatTensor(std::string_view name, const std::vector<int64_t>& dims,
                    const std::vector<float>& values) {
  return Tensor(name, 1, dims, Raw(values));
}
Message Int64Tensor(std::string_view name, const std::vector<int64_t>& dims,
                    const std::vector<int64_t>& values) {
  return Tensor(name, 7, dims, Raw(values));
}
Message Int8Tensor(std::string_view name, const std::vector<int64_t>& dims,
                   const std::vector<int8_t>& values) {
  return Tensor(name, 3, dims, Raw(values));
}

Model& Model::Input(std::string_view name, const std::vector<int64_t>& dims, int type) {
  return Field(11, PortOf(name, dims, type));
}

Model& Model::Output(std::string_view name, const std::vector<int64_t>& dims) {
  return Field(12, PortOf(name, dims, 1));
}

Model& Model::Constant(const Message& tensor) { return Field(5, tensor); }

Model& Model::Node(std::string_view op, const Names& inputs, const Names& outputs,
                   const std::vector<Message>& attributes, std::string_view domain) {
  Message node;
  for (const std::string& input : inputs) node.Text(1, input);
  for (const std::string& output : outputs) node.Text(2, output);
  node.Text(4, op);
  for (const Message& attribute : attributes) node.Sub(5, attribute);
  if (!domain.empty()) node.Text(7, domain);
  return Field(1, node);
}

Model& Model::Field(uint32_t field, const Message& message) {
  graph_.Sub(field, message);
  return *this;
}

Bytes Model::Finish() const {
  const Message opset = Message().Text(1, "").Number(2, opset_);
  const std::string bytes = Message().Number(1, 8).Sub(7, graph_).Sub(8, opset).bytes();
  return {bytes.begin(), bytes.end()};
}

}  // namespace shiwu::test
