// The boundary to JavaScript: names and conversions only. Memory that crosses it is named by
// address; web/src/runtime allocates, fills, reads and releases it. Failures are values with the
// code as text; "" is success.
#include <emscripten/bind.h>
#include <emscripten/val.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "shiwu/decode.h"
#include "shiwu/engine.h"
#include "shiwu/image.h"
#include "shiwu/labels.h"
#include "shiwu/onnx_file.h"
#include "shiwu/orientation.h"
#include "shiwu/resample.h"
#include "shiwu/scores.h"
#include "shiwu/taxonomy.h"
#include "shiwu/tensor.h"

namespace {

using emscripten::val;
using shiwu::ErrorCode;
using Address = uintptr_t;

struct Failure {
  std::string code;
  std::string message;
};

struct Pixels {
  Failure error;
  Address pixels = 0;  // RGBA8, to be released by the caller
  int width = 0;
  int height = 0;
  int orientation = 1;
};

struct FitOptions {
  int width, height;
  std::string mode, filter;
  double cropFraction;
};

struct TensorOptions {
  std::string layout, color;
  float scale;
  std::array<float, 3> mean, std;
};

struct Ranking {
  Failure error;
  val indexes = val::null();  // number[]
  val scores = val::null();   // number[]
};

struct Metadata {
  Failure error;
  val entries = val::null();  // [string, string][]
};

struct Category {
  std::string id, zh, en;
  float score = 0;  // 0 when there is none
};

struct Name {
  std::string id, zh, en;
  val aliases = val::null();     // string[]
  val categories = val::null();  // Category[], from the top
  float threshold = 0;
};

Failure ToFailure(const shiwu::Error& error) {
  return {std::string(shiwu::ErrorName(error.code)), error.message};
}
Failure ToFailure(const shiwu::Status& status) {
  return status.ok() ? Failure{} : ToFailure(status.error());
}
Failure UnknownName(std::string_view name) {
  return ToFailure(shiwu::Error{ErrorCode::kInvalidArgument, "unknown name ", name});
}

template <typename T>
std::span<T> At(Address address, size_t count) {
  return {reinterpret_cast<T*>(address), count};
}
std::string_view TextAt(Address address, size_t size) {
  return {reinterpret_cast<const char*>(address), size};
}

shiwu::ImageView ViewAt(Address pixels, int width, int height) {
  return {reinterpret_cast<const uint8_t*>(pixels), width, height, shiwu::kChannels,
          ptrdiff_t{shiwu::kChannels} * width};
}

Address Allocate(size_t size) { return reinterpret_cast<Address>(std::malloc(size)); }
void Release(Address address) { std::free(reinterpret_cast<void*>(address)); }

std::string SniffFormat(Address file, size_t size) {
  return std::string(shiwu::FormatName(shiwu::SniffFormat(At<const uint8_t>(file, size))));
}

int ReadOrientation(Address file, size_t size) {
  return shiwu::ReadOrientation(At<const uint8_t>(file, size));
}

Pixels DecodeImage(Address file, size_t size, double max_pixels) {
  auto decoded = shiwu::Decode(At<const uint8_t>(file, size), static_cast<uint64_t>(max_pixels));
  if (!decoded.ok()) return {ToFailure(decoded.error())};
  shiwu::Image& image = decoded.value().pixels;
  const int width = image.width(), height = image.height();
  return {
      {}, reinterpret_cast<Address>(image.Release()), width, height, decoded.value().orientation};
}

void FlattenOnWhite(Address pixels, size_t count) {
  shiwu::FlattenOnWhite(reinterpret_cast<uint8_t*>(pixels), count);
}

Pixels FitToModel(Address pixels, int width, int height, int orientation,
                  const shiwu::Region& region, const FitOptions& options) {
  const auto mode = shiwu::ResizeModeFromName(options.mode);
  const auto filter = shiwu::FilterFromName(options.filter);
  if (!mode) return {UnknownName(options.mode)};
  if (!filter) return {UnknownName(options.filter)};
  const auto part = shiwu::Crop(shiwu::Upright(ViewAt(pixels, width, height), orientation), region);
  if (!part.ok()) return {ToFailure(part.error())};
  auto fitted = shiwu::FitToModel(
      part.value(), {options.width, options.height, *mode, options.cropFraction, *filter});
  if (!fitted.ok()) return {ToFailure(fitted.error())};
  return {{}, reinterpret_cast<Address>(fitted.value().Release()), options.width, options.height};
}

Failure ToTensor(Address pixels, int width, int height, const TensorOptions& options, size_t index,
                 Address tensor, size_t tensor_length) {
  const auto layout = shiwu::LayoutFromName(options.layout);
  const auto color = shiwu::ColorOrderFromName(options.color);
  if (!layout) return UnknownName(options.layout);
  if (!color) return UnknownName(options.color);
  return ToFailure(shiwu::ToTensor(ViewAt(pixels, width, height),
                                   {*layout, *color, options.scale, options.mean, options.std},
                                   index, At<float>(tensor, tensor_length)));
}

Failure Softmax(Address logits, size_t count, float temperature, Address scores) {
  return ToFailure(
      shiwu::Softmax(At<const float>(logits, count), temperature, At<float>(scores, count)));
}

Failure Sigmoid(Address logits, size_t count, float temperature, Address scores) {
  return ToFailure(
      shiwu::Sigmoid(At<const float>(logits, count), temperature, At<float>(scores, count)));
}

Ranking TopK(Address scores, size_t count, int k, float threshold, Address allow,
             size_t allow_count, Address deny, size_t deny_count) {
  auto ranked =
      shiwu::TopK(At<const float>(scores, count), k, threshold,
                  At<const int32_t>(allow, allow_count), At<const int32_t>(deny, deny_count));
  if (!ranked.ok()) return {ToFailure(ranked.error())};
  Ranking ranking{{}, val::array(), val::array()};
  for (const shiwu::Ranked& one : ranked.value()) {
    ranking.indexes.call<void>("push", one.index);
    ranking.scores.call<void>("push", one.score);
  }
  return ranking;
}

Metadata ReadOnnxMetadata(Address file, size_t size) {
  auto read = shiwu::ReadOnnxMetadata(At<const uint8_t>(file, size));
  if (!read.ok()) return {ToFailure(read.error())};
  Metadata metadata{{}, val::array()};
  for (const shiwu::MetadataEntry& entry : read.value()) {
    val pair = val::array();
    pair.call<void>("push", std::string(entry.key));
    pair.call<void>("push", std::string(entry.value));
    metadata.entries.call<void>("push", pair);
  }
  return metadata;
}

// Holds the names on this side. A handle: JavaScript must delete() it.
class NameTable {
 public:
  explicit NameTable(shiwu::ClassNames names) : names_(std::move(names)) {}

