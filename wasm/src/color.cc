#include "color.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <new>
#include <vector>

#include "bytes.h"
#include "inflate.h"

namespace shiwu {
namespace {

using Bytes = std::span<const uint8_t>;

constexpr size_t kMostProfile = 1 << 22;  // bytes; those of this kind have some hundred

// IEC 61966-2-1: a level of 0 to 255, or what lies between two, as light.
float LightOf(float level) {
  const float x = level / 255;
  return x <= 0.04045f ? x / 12.92f : std::pow((x + 0.055f) / 1.055f, 2.4f);
}

// XYZ relative to D50 of sRGB's primaries (IEC 61966-2-1 by Bradford), inverted.
constexpr float kFromXyz[3][3] = {{3.1341864f, -1.6172090f, -0.4906941f},
                                  {-0.9787485f, 1.9161301f, 0.0334333f},
                                  {0.0719639f, -0.2289939f, 1.4057537f}};

float Fixed(Bytes bytes, size_t at) {  // s15Fixed16Number
  return static_cast<float>(static_cast<int32_t>(BigEndian(bytes, at, 4))) / 65536;
}

// The content of a tag, from its type on; empty where there is none, or it reaches outside.
Bytes Tag(Bytes profile, std::string_view signature) {
  const uint32_t count = std::min<uint32_t>(BigEndian(profile, 128, 4), 200);
  for (size_t at = 132; count > 0 && at < 132 + size_t{12} * count; at += 12) {
    if (profile.size() < at + 12) break;
    if (!HasText(profile, at, signature)) continue;
    const size_t start = BigEndian(profile, at + 4, 4), size = BigEndian(profile, at + 8, 4);
    if (start > profile.size() || size > profile.size() - start) break;
    return profile.subspan(start, size);
  }
  return {};
}

// ICC.1:2022 10.6 and 10.18, at every level.
bool ReadCurve(Bytes tag, std::array<float, 256>& curve) {
  if (tag.size() < 12) return false;
  // g, a, b, c, d, e, f of (a x + b)^g + e from d on, and c x + f below; or a table.
  float p[7] = {1, 1, 0, 0, 0, 0, 0};
  size_t last = 0;  // of the table
  const auto entry = [&](size_t i) { return static_cast<float>(BigEndian(tag, 12 + 2 * i, 2)); };
  if (HasText(tag, 0, "curv")) {
    const size_t count = BigEndian(tag, 8, 4);
    if (count > (tag.size() - 12) / 2) return false;
    if (count == 1) p[0] = entry(0) / 256;
    if (count > 1) last = count - 1;
  } else if (HasText(tag, 0, "para")) {
    constexpr uint8_t kCounts[5] = {1, 3, 4, 5, 7};
    const uint32_t kind = BigEndian(tag, 8, 2);
    if (kind > 4 || tag.size() < size_t{12} + 4 * kCounts[kind]) return false;
    for (size_t i = 0; i < kCounts[kind]; ++i) p[i] = Fixed(tag, 12 + 4 * i);
    if (kind == 1 || kind == 2) {  // above -b / a, and e is where c stands
      p[5] = p[6] = kind == 2 ? p[3] : 0;
      p[3] = 0;
      p[4] = p[1] == 0 ? 0 : -p[2] / p[1];
    }
  } else {
    return false;
  }
  for (size_t i = 0; i < curve.size(); ++i) {
    const float x = static_cast<float>(i) / 255;
    float light;
    if (last > 0) {
      const float at = x * static_cast<float>(last);
      const size_t below = std::min(static_cast<size_t>(at), last - 1);
      const float share = at - static_cast<float>(below);
      light = (entry(below) * (1 - share) + entry(below + 1) * share) / 65535;
    } else if (x < p[4]) {
      light = p[3] * x + p[6];
    } else {
      light = std::pow(std::max(p[1] * x + p[2], 0.0f), p[0]) + p[5];
    }
    if (std::isnan(light)) return false;
    curve[i] = std::clamp(light, 0.0f, 1.0f);
  }
  return true;
}

// ICC.1:2022 annex B.4: in parts, each with its number and how many there are.
std::vector<uint8_t> ProfileOfJpeg(Bytes file) {
  std::vector<Bytes> parts(256);
  for (size_t at = 2; at + 4 <= file.size() && file[at] == 0xFF;) {
    const uint8_t marker = file[at + 1];
    if (marker == 0xFF) {  // fill byte
      ++at;
      continue;
    }
    const size_t length = BigEndian(file, at + 2, 2);
    if (marker == 0xDA || marker == 0xD9 || length < 2 || length > file.size() - at - 2) break;
    if (marker == 0xE2 && length >= 16 && HasText(file, at + 4, {"ICC_PROFILE\0", 12})) {
      parts[file[at + 16]] = file.subspan(at + 18, length - 16);
    }
    at += 2 + length;
  }
  std::vector<uint8_t> profile;
  for (const Bytes part : parts) profile.insert(profile.end(), part.begin(), part.end());
  return profile;
}

// PNG 11.3.2.3: a name, 0, the method 0, a zlib stream.
std::vector<uint8_t> ProfileOfPng(Bytes chunk) {
  const size_t name = static_cast<size_t>(std::find(chunk.begin(), chunk.end(), 0) - chunk.begin());
  std::vector<uint8_t> profile;
  if (name + 2 > chunk.size()) return profile;
  const std::unique_ptr<Inflater> inflater(new (std::nothrow) Inflater({chunk.subspan(name + 2)}));
  while (inflater != nullptr && profile.size() < kMostProfile) {
    const Bytes next = inflater->Next();
    if (next.empty()) break;
    profile.insert(profile.end(), next.begin(), next.end());
  }
  return profile;
}

struct ColourChunks {
  Bytes profile, gamma, primaries;
  bool srgb = false;
};

ColourChunks FindColourChunks(Bytes file) {
  ColourChunks found;
  for (size_t at = 8; file.size() - at >= 12;) {
    const size_t length = BigEndian(file, at, 4);
    // All of them come before the pixels.
    if (length > file.size() - at - 12 || HasText(file, at + 4, "IDAT")) break;
    const Bytes content = file.subspan(at + 8, length);
    if (HasText(file, at + 4, "iCCP")) found.profile = content;
    if (HasText(file, at + 4, "gAMA") && length == 4) found.gamma = content;
    if (HasText(file, at + 4, "cHRM") && length == 32) found.primaries = content;
    if (HasText(file, at + 4, "sRGB")) found.srgb = true;
    at += 12 + length;
  }
  return found;
}

using Matrix = float[3][3];

void Multiply(const Matrix& a, const Matrix& b, Matrix& to) {
  for (int r = 0; r < 3; ++r) {
    for (int c = 0; c < 3; ++c)
      to[r][c] = a[r][0] * b[0][c] + a[r][1] * b[1][c] + a[r][2] * b[2][c];
  }
}

bool Invert(const Matrix& m, Matrix& to) {
  const auto minor = [&](int r, int c) {
    const int r1 = (r + 1) % 3, r2 = (r + 2) % 3, c1 = (c + 1) % 3, c2 = (c + 2) % 3;
    return m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1];
  };
  const float all = m[0][0] * minor(0, 0) + m[0][1] * minor(0, 1) + m[0][2] * minor(0, 2);
  if (!(std::abs(all) > 1e-9f)) return false;
  for (int r = 0; r < 3; ++r) {
    for (int c = 0; c < 3; ++c) to[c][r] = minor(r, c) / all;
  }
  return true;
}

void Map(const Matrix& m, const float (&v)[3], float (&to)[3]) {
  for (int r = 0; r < 3; ++r) to[r] = m[r][0] * v[0] + m[r][1] * v[1] + m[r][2] * v[2];
}

// x and y of white, red, green and blue (PNG 11.3.2.1) to the XYZ, relative to D50, of the three.
bool XyzOfPrimaries(Bytes chunk, Matrix& xyz) {
  float v[4][3];
  for (size_t i = 0; i < 4; ++i) {
    const float x = static_cast<float>(BigEndian(chunk, 8 * i, 4)) / 100000;
    const float y = static_cast<float>(BigEndian(chunk, 8 * i + 4, 4)) / 100000;
    if (!(y > 1e-4f && y <= 1 && x <= 1)) return false;
    v[i][0] = x / y, v[i][1] = 1, v[i][2] = (1 - x - y) / y;
  }
  Matrix primaries, inverse;
  for (int r = 0; r < 3; ++r) {
    for (int c = 0; c < 3; ++c) primaries[r][c] = v[c + 1][r];
  }
  if (!Invert(primaries, inverse)) return false;
  float amounts[3];
  Map(inverse, v[0], amounts);
  for (auto& row : primaries) {
    for (int c = 0; c < 3; ++c) row[c] *= amounts[c];
  }
  // Bradford's cone responses (ICC.1:2022 annex E).
  constexpr Matrix kBradford = {
      {0.8951f, 0.2664f, -0.1614f}, {-0.7502f, 1.7135f, 0.0367f}, {0.0389f, -0.0685f, 1.0296f}};
  constexpr float kD50[3] = {0.9642f, 1, 0.8249f};
  float from[3], to[3];
  Map(kBradford, v[0], from);
  Map(kBradford, kD50, to);
  Matrix cones, back;
  Multiply(kBradford, primaries, cones);
  for (int r = 0; r < 3; ++r) {
    if (!(from[r] > 1e-4f)) return false;
    for (float& value : cones[r]) value *= to[r] / from[r];
  }
  if (!Invert(kBradford, back)) return false;
  Multiply(back, cones, xyz);
  return true;
}

}  // namespace

