// Writes small .onnx files, good and bad ones: the tests' only source of models for the engine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support.h"

namespace shiwu::test {

// A protobuf message in the making.
class Message {
 public:
  Message& Number(uint32_t field, int64_t value);
  Message& Text(uint32_t field, std::string_view text);
  Message& Float(uint32_t field, float value);
  Message& Sub(uint32_t field, const Message& message) { return Text(field, message.bytes_); }
  const std::string& bytes() const { return bytes_; }

 private:
  void Varint(uint64_t value);
  std::string bytes_;
};

// Attributes of a node.
Message Int(std::string_view name, int64_t value);
Message Float(std::string_view name, float value);
Message Text(std::string_view name, std::string_view value);
Message Ints(std::string_view name, const std::vector<int64_t>& values);
Message Floats(std::string_view name, const std::vector<float>& values);
Message TensorOf(std::string_view name, const Message& tensor);

// TensorProtos, their numbers as raw_data.
Message FloatTensor(std::string_view name, const std::vector<int64_t>& dims,
                    const std::vector<float>& values);
Message Int64Tensor(std::string_view name, const std::vector<int64_t>& dims,
                    const std::vector<int64_t>& values);
Message Int8Tensor(std::string_view name, const std::vector<int64_t>& dims,
                   const std::vector<int8_t>& values);

using Names = std::vector<std::string>;

class Model {
 public:
  explicit Model(int64_t opset = 17) : opset_(opset) {}

  // Sides below 1 are written as free. `type` is a TensorProto.DataType.
  Model& Input(std::string_view name, const std::vector<int64_t>& dims, int type = 1);
  Model& Output(std::string_view name, const std::vector<int64_t>& dims = {});
  Model& Constant(const Message& tensor);
  Model& Floats(std::string_view name, const std::vector<int64_t>& dims,
                const std::vector<float>& values) {
    return Constant(FloatTensor(name, dims, values));
  }
  Model& Node(std::string_view op, const Names& inputs, const Names& outputs,
              const std::vector<Message>& attributes = {}, std::string_view domain = {});
  // Any other field of GraphProto.
  Model& Field(uint32_t field, const Message& message);

  Bytes Finish() const;

 private:
  int64_t opset_;
  Message graph_;
};

}  // namespace shiwu::test
