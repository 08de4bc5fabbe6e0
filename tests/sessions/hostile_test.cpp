// SPDX-License-Identifier: Apache-2.0
// Older, newer, damaged, foreign and unwritable files, and a full disk: one clear Error, and nothing that was there is
// lost.
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <random>

#include "sessions/database.h"
#include "sessions/schema.h"
#include "tests/sessions/session_fixture.h"

namespace vitrine {
namespace {

using testing::HasSubstr;
using Access = sql::Database::Access;

class HostileTest : public SessionTest {
 protected:
  void expect_error(const std::filesystem::path& file, ErrorKind kind, const char* part) {
    for (const auto access : {SessionStore::Access::read, SessionStore::Access::write}) {
      try {
        SessionStore::open(file, access);
        ADD_FAILURE() << file << " was opened";
      } catch (const Error& e) {
        EXPECT_EQ(e.kind(), kind) << e.what();
        EXPECT_THAT(e.what(), HasSubstr(part));
        EXPECT_THAT(e.what(), HasSubstr(file.filename().string()));
      }
    }
  }
  static std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

TEST_F(HostileTest, TheFirstSchemaIsBroughtUpToDateWithItsData) {
  {
    sql::Database old(folder_ / "v1.db", Access::create);
    sql::create_schema(old, 1);
    old.exec(
        "INSERT INTO sessions(id, uid, title, created_ms, modified_ms) VALUES (1, 'u', '오래된 세션', 5, 6);"
        "INSERT INTO messages(id, session, role, text, created_ms) VALUES (1, 1, 'user', '첫 질문', 5);"
        "UPDATE sessions SET current_message = 1");
  }
  const std::string before = bytes_of(folder_ / "v1.db");
  {
    const auto read = SessionStore::open(folder_ / "v1.db", SessionStore::Access::read);
    EXPECT_EQ(read->list({.search = "질문"}).size(), 1u);
    read->export_session(1, SessionStore::Format::vitrine, folder_ / "v1.vitrine");
  }
  EXPECT_EQ(bytes_of(folder_ / "v1.db"), before) << "reading does not change an old file";
  EXPECT_EQ(SessionStore::open(folder_ / "v1.vitrine")->list()[0].title, "오래된 세션");
  const auto store = SessionStore::open(folder_ / "v1.db");
  EXPECT_EQ(store->selected_branch(1)[0].text, "첫 질문");
  EXPECT_EQ(store->list({.search = "오래"}).size(), 1u);
  const RunId run = store->begin_run(example_run(1));
  store->record_replay(run, {.identical = true});
  EXPECT_TRUE(store->last_replay(run)->identical);
  store_->import_file(folder_ / "v1.vitrine");
  EXPECT_EQ(titles(store_->list()), std::vector<std::string>{"오래된 세션"});
}

TEST_F(HostileTest, ANewerSchemaIsLeftAlone) {
  add_chat("q", {"a"});
  store_.reset();
  sql::Database(folder_ / "sessions.db", Access::write).exec("PRAGMA user_version = 99");
  expect_error(folder_ / "sessions.db", ErrorKind::unsupported, "newer Vitrine");
  sql::Database(folder_ / "sessions.db", Access::write).exec("PRAGMA user_version = 2");
  EXPECT_EQ(SessionStore::open(folder_ / "sessions.db")->list().size(), 1u);
}

TEST_F(HostileTest, ForeignFilesAreNamedAsSuch) {
  { sql::Database(folder_ / "other.db", Access::create).exec("CREATE TABLE t(x); INSERT INTO t VALUES (1)"); }
  expect_error(folder_ / "other.db", ErrorKind::format, "not a Vitrine session file");
  std::ofstream(folder_ / "text.db") << std::string(5000, 'x');
  expect_error(folder_ / "text.db", ErrorKind::format, "damaged");
  expect_error(folder_, ErrorKind::io, "folder");
  EXPECT_THROW(SessionStore::open(folder_ / "none.db", SessionStore::Access::read), Error);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "none.db"));
}

TEST_F(HostileTest, AFileWithAForeignTriggerIsRefused) {
  store_.reset();
  sql::Database(folder_ / "sessions.db", Access::write)
      .exec("CREATE TRIGGER evil AFTER INSERT ON sessions BEGIN DELETE FROM messages; END");
  expect_error(folder_ / "sessions.db", ErrorKind::format, "have been changed");
}

TEST_F(HostileTest, EveryTruncationAndRandomDamageIsAnErrorOrHarmless) {
  const Chat chat = add_chat("a question with words", {"an ", "answer"});
  store_->export_session(chat.session, SessionStore::Format::vitrine, folder_ / "good.vitrine");
  const std::string good = bytes_of(folder_ / "good.vitrine");
  std::mt19937 random(7);
  const auto attempt = [&](const std::string& bytes) {
    const std::filesystem::path file = folder_ / "bad.vitrine";
    std::ofstream(file, std::ios::binary) << bytes;
    try {
      const auto store = SessionStore::open(file, SessionStore::Access::read);
      for (const SessionRow& row : store->list()) {
        store->to_json(row.id);
        store->to_markdown(row.id);
        for (const RunRecord& run : store->runs(row.id)) store->events(run.id);
      }
      store->list({.search = "question"});
      const auto target = SessionStore::open(folder_ / "target.db");
      target->import_file(file);
    } catch (const Error&) {
    }
  };
  for (size_t length = 1; length < good.size(); length += 1500) attempt(good.substr(0, length));
  for (int round = 0; round < 150; ++round) {
    std::string bad = good;
    for (int k = 0; k < 1 + round % 20; ++k) bad[random() % (round % 2 ? bad.size() : 4096)] = char(random());
    attempt(bad);
  }
  EXPECT_EQ(SessionStore::open(folder_ / "good.vitrine")->list().size(), 1u);
}

TEST_F(HostileTest, HugeAndWrongValuesInRowsAreErrors) {
  const Chat chat = add_chat("q", {"a", "b"});
  store_.reset();
  const char* changes[] = {"UPDATE tokens SET top = x'010203'",
                           "UPDATE tokens SET stages = zeroblob(35)",
                           "UPDATE events SET json = '{\"type\": \"nonsense\"}'",
                           "UPDATE commands SET json = '[1'",
                           "UPDATE runs SET sampler = 'x'",
                           "UPDATE messages SET tokens = x'00'",
                           "UPDATE messages SET parent = id",
                           "UPDATE messages SET parent = 3 - id",
                           "UPDATE sessions SET current_message = 9223372036854775807"};
  for (const char* change : changes) {
    std::filesystem::copy_file(folder_ / "sessions.db", folder_ / "changed.db",
                               std::filesystem::copy_options::overwrite_existing);
    sql::Database(folder_ / "changed.db", Access::write).exec(change);
    try {
      const auto store = SessionStore::open(folder_ / "changed.db");
      store->selected_branch(chat.session);
      store->select_branch(chat.question);
      store->to_json(chat.session);
      store->commands(chat.run);
      store->events(chat.run);
      store->run(chat.run);
    } catch (const Error& e) {
      EXPECT_NE(e.kind(), ErrorKind::bug) << change;
    }
  }
}

TEST_F(HostileTest, AReadOnlyFileIsReadAndSaysWhyItCannotBeWritten) {
  add_chat("q", {"a"});
  store_.reset();
  const std::filesystem::path file = folder_ / "sessions.db";
  std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::group_read);
  std::filesystem::permissions(folder_, std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  EXPECT_EQ(SessionStore::open(file, SessionStore::Access::read)->list().size(), 1u);
  if (geteuid() != 0) {
    EXPECT_THROW(SessionStore::open(file), Error);
  }
  std::filesystem::permissions(folder_, std::filesystem::perms::owner_all);
  std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(SessionStore::open(file)->list().size(), 1u);
}

/// Files of this process cannot grow beyond a limit: to SQLite that is a disk without space.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    previous_ = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~SmallDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, previous_);
  }

 private:
  rlimit before_ = {};
  void (*previous_)(int) = nullptr;
};

