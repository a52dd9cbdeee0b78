// A step of a plan: what runs without a look at anything but numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace shiwu::engine {

// Where the values of a plan stand while it runs.
class Memory {
 public:
  Memory(float* arena, const std::vector<size_t>& offsets, float* scratch)
      : arena_(arena), offsets_(offsets), scratch_(scratch) {}
  float* At(int value) const { return arena_ + offsets_[value]; }
  // Room that a step may use while it runs; as many floats as the neediest asks for.
  float* scratch() const { return scratch_; }

 private:
  float* arena_;
  const std::vector<size_t>& offsets_;
  float* scratch_;
};

class Step {
 public:
  virtual ~Step() = default;
  virtual void Run(const Memory& memory) const = 0;

  // "Conv 3x3", "Block": for people who read a profile.
  virtual std::string_view kind() const = 0;
  // Multiplications with an addition each, of a run.
  virtual uint64_t macs() const { return 0; }
  // Bytes of weights.
  virtual size_t weight_bytes() const { return 0; }
  // Floats of scratch.
  virtual size_t scratch() const { return 0; }
};

}  // namespace shiwu::engine
