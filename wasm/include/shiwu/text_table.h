// Tab-separated UTF-8 tables: what labels and taxonomies are written in.
#pragma once

#include <string_view>
#include <vector>

#include "shiwu/result.h"

namespace shiwu {

// A parsed table. Its cells point into the text that was parsed.
struct TextTable {
  std::vector<std::string_view> columns;            // the first line
  std::vector<std::vector<std::string_view>> rows;  // as many cells each as there are columns

  // Index of a column, or -1.
  int Column(std::string_view name) const;
};

// Lines end in LF or CRLF; a byte order mark at the start is skipped; there is no quoting. Errors:
// kInvalidLabels, with the line's number, for text that is not UTF-8 (RFC 3629: no overlong forms,
// surrogates or values above U+10FFFF), for control characters and for lines with another number
// of cells than the first.
Result<TextTable> ParseTextTable(std::string_view text);

// Whether there is nothing in a cell but blanks, those of Chinese text (U+3000) among them.
bool IsBlank(std::string_view text);

}  // namespace shiwu
