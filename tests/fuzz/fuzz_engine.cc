// Any bytes: an error that says why, or an engine that gives the same answers whenever it is asked
// the same, whatever it was asked in between.
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "shiwu/engine.h"

namespace {

// What can be run many times a second, sanitizers included.
constexpr size_t kMostBytes = size_t{1} << 22;
constexpr size_t kMostWork = 20'000'000;

// The bits of all outputs.
std::vector<float> Answers(shiwu::Engine& engine, bool numbers) {
  const auto input = engine.input().values;
  for (size_t i = 0; i < input.size(); ++i) {
    input[i] = numbers ? static_cast<float>(static_cast<int>(i % 15) - 7) : std::nanf("");
  }
  for (size_t i = 0; i < engine.step_count(); ++i) engine.RunStep(i);
  std::vector<float> answers;
  for (const auto& output : engine.outputs()) {
    answers.insert(answers.end(), output.values.begin(), output.values.end());
  }
  return answers;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto loaded = shiwu::Engine::Load({data, size}, 8, 8);
  if (!loaded.ok()) {
    if (loaded.error().message.empty()) std::abort();
    return 0;
  }
  shiwu::Engine& engine = loaded.value();
  if (engine.arena_bytes() > kMostBytes) return 0;
  size_t work = engine.step_count() * engine.arena_bytes() / sizeof(float);
  for (size_t i = 0; i < engine.step_count(); ++i) work += engine.step(i).macs;
  if (work > kMostWork) return 0;
  for (const auto& output : engine.outputs()) {
    size_t numbers = 1;
    for (const int side : output.dims) numbers *= side;
    if (numbers != output.values.size()) std::abort();
  }
  const std::vector<float> first = Answers(engine, true);
  Answers(engine, false);
  const std::vector<float> again = Answers(engine, true);
  if (first.size() != again.size() ||
      std::memcmp(first.data(), again.data(), first.size() * sizeof(float)) != 0) {
    std::abort();
  }
  return 0;
}
