// Memory whose refusal is an answer: unlike std::vector's, which would end the program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

namespace shiwu::engine {

template <typename T>
class Buffer {
 public:
  // `count` elements with all bits 0 in place of what was there; false when there is no room.
  bool Allocate(size_t count) {
    data_.reset();
    size_ = 0;
    if (count == 0) return true;
    if (count > SIZE_MAX / sizeof(T)) return false;
    data_.reset(static_cast<T*>(std::calloc(count, sizeof(T))));
    if (data_ == nullptr) return false;
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
