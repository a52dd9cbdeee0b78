// What the core makes of inputs, a line each: an error, or digests of all that it gives. Native and
// as WebAssembly it must print the same (scripts/lib/fuzz-wasm.mjs).
//
//   fuzz_outcomes tests/fuzz/seeds 1 20            of 20 mutations of each file, from seed 1
//   fuzz_outcomes tests/fuzz/seeds 0 0             of the files themselves
//   fuzz_outcomes tests/fuzz/seeds 1 20 345 FILE   and keeps the input of line 345, the first being
//   0
//
// The folder has one for each kind of input, named as in kKinds. A line: the kind, where the input
// comes from, its digest, the outcome.
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "color.h"
#include "inputs.h"
#include "profile_in_jpeg.h"
#include "shiwu/bake.h"
#include "shiwu/capture_time.h"
#include "shiwu/claimed_size.h"
#include "shiwu/decode.h"
#include "shiwu/engine.h"
#include "shiwu/fit.h"
#include "shiwu/labels.h"
#include "shiwu/onnx_file.h"
#include "shiwu/orientation.h"
#include "shiwu/taught.h"
#include "shiwu/taxonomy.h"
#include "shiwu/tensor.h"
#include "shiwu/text_table.h"

namespace {

using shiwu::Error;
using shiwu::Image;
using shiwu::fuzz::Input;
using Bytes = std::span<const uint8_t>;

// FNV-1a of 64 bits.
class Digest {
 public:
  Digest& Add(Bytes bytes) {
    for (const uint8_t byte : bytes) value_ = (value_ ^ byte) * 0x100000001B3;
    return *this;
  }
  // Its length as well, so that texts in a row are told apart.
  Digest& Add(std::string_view text) {
    Add(static_cast<int64_t>(text.size()));
    return Add(Bytes{reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  }
  Digest& Add(int64_t number) {
    for (int i = 0; i < 64; i += 8) {
      const auto byte = static_cast<uint8_t>(number >> i);
      Add(Bytes(&byte, 1));
    }
    return *this;
  }
  // WebAssembly leaves open which NaN comes out, and x86 gives another than most: they count as
  // one.
  Digest& Add(std::span<const float> numbers) {
    for (const float number : numbers) {
      Add(std::isnan(number) ? int64_t{-1} : int64_t{std::bit_cast<uint32_t>(number)});
    }
    return *this;
  }
  Digest& Add(const Image& image) {
    Add(int64_t{image.width()}).Add(int64_t{image.height()});
    return Add(Bytes(image.data(), image.size_bytes()));
  }
  uint64_t value() const { return value_; }
  std::string Text() const {
    char text[17];
    std::snprintf(text, sizeof(text), "%016llx", static_cast<unsigned long long>(value_));
    return text;
  }

 private:
  uint64_t value_ = 0xCBF29CE484222325;
};

std::string Refused(const Error& error) {
  std::string text = std::string(shiwu::ErrorName(error.code)) + " (" + error.message + ")";
  // Names from the input are among the words; a line must stay one.
  for (char& c : text) {
    if (static_cast<uint8_t>(c) < ' ') c = '?';
  }
  return text;
}
std::string Number(int64_t number) { return std::to_string(number); }
std::string_view TextOf(Bytes file) {
  return {reinterpret_cast<const char*>(file.data()), file.size()};
}

// What the model would see, and its tensor.
std::string Fitted(Bytes file, uint64_t max_pixels, shiwu::Precision precision) {
  // Sizes, filters and ways to fit, as many as there are inputs.
  const uint64_t bits = Digest().Add(file).value();
  shiwu::Preprocessing how;
  how.width = 1 + static_cast<int>(bits % 40);
  how.height = 1 + static_cast<int>((bits >> 8) % 40);
  how.mode = static_cast<shiwu::ResizeMode>((bits >> 16) % 3);
  how.filter = static_cast<shiwu::Filter>((bits >> 24) % 5);
  how.crop_fraction = 0.875;
  const auto fitted = shiwu::FitFile(file, max_pixels, precision, {}, how);
  if (!fitted.ok()) return Refused(fitted.error());
  const Image& pixels = fitted.value().pixels;
  shiwu::Normalization normalization;
  normalization.layout = static_cast<shiwu::Layout>((bits >> 32) % 2);
  normalization.scale = 1.0f / 255;
  normalization.mean = {0.485f, 0.456f, 0.406f};
  normalization.std = {0.229f, 0.224f, 0.225f};
  std::vector<float> tensor(pixels.size_bytes() / 4 * 3);
  const auto made = shiwu::ToTensor(pixels.view(), normalization, 0, tensor);
  return Digest().Add(pixels).Text() + " tensor " +
         (made.ok() ? Digest().Add(tensor).Text() : Refused(made.error()));
}

std::string Picture(Bytes file) {
  constexpr uint64_t kMaxPixels = 1 << 20;  // as in fuzz_decode.cc
  const auto decoded = shiwu::Decode(file, kMaxPixels);
  std::string outcome;
  if (decoded.ok()) {
    const auto& [pixels, orientation, format, truncated] = decoded.value();
    outcome = "ok " + std::string(shiwu::FormatName(format)) + " " + Number(pixels.width()) + "x" +
              Number(pixels.height()) + " orientation " + Number(orientation) +
              (truncated ? " truncated " : " whole ") + Digest().Add(pixels).Text();
  } else {
    outcome = Refused(decoded.error());
  }
  return outcome + "; exact " + Fitted(file, kMaxPixels, shiwu::Precision::kExact) + "; fast " +
         Fitted(file, kMaxPixels, shiwu::Precision::kFast);
}

std::string Exif(Bytes file) {
  const auto time = shiwu::ReadCaptureTime(file);
  return "ok orientation " + Number(shiwu::ReadOrientation(file)) + " " +
         (time ? shiwu::ToIso(*time) : "no time");
}

std::string ClaimedSize(Bytes file) {
  const auto size = shiwu::ReadClaimedSize(file);
  return size ? "ok " + Number(size->width) + "x" + Number(size->height) : "none";
}

// An ICC profile, as JPEGs have them, and what becomes of some colours.
std::string Color(Bytes profile) {
  const auto colors = shiwu::ToSrgb::Of(shiwu::fuzz::JpegWithProfile(profile));
  if (!colors) return "none";
  std::vector<uint8_t> pixels(size_t{4} * 512);
  for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<uint8_t>(i * 37 + i / 256);
  colors->Apply(pixels.data(), pixels.size() / 4);
  return "ok " + Digest().Add(pixels).Text();
}

std::string Metadata(Bytes file) {
  const auto entries = shiwu::ReadOnnxMetadata(file);
  if (!entries.ok()) return Refused(entries.error());
  Digest digest;
  for (const auto& [key, value] : entries.value()) digest.Add(key).Add(value);
  return "ok " + Number(entries.value().size()) + " " + digest.Text();
}

std::string Table(Bytes file) {
  const std::string_view text = TextOf(file);
  const auto table = shiwu::ParseTextTable(text);
  if (!table.ok()) return Refused(table.error());
  Digest cells;
  for (const auto& column : table.value().columns) cells.Add(column);
  for (const auto& row : table.value().rows) {
    for (const auto& cell : row) cells.Add(cell);
  }
  std::string outcome = "ok " + cells.Text() + "; labels ";
  const auto labels = shiwu::ParseLabels(text);
  if (labels.ok()) {
    Digest digest;
    for (const auto& label : labels.value()) {
      digest.Add(label.id).Add(label.zh).Add(label.en).Add(label.category);
      for (const auto& alias : label.aliases) digest.Add(alias);
      digest.Add(std::span(&label.threshold, 1));
    }
    outcome += digest.Text();
  } else {
    outcome += Refused(labels.error());
  }
  outcome += "; taxonomy ";
  const auto taxonomy = shiwu::Taxonomy::Parse(text);
  if (!taxonomy.ok()) return outcome + Refused(taxonomy.error());
  Digest digest;
  for (const auto& node : taxonomy.value().nodes()) {
    digest.Add(node.id).Add(node.zh).Add(node.en).Add(int64_t{node.itself});
    for (const int parent : node.parents) digest.Add(int64_t{parent});
  }
  return outcome + digest.Text();
}

std::string Taught(Bytes file) {
  const auto parsed = shiwu::Taught::Parse(file);
  if (!parsed.ok()) return Refused(parsed.error());
  const shiwu::Taught& taught = parsed.value();
  std::vector<float> embedding(taught.size()), logits(taught.categories().size());
  for (size_t i = 0; i < embedding.size(); ++i) embedding[i] = static_cast<float>(i % 7) / 4;
  const auto made = taught.Logits(embedding, logits);
  if (!made.ok()) return Refused(made.error());
  return "ok " + Number(static_cast<int64_t>(logits.size())) + " " +
         Digest().Add(taught.Write()).Add(logits).Text();
}

std::string Bake(Bytes file) {
  shiwu::Taught taught("model", 3);
  if (!taught.Add("it", std::vector<float>{1, 2, 3}, true).ok()) std::abort();
  // What engine_models.py calls them.
  const auto pieces = shiwu::Bake(file, {"logits", "features", {"weight", "", "bias"}}, taught, {});
  if (!pieces.ok()) return Refused(pieces.error());
  Input baked(pieces.value().size());
  pieces.value().CopyTo(baked.data());
  return "ok " + Digest().Add(baked).Text();
}

std::string Network(Bytes file) {
  auto loaded = shiwu::Engine::Load(file, 8, 8);
  if (!loaded.ok()) return Refused(loaded.error());
  shiwu::Engine& engine = loaded.value();
  uint64_t work = engine.step_count() * engine.arena_bytes();
  for (size_t i = 0; i < engine.step_count(); ++i) work += engine.step(i).macs;
  // What can be run many times a second.
  const std::string steps = "ok " + Number(static_cast<int64_t>(engine.step_count())) + " steps";
  if (work > 20'000'000) return steps + ", not run";
  const auto input = engine.input().values;
  for (size_t i = 0; i < input.size(); ++i) {
    input[i] = static_cast<float>(static_cast<int>(i % 15) - 7);
  }
  for (size_t i = 0; i < engine.step_count(); ++i) engine.RunStep(i);
  Digest digest;
  for (const auto& output : engine.outputs()) digest.Add(output.name).Add(output.values);
  return steps + " " + digest.Text();
}

constexpr struct {
  std::string_view folder;
  std::string (*outcome)(Bytes file);
} kKinds[] = {
    {"bake", Bake},    {"bmp", Picture},        {"claimed_size", ClaimedSize},
    {"color", Color},  {"engine", Network},     {"gif", Picture},
    {"jpeg", Picture}, {"onnx_file", Metadata}, {"orientation", Exif},
    {"png", Picture},  {"taught", Taught},      {"text_table", Table},
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4 && argc != 6) {
    std::fprintf(stderr, "fuzz_outcomes FOLDER SEED MUTATIONS [LINE FILE]\n");
    return 2;
  }
  const std::filesystem::path root = argv[1];
  const auto number = [&](int i) {
    return static_cast<uint32_t>(std::strtoul(argv[i], nullptr, 10));
  };
  const uint32_t seed = number(2), mutations = number(3);
  uint32_t line = 0;
  for (const auto& [kind, outcome] : kKinds) {
    const std::string folder = (root / kind).string();
    if (!std::filesystem::exists(folder)) continue;
    const auto paths = shiwu::fuzz::PathsIn(folder);
    std::vector<Input> seeds;
    seeds.reserve(paths.size());
    for (const auto& path : paths) seeds.push_back(shiwu::fuzz::ReadInput(path));
    const auto print = [&](const Input& input, size_t file, uint32_t mutation) {
      if (argc == 6 && line == number(4) && !shiwu::fuzz::WriteInput(argv[5], input)) std::exit(2);
      ++line;
      // In memory of exactly its size, so that a read past the end is seen.
      const std::unique_ptr<uint8_t[]> exact(new uint8_t[input.size()]);
      if (!input.empty()) std::memcpy(exact.get(), input.data(), input.size());
      const std::string name = std::filesystem::path(paths[file]).filename().string();
      const Bytes bytes(exact.get(), input.size());
      std::printf("%.*s %s+%u %s ", static_cast<int>(kind.size()), kind.data(), name.c_str(),
                  mutation, Digest().Add(bytes).Text().c_str());
      std::fflush(stdout);  // whose input it was that ended the program
      std::printf("%s\n", outcome(bytes).c_str());
    };
    shiwu::fuzz::Random random(seed * 2654435761u | 1);
    for (size_t i = 0; i < seeds.size(); ++i) {
      if (mutations == 0) print(seeds[i], i, 0);
      for (uint32_t j = 1; j <= mutations; ++j) {
        Input mutation = seeds[i];
        shiwu::fuzz::Mutate(mutation, seeds, random);
        print(mutation, i, j);
      }
    }
  }
  return 0;
}
