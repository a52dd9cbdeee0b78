// Categories that a person has taught by a few photos, beside those that the network was trained
// on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shiwu/result.h"

namespace shiwu {

// Each is one more row of the network's head: imprinted weights (Qi, Brown and Lowe, "Low-Shot
// Learning with Imprinted Weights", 2018), with a length and a bias of our own. c(x) is the
// direction of an embedding x less the mean of its numbers; p the direction of the sum of c(x) over
// the n photos that show the thing, and q that over those that do not (0 where there are none):
//
//     w = 1.5 (p - 0.5 (q - (p . q) p))        logit(x) = w . x - 0.85 + 1.85 / n
//
// Embeddings are means of ReLU6: all numbers are positive, and without c() all point nearly the
// same way. w adds up to 0, so x need not be centred. It is kept in 8 bits a number, as the bundled
// models keep their own rows, so that a model with the rows built in (bake.h) answers the same. The
// four constants are measured: docs/teaching.md.
class Taught {
 public:
  // What is kept of a photo: ToLevels() of its embedding.
  using Example = std::vector<int8_t>;
  struct Category {
    std::string name;
    std::vector<Example> shown;
    std::vector<Example> not_shown;  // photos that are something else
  };

  // `model` says whose embeddings these are, `size` how many numbers one has: 1 to kMostLevels.
  Taught(std::string_view model, size_t size) : model_(model), size_(size) {}

  // Errors: kInvalidTaught for bytes that Write() has not written.
  static Result<Taught> Parse(std::span<const uint8_t> file);

  // The file, little-endian: "SWTT"; uint32 each: version 1, numbers of an embedding, categories,
  // bytes of the model's name; that name. For each category uint32 each: bytes of its name,
  // examples shown, examples not shown; its name. The examples' levels, those shown first.
  std::vector<uint8_t> Write() const;

  const std::string& model() const { return model_; }
  size_t size() const { return size_; }
  // In the order in which they were taught.
  const std::vector<Category>& categories() const { return categories_; }
  // Index of the category with this name, or -1.
  int Find(std::string_view name) const;

  // A photo that shows what is called `name`, or does not. Errors: kInvalidArgument for a name that
  // is blank, no UTF-8 or has control characters, for a photo that does not show what nothing was
  // taught of, and for an embedding of another size or of equal numbers, which has no direction;
  // kNonFiniteScores.
  Status Add(std::string_view name, std::span<const float> embedding, bool shown);
  // Errors of these: kInvalidArgument for a name that is not there, is there already, or is none.
  Status Forget(std::string_view name);
  Status Rename(std::string_view from, std::string_view to);
  // `from` goes; its examples become those of `into`.
  Status Merge(std::string_view from, std::string_view into);
  // Takes over what `other` has; equal names become one. Errors: kInvalidArgument when it is of
  // another model or size.
  Status Join(const Taught& other);

  // The row that category `index` is to the head: w = levels * scale, the levels -127 to 127, with
  // scale = the largest of w / 127, or 1 where w is all zeros. What a number loses by rounding (to
  // the nearest, halves to even) is carried over to the next: most numbers of an embedding are 0,
  // and w is the same at all of them, so that their roundings would add up.
  struct Row {
    std::vector<int8_t> levels;  // size() of them
    float scale, bias;
  };
  Row RowOf(size_t index) const;
  // One logit a category, to stand behind the network's own in one softmax. Errors:
  // kInvalidArgument when a span has another length.
  Status Logits(std::span<const float> embedding, std::span<float> logits) const;

 private:
  std::string model_;
  size_t size_;
  std::vector<Category> categories_;
};

}  // namespace shiwu
