// Runs a fuzz target where there is no libFuzzer: every file of the folders given, then mutations
// of each that are the same in every run, as many as fit in a few seconds.
//
//   fuzz_decode tests/fuzz/seeds/decode
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "inputs.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

using shiwu::fuzz::Input;

constexpr int kMutationsPerSeed = 4000;
constexpr std::chrono::seconds kLimit(5);  // for all mutations together

// In memory of exactly its size, so that a read past the end is seen.
void Run(const Input& bytes) {
  const std::unique_ptr<uint8_t[]> exact(new uint8_t[bytes.size()]);
  if (!bytes.empty()) std::memcpy(exact.get(), bytes.data(), bytes.size());
  LLVMFuzzerTestOneInput(exact.get(), bytes.size());
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<Input> seeds;
  for (int i = 1; i < argc; ++i) {
    for (const auto& path : shiwu::fuzz::PathsIn(argv[i])) {
      seeds.push_back(shiwu::fuzz::ReadInput(path));
      Run(seeds.back());
    }
  }
  // SHIWU_FUZZ_DUMP names a file that holds the last input if the target dies.
  const char* dump = std::getenv("SHIWU_FUZZ_DUMP");
  const auto start = std::chrono::steady_clock::now();
  shiwu::fuzz::Random random(20240611);
  size_t mutations = 0;
  for (int round = 0; round < kMutationsPerSeed; ++round) {
    for (const Input& seed : seeds) {
      Input mutation = seed;
      shiwu::fuzz::Mutate(mutation, seeds, random);
      if (dump != nullptr) shiwu::fuzz::WriteInput(dump, mutation);
      Run(mutation);
      ++mutations;
    }
    if (std::chrono::steady_clock::now() - start > kLimit) break;
  }
  std::printf("%zu seeds and %zu mutations ran\n", seeds.size(), mutations);
  return seeds.empty() ? 1 : 0;
}
