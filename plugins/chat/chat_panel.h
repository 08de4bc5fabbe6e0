// SPDX-License-Identifier: Apache-2.0
// The chat: messages, the same as tokens, and the exact prompt; composer, system prompt, alternatives of the selected token.
#pragma once

#include <QTimer>
#include <map>

#include "plugins/api/panel.h"
#include "plugins/chat/chat_session.h"

class QCheckBox;
class QLabel;
class QPlainTextEdit;
class QScrollArea;
class QStackedWidget;
class QToolButton;
class QVBoxLayout;

namespace vitrine {

namespace views {
class DistributionBars;
class EmptyState;
class PanelFrame;
class Segmented;
}  // namespace views
class BeamChoice;
class Composer;
class TokenPage;
class TurnView;

class ChatPanel : public QObject, public Panel {
  Q_OBJECT
 public:
  explicit ChatPanel(PanelContext& context);
  ~ChatPanel() override;
  QWidget* widget() override;
  void on_events(std::span<const Event> events) override;
  void on_model_changed(const ModelLoaded* model) override;
  QList<QAction*> actions() override { return actions_; }
  QJsonObject save() const override;
  void restore(const QJsonObject& state) override;
  QString script() const override;
  QString summary() const override;

 protected:
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  void build();
  QWidget* build_messages();
  QWidget* build_alternatives();
  void make_actions();
  void show_path();
  void show_turn(qint64 id);
  void refresh_turn(int64_t id);
  void show_marks();
  void text_clicked(qint64 turn, int offset);
  void fill_token_menu(QMenu* menu, qint64 position);
  void show_state();
  void show_prompt();
  void show_alternatives();
  void fit_alternatives();
  void show_selected_word();
  void show_whole_footer(const TurnView& view, const QRect& word);
  void show_count();
  void retranslate();
  void follow_end();
  void show_bos();
  QString model_name() const;

  PanelContext& context_;
  ChatSession session_;
  views::PanelFrame* frame_ = nullptr;
  views::Segmented *view_ = nullptr, *mode_ = nullptr;
  QStackedWidget* pages_ = nullptr;
  views::EmptyState* empty_ = nullptr;
  QScrollArea* scroll_ = nullptr;
  QWidget* list_ = nullptr;
  QVBoxLayout* list_layout_ = nullptr;
  QToolButton* system_button_ = nullptr;
  QCheckBox* bos_ = nullptr;
  BeamChoice* beams_ = nullptr;
  QPlainTextEdit *system_ = nullptr, *prompt_ = nullptr;
  TokenPage* tokens_ = nullptr;
  QScrollArea* alternatives_box_ = nullptr;
  QLabel* alternatives_title_ = nullptr;
  views::DistributionBars* alternatives_ = nullptr;
  std::vector<int32_t> alternative_ids_;
  Composer* composer_ = nullptr;
  std::map<int64_t, TurnView*> views_;
  std::vector<int64_t> shown_;
  QList<QAction*> actions_;
  QTimer count_timer_;
  bool at_end_ = true;
};

}  // namespace vitrine
