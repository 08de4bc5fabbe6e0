// SPDX-License-Identifier: Apache-2.0
// Searching finds what is there, also Korean words of one and two syllables with particles attached, which FTS5 alone
// misses.
#include "sessions/search_terms.h"
#include "tests/sessions/session_fixture.h"

namespace vitrine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class SearchTest : public SessionTest {
 protected:
  void SetUp() override {
    SessionTest::SetUp();
    add("cup", "빨간 컵을 잡는 로봇 팔");
    add("cache", "토큰이 늘 때마다 KV 캐시가 왜 커지나요? 새캐시도요.");
    add("english", "Why does the KV Cache grow? 100% of \"it\" (a*b)");
    add("mixed", "SmolLM2의 캐시는 22.5 KiB");
  }
  void add(const std::string& title, const std::string& text) {
    const SessionId session = store_->create_session({.title = title});
    store_->add_message(session, {.text = text});
  }
  std::vector<std::string> search(const std::string& text) {
    return titles(store_->list({.search = text, .order = ListQuery::Order::title}));
  }
};

TEST_F(SearchTest, KoreanOfEveryLength) {
  EXPECT_THAT(search("컵"), ElementsAre("cup"));
  EXPECT_THAT(search("컵을"), ElementsAre("cup"));
  EXPECT_THAT(search("캐시"), ElementsAre("cache", "mixed"));
  EXPECT_THAT(search("캐시가"), ElementsAre("cache"));
  EXPECT_THAT(search("새캐"), ElementsAre("cache")) << "inside a word";
  EXPECT_THAT(search("빨간 컵"), ElementsAre("cup"));
  EXPECT_THAT(search("잡는 로봇 팔"), ElementsAre("cup"));
  EXPECT_THAT(search("\"컵을 잡는\""), ElementsAre("cup"));
  EXPECT_THAT(search("\"컵을 로봇\""), IsEmpty());
  EXPECT_THAT(search("쿼"), IsEmpty());
}

TEST_F(SearchTest, MixedScriptsAndCases) {
  EXPECT_THAT(search("kv"), ElementsAre("cache", "english"));
  EXPECT_THAT(search("kv 캐시"), ElementsAre("cache"));
  EXPECT_THAT(search("cache"), ElementsAre("cache", "english")) << "titles count too";
  EXPECT_THAT(search("smollm2 캐"), ElementsAre("mixed"));
  EXPECT_THAT(search("KiB"), ElementsAre("mixed"));
}

TEST_F(SearchTest, OperatorsAreOrdinaryCharacters) {
  for (const char* text :
       {"100%", "\"it\"", "(a*b)", "a*b", "%", "\"", "*", "cache OR cup", "NEAR(", "text:", "^Why", "''", "--"})
    EXPECT_NO_THROW(search(text)) << text;
  EXPECT_THAT(search("100%"), ElementsAre("english"));
  EXPECT_THAT(search("(a*b)"), ElementsAre("english"));
  EXPECT_THAT(search("%"), ElementsAre("english"));
  EXPECT_THAT(search("cache OR cup"), IsEmpty()) << "OR is a word like any other";
}

TEST_F(SearchTest, NotesTagsAndTitlesAreFoundAndStayCurrent) {
  const SessionId session = store_->list({.search = "컵"})[0].id;
  store_->set_notes(session, "유도 머리 12.3");
  store_->set_tags(session, {"수업"});
  EXPECT_THAT(search("유도"), ElementsAre("cup"));
  EXPECT_THAT(search("도머"), IsEmpty());
  EXPECT_THAT(search("수업"), ElementsAre("cup"));
  store_->set_notes(session, "");
  EXPECT_THAT(search("유도"), IsEmpty());
  EXPECT_THAT(search("머리 12"), IsEmpty());
  store_->rename(session, "다른 이름으로");
  EXPECT_THAT(search("이름으로"), ElementsAre("다른 이름으로"));
  EXPECT_THAT(search("cup"), IsEmpty());
}

TEST_F(SearchTest, ExcerptsShowTheFind) {
  add("long", std::string(3000, 'x') + " before 바늘 after " + std::string(3000, 'y'));
  const std::vector<SessionRow> rows = store_->list({.search = "바늘"});
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_THAT(rows[0].excerpt, HasSubstr("before 바늘 after"));
  EXPECT_LT(characters(rows[0].excerpt), kExcerptCharacters + 3);
  EXPECT_EQ(rows[0].matches, 1);
}

TEST_F(SearchTest, AnAnswerIsFoundOnceItEnded) {
  add_chat("질문", {"대", "답", "입니다"});
  EXPECT_THAT(titles(store_->list({.search = "대답입니다"})), ElementsAre("질문"));
}

TEST(SearchTerms, SplitAndFold) {
  EXPECT_THAT(search_terms("  a \"b c\" \"d"), ElementsAre("a", "b c", "\"d"));
  EXPECT_EQ(characters("a컵é"), 3u);
  EXPECT_EQ(find_folded("The KV", "kv"), 4u);
  EXPECT_EQ(find_folded("The KV", "kx"), std::string::npos);
  EXPECT_EQ(one_line("a\n\n b  c", 0, 99), "a b c");
}

}  // namespace
}  // namespace vitrine
