// libjpeg-turbo's headers, which are C and count on others being there.
#pragma once

#include <cstddef>
#include <cstdio>

extern "C" {
#define JPEG_INTERNALS
#include <jpeglib.h>
// After it, its numbers of errors.
#include <jerror.h>
}
