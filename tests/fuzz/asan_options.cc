// AddressSanitizer: a mutated length may ask for more memory than there is; that is an error value.

// NOLINTNEXTLINE(bugprone-reserved-identifier): its name, not ours
extern "C" const char* __asan_default_options();
// NOLINTNEXTLINE(bugprone-reserved-identifier)
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }
