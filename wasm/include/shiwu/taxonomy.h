// Everyday categories above the classes: 动物 › 哺乳动物 › 猫.
#pragma once

#include <memory>
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
  std::vector<int>
      parents;  // their indexes, lower than the node's own; the first is the way to show
  bool itself;  // named as the thing itself, 猫; otherwise one says a kind of it
};

// Categories, each below any number of others: 水果 is food and a plant. A directed graph without
// cycles.
class Taxonomy {
 public:
  // Text form: a table with the columns `id`, `zh`, `en` and `parents` (ids joined by "|", empty at
  // the top; or `parent`, with one), parents before children; `itself` is 1 or not, where there is
  // such a column. Errors: those of ParseTextTable; kInvalidLabels for a missing column, a blank or
  // repeated id or name, or a parent that has not been listed yet. The views point into `text`.
  static Result<Taxonomy> Parse(std::string_view text);

  const std::vector<TaxonomyNode>& nodes() const { return nodes_; }
  // Index of a node, or -1.
  int Find(std::string_view id) const;
  // From the top down to `node`, by first parents; empty for -1.
  std::vector<int> Path(int node) const;
  // The nodes of these ids, joined by "|"; kInvalidLabels for one that there is not.
  Result<std::vector<int>> FindAll(std::string_view ids) const;

 private:
  std::vector<TaxonomyNode> nodes_;
};

// Labels and the taxonomy that they stand in: all that turns an index into words.
struct ClassNames {
  std::unique_ptr<char[]> text;  // a copy of both tables, which the labels and nodes point into
  std::vector<Label> labels;
  Taxonomy taxonomy;
  std::vector<int> category_of_class;   // the first of its categories; -1 without any
  std::vector<std::vector<int>> above;  // of each class: every node that holds it, once
  std::vector<int> classes_in;          // of each node: how many classes it holds

  // An empty taxonomy text means that there is none; categories are then ignored. Errors: those of
  // ParseLabels, Taxonomy::Parse and Taxonomy::FindAll.
  static Result<ClassNames> Parse(std::string_view labels, std::string_view taxonomy);

  // Index of the class with this id, or -1.
  int Find(std::string_view id) const;
};

}  // namespace shiwu
