// A model with what it was taught built in: an .onnx that knows the taught categories as its own,
// wherever it runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shiwu/maps.h"
#include "shiwu/onnx_file.h"
#include "shiwu/result.h"
#include "shiwu/taught.h"
#include "shiwu/taxonomy.h"

namespace shiwu {

// A file in pieces, most of which lie in another file: nothing is copied until somebody has room.
class Pieces {
 public:
  size_t size() const { return size_; }
  // All of it, size() bytes.
  void CopyTo(uint8_t* to) const;

  // Bytes that outlive this.
  void Add(std::span<const uint8_t> bytes) { Put({bytes.data(), bytes.size()}); }
  // Bytes that this keeps.
  void Keep(std::string_view bytes);
  // All that another has.
  void Append(const Pieces& other);

 private:
  // Where `from` is null, the next of what is kept.
  struct Piece {
    const uint8_t* from;
    size_t size;
  };
  void Put(Piece piece);

  std::vector<Piece> pieces_;
  std::string kept_;
  size_t size_ = 0;
};

// Where the classes are made, by the names in the graph.
struct BakePorts {
  std::string_view logits;    // output [N, classes]
  std::string_view features;  // output [N, taught.size()]
  // The linear layer between them; an empty `weight` where it is not known.
  ClassHead::Names head;
};

// `file`, an .onnx, with one more class for each category that is taught, behind its own; `logits`
// is [N, classes + categories] then, and each other result stays. Where the linear layer is known
// (a Gemm of stored weights, float32 or int8 with a scale each class), it gets the rows; else a
// second one is put beside whatever makes the logits. `metadata` replaces what metadata_props has
// under the same keys; an empty value removes it. What comes out points into `file`.
//
// Errors: kInvalidModel; kUnsupportedModel where the two are no such outputs, the layer is another
// than the names say or is used for more, or weights lie in a second file; kInvalidArgument where
// nothing is taught.
Result<Pieces> Bake(std::span<const uint8_t> file, const BakePorts& ports, const Taught& taught,
                    std::span<const MetadataEntry> metadata);

// The tables of labels and of the taxonomy with what is taught behind their own rows, for Bake().
// Labels have the id "taught:" and the name, as in Prediction; one that there is already gets
// "（教的）" behind it, in id and name. Where there is a taxonomy, what is taught is in a category
// of its own, "taught". Errors: those of ClassNames::Parse.
struct BakedTables {
  std::string labels;
  std::string taxonomy;  // empty where there is none
};
Result<BakedTables> BakeTables(std::string_view labels, std::string_view taxonomy,
                               const Taught& taught);

}  // namespace shiwu
