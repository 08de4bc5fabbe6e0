// SPDX-License-Identifier: Apache-2.0
// The chat panel on its own over a workspace that records what it is asked, with a real tokenizer and a store of its own.
#pragma once

#include <QFile>
#include <QLabel>
#include <QPlainTextEdit>
#include <QTemporaryDir>
#include <QUndoStack>
#include <QtTest>
#include <cmath>

#include "engine/text/chat_template.h"
#include "engine/text/tokenizer.h"
#include "plugins/chat/chat_panel.h"
#include "plugins/chat/markdown_text.h"
#include "plugins/chat/turn_view.h"
#include "sessions/session_store.h"
#include "tests/support/fake_engine.h"
#include "views/segmented.h"

namespace vitrine {

std::unique_ptr<Panel> make_chat_panel(PanelContext& context);

inline std::string read(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

inline std::shared_ptr<const ModelLoaded> make_model(bool with_template) {
  auto facts = std::make_shared<ModelFacts>();
  facts->path = "/models/test.gguf";
  facts->spec.name = "Test model";
  facts->spec.vocab = 1000;
  facts->spec.context_length = 100000;
  facts->spec.head = true;
  StackSpec stack;
  stack.layers.assign(2, LayerSpec{});
  facts->spec.stacks = {stack};
  auto model = std::make_shared<ModelLoaded>();
  model->facts = facts;
  model->tokenizer = Tokenizer::from_json(read(VITRINE_TEST_DATA "/tokenizers/bpe_llama3/tokenizer.json"), R"({"bos_token": "<|begin_of_text|>"})");
  if (with_template)
    model->chat_template = ChatTemplate::compile("{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}[assistant] ");
  return model;
}

/// A workspace that records; settings are kept, requests reach the transcript.
class ChatDesk final : public Workspace {
 public:
  ChatDesk(Transcript& transcript, std::shared_ptr<const ModelLoaded> model) : transcript_(transcript), model_(std::move(model)) {}
  std::vector<Generate> asked;
  std::vector<JobId> cancelled;
  std::map<int, std::pair<QString, std::function<void()>>> jobs;
  qint64 progress = 0;
  std::shared_ptr<const ModelLoaded> model() const override { return model_; }
  void open_model(const std::filesystem::path&) override {}
  JobId submit(Command command, const QString&, std::string_view) override {
    const JobId job = 1000 + JobId(asked.size());
    asked.push_back(std::get<Generate>(std::move(command)));
    transcript_.begin(job, asked.back());
    return job;
  }
  void cancel(JobId job) override { cancelled.push_back(job); }
  bool generating() const override { return false; }
  Generate generate_defaults() const override { return {}; }
  const SamplerSpec& sampler() const override { return sampler_; }
  void set_sampler(const SamplerSpec&, const QString&) override {}
  void notify(const QString&) override {}
  void show_error(const QString& what, const QString&, const QString&) override { error = what; }
  int begin_job(const QString& title, std::function<void()> cancel) override {
    jobs[int(jobs.size()) + 1] = {title, std::move(cancel)};
    return int(jobs.size());
  }
  void update_job(int, qint64 done, qint64) override { progress = done; }
  void end_job(int job) override { jobs.erase(job); }
  QUndoStack& undo_stack() override { return undo_; }
  void add_action(QAction*) override {}
  void show_panel(const QString&) override {}
  QVariant setting(const QString& key, const QVariant& fallback) const override { return settings_.value(key, fallback); }
  void set_setting(const QString& key, const QVariant& value) override {
    settings_[key] = value;
    emit setting_changed(key);
  }
  QString error;

 private:
  Transcript& transcript_;
  std::shared_ptr<const ModelLoaded> model_;
  QHash<QString, QVariant> settings_;
  SamplerSpec sampler_;
  QUndoStack undo_;
};

struct Bench {
  QTemporaryDir folder;
  std::unique_ptr<SessionStore> store = SessionStore::open(std::filesystem::path(folder.path().toStdString()) / "s.db");
  Engine engine;
  Selection selection;
  Transcript transcript;
  std::shared_ptr<const ModelLoaded> model;
  ChatDesk desk;
  PanelContext context{engine, selection, transcript, desk, store.get()};
  std::unique_ptr<Panel> panel;

  explicit Bench(int width = 460, bool with_template = true) : Bench(make_model(with_template), width) {}
  explicit Bench(std::shared_ptr<const ModelLoaded> loaded, int width = 460) : model(std::move(loaded)), desk(transcript, model) {
    fake::take_submitted();
    transcript.set_vocabulary([this](int32_t id) { return TokenFace{model->tokenizer->token_bytes(id), model->tokenizer->is_special(id)}; });
    QObject::connect(&transcript, &Transcript::lane_began, &selection, [this](LaneId lane) { show(lane); });
    QObject::connect(&transcript, &Transcript::tokens_appended, &selection, [this](LaneId lane) { show(lane); });
    QObject::connect(&selection, &Selection::lane_changed, &selection, [this](LaneId lane) {
      const TranscriptLane* found = transcript.lane(lane);
      selection.set_positions(found ? qint64(found->tokens.size()) : 0);
    });
    panel = make_chat_panel(context);
    panel->widget()->resize(width, 800);
    panel->widget()->show();
    panel->on_model_changed(model.get());
    (void)QTest::qWaitForWindowExposed(panel->widget());
  }
  ~Bench() {
    QWidget* widget = panel->widget();
    panel.reset();
    delete widget;
  }
  void show(LaneId lane) {
    if (selection.lane() == lane) selection.set_positions(qint64(transcript.lane(lane)->tokens.size()));
  }
  void deliver(std::vector<Event> events) {
    transcript.on_events(events);
    panel->on_events(events);
  }
  /// The last request is answered with these pieces.
  const TranscriptLane& answer(const QStringList& pieces, bool end = true) {
    const Generate& request = desk.asked.back();
    const JobId job = 1000 + JobId(desk.asked.size()) - 1;
    std::vector<Event> events;
    int64_t position = int64_t(transcript.lane(request.lane)->tokens.size());
    for (const QString& piece : pieces) {
      TokenOut out{.lane = request.lane, .position = position++, .id = int32_t(100 + position % 100)};
      out.text = piece.toStdString();
      out.logprob = std::log(0.3f);
      out.entropy = 2.6f;
      out.rank = 30;
      for (int32_t id = 20; id < 28; ++id) out.top.push_back({id, std::log(0.1f)});
      events.push_back({job, out});
    }
    if (end) {
      events.push_back({job, Answered{.lane = request.lane, .answer_tokens = pieces.size(), .ttft_ms = 41, .tokens_per_s = 50}});
      events.push_back({job, JobEnded{}});
    }
    deliver(std::move(events));
    QCoreApplication::processEvents();
    return *transcript.lane(request.lane);
  }
  QList<TurnView*> turns() const {
    QList<TurnView*> shown;
    for (TurnView* turn : panel->widget()->findChildren<TurnView*>())
      if (turn->isVisibleTo(panel->widget())) shown << turn;
    std::sort(shown.begin(), shown.end(), [](TurnView* a, TurnView* b) { return a->id() < b->id(); });
    return shown;
  }
  MarkdownText* text() const { return turns().last()->findChildren<MarkdownText*>().last(); }
  template <class T>
  T* find() const {
    return panel->widget()->findChild<T*>();
  }
  QPlainTextEdit* field(const QString& name) const {
    for (QPlainTextEdit* edit : panel->widget()->findChildren<QPlainTextEdit*>())
      if (edit->accessibleName() == name) return edit;
    return nullptr;
  }
  void act(const QString& text) const {
    for (QAction* action : panel->actions())
      if (action->text() == text) action->trigger();
  }
  void send(const QString& text) const {
    field("Message")->setPlainText(text);
    QTest::keyClick(field("Message"), Qt::Key_Return);
  }
  std::vector<int32_t> ids(const QString& text, bool bos) const { return model->tokenizer->encode(text.toStdString(), {.add_special = bos}).ids; }
  bool shows(const QString& part) const {
    const auto labels = panel->widget()->findChildren<QLabel*>();
    return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) { return label->isVisibleTo(panel->widget()) && label->text().contains(part); });
  }
  void tokens_view() const { panel->widget()->findChildren<views::Segmented*>().first()->set_current(1); }
};

inline int count_color(const QImage& image, const QRect& area, const QColor& color) {
  int found = 0;
  for (int y = std::max(0, area.top()); y <= std::min(area.bottom(), image.height() - 1); ++y)
    for (int x = std::max(0, area.left()); x <= std::min(area.right(), image.width() - 1); ++x) found += image.pixelColor(x, y) == color;
  return found;
}

inline const QStringList kAnswer = {"The", " **ca", "che**", " grows", " with `k", "ey`", "s", ":\n\n- one", "\n- two", "."};

}  // namespace vitrine
