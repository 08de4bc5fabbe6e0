// SPDX-License-Identifier: Apache-2.0
// Rows of 40 (title), 36 (controls) and 28 (note) logical pixels around the picture; everything else belongs to the
// picture.
#include "views/panel_frame.h"

#include <QEvent>
#include <QFileDialog>
#include <QGraphicsOpacityEffect>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPointer>
#include <QScrollArea>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "views/elided_label.h"
#include "views/fence.h"
#include "views/table_twin.h"
#include "views/theme.h"
#include "views/wrap_row.h"

namespace vitrine::views {

namespace {

/// Pages of which only the shown one asks for room.
class Pages final : public QStackedWidget {
 public:
  explicit Pages(QWidget* parent) : QStackedWidget(parent) {
    connect(this, &QStackedWidget::currentChanged, this, [this] { updateGeometry(); });
  }
  QSize minimumSizeHint() const override {
    const QWidget* page = currentWidget();
    return page ? page->minimumSizeHint().expandedTo(page->minimumSize()) : QSize();
  }
};

/// Scrolls a picture that needs more than the window leaves.
class Room final : public QScrollArea {
 public:
  Room(QWidget* parent, std::function<void()> resized) : QScrollArea(parent), resized_(std::move(resized)) {
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::NoFocus);
    viewport()->setAutoFillBackground(false);
  }
  QSize sizeHint() const override { return widget()->sizeHint(); }
  QSize minimumSizeHint() const override {
    return widget()->minimumSizeHint().boundedTo({theme().px(200), theme().px(140)});
  }

 protected:
  void resizeEvent(QResizeEvent* event) override {
    resized_();
    QScrollArea::resizeEvent(event);
  }
  bool eventFilter(QObject* object, QEvent* event) override {
    if (event->type() == QEvent::LayoutRequest) ask_for_room();
    return QScrollArea::eventFilter(object, event);
  }

 private:
  /// The frame lays out anew only when the picture needs another room: with each text inside that grows it would, to the same end.
  void ask_for_room() {
    const QSize least = minimumSizeHint();
    if (least == least_) return;
    least_ = least;
    updateGeometry();
  }

  QSize least_;
  std::function<void()> resized_;
};

}  // namespace

struct PanelFrame::Parts {
  QString now, stale, note;
  bool note_warns = false;
  QFrame *title_row = nullptr, *controls_row = nullptr, *note_row = nullptr;
  QLabel *title = nullptr, *note_icon = nullptr, *note_text = nullptr;
  ElidedLabel* now_line = nullptr;
  QHBoxLayout *title_box = nullptr, *body = nullptr;
  WrapRow* controls_box = nullptr;
  QScrollArea* room = nullptr;
  QToolButton *exports = nullptr, *table_button = nullptr, *explain = nullptr, *more = nullptr;
  QMenu *export_menu = nullptr, *more_menu = nullptr;
  QStackedWidget* stack = nullptr;
  QWidget* picture_page = nullptr;
  QVBoxLayout* picture_box = nullptr;
  QPointer<QWidget> picture, legend;
  EmptyState *empty = nullptr, *error = nullptr;
  TableTwin* table = nullptr;
  ExplainPage* page = nullptr;
  Explanation explanation;
  std::function<Exportable()> exporter;
  QWidget* before_table = nullptr;
};

