#include "engine/reference.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace shiwu::test {

std::vector<float> Random::Numbers(size_t count, float low, float high) {
  std::vector<float> numbers(count);
  for (float& each : numbers) each = Number(low, high);
  return numbers;
}

size_t Tensor::size() const {
  size_t size = 1;
  for (const int side : dims) size *= side;
  return size;
}

Tensor RandomTensor(Random& random, const std::vector<int>& dims) {
  Tensor tensor{dims, {}};
  tensor.values = random.Numbers(tensor.size());
  return tensor;
}

std::vector<float> ToPixels(const Tensor& tensor) {
  if (tensor.dims.size() != 4) return tensor.values;
  const int channels = tensor.dims[1], pixels = tensor.dims[2] * tensor.dims[3];
  std::vector<float> out(tensor.values.size());
  for (int c = 0; c < channels; ++c) {
    for (int i = 0; i < pixels; ++i) out[i * channels + c] = tensor.values[c * pixels + i];
  }
  return out;
}

Tensor FromPixels(const std::vector<int>& dims, std::span<const float> pixels) {
  Tensor tensor{dims, {pixels.begin(), pixels.end()}};
  if (dims.size() != 4) return tensor;
  const int channels = dims[1], count = dims[2] * dims[3];
  for (int c = 0; c < channels; ++c) {
    for (int i = 0; i < count; ++i) tensor.values[c * count + i] = pixels[i * channels + c];
  }
  return tensor;
}

namespace reference {
namespace {

// Calls `use(index into the channel's plane)` with each place that the window covers at (y, x).
template <typename Use>
void Covered(const Tensor& in, const engine::Window& w, int y, int x, Use use) {
  for (int ky = 0; ky < w.height; ++ky) {
    for (int kx = 0; kx < w.width; ++kx) {
      const int row = y * w.stride_y - w.top + ky * w.dilation_y;
      const int column = x * w.stride_x - w.left + kx * w.dilation_x;
      if (row < 0 || row >= in.dims[2] || column < 0 || column >= in.dims[3]) continue;
      use(row * in.dims[3] + column, ky * w.width + kx);
    }
  }
}

template <typename Each>
Tensor Pool(const Tensor& in, int height, int width, Each each) {
  Tensor out{{1, in.dims[1], height, width}, {}};
  for (int c = 0; c < in.dims[1]; ++c) {
    const float* plane = in.values.data() + size_t{1} * c * in.dims[2] * in.dims[3];
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) out.values.push_back(each(plane, y, x));
    }
  }
  return out;
}

}  // namespace

int Places(int size, int before, int after, int span, int stride) {
  return (size + before + after - span) / stride + 1;
}

Tensor Conv(const Tensor& in, const Tensor& weights, const std::vector<float>& bias,
            const engine::Window& w, int group) {
  const int channels = weights.dims[0], inputs = weights.dims[1], taps = w.height * w.width;
  const int height = Places(in.dims[2], w.top, w.bottom, w.span_y(), w.stride_y);
  const int width = Places(in.dims[3], w.left, w.right, w.span_x(), w.stride_x);
  Tensor out{{1, channels, height, width}, {}};
  for (int c = 0; c < channels; ++c) {
    const int first = c / (channels / group) * inputs;
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        double sum = bias.empty() ? 0 : bias[c];
        for (int i = 0; i < inputs; ++i) {
          const float* plane = in.values.data() + size_t{1} * (first + i) * in.dims[2] * in.dims[3];
          const float* taps_of = weights.values.data() + (size_t{1} * c * inputs + i) * taps;
          Covered(in, w, y, x, [&](int at, int tap) { sum += double{plane[at]} * taps_of[tap]; });
        }
        out.values.push_back(static_cast<float>(sum));
      }
    }
  }
  return out;
}

Tensor MaxPool(const Tensor& in, const engine::Window& w, int height, int width) {
  return Pool(in, height, width, [&](const float* plane, int y, int x) {
    float most = -std::numeric_limits<float>::infinity();
    Covered(in, w, y, x, [&](int at, int) {
      if (!(plane[at] <= most)) most = plane[at];
    });
    return most;
  });
}

Tensor AveragePool(const Tensor& in, const engine::Window& w, int height, int width,
                   bool counts_padding) {
  return Pool(in, height, width, [&](const float* plane, int y, int x) {
    double sum = 0;
    int count = 0;
    Covered(in, w, y, x, [&](int at, int) {
      sum += plane[at];
      ++count;
    });
    if (counts_padding) {
      Tensor padded{in.dims, {}};  // its sides with padding, seen from its corner
      padded.dims[2] += w.top + w.bottom;
      padded.dims[3] += w.left + w.right;
      engine::Window bare = w;
      bare.top = bare.left = 0;
      count = 0;
      Covered(padded, bare, y, x, [&](int, int) { ++count; });
    }
    return static_cast<float>(sum / std::max(count, 1));
  });
}

Tensor GlobalAveragePool(const Tensor& in) {
  engine::Window window;
  window.height = in.dims[2];
  window.width = in.dims[3];
  return AveragePool(in, window, 1, 1, false);
}

Tensor Apply(const engine::Activation& activation, Tensor in) {
  for (float& each : in.values) each = engine::reference::Apply(activation, each);
  return in;
}

Tensor Add(Tensor a, const Tensor& b) {
  for (size_t i = 0; i < a.values.size(); ++i) a.values[i] += b.values[i];
  return a;
}

}  // namespace reference

std::vector<Tensor> RunModel(Engine& engine, const Tensor& input) {
  EXPECT_EQ(engine.input().dims, input.dims);
  const std::vector<float> pixels = ToPixels(input);
  if (pixels.size() != engine.input().values.size()) return {};
  std::copy(pixels.begin(), pixels.end(), engine.input().values.begin());
  for (size_t i = 0; i < engine.step_count(); ++i) engine.RunStep(i);
  std::vector<Tensor> outputs;
  for (const Engine::Port& port : engine.outputs()) {
    // An output stands in ONNX's order, whatever its sides.
    outputs.push_back({port.dims, {port.values.begin(), port.values.end()}});
  }
  return outputs;
}

testing::AssertionResult Near(std::span<const float> actual, std::span<const float> expected,
                              double tolerance) {
  if (actual.size() != expected.size()) {
    return testing::AssertionFailure() << actual.size() << " numbers, not " << expected.size();
  }
  double most = 1e-30;
  for (const float each : expected) {
    if (std::isfinite(each)) most = std::max(most, std::abs(double{each}));
  }
  for (size_t i = 0; i < actual.size(); ++i) {
    const bool same =
        actual[i] == expected[i] || (std::isnan(actual[i]) && std::isnan(expected[i]));
    if (!same && !(std::abs(double{actual[i]} - expected[i]) <= tolerance * most)) {
      return testing::AssertionFailure() << "[" << i << "] is " << actual[i] << ", not "
                                         << expected[i] << " (greatest: " << most << ")";
    }
  }
  return testing::AssertionSuccess();
}

}  // namespace shiwu::test
