#include "shiwu/taxonomy.h"

#include <algorithm>
#include <utility>

#include "shiwu/text_table.h"
#include "text_index.h"

namespace shiwu {

Result<Taxonomy> Taxonomy::Parse(std::string_view text) {
  auto parsed = ParseTextTable(text);
  if (!parsed.ok()) return parsed.error();
  const TextTable& table = parsed.value();
  const int id = table.Column("id"), zh = table.Column("zh"), en = table.Column("en"),
            parent = table.Column("parent");
  if (id < 0 || zh < 0 || en < 0 || parent < 0) {
    return Error{ErrorCode::kInvalidLabels, "a taxonomy has the columns id, zh, en and parent"};
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
    const int above = row[parent].empty() ? -1 : taxonomy.Find(row[parent]);
    if (!row[parent].empty() && above < 0) return invalid("its parent is not listed above it");
    taxonomy.nodes_.push_back({row[id], row[zh], row[en], above});
    taxonomy.depth_.push_back(above < 0 ? 0 : taxonomy.depth_[above] + 1);
  }
  return taxonomy;
}

int Taxonomy::Find(std::string_view id) const {
  for (size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].id == id) return static_cast<int>(i);
  }
  return -1;
}

std::vector<int> Taxonomy::Path(int node) const {
  std::vector<int> path;
  for (; node >= 0; node = nodes_[node].parent) path.push_back(node);
  std::reverse(path.begin(), path.end());
  return path;
}

Result<std::vector<int>> Taxonomy::Assign(std::span<const Label> labels) const {
  std::vector<int> nodes;
  nodes.reserve(labels.size());
  for (const Label& label : labels) {
    const int node = label.category.empty() ? -1 : Find(label.category);
    if (node < 0 && !label.category.empty()) {
      return Error{ErrorCode::kInvalidLabels, label.zh, " is in the unknown category ",
                   label.category};
    }
    nodes.push_back(node);
  }
  return nodes;
}

std::optional<CategoryScore> Taxonomy::MostSpecific(std::span<const float> scores,
                                                    std::span<const int> node_of_class,
                                                    float enough) const {
  std::vector<double> sums(nodes_.size(), 0.0);
  for (size_t i = 0; i < scores.size() && i < node_of_class.size(); ++i) {
    if (node_of_class[i] >= 0) sums[node_of_class[i]] += scores[i];
  }
  // Parents stand before children, so one pass from the end carries sums to the top.
  for (size_t i = nodes_.size(); i-- > 0;) {
    if (nodes_[i].parent >= 0) sums[nodes_[i].parent] += sums[i];
  }
  int best = -1;
  for (size_t i = 0; i < nodes_.size(); ++i) {
    if (sums[i] < enough) continue;
    const bool better =
        best < 0 || depth_[i] > depth_[best] || (depth_[i] == depth_[best] && sums[i] > sums[best]);
    if (better) best = static_cast<int>(i);
  }
  if (best < 0) return std::nullopt;
  return CategoryScore{best, static_cast<float>(std::min(sums[best], 1.0))};
}

Result<ClassNames> ClassNames::Parse(std::string_view labels_text, std::string_view taxonomy_text) {
  ClassNames names;
  names.text = std::make_unique<char[]>(labels_text.size() + taxonomy_text.size());
  char* const end = std::copy(labels_text.begin(), labels_text.end(), names.text.get());
  std::copy(taxonomy_text.begin(), taxonomy_text.end(), end);
  auto labels = ParseLabels({names.text.get(), labels_text.size()});
  if (!labels.ok()) return labels.error();
  names.labels = std::move(labels).value();
  if (taxonomy_text.empty()) {
    names.node_of_class.assign(names.labels.size(), -1);
    return names;
  }
  auto taxonomy = Taxonomy::Parse({end, taxonomy_text.size()});
  if (!taxonomy.ok()) return taxonomy.error();
  names.taxonomy = std::move(taxonomy).value();
  auto nodes = names.taxonomy.Assign(names.labels);
  if (!nodes.ok()) return nodes.error();
  names.node_of_class = std::move(nodes).value();
  return names;
}

int ClassNames::Find(std::string_view id) const {
  for (size_t i = 0; i < labels.size(); ++i) {
    if (labels[i].id == id) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace shiwu
