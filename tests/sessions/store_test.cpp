// SPDX-License-Identifier: Apache-2.0
// What a user did is there again after reopening: sessions, branches, runs, tokens, views, notes.
#include "sessions/session_store.h"

#include "tests/sessions/session_fixture.h"

namespace vitrine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(SessionTest, EveryCommandAndEventComesBackAfterReopening) {
  const SessionId session = store_->create_session({.title = "all"});
  const RunId run = store_->begin_run(example_run(session));
  for (const Command& command : every_command()) store_->append(run, command);
  std::vector<Event> events = every_event();
  store_->append(run, events);
  std::erase_if(events, [](const Event& event) { return std::holds_alternative<Progress>(event.body); });
  store_.reset();
  store_ = SessionStore::open(folder_ / "sessions.db");
  const std::vector<Command> commands = store_->commands(run);
  ASSERT_EQ(commands.size(), every_command().size());
  for (size_t i = 0; i < commands.size(); ++i)
    EXPECT_EQ(command_to_json(commands[i]), command_to_json(every_command()[i]));
  const std::vector<Event> back = store_->events(run);
  ASSERT_EQ(back.size(), events.size());
  for (size_t i = 0; i < back.size(); ++i) EXPECT_EQ(event_to_json(back[i]), event_to_json(events[i]));
}

TEST_F(SessionTest, AnAnswerIsReadableWhileItIsWrittenAndWhole) {
  const SessionId session = store_->create_session({});
  const MessageId question = store_->add_message(session, {.role = "user", .text = "왜?\nsecond line"});
  const RunId run = store_->begin_run(example_run(session));
  store_->add_message(session, {.parent = question, .role = "assistant", .text = "Kept ", .run = run});
  store_->append(run, std::vector<Event>{{1, example_token(5, 7, "one ")}, {1, example_token(6, 8, "two")}});
  std::vector<Message> branch = store_->selected_branch(session);
  ASSERT_EQ(branch.size(), 2u);
  EXPECT_EQ(branch[1].text, "Kept one two");
  EXPECT_FALSE(branch[1].complete);
  store_->append(run,
                 std::vector<Event>{{1, Answered{.reason = StopReason::max_tokens, .tail = "!", .answer_tokens = 2}},
                                    {1, JobEnded{}}});
  branch = store_->selected_branch(session);
  EXPECT_EQ(branch[1].text, "Kept one two!");
  EXPECT_TRUE(branch[1].complete);
  EXPECT_THAT(branch[1].tokens, ElementsAre(7, 8));
  EXPECT_EQ(store_->run(run).stop_reason, "max_tokens");
  EXPECT_EQ(store_->run(run).outcome, "done");
  EXPECT_EQ(store_->find(session)->title, "왜?");
}

TEST_F(SessionTest, EditingMakesASiblingAndBranchesAreRemembered) {
  const SessionId session = store_->create_session({});
  const MessageId q1 = store_->add_message(session, {.text = "q1"});
  const MessageId a1 = store_->add_message(session, {.parent = q1, .role = "assistant", .text = "a1"});
  const MessageId a2 = store_->add_message(session, {.parent = q1, .role = "assistant", .text = "a2"});
  const MessageId q2 = store_->add_message(session, {.parent = a2, .text = "q2"});
  const auto branch = [&] {
    std::vector<std::string> texts;
    for (const Message& message : store_->selected_branch(session)) texts.push_back(message.text);
    return texts;
  };
  EXPECT_THAT(branch(), ElementsAre("q1", "a2", "q2"));
  store_->select_branch(a1);
  EXPECT_THAT(branch(), ElementsAre("q1", "a1"));
  store_->select_branch(a2);
  EXPECT_THAT(branch(), ElementsAre("q1", "a2", "q2")) << "a branch opens where it was left";
  const MessageId edited = store_->edit_message(q2, "q2 changed");
  EXPECT_THAT(branch(), ElementsAre("q1", "a2", "q2 changed"));
  store_->select_branch(q2);
  EXPECT_THAT(branch(), ElementsAre("q1", "a2", "q2"));
  const MessageId root = store_->edit_message(q1, "another start");
  EXPECT_THAT(branch(), ElementsAre("another start"));
  store_->select_branch(q1);
  EXPECT_THAT(branch(), ElementsAre("q1", "a2", "q2"));
  EXPECT_EQ(store_->messages(session).size(), 6u);
  EXPECT_LT(edited, root);
  const SessionId other = store_->create_session({});
  EXPECT_THROW(store_->add_message(other, {.parent = q1, .text = "x"}), Error);
  EXPECT_THROW(store_->edit_message(987, "x"), Error);
  EXPECT_THROW(store_->add_message(987, {.text = "x"}), Error);
}

TEST_F(SessionTest, NotesTagsLayoutPinsAndBlobsStay) {
  const SessionId session = store_->create_session({.title = "t", .mode = "completion", .system_prompt = "be brief"});
  store_->rename(session, "renamed");
  store_->set_notes(session, "수업에서 보여 줄 것");
  store_->set_tags(session, {"class", "주 3"});
  const std::vector<std::byte> layout = {std::byte(0), std::byte(255)};
  store_->set_layout(session, layout);
  const PinId kept = store_->pin(session, "attention", "layer 12", R"({"layer": 12})");
  store_->unpin(store_->pin(session, "sampler", "x", "{}"));
  const std::string hash = store_->put_blob(session, layout);
  EXPECT_EQ(store_->put_blob(session, layout), hash);
  store_.reset();
  store_ = SessionStore::open(folder_ / "sessions.db");
  const SessionRow row = store_->find(session).value();
  EXPECT_EQ(row.title, "renamed");
  EXPECT_EQ(row.mode, "completion");
  EXPECT_EQ(row.system_prompt, "be brief");
  EXPECT_EQ(row.notes, "수업에서 보여 줄 것");
  EXPECT_THAT(row.tags, ElementsAre("class", "주 3"));
  EXPECT_EQ(store_->layout(session), layout);
  ASSERT_EQ(store_->pinned(session).size(), 1u);
  EXPECT_EQ(store_->pinned(session)[0].id, kept);
  EXPECT_EQ(store_->pinned(session)[0].view, R"({"layer": 12})");
  EXPECT_EQ(store_->get_blob(hash), layout);
  EXPECT_THROW(store_->get_blob("nothing"), Error);
  EXPECT_THAT(titles(store_->list({.tag = "class"})), ElementsAre("renamed"));
  EXPECT_TRUE(store_->list({.tag = "clas"}).empty());
}

