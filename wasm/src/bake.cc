#include "shiwu/bake.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/graph.h"
#include "protobuf.h"
#include "shiwu/text_table.h"

namespace shiwu {
namespace {

using engine::Constant;
using engine::Graph;
using engine::Node;
using protobuf::Field;

using Bytes = std::span<const uint8_t>;

// ---- protobuf, written ----

void PutVarint(std::string& to, uint64_t value) {
  for (; value >= 0x80; value >>= 7) to += static_cast<char>(value | 0x80);
  to += static_cast<char>(value);
}
void PutNumber(std::string& to, uint32_t field, uint64_t value) {
  PutVarint(to, field << 3 | protobuf::kVarint);
  PutVarint(to, value);
}
void PutHead(std::string& to, uint32_t field, size_t size) {
  PutVarint(to, field << 3 | protobuf::kLengthDelimited);
  PutVarint(to, size);
}
void PutText(std::string& to, uint32_t field, std::string_view text) {
  PutHead(to, field, text.size());
  to += text;
}

// `inner` as field `field` of `to`.
void PutMessage(Pieces& to, uint32_t field, const Pieces& inner) {
  std::string head;
  PutHead(head, field, inner.size());
  to.Keep(head);
  to.Append(inner);
}

// The fields of a message that was read once without a mistake, each as it stands in the file: to
// be copied, but for those that `edit` takes, which returns true.
template <typename Edit>
void Copy(Bytes bytes, Pieces& to, Edit edit) {
  protobuf::Message message(bytes);
  while (!message.AtEnd()) {
    const size_t from = message.position();
    const auto field = message.Next();
    if (!field) return;
    if (!edit(*field)) to.Add(bytes.subspan(from, message.position() - from));
  }
}

bool IsBytes(const Field& field) { return field.wire_type == protobuf::kLengthDelimited; }

// ---- onnx.proto ----

namespace model {
constexpr uint32_t kGraph = 7, kMetadata = 14;
}
namespace graph {
enum : uint32_t { kNode = 1, kInitializer = 5, kInput = 11, kOutput = 12, kValueInfo = 13 };
}
namespace node {
enum : uint32_t { kInput = 1, kOutput = 2, kName = 3, kOp = 4, kAttribute = 5 };
}
namespace attribute {
enum : uint32_t { kName = 1, kInteger = 3, kGraph = 6, kGraphs = 11, kType = 20 };
constexpr uint64_t kIsInteger = 2;
}  // namespace attribute
namespace tensor {
enum : uint32_t { kDims = 1, kDataType = 2, kName = 8, kRawData = 9 };
}
constexpr uint32_t kValueName = 1;  // of ValueInfoProto

// ---- the layer ----

// A tensor of the file, with numbers behind its own.
struct Longer {
  const Constant* constant;
  std::string added;  // little-endian
};

template <typename T>
void PutRaw(std::string& to, const T* numbers, size_t count) {
  to.append(reinterpret_cast<const char*>(numbers), count * sizeof(T));
}

std::string TensorHead(std::string_view name, int32_t type, std::span<const int64_t> dims,
                       size_t bytes) {
  std::string head;
  for (const int64_t dim : dims) PutNumber(head, tensor::kDims, static_cast<uint64_t>(dim));
  PutNumber(head, tensor::kDataType, static_cast<uint64_t>(type));
  PutText(head, tensor::kName, name);
  PutHead(head, tensor::kRawData, bytes);
  return head;
}

// What becomes of a graph.
struct Plan {
  std::string_view logits;
  int64_t classes = 0, added = 0;
  std::vector<Longer> longer;           // initialisers
  std::vector<std::string_view> first;  // results whose first side is the classes
  std::string known;                    // what the graph's own logits are called now, or nothing
  Pieces more;                          // fields of the graph to come behind its own
};

class Baker {
 public:
  Baker(const Graph& graph, const BakePorts& ports, const Taught& taught)
      : graph_(graph), ports_(ports), taught_(taught) {}

