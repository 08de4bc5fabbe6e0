// SPDX-License-Identifier: Apache-2.0
// What the shell does for panels: the model that is open, requests to the engine, jobs, messages, undo, settings.
// Implemented by app/; everything here is called and signalled on the UI thread.
#pragma once

#include <QAction>
#include <QObject>
#include <QString>
#include <QVariant>
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/core/api.h"
#include "engine/run/command.h"
#include "engine/run/event.h"

class QMenu;
class QUndoStack;

namespace vitrine {

class VT_API Workspace : public QObject {
  Q_OBJECT
 public:
  explicit Workspace(QObject* parent = nullptr);
  ~Workspace() override;

  /// Facts, tokenizer and chat template of the open model; null: none.
  virtual std::shared_ptr<const ModelLoaded> model() const = 0;
  /// Loads a file or folder as a job; a file that cannot be opened becomes an error in the window.
  virtual void open_model(const std::filesystem::path& path) = 0;

  /// Hands a command to the engine. A Read is told to the transcript; a Generate is too, gets the watches of the visible panels
  /// added, and is kept in the session; progress appears in the status bar under `title` (empty: not shown). Use this,
  /// not Engine::submit.
  virtual JobId submit(Command command, const QString& title = {}, std::string_view replaces_queued_with_tag = {}) = 0;
  virtual void cancel(JobId job) = 0;
  /// An answer is being written.
  virtual bool generating() const = 0;

  /// Sampler, precision, capture and maximum length as set by the user; lane and tokens are left to the caller.
  virtual Generate generate_defaults() const = 0;
  /// The chain of the next answer. `title` names the change in the undo list; empty: not undoable (while dragging).
  virtual const SamplerSpec& sampler() const = 0;
  virtual void set_sampler(const SamplerSpec& spec, const QString& title) = 0;
  /// Asks a question as if typed into the chat.
  void ask(const QString& prompt) { emit ask_requested(prompt); }
  /// Shows the models on this machine to choose one.
  void choose_model() { emit model_choice_requested(); }

  /// The session (SessionId of the store) that the chat writes to; 0: none yet.
  qint64 session() const noexcept { return session_; }
  /// Called by the chat when another session becomes its own.
  void set_session(qint64 session);
  /// Opens a saved session in the chat, `message` (0: the one shown last) on the branch that is shown.
  void open_session(qint64 session, qint64 message = 0) { emit session_requested(session, message); }
  /// An empty conversation in the chat; the one before stays saved.
  void new_session() { emit new_session_requested(); }
  /// The message of the session whose answer is looked at; 0: none. Set by the chat.
  qint64 message() const noexcept { return message_; }
  void set_message(qint64 message) { message_ = message; }
  /// Shows a pinned view as it was: its session and answer, the selection, and what `panel` showed.
  void show_view(qint64 session, const QString& panel, const QByteArray& view) {
    emit view_requested(session, panel, view);
  }

  /// This start was asked to keep no sessions (--fresh): their absence is no trouble.
  bool keeps_sessions() const noexcept { return keeps_sessions_; }
  void set_keeps_sessions(bool on) { keeps_sessions_ = on; }

  /// A line in the status bar for a few seconds.
  virtual void notify(const QString& text) = 0;
  /// The error bar: what, what to do, and details behind a fold.
  virtual void show_error(const QString& what, const QString& hint = {}, const QString& details = {}) = 0;
  void show_error(const Error& error);
  /// Says that a picture or numbers were written to `path`, or with `error` why not.
  void tell_exported(const QString& path, const QString& error);

  /// Work of a panel's own (export, statistics): shown in the status bar until ended; `cancel` is called on the UI
  /// thread.
  virtual int begin_job(const QString& title, std::function<void()> cancel = {}) = 0;
  virtual void update_job(int job, qint64 done, qint64 total) = 0;
  virtual void end_job(int job) = 0;

  virtual QUndoStack& undo_stack() = 0;
  /// Adds an action to the command palette besides Panel::actions().
  virtual void add_action(QAction* action) = 0;
  /// Brings a panel to the front by its id ("attention").
  virtual void show_panel(const QString& id) = 0;

  /// Kept between starts. Keys: "panel_id/name".
  virtual QVariant setting(const QString& key, const QVariant& fallback = {}) const = 0;
  virtual void set_setting(const QString& key, const QVariant& value) = 0;

 signals:
  /// model() is another one, or none.
  void model_changed();
  void sampler_changed();
  void ask_requested(const QString& prompt);
  void model_choice_requested();
  void session_requested(qint64 session, qint64 message);
  void new_session_requested();
  void view_requested(qint64 session, const QString& panel, const QByteArray& view);
  void session_changed(qint64 session);
  void setting_changed(const QString& key);
  /// Shows the menu of a token of the selected lane at a place of the screen.
  void token_menu_requested(qint64 position, const QPoint& at);
  /// The menu of a token is about to show (right click on a chip or a word): add what can be done with it.
  void token_menu(QMenu* menu, qint64 position);
  /// generating() changed.
  void generating_changed(bool generating);

 private:
  qint64 session_ = 0, message_ = 0;
  bool keeps_sessions_ = true;
};

}  // namespace vitrine
