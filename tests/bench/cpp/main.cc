#include <cstdio>
#include <cstdlib>
#include <string>

#include "bench.h"

namespace shiwu::bench {
namespace {

std::string photo = "tests/fixtures/encoded/chelsea-frame.jpg";

uint32_t Next(uint32_t& state) {
  state = state * 1664525u + 1013904223u;
  return state >> 8;
}

}  // namespace

Bytes ReadFile(std::string_view path) {
  const std::string full =
      path.starts_with('/') ? std::string(path) : SHIWU_ROOT "/" + std::string(path);
  Bytes bytes;
  std::FILE* file = std::fopen(full.c_str(), "rb");
  if (file == nullptr) {
    std::fprintf(stderr, "%s cannot be read\n", full.c_str());
    std::exit(1);
  }
  uint8_t part[4096];
  for (size_t got; (got = std::fread(part, 1, sizeof(part), file)) > 0;) {
    bytes.insert(bytes.end(), part, part + got);
  }
  std::fclose(file);
  return bytes;
}

const Bytes& Photo() {
  static const Bytes bytes = ReadFile(photo);
  return bytes;
}

Image Noise(double megapixels) {
  int height = 1;
  while (height * (height * 4 / 3) < megapixels * 1e6) ++height;
  auto image = Image::Allocate(height * 4 / 3, height);
  if (!image.ok()) std::abort();
  uint32_t state = 1;
  uint8_t* data = image.value().data();
  for (size_t i = 0; i < image.value().size_bytes(); ++i) {
    data[i] = static_cast<uint8_t>(Next(state));
  }
  return std::move(image).value();
}

std::vector<float> Floats(size_t count) {
  uint32_t state = 1;
  std::vector<float> floats(count);
  for (float& each : floats) each = static_cast<float>(Next(state)) / (1 << 23) - 1;
  return floats;
}

}  // namespace shiwu::bench

// --photo=FILE, and Google Benchmark's own options.
int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (!word.starts_with("--photo=")) {
      std::fprintf(stderr, "unknown option %s\n", argv[i]);
      return 1;
    }
    shiwu::bench::photo = word.substr(8);
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
