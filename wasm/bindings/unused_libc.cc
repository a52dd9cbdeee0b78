// Parts of the C library that the linker takes in though nothing here comes to them: 9 kB of the
// wasm, and 5 of what compression leaves. These are found first and keep them out; weak, so that a
// library whose parts come along all the same can be linked.
extern "C" {

// sin and cos of angles beyond 2^20 * pi / 2, by a long table of 2 / pi. Those of the resampling
// filters end at 3 * pi (resample_weights.cc); code that takes any angle must take this out.
[[gnu::weak]] int __rem_pio2_large(double*, double*, int, int, int) { __builtin_trap(); }

// Embind's word for a type that was not bound; here every type is (CMakeLists.txt).
[[gnu::weak]] int siprintf(char*, const char*, ...) { __builtin_trap(); }

}  // extern "C"
