// Errors are values: nothing in the core throws, prints or aborts.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace shiwu {

// Every way the core can fail. The names in kErrorNames are the public codes; a test holds them
// equal to CORE_ERROR_CODES in web/src/errors.ts.
enum class ErrorCode : uint8_t {
  kEmptyInput,         // zero bytes
  kUnsupportedFormat,  // not a format, or not a variant of one, that this decoder reads
  kCorruptImage,       // the right format, but its data contradicts itself
  kTruncatedImage,     // the data ends before the picture does
  kImageTooLarge,      // more pixels than allowed; decided from the header alone
  kOutOfMemory,        // an allocation was refused
  kInvalidArgument,    // the caller's mistake: sizes, boxes, indexes
  kNonFiniteScores,    // NaN or infinity among logits
  kInvalidLabels,      // label or taxonomy text that breaks its own rules
  kInvalidModel,       // not an ONNX ModelProto, or one that contradicts itself
  kUnsupportedModel,   // a sound model with something that this engine does not know
};

inline constexpr std::array<std::string_view, 11> kErrorNames = {
    "empty-input",     "unsupported-format", "corrupt-image",     "truncated-image",
    "image-too-large", "out-of-memory",      "invalid-argument",  "non-finite-scores",
    "invalid-labels",  "invalid-model",      "unsupported-model",
};

constexpr std::string_view ErrorName(ErrorCode code) {
  return kErrorNames[static_cast<size_t>(code)];
}

// `message` is a detail in English for developers ("width 0"); the sentence that people read is
// chosen by code in web/src/errors.ts.
struct Error {
  ErrorCode code;
  std::string message;
};

// A value or an Error. `value()` may only be called when `ok()`.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}      // NOLINT: implicit by intent
  Result(Error error) : error_(std::move(error)) {}  // NOLINT

  bool ok() const { return value_.has_value(); }
  T& value() & { return *value_; }
  const T& value() const& { return *value_; }
  T&& value() && { return std::move(*value_); }
  const Error& error() const { return *error_; }

 private:
  std::optional<T> value_;
  std::optional<Error> error_;
};

// A Result without a value.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::move(error)) {}  // NOLINT: implicit by intent

  bool ok() const { return !error_.has_value(); }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

}  // namespace shiwu
