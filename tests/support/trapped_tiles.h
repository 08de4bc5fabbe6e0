// SPDX-License-Identifier: Apache-2.0
// Tests of the AMX machine code that ships, for every dtype it has: run as it is where there is AMX, trapped and
// emulated elsewhere.
#pragma once

#include <gtest/gtest.h>

#include <optional>

#include "engine/backend/cpu/isa.h"
#include "engine/tensor/dtype.h"
#include "tests/support/tile_traps.h"

namespace vitrine::testing {

class TrappedTilesTest : public ::testing::TestWithParam<DType> {
 protected:
  void trap() {
    if (cpu::detect_isa() < cpu::Isa::amx) traps_.emplace();
  }
  void TearDown() override {
    if (traps_) {
      EXPECT_GT(traps_->count(), 0) << "no tile instruction ran: was another kernel chosen?";
    }
  }

 private:
  std::optional<TileTraps> traps_;
};

}  // namespace vitrine::testing
