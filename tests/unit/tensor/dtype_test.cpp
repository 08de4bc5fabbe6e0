// SPDX-License-Identifier: Apache-2.0
// Would break: reading a type's number in a file, and every size computed from formats.def.
#include "engine/tensor/dtype.h"

#include <gtest/gtest.h>

#include <set>

namespace vitrine {
namespace {

TEST(DType, TheTableIsConsistent) {
  std::set<std::string_view> names;
  std::set<int> numbers;
  for (const DTypeInfo& info : dtypes()) {
    EXPECT_EQ(&dtype_info(info.dtype), &info) << info.name;
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_EQ(dtype_of_name(info.name), info.dtype);
    EXPECT_EQ(is_block_format(info.dtype), info.block_elements > 1) << info.name;
    EXPECT_GT(info.block_bytes, 0);
    EXPECT_EQ(dtype_bytes(info.dtype, 3 * info.block_elements), 3 * info.block_bytes);
    if (info.ggml_type < 0) continue;
    EXPECT_TRUE(numbers.insert(info.ggml_type).second) << info.name;
    EXPECT_EQ(dtype_of_ggml_type(info.ggml_type), info.dtype);
  }
}

TEST(DType, UnknownNamesAndNumbersAreNone) {
  EXPECT_EQ(dtype_of_name("q9_9"), std::nullopt);
  EXPECT_EQ(dtype_of_ggml_type(-1), std::nullopt);
  EXPECT_EQ(dtype_of_ggml_type(4), std::nullopt);
}

}  // namespace
}  // namespace vitrine
