// Errors are values: nothing in the core throws, prints or aborts.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
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
  kInvalidTaught,      // not a file of taught categories, or a damaged one
};

inline constexpr std::array<std::string_view, 12> kErrorNames = {
    "empty-input",     "unsupported-format", "corrupt-image",     "truncated-image",
    "image-too-large", "out-of-memory",      "invalid-argument",  "non-finite-scores",
    "invalid-labels",  "invalid-model",      "unsupported-model", "invalid-taught",
};

constexpr std::string_view ErrorName(ErrorCode code) {
  return kErrorNames[static_cast<size_t>(code)];
}

// A text or a whole number, of which messages are put together.
class Part {
 public:
  Part(const char* text) : Part(std::string_view(text)) {}                    // NOLINT
  Part(const std::string& text) : Part(std::string_view(text)) {}             // NOLINT
  Part(std::string_view text) : text_(text.data()), number_(text.size()) {}   // NOLINT
  Part(std::integral auto number) : number_(static_cast<int64_t>(number)) {}  // NOLINT

  void AddTo(std::string& message) const;

 private:
  const char* text_ = nullptr;  // null: a number
  int64_t number_;              // or the text's length
};

// `message` is a detail in English for developers ("width 0"); the sentence that people read is
// chosen by code in web/src/errors.ts. There is hardly a function without an error on one of its
// ways: what is done with them is written once, in result.cc.
struct Error {
  // Error{ErrorCode::kInvalidArgument, "width ", width}
  // By value: as references, literals would be of as many types as they have lengths.
  // NOLINTNEXTLINE(performance-unnecessary-value-param)
  Error(ErrorCode why, std::convertible_to<Part> auto... parts) : Error(why, {Part(parts)...}) {}
  Error(ErrorCode why, const char* text);
  Error(ErrorCode why, std::initializer_list<Part> parts);
  Error(const Error&);
  Error(Error&&) noexcept;
  Error& operator=(const Error&) = delete;
  ~Error();

  ErrorCode code;
  std::string message;
};

// Success or an Error.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error);  // NOLINT: implicit by intent

  bool ok() const { return error_ == nullptr; }
  const Error& error() const { return *error_; }

 private:
  std::unique_ptr<const Error> error_;
};

// A value or an Error. `value()` may only be called when `ok()`.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}            // NOLINT: implicit by intent
  Result(Error error) : status_(std::move(error)) {}       // NOLINT
  Result(Status failure) : status_(std::move(failure)) {}  // NOLINT: not one that is ok

  bool ok() const { return status_.ok(); }
  // NOLINTBEGIN(bugprone-unchecked-optional-access): whoever asks has asked ok().
  T& value() & { return *value_; }
  const T& value() const& { return *value_; }
  T&& value() && { return std::move(*value_); }
  // NOLINTEND(bugprone-unchecked-optional-access)
  const Error& error() const { return status_.error(); }
  // Moved out, so that it may be asked for once.
  Status status() { return std::move(status_); }

 private:
  std::optional<T> value_;
  Status status_;
};

}  // namespace shiwu