PanelFrame::PanelFrame(const QString& title, QWidget* parent) : QWidget(parent), parts_(std::make_unique<Parts>()) {
  setProperty("surface", "panel");
  setAttribute(Qt::WA_StyledBackground);
  Parts& k = *parts_;
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  build_title_row();
  k.controls_row = new QFrame(this);
  k.controls_row->setProperty("surface", "panel");
  k.controls_row->setProperty("rule", "bottom");
  k.controls_box = new WrapRow(k.controls_row);
  k.controls_row->hide();
  k.body = new QHBoxLayout;
  k.body->setSpacing(0);
  k.stack = new Pages(this);
  k.picture_page = new QWidget;
  k.picture_page->setProperty("surface", "sunken");
  k.picture_page->setAttribute(Qt::WA_StyledBackground);
  k.picture_box = new QVBoxLayout(k.picture_page);
  k.picture_box->setContentsMargins(0, 0, 0, 0);
  k.picture_box->setSpacing(0);
  k.stack->addWidget(k.picture_page);
  k.room = new Room(this, [this] { emit room_changed(); });
  k.room->setWidget(k.stack);
  k.body->addWidget(k.room, 1);
  k.note_row = new QFrame(this);
  k.note_row->setProperty("surface", "panel");
  k.note_row->setProperty("rule", "top");
  auto* note_box = new QHBoxLayout(k.note_row);
  note_box->setContentsMargins(16, 0, 16, 0);
  k.note_icon = new QLabel(k.note_row);
  k.note_text = new QLabel(k.note_row);
  k.note_text->setProperty("role", "t2");
  k.note_text->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  k.note_text->setWordWrap(true);
  note_box->addWidget(k.note_icon);
  note_box->addWidget(k.note_text, 1);
  k.note_row->hide();
  column->addWidget(new Fence(k.title_row, this));
  column->addWidget(k.controls_row);
  column->addLayout(k.body, 1);
  column->addWidget(k.note_row);
  connect(&theme(), &Theme::changed, this, &PanelFrame::restyle);
  set_title(title);
  restyle();
  retranslate();
}

PanelFrame::~PanelFrame() = default;

void PanelFrame::build_title_row() {
  Parts& k = *parts_;
  k.title_row = new QFrame(this);
  k.title_row->setProperty("surface", "panel");
  k.title_row->setProperty("rule", "bottom");
  k.title_box = new QHBoxLayout(k.title_row);
  k.title = new QLabel(k.title_row);
  k.now_line = new ElidedLabel(k.title_row);
  k.now_line->setProperty("role", "t2");
  k.title_box->addWidget(k.title);
  k.title_box->addWidget(k.now_line, 1);
  const auto button = [&] {
    auto* b = new QToolButton(k.title_row);
    b->setProperty("kind", "quiet");
    b->hide();
    k.title_box->addWidget(b);
    return b;
  };
  k.exports = button();
  k.table_button = button();
  k.explain = button();
  k.more = button();
  k.export_menu = new QMenu(k.exports);
  k.exports->setMenu(k.export_menu);
  k.exports->setPopupMode(QToolButton::InstantPopup);
  k.more_menu = new QMenu(k.more);
  k.more->setMenu(k.more_menu);
  k.more->setPopupMode(QToolButton::InstantPopup);
  k.table_button->setCheckable(true);
  k.explain->setCheckable(true);
  k.explain->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  connect(k.table_button, &QToolButton::toggled, this, &PanelFrame::toggle_table);
  connect(k.explain, &QToolButton::toggled, this, [this](bool on) {
    Parts& p = *parts_;
    if (!p.page) {
      p.page = new ExplainPage(this);
      p.body->addWidget(p.page);
      connect(p.page, &ExplainPage::closed, this, [this] {
        parts_->explain->setChecked(false);
        parts_->explain->setFocus();
      });
    }
    p.page->set_explanation(p.title->text(), p.explanation);
    p.page->setFixedWidth(std::min(theme().px(380), std::max(theme().px(220), width() / 2)));
    p.page->setVisible(on);
  });
}

