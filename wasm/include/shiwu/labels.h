// What the classes are called.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shiwu/result.h"

namespace shiwu {

struct Label {
  std::string id;                         // stable, unique: a WordNet id where there is one
  std::string_view zh;                    // the everyday Chinese name, unique
  std::vector<std::string_view> aliases;  // other Chinese names
  std::string_view en;                    // the English name
  std::string_view category;              // nodes of the taxonomy, joined by "|"; may be empty
  float threshold = 0;                    // the score from which the class is answered, 0 to 1
};

// One label per class, in the order of the model's output. The views point into `text`.
//
// Text form: a table with the columns `id`, `zh`, `zh_aliases` (joined by "|"), `en`, `category`
// and `threshold`, in any order; only `zh` must be there and filled. Errors: those of
// ParseTextTable; kInvalidLabels for a missing column, a blank name, an id or zh that stands twice,
// or a threshold outside 0 to 1.
Result<std::vector<Label>> ParseLabels(std::string_view text);

}  // namespace shiwu
