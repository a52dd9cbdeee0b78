#include "shiwu/taught.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "bytes.h"
#include "shiwu/similar.h"
#include "shiwu/text_table.h"

namespace shiwu {
namespace {

constexpr std::string_view kMagic = "SWTT";
constexpr uint32_t kVersion = 1;

// A name is what a cell of a table can hold; blank it would not be seen.
bool IsName(std::string_view name) {
  const std::string text = "name\n" + std::string(name);
  const auto table = ParseTextTable(text);
  return table.ok() && table.value().columns.size() == 1 && table.value().rows.size() == 1 &&
         table.value().rows[0][0] == name && name.find_first_not_of(' ') != std::string_view::npos;
}

Error NoName(std::string_view name) { return {ErrorCode::kInvalidArgument, "the name ", name}; }
Error Unknown(std::string_view name) {
  return {ErrorCode::kInvalidArgument, "nothing is taught by the name ", name};
}

void Append(std::vector<Taught::Example>& to, const std::vector<Taught::Example>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

// ---- the file ----

void Put(std::vector<uint8_t>& file, uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) file.push_back(static_cast<uint8_t>(value >> shift));
}
void Put(std::vector<uint8_t>& file, float value) { Put(file, std::bit_cast<uint32_t>(value)); }
void Put(std::vector<uint8_t>& file, std::string_view text) {
  file.insert(file.end(), text.begin(), text.end());
}
void Put(std::vector<uint8_t>& file, const std::vector<Taught::Example>& examples) {
  for (const Taught::Example& example : examples) {
    Put(file, example.scale);
    Put(file, example.best);
    file.insert(file.end(), example.levels.begin(), example.levels.end());
  }
}

// Reads a file from the front; once something was not there, nothing is.
class Reader {
 public:
  explicit Reader(std::span<const uint8_t> file) : rest_(file) {}

  bool ok() const { return ok_; }
  size_t left() const { return rest_.size(); }
  std::span<const uint8_t> Take(size_t size) {
    if (size > rest_.size()) ok_ = false;
    if (!ok_) return {};
    const auto taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  uint32_t Number() {
    const auto four = Take(4);
    return ok_ ? LittleEndian(four, 0, 4) : 0;
  }
  float Float() { return std::bit_cast<float>(Number()); }
  std::string Text(size_t size) {
    const auto bytes = Take(size);
    return {bytes.begin(), bytes.end()};
  }

 private:
  std::span<const uint8_t> rest_;
  bool ok_ = true;
};

// Whether all is as Add() makes it.
bool Read(Reader& reader, size_t count, size_t size, std::vector<Taught::Example>& examples) {
  // Each has some bytes in the file: no count makes more room than that.
  for (; count > 0; --count) {
    const float scale = reader.Float(), best = reader.Float();
    const auto levels = reader.Take(size);
    if (!reader.ok() || !std::isfinite(scale) || scale <= 0 || !std::isfinite(best)) return false;
    examples.push_back({{levels.begin(), levels.end()}, scale, best});
    const auto [least, most] = std::ranges::minmax(examples.back().levels);
    if (std::max(int{most}, -int{least}) != 127) return false;
  }
  return true;
}

}  // namespace

Result<Taught> Taught::Parse(std::span<const uint8_t> file) {
  const Error invalid{ErrorCode::kInvalidTaught, "not a file of taught categories"};
  Reader reader(file);
  if (reader.Text(kMagic.size()) != kMagic) return invalid;
  if (const uint32_t version = reader.Number(); version != kVersion) {
    return Error{ErrorCode::kInvalidTaught, "version ", version};
  }
  const uint32_t size = reader.Number(), categories = reader.Number(), name = reader.Number();
  Taught taught(reader.Text(name), size);
  if (!reader.ok() || size < 1 || size > kMostLevels) return invalid;
  for (uint32_t i = 0; i < categories; ++i) {
    const uint32_t length = reader.Number(), shown = reader.Number(), not_shown = reader.Number();
    Category category{reader.Text(length), {}, {}};
    if (!reader.ok() || shown < 1 || !IsName(category.name) || taught.Find(category.name) >= 0 ||
        !Read(reader, shown, size, category.shown) ||
        !Read(reader, not_shown, size, category.not_shown)) {
      return invalid;
    }
    taught.categories_.push_back(std::move(category));
  }
  if (reader.left() > 0) return invalid;
  return taught;
}

std::vector<uint8_t> Taught::Write() const {
  std::vector<uint8_t> file;
  Put(file, kMagic);
  Put(file, kVersion);
  for (const size_t number : {size_, categories_.size(), model_.size()}) {
    Put(file, static_cast<uint32_t>(number));
  }
  Put(file, std::string_view(model_));
  for (const Category& category : categories_) {
    for (const size_t number :
         {category.name.size(), category.shown.size(), category.not_shown.size()}) {
      Put(file, static_cast<uint32_t>(number));
    }
    Put(file, std::string_view(category.name));
    Put(file, category.shown);
    Put(file, category.not_shown);
  }
  return file;
}

int Taught::Find(std::string_view name) const {
  for (size_t i = 0; i < categories_.size(); ++i) {
    if (categories_[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

Status Taught::Add(std::string_view name, std::span<const float> embedding, float best,
                   bool shown) {
  if (!IsName(name)) return NoName(name);
  if (embedding.size() != size_) {
    return Error{ErrorCode::kInvalidArgument, "an embedding of ", embedding.size(), " numbers"};
  }
  if (!std::isfinite(best)) return Error{ErrorCode::kNonFiniteScores, "the best logit"};
  Example example{std::vector<int8_t>(size_), 0, best};
  if (Status status = ToLevels(embedding, example.levels); !status.ok()) return status;
  float largest = 0;
  for (const float value : embedding) largest = std::max(largest, std::abs(value));
  example.scale = largest / 127;
  if (example.scale == 0) return Error{ErrorCode::kInvalidArgument, "an embedding of zeros"};
  int at = Find(name);
  if (at < 0) {
    if (!shown) return Unknown(name);
    at = static_cast<int>(categories_.size());
    categories_.push_back({std::string(name), {}, {}});
  }
  (shown ? categories_[at].shown : categories_[at].not_shown).push_back(std::move(example));
  return {};
}

Status Taught::Forget(std::string_view name) {
  const int at = Find(name);
  if (at < 0) return Unknown(name);
  categories_.erase(categories_.begin() + at);
  return {};
}

Status Taught::Rename(std::string_view from, std::string_view to) {
  const int at = Find(from);
  if (at < 0) return Unknown(from);
  if (!IsName(to) || (from != to && Find(to) >= 0)) return NoName(to);
  categories_[at].name = to;
  return {};
}

Status Taught::Merge(std::string_view from, std::string_view into) {
  const int giver = Find(from), taker = Find(into);
  if (giver < 0) return Unknown(from);
  if (taker < 0) return Unknown(into);
  if (giver == taker) return NoName(into);
  Append(categories_[taker].shown, categories_[giver].shown);
  Append(categories_[taker].not_shown, categories_[giver].not_shown);
  return Forget(from);
}

Status Taught::Join(const Taught& other) {
  if (other.model_ != model_ || other.size_ != size_) {
    return Error{ErrorCode::kInvalidArgument, "taught on ", other.model_, ", not on ", model_};
  }
  for (const Category& category : other.categories_) {
    const int at = Find(category.name);
    if (at < 0) {
      categories_.push_back(category);
    } else {
      Append(categories_[at].shown, category.shown);
      Append(categories_[at].not_shown, category.not_shown);
    }
  }
  return {};
}

}  // namespace shiwu
