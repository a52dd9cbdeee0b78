#include "shiwu/text_table.h"

#include <cstdint>

namespace shiwu {
namespace {

// Length of the well-formed UTF-8 sequence at the start of `text` (RFC 3629 section 4), or 0.
size_t SequenceLength(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
                        : lead >= 0xE0 && lead <= 0xEF ? 3
                        : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                       : 0;
  if (length == 0 || text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool surrogate = lead == 0xED && byte(1) > 0x9F;
  const bool too_large = lead == 0xF4 && byte(1) > 0x8F;
  return overlong || surrogate || too_large ? 0 : length;
}

Error Invalid(size_t line, std::string_view what) {
  return {ErrorCode::kInvalidLabels, "line ", line, ": ", what};
}

Status CheckText(std::string_view line, size_t number) {
  for (size_t i = 0; i < line.size();) {
    const size_t length = SequenceLength(line.substr(i));
    if (length == 0) return Invalid(number, "not UTF-8");
    const auto byte = static_cast<uint8_t>(line[i]);
    if ((byte < 0x20 && byte != '\t') || byte == 0x7F) return Invalid(number, "control character");
    i += length;
  }
  return {};
}

std::vector<std::string_view> SplitCells(std::string_view line) {
  std::vector<std::string_view> cells;
  while (true) {
    const size_t tab = line.find('\t');
    cells.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return cells;
    line.remove_prefix(tab + 1);
  }
}

}  // namespace

int TextTable::Column(std::string_view name) const {
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i] == name) return static_cast<int>(i);
  }
  return -1;
}

Result<TextTable> ParseTextTable(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  TextTable table;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (Status status = CheckText(line, number); !status.ok()) return status;
    std::vector<std::string_view> cells = SplitCells(line);
    if (number == 1) {
      table.columns = std::move(cells);
    } else if (cells.size() != table.columns.size()) {
      return Error{ErrorCode::kInvalidLabels,
                   "line ",
                   number,
                   ": ",
                   cells.size(),
                   " cells where the first line has ",
                   table.columns.size()};
    } else {
      table.rows.push_back(std::move(cells));
    }
  }
  if (table.rows.empty()) return Error{ErrorCode::kInvalidLabels, "no rows"};
  return table;
}

bool IsBlank(std::string_view text) {
  while (!text.empty()) {
    if (text.front() == ' ') {
      text.remove_prefix(1);
    } else if (text.starts_with("\u3000")) {
      text.remove_prefix(3);
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace shiwu
