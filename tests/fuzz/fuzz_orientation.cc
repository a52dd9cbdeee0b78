// Any bytes: an orientation from 1 to 8, and no time of capture or one that a calendar has.
#include <cstdlib>

#include "shiwu/capture_time.h"
#include "shiwu/orientation.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const int orientation = shiwu::ReadOrientation({data, size});
  if (orientation < 1 || orientation > 8) std::abort();
  const auto time = shiwu::ReadCaptureTime({data, size});
  if (!time) return 0;
  if (time->year < 1 || time->month < 1 || time->month > 12) std::abort();
  if (time->day < 1 || time->day > 31 || time->hour < 0 || time->hour > 23) std::abort();
  const size_t length = shiwu::ToIso(*time).size();
  if (length != (time->offset ? 25u : 19u)) std::abort();
  return 0;
}
