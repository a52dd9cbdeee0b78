// Any bytes: sides, or nothing; the same when asked again.
#include <cstdlib>

#include "shiwu/claimed_size.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto once = shiwu::ReadClaimedSize({data, size});
  const auto twice = shiwu::ReadClaimedSize({data, size});
  if (once.has_value() != twice.has_value()) std::abort();
  if (once && (once->width != twice->width || once->height != twice->height)) std::abort();
  return 0;
}