  Status Make(Plan& plan) {
    const Graph::Port* const logits = Output(ports_.logits);
    const Graph::Port* const features = Output(ports_.features);
    const auto size = static_cast<int64_t>(taught_.size());
    if (logits == nullptr || features == nullptr || logits->type != engine::kFloat ||
        features->type != engine::kFloat || logits->dims.count != 2 || logits->dims[1] < 1 ||
        features->dims.count != 2 || (features->dims[1] != size && features->dims[1] != -1)) {
      return Unsupported("outputs ", ports_.logits, " and ", ports_.features);
    }
    plan.logits = ports_.logits;
    plan.classes = logits->dims[1];
    plan.added = static_cast<int64_t>(taught_.categories().size());
    return ports_.head.weight.empty() ? Beside(plan) : Extend(plan);
  }

 private:
  static Error Unsupported(Part a, Part b = "", Part c = "", Part d = "") {
    return {ErrorCode::kUnsupportedModel, a, b, c, d};
  }

  const Graph::Port* Output(std::string_view name) const {
    for (const Graph::Port& port : graph_.outputs) {
      if (port.name == name) return &port;
    }
    return nullptr;
  }
  const Node* MakerOf(std::string_view name) const {
    for (const Node& node : graph_.nodes) {
      if (std::ranges::find(node.outputs, name) != node.outputs.end()) return &node;
    }
    return nullptr;
  }
  // Nothing where there are two of one name.
  const Constant* Stored(std::string_view name) const {
    const Constant* found = nullptr;
    for (const Constant& constant : graph_.constants) {
      if (constant.name != name) continue;
      if (found != nullptr) return nullptr;
      found = &constant;
    }
    return found;
  }
  // How many places read it.
  size_t Uses(std::string_view name) const {
    size_t uses = Output(name) != nullptr;
    for (const Node& node : graph_.nodes) uses += std::ranges::count(node.inputs, name);
    return uses;
  }
  bool IsTaken(std::string_view name) const {
    return Output(name) != nullptr || MakerOf(name) != nullptr || Uses(name) > 0 ||
           std::ranges::any_of(graph_.constants,
                               [&](const auto& each) { return each.name == name; });
  }
  bool Has(const Constant* constant, int32_t type, std::initializer_list<int64_t> dims) const {
    return constant != nullptr && constant->type == type && !constant->are_varints &&
           std::equal(dims.begin(), dims.end(), constant->dims.at,
                      constant->dims.at + constant->dims.count);
  }

  // The rows go into the layer that there is.
  Status Extend(Plan& plan) const {
    const auto& [weight_name, scale_name, bias_name] = ports_.head;
    const bool levels = !scale_name.empty();
    const auto size = static_cast<int64_t>(taught_.size());
    const Constant *const weight = Stored(weight_name), *const bias = Stored(bias_name);
    const Constant* const scale = levels ? Stored(scale_name) : nullptr;
    const Node* const gemm = MakerOf(ports_.logits);
    const Error other = Unsupported("no linear layer of ", weight_name);
    if (!Has(weight, levels ? engine::kInt8 : engine::kFloat, {plan.classes, size}) ||
        !Has(bias, engine::kFloat, {plan.classes}) ||
        (levels && !Has(scale, engine::kFloat, {plan.classes})) || gemm == nullptr ||
        gemm->op != "Gemm" || gemm->inputs.size() != 3 || gemm->inputs[0] != ports_.features ||
        gemm->inputs[2] != bias_name || gemm->Integer("transB", 0) != 1 ||
        gemm->Integer("transA", 0) != 0 || gemm->Number("alpha", 1) != 1 ||
        gemm->Number("beta", 1) != 1) {
      return other;
    }
    const std::string_view read = gemm->inputs[1];
    plan.first = {weight_name, bias_name};
    if (levels) {
      const Node* const scaled = MakerOf(read);
      if (scaled == nullptr || scaled->op != "DequantizeLinear" || scaled->inputs.size() != 2 ||
          scaled->inputs[0] != weight_name || scaled->inputs[1] != scale_name ||
          scaled->Integer("axis", 1) != 0) {
        return other;
      }
      plan.first.insert(plan.first.end(), {scale_name, read});
    } else if (read != weight_name) {
      return other;
    }
    // What else reads them would see the new classes as well.
    for (const std::string_view name : plan.first) {
      if (Uses(name) != 1) return Unsupported(name, " is used for more than the classes");
    }
    if (Uses(ports_.logits) != 1) return Unsupported("the graph goes on behind ", ports_.logits);
    Longer rows{weight, {}}, scales{scale, {}}, biases{bias, {}};
    for (size_t i = 0; i < taught_.categories().size(); ++i) {
      const Taught::Row row = taught_.RowOf(i);
      if (levels) {
        PutRaw(rows.added, row.levels.data(), row.levels.size());
        PutRaw(scales.added, &row.scale, 1);
      } else {
        PutFloats(rows.added, row);
      }
      PutRaw(biases.added, &row.bias, 1);
    }
    plan.longer.push_back(std::move(rows));
    if (levels) plan.longer.push_back(std::move(scales));
    plan.longer.push_back(std::move(biases));
    return {};
  }

