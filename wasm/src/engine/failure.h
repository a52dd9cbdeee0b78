// Why a model is not taken. One place keeps the reason, and what fails returns false: the code that
// reads a file has an error path in every line, and paths that build a message each would be most
// of its size.
#pragma once

#include <string>
#include <string_view>

#include "shiwu/result.h"

namespace shiwu::engine {

class Failure {
 public:
  // Both return false; the first reason is kept. `detail` follows `what`.
  bool Broken(std::string_view what) { return Keep(ErrorCode::kInvalidModel, what, {}); }
  bool Unsupported(std::string_view what, std::string_view detail = {}) {
    return Keep(ErrorCode::kUnsupportedModel, what, detail);
  }
  bool NoRoom() { return Keep(ErrorCode::kOutOfMemory, "no room for the network", {}); }

  const Error& error() const { return error_; }

 private:
  bool Keep(ErrorCode code, std::string_view what, std::string_view detail);

  Error error_{ErrorCode::kInvalidModel, {}};
};

}  // namespace shiwu::engine
