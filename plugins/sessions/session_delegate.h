// SPDX-License-Identifier: Apache-2.0
// Draws a row of the browser: title and time, an excerpt with the found words marked, model, tokens and replay verdict.
#pragma once

#include <QStyledItemDelegate>

namespace vitrine {

class SessionDelegate : public QStyledItemDelegate {
  Q_OBJECT
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  void set_terms(const QStringList& terms) { terms_ = terms; }

  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  void updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const override;

 private:
  void draw_marked(QPainter& painter, const QRect& rect, const QString& text, const QFont& font,
                   const QColor& color) const;
  void draw_bottom(QPainter& painter, QRect rect, const QModelIndex& index) const;
  int draw_badge(QPainter& painter, const QRect& line, const QString& badge) const;
  QStringList terms_;
};

/// The colours of the letters A and B: fill and text on it.
std::pair<QColor, QColor> badge_colors(const QString& badge);

}  // namespace vitrine
