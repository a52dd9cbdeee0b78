#include "shiwu/fit.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <new>
#include <utility>

#include "color.h"
#include "jpeg/reader.h"
#include "shiwu/orientation.h"

namespace shiwu {
namespace {

// Which part of a picture becomes which part of the model's input: `box`, in pixels of the upright
// picture, is resampled to width x height.
struct Plan {
  double left, top, right, bottom;
  int width, height;
};

Result<Plan> PlanFit(int source_width, int source_height, const Preprocessing& p) {
  if (source_width < 1 || source_height < 1 || p.width < 1 || p.height < 1 || p.width > kMaxSide ||
      p.height > kMaxSide) {
    return Error{ErrorCode::kInvalidArgument, "empty image or model size"};
  }
  const double w = source_width, h = source_height;
  switch (p.mode) {
    case ResizeMode::kStretch:
      return Plan{0, 0, w, h, p.width, p.height};
    case ResizeMode::kCropShortest: {
      if (!(p.crop_fraction > 0 && p.crop_fraction <= 1)) {
        return Error{ErrorCode::kInvalidArgument, "crop_fraction"};
      }
      const double crop_w = p.crop_fraction * std::min(w, h * p.width / p.height);
      const double crop_h = p.crop_fraction * std::min(h, w * p.height / p.width);
      const double left = (w - crop_w) / 2, top = (h - crop_h) / 2;
      return Plan{left, top, left + crop_w, top + crop_h, p.width, p.height};
    }
    case ResizeMode::kPad: {
      const double scale = std::min(p.width / w, p.height / h);
      return Plan{0,
                  0,
                  w,
                  h,
                  std::clamp(static_cast<int>(std::lround(w * scale)), 1, p.width),
                  std::clamp(static_cast<int>(std::lround(h * scale)), 1, p.height)};
    }
  }
  return Error{ErrorCode::kInvalidArgument, "resize mode"};
}

// `inner` centred on black, where it does not fill the model's input.
Result<Image> Centre(Result<Image> inner, const Preprocessing& p) {
  if (!inner.ok()) return inner;
  const ImageView view = inner.value().view();
  if (view.width == p.width && view.height == p.height) return inner;
  auto canvas = Image::Allocate(p.width, p.height);
  if (!canvas.ok()) return canvas;
  std::memset(canvas.value().data(), 0, canvas.value().size_bytes());
  const size_t left = (p.width - view.width) / 2, top = (p.height - view.height) / 2;
  for (int y = 0; y < view.height; ++y) {
    std::memcpy(canvas.value().data() + ((top + y) * p.width + left) * kChannels, view.At(0, y),
                size_t{kChannels} * view.width);
  }
  return canvas;
}

// A region's side along one axis of the upright picture, in whole pixels of the decoded one.
struct Axis {
  int size;          // of the region
  float from, to;    // the box, from the region's first pixel on
  int stored_first;  // of the region, in the order in which the picture is stored
};

// `full` pixels were decoded to `decoded` ones at 1 / denominator; the region begins at `first` and
// has `size`, and the box lies at from..to in it. Where the axis is mirrored, what the last block
// lacks is missing at its beginning.
Axis Scale(int full, int denominator, bool mirrored, int first, int size, double from, double to) {
  const int decoded = (full + denominator - 1) / denominator;
  const double shift = mirrored ? decoded - static_cast<double>(full) / denominator : 0;
  const auto at = [&](double x) { return x / denominator + shift; };
  const int begin = static_cast<int>(std::floor(at(first)));
  const int end = std::min(decoded, static_cast<int>(std::ceil(at(first + size))));
  // Rounding to float may step over the edge by a hair.
  return {end - begin, std::max(0.0f, static_cast<float>(at(first + from) - begin)),
          std::min(static_cast<float>(at(first + to) - begin), static_cast<float>(end - begin)),
          mirrored ? decoded - end : begin};
}

int Denominator(const Plan& plan) {
  constexpr double kGap = 2;
  const double scale =
      std::min((plan.right - plan.left) / plan.width, (plan.bottom - plan.top) / plan.height);
  int denominator = 8;
  while (denominator > 1 && scale < kGap * denominator) denominator /= 2;
  return denominator;
}

Result<FittedFile> FitJpeg(std::span<const uint8_t> file, uint64_t max_pixels, Precision precision,
                           const std::optional<Region>& wanted, const Preprocessing& p) {
  auto opened = JpegReader::Open(file, max_pixels);
  if (!opened.ok()) return opened.status();
  JpegReader& reader = opened.value();
  const int orientation = ReadOrientation(file);
  const Turn turn = TurnOf(orientation);
  int width = reader.width(), height = reader.height();
  if (turn.exchanged) std::swap(width, height);
  const Region region = wanted.value_or(Region{0, 0, width, height});
  if (Status status = CheckRegion(region, width, height); !status.ok()) return status;
  auto planned = PlanFit(region.width, region.height, p);
  if (!planned.ok()) return planned.status();
  const Plan& plan = planned.value();
  const int denominator = precision == Precision::kFast ? Denominator(plan) : 1;

  Axis x =
      Scale(width, denominator, turn.mirrored_x, region.x, region.width, plan.left, plan.right);
  Axis y =
      Scale(height, denominator, turn.mirrored_y, region.y, region.height, plan.top, plan.bottom);
  const Box box = {x.from, y.from, x.to, y.to};
  if (turn.exchanged) std::swap(x, y);
  auto made = Resampler::Make(x.size, y.size, orientation, plan.width, plan.height, p.filter, box);
  if (!made.ok()) return made.status();
  Resampler& resampler = made.value();
  const Region& needed = resampler.needed();

  if (Status status = reader.Start(denominator); !status.ok()) return status;
  constexpr int kBand = 16;
  const int decoded_width = (reader.width() + denominator - 1) / denominator;
  const size_t pitch = size_t{kChannels} * decoded_width;
  const std::unique_ptr<uint8_t[]> band(new (std::nothrow)
                                            uint8_t[pitch * kBand + Resampler::kOverread]());
  if (band == nullptr) return Error{ErrorCode::kOutOfMemory, "rows"};
  const uint8_t* rows[kBand];
  for (int r = 0; r < kBand; ++r) {
    rows[r] = band.get() + r * pitch + size_t{kChannels} * (x.stored_first + needed.x);
  }
  if (Status status = reader.Skip(y.stored_first + needed.y); !status.ok()) return status;
  for (int done = 0; done < needed.height;) {
    const int count = std::min(kBand, needed.height - done);
    if (Status status = reader.Read(band.get(), pitch, count); !status.ok()) return status;
    resampler.Take(rows, count);
    done += count;
  }
  if (Status status = reader.CheckComplete(); !status.ok()) return status;
  auto fitted = Centre(resampler.Finish(), p);
  if (!fitted.ok()) return fitted.status();
  return FittedFile{std::move(fitted).value(), reader.width(), reader.height(), orientation,
                    reader.truncated()};
}

Result<FittedFile> FitWhole(std::span<const uint8_t> file, uint64_t max_pixels, Precision precision,
                            const std::optional<Region>& region, const Preprocessing& p) {
  auto decoded = Decode(file, max_pixels);
  if (!decoded.ok()) return decoded.status();
  const auto& [pixels, orientation, format, truncated] = decoded.value();
  const ImageView upright = Upright(pixels.view(), orientation);
  auto part = Crop(upright, region.value_or(Region{0, 0, upright.width, upright.height}));
  if (!part.ok()) return part.status();
  auto fitted = FitToModel(part.value(), precision, p);
  if (!fitted.ok()) return fitted.status();
  return FittedFile{std::move(fitted).value(), pixels.width(), pixels.height(), orientation,
                    truncated};
}

}  // namespace

std::optional<ResizeMode> ResizeModeFromName(std::string_view name) {
  if (name == "crop-shortest") return ResizeMode::kCropShortest;
  if (name == "stretch") return ResizeMode::kStretch;
  if (name == "pad") return ResizeMode::kPad;
  return std::nullopt;
}

Result<Image> FitToModel(const ImageView& upright, Precision precision, const Preprocessing& p) {
  auto planned = PlanFit(upright.width, upright.height, p);
  if (!planned.ok()) return planned.status();
  const Plan& plan = planned.value();
  // Rounding may step over the edge by a hair.
  const Edges box = {plan.left, plan.top, std::min<double>(plan.right, upright.width),
                     std::min<double>(plan.bottom, upright.height)};
  return Centre(precision == Precision::kFast
                    ? ResizeInTwo(upright, plan.width, plan.height, p.filter, box)
                    : Resize(upright, plan.width, plan.height, p.filter, ToBox(box)),
                p);
}

Result<FittedFile> FitFile(std::span<const uint8_t> file, uint64_t max_pixels, Precision precision,
                           const std::optional<Region>& region, const Preprocessing& p) {
  auto fitted = SniffFormat(file) == Format::kJpeg
                    ? FitJpeg(file, max_pixels, precision, region, p)
                    : FitWhole(file, max_pixels, precision, region, p);
  if (fitted.ok() && precision == Precision::kFast) {
    Image& pixels = fitted.value().pixels;
    if (const auto to_srgb = ToSrgb::Of(file)) {
      to_srgb->Apply(pixels.data(), pixels.size_bytes() / kChannels);
    }
  }
  return fitted;
}

Result<Extent> SeenPart(int width, int height, const Preprocessing& p) {
  auto planned = PlanFit(width, height, p);
  if (!planned.ok()) return planned.status();
  const Plan& plan = planned.value();
  if (p.mode != ResizeMode::kPad) return Extent{plan.left, plan.top, plan.right, plan.bottom};
  // As Centre puts it there.
  const double across = double{1} * width / plan.width, down = double{1} * height / plan.height;
  const int margin_x = (p.width - plan.width) / 2, margin_y = (p.height - plan.height) / 2;
  const double left = -across * margin_x, top = -down * margin_y;
  return Extent{left, top, left + across * p.width, top + down * p.height};
}

Result<Region> RegionAround(const Extent& part, int width, int height, const Preprocessing& p) {
  if (auto planned = PlanFit(width, height, p); !planned.ok()) return planned.status();
  if (!std::isfinite(part.left + part.top + part.right + part.bottom)) {
    return Error{ErrorCode::kInvalidArgument, "a part that is not finite"};
  }
  double w = std::abs(part.right - part.left), h = std::abs(part.bottom - part.top);
  if (p.mode == ResizeMode::kCropShortest) {
    h = std::max(h, w * p.height / p.width) / p.crop_fraction;
    w = h * p.width / p.height;
  }
  const auto place = [](double from, double to, double size, int full) {
    const int whole = static_cast<int>(std::lround(std::clamp(size, 1.0, double{1} * full)));
    const double first = std::clamp((from + to - whole) / 2, 0.0, double{1} * full - whole);
    return std::pair(static_cast<int>(std::lround(first)), whole);
  };
  const auto [x, across] = place(part.left, part.right, w, width);
  const auto [y, down] = place(part.top, part.bottom, h, height);
  return Region{x, y, across, down};
}

}  // namespace shiwu
