#include <cstdlib>

#include "bench.h"
#include "reduce.h"
#include "shiwu/fit.h"
#include "shiwu/tensor.h"

namespace shiwu::bench {
namespace {

constexpr Preprocessing kLite0 = {224, 224, ResizeMode::kCropShortest, 0.875, Filter::kBicubic};

void FitPixels(benchmark::State& state, Precision precision) {
  const Image image = Noise(static_cast<double>(state.range(0)));
  Repeat(state, [&] {
    if (!FitToModel(image.view(), precision, kLite0).ok()) std::abort();
  });
}
BENCHMARK_CAPTURE(FitPixels, fast, Precision::kFast)
    ->ArgName("MP")
    ->Arg(4)
    ->Arg(12)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(FitPixels, exact, Precision::kExact)
    ->ArgName("MP")
    ->Arg(4)
    ->Arg(12)
    ->Unit(benchmark::kMillisecond);

// Means of blocks alone, of all of a picture.
void Reduce(benchmark::State& state) {
  const int block = static_cast<int>(state.range(0));
  const Image image = Noise(4);
  const Blocks across(image.width(), block, false), down(image.height(), block, false);
  std::vector<uint16_t> sums(size_t{kChannels} * image.width());
  Bytes out(size_t{kChannels} * across.count());
  Repeat(state, [&] {
    for (int row = 0; row < down.count(); ++row) {
      ReduceRow(image.view(), across, down, row, 0, across.count(), sums.data(), out.data());
    }
  });
}
BENCHMARK(Reduce)->ArgName("block")->Arg(2)->Arg(3)->Arg(5)->Unit(benchmark::kMillisecond);

void Tensor(benchmark::State& state, Layout layout) {
  const Image image = Noise(0.07);
  std::vector<float> tensor(size_t{3} * image.width() * image.height());
  const Normalization normalization = {
      layout, ColorOrder::kRgb, 1, {127, 127, 127}, {128, 128, 128}};
  Repeat(state, [&] {
    if (!ToTensor(image.view(), normalization, 0, tensor).ok()) std::abort();
  });
}
BENCHMARK_CAPTURE(Tensor, NCHW, Layout::kNchw)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(Tensor, NHWC, Layout::kNhwc)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace shiwu::bench
