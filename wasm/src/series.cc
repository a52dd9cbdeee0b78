#include "series.h"

#include <bit>
#include <cmath>
#include <cstdint>

namespace shiwu {

double Exp(double x) {
  constexpr double kLn2High = 0x1.62e42feep-1;  // its last bits are zeros: k * kLn2High is exact
  constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
  constexpr double kPerLn2 = 0x1.71547652b82fep0;
  if (!(x >= -708)) return x < 0 ? 0 : x;  // what is no number stays so
  const double k = std::floor(x * kPerLn2 + 0.5);
  const double rest = (x - k * kLn2High) - k * kLn2Low;  // at most ln(2) / 2 in size
  double sum = 1;
  for (int n = 13; n > 0; --n) sum = 1 + rest / n * sum;
  return sum * std::bit_cast<double>(static_cast<uint64_t>(1023 + static_cast<int>(k)) << 52);
}

double Log(double x) {
  int exponent = 0;
  double part = std::frexp(x, &exponent);  // 1/2 to 1
  if (part < 0x1.6a09e667f3bcdp-1) {       // the root of 1/2
    part *= 2;
    --exponent;
  }
  // ln p = 2 artanh((p - 1) / (p + 1)), whose argument is at most 0.172 in size.
  const double t = (part - 1) / (part + 1);
  double sum = 0;
  for (int n = 23; n > 0; n -= 2) sum = 1.0 / n + t * t * sum;
  return exponent * 0x1.62e42fefa39efp-1 + 2 * t * sum;
}

double Sin(double x) {
  constexpr double kPiHigh = 0x1.921fb544p1;  // as above
  constexpr double kPiLow = 0x1.0b4611a626331p-33;
  constexpr double kPerPi = 0x1.45f306dc9c883p-2;
  const double k = std::floor(x * kPerPi + 0.5);
  const double rest = (x - k * kPiHigh) - k * kPiLow;  // at most pi / 2 in size
  double sum = 1;
  for (int n = 20; n > 0; n -= 2) sum = 1 - rest * rest / (n * (n + 1)) * sum;
  return static_cast<int64_t>(k) % 2 == 0 ? rest * sum : -rest * sum;
}

}  // namespace shiwu
