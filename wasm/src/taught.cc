#include "shiwu/taught.h"

#include <algorithm>
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
         table.value().rows[0][0] == name && !IsBlank(name);
}

Error NoName(std::string_view name) { return {ErrorCode::kInvalidArgument, "the name ", name}; }
Error Unknown(std::string_view name) {
  return {ErrorCode::kInvalidArgument, "nothing is taught by the name ", name};
}

void Append(std::vector<Taught::Example>& to, const std::vector<Taught::Example>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

// Whether anything is left of it without its mean.
bool HasDirection(const Taught::Example& example) {
  return std::ranges::adjacent_find(example, std::ranges::not_equal_to()) != example.end();
}

// ---- the row ----

constexpr double kLength = 1.5, kAway = 0.5, kBias = -0.85, kBiasOfFew = 1.85;

double Dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// `to` += `from`, made as long as `length`; nothing where it has no length.
void AddDirection(std::span<const double> from, double length, std::span<double> to) {
  const double square = Dot(from, from);
  if (square == 0) return;
  const double factor = length / std::sqrt(square);
  for (size_t i = 0; i < to.size(); ++i) to[i] += factor * from[i];
}

// The direction of the sum of c(x); zeros where there are no examples, or they cancel out.
std::vector<double> Centre(const std::vector<Taught::Example>& examples, size_t size) {
  std::vector<double> sum(size), one(size), direction(size);
  for (const Taught::Example& example : examples) {
    double total = 0;
    for (const int8_t level : example) total += level;
    const double mean = total / static_cast<double>(size);
    for (size_t i = 0; i < size; ++i) one[i] = example[i] - mean;
    AddDirection(one, 1, sum);
  }
  AddDirection(sum, 1, direction);
  return direction;
}

// ---- the file ----

void Put(std::vector<uint8_t>& file, uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) file.push_back(static_cast<uint8_t>(value >> shift));
}
void Put(std::vector<uint8_t>& file, std::string_view text) {
  file.insert(file.end(), text.begin(), text.end());
}
void Put(std::vector<uint8_t>& file, const std::vector<Taught::Example>& examples) {
  for (const Taught::Example& example : examples) {
    file.insert(file.end(), example.begin(), example.end());
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
    const auto levels = reader.Take(size);
    if (!reader.ok()) return false;
    examples.emplace_back(levels.begin(), levels.end());
    if (!HasDirection(examples.back())) return false;
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

Status Taught::Add(std::string_view name, std::span<const float> embedding, bool shown) {
  if (!IsName(name)) return NoName(name);
  if (embedding.size() != size_) {
    return Error{ErrorCode::kInvalidArgument, "an embedding of ", embedding.size(), " numbers"};
  }
  Example example(size_);
  if (Status status = ToLevels(embedding, example); !status.ok()) return status;
  if (!HasDirection(example)) {
    return Error{ErrorCode::kInvalidArgument, "an embedding of equal numbers"};
  }
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

Taught::Row Taught::RowOf(size_t index) const {
  const Category& category = categories_[index];
  const std::vector<double> shown = Centre(category.shown, size_);
  const std::vector<double> other = Centre(category.not_shown, size_);
  const double shared = Dot(shown, other);
  std::vector<double> weights(size_);
  double largest = 0;
  for (size_t i = 0; i < size_; ++i) {
    weights[i] = kLength * (shown[i] - kAway * (other[i] - shared * shown[i]));
    largest = std::max(largest, std::abs(weights[i]));
  }
  Row row{std::vector<int8_t>(size_), largest > 0 ? static_cast<float>(largest / 127) : 1,
          static_cast<float>(kBias + kBiasOfFew / static_cast<double>(category.shown.size()))};
  double carried = 0;
  for (size_t i = 0; i < size_; ++i) {
    const double wanted = weights[i] / row.scale + carried;
    const double level = std::clamp(std::nearbyint(wanted), -127.0, 127.0);
    row.levels[i] = static_cast<int8_t>(level);
    carried = wanted - level;
  }
  return row;
}

Status Taught::Logits(std::span<const float> embedding, std::span<float> logits) const {
  if (embedding.size() != size_ || logits.size() != categories_.size()) {
    return Error{ErrorCode::kInvalidArgument, "an embedding of ", embedding.size(), " numbers"};
  }
  for (size_t i = 0; i < logits.size(); ++i) {
    const Row row = RowOf(i);
    double sum = 0;
    for (size_t k = 0; k < size_; ++k) sum += double{1} * row.levels[k] * embedding[k];
    logits[i] = static_cast<float>(sum * row.scale + row.bias);
  }
  return {};
}

}  // namespace shiwu