  // A layer of their own for the rows, and both together are the logits.
  Status Beside(Plan& plan) const {
    constexpr int64_t kGemmAsNow = 7;  // the first opset whose Gemm needs no attribute to broadcast
    if (graph_.opset < kGemmAsNow) return Unsupported("opset ", graph_.opset);
    if (MakerOf(ports_.logits) == nullptr) return Unsupported("nothing makes ", ports_.logits);
    for (const Node& each : graph_.nodes) {
      // Its nodes may read the logits by a name that is another's then.
      if (HasGraph(each)) return Unsupported("a graph within ", each.op);
    }
    std::string prefix = "taught";
    const auto named = [&](std::string_view part) { return prefix + std::string(part); };
    while (IsTaken(named(".weight")) || IsTaken(named(".bias")) || IsTaken(named(".logits")) ||
           IsTaken(named(".known"))) {
      prefix += '+';
    }
    plan.known = named(".known");
    std::string weight, bias;
    for (size_t i = 0; i < taught_.categories().size(); ++i) {
      const Taught::Row row = taught_.RowOf(i);
      PutFloats(weight, row);
      PutRaw(bias, &row.bias, 1);
    }
    const int64_t dims[] = {plan.added, static_cast<int64_t>(taught_.size())};
    PutTensor(plan.more, named(".weight"), dims, weight);
    PutTensor(plan.more, named(".bias"), std::span(dims).first(1), bias);
    PutNode(plan.more, "Gemm", {ports_.features, named(".weight"), named(".bias")},
            named(".logits"), "transB", 1);
    PutNode(plan.more, "Concat", {plan.known, named(".logits")}, ports_.logits, "axis", 1);
    return {};
  }

  static bool HasGraph(const Node& node) {
    for (const Bytes bytes : node.attributes) {
      protobuf::Message fields(bytes);
      while (!fields.AtEnd()) {
        const auto field = fields.Next();
        if (!field || field->number == attribute::kGraph || field->number == attribute::kGraphs) {
          return true;
        }
      }
    }
    return false;
  }

  static void PutFloats(std::string& to, const Taught::Row& row) {
    for (const int8_t level : row.levels) {
      const float weight = level * row.scale;
      PutRaw(to, &weight, 1);
    }
  }

  static void PutTensor(Pieces& to, std::string_view name, std::span<const int64_t> dims,
                        const std::string& raw) {
    std::string message = TensorHead(name, engine::kFloat, dims, raw.size());
    message += raw;
    std::string field;
    PutText(field, graph::kInitializer, message);
    to.Keep(field);
  }

  static void PutNode(Pieces& to, std::string_view op, std::initializer_list<std::string_view> from,
                      std::string_view result, std::string_view name, uint64_t value) {
    std::string integer, message, field;
    PutText(integer, attribute::kName, name);
    PutNumber(integer, attribute::kInteger, value);
    PutNumber(integer, attribute::kType, attribute::kIsInteger);
    for (const std::string_view input : from) PutText(message, node::kInput, input);
    PutText(message, node::kOutput, result);
    PutText(message, node::kName, "taught " + std::string(op));
    PutText(message, node::kOp, op);
    PutText(message, node::kAttribute, integer);
    PutText(field, graph::kNode, message);
    to.Keep(field);
  }

