// Everyday categories above the classes: 动物 › 猫.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "shiwu/labels.h"
#include "shiwu/result.h"

namespace shiwu {

struct TaxonomyNode {
  std::string_view id;
  std::string_view zh;
  std::string_view en;
  int parent;  // index of the parent, always lower than the node's own; -1 at the top
};

struct CategoryScore {
  int node;     // index into nodes()
  float score;  // sum of its classes' probabilities
};

// A forest of categories.
class Taxonomy {
 public:
  // Text form: a table with the columns `id`, `zh`, `en` and `parent` (empty at the top), parents
  // before children. Errors: those of ParseTextTable; kInvalidLabels for a missing column, a blank
  // or repeated id or name, or a parent that has not been listed yet. The views point into `text`.
  static Result<Taxonomy> Parse(std::string_view text);

  const std::vector<TaxonomyNode>& nodes() const { return nodes_; }
  // Index of a node, or -1.
  int Find(std::string_view id) const;
  // From the top down to `node`; empty for -1.
  std::vector<int> Path(int node) const;

  // Which node each label stands under. kInvalidLabels when a label names an unknown category.
  Result<std::vector<int>> Assign(std::span<const Label> labels) const;

  // The most specific node whose classes' probabilities add up to `enough` or more; the most
  // probable of those, then the first. Nothing when not even a top node reaches it.
  // `node_of_class` is from Assign and as long as `scores`.
  std::optional<CategoryScore> MostSpecific(std::span<const float> scores,
                                            std::span<const int> node_of_class, float enough) const;

 private:
  std::vector<TaxonomyNode> nodes_;
  std::vector<int> depth_;
};

// Labels and the taxonomy that they stand in: all that turns an index into words.
struct ClassNames {
  std::unique_ptr<char[]> text;  // a copy of both tables, which the labels and nodes point into
  std::vector<Label> labels;
  Taxonomy taxonomy;
  std::vector<int> node_of_class;  // -1 for a class without a category

  // An empty taxonomy text means that there is none; categories are then ignored. Errors: those of
  // ParseLabels, Taxonomy::Parse and Taxonomy::Assign.
  static Result<ClassNames> Parse(std::string_view labels, std::string_view taxonomy);

  // Index of the class with this id, or -1.
  int Find(std::string_view id) const;
};

}  // namespace shiwu