void PanelFrame::restyle() {
  Parts& k = *parts_;
  const Theme& t = theme();
  k.title->setFont(t.font(Type::title, true));
  k.title_row->setFixedHeight(t.px(40));
  k.title_box->setContentsMargins(t.px(16), 0, t.px(8), 0);
  k.title_box->setSpacing(t.px(8));
  k.controls_row->setMinimumHeight(t.px(36));
  k.controls_box->setContentsMargins(t.px(16), t.px(4), t.px(16), t.px(4));
  k.controls_box->setSpacing(t.px(8));
  k.controls_row->setFont(t.font(Type::small));
  k.note_row->setMinimumHeight(t.px(28));
  k.note_text->setFont(t.font(Type::small));
  k.exports->setIcon(t.icon("export"));
  k.table_button->setIcon(t.icon("table"));
  k.explain->setIcon(t.icon("help"));
  k.more->setIcon(t.icon("more"));
  for (QToolButton* b : {k.exports, k.table_button, k.explain, k.more}) b->setIconSize({t.px(16), t.px(16)});
  show_note(k.note, k.note_warns);
  update_now();
}

void PanelFrame::retranslate() {
  Parts& k = *parts_;
  const auto name = [](QToolButton* b, const QString& text, const QString& tip) {
    b->setAccessibleName(text);
    b->setToolTip(tip);
  };
  name(k.exports, tr("Export"), tr("Export the picture or its numbers"));
  name(k.table_button, tr("Table"), tr("The same numbers as a table"));
  name(k.explain, tr("Explain"), tr("What this is, how to read it, formula and source"));
  name(k.more, tr("More"), tr("More"));
  k.explain->setText(QStringLiteral(" ") + tr("Explain"));
  k.export_menu->clear();
  const std::pair<ExportFormat, QString> formats[] = {{ExportFormat::svg, tr("Picture as SVG…")},
                                                      {ExportFormat::pdf, tr("Picture as PDF…")},
                                                      {ExportFormat::png, tr("Picture as PNG…")},
                                                      {ExportFormat::csv, tr("Numbers as CSV…")},
                                                      {ExportFormat::npz, tr("Numbers as NumPy .npz…")}};
  for (const auto& [format, text] : formats)
    k.export_menu->addAction(text, this, [this, format = format] { export_as(format); });
}

void PanelFrame::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange) retranslate();
  QWidget::changeEvent(event);
}

void PanelFrame::set_title(const QString& title) {
  parts_->title->setText(title);
  setAccessibleName(title);
}

void PanelFrame::set_now(const QString& now) {
  parts_->now = now;
  update_now();
}

void PanelFrame::set_stale(const QString& since) {
  Parts& k = *parts_;
  if (since == k.stale) return;
  k.stale = since;
  QGraphicsOpacityEffect* dim = nullptr;
  if (!since.isEmpty()) {
    dim = new QGraphicsOpacityEffect(k.picture_page);
    dim->setOpacity(0.5);
  }
  k.picture_page->setGraphicsEffect(dim);
  update_now();
}

void PanelFrame::update_now() {
  Parts& k = *parts_;
  k.now_line->set_text(k.stale.isEmpty() ? k.now : k.stale);
  setAccessibleDescription(k.stale.isEmpty() ? k.now : k.stale);
}

QHBoxLayout* PanelFrame::controls() {
  parts_->controls_row->show();
  return parts_->controls_box;
}

QLabel* PanelFrame::control_label(const QString& text, QWidget* buddy) {
  auto* label = new QLabel(text);
  label->setProperty("role", "t2");
  if (buddy) label->setBuddy(buddy);
  return label;
}

void PanelFrame::set_picture(QWidget* picture) {
  Parts& k = *parts_;
  delete k.picture;
  k.picture = picture;
  k.picture_box->insertWidget(0, picture, 1);
}

void PanelFrame::set_legend(QWidget* legend) {
  Parts& k = *parts_;
  delete k.legend;
  k.legend = legend;
  k.picture_box->addWidget(legend);
}

void PanelFrame::set_note(const QString& note, bool warning) {
  if (note == parts_->note && warning == parts_->note_warns) return;
  show_note(note, warning);
}

