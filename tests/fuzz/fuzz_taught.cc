// Any bytes: an error, or categories that are written as they were read, and finite logits.
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "shiwu/taught.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto parsed = shiwu::Taught::Parse({data, size});
  if (!parsed.ok()) return 0;
  shiwu::Taught& taught = parsed.value();
  const auto written = taught.Write();
  if (!std::ranges::equal(written, std::span(data, size))) std::abort();
  const std::vector<float> embedding(taught.size(), 0.25f);
  std::vector<float> logits(taught.categories().size());
  if (!taught.Logits(embedding, logits).ok()) std::abort();
  for (const float logit : logits) {
    if (!std::isfinite(logit)) std::abort();
  }
  // Joined to itself it has the same names, each with its examples twice.
  const shiwu::Taught same = taught;
  if (!taught.Join(same).ok() || taught.categories().size() != logits.size()) std::abort();
  return 0;
}
