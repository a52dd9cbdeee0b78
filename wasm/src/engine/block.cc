#include "engine/block.h"

#include <algorithm>
#include <cstring>

namespace shiwu::engine {
namespace {

// A band's rows together should stay in a processor's second cache, which is 256 kB at least
// wherever people browse; and the weights of a layer are used for more pixels the higher a band is.
constexpr size_t kBandFloats = 96 * 1024;

constexpr int kLineGroups = kLine / sizeof(float) / DepthwiseWeights::kGroup;

}  // namespace

// How the scratch memory is used. Rows of `wide` stand in a ring, each with its padding left and
// right, so that the depthwise kernel never looks at a border.
struct Block::Layout {
  int band;             // rows of output at a time
  int ring;             // rows of `wide` that are kept
  ptrdiff_t row;        // floats of a row in the ring
  size_t zeros;         // where a row of zeros begins: padding above and below
  size_t narrow;        // where the band's rows after the depthwise convolution begin
  size_t convolutions;  // where the scratch of the convolutions begins
  size_t total;
};

Block::Layout Block::Arrange() const {
  Layout layout;
  const int columns =
      std::max((narrow.width - 1) * window.stride_x + window.span_x(), window.left + wide.width);
  layout.row = static_cast<ptrdiff_t>(WholeLines(size_t{1} * columns * wide.channels));
  const size_t narrow_row = size_t{1} * narrow.width * narrow.channels;
  const size_t a_row = layout.row * window.stride_y + (project ? narrow_row : 0);
  const int fits = static_cast<int>(std::clamp<size_t>(kBandFloats / a_row, 1, narrow.height));
  const int bands = (narrow.height + fits - 1) / fits;
  layout.band = (narrow.height + bands - 1) / bands;
  layout.ring = std::min((layout.band - 1) * window.stride_y + window.span_y(), wide.height);
  layout.zeros = layout.row * size_t{1} * layout.ring;
  layout.narrow = layout.zeros + layout.row;
  layout.convolutions = layout.narrow + (project ? WholeLines(narrow_row * layout.band) : 0);
  layout.total = layout.convolutions +
                 std::max(expand ? expand->scratch() : 0, project ? project->scratch() : 0);
  return layout;
}

void Block::Run(const Memory& memory) const {
  const Layout layout = Arrange();
  const float* const from = memory.At(input);
  float* const to = memory.At(output);
  float* const scratch = memory.scratch();
  const auto slot = [&](int y) { return scratch + layout.row * (y % layout.ring); };
  const ptrdiff_t margin = ptrdiff_t{window.left} * wide.channels;
  const size_t wide_row = size_t{1} * wide.width * wide.channels;
  for (int r = 0; r <= layout.ring; ++r) {  // the row of zeros too, which follows the ring
    float* const row = scratch + layout.row * r;
    std::fill(row, row + margin, 0.0f);
    std::fill(r == layout.ring ? row : row + margin + wide_row, row + layout.row, 0.0f);
  }

  // Rows [first, last) of `wide` into the ring, in runs that do not cross its end.
  const auto produce = [&](int first, int last) {
    while (first < last) {
      const int run = std::min(last - first, layout.ring - first % layout.ring);
      float* const at = slot(first) + margin;
      if (expand) {
        expand->Rows(from, first, run, {}, {at, wide.width, wide.channels, layout.row},
                     scratch + layout.convolutions);
      } else {
        for (int r = 0; r < run; ++r) {
          std::memcpy(at + r * layout.row, from + (first + r) * wide_row, wide_row * sizeof(float));
        }
      }
      first += run;
    }
  };

  const size_t narrow_row = size_t{1} * narrow.width * narrow.channels;
  int produced = 0;
  for (int first = 0; first < narrow.height; first += layout.band) {
    const int rows = std::min(layout.band, narrow.height - first);
    const int below = (first + rows - 1) * window.stride_y - window.top + window.span_y();
    const int needed = std::clamp(below, produced, wide.height);
    produce(produced, needed);
    produced = needed;
    float* const after = project ? scratch + layout.narrow : to + first * narrow_row;
    // A cache line of channels at a time, through all rows: a line is fetched once for a band, and
    // not once for each window that looks at it.
    for (int group = 0; group < depthwise.groups(); group += kLineGroups) {
      const int last = std::min(group + kLineGroups, depthwise.groups());
      for (int r = 0; r < rows; ++r) {
        const float* lines[kMostRows];
        for (int k = 0; k < window.height; ++k) {
          const int y = (first + r) * window.stride_y - window.top + k * window.dilation_y;
          lines[k] = y >= 0 && y < wide.height ? slot(y) : scratch + layout.zeros;
        }
        DepthwiseRow(depthwise, group, last, window, lines, wide.channels, narrow.width,
                     activation.ForKernel(), after + r * narrow_row);
      }
    }
    if (activation.kind != Activation::kRange) Apply(activation, after, rows * narrow_row);
    if (!project) continue;
    Convolution const& last = *project;
    const size_t out_row = size_t{1} * last.out.width * last.out.channels;
    Grid<const float> plus;
    if (added >= 0) {
      plus = Grid<const float>::Packed(memory.At(added) + first * out_row, last.out.width,
                                       last.out.channels);
    }
    // The band is the whole input of this product: its first row is row 0 there.
    last.Rows(after, 0, rows, plus,
              Grid<float>::Packed(to + first * out_row, last.out.width, last.out.channels),
              scratch + layout.convolutions);
  }
}

std::string_view Block::kind() const {
  if (expand && project) return "expand, depthwise, project";
  if (expand) return "expand, depthwise";
  return project ? "depthwise, project" : "depthwise";
}

uint64_t Block::macs() const {
  return (expand ? expand->macs() : 0) + uint64_t{narrow.size()} * depthwise.taps() +
         (project ? project->macs() : 0);
}

size_t Block::weight_bytes() const {
  return (expand ? expand->weight_bytes() : 0) + depthwise.bytes() +
         (project ? project->weight_bytes() : 0);
}

size_t Block::scratch() const { return Arrange().total; }

}  // namespace shiwu::engine
