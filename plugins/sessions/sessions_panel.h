// SPDX-License-Identifier: Apache-2.0
// The session browser: list with search and filters, one session's details, or two compared.
#pragma once

#include <QPointer>
#include <memory>

#include "plugins/api/panel.h"
#include "plugins/sessions/replayer.h"
#include "plugins/sessions/sessions_model.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QListView;
class QMenu;
class QSplitter;
class QStackedWidget;
class QTimer;
class QToolButton;

namespace vitrine {

namespace views {
class PanelFrame;
class Segmented;
}  // namespace views
class ComparisonView;
class SessionDelegate;
class SessionDetail;

class SessionsPanel final : public QObject, public Panel {
  Q_OBJECT
 public:
  explicit SessionsPanel(PanelContext& context);
  ~SessionsPanel() override;

  QWidget* widget() override;
  void on_events(std::span<const Event> events) override;
  void on_visible(bool visible) override;
  QList<QAction*> actions() override { return actions_; }
  QJsonObject save() const override;
  void restore(const QJsonObject& state) override;
  QString script() const override;
  QString summary() const override;

  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  void build();
  QWidget* build_filters();
  void make_actions();
  QAction* add_action(const char* name, const QKeySequence& key, void (SessionsPanel::*call)());
  void retranslate();
  void refresh();
  void refill_models();
  void selection_changed();
  void show_selected();
  void update_now();
  std::vector<SessionId> chosen() const;  // in the order in which they were chosen, at most two
  void select(SessionId session);

  void open_selected();
  void rename_selected();
  void duplicate_selected();
  void delete_selected();
  void replay_selected();
  void import_sessions();
  void export_markdown() { export_selected(SessionStore::Format::markdown); }
  void export_json() { export_selected(SessionStore::Format::json); }
  void export_vitrine() { export_selected(SessionStore::Format::vitrine); }
  void export_selected(SessionStore::Format format);
  void start_replay(SessionId session);
  void replay_ended();
  /// Runs `work`; an Error goes to the window's error bar.
  template <class Work>
  bool guarded(Work work);

  PanelContext& context_;
  std::unique_ptr<SessionsModel> model_;
  std::unique_ptr<Replayer> replayer_;
  QPointer<views::PanelFrame> frame_;
  QPointer<QListView> list_;
  QPointer<SessionDetail> detail_;
  QPointer<ComparisonView> comparison_;
  QPointer<QStackedWidget> pages_, side_;
  QPointer<QSplitter> split_;
  QPointer<QLineEdit> search_;
  QPointer<QComboBox> models_, period_;
  QPointer<views::Segmented> order_;
  QPointer<QLabel> none_found_;
  QPointer<QToolButton> new_;
  SessionDelegate* delegate_ = nullptr;
  QTimer* search_timer_ = nullptr;
  QTimer* refresh_timer_ = nullptr;
  QMenu* menu_ = nullptr;
  QList<QAction*> actions_;
  QList<SessionId> picked_;
  SessionId replaying_ = 0;
  int replay_job_ = 0;
  bool visible_ = false, selecting_ = false;
};

}  // namespace vitrine
