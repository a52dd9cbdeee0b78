// Parts of the C library that the linker takes in though nothing here comes to them: 9 kB of the
// wasm, and 5 of what compression leaves. These are found first and keep them out; weak, so that a
// library whose parts come along all the same can be linked.
extern "C" {

// Embind's word for a type that was not bound; here every type is (CMakeLists.txt).
[[gnu::weak]] int siprintf(char*, const char*, ...) { __builtin_trap(); }

}  // extern "C"
