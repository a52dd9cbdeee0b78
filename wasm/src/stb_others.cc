// stb_image's implementation for PNG, GIF and BMP.
#define STBI_ONLY_PNG
#define STBI_ONLY_GIF
#define STBI_ONLY_BMP
#define STB_IMAGE_IMPLEMENTATION
#include "stb_config.h"

const shiwu::StbDecoder shiwu::kStbOthers = {
    &stbi_info_from_callbacks,
    [](const stbi_io_callbacks* callbacks, void* user, int* width, int* height, int* components) {
      return stbi_load_from_callbacks(callbacks, user, width, height, components, 4);
    },
    &stbi_failure_reason,
};
