// SPDX-License-Identifier: Apache-2.0
// The tokens of every lane as the engine told them, without widgets: chat, strip, attention and sampler all read the
// same ones. Fed by the workspace (requests) and the event pump (events) on the UI thread.
#pragma once

#include <QObject>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/core/api.h"
#include "engine/run/event.h"

namespace vitrine {

/// Of the text that the open encoder read last; the answers' lanes count from 1.
inline constexpr LaneId kReadLane = 0xFFFF0001;

/// Where a token of the prompt comes from; `template_text` is what the chat template adds around the messages.
enum class TokenRole : uint8_t { plain, template_text, system, user, assistant, tool };

struct VT_API TranscriptToken {
  int32_t id = 0;
  std::string bytes;  // the raw bytes the id stands for: may be part of a character
  std::string text;   // answer tokens: what the stream decoder released, complete UTF-8, possibly empty
  TokenRole role = TokenRole::plain;
  bool special = false;  // a control token of the vocabulary
  bool prompt = true;
  bool known = false;              // the model judged it: the members below hold
  float logprob = 0, entropy = 0;  // nats, of the raw distribution
  int32_t rank = 0;                // 0: the model's first choice
  uint64_t step = 0;               // sampler step
  float rest_mass = 0;
  double sampled_probability = 1;  // after the sampler's stages
  double elapsed_ms = 0;
  std::vector<TokenAlternative> top;
  std::vector<StageTrace> stages;

  float probability() const noexcept;
};

/// What the colour of a token's chip says.
enum class TokenColor : uint8_t { probability, entropy, rank };
/// 0 (sure) to 4 (surprised), -1: not judged. Steps of probability: 90, 50, 20, 5 %; of entropy: 0.1, 0.7, 1.5, 2.5 nats;
/// of rank: first, second, to fifth, to twentieth.
VT_API int token_level(const TranscriptToken& token, TokenColor color) noexcept;

/// An answer token that other settings would have chosen differently (the sampler panel's verdict on the text as it
/// was).
struct TokenMark {
  qint64 position = 0;
  int32_t other = 0;  // what would have been drawn
  double probability_was = 0, probability_now = 0;
};

/// What a token id looks like; given by the owner of the tokenizer.
struct TokenFace {
  std::string bytes;
  bool special = false;
};

struct VT_API TranscriptLane {
  LaneId id = 0;
  JobId job = 0;  // the last request of this lane
  std::vector<TranscriptToken> tokens;
  std::vector<TranscriptToken> source;  // encoder-decoders: the text that is answered to
  qint64 prompt_tokens = 0;  // where the answer begins
  LaneId fork_of = 0;
  qint64 fork_position = -1;  // first token that differs from the lane it was forked from; -1: no fork
  Generate request;           // as it was submitted, without `tokens`
  bool running = false;
  std::optional<PromptDone> prompt_done;
  std::optional<Answered> answered;  // set when the answer is complete

  qint64 answer_tokens() const noexcept { return qint64(tokens.size()) - prompt_tokens; }
  /// Text of the answer so far.
  std::string answer_text() const;
};

class VT_API Transcript : public QObject {
  Q_OBJECT
 public:
  explicit Transcript(QObject* parent = nullptr);

  const TranscriptLane* lane(LaneId id) const noexcept;
  /// nullptr when the lane or position does not exist.
  const TranscriptToken* token(LaneId id, qint64 position) const noexcept;
  std::vector<LaneId> lanes() const;
  bool running() const noexcept;

  /// How ids look from now on. Empty: pieces are shown as "#id".
  void set_vocabulary(std::function<TokenFace(int32_t)> face);
  TokenFace face(int32_t id) const;

  /// A request was submitted: the lane holds its tokens, the answer grows behind them. What the lane already knew about
  /// the common prefix is kept (a fork takes it from the other lane).
  void begin(JobId job, const Generate& request);
  /// A text is read by an encoder: the lane holds its tokens, no answer follows.
  void begin(JobId job, const Read& request);
  /// Marks the prompt tokens of a lane, one role a token from position 0. Call before or after begin().
  void set_roles(LaneId id, std::span<const TokenRole> roles);
  /// What the model held of tokens that the lane has: a prompt that was scored afterwards. Others are left out.
  void judge(LaneId id, std::span<const TokenOut> tokens);
  /// A lane as a saved session holds it.
  void restore(TranscriptLane lane);
  void drop(LaneId id);
  void clear();
  /// Marks of a lane, ascending by position; shown by chat and strip. A new request of the lane removes them.
  void set_marks(LaneId id, std::vector<TokenMark> marks);
  const std::vector<TokenMark>& marks(LaneId id) const noexcept;
  void on_events(std::span<const Event> events);
  /// What the raw distribution said of it.
  static void set_verdict(TranscriptToken& token, const TokenOut& out);

 signals:
  /// A request began; tokens before `kept` are as they were.
  void lane_began(vitrine::LaneId lane, qint64 kept);
  void tokens_appended(vitrine::LaneId lane, qint64 first, qint64 count);
  /// Tokens that existed became known or changed their role.
  void tokens_changed(vitrine::LaneId lane, qint64 first, qint64 count);
  /// Complete, cancelled or failed: nothing more comes for this request.
  void lane_ended(vitrine::LaneId lane);
  void lane_dropped(vitrine::LaneId lane);
  void marks_changed(vitrine::LaneId lane);

 private:
  void take(const TokenOut& out);
  TranscriptToken plain_token(int32_t id) const;

  std::map<LaneId, TranscriptLane> lanes_;
  std::map<LaneId, std::vector<TokenRole>> roles_;
  std::map<LaneId, std::vector<TokenMark>> marks_;
  std::function<TokenFace(int32_t)> face_;
  struct Span {
    qint64 first = -1, count = 0;
  };
  std::map<LaneId, Span> appended_, changed_;  // within one batch
};

}  // namespace vitrine
