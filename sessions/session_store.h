// SPDX-License-Identifier: Apache-2.0
// One file of sessions: the user's library or a one-session .vitrine. Everything is saved as it happens by a writer
// thread that commits at most every 50 ms, so a killed program loses at most the last moments. Any thread may call
// anything. Every failure is one vitrine::Error that names the file and what to do; what was saved stays saved.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/api.h"
#include "engine/core/error.h"
#include "sessions/records.h"

namespace vitrine {

class VT_API SessionStore {
 public:
  enum class Access : uint8_t { write, read };
  enum class Format : uint8_t { markdown, json, vitrine };

  /// Opens, creating a missing file (write access) and bringing an older schema up to date in one transaction.
  /// Throws Error: io (cannot be opened or written), format (damaged, or of another program), unsupported (newer
  /// schema).
  static std::unique_ptr<SessionStore> open(const std::filesystem::path& file, Access access = Access::write);
  /// $XDG_DATA_HOME/vitrine/sessions.db, else ~/.local/share/vitrine/sessions.db.
  static std::filesystem::path library_path();
  /// Identifies the program that records: version and the linker's build id.
  static std::string build_id();

  /// Saves what waits. Nothing of a failed save is reported here: see trouble().
  ~SessionStore();
  const std::filesystem::path& file() const noexcept;
  bool read_only() const noexcept;

  // Sessions.
  SessionId create_session(const NewSession& session);
  /// Newest first unless asked otherwise. Terms of three or more characters use the trigram index, shorter ones a scan:
  /// both find them inside words (Korean particles, 1 and 2 syllables).
  std::vector<SessionRow> list(const ListQuery& query = {}) const;
  std::optional<SessionRow> find(SessionId session) const;
  void rename(SessionId session, std::string_view title);
  void set_notes(SessionId session, std::string_view notes);
  void set_tags(SessionId session, const std::vector<std::string>& tags);
  void set_system_prompt(SessionId session, std::string_view text);
  void set_layout(SessionId session, std::span<const std::byte> state);
  std::vector<std::byte> layout(SessionId session) const;
  /// A full copy with runs, tokens and views, under another title.
  SessionId duplicate(SessionId session, std::string_view title);
  /// Into the bin; restore() takes it out again.
  void remove(SessionId session);
  void restore(SessionId session);
  /// Ends a removed session for good. Blobs that no other session uses go too.
  void purge(SessionId session);

  // The tree of messages.
  MessageId add_message(SessionId session, const NewMessage& message);
  /// A sibling with another text; becomes the selected branch. Nothing is overwritten.
  MessageId edit_message(MessageId message, std::string_view text);
  /// Makes the branch through `message` the one being read, down to where it was last left.
  void select_branch(MessageId message);
  /// Every message of the session in order of creation.
  std::vector<Message> messages(SessionId session) const;
  /// From the root to the selected leaf.
  std::vector<Message> selected_branch(SessionId session) const;

  // Runs.
  RunId begin_run(const RunRecord& run);
  /// Never blocks on the disk, never throws for it (see trouble()). Progress is not saved. HashOut sets the model's
  /// hash, Answered and JobEnded complete the run and its message.
  void append(RunId run, const Command& command);
  void append(RunId run, std::span<const Event> events);
  RunRecord run(RunId run) const;
  std::vector<RunRecord> runs(SessionId session) const;
  std::vector<Command> commands(RunId run) const;
  /// In the order they were appended; tokens are among them.
  std::vector<Event> events(RunId run) const;
  std::vector<TokenOut> tokens(RunId run) const;
  /// The hash of a model's file arrived: every run that used this very file (path, size, time) learns it.
  void set_model_hash(const std::filesystem::path& model, int64_t bytes, int64_t mtime_ms, std::string_view sha256);
  void record_replay(RunId run, const ReplayVerdict& verdict);
  std::optional<ReplayVerdict> last_replay(RunId run) const;

  // Views and bytes.
  PinId pin(SessionId session, std::string_view panel, std::string_view title, std::string_view view_json);
  void unpin(PinId pin);
  std::vector<PinnedView> pinned(SessionId session) const;
  /// Stored once however often it is put; returns the SHA-256.
  std::string put_blob(SessionId session, std::span<const std::byte> bytes);
  /// Throws Error input when unknown, format when its bytes no longer match the hash.
  std::vector<std::byte> get_blob(const std::string& hash) const;

  // Comparison, export, import.
  std::vector<ComparedRow> compare_settings(RunId a, RunId b) const;
  std::optional<FirstDifference> first_difference(RunId a, RunId b) const;
  std::string to_markdown(SessionId session) const;
  /// sessions/README.md documents the fields.
  std::string to_json(SessionId session) const;
  /// Writes beside the target and renames, so a failure leaves an old file as it was.
  void export_session(SessionId session, Format format, const std::filesystem::path& to) const;
  /// Copies every session of a .vitrine file, another library or a JSON export into this one.
  std::vector<SessionId> import_file(const std::filesystem::path& from);

  /// Saves what waits now; throws what prevents it.
  void flush();
  /// What keeps the newest appends from being saved (disk full); empty when all is well.
  std::optional<Error> trouble() const;
  /// Called from the writer thread when trouble begins (with the error) and when it is over (with nullptr).
  /// It must only post a message.
  void set_on_trouble(std::function<void(const Error*)> callback);

  struct State;  // of the implementation

 private:
  SessionStore();
  std::unique_ptr<State> state_;
};

}  // namespace vitrine
