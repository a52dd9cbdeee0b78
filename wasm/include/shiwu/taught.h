// Categories that a person has taught by a few photos, beside those that the network was trained on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shiwu/result.h"

namespace shiwu {

// METHOD_PLACEHOLDER
class Taught {
 public:
  // What is kept of a photo.
  struct Example {
    std::vector<int8_t> levels;  // ToLevels() of its embedding
    float scale;                 // the embedding is about scale * levels; above 0
    float best;                  // the highest of the network's own logits
  };
  struct Category {
    std::string name;
    std::vector<Example> shown;
    std::vector<Example> not_shown;  // photos that are something else
  };

  // `model` says whose embeddings these are, `size` how many numbers one has: 1 to kMostLevels.
  Taught(std::string_view model, size_t size) : model_(model), size_(size) {}

  // Errors: kInvalidTaught for bytes that Write() has not written.
  static Result<Taught> Parse(std::span<const uint8_t> file);

  // The file, little-endian: "SWTT"; uint32 each: version 1, numbers of an embedding, categories, bytes of the
  // model's name; that name. For each category uint32 each: bytes of its name, examples shown,
  // examples not shown; its name. For each example, those shown first: float32 scale, float32 best, its
  // levels.
  std::vector<uint8_t> Write() const;

  const std::string& model() const { return model_; }
  size_t size() const { return size_; }
  // In the order in which they were taught.
  const std::vector<Category>& categories() const { return categories_; }
  // Index of the category with this name, or -1.
  int Find(std::string_view name) const;

  // A photo that shows what is called `name`, or does not. `best` is the highest logit that the network
  // has given it. Errors: kInvalidArgument for a name that is blank, no UTF-8 or has control
  // characters, for a photo that does not show what nothing was taught of, and for an embedding of another size or of
  // zeros alone; kNonFiniteScores.
  Status Add(std::string_view name, std::span<const float> embedding, float best, bool shown);
  // Errors of these: kInvalidArgument for a name that is not there, is there already, or is none.
  Status Forget(std::string_view name);
  Status Rename(std::string_view from, std::string_view to);
  // `from` goes; its examples become those of `into`.
  Status Merge(std::string_view from, std::string_view into);
  // Takes over what `other` has; equal names become one. Errors: kInvalidArgument when it is of another
  // model or size.
  Status Join(const Taught& other);

  // One logit a category, to stand behind the network's own in one softmax. Errors: kInvalidArgument when
  // a span has another length.
  Status Logits(std::span<const float> embedding, std::span<float> logits) const;

 private:
  std::string model_;
  size_t size_;
  std::vector<Category> categories_;
};

}  // namespace shiwu
