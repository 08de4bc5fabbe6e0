// SPDX-License-Identifier: Apache-2.0
// An Engine as replay sees it.
#include "sessions/replay.h"

namespace vitrine {

EngineDoor door_of(Engine& engine) {
  return {[&engine](Command command) { return engine.submit(std::move(command)); },
          [&engine](JobId job) { engine.cancel(job); }, engine.subscribe(Engine::Policy::lossless)};
}

}  // namespace vitrine
