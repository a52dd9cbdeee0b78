#include "shiwu/onnx_file.h"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <memory>
#include <string>

#include "support.h"

namespace shiwu {
namespace {

using test::Bytes;
using std::string_view_literals::operator""sv;

std::string FromHex(const std::string& hex) {
  std::string text;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    text.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return text;
}

Bytes FromText(std::string_view text) { return {text.begin(), text.end()}; }

TEST(OnnxFile, ReadsMetadataInFileOrder) {
  const Bytes file = test::ReadFile("tests/fixtures/onnx/tiny.onnx");
  const auto entries = ReadOnnxMetadata(file);
  ASSERT_VALUE(entries);
  const auto rows = test::ReadTable("tests/fixtures/onnx/metadata.tsv");
  ASSERT_EQ(entries.value().size(), rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(entries.value()[i].key, FromHex(rows[i][0]));
    EXPECT_EQ(entries.value()[i].value, rows[i].size() > 1 ? FromHex(rows[i][1]) : "");
  }
}

TEST(OnnxFile, TruncatedIsInvalidUnlessProtobufCannotTell) {
  const Bytes file = test::ReadFile("tests/fixtures/onnx/tiny.onnx");
  std::map<size_t, size_t> whole;  // length to number of entries, by the onnx package
  for (const auto& row : test::ReadTable("tests/fixtures/onnx/prefixes.tsv")) {
    whole[std::stoul(row[0])] = std::stoul(row[1]);
  }
  ASSERT_TRUE(whole.contains(file.size()));
  for (size_t size = 0; size <= file.size(); ++size) {
    const std::unique_ptr<uint8_t[]> exact(new uint8_t[size]);
    std::memcpy(exact.get(), file.data(), size);
    const auto entries = ReadOnnxMetadata({exact.get(), size});
    const auto expected = whole.find(size);
    if (expected != whole.end()) {
      ASSERT_VALUE(entries);
      EXPECT_EQ(entries.value().size(), expected->second) << size;
      continue;
    }
    ASSERT_FALSE(entries.ok()) << size;
    EXPECT_EQ(entries.error().code, size == 0 ? ErrorCode::kEmptyInput : ErrorCode::kInvalidModel)
        << size;
  }
}

TEST(OnnxFile, RefusesWhatIsNoModel) {
  EXPECT_ERROR(ErrorCode::kEmptyInput, ReadOnnxMetadata({}));
  for (const std::string_view text : {
           "这不是模型"sv,
           "\0"sv,
           "\x08"sv,
           "\x08\x08"sv,                                                  // ir_version alone
           "\x3A\x00"sv,                                                  // a graph alone
           "\x08\x08\x3A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"sv,      // 2^64 - 1 bytes of graph
           "\x08\x08\x3A\xFF\xFF\xFF\xFF\x0F"sv,                          // 4 GB of graph
           "\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01\x3A\x00"sv,  // an endless varint
           "\x08\x08\x3B\x3C\x3A\x00"sv,                                  // a group
           "\x08\x08\x3A\x00\x07\x00"sv,                                  // wire type 7, field 0
           "\x0A\x01x\x3A\x00"sv,                                         // ir_version that is text
           "\x08\x08\x3A\x00\x72\x02\x0A\x05"sv,  // metadata that ends inside its key
           "\x08\x08\x3A\x00\x72\x05\x0A"sv,
       }) {
    EXPECT_ERROR(ErrorCode::kInvalidModel, ReadOnnxMetadata(FromText(text)));
  }
  EXPECT_ERROR(ErrorCode::kInvalidModel,
               ReadOnnxMetadata(test::ReadFile("tests/fixtures/decode/rgb8.png")));
}

TEST(OnnxFile, TakesUnknownFieldsAndEmptyMetadata) {
  // Fields of every wire type that ONNX does not have, an entry without key and value, and one
  // whose key comes twice: the last counts.
  const Bytes file = FromText(
      "\x08\x08\xA1\x06"
      "12345678\xA5\x06"
      "1234\xAA\x06\x03"
      "abc\xA0\x06\x96\x01\x72\x00\x72\x09\x0A\x01"
      "a\x12\x01"
      "b\x0A\x01"
      "c\x3A\x00"sv);
  const auto entries = ReadOnnxMetadata(file);
  ASSERT_VALUE(entries);
  ASSERT_EQ(entries.value().size(), 2u);
  EXPECT_EQ(entries.value()[0].key, "");
  EXPECT_EQ(entries.value()[1].key, "c");
  EXPECT_EQ(entries.value()[1].value, "b");
}

}  // namespace
}  // namespace shiwu
