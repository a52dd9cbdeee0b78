// Any bytes: an error, or entries that point into them.
#include <cstdlib>
#include <functional>

#include "shiwu/onnx_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto entries = shiwu::ReadOnnxMetadata({data, size});
  if (!entries.ok()) return 0;
  const auto* begin = reinterpret_cast<const char*>(data);
  for (const auto& entry : entries.value()) {
    for (const std::string_view text : {entry.key, entry.value}) {
      if (text.empty()) continue;
      const bool inside = std::less_equal<>()(begin, text.data()) &&
                          std::less_equal<>()(text.data() + text.size(), begin + size);
      if (!inside) std::abort();
    }
  }
  return 0;
}
