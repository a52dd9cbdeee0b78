// The boundary to JavaScript: names and conversions only. Memory that crosses it is named by
// address; web/src/runtime allocates, fills, reads and releases it. What crosses is numbers and
// texts: an object would cost the wasm a kilobyte for every few fields.
#include <emscripten/bind.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "shiwu/answer.h"
#include "shiwu/bake.h"
#include "shiwu/capture_time.h"
#include "shiwu/claimed_size.h"
#include "shiwu/decode.h"
#include "shiwu/engine.h"
#include "shiwu/fit.h"
#include "shiwu/image.h"
#include "shiwu/labels.h"
#include "shiwu/maps.h"
#include "shiwu/onnx_file.h"
#include "shiwu/orientation.h"
#include "shiwu/resample.h"
#include "shiwu/scores.h"
#include "shiwu/similar.h"
#include "shiwu/taught.h"
#include "shiwu/taxonomy.h"
#include "shiwu/tensor.h"
#include "shiwu/things.h"
#include "shiwu/warm_up.h"

namespace {

using shiwu::ClassHead;
using shiwu::ClassNames;
using shiwu::Engine;
using shiwu::ErrorCode;
using shiwu::Status;
using shiwu::Taught;
using shiwu::ThingFinder;
using Address = uintptr_t;

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

// How the last call went that can fail; such a call answers nothing where it does.
Status last;

bool Fails(Status status) {
  last = std::move(status);
  return !last.ok();
}
bool FailsBy(std::string_view unknown_name) {
  return Fails(shiwu::Error{ErrorCode::kInvalidArgument, "unknown name ", unknown_name});
}

// "", or the code, a blank and the message.
std::string Failure() {
  if (last.ok()) return {};
  std::string text(shiwu::ErrorName(last.error().code));
  text += ' ';
  text += last.error().message;
  return text;
}

Address Allocate(size_t size) { return reinterpret_cast<Address>(std::malloc(size)); }
void Release(Address address) { std::free(reinterpret_cast<void*>(address)); }

std::string SniffFormat(Address file, size_t size) {
  return std::string(shiwu::FormatName(shiwu::SniffFormat(At<const uint8_t>(file, size))));
}

// Width and height go to `sides`, two uint32; false where the file does not say.
bool ReadClaimedSize(Address file, size_t size, Address sides) {
  const auto claimed = shiwu::ReadClaimedSize(At<const uint8_t>(file, size));
  if (!claimed) return false;
  const auto out = At<uint32_t>(sides, 2);
  out[0] = claimed->width;
  out[1] = claimed->height;
  return true;
}

int ReadOrientation(Address file, size_t size) {
  return shiwu::ReadOrientation(At<const uint8_t>(file, size));
}

// "" when there is none.
std::string ReadCaptureTime(Address file, size_t size) {
  const auto time = shiwu::ReadCaptureTime(At<const uint8_t>(file, size));
  return time ? shiwu::ToIso(*time) : std::string();
}

// RGBA8, to be released by the caller; width and height go to `sides`, two int32.
Address DecodeImage(Address file, size_t size, double max_pixels, Address sides) {
  auto decoded = shiwu::Decode(At<const uint8_t>(file, size), static_cast<uint64_t>(max_pixels));
  if (Fails(decoded.status())) return 0;
  shiwu::Image& image = decoded.value().pixels;
  At<int32_t>(sides, 2)[0] = image.width();
  At<int32_t>(sides, 2)[1] = image.height();
  return reinterpret_cast<Address>(image.Release());
}

void FlattenOnWhite(Address pixels, size_t count) {
  shiwu::FlattenOnWhite(reinterpret_cast<uint8_t*>(pixels), count);
}

shiwu::Precision PrecisionOf(bool exact) {
  return exact ? shiwu::Precision::kExact : shiwu::Precision::kFast;
}

// What the model sees of a picture: left, top, right and bottom, four float64, to `to`.
void SeenPart(int width, int height, int to_width, int to_height, const std::string& mode_name,
              double crop_fraction, Address to) {
  const auto mode = shiwu::ResizeModeFromName(mode_name);
  if (!mode && FailsBy(mode_name)) return;
  auto seen = shiwu::SeenPart(width, height, {to_width, to_height, *mode, crop_fraction});
  if (!Fails(seen.status())) At<shiwu::Extent>(to, 1)[0] = seen.value();
}

// The region that shows the model the part at `part`, four float64: x, y, width and height, four
// int32, to `to`.
void RegionAround(Address part, int width, int height, int to_width, int to_height,
                  const std::string& mode_name, double crop_fraction, Address to) {
  const auto mode = shiwu::ResizeModeFromName(mode_name);
  if (!mode && FailsBy(mode_name)) return;
  auto region = shiwu::RegionAround(At<const shiwu::Extent>(part, 1)[0], width, height,
                                    {to_width, to_height, *mode, crop_fraction});
  if (!Fails(region.status())) At<shiwu::Region>(to, 1)[0] = region.value();
}

// RGBA8, to_width x to_height, to be released by the caller; of the region that is framed.
Address FitToModel(Address pixels, int width, int height, int orientation, bool exact, int region_x,
                   int region_y, int region_width, int region_height, int to_width, int to_height,
                   const std::string& mode_name, const std::string& filter_name,
                   double crop_fraction) {
  const auto mode = shiwu::ResizeModeFromName(mode_name);
  const auto filter = shiwu::FilterFromName(filter_name);
  if (!mode && FailsBy(mode_name)) return 0;
  if (!filter && FailsBy(filter_name)) return 0;
  auto part = shiwu::Crop(shiwu::Upright(ViewAt(pixels, width, height), orientation),
                          {region_x, region_y, region_width, region_height});
  if (Fails(part.status())) return 0;
  auto fitted = shiwu::FitToModel(part.value(), PrecisionOf(exact),
                                  {to_width, to_height, *mode, crop_fraction, *filter});
  if (Fails(fitted.status())) return 0;
  return reinterpret_cast<Address>(fitted.value().Release());
}

// DecodeImage and FitToModel in one, of the region that is framed or, where its width is 0, of all
// of the picture. Width, height, orientation and whether it is truncated go to `facts`, four int32.
Address FitFile(Address file, size_t size, double max_pixels, bool exact, int region_x,
                int region_y, int region_width, int region_height, int to_width, int to_height,
                const std::string& mode_name, const std::string& filter_name, double crop_fraction,
                Address facts) {
  const auto mode = shiwu::ResizeModeFromName(mode_name);
  const auto filter = shiwu::FilterFromName(filter_name);
  if (!mode && FailsBy(mode_name)) return 0;
  if (!filter && FailsBy(filter_name)) return 0;
  std::optional<shiwu::Region> region;
  if (region_width != 0) region = {region_x, region_y, region_width, region_height};
  auto fitted = shiwu::FitFile(At<const uint8_t>(file, size), static_cast<uint64_t>(max_pixels),
                               PrecisionOf(exact), region,
                               {to_width, to_height, *mode, crop_fraction, *filter});
  if (Fails(fitted.status())) return 0;
  const shiwu::FittedFile& found = fitted.value();
  int32_t* fact = At<int32_t>(facts, 4).data();
  for (const int each : {found.width, found.height, found.orientation, int{found.truncated}}) {
    *fact++ = each;
  }
  return reinterpret_cast<Address>(fitted.value().pixels.Release());
}

// `numbers` are seven float32: the scale, three means, three deviations.
void ToTensor(Address pixels, int width, int height, const std::string& layout_name,
              const std::string& color_name, Address numbers, size_t index, Address tensor,
              size_t tensor_length) {
  const auto layout = shiwu::LayoutFromName(layout_name);
  const auto color = shiwu::ColorOrderFromName(color_name);
  if (!layout && FailsBy(layout_name)) return;
  if (!color && FailsBy(color_name)) return;
  const float* n = At<const float>(numbers, 7).data();
  Fails(shiwu::ToTensor(ViewAt(pixels, width, height),
                        {*layout, *color, n[0], {n[1], n[2], n[3]}, {n[4], n[5], n[6]}}, index,
                        At<float>(tensor, tensor_length)));
}

void Softmax(Address logits, size_t count, float temperature, Address scores) {
  Fails(shiwu::Softmax(At<const float>(logits, count), temperature, At<float>(scores, count)));
}

void Sigmoid(Address logits, size_t count, float temperature, Address scores) {
  Fails(shiwu::Sigmoid(At<const float>(logits, count), temperature, At<float>(scores, count)));
}

// An int32 and a float32 in memory.
struct Ranked {
  int32_t index;
  float score;
};

// Returns how many of the k places at `to` are filled.
size_t TopK(Address scores, size_t count, int k, float threshold, Address allow, size_t allow_count,
            Address deny, size_t deny_count, Address to) {
  auto ranked =
      shiwu::TopK(At<const float>(scores, count), k, threshold,
                  At<const int32_t>(allow, allow_count), At<const int32_t>(deny, deny_count));
  if (Fails(ranked.status())) return 0;
  Ranked* place = At<Ranked>(to, k).data();
  for (const shiwu::Ranked& one : ranked.value()) *place++ = {one.index, one.score};
  return ranked.value().size();
}

void ToLevels(Address embedding, size_t size, Address levels) {
  Fails(shiwu::ToLevels(At<const float>(embedding, size), At<int8_t>(levels, size)));
}

void Likeness(Address all, size_t count, Address one, size_t size, Address likeness) {
  Fails(shiwu::Likeness(At<const int8_t>(all, count * size), At<const int8_t>(one, size),
                        At<float>(likeness, count)));
}

// Where the keys and values stand in the file, in turn: two uint32 each, the place and the size. A
// place of 0, which no text has, is behind the last. To be released by the caller.
Address ReadOnnxMetadata(Address file, size_t size) {
  auto read = shiwu::ReadOnnxMetadata(At<const uint8_t>(file, size));
  if (Fails(read.status())) return 0;
  const Address places = Allocate(16 * read.value().size() + 4);
  if (places == 0 && Fails(shiwu::Error{ErrorCode::kOutOfMemory, "metadata"})) return 0;
  auto* place = reinterpret_cast<uint32_t*>(places);
  for (const shiwu::MetadataEntry& entry : read.value()) {
    for (const std::string_view text : {entry.key, entry.value}) {
      *place++ = text.empty() ? 1 : reinterpret_cast<Address>(text.data()) - file;
      *place++ = text.size();
    }
  }
  *place = 0;
  return places;
}

// ---- names of a model's classes: a handle, which JavaScript must delete() ----

ClassNames* ParseNames(Address labels, size_t labels_size, Address taxonomy, size_t taxonomy_size) {
  auto names = ClassNames::Parse(TextAt(labels, labels_size), TextAt(taxonomy, taxonomy_size));
  return Fails(names.status()) ? nullptr : new ClassNames(std::move(names).value());
}

size_t CountOf(const ClassNames& names) { return names.labels.size(); }
int Find(const ClassNames& names, const std::string& id) { return names.Find(id); }
float ThresholdOf(const ClassNames& names, size_t index) {
  return index < names.labels.size() ? names.labels[index].threshold : 0;
}
bool HasThresholds(const ClassNames& names) {
  return std::ranges::any_of(names.labels, [](const auto& label) { return label.threshold > 0; });
}

// Cells with tabs between them, as in the tables that they come from: no cell has one.
std::string Cells(std::initializer_list<std::string_view> cells) {
  std::string line;
  for (const std::string_view& cell : cells) {
    if (&cell != cells.begin()) line += '\t';
    line += cell;
  }
  return line;
}

// id, zh, en, and 1 where the name is the thing itself
std::string CategoryAt(const ClassNames& names, int node) {
  const auto& nodes = names.taxonomy.nodes();
  if (static_cast<size_t>(node) >= nodes.size()) return {};
  return Cells({nodes[node].id, nodes[node].zh, nodes[node].en, nodes[node].itself ? "1" : ""});
}

// Categories from the top down to this one, a line each.
std::string PathOf(const ClassNames& names, int node) {
  std::string lines;
  if (static_cast<size_t>(node) >= names.taxonomy.nodes().size()) return lines;
  for (const int above : names.taxonomy.Path(node)) {
    if (!lines.empty()) lines += '\n';
    lines += CategoryAt(names, above);
  }
  return lines;
}

// A line of id, zh, en and aliases, and a line for each category from the top.
std::string NameAt(const ClassNames& names, size_t index) {
  if (index >= names.labels.size()) return {};
  const shiwu::Label& label = names.labels[index];
  std::string lines = Cells({label.id, label.zh, label.en});
  for (const std::string_view alias : label.aliases) (lines += '\t') += alias;
  const int category = names.category_of_class[index];
  return category < 0 ? lines : (lines += '\n') += PathOf(names, category);
}

// Gives its kind; its index and score go to `to`.
int HonestAnswer(const ClassNames& names, Address logits, size_t logit_count, Address scores,
                 size_t count, float hedge, float familiar, bool exclusive, Address allow,
                 size_t allow_count, Address deny, size_t deny_count, Address to) {
  auto answer = shiwu::HonestAnswer(
      At<const float>(logits, logit_count), At<const float>(scores, count), names,
      {hedge, familiar, exclusive}, At<const int32_t>(allow, allow_count),
      At<const int32_t>(deny, deny_count));
  if (Fails(answer.status())) return -1;
  At<Ranked>(to, 1)[0] = {answer.value().index, answer.value().score};
  return static_cast<int>(answer.value().kind);
}

void GroupAlike(Address all, size_t count, size_t size, Address tags, size_t tag_count, float least,
                Address group) {
  Fails(shiwu::GroupAlike(At<const int8_t>(all, count * size), size,
                          At<const int32_t>(tags, tag_count), least, At<int32_t>(group, count)));
}

// ---- what was taught: a handle, which JavaScript must delete() ----

Taught* NewTaught(const std::string& model, size_t size) { return new Taught(model, size); }
Taught* ParseTaught(Address file, size_t size) {
  auto taught = Taught::Parse(At<const uint8_t>(file, size));
  return Fails(taught.status()) ? nullptr : new Taught(std::move(taught).value());
}

// To be released by the caller; a uint32 before the file says how many bytes it has.
Address WriteTaught(const Taught& taught) {
  const std::vector<uint8_t> file = taught.Write();
  const Address place = Allocate(4 + file.size());
  if (place == 0 && Fails(shiwu::Error{ErrorCode::kOutOfMemory, "taught"})) return 0;
  At<uint32_t>(place, 1)[0] = file.size();
  std::memcpy(At<uint8_t>(place + 4, file.size()).data(), file.data(), file.size());
  return place;
}

size_t CategoriesOf(const Taught& taught) { return taught.categories().size(); }
std::string NameOf(const Taught& taught, size_t index) {
  return index < CategoriesOf(taught) ? taught.categories()[index].name : std::string();
}
size_t ExamplesOf(const Taught& taught, size_t index, bool shown) {
  if (index >= CategoriesOf(taught)) return 0;
  const Taught::Category& category = taught.categories()[index];
  return (shown ? category.shown : category.not_shown).size();
}
void AddTo(Taught& taught, const std::string& name, Address embedding, size_t size, bool shown) {
  Fails(taught.Add(name, At<const float>(embedding, size), shown));
}
void Forget(Taught& taught, const std::string& name) { Fails(taught.Forget(name)); }
void Rename(Taught& taught, const std::string& from, const std::string& to) {
  Fails(taught.Rename(from, to));
}
void Merge(Taught& taught, const std::string& from, const std::string& into) {
  Fails(taught.Merge(from, into));
}
void Join(Taught& taught, const Taught& other) { Fails(taught.Join(other)); }
void TaughtLogits(const Taught& taught, Address embedding, size_t size, Address logits) {
  Fails(taught.Logits(At<const float>(embedding, size),
                      At<float>(logits, taught.categories().size())));
}

// The tables of labels and of the taxonomy with what is taught; a form feed stands between the two.
std::string BakeTables(Address labels, size_t labels_size, Address taxonomy, size_t taxonomy_size,
                       const Taught& taught) {
  auto tables =
      shiwu::BakeTables(TextAt(labels, labels_size), TextAt(taxonomy, taxonomy_size), taught);
  if (Fails(tables.status())) return {};
  return tables.value().labels + '\f' + tables.value().taxonomy;
}

// As WriteTaught.
Address Bake(Address file, size_t size, const Taught& taught, const std::string& logits,
             const std::string& features, const std::string& weight, const std::string& scale,
             const std::string& bias, const std::string& manifest, const std::string& labels,
             const std::string& taxonomy) {
  const shiwu::MetadataEntry metadata[] = {
      {"shiwu.manifest", manifest}, {"shiwu.labels", labels}, {"shiwu.taxonomy", taxonomy}};
  auto baked = shiwu::Bake(At<const uint8_t>(file, size), {logits, features, {weight, scale, bias}},
                           taught, metadata);
  if (Fails(baked.status())) return 0;
  const Address place = Allocate(4 + baked.value().size());
  if (place == 0 && Fails(shiwu::Error{ErrorCode::kOutOfMemory, "the model"})) return 0;
  At<uint32_t>(place, 1)[0] = baked.value().size();
  baked.value().CopyTo(At<uint8_t>(place + 4, 0).data());
  return place;
}

// ---- a network with its weights and feature maps: a handle, which JavaScript must delete() ----

Engine* LoadEngine(Address file, size_t size, int height, int width, const std::string& tapped) {
  auto engine = Engine::Load(At<const uint8_t>(file, size), height, width, tapped);
  return Fails(engine.status()) ? nullptr : new Engine(std::move(engine).value());
}

size_t OutputsOf(const Engine& engine) { return engine.outputs().size(); }
// Port 0 is the input, whose numbers stand as [height][width][channels]; the outputs follow, and
// the tapped one, in the input's order and without a name where there is none.
const Engine::Port& PortOf(const Engine& engine, size_t port) {
  if (port == 0) return engine.input();
  return port <= engine.outputs().size() ? engine.outputs()[port - 1] : engine.tapped();
}
std::string PortName(const Engine& engine, size_t port) { return PortOf(engine, port).name; }
// As ONNX writes them; 0 behind the last.
int PortSide(const Engine& engine, size_t port, size_t axis) {
  const auto& dims = PortOf(engine, port).dims;
  return axis < dims.size() ? dims[axis] : 0;
}
// float32, owned by the engine.
Address PortAddress(const Engine& engine, size_t port) {
  return reinterpret_cast<Address>(PortOf(engine, port).values.data());
}

void RunStep(Engine& engine, size_t index) {
  if (index < engine.step_count()) engine.RunStep(index);
}
Engine::StepInfo StepAt(const Engine& engine, size_t index) {
  return index < engine.step_count() ? engine.step(index) : Engine::StepInfo{};
}
std::string StepKind(const Engine& engine, size_t index) {
  return std::string(StepAt(engine, index).kind);
}
double StepMacs(const Engine& engine, size_t index) {
  return static_cast<double>(StepAt(engine, index).macs);
}
double StepWeightBytes(const Engine& engine, size_t index) {
  return static_cast<double>(StepAt(engine, index).weight_bytes);
}

// ---- the linear layer behind a global average: a handle, which JavaScript must delete() ----

ClassHead* ReadHead(Address file, size_t size, const std::string& weight, const std::string& scale,
                    const std::string& bias) {
  auto head = ClassHead::Read(At<const uint8_t>(file, size), {weight, scale, bias});
  return Fails(head.status()) ? nullptr : new ClassHead(std::move(head).value());
}

// `to` has room for a float32 each class and place.
void MapsOf(const ClassHead& head, Address feature_map, const std::string& layout_name, int height,
            int width, Address to) {
  const auto layout = shiwu::LayoutFromName(layout_name);
  if (!layout && FailsBy(layout_name)) return;
  const size_t places = size_t{1} * height * width;
  Fails(head.Maps(At<const float>(feature_map, places * head.channels()), *layout, height, width,
                  At<float>(to, places * head.classes())));
}

// `box` is four float64.
void LocalLogits(Address maps, int classes, int height, int width, Address box, Address logits) {
  Fails(shiwu::LocalLogits({At<const float>(maps, 0).data(), classes, height, width},
                           At<const shiwu::MapBox>(box, 1)[0], At<float>(logits, classes)));
}

// RGBA8, width x height, to be released by the caller.
Address PaintMap(Address map, int map_height, int map_width, float low, float high,
                 const std::string& scale_name, int width, int height) {
  const auto scale = shiwu::ColorScaleFromName(scale_name);
  if (!scale && FailsBy(scale_name)) return 0;
  auto painted = shiwu::PaintMap(At<const float>(map, size_t{1} * map_height * map_width),
                                 map_height, map_width, low, high, *scale, width, height);
  if (Fails(painted.status())) return 0;
  return reinterpret_cast<Address>(painted.value().Release());
}

// ---- what finds several things in one picture: a handle, which JavaScript must delete() ----

ThingFinder* MakeFinder(int width, int height, int to_width, int to_height,
                        const std::string& mode_name, double crop_fraction) {
  const auto mode = shiwu::ResizeModeFromName(mode_name);
  if (!mode && FailsBy(mode_name)) return nullptr;
  Fails({});
  return new ThingFinder(width, height, {to_width, to_height, *mode, crop_fraction});
}

// Regions as x, y, width and height, four int32 each, to `to`, which has room for kMostRegions.
constexpr size_t kMostRegions = 64;
size_t Give(const std::vector<shiwu::Region>& regions, Address to) {
  const size_t count = std::min(regions.size(), kMostRegions);
  std::copy_n(regions.begin(), count, At<shiwu::Region>(to, count).data());
  return count;
}
size_t ViewsOf(int width, int height, Address to) {
  return Give(shiwu::ViewsOf(width, height), to);
}
size_t Candidates(ThingFinder& finder, Address to) { return Give(finder.FindCandidates(), to); }

// `seen` is four float64.
void AddView(ThingFinder& finder, Address maps, int classes, int height, int width, Address seen,
             float temperature) {
  Fails(finder.AddView({At<const float>(maps, 0).data(), classes, height, width},
                       At<const shiwu::Extent>(seen, 1)[0], temperature));
}
void AddLook(ThingFinder& finder, size_t index, Address scores, size_t count) {
  finder.AddLook(index, At<const float>(scores, count));
}
// Indexes of candidates, int32, to `to`.
size_t Things(const ThingFinder& finder, Address to) {
  const std::vector<int> things = finder.Things();
  std::copy(things.begin(), things.end(), At<int32_t>(to, things.size()).data());
  return things.size();
}

// A failure would show again, with its message, in the first real call.
void WarmUp() { static_cast<void>(shiwu::WarmUp()); }

}  // namespace

