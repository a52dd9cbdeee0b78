// Everything once, before there is anything to do.
#pragma once

#include "shiwu/result.h"

namespace shiwu {

// Decodes, fits and classifies a picture of nothing by a network of nothing, a small one of the
// bundled models' kind. A browser compiles each function when it is first called, and anew when it
// has run for a while: here that happens while the model is still on its way, and the first photo
// need not wait for it. Takes some milliseconds and a megabyte, and leaves nothing behind.
Status WarmUp();

}  // namespace shiwu