TEST_F(HostileTest, AFullDiskIsToldAndWhatWaitsIsSavedWhenThereIsSpace) {
  const Chat chat = add_chat("q", {"a"});
  const RunId run = store_->begin_run(example_run(chat.session));
  std::vector<std::string> told;
  std::mutex mutex;
  store_->set_on_trouble([&](const Error* e) {
    const std::lock_guard lock(mutex);
    told.push_back(e ? e->what() : "over");
  });
  std::vector<Event> events;
  for (int i = 0; i < 500; ++i) events.push_back({1, example_token(i, i, std::string(2000, 'x'))});
  {
    const SmallDisk full(rlim_t(std::filesystem::file_size(folder_ / "sessions.db-wal") + 20000));
    store_->append(run, events);
    try {
      store_->flush();
      ADD_FAILURE() << "there was no space";
    } catch (const Error& e) {
      EXPECT_EQ(e.kind(), ErrorKind::io);
    }
    EXPECT_TRUE(store_->trouble());
    EXPECT_EQ(store_->tokens(run).size(), 0u) << "what is saved stays readable";
    EXPECT_EQ(store_->tokens(chat.run).size(), 1u);
    EXPECT_THROW(store_->set_notes(chat.session, std::string(100000, 'n')), Error);
  }
  store_->flush();
  EXPECT_FALSE(store_->trouble());
  EXPECT_EQ(store_->tokens(run).size(), 500u);
  const std::lock_guard lock(mutex);
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[1], "over");
}

}  // namespace
}  // namespace vitrine
