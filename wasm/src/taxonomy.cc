#include "shiwu/taxonomy.h"

#include <algorithm>
#include <utility>

#include "shiwu/text_table.h"
#include "split.h"
#include "text_index.h"

namespace shiwu {

Result<Taxonomy> Taxonomy::Parse(std::string_view text) {
  auto parsed = ParseTextTable(text);
  if (!parsed.ok()) return parsed.error();
  const TextTable& table = parsed.value();
  const int id = table.Column("id"), zh = table.Column("zh"), en = table.Column("en"),
            itself = table.Column("itself"),
            parents = std::max(table.Column("parents"), table.Column("parent"));
  if (id < 0 || zh < 0 || en < 0 || parents < 0) {
    return Error{ErrorCode::kInvalidLabels, "a taxonomy has the columns id, zh, en and parents"};
  }
  Taxonomy taxonomy;
  TextIndex names(table.rows.size());
  for (size_t i = 0; i < table.rows.size(); ++i) {
    const auto& row = table.rows[i];
    const auto invalid = [&](std::string_view what) {
      return Error{ErrorCode::kInvalidLabels, "taxonomy line ", i + 2, ": ", what};
    };
    if (row[id].empty() || row[zh].empty()) return invalid("blank id or name");
    if (taxonomy.Find(row[id]) >= 0) return invalid("id stands twice");
    if (std::exchange(names[row[zh]], 0) == 0) return invalid("name stands twice");
    auto above = taxonomy.FindAll(row[parents]);
    if (!above.ok()) return invalid("a parent is not listed above it");
    taxonomy.nodes_.push_back(
        {row[id], row[zh], row[en], std::move(above).value(), itself >= 0 && row[itself] == "1"});
  }
  return taxonomy;
}

int Taxonomy::Find(std::string_view id) const {
  for (size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].id == id) return static_cast<int>(i);
  }
  return -1;
}

Result<std::vector<int>> Taxonomy::FindAll(std::string_view ids) const {
  std::vector<int> nodes;
  for (const std::string_view id : SplitAtBars(ids)) {
    const int node = Find(id);
    if (node < 0) return Error{ErrorCode::kInvalidLabels, "unknown category ", id};
    nodes.push_back(node);
  }
  return nodes;
}

std::vector<int> Taxonomy::Path(int node) const {
  std::vector<int> path;
  while (node >= 0) {
    path.push_back(node);
    const auto& parents = nodes_[node].parents;
    node = parents.empty() ? -1 : parents[0];
  }
  std::reverse(path.begin(), path.end());
  return path;
}

Result<ClassNames> ClassNames::Parse(std::string_view labels_text, std::string_view taxonomy_text) {
  ClassNames names;
  names.text = std::make_unique<char[]>(labels_text.size() + taxonomy_text.size());
  char* const end = std::copy(labels_text.begin(), labels_text.end(), names.text.get());
  std::copy(taxonomy_text.begin(), taxonomy_text.end(), end);
  auto labels = ParseLabels({names.text.get(), labels_text.size()});
  if (!labels.ok()) return labels.error();
  names.labels = std::move(labels).value();
  names.category_of_class.assign(names.labels.size(), -1);
  names.above.resize(names.labels.size());
  if (taxonomy_text.empty()) return names;
  auto taxonomy = Taxonomy::Parse({end, taxonomy_text.size()});
  if (!taxonomy.ok()) return taxonomy.error();
  names.taxonomy = std::move(taxonomy).value();
  const auto& nodes = names.taxonomy.nodes();
  names.classes_in.assign(nodes.size(), 0);
  std::vector<bool> holds(nodes.size());
  for (size_t i = 0; i < names.labels.size(); ++i) {
    const Label& label = names.labels[i];
    // Neighbours often share their categories: dogs stand beside dogs.
    if (i > 0 && label.category == names.labels[i - 1].category) {
      names.category_of_class[i] = names.category_of_class[i - 1];
      names.above[i] = names.above[i - 1];
    } else {
      const auto categories = names.taxonomy.FindAll(label.category);
      if (!categories.ok()) {
        return Error{ErrorCode::kInvalidLabels, label.zh, ": ", categories.error().message};
      }
      holds.assign(nodes.size(), false);
      for (const int node : categories.value()) holds[node] = true;
      if (!categories.value().empty()) names.category_of_class[i] = categories.value()[0];
      // Parents stand before children, so one pass from the end reaches the top.
      for (size_t node = nodes.size(); node-- > 0;) {
        if (!holds[node]) continue;
        for (const int parent : nodes[node].parents) holds[parent] = true;
        names.above[i].push_back(static_cast<int>(node));
      }
      std::reverse(names.above[i].begin(), names.above[i].end());
    }
    for (const int node : names.above[i]) ++names.classes_in[node];
  }
  return names;
}

int ClassNames::Find(std::string_view id) const {
  for (size_t i = 0; i < labels.size(); ++i) {
    if (labels[i].id == id) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace shiwu