  const Graph& graph_;
  const BakePorts& ports_;
  const Taught& taught_;
};

// ---- the file ----

// The name of a message that has it in field `number`.
std::string_view NameIn(Bytes bytes, uint32_t number) {
  std::string_view name;
  protobuf::Message message(bytes);
  while (!message.AtEnd()) {
    const auto field = message.Next();
    if (!field) break;
    if (field->number == number && IsBytes(*field)) name = field->text();
  }
  return name;
}

// A ValueInfoProto with another number in side `side`; one that is free stays so. `depth` is how
// far below it `bytes` are.
Pieces WithSide(Bytes bytes, int side, int64_t length, size_t depth = 0) {
  // From the ValueInfoProto down: its type, which is a tensor's, the shape, a side, its number.
  constexpr uint32_t kWay[] = {2, 1, 2, 1, 1};
  constexpr size_t kSides = 3, kNumber = 4;
  Pieces to;
  int at = 0;
  Copy(bytes, to, [&](const Field& field) {
    if (field.number != kWay[depth] || IsBytes(field) == (depth == kNumber) ||
        (depth == kSides && at++ != side)) {
      return false;
    }
    if (depth == kNumber) {
      std::string number;
      PutNumber(number, field.number, static_cast<uint64_t>(length));
      to.Keep(number);
    } else {
      PutMessage(to, field.number, WithSide(field.payload, side, length, depth + 1));
    }
    return true;
  });
  return to;
}

// A tensor whose first side is as much longer as there are rows added.
Pieces Lengthened(const Longer& longer, int64_t rows) {
  const Constant& constant = *longer.constant;
  engine::Numbers dims = constant.dims;
  dims.at[0] += rows;
  Pieces to;
  to.Keep(TensorHead(constant.name, constant.type, {dims.at, static_cast<size_t>(dims.count)},
                     constant.bytes.size() + longer.added.size()));
  to.Add(constant.bytes);
  to.Keep(longer.added);
  return to;
}

// A NodeProto that gives and reads the logits by their other name.
Pieces Renamed(Bytes bytes, std::string_view from, std::string_view to) {
  Pieces renamed;
  Copy(bytes, renamed, [&](const Field& field) {
    const bool names = field.number == node::kInput || field.number == node::kOutput;
    if (!names || !IsBytes(field) || field.text() != from) return false;
    std::string name;
    PutText(name, field.number, to);
    renamed.Keep(name);
    return true;
  });
  return renamed;
}

Pieces BakeGraph(Bytes bytes, Plan& plan) {
  Pieces to;
  Copy(bytes, to, [&](const Field& field) {
    if (!IsBytes(field)) return false;
    switch (field.number) {
      case graph::kNode:
        if (plan.known.empty()) return false;
        PutMessage(to, field.number, Renamed(field.payload, plan.logits, plan.known));
        return true;
      case graph::kInitializer: {
        const std::string_view name = NameIn(field.payload, tensor::kName);
        for (const Longer& longer : plan.longer) {
          if (longer.constant->name != name) continue;
          PutMessage(to, field.number, Lengthened(longer, plan.added));
          return true;
        }
        return false;
      }
      case graph::kInput:
      case graph::kOutput:
      case graph::kValueInfo: {
        const std::string_view name = NameIn(field.payload, kValueName);
        const bool logits = name == plan.logits;
        if (!logits && std::ranges::find(plan.first, name) == plan.first.end()) return false;
        PutMessage(to, field.number,
                   WithSide(field.payload, logits ? 1 : 0, plan.classes + plan.added));
        return true;
      }
      default:
        return false;
    }
  });
  to.Append(plan.more);
  return to;
}

}  // namespace

void Pieces::CopyTo(uint8_t* to) const {
  const char* kept = kept_.data();
  for (const Piece& piece : pieces_) {
    std::memcpy(to, piece.from != nullptr ? static_cast<const void*>(piece.from) : kept,
                piece.size);
    if (piece.from == nullptr) kept += piece.size;
    to += piece.size;
  }
}
void Pieces::Put(Piece piece) {
  if (piece.size == 0) return;
  size_ += piece.size;
  // Most fields are copied as they are, one behind the other.
  if (!pieces_.empty()) {
    Piece& last = pieces_.back();
    const uint8_t* const goes_on = last.from != nullptr ? last.from + last.size : nullptr;
    if (piece.from == goes_on) {
      last.size += piece.size;
      return;
    }
  }
  pieces_.push_back(piece);
}
void Pieces::Keep(std::string_view bytes) {
  kept_ += bytes;
  Put({nullptr, bytes.size()});
}
void Pieces::Append(const Pieces& other) {
  kept_ += other.kept_;
  for (const Piece& piece : other.pieces_) Put(piece);
}

Result<Pieces> Bake(std::span<const uint8_t> file, const BakePorts& ports, const Taught& taught,
                    std::span<const MetadataEntry> metadata) {
  if (taught.categories().empty()) {
    return Error{ErrorCode::kInvalidArgument, "nothing is taught"};
  }
  const auto entries = ReadOnnxMetadata(file);
  if (!entries.ok()) return entries.error();
  engine::Failure failure;
  Graph graph;
  if (!engine::ReadGraph(file, graph, failure)) return failure.error();
  Plan plan;
  if (Status made = Baker(graph, ports, taught).Make(plan); !made.ok()) return made;
  Pieces to;
  Copy(file, to, [&](const Field& field) {
    if (!IsBytes(field)) return false;
    if (field.number == model::kGraph) {
      PutMessage(to, field.number, BakeGraph(field.payload, plan));
      return true;
    }
    if (field.number != model::kMetadata) return false;
    const std::string_view key = NameIn(field.payload, 1);
    return std::ranges::any_of(metadata, [&](const auto& entry) { return entry.key == key; });
  });
  for (const MetadataEntry& entry : metadata) {
    if (entry.value.empty()) continue;
    std::string pair, field;
    PutText(pair, 1, entry.key);
    PutText(pair, 2, entry.value);
    PutText(field, model::kMetadata, pair);
    to.Keep(field);
  }
  return to;
}

// ---- the tables ----

namespace {

constexpr std::string_view kCategory = "taught", kCategoryZh = "教过的东西",
                           kCategoryEn = "taught thing";

void PutRow(std::string& to, const std::vector<std::string_view>& cells) {
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) to += '\t';
    to += cells[i];
  }
  to += '\n';
}

