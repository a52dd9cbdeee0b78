// Any .onnx: an error, or a file that can be read, and baked again.
#include <cstdlib>
#include <vector>

#include "shiwu/bake.h"

namespace {

// What tests/fuzz/engine_models.py calls them.
constexpr shiwu::BakePorts kPorts[] = {{"logits", "features", {}},
                                       {"logits", "features", {"weight", "", "bias"}},
                                       {"logits", "features", {"levels", "scale", "bias"}}};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  shiwu::Taught taught("model", 3);
  if (!taught.Add("it", std::vector<float>{1, 2, 3}, true).ok()) std::abort();
  for (const shiwu::BakePorts& ports : kPorts) {
    const auto pieces = shiwu::Bake({data, size}, ports, taught, {});
    if (!pieces.ok()) continue;
    std::vector<uint8_t> file(pieces.value().size());
    pieces.value().CopyTo(file.data());
    const auto again = shiwu::Bake(file, ports, taught, {});
    if (!again.ok() && again.error().code == shiwu::ErrorCode::kInvalidModel) std::abort();
  }
  return 0;
}