  size_t size() const { return names_.labels.size(); }
  int find(const std::string& id) const { return names_.Find(id); }
  bool hasThresholds() const {
    return std::any_of(names_.labels.begin(), names_.labels.end(),
                       [](const shiwu::Label& label) { return label.threshold > 0; });
  }

  Name at(size_t index) const {
    if (index >= size()) return {};
    const shiwu::Label& label = names_.labels[index];
    Name name{label.id, label.zh, label.en, val::array(), val::array(), label.threshold};
    for (const std::string& alias : label.aliases) name.aliases.call<void>("push", alias);
    for (const int node : names_.taxonomy.Path(names_.node_of_class[index])) {
      const shiwu::TaxonomyNode& category = names_.taxonomy.nodes()[node];
      val object = val::object();
      object.set("id", category.id);
      object.set("zh", category.zh);
      object.set("en", category.en);
      name.categories.call<void>("push", object);
    }
    return name;
  }

  Category mostSpecific(Address scores, size_t count, float enough) const {
    const auto found =
        names_.taxonomy.MostSpecific(At<const float>(scores, count), names_.node_of_class, enough);
    if (!found) return {};
    const shiwu::TaxonomyNode& node = names_.taxonomy.nodes()[found->node];
    return {node.id, node.zh, node.en, found->score};
  }

 private:
  shiwu::ClassNames names_;
};

struct Tensor {
  std::string name;
  val dims = val::null();  // number[], as ONNX writes them
  Address address = 0;     // float32; owned by the engine
  size_t length = 0;
};

struct EngineStep {
  std::string kind;
  double macs = 0;
  double weightBytes = 0;
};

Tensor ToTensorInfo(const shiwu::Engine::Port& port) {
  Tensor tensor{port.name, val::array(), reinterpret_cast<Address>(port.values.data()),
                port.values.size()};
  for (const int side : port.dims) tensor.dims.call<void>("push", side);
  return tensor;
}

// A network with its weights and feature maps. A handle: JavaScript must delete() it.
class EngineHandle {
 public:
  explicit EngineHandle(shiwu::Engine engine)
      : engine_(std::make_shared<shiwu::Engine>(std::move(engine))) {}

  size_t steps() const { return engine_->step_count(); }
  size_t arenaBytes() const { return engine_->arena_bytes(); }
  // [height][width][channels] in memory.
  Tensor input() const { return ToTensorInfo(engine_->input()); }
  val outputs() const {  // Tensor[]
    val outputs = val::array();
    for (const auto& output : engine_->outputs()) outputs.call<void>("push", ToTensorInfo(output));
    return outputs;
  }
  EngineStep step(size_t index) const {
    if (index >= steps()) return {};
    const auto info = engine_->step(index);
    return {std::string(info.kind), static_cast<double>(info.macs),
            static_cast<double>(info.weight_bytes)};
  }
  void run(size_t index) {
    if (index < steps()) engine_->RunStep(index);
  }

