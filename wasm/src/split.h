// Lists in a cell: 鲨鱼|大白鲨.
#pragma once

#include <string_view>
#include <vector>

namespace shiwu {

// The parts between bars, without the empty ones. They point into `text`.
inline std::vector<std::string_view> SplitAtBars(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t bar = text.find('|');
    if (bar != 0) parts.push_back(text.substr(0, bar));
    text.remove_prefix(bar == std::string_view::npos ? text.size() : bar + 1);
  }
  return parts;
}

}  // namespace shiwu
