// stb_image's implementation.
#define STB_IMAGE_IMPLEMENTATION
#include "stb_config.h"
