// Memory whose refusal is an answer: unlike std::vector's, which would end the program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace shiwu::engine {

// Bytes of a line of the cache. A load that crosses two takes twice as long.
inline constexpr size_t kLine = 64;
// Floats of whole lines that have room for as many as are wanted.
inline size_t WholeLines(size_t floats) {
  constexpr size_t kFloats = kLine / sizeof(float);
  return (floats + kFloats - 1) / kFloats * kFloats;
}

template <typename T>
class Buffer {
 public:
  // `count` elements with all bits 0 in place of what was there, from the beginning of a line on;
  // false when there is no room.
  bool Allocate(size_t count) {
    data_.reset();
    size_ = 0;
    if (count == 0) return true;
    if (count > (SIZE_MAX - kLine) / sizeof(T)) return false;
    const size_t bytes = (count * sizeof(T) + kLine - 1) / kLine * kLine;
    data_.reset(static_cast<T*>(std::aligned_alloc(kLine, bytes)));
    if (data_ == nullptr) return false;
    std::memset(data_.get(), 0, bytes);
    size_ = count;
    return true;
  }

  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  struct Free {
    void operator()(T* p) const { std::free(p); }
  };
  std::unique_ptr<T[], Free> data_;
  size_t size_ = 0;
};

}  // namespace shiwu::engine
