// SPDX-License-Identifier: Apache-2.0
// The frame every panel wears: title row with one line of what is shown now, controls, picture, legend, note; and
// behind it the table twin, the export menu and the explanation.
#pragma once

#include <QWidget>

#include "views/empty_state.h"
#include "views/explain.h"
#include "views/plot_export.h"

class QAbstractItemModel;
class QHBoxLayout;
class QLabel;
class QMenu;
class QStackedWidget;
class QToolButton;

namespace vitrine::views {

class TableTwin;

class VT_UI PanelFrame : public QWidget {
  Q_OBJECT
 public:
  explicit PanelFrame(const QString& title, QWidget* parent = nullptr);
  ~PanelFrame() override;

  void set_title(const QString& title);
  /// "Layer 12, head 3, answer token 30 of 43 so far, sink shown"
  void set_now(const QString& now);
  /// Controls of this picture, left to right; the row is hidden while it holds nothing. At most seven.
  QHBoxLayout* controls();
  /// A label of the controls row, in the small face.
  static QLabel* control_label(const QString& text, QWidget* buddy = nullptr);
  void set_picture(QWidget* picture);
  void set_legend(QWidget* legend);
  /// The caution that belongs to the picture; empty hides the line.
  void set_note(const QString& note, bool warning = false);
  void set_explanation(const Explanation& text);
  /// The twin of the picture; its button appears. The model stays the caller's.
  void set_table(QAbstractItemModel* model);
  /// Called when the user exports; the menu appears.
  void set_exporter(std::function<Exportable()> exporter);
  /// Into the title row, before the standard ones.
  QToolButton* add_title_button(const QString& icon, const QString& text);
  /// "More" of the title row.
  QMenu* more_menu();

  /// States: the picture; the empty state; stale (the picture dimmed, "from token 14" in the now-line); an error in its
  /// place.
  EmptyState* empty_state(Sketch sketch);  // made on first use
  void show_picture();
  void show_empty();
  void show_error(const QString& what, const QString& hint);
  void set_stale(const QString& since);  // empty: up to date
  bool showing_table() const;
  /// What the window leaves for the picture; a picture that needs more is scrolled.
  QSize room() const;

 signals:
  /// room() is another one; the picture has still its old size.
  void room_changed();
  /// An export ended: its file, or why not.
  void exported(const QString& path, const QString& error);

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void build_title_row();
  void restyle();
  void retranslate();
  void export_as(ExportFormat format);
  void toggle_table(bool on);
  void show_note(const QString& note, bool warning);
  void update_now();

  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace vitrine::views
