#include "shiwu/warm_up.h"

#include <cstddef>
#include <cstdint>
#include <optional>

#include "shiwu/engine.h"
#include "shiwu/fit.h"
#include "shiwu/tensor.h"
#include "warm_up/files.h"

namespace shiwu {

Status WarmUp() {
  constexpr int kSide = 96;  // as make.py says
  auto picture = FitFile(warm_up::kPicture, kSide * kSide, Precision::kFast, std::nullopt,
                         {.width = kSide, .height = kSide});
  if (!picture.ok()) return picture.status();
  auto engine = Engine::Load(warm_up::kNetwork, kSide, kSide);
  if (!engine.ok()) return engine.status();
  Status taken = ToTensor(picture.value().pixels.view(), {.layout = Layout::kNhwc}, 0,
                          engine.value().input().values);
  for (size_t step = 0; step < engine.value().step_count(); ++step) engine.value().RunStep(step);
  return taken;
}

}  // namespace shiwu
