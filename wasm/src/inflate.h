// Decompression of zlib streams (RFC 1950, RFC 1951), as PNG has them: in parts, and perhaps cut.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace shiwu {

class Inflater {
 public:
  // `parts`, one after the other, are the stream. What they show must outlive this. Some 70 kB.
  explicit Inflater(std::vector<std::span<const uint8_t>> parts);

  // The next bytes, valid until the next call. Empty: there are no more, and end() says why.
  std::span<const uint8_t> Next();

  // kRanOut: the parts end before the stream does; all that they say has been given out. The
  // checksum behind the stream is not looked at.
  enum class End : uint8_t { kNone, kComplete, kRanOut, kDamaged };
  End end() const { return end_; }

 private:
  // Codes of up to kFastBits bits are looked up, the few longer ones counted through.
  static constexpr int kFastBits = 10, kLongest = 15, kMostSymbols = 288;
  struct Codes {
    uint16_t fast[1 << kFastBits];   // length << 9 | symbol; 0: a longer one, or none
    uint16_t count[kLongest + 1];    // of codes by length
    uint16_t symbols[kMostSymbols];  // by code
    // False for lengths that are no prefix code.
    bool Build(const uint8_t* lengths, int symbol_count);
  };
  static constexpr size_t kWindow = 32768, kLongestMatch = 258;

  void Refill();
  uint32_t Take(int bits);  // of those that a Refill has brought
  int Decode(const Codes& codes);
  bool Lacks();
  void ReadStreamHeader();
  void ReadBlockHeader();
  bool ReadCodes();
  void CopyStored();
  void CopyCoded();

  std::vector<std::span<const uint8_t>> parts_;
  size_t part_ = 0;
  const uint8_t* at_ = nullptr;  // in the part before part_
  const uint8_t* stop_ = nullptr;
  uint64_t bits_ = 0;  // the next ones, the first lowest; zeros behind them
  int bit_count_ = 0;  // below 0: more were taken than there were
  enum class State : uint8_t { kStreamHeader, kBlockHeader, kStored, kCoded };
  State state_ = State::kStreamHeader;
  End end_ = End::kNone;
  bool last_block_ = false;
  size_t stored_left_ = 0;
  Codes literals_, distances_;
  size_t filled_ = 0;
  uint8_t buffer_[2 * kWindow + kLongestMatch];  // at most a window that has been given out, first
};

}  // namespace shiwu
