// Averages of blocks of whole pixels, bit-exact with Pillow's Image.reduce(). It sees each source
// pixel once and costs a fraction of resampling.
#pragma once

#include <algorithm>
#include <cstdint>

#include "shiwu/image.h"

namespace shiwu {

// The longest side of a block: so many bytes add up in 16 bits.
inline constexpr int kMaxBlock = 256;

// The blocks of one axis, in the order in which the picture is stored. Upright, the first block
// begins at the first pixel, and the last one has what is left: mirrored, that is the one that
// comes first.
struct Blocks {
  Blocks(int axis_size, int block_size, bool mirrored) : size(axis_size), each(block_size) {
    const int rest = size % each;
    first = mirrored && rest > 0 ? rest : each;
  }
  int count() const { return (size + each - 1) / each; }
  int BeginOf(int block) const { return std::max(0, first + (block - 1) * each); }
  int EndOf(int block) const { return std::min(size, first + block * each); }

  int size;   // of the axis, in pixels
  int each;   // pixels of a block, 1 to kMaxBlock
  int first;  // pixels of the first block
};

// Row `row` of the picture of blocks, its columns from..to, to `out` (RGBA8). `stored` has the
// pixels of a row side by side. `sums` is scratch: four for each pixel of these columns.
void ReduceRow(const ImageView& stored, const Blocks& across, const Blocks& down, int row, int from,
               int to, uint16_t* sums, uint8_t* out);

}  // namespace shiwu
