// JPEG by libjpeg-turbo, row by row and, where wanted, smaller.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "shiwu/result.h"

namespace shiwu {

class JpegReader {
 public:
  // Reads the header. Errors: kUnsupportedFormat (arithmetic, lossless or 12-bit coding and their
  // like), kImageTooLarge (width * height > max_pixels), kTruncatedImage, kCorruptImage,
  // kOutOfMemory; all but the third may be those of what follows as well.
  static Result<JpegReader> Open(std::span<const uint8_t> file, uint64_t max_pixels);
  JpegReader(JpegReader&&) noexcept;
  ~JpegReader();

  // Of the picture as stored, in pixels.
  int width() const;
  int height() const;

  // Begins to decode at 1 / denominator of the size, which is 1, 2, 4 or 8: the inverse cosine
  // transform gives so many fewer pixels a block. Sides become width / denominator, rounded up.
  Status Start(int denominator);

  // Decodes and drops rows. Colours need no conversion for these.
  Status Skip(int rows);
  // Decodes the next `count` rows, RGBA8, to `to`, `pitch` bytes apart.
  Status Read(uint8_t* to, size_t pitch, int count);

  // After all that is needed has been read. Where the data ended before the picture did, the rest
  // is grey, or of a progressive file coarse; where more than half of the rows are grey, that is
  // kTruncatedImage.
  bool truncated() const;
  Status CheckComplete() const;

 private:
  struct State;
  explicit JpegReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace shiwu