TEST_F(SessionTest, DeletingCanBeUndoneUntilPurged) {
  const Chat chat = add_chat("question", {"an", "swer"});
  store_->remove(chat.session);
  EXPECT_TRUE(store_->list().empty());
  EXPECT_EQ(store_->list({.deleted = true}).size(), 1u);
  store_->restore(chat.session);
  EXPECT_EQ(store_->list().size(), 1u);
  EXPECT_EQ(store_->tokens(chat.run).size(), 2u);
  EXPECT_THROW(store_->purge(chat.session), Error) << "only what is in the bin";
  store_->remove(chat.session);
  store_->purge(chat.session);
  EXPECT_FALSE(store_->find(chat.session));
  EXPECT_TRUE(store_->list({.search = "question"}).empty());
  store_->append(chat.run, example_answer({"late"}));
  EXPECT_NO_THROW(store_->flush()) << "events that arrive after the purge have nowhere to go";
}

TEST_F(SessionTest, RunRecordsHashesAndReplays) {
  const Chat chat = add_chat("q", {"a", "b"});
  RunRecord run = store_->run(chat.run);
  EXPECT_EQ(run.model_path, "/models/smol.gguf");
  EXPECT_EQ(run.sampler, example_run(0).sampler);
  EXPECT_EQ(run.tokens_per_s, 86.1);
  EXPECT_EQ(run.prompt_tokens, 12);
  EXPECT_FALSE(run.build_id.empty());
  EXPECT_EQ(run.model_sha256, "");
  const Chat again = add_chat("q", {"a", "c"});
  store_->append(again.run, std::vector<Event>{{9, HashOut{{{"/models/smol.gguf", "ab12"}}}}, {9, JobEnded{}}});
  EXPECT_EQ(store_->run(chat.run).model_sha256, "ab12") << "the same file by path, size and time";
  EXPECT_FALSE(store_->last_replay(chat.run));
  store_->record_replay(chat.run, {.identical = true, .compared = 2});
  store_->record_replay(chat.run, {.compared = 1,
                                   .position = 1,
                                   .was_id = 101,
                                   .now_id = 7,
                                   .was_text = "b",
                                   .now_text = "x",
                                   .causes = {"file", "build"}});
  const SessionRow row = store_->find(chat.session).value();
  ASSERT_TRUE(row.replay);
  EXPECT_EQ(row.replay->position, 1);
  EXPECT_THAT(row.replay->causes, ElementsAre("file", "build"));
  EXPECT_EQ(row.answer_tokens, 2);
  EXPECT_EQ(row.model_name, "SmolLM2-135M-Instruct");
}

TEST_F(SessionTest, ComparingNamesWhatDiffers) {
  const Chat a = add_chat("q", {"x", "y", "z"});
  const SessionId session = store_->create_session({});
  RunRecord other = example_run(session, "SmolLM2-135M-Instruct");
  other.weight_summary = "Q2_K";
  other.sampler.stages[0].parameters[0].second = 0.9;
  other.sampler.stages.push_back({.name = "top_k", .parameters = {{"top_k", 40}}});
  const RunId b = store_->begin_run(other);
  std::vector<Event> events = example_answer({"x", "y"});
  std::get<TokenOut>(events[2].body).id = 999;
  store_->append(b, events);
  std::map<std::string, ComparedRow> rows;
  for (const ComparedRow& row : store_->compare_settings(a.run, b)) rows[row.key] = row;
  EXPECT_FALSE(rows.at("model").differs);
  EXPECT_TRUE(rows.at("weights").differs);
  EXPECT_EQ(rows.at("weights").b, "Q2_K");
  EXPECT_TRUE(rows.at("sampler.temperature").differs);
  EXPECT_EQ(rows.at("sampler.top_k").a, "");
  EXPECT_TRUE(rows.at("answer_tokens").result);
  EXPECT_TRUE(rows.at("answer_tokens").differs);
  EXPECT_FALSE(rows.at("perplexity").a.empty());
  const FirstDifference difference = store_->first_difference(a.run, b).value();
  EXPECT_EQ(difference.index, 1);
  EXPECT_EQ(difference.a->id, 101);
  EXPECT_EQ(difference.b->id, 999);
  EXPECT_THAT(difference.before, ElementsAre("x"));
  EXPECT_FALSE(store_->first_difference(a.run, a.run));
}

TEST_F(SessionTest, TwoProgramsMayShareALibrary) {
  const auto second = SessionStore::open(folder_ / "sessions.db");
  const SessionId mine = store_->create_session({.title = "mine"});
  const SessionId theirs = second->create_session({.title = "theirs"});
  EXPECT_NE(mine, theirs);
  EXPECT_EQ(store_->list().size(), 2u);
  EXPECT_EQ(second->list().size(), 2u);
}

}  // namespace
}  // namespace vitrine