void PanelFrame::show_note(const QString& note, bool warning) {
  Parts& k = *parts_;
  k.note = note;
  k.note_warns = warning;
  k.note_text->setText(note);
  k.note_icon->setPixmap(theme().pixmap(warning ? "warning" : "info", theme().px(14),
                                        warning ? colors().warn : colors().t2, devicePixelRatioF()));
  k.note_row->setVisible(!note.isEmpty());
}

void PanelFrame::set_explanation(const Explanation& text) {
  Parts& k = *parts_;
  k.explanation = text;
  k.explain->show();
  if (k.page && k.page->isVisible()) k.page->set_explanation(k.title->text(), text);
}

void PanelFrame::set_table(QAbstractItemModel* model) {
  Parts& k = *parts_;
  if (!k.table) {
    k.table = new TableTwin(tr("Numbers of the picture"), this);
    k.stack->addWidget(k.table);
  }
  k.table->setModel(model);
  k.table_button->show();
}

void PanelFrame::set_exporter(std::function<Exportable()> exporter) {
  parts_->exporter = std::move(exporter);
  parts_->exports->show();
}

QToolButton* PanelFrame::add_title_button(const QString& icon, const QString& text) {
  Parts& k = *parts_;
  auto* b = new QToolButton(k.title_row);
  b->setProperty("kind", "quiet");
  b->setIcon(theme().icon(icon));
  b->setAccessibleName(text);
  b->setToolTip(text);
  connect(&theme(), &Theme::changed, b, [b, icon] { b->setIcon(theme().icon(icon)); });
  k.title_box->insertWidget(k.title_box->indexOf(k.exports), b);
  return b;
}

QMenu* PanelFrame::more_menu() {
  parts_->more->show();
  return parts_->more_menu;
}

EmptyState* PanelFrame::empty_state(Sketch sketch) {
  Parts& k = *parts_;
  if (!k.empty) {
    k.empty = new EmptyState(sketch, this);
    k.empty->setProperty("surface", "sunken");
    k.empty->setAttribute(Qt::WA_StyledBackground);
    k.stack->addWidget(k.empty);
  }
  return k.empty;
}

void PanelFrame::show_picture() {
  if (!showing_table()) parts_->stack->setCurrentWidget(parts_->picture_page);
}

void PanelFrame::show_empty() { parts_->stack->setCurrentWidget(empty_state(Sketch::none)); }

void PanelFrame::show_error(const QString& what, const QString& hint) {
  Parts& k = *parts_;
  if (!k.error) {
    k.error = new EmptyState(Sketch::none, this);
    k.stack->addWidget(k.error);
  }
  k.error->set_texts(what, hint);
  k.stack->setCurrentWidget(k.error);
}

QSize PanelFrame::room() const {
  const Parts& k = *parts_;
  const int legend = k.legend && k.legend->isVisible() ? k.legend->height() : 0;
  return k.room->maximumViewportSize() - QSize(0, legend);
}

bool PanelFrame::showing_table() const { return parts_->table && parts_->stack->currentWidget() == parts_->table; }

void PanelFrame::toggle_table(bool on) {
  Parts& k = *parts_;
  if (on) {
    k.before_table = k.stack->currentWidget();
    k.stack->setCurrentWidget(k.table);
  } else if (showing_table()) {
    k.stack->setCurrentWidget(k.before_table ? k.before_table : k.picture_page);
  }
}

void PanelFrame::export_as(ExportFormat format) {
  const char* const suffixes[] = {"svg", "pdf", "png", "csv", "npz"};
  const QString suffix = QString::fromLatin1(suffixes[size_t(format)]);
  const Exportable what = parts_->exporter();
  QString path =
      QFileDialog::getSaveFileName(this, tr("Export"), what.title + '.' + suffix, '*' + QStringLiteral(".") + suffix);
  if (path.isEmpty()) return;
  if (!path.endsWith('.' + suffix, Qt::CaseInsensitive)) path += '.' + suffix;
  emit exported(path, write_export(what, format, path));
}

}  // namespace vitrine::views
