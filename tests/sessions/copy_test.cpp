// SPDX-License-Identifier: Apache-2.0
// Duplicates, exports and imports carry everything, in every format that promises it.
#include <sqlite3.h>

#include <nlohmann/json.hpp>

#include "sessions/schema.h"
#include "sessions/session_tables.h"
#include "tests/sessions/session_fixture.h"

namespace vitrine {
namespace {

using testing::HasSubstr;

class CopyTest : public SessionTest {
 protected:
  /// Two branches, a run with every event, pins, blobs, a layout, a replay.
  SessionId rich_session() {
    add_chat("stays elsewhere", {"x"});
    const Chat chat = add_chat("왜 캐시가 커지나요?", {"토큰", "마다 ", "저장"});
    store_->edit_message(chat.question, "edited");
    store_->select_branch(chat.answer);
    store_->append(chat.run, every_event());
    for (const Command& command : every_command()) store_->append(chat.run, command);
    store_->set_notes(chat.session, "a | b\n메모");
    store_->set_tags(chat.session, {"one", "둘"});
    store_->set_layout(chat.session, std::vector<std::byte>(70, std::byte(200)));
    store_->pin(chat.session, "attention", "view", R"({"layer": 3})");
    store_->put_blob(chat.session, std::vector<std::byte>(1000, std::byte(3)));
    store_->record_replay(chat.run, {.identical = true, .compared = 3});
    return chat.session;
  }
  /// The JSON export with everything that a copy may change taken out.
  static nlohmann::json comparable(const SessionStore& store, SessionId session) {
    nlohmann::json json = nlohmann::json::parse(store.to_json(session));
    const int64_t first_run = json["runs"][0]["id"], first_message = json["messages"][0]["id"];
    for (auto& [table, rows] : json.items()) {
      if (!rows.is_array()) continue;
      for (auto& row : rows) {
        for (const char* key : {"uid", "session", "modified_ms", "title", "created_ms"}) row.erase(key);
        if (table == "sessions" || table == "pinned_views") row.erase("id");
        if (row.contains("run") && row["run"].is_number()) row["run"] = row["run"].get<int64_t>() - first_run;
        if (table == "runs") row["id"] = row["id"].get<int64_t>() - first_run;
        for (const char* key : {"id", "parent", "selected_child", "current_message"})
          if (row.contains(key) && row[key].is_number() && (table == "messages" || table == "sessions"))
            row[key] = row[key].get<int64_t>() - first_message;
      }
    }
    return json;
  }
};

TEST_F(CopyTest, ADuplicateIsTheSameAndApart) {
  const SessionId session = rich_session();
  const SessionId copy = store_->duplicate(session, "copy");
  EXPECT_EQ(store_->find(copy)->title, "copy");
  EXPECT_TRUE(comparable(*store_, copy) == comparable(*store_, session));
  EXPECT_EQ(store_->selected_branch(copy).size(), store_->selected_branch(session).size());
  const auto before = comparable(*store_, session);
  store_->remove(copy);
  store_->purge(copy);
  EXPECT_TRUE(comparable(*store_, session) == before);
}

TEST_F(CopyTest, EveryFormatComesBackWhole) {
  const SessionId session = rich_session();
  for (const auto& [format, name] :
       {std::pair(SessionStore::Format::json, "x.json"), std::pair(SessionStore::Format::vitrine, "x.vitrine")}) {
    store_->export_session(session, format, folder_ / name);
    const auto other = SessionStore::open(folder_ / (std::string(name) + ".db"));
    other->create_session({.title = "was here"});
    const std::vector<SessionId> imported = other->import_file(folder_ / name);
    ASSERT_EQ(imported.size(), 1u);
    EXPECT_TRUE(comparable(*other, imported[0]) == comparable(*store_, session)) << name;
    EXPECT_EQ(other->list({.search = "캐시가"}).size(), 1u) << "imported text is searchable";
    other->import_file(folder_ / name);
    EXPECT_EQ(other->list().size(), 3u);
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 3 + 2 * 2)
      << "exports leave nothing behind but the files asked for";
}

TEST_F(CopyTest, AVitrineFileOpensByItselfAndHoldsOnlyItsSession) {
  const SessionId session = rich_session();
  store_->export_session(session, SessionStore::Format::vitrine, folder_ / "x.vitrine");
  for (const auto access : {SessionStore::Access::read, SessionStore::Access::write, SessionStore::Access::read}) {
    const auto alone = SessionStore::open(folder_ / "x.vitrine", access);
    ASSERT_EQ(alone->list().size(), 1u);
    EXPECT_TRUE(comparable(*alone, alone->list()[0].id) == comparable(*store_, session));
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "x.vitrine-wal")) << "one file, also after it was open for writing";
  std::ifstream in(folder_ / "x.vitrine", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(bytes.find("stays elsewhere"), std::string::npos) << "another session's words left the library";
  const auto read = SessionStore::open(folder_ / "x.vitrine", SessionStore::Access::read);
  EXPECT_THROW(read->rename(1, "x"), Error);
  read->export_session(read->list()[0].id, SessionStore::Format::vitrine, folder_ / "y.vitrine");
  EXPECT_EQ(SessionStore::open(folder_ / "y.vitrine", SessionStore::Access::read)->list().size(), 1u);
}

TEST_F(CopyTest, MarkdownReadsAsTheConversation) {
  const SessionId session = rich_session();
  const std::string text = store_->to_markdown(session);
  EXPECT_THAT(text, HasSubstr("# 왜 캐시가 커지나요?"));
  EXPECT_THAT(text, HasSubstr("## Assistant\n\n토큰마다 저장"));
  EXPECT_THAT(text, HasSubstr("| seed | 42 |"));
  EXPECT_THAT(text, HasSubstr("## Notes\n\na | b\n메모"));
  EXPECT_EQ(text.find("edited"), std::string::npos) << "the branch that is not selected";
}

TEST_F(CopyTest, AFailedExportLeavesTheOldFile) {
  const SessionId session = rich_session();
  std::ofstream(folder_ / "old.md") << "old";
  EXPECT_THROW(store_->export_session(session, SessionStore::Format::markdown, folder_ / "no" / "such.md"), Error);
  EXPECT_THROW(store_->export_session(999, SessionStore::Format::markdown, folder_ / "old.md"), Error);
  EXPECT_THROW(store_->export_session(session, SessionStore::Format::vitrine, folder_ / "sessions.db"), Error);
  std::ifstream in(folder_ / "old.md");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), "old");
}

