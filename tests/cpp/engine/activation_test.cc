#include "engine/activation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "engine/weights.h"

namespace shiwu::engine {
namespace {

using test::Random;

std::vector<Activation> All() {
  std::vector<Activation> all(5);
  all[0].range = {-0.25f, 2};
  all[1].kind = Activation::kSigmoid;
  all[2].kind = Activation::kSilu;
  all[3] = {Activation::kHardSigmoid, {}, 0.2f, 0.4f};
  all[4].kind = Activation::kHardSwish;
  return all;
}

TEST(EngineActivation, IsWithinAFewUnitsOfTheFormula) {
  for (const Activation& activation : All()) {
    for (int i = -1200; i <= 1200; ++i) {
      const float x = 0.0837f * static_cast<float>(i);
      float actual = x;
      Apply(activation, &actual, 1);
      const float expected = reference::Apply(activation, x);
      EXPECT_NEAR(actual, expected, 1e-6 * std::abs(expected) + 1e-30)
          << activation.kind << " " << x;
    }
  }
}

TEST(EngineActivation, AppliesToEveryNumberAndNoOther) {
  Random random(1);
  for (const Activation& activation : All()) {
    for (int count = 0; count <= 19; ++count) {
      const auto before = random.Numbers(count, -8, 8);
      auto after = before;
      Apply(activation, after.data(), after.size());
      for (int i = 0; i < count; ++i) {
        float alone = before[i];
        Apply(activation, &alone, 1);
        EXPECT_EQ(after[i], alone);
      }
    }
  }
}

TEST(EngineActivation, Extremes) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kHuge = std::numeric_limits<float>::max();
  const auto of = [](Activation::Kind kind, float x) {
    Activation activation;
    activation.kind = kind;
    Apply(activation, &x, 1);
    return x;
  };
  for (const float x : {kInfinity, kHuge, 200.0f}) {
    EXPECT_EQ(of(Activation::kSigmoid, x), 1);
    EXPECT_LT(of(Activation::kSigmoid, -x), 1e-37f);
    EXPECT_GE(of(Activation::kSigmoid, -x), 0);
    EXPECT_EQ(of(Activation::kSilu, x), x);
    EXPECT_EQ(of(Activation::kHardSigmoid, x), 1);
    EXPECT_EQ(of(Activation::kHardSigmoid, -x), 0);
    EXPECT_EQ(of(Activation::kHardSwish, x), x);
  }
  EXPECT_NEAR(of(Activation::kSilu, -200), 0, 1e-30);
  EXPECT_EQ(of(Activation::kHardSwish, -200), 0);
}

TEST(EngineActivation, WhatIsNoNumberStaysSo) {
  for (const Activation& activation : All()) {
    float numbers[] = {1, 2, std::numeric_limits<float>::quiet_NaN(),
                       3, 4, std::numeric_limits<float>::quiet_NaN()};
    Apply(activation, numbers, 6);
    for (int i = 0; i < 6; ++i) EXPECT_EQ(std::isnan(numbers[i]), i == 2 || i == 5) << i;
  }
}

TEST(EngineActivation, NoneIsTheWholeRange) {
  EXPECT_TRUE(Activation().IsNone());
  for (const Activation& activation : All()) EXPECT_FALSE(activation.IsNone());
}

}  // namespace
}  // namespace shiwu::engine
