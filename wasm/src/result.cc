#include "shiwu/result.h"

namespace shiwu {

void Part::AddTo(std::string& message) const {
  if (text_ != nullptr) {
    message.append(text_, static_cast<size_t>(number_));
    return;
  }
  char digits[20];
  char* const end = digits + sizeof(digits);
  char* at = end;
  uint64_t rest = number_ < 0 ? -static_cast<uint64_t>(number_) : static_cast<uint64_t>(number_);
  do {
    *--at = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  if (number_ < 0) *--at = '-';
  message.append(at, end);
}

// Not inlined: a call is shorter than any of them.
[[gnu::noinline]] Error::Error(ErrorCode why, std::initializer_list<Part> parts) : code(why) {
  for (const Part& part : parts) part.AddTo(message);
}
[[gnu::noinline]] Error::Error(ErrorCode why, const char* text) : code(why), message(text) {}
[[gnu::noinline]] Error::Error(const Error&) = default;
[[gnu::noinline]] Error::Error(Error&&) noexcept = default;
[[gnu::noinline]] Error::~Error() = default;

[[gnu::noinline]] Status::Status(Error error)
    : error_(std::make_unique<const Error>(std::move(error))) {}

}  // namespace shiwu