TEST_F(CopyTest, EveryColumnOfEveryTableIsCarried) {
  sql::Database db(":memory:", sql::Database::Access::create);
  sql::create_schema(db, sql::newest_schema());
  std::set<std::string> listed, stored;
  for (const SessionTable& table : session_tables())
    for (const SessionColumn& column : table.columns)
      listed.insert(std::string(table.name) + "." + std::string(column.name));
  sql::Query rows = db.query(
      "SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND "
      "m.name NOT LIKE"
      " '%\\_search%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite%'");
  while (rows.step()) stored.insert(rows.text(0));
  EXPECT_EQ(listed, stored) << "a column that is not listed is lost in every copy and export";
}

TEST_F(CopyTest, WrongJsonIsRefusedByName) {
  const SessionId session = rich_session();
  const std::string good = store_->to_json(session);
  const auto changed = [&](auto change) {
    nlohmann::json json = nlohmann::json::parse(good);
    change(json);
    return json.dump();
  };
  using Json = nlohmann::json;
  const std::pair<std::string, const char*> cases[] = {
      {"{", "neither"},
      {"[]", "not a Vitrine session"},
      {changed([](Json& j) { j["format"] = 3; }), "not a Vitrine session"},
      {changed([](Json& j) { j["version"] = 99; }), "newer"},
      {changed([](Json& j) { j["messages"][0]["txet"] = ""; }), "messages[0].txet"},
      {changed([](Json& j) { j["messages"][0].erase("text"); }), "messages[0].text"},
      {changed([](Json& j) { j["messages"][0]["text"] = 4; }), "messages[0].text"},
      {changed([](Json& j) { j["messages"][0]["parent"] = 999; }), "FOREIGN KEY"},
      {changed([](Json& j) { j["messages"][0]["id"] = int64_t(1) << 62; }), "messages[0].id"},
      {changed([](Json& j) { j["messages"][0]["id"] = -5; }), "messages[0].id"},
      {changed([](Json& j) { j["tokens"][0]["top"] = {{1}}; }), "tokens[0].top"},
      {changed([](Json& j) { j["blobs"][0]["hash"] = "00"; }), "hash"},
      {changed([](Json& j) { j["sessions"] = Json::array(); }), "one session"},
      {changed([](Json& j) { j["runs"][0]["session"] = 77; }), ""},
  };
  const size_t sessions = store_->list().size();
  for (const auto& [text, part] : cases) {
    std::ofstream(folder_ / "bad.json") << text;
    try {
      store_->import_file(folder_ / "bad.json");
      ADD_FAILURE() << "accepted: " << part;
    } catch (const Error& e) {
      EXPECT_THAT(e.what(), HasSubstr(part));
    }
    EXPECT_EQ(store_->list().size(), sessions) << "a refused import leaves nothing";
  }
}

}  // namespace
}  // namespace vitrine