 private:
  // Embind copies a handle when it hands it over.
  std::shared_ptr<shiwu::Engine> engine_;
};

struct LoadedEngine {
  Failure error;
  val engine = val::null();  // EngineHandle
};

LoadedEngine LoadEngine(Address file, size_t size, int height, int width) {
  auto engine = shiwu::Engine::Load(At<const uint8_t>(file, size), height, width);
  if (!engine.ok()) return {ToFailure(engine.error())};
  return {{}, val(EngineHandle(std::move(engine).value()))};
}

struct ParsedNames {
  Failure error;
  val table = val::null();  // NameTable
};

ParsedNames ParseNames(Address labels, size_t labels_size, Address taxonomy, size_t taxonomy_size) {
  auto names =
      shiwu::ClassNames::Parse(TextAt(labels, labels_size), TextAt(taxonomy, taxonomy_size));
  if (!names.ok()) return {ToFailure(names.error())};
  return {{}, val(NameTable(std::move(names).value()))};
}

}  // namespace

EMSCRIPTEN_BINDINGS(shiwu) {
  emscripten::value_object<Failure>("Failure")
      .field("code", &Failure::code)
      .field("message", &Failure::message);
  emscripten::value_object<Pixels>("Pixels")
      .field("error", &Pixels::error)
      .field("pixels", &Pixels::pixels)
      .field("width", &Pixels::width)
      .field("height", &Pixels::height)
      .field("orientation", &Pixels::orientation);
  emscripten::value_object<FitOptions>("FitOptions")
      .field("width", &FitOptions::width)
      .field("height", &FitOptions::height)
      .field("mode", &FitOptions::mode)
      .field("filter", &FitOptions::filter)
      .field("cropFraction", &FitOptions::cropFraction);
  emscripten::value_object<shiwu::Region>("Region")
      .field("x", &shiwu::Region::x)
      .field("y", &shiwu::Region::y)
      .field("width", &shiwu::Region::width)
      .field("height", &shiwu::Region::height);
  emscripten::value_array<std::array<float, 3>>("Triple")
      .element(emscripten::index<0>())
      .element(emscripten::index<1>())
      .element(emscripten::index<2>());
  emscripten::value_object<TensorOptions>("TensorOptions")
      .field("layout", &TensorOptions::layout)
      .field("color", &TensorOptions::color)
      .field("scale", &TensorOptions::scale)
      .field("mean", &TensorOptions::mean)
      .field("std", &TensorOptions::std);
  emscripten::value_object<Ranking>("Ranking")
      .field("error", &Ranking::error)
      .field("indexes", &Ranking::indexes)
      .field("scores", &Ranking::scores);
  emscripten::value_object<Metadata>("Metadata")
      .field("error", &Metadata::error)
      .field("entries", &Metadata::entries);
  emscripten::value_object<Category>("CategorySum")
      .field("id", &Category::id)
      .field("zh", &Category::zh)
      .field("en", &Category::en)
      .field("score", &Category::score);
  emscripten::value_object<Name>("Name")
      .field("id", &Name::id)
      .field("zh", &Name::zh)
      .field("en", &Name::en)
      .field("aliases", &Name::aliases)
      .field("categories", &Name::categories)
      .field("threshold", &Name::threshold);
  emscripten::value_object<ParsedNames>("ParsedNames")
      .field("error", &ParsedNames::error)
      .field("table", &ParsedNames::table);
  emscripten::class_<NameTable>("NameTable")
      .property("size", &NameTable::size)
      .function("find", &NameTable::find)
      .function("hasThresholds", &NameTable::hasThresholds)
      .function("at", &NameTable::at)
      .function("mostSpecific", &NameTable::mostSpecific);

  emscripten::value_object<Tensor>("Tensor")
      .field("name", &Tensor::name)
      .field("dims", &Tensor::dims)
      .field("address", &Tensor::address)
      .field("length", &Tensor::length);
  emscripten::value_object<EngineStep>("EngineStep")
      .field("kind", &EngineStep::kind)
      .field("macs", &EngineStep::macs)
      .field("weightBytes", &EngineStep::weightBytes);
  emscripten::value_object<LoadedEngine>("LoadedEngine")
      .field("error", &LoadedEngine::error)
      .field("engine", &LoadedEngine::engine);
  emscripten::class_<EngineHandle>("Engine")
      .property("steps", &EngineHandle::steps)
      .property("arenaBytes", &EngineHandle::arenaBytes)
      .function("input", &EngineHandle::input)
      .function("outputs", &EngineHandle::outputs)
      .function("step", &EngineHandle::step)
      .function("run", &EngineHandle::run);

  emscripten::function("allocate", &Allocate);
  emscripten::function("release", &Release);
  emscripten::function("sniffFormat", &SniffFormat);
  emscripten::function("readOrientation", &ReadOrientation);
  emscripten::function("decodeImage", &DecodeImage);
  emscripten::function("flattenOnWhite", &FlattenOnWhite);
  emscripten::function("fitToModel", &FitToModel);
  emscripten::function("toTensor", &ToTensor);
  emscripten::function("softmax", &Softmax);
  emscripten::function("sigmoid", &Sigmoid);
  emscripten::function("topK", &TopK);
  emscripten::function("readOnnxMetadata", &ReadOnnxMetadata);
  emscripten::function("parseNames", &ParseNames);
  emscripten::function("loadEngine", &LoadEngine);
}