struct ToSrgb::Space {
  std::array<Curve, 3> curves;
  Matrix matrix = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};  // to linear sRGB
};

bool ToSrgb::FromProfile(Bytes profile, Space& space) {
  if (profile.size() < 132 || !HasText(profile, 36, "acsp")) return false;
  if (HasText(profile, 16, "GRAY")) {
    if (!ReadCurve(Tag(profile, "kTRC"), space.curves[0])) return false;
    space.curves[1] = space.curves[2] = space.curves[0];
    return true;
  }
  if (!HasText(profile, 16, "RGB ") || !HasText(profile, 20, "XYZ ")) return false;
  constexpr std::string_view kColumns[3] = {"rXYZ", "gXYZ", "bXYZ"};
  constexpr std::string_view kCurves[3] = {"rTRC", "gTRC", "bTRC"};
  Matrix xyz;
  for (int c = 0; c < 3; ++c) {
    const Bytes column = Tag(profile, kColumns[c]);
    if (column.size() < 20 || !HasText(column, 0, "XYZ ")) return false;
    for (int r = 0; r < 3; ++r) xyz[r][c] = Fixed(column, 8 + 4 * r);
    if (!ReadCurve(Tag(profile, kCurves[c]), space.curves[c])) return false;
  }
  Multiply(kFromXyz, xyz, space.matrix);
  return true;
}

