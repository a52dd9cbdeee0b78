// Memory whose refusal is an answer: unlike std::vector's, which would end the program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>

namespace shiwu::engine {

template <typename T>
class Buffer {
 public:
  Buffer() = default;

  // `count` elements with all bits 0, or nothing when there is no room for them.
  static std::optional<Buffer> Allocate(size_t count) {
    Buffer buffer;
    if (count == 0) return buffer;
    if (count > SIZE_MAX / sizeof(T)) return std::nullopt;
    buffer.data_.reset(static_cast<T*>(std::calloc(count, sizeof(T))));
    if (buffer.data_ == nullptr) return std::nullopt;
    buffer.size_ = count;
    return buffer;
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
