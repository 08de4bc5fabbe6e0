// SPDX-License-Identifier: Apache-2.0
#include "engine/core/error.h"

#include <gtest/gtest.h>

using namespace vitrine;

TEST(Error, NamesPlaceThenProblemThenRemedy) {
  const Error e(ErrorKind::format, "tensor 3 ends after the file", "download the file again", "model.gguf");
  EXPECT_STREQ(e.what(), "[model.gguf] tensor 3 ends after the file; download the file again");
}

TEST(Error, OuterContextComesFirst) {
  const Error e = Error(ErrorKind::io, "cannot read", "", "shard 2").within("model");
  EXPECT_EQ(e.context(), "model: shard 2");
  EXPECT_EQ(e.kind(), ErrorKind::io);
}
