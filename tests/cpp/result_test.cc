#include "shiwu/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "support.h"

namespace shiwu {
namespace {

TEST(ErrorName, EveryCodeHasItsOwn) {
  EXPECT_EQ(ErrorName(ErrorCode::kEmptyInput), "empty-input");
  EXPECT_EQ(ErrorName(ErrorCode::kUnsupportedFormat), "unsupported-format");
  EXPECT_EQ(ErrorName(ErrorCode::kCorruptImage), "corrupt-image");
  EXPECT_EQ(ErrorName(ErrorCode::kTruncatedImage), "truncated-image");
  EXPECT_EQ(ErrorName(ErrorCode::kImageTooLarge), "image-too-large");
  EXPECT_EQ(ErrorName(ErrorCode::kOutOfMemory), "out-of-memory");
  EXPECT_EQ(ErrorName(ErrorCode::kInvalidArgument), "invalid-argument");
  EXPECT_EQ(ErrorName(ErrorCode::kNonFiniteScores), "non-finite-scores");
  EXPECT_EQ(ErrorName(ErrorCode::kInvalidLabels), "invalid-labels");
  EXPECT_EQ(ErrorName(ErrorCode::kInvalidModel), "invalid-model");
  EXPECT_EQ(ErrorName(ErrorCode::kUnsupportedModel), "unsupported-model");
  EXPECT_EQ(ErrorName(ErrorCode::kInvalidTaught), "invalid-taught");
  // A code added behind the last one must be added above and to the names.
  EXPECT_EQ(static_cast<size_t>(ErrorCode::kInvalidTaught) + 1, kErrorNames.size());
  EXPECT_EQ(std::set<std::string_view>(kErrorNames.begin(), kErrorNames.end()).size(),
            kErrorNames.size());
}

TEST(ErrorName, IsWhatTypeScriptCallsIt) {
  const std::string source = test::ReadText("web/src/errors.ts");
  const size_t list = source.find("CORE_ERROR_CODES = [");
  ASSERT_NE(list, std::string::npos);
  const size_t end = source.find(']', list);
  ASSERT_NE(end, std::string::npos);
  std::vector<std::string> names;
  for (size_t at = source.find('\'', list); at < end; at = source.find('\'', at)) {
    const size_t close = source.find('\'', at + 1);
    ASSERT_LT(close, end);
    names.push_back(source.substr(at + 1, close - at - 1));
    at = close + 1;
  }
  EXPECT_EQ(names, std::vector<std::string>(kErrorNames.begin(), kErrorNames.end()));
}

TEST(Result, HoldsAValueOrAnError) {
  Result<std::unique_ptr<int>> value = std::make_unique<int>(7);
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(*value.value(), 7);
  const std::unique_ptr<int> moved = std::move(value).value();
  EXPECT_EQ(*moved, 7);
  const Result<int> error = Error{ErrorCode::kCorruptImage, "why"};
  EXPECT_FALSE(error.ok());
  EXPECT_EQ(error.error().code, ErrorCode::kCorruptImage);
  EXPECT_EQ(error.error().message, "why");
  EXPECT_TRUE(Status().ok());
  EXPECT_FALSE(Status(Error{ErrorCode::kOutOfMemory, ""}).ok());
}

}  // namespace
}  // namespace shiwu
