#include <gtest/gtest.h>

// AddressSanitizer: a refused allocation is an error value here, not a crash.
// NOLINTNEXTLINE(bugprone-reserved-identifier): its name, not ours
extern "C" const char* __asan_default_options();
// NOLINTNEXTLINE(bugprone-reserved-identifier)
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