// What is put behind the name of something that there is already, the `count`th time.
std::string Suffix(int count) {
  if (count == 0) return {};
  std::string suffix = "（教的";
  if (count > 1) Part(count).AddTo(suffix += ' ');
  return suffix += "）";
}

}  // namespace

Result<BakedTables> BakeTables(std::string_view labels, std::string_view taxonomy,
                               const Taught& taught) {
  const auto names = ClassNames::Parse(labels, taxonomy);
  if (!names.ok()) return names.error();
  BakedTables baked;
  std::string_view category;  // that what is taught gets
  if (!taxonomy.empty()) {
    const TextTable table = ParseTextTable(taxonomy).value();
    PutRow(baked.taxonomy, table.columns);
    bool named = false;
    for (const auto& row : table.rows) {
      PutRow(baked.taxonomy, row);
      named = named || row[table.Column("zh")] == kCategoryZh;
    }
    const bool has = names.value().taxonomy.Find(kCategory) >= 0;
    // A category of this name that is another's is not for us.
    if (has || !named) category = kCategory;
    if (!has && !named) {
      std::vector<std::string_view> cells(table.columns.size());
      cells[table.Column("id")] = kCategory;
      cells[table.Column("zh")] = kCategoryZh;
      cells[table.Column("en")] = kCategoryEn;
      PutRow(baked.taxonomy, cells);
    }
  }
  const TextTable table = ParseTextTable(labels).value();
  // A table without ids numbers its rows; those that come have some.
  std::vector<std::string_view> columns = table.columns;
  const bool has_ids = table.Column("id") >= 0;
  if (!has_ids) columns.push_back("id");
  PutRow(baked.labels, columns);
  for (size_t i = 0; i < table.rows.size(); ++i) {
    std::vector<std::string_view> cells = table.rows[i];
    if (!has_ids) cells.push_back(names.value().labels[i].id);
    PutRow(baked.labels, cells);
  }
  std::vector<std::string> added;
  const auto is_taken = [&](const std::string& id, const std::string& zh) {
    for (const Label& label : names.value().labels) {
      if (label.id == id || label.zh == zh) return true;
    }
    return std::ranges::find(added, zh) != added.end();
  };
  for (const Taught::Category& each : taught.categories()) {
    int count = 0;
    std::string id, zh;
    do {
      const std::string suffix = Suffix(count++);
      zh = each.name + suffix;
      id = "taught:" + zh;
    } while (is_taken(id, zh));
    std::vector<std::string_view> cells;
    for (const std::string_view column : columns) {
      cells.push_back(column == "id"         ? std::string_view(id)
                      : column == "zh"       ? std::string_view(zh)
                      : column == "en"       ? std::string_view(each.name)
                      : column == "category" ? category
                                             : std::string_view());
    }
    PutRow(baked.labels, cells);
    added.push_back(zh);
  }
  return baked;
}

}  // namespace shiwu