bool ToSrgb::FromPng(Bytes file, Space& space) {
  const ColourChunks chunks = FindColourChunks(file);
  if (!chunks.profile.empty()) return FromProfile(ProfileOfPng(chunks.profile), space);
  // As browsers: primaries count only beside a gamma.
  const uint32_t gamma = chunks.gamma.empty() ? 0 : BigEndian(chunks.gamma, 0, 4);
  if (chunks.srgb || gamma == 0) return false;
  // As libpng: within a twentieth of 1 / 2.2 it is sRGB's own curve that was meant.
  const bool usual = gamma > 43182 && gamma < 47727;
  for (size_t i = 0; i < 256; ++i) {
    const auto level = static_cast<float>(i);
    space.curves[0][i] =
        usual ? LightOf(level) : std::pow(level / 255, 100000 / static_cast<float>(gamma));
  }
  space.curves[1] = space.curves[2] = space.curves[0];
  Matrix xyz;
  if (!chunks.primaries.empty() && XyzOfPrimaries(chunks.primaries, xyz)) {
    Multiply(kFromXyz, xyz, space.matrix);
  }
  return true;
}

ToSrgb::ToSrgb(const Space& space) : curves_(space.curves) {
  for (size_t i = 0; i < limits_.size(); ++i) limits_[i] = LightOf(static_cast<float>(i) + 0.5f);
  std::copy_n(&space.matrix[0][0], 9, &matrix_[0][0]);
}

std::optional<ToSrgb> ToSrgb::Of(Bytes file) {
  Space space;
  const bool known = HasText(file, 0, "\x89PNG\r\n\x1A\n") ? FromPng(file, space)
                     : HasText(file, 0, "\xFF\xD8")        ? FromProfile(ProfileOfJpeg(file), space)
                                                           : false;
  if (!known) return std::nullopt;
  ToSrgb found(space);
  constexpr int kStep = 15;
  for (int r = 0; r < 256; r += kStep) {
    for (int g = 0; g < 256; g += kStep) {
      for (int b = 0; b < 256; b += kStep) {
        const uint8_t given[4] = {uint8_t(r), uint8_t(g), uint8_t(b), 255};
        uint8_t changed[4] = {given[0], given[1], given[2], 255};
        found.Apply(changed, 1);
        for (int c = 0; c < 3; ++c) {
          if (std::abs(changed[c] - given[c]) > 1) return found;
        }
      }
    }
  }
  return std::nullopt;
}

void ToSrgb::Apply(uint8_t* rgba, size_t pixel_count) const {
  for (uint8_t* p = rgba; p != rgba + 4 * pixel_count; p += 4) {
    const float light[3] = {curves_[0][p[0]], curves_[1][p[1]], curves_[2][p[2]]};
    float srgb[3];
    Map(matrix_, light, srgb);
    for (int c = 0; c < 3; ++c) {
      const auto level = std::upper_bound(limits_.begin(), limits_.end(), srgb[c]);
      p[c] = static_cast<uint8_t>(level - limits_.begin());
    }
  }
}

}  // namespace shiwu
