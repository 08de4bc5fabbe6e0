// SPDX-License-Identifier: Apache-2.0
// A session file of any bytes, a database or a JSON export: either an Error, or it can be listed, shown, exported and
// imported.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "engine/core/error.h"
#include "sessions/session_store.h"

using namespace vitrine;

/// In memory where there is such a place, so that the disk does not set the pace. Never destroyed: the clean-up at exit needs it.
static const std::filesystem::path& folder() {
  static const std::filesystem::path& made = *new std::filesystem::path([] {
    const std::filesystem::path root =
        std::filesystem::exists("/dev/shm") ? "/dev/shm" : std::filesystem::temp_directory_path();
    std::string name = (root / "session-fuzz-XXXXXX").string();
    if (!mkdtemp(name.data())) std::abort();
    std::atexit([] {
      std::error_code ignored;
      std::filesystem::remove_all(folder(), ignored);
    });
    return std::filesystem::path(name);
  }());
  return made;
}

static void read_everything(const SessionStore& store) {
  for (const SessionRow& row : store.list()) {
    store.messages(row.id);
    store.selected_branch(row.id);
    store.pinned(row.id);
    store.layout(row.id);
    for (const RunRecord& run : store.runs(row.id)) {
      store.commands(run.id);
      store.events(run.id);
      store.compare_settings(run.id, run.id);
      store.last_replay(run.id);
    }
    store.to_markdown(row.id);
    store.to_json(row.id);
  }
  store.list({.search = "the 컵"});
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::filesystem::path file = folder() / "input.vitrine";
  std::ofstream(file, std::ios::binary).write(reinterpret_cast<const char*>(data), std::streamsize(size));
  try {
    read_everything(*SessionStore::open(file, SessionStore::Access::read));
  } catch (const Error&) {
  }
  try {
    const std::filesystem::path library = folder() / "library.db";
    std::filesystem::remove(library);
    const auto store = SessionStore::open(library);
    store->import_file(file);
    read_everything(*store);
  } catch (const Error&) {
  }
  return 0;
}
