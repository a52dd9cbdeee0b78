// Any bytes: an error, or a table whose rows are as long as its first line; labels and taxonomies
// made from it hold together.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "shiwu/labels.h"
#include "shiwu/taxonomy.h"
#include "shiwu/text_table.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto table = shiwu::ParseTextTable(text);
  if (table.ok()) {
    for (const auto& row : table.value().rows) {
      if (row.size() != table.value().columns.size()) std::abort();
    }
  }
  const auto labels = shiwu::ParseLabels(text);
  if (labels.ok() && !table.ok()) std::abort();
  const auto taxonomy = shiwu::Taxonomy::Parse(text);
  if (taxonomy.ok()) {
    const auto& nodes = taxonomy.value().nodes();
    for (size_t i = 0; i < nodes.size(); ++i) {
      for (const int parent : nodes[i].parents) {
        if (parent >= static_cast<int>(i)) std::abort();
      }
      if (taxonomy.value().Path(static_cast<int>(i)).empty()) std::abort();
    }
  }
  (void)shiwu::ClassNames::Parse(text, text);
  return 0;
}
