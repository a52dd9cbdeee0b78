#include <cstdlib>

#include "bench.h"
#include "jpeg/reader.h"
#include "shiwu/fit.h"

namespace shiwu::bench {
namespace {

constexpr Preprocessing kLite0 = {224, 224, ResizeMode::kCropShortest, 0.875, Filter::kBicubic};

// All rows, at 1/n of the size.
void DecodeJpeg(benchmark::State& state) {
  const int denominator = static_cast<int>(state.range(0));
  constexpr int kBand = 16;
  Bytes band;
  Repeat(state, [&] {
    auto opened = JpegReader::Open(Photo(), kDefaultMaxPixels);
    if (!opened.ok() || !opened.value().Start(denominator).ok()) std::abort();
    JpegReader& reader = opened.value();
    const int width = (reader.width() + denominator - 1) / denominator;
    const int height = (reader.height() + denominator - 1) / denominator;
    const size_t pitch = size_t{kChannels} * width;
    band.resize(pitch * kBand);
    for (int y = 0; y < height; y += kBand) {
      if (!reader.Read(band.data(), pitch, std::min(kBand, height - y)).ok()) std::abort();
    }
  });
}
BENCHMARK(DecodeJpeg)->ArgName("n")->Arg(1)->Arg(2)->Arg(4)->Arg(8)->Unit(benchmark::kMillisecond);

// From the file to what the model sees.
void FitJpeg(benchmark::State& state, Precision precision) {
  Repeat(state, [&] {
    auto fitted = FitFile(Photo(), kDefaultMaxPixels, precision, {}, kLite0);
    if (!fitted.ok()) std::abort();
  });
}
BENCHMARK_CAPTURE(FitJpeg, fast, Precision::kFast)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(FitJpeg, exact, Precision::kExact)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace shiwu::bench
