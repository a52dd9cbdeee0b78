/* What libjpeg-turbo asks about the compiler. */
#include <errno.h>

#define BUILD ""
#define INLINE inline __attribute__((always_inline))
#define THREAD_LOCAL
#define PACKAGE_NAME "libjpeg-turbo"
#define VERSION "2.1.5"
#define SIZEOF_SIZE_T __SIZEOF_SIZE_T__
#define FALLTHROUGH __attribute__((fallthrough));
