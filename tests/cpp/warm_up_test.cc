#include "shiwu/warm_up.h"

#include <gtest/gtest.h>

namespace shiwu {
namespace {

TEST(WarmUp, ReadsItsPictureAndRunsItsNetwork) {
  const Status status = WarmUp();
  EXPECT_TRUE(status.ok()) << status.error().message;
}

}  // namespace
}  // namespace shiwu
