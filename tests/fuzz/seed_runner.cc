// Runs a fuzz target where there is no libFuzzer: every file of the folders given, then mutations
// of each that are the same in every run, as many as fit in a few seconds.
//
//   fuzz_decode tests/fuzz/seeds/decode
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
// AddressSanitizer: a mutated length may ask for more memory than there is; that is an error value.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }

namespace {

using Bytes = std::vector<uint8_t>;

constexpr int kMutationsPerSeed = 4000;
constexpr std::chrono::seconds kLimit(5);  // for all mutations together

Bytes Read(const std::string& path) {
  Bytes bytes;
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (!file) {
    std::fprintf(stderr, "cannot open %s\n", path.c_str());
    std::exit(2);
  }
  uint8_t block[4096];
  for (size_t n; (n = std::fread(block, 1, sizeof(block), file.get())) > 0;) {
    bytes.insert(bytes.end(), block, block + n);
  }
  return bytes;
}

// Marsaglia's xorshift32.
class Random {
 public:
  explicit Random(uint32_t seed) : state_(seed) {}
  size_t Below(size_t limit) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return state_ % limit;
  }

 private:
  uint32_t state_;
};

// What headers and lengths are most easily broken by.
constexpr uint8_t kTelling[] = {0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF, 0x08, 0x10};

void Mutate(Bytes& bytes, const std::vector<Bytes>& seeds, Random& random) {
  const size_t changes = 1 + random.Below(4);
  for (size_t i = 0; i < changes; ++i) {
    const size_t size = bytes.size();
    const size_t at = size == 0 ? 0 : random.Below(size);
    const size_t length = size == 0 ? 0 : std::min(size - at, 1 + random.Below(16));
    const auto from = bytes.begin() + static_cast<ptrdiff_t>(at);
    switch (size == 0 ? 6 : random.Below(8)) {
      case 0:
        bytes[at] ^= static_cast<uint8_t>(1u << random.Below(8));
        break;
      case 1:
        bytes[at] = static_cast<uint8_t>(random.Below(256));
        break;
      case 2:
        bytes[at] = kTelling[random.Below(std::size(kTelling))];
        break;
      case 3:
        std::fill_n(from, length, kTelling[random.Below(std::size(kTelling))]);
        break;
      case 4:
        bytes.resize(at);
        break;
      case 5:
        bytes.erase(from, from + static_cast<ptrdiff_t>(length));
        break;
      case 6: {  // a piece of some seed
        const Bytes& other = seeds[random.Below(seeds.size())];
        if (other.empty()) break;
        const size_t start = random.Below(other.size());
        const size_t count = std::min(other.size() - start, 1 + random.Below(32));
        const auto piece = other.begin() + static_cast<ptrdiff_t>(start);
        bytes.insert(from, piece, piece + static_cast<ptrdiff_t>(count));
        break;
      }
      default: {  // the same piece again
        const Bytes piece(from, from + static_cast<ptrdiff_t>(length));
        bytes.insert(from, piece.begin(), piece.end());
      }
    }
  }
}

// In memory of exactly its size, so that a read past the end is seen.
void Run(const Bytes& bytes) {
  const std::unique_ptr<uint8_t[]> exact(new uint8_t[bytes.size()]);
  if (!bytes.empty()) std::memcpy(exact.get(), bytes.data(), bytes.size());
  LLVMFuzzerTestOneInput(exact.get(), bytes.size());
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> paths;
  for (int i = 1; i < argc; ++i) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(argv[i], error)) {
      paths.push_back(entry.path().string());
    }
    if (error) std::fprintf(stderr, "%s: %s\n", argv[i], error.message().c_str());
  }
  std::sort(paths.begin(), paths.end());  // folders list in any order
  std::vector<Bytes> seeds;
  for (const std::string& path : paths) {
    seeds.push_back(Read(path));
    Run(seeds.back());
  }
  // SHIWU_FUZZ_DUMP names a file that holds the last input if the target dies.
  const char* dump = std::getenv("SHIWU_FUZZ_DUMP");
  const auto start = std::chrono::steady_clock::now();
  Random random(20240611);
  size_t mutations = 0;
  for (int round = 0; round < kMutationsPerSeed; ++round) {
    for (const Bytes& seed : seeds) {
      Bytes mutation = seed;
      Mutate(mutation, seeds, random);
      if (dump != nullptr) {
        if (FILE* file = std::fopen(dump, "wb")) {
          std::fwrite(mutation.data(), 1, mutation.size(), file);
          std::fclose(file);
        }
      }
      Run(mutation);
      ++mutations;
    }
    if (std::chrono::steady_clock::now() - start > kLimit) break;
  }
  std::printf("%zu seeds and %zu mutations ran\n", seeds.size(), mutations);
  return seeds.empty() ? 1 : 0;
}