EMSCRIPTEN_BINDINGS(shiwu) {
  emscripten::class_<ClassNames>("NameTable")
      .property("size", &CountOf)
      .property("hasThresholds", &HasThresholds)
      .function("find", &Find)
      .function("threshold", &ThresholdOf)
      .function("at", &NameAt)
      .function("path", &PathOf)
      .function("answer", &HonestAnswer);
  emscripten::class_<Taught>("TaughtTable")
      .property("model", &Taught::model)
      .property("categories", &CategoriesOf)
      .function("write", &WriteTaught)
      .function("nameOf", &NameOf)
      .function("examples", &ExamplesOf)
      .function("add", &AddTo)
      .function("forget", &Forget)
      .function("rename", &Rename)
      .function("merge", &Merge)
      .function("join", &Join)
      .function("logits", &TaughtLogits);
  emscripten::class_<Engine>("Engine")
      .property("steps", &Engine::step_count)
      .property("outputs", &OutputsOf)
      .property("arenaBytes", &Engine::arena_bytes)
      .property("tapStep", &Engine::tap_step)
      .function("name", &PortName)
      .function("side", &PortSide)
      .function("address", &PortAddress)
      .function("kind", &StepKind)
      .function("macs", &StepMacs)
      .function("weightBytes", &StepWeightBytes)
      .function("run", &RunStep);

  emscripten::class_<ClassHead>("ClassHead")
      .property("classes", &ClassHead::classes)
      .property("channels", &ClassHead::channels)
      .function("maps", &MapsOf);

  emscripten::class_<ThingFinder>("ThingFinder")
      .function("addView", &AddView)
      .function("candidates", &Candidates)
      .function("addLook", &AddLook)
      .function("things", &Things);

  emscripten::function("failure", &Failure);
  emscripten::function("allocate", &Allocate);
  emscripten::function("release", &Release);
  emscripten::function("sniffFormat", &SniffFormat);
  emscripten::function("readClaimedSize", &ReadClaimedSize);
  emscripten::function("readOrientation", &ReadOrientation);
  emscripten::function("readCaptureTime", &ReadCaptureTime);
  emscripten::function("decodeImage", &DecodeImage);
  emscripten::function("flattenOnWhite", &FlattenOnWhite);
  emscripten::function("fitToModel", &FitToModel);
  emscripten::function("fitFile", &FitFile);
  emscripten::function("toTensor", &ToTensor);
  emscripten::function("softmax", &Softmax);
  emscripten::function("sigmoid", &Sigmoid);
  emscripten::function("topK", &TopK);
  emscripten::function("toLevels", &ToLevels);
  emscripten::function("likeness", &Likeness);
  emscripten::function("groupAlike", &GroupAlike);
  emscripten::function("readOnnxMetadata", &ReadOnnxMetadata);
  emscripten::function("parseNames", &ParseNames,
                       emscripten::return_value_policy::take_ownership());
  emscripten::function("newTaught", &NewTaught, emscripten::return_value_policy::take_ownership());
  emscripten::function("parseTaught", &ParseTaught,
                       emscripten::return_value_policy::take_ownership());
  emscripten::function("bakeTables", &BakeTables);
  emscripten::function("bake", &Bake);
  emscripten::function("loadEngine", &LoadEngine,
                       emscripten::return_value_policy::take_ownership());
  emscripten::function("readHead", &ReadHead, emscripten::return_value_policy::take_ownership());
  emscripten::function("viewsOf", &ViewsOf);
  emscripten::function("makeFinder", &MakeFinder,
                       emscripten::return_value_policy::take_ownership());
  emscripten::function("localLogits", &LocalLogits);
  emscripten::function("paintMap", &PaintMap);
  emscripten::function("seenPart", &SeenPart);
  emscripten::function("regionAround", &RegionAround);
  emscripten::function("warmUp", &WarmUp);
}
