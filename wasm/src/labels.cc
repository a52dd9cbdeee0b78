#include "shiwu/labels.h"

#include <optional>
#include <utility>

#include "shiwu/text_table.h"
#include "split.h"
#include "text_index.h"

namespace shiwu {
namespace {

// "0.35", "1", ".5": digits and at most one point, 0 to 1; blank means 0. Written out because the
// library's way, strtof, adds 7 kB to the wasm.
std::optional<float> ParseThreshold(std::string_view text) {
  if (text == ".") return std::nullopt;
  double value = 0, place = 1;
  bool fraction = false;
  for (const char c : text) {
    if (c == '.' && !fraction) {
      fraction = true;
    } else if (c >= '0' && c <= '9') {
      value = value * 10 + (c - '0');
      if (fraction) place *= 10;
    } else {
      return std::nullopt;
    }
  }
  value /= place;
  if (!(value <= 1)) return std::nullopt;
  return static_cast<float>(value);
}

}  // namespace

Result<std::vector<Label>> ParseLabels(std::string_view text) {
  auto parsed = ParseTextTable(text);
  if (!parsed.ok()) return parsed.error();
  const TextTable& table = parsed.value();
  const int id = table.Column("id"), zh = table.Column("zh"), en = table.Column("en"),
            aliases = table.Column("zh_aliases"), category = table.Column("category"),
            threshold = table.Column("threshold");
  if (zh < 0) return Error{ErrorCode::kInvalidLabels, "the first line names no column zh"};

  std::vector<Label> labels;
  labels.reserve(table.rows.size());
  TextIndex names(table.rows.size()), ids(table.rows.size());
  const auto is_new = [](int& number) { return std::exchange(number, 0) < 0; };
  for (size_t i = 0; i < table.rows.size(); ++i) {
    const auto& row = table.rows[i];
    const auto cell = [&](int column) {
      return column < 0 ? std::string_view() : row[static_cast<size_t>(column)];
    };
    const auto invalid = [&](std::string_view what) {
      return Error{ErrorCode::kInvalidLabels, "line ", i + 2, ": ", what};
    };
    if (IsBlank(cell(zh))) return invalid("blank name");
    if (!is_new(names[cell(zh)])) return invalid("name stands twice");
    if (!cell(id).empty() && !is_new(ids[cell(id)])) return invalid("id stands twice");
    const auto least = ParseThreshold(cell(threshold));
    if (!least) return invalid("a threshold outside 0 to 1");
    labels.push_back({{}, cell(zh), SplitAtBars(cell(aliases)), cell(en), cell(category), *least});
    (cell(id).empty() ? Part(i) : Part(cell(id))).AddTo(labels.back().id);
  }
  return labels;
}

}  // namespace shiwu
