// exp, log and sin by their series. The C library's need tables, kilobytes that no compression
// makes smaller; and so the wasm's bits are the native ones.
#pragma once

namespace shiwu {

// e to the power x <= 0, within two units in the last place. Below -708 it is 0 already, which no
// float tells from the truth.
double Exp(double x);

// The natural logarithm of x > 0, within two units in the last place.
double Log(double x);

// For angles within a few turns; its error is within two units in the last place of 1.
double Sin(double x);

}  // namespace shiwu
