// Any bytes: an orientation from 1 to 8.
#include <cstdlib>

#include "shiwu/orientation.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const int orientation = shiwu::ReadOrientation({data, size});
  if (orientation < 1 || orientation > 8) std::abort();
  return 0;
}
