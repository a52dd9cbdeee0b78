// What the C++ benchmarks share.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "shiwu/image.h"

namespace shiwu::bench {

using Bytes = std::vector<uint8_t>;

// `path` is relative to the repository's root, or absolute. Without the file the program ends.
Bytes ReadFile(std::string_view path);
// The photo that JPEGs are measured with: that of --photo, else one of the fixtures.
const Bytes& Photo();

// 4:3 pixels that are no two alike.
Image Noise(double megapixels);
// Numbers from -1 to 1.
std::vector<float> Floats(size_t count);

// All that is measured goes through here, so that callgrind can be told to count this and no more.
template <typename F>
[[gnu::noinline]] void Measured(const F& work) {
  work();
  benchmark::ClobberMemory();
}

template <typename F>
void Repeat(benchmark::State& state, const F& work) {
  for (auto _ : state) Measured(work);
}

}  // namespace shiwu::bench
