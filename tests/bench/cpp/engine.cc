#include "shiwu/engine.h"

#include <algorithm>
#include <cstdlib>

#include "bench.h"
#include "engine/gemm.h"

namespace shiwu::bench {
namespace {

Engine Lite0() {
  auto engine = Engine::Load(ReadFile("models/bundles/lite0/lite0.onnx"), 224, 224);
  if (!engine.ok()) std::abort();
  const auto input = engine.value().input().values;
  const auto floats = Floats(input.size());
  std::copy(floats.begin(), floats.end(), input.begin());
  return std::move(engine).value();
}

void Network(benchmark::State& state) {
  Engine engine = Lite0();
  Repeat(state, [&] {
    for (size_t i = 0; i < engine.step_count(); ++i) engine.RunStep(i);
  });
}
BENCHMARK(Network)->Unit(benchmark::kMillisecond);

// The step that has the most to do.
void LargestStep(benchmark::State& state) {
  Engine engine = Lite0();
  size_t largest = 0;
  for (size_t i = 0; i < engine.step_count(); ++i) {
    engine.RunStep(i);
    if (engine.step(i).macs > engine.step(largest).macs) largest = i;
  }
  state.SetLabel(std::string(engine.step(largest).kind));
  Repeat(state, [&] { engine.RunStep(largest); });
}
BENCHMARK(LargestStep)->Unit(benchmark::kMillisecond);

// 1x1 convolutions over 14 x 14 pixels, 672 channels to 112.
constexpr int kInputs = 672, kOutputs = 112, kPixels = 14 * 14;

engine::Weights WeightsOf(const void* data) {
  engine::Weights weights;
  weights.channels = kOutputs;
  weights.taps = 1;
  weights.inputs = kInputs;
  weights.data = static_cast<const uint8_t*>(data);
  weights.channel_stride = kInputs;
  weights.tap_stride = weights.input_stride = 1;
  return weights;
}

template <typename Run>
void Product(benchmark::State& state, const Run& run) {
  const auto in = Floats(size_t{kPixels} * kInputs);
  std::vector<float> out(size_t{kPixels} * kOutputs);
  const auto from = engine::Grid<const float>::Packed(in.data(), 14, kInputs);
  const auto to = engine::Grid<float>::Packed(out.data(), 14, kOutputs);
  Repeat(state, [&] { run(from, to); });
}

void ProductOfFloats(benchmark::State& state) {
  const auto numbers = Floats(size_t{kOutputs} * kInputs);
  engine::Matrix matrix;
  if (!matrix.Pack(WeightsOf(numbers.data()), {}, {})) std::abort();
  Product(state, [&](const auto& from, const auto& to) {
    engine::Multiply(matrix, from, kPixels, {}, {}, to);
  });
}
BENCHMARK(ProductOfFloats)->Unit(benchmark::kMicrosecond);

void ProductByLevels(benchmark::State& state) {
  std::vector<int8_t> levels;
  for (const float each : Floats(size_t{kOutputs} * kInputs)) {
    levels.push_back(static_cast<int8_t>(127 * each));
  }
  const float scale = 0.01f;
  engine::Weights weights = WeightsOf(levels.data());
  weights.scales = reinterpret_cast<const uint8_t*>(&scale);
  weights.one_scale = true;
  engine::Levels packed;
  if (!packed.Pack(weights, {}, {})) std::abort();
  // A cache line's worth of alignment, as the engine's arena has it.
  std::vector<std::max_align_t> scratch(engine::ScratchFor(packed) / sizeof(std::max_align_t) + 1);
  Product(state, [&](const auto& from, const auto& to) {
    engine::Multiply(packed, from, kInputs, kPixels, {}, {}, to, scratch.data());
  });
}
BENCHMARK(ProductByLevels)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace shiwu::bench
