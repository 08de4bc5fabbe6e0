// SPDX-License-Identifier: Apache-2.0
// Hidden, it asks nothing; while somebody types it waits a quarter of a second.
#include "plugins/encoder/encoder_panel.h"

#include <QAction>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QToolTip>
#include <QTextBlock>
#include <QVBoxLayout>
#include <algorithm>

#include "views/panel_frame.h"
#include "views/segmented.h"
#include "views/table_twin.h"
#include "views/theme.h"

namespace vitrine {

std::unique_ptr<Panel> make_encoder_panel(PanelContext& context) { return std::make_unique<EncoderPanel>(context); }

EncoderPanel::EncoderPanel(PanelContext& context) : context_(context) {
  ask_timer_.setSingleShot(true);
  ask_timer_.setInterval(250);
  connect(&ask_timer_, &QTimer::timeout, this, &EncoderPanel::ask);
  frame_ = new views::PanelFrame(QString());
  frame_->installEventFilter(this);
  which_ = new views::Segmented(QString(), {QString(), QString()});
  frame_->controls()->addWidget(which_);
  frame_->controls()->addStretch();
  pages_ = new QStackedWidget;
  pages_->addWidget(build_masks());
  pages_->addWidget(build_sentences());
  frame_->set_picture(pages_);
  table_ = new views::NumberTable(frame_);
  frame_->set_table(table_);
  frame_->set_exporter([this] { return exportable(); });
  connect(frame_, &views::PanelFrame::exported, &context_.workspace, &Workspace::tell_exported);
  connect(which_, &views::Segmented::chosen, this, [this](int index) { show_page(EncoderPage(index)); });
  connect(&views::theme(), &views::Theme::changed, this, &EncoderPanel::show_all);
  connect(&context_.workspace, &Workspace::ask_requested, this, &EncoderPanel::read_text);
  make_actions();
  retranslate();
  show_all();
}

EncoderPanel::~EncoderPanel() = default;
QWidget* EncoderPanel::widget() { return frame_; }
EncoderPage EncoderPanel::page() const { return EncoderPage(which_->current()); }

QWidget* EncoderPanel::build_masks() {
  auto* page = new QWidget;
  auto* column = new QVBoxLayout(page);
  const int pad = views::theme().px(16);
  column->setContentsMargins(pad, views::theme().px(8), pad, 0);
  text_label_ = new QLabel;
  text_ = new QLineEdit;
  insert_ = new QPushButton;
  hint_ = new QLabel;
  hint_->setWordWrap(true);
  hint_->setProperty("role", "t2");
  text_label_->setBuddy(text_);
  auto* row = new QHBoxLayout;
  row->addWidget(text_, 1);
  row->addWidget(insert_);
  scroll_ = new QScrollArea;
  scroll_->setWidgetResizable(true);
  scroll_->setFrameShape(QFrame::NoFrame);
  scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll_->setFocusPolicy(Qt::NoFocus);
  auto* list = new QWidget;
  groups_ = new QVBoxLayout(list);
  groups_->setContentsMargins(0, 0, 0, 0);
  groups_->addStretch(1);
  scroll_->setWidget(list);
  column->addWidget(text_label_);
  column->addLayout(row);
  column->addWidget(hint_);
  column->addWidget(scroll_, 1);
  connect(text_, &QLineEdit::textChanged, this, [this](const QString& text) {
    touched_ = true;
    model_.set_text(text);
    ask_soon();
  });
  connect(insert_, &QPushButton::clicked, this, &EncoderPanel::insert_mask);
  return page;
}

QWidget* EncoderPanel::build_sentences() {
  auto* page = new QWidget;
  auto* row = new QHBoxLayout(page);
  const int pad = views::theme().px(16);
  row->setContentsMargins(pad, views::theme().px(8), pad, views::theme().px(8));
  row->setSpacing(pad);
  auto* left = new QVBoxLayout;
  sentences_label_ = new QLabel;
  sentences_ = new QPlainTextEdit;
  sentences_->setTabChangesFocus(true);
  sentences_->setMinimumWidth(views::theme().px(160));
  sentences_label_->setBuddy(sentences_);
  left->addWidget(sentences_label_);
  left->addWidget(sentences_, 1);
  auto* right = new QVBoxLayout;
  heatmap_ = new views::HeatmapView(QString());
  heatmap_->set_square_cells(true);
  heatmap_->set_largest_cell(72);
  legend_ = new views::ColorLegend;
  pair_ = new QLabel;
  pair_->setWordWrap(true);
  pair_->setTextFormat(Qt::PlainText);
  pair_->setMinimumHeight(views::theme().px(54));
  pair_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
  right->addWidget(heatmap_, 1);
  right->addWidget(pair_);
  right->addWidget(legend_);
  row->addLayout(left, 2);
  row->addLayout(right, 3);
  connect(sentences_, &QPlainTextEdit::textChanged, this, [this] {
    touched_ = true;
    model_.set_sentences(sentences_->toPlainText());
    ask_soon();
  });
  const auto look = [this](int r, int c) { pair_->setText(model_.cell_text(r, c)); };
  connect(heatmap_, &views::HeatmapView::cell_hovered, this, [this, look](int r, int c) {
    r < 0 ? look(heatmap_->cursor_row(), heatmap_->cursor_column()) : look(r, c);
  });
  connect(heatmap_, &views::HeatmapView::cursor_moved, this, look);
  connect(heatmap_, &views::HeatmapView::cell_clicked, this, look);
  connect(heatmap_, &views::HeatmapView::cursor_moved, this, &EncoderPanel::choose);
  connect(heatmap_, &views::HeatmapView::cell_clicked, this, &EncoderPanel::choose);
  connect(sentences_, &QPlainTextEdit::cursorPositionChanged, this, [this] {
    const QStringList before = sentences_->toPlainText().left(sentences_->textCursor().block().position()).split('\n');
    choose(int(std::count_if(before.begin(), before.end(), [](const QString& line) { return !line.trimmed().isEmpty(); })));
  });
  return page;
}

void EncoderPanel::make_actions() {
  const std::function<void()> calls[] = {[this] { show_page(EncoderPage::masks), context_.workspace.show_panel(QStringLiteral("encoder")), text_->setFocus(); },
                                         [this] { show_page(EncoderPage::sentences), context_.workspace.show_panel(QStringLiteral("encoder")), sentences_->setFocus(); },
                                         [this] { insert_mask(); }};
  for (const auto& call : calls) {
    auto* action = new QAction(frame_);
    connect(action, &QAction::triggered, this, call);
    actions_ << action;
  }
}

void EncoderPanel::insert_mask() {
  text_->insert(model_.mask());
  text_->setFocus();
}

void EncoderPanel::show_page(EncoderPage page) {
  which_->set_current(int(page));
  pages_->setCurrentIndex(int(page));
  show_all();
  ask_soon();
}

void EncoderPanel::ask_soon() {
  show_state();
  if (visible_) ask_timer_.start();
}

void EncoderPanel::ask() {
  const EncoderPage asked = page();
  if (const auto question = model_.question(asked))
    model_.asked(context_.workspace.submit(*question, {}, asked == EncoderPage::masks ? "encoder.masks" : "encoder.sentences"), asked);
  read();
  show_state();
}

void EncoderPanel::read() {
  const auto what = model_.reading(page());
  if (what) model_.asked_to_read(context_.workspace.submit(*what, {}, "encoder.read"), page(), *what);
}

/// From the command line or another panel: the text of the first page, or a sentence before the others.
void EncoderPanel::read_text(const QString& text) {
  if (!model_.reads() || text.trimmed().isEmpty()) return;
  if (page() == EncoderPage::masks) {
    text_->setText(text);
  } else {
    const QString rest = touched_ ? QLatin1Char('\n') + sentences_->toPlainText() : QString();
    sentences_->setPlainText(text.simplified() + rest);
    model_.choose(0);
  }
  ask_timer_.stop();
  ask();
}

void EncoderPanel::choose(int sentence) {
  if (sentence < 0) return;
  model_.choose(sentence);
  read();
}

void EncoderPanel::on_events(std::span<const Event> events) {
  bool changed = false;
  for (const Event& event : events) changed = model_.take(event) || changed;
  if (!changed) return;
  read();
  if (visible_) show_all();
}

void EncoderPanel::on_model_changed(const ModelLoaded* model) {
  model_.set_model(model);
  if (!touched_) {
    const QSignalBlocker one(text_), two(sentences_);
    const QString mask = model_.mask();
    // Examples in the language that nearly every encoder reads, whatever the window's.
    text_->setText(QStringLiteral("The capital of France is %1.").arg(mask.isEmpty() ? QStringLiteral("London") : mask));
    sentences_->setPlainText(QStringLiteral("A man is eating food.\nA man is eating a piece of bread.\nThe girl is carrying a baby.\n"
                                            "A man is riding a horse.\nA woman is playing violin.\nSomeone rides on horseback."));
    model_.set_text(text_->text());
    model_.set_sentences(sentences_->toPlainText());
  }
  if (model && !model_.obstacle(page()).isEmpty() && model_.applicable())
    show_page(page() == EncoderPage::masks ? EncoderPage::sentences : EncoderPage::masks);
  show_all();
  ask_soon();
}

void EncoderPanel::on_visible(bool visible) {
  visible_ = visible;
  if (!visible) {
    if (ask_timer_.isActive()) ask();  // typed just before another panel came to the front
    return ask_timer_.stop();
  }
  show_all();
  ask_soon();
}

void EncoderPanel::show_all() {
  show_state();
  show_groups();
  show_matrix();
  show_table();
}

void EncoderPanel::show_state() {
  views::EmptyState* empty = frame_->empty_state(page() == EncoderPage::masks ? views::Sketch::bars : views::Sketch::matrix);
  const QString why = model_.obstacle(page());
  insert_->setVisible(model_.fills_masks());
  frame_->set_now(model_.now(page()));
  if (!why.isEmpty()) {
    empty->set_texts(model_.model() ? (page() == EncoderPage::masks ? tr("No masks to fill here") : tr("No sentences to compare here")) : tr("What an encoder makes of texts"), why);
    empty->set_action({});
    return frame_->show_empty();
  }
  frame_->show_picture();
  const QString trouble = model_.trouble(page());
  frame_->set_note(!trouble.isEmpty() ? trouble : page() == EncoderPage::sentences ? tr("Alike means near in this model's space; it is no measure of truth or of agreement.") : QString(), !trouble.isEmpty());
  if (model_.finds_replaced())
    hint_->setText(tr("The discriminator reads the text and says of each token whether another model put it there."));
  else if (!model_.text().contains(model_.mask()))
    hint_->setText(tr("Put %1 where a word is missing.").arg(model_.mask()));
  else
    hint_->setText(model_.waiting() ? tr("Reading…") : QString());
  hint_->setVisible(!hint_->text().isEmpty());
}

void EncoderPanel::show_groups() {
  const std::vector<EncoderModel::Group> all = model_.groups();
  while (bars_.size() < all.size()) {
    auto* title = new QLabel;
    auto* bars = new views::DistributionBars(QString());
    groups_->insertWidget(groups_->count() - 1, title);
    groups_->insertWidget(groups_->count() - 1, bars);
    bars_.push_back({title, bars});
  }
  for (size_t i = 0; i < bars_.size(); ++i) {
    const bool used = i < all.size();
    bars_[i].first->setVisible(used);
    bars_[i].second->setVisible(used);
    if (!used) continue;
    bars_[i].first->setFont(views::theme().font(views::Type::small, true));
    bars_[i].first->setText(all[i].title);
    bars_[i].second->setAccessibleName(all[i].title);
    bars_[i].second->set_rows(all[i].rows);
  }
}

void EncoderPanel::show_matrix() {
  views::Matrix matrix = model_.similarity();
  QStringList rows, columns;
  for (int i = 0; i < matrix.rows; ++i) {
    columns << QString::number(i + 1);
    rows << QString::number(i + 1) + QStringLiteral("  ") + (i < model_.compared().size() ? model_.compared()[i].left(18) : QString());
  }
  heatmap_->set_labels(rows, columns);
  const views::ColorScale scale = model_.scale();
  heatmap_->set_scale(scale);
  heatmap_->set_matrix(std::move(matrix));
  heatmap_->setAccessibleDescription(model_.summary(EncoderPage::sentences));
  const auto number = [](double value) { return QString::number(value, 'g', 3); };
  legend_->setVisible(model_.embedded() != nullptr);
  legend_->set_scale(scale, model_.measure_name(), {{scale.lowest, number(scale.lowest)}, {scale.highest, number(scale.highest)}});
  pair_->setText(model_.cell_text(heatmap_->cursor_row(), heatmap_->cursor_column()));
}

void EncoderPanel::show_table() {
  const std::vector<views::NumberArray> arrays = model_.numbers(page());
  if (arrays.empty()) return table_->set_rows(0, [](int, int) { return QVariant(); });
  const views::NumberArray array = arrays[0];
  const int columns = array.shape.size() > 1 ? int(array.shape[1]) : 1;
  QStringList headers{page() == EncoderPage::masks ? tr("Token") : tr("Sentence")};
  for (int c = 0; c < columns; ++c) headers << (page() == EncoderPage::masks ? tr("Probability") : QString::number(c + 1));
  table_->set_columns(headers);
  table_->set_rows(int(array.shape[0]), [array, columns](int row, int column) -> QVariant {
    if (column == 0) return array.row_names[size_t(row)];
    return array.values[size_t(row) * size_t(columns) + size_t(column - 1)];
  });
}

views::Exportable EncoderPanel::exportable() const {
  views::Exportable out;
  out.title = page() == EncoderPage::masks ? tr("masked words") : tr("sentence similarity");
  const EncoderPage shown = page();
  const double title = 28, legend = 56;
  if (shown == EncoderPage::sentences) {
    out.size = {double(std::max(480, heatmap_->width())), double(std::max(360, heatmap_->height())) + legend};
    out.paint = [this, legend](QPainter& p, const QRectF& area) {
      p.fillRect(area, views::colors().sunken);
      heatmap_->paint(p, area.adjusted(8, 8, -8, -legend - 8));
      legend_->paint(p, QRectF(area.left() + 8, area.bottom() - legend, area.width() - 16, legend));
    };
  } else {
    double height = 16;
    for (const auto& [label, bars] : bars_)
      if (label->isVisibleTo(pages_)) height += title + bars->sizeHint().height();
    out.size = {640, height};
    out.paint = [this, title](QPainter& p, const QRectF& area) {
      p.fillRect(area, views::colors().sunken);
      double y = area.top() + 8;
      for (const auto& [label, bars] : bars_) {
        if (!label->isVisibleTo(pages_)) continue;
        p.setFont(views::theme().font(views::Type::base, true));
        p.setPen(views::colors().t1);
        p.drawText(QRectF(area.left() + 8, y, area.width() - 16, title), Qt::AlignVCenter, label->text());
        bars->paint(p, QRectF(area.left() + 8, y + title, area.width() - 16, bars->sizeHint().height()));
        y += title + bars->sizeHint().height();
      }
    };
  }
  out.numbers = [this, shown] { return model_.numbers(shown); };
  return out;
}

QJsonObject EncoderPanel::save() const {
  QJsonObject state{{"page", int(page())}};
  if (touched_) state["text"] = text_->text(), state["sentences"] = sentences_->toPlainText();
  return state;
}

void EncoderPanel::restore(const QJsonObject& state) {
  if (state.contains("text")) text_->setText(state["text"].toString());
  if (state.contains("sentences")) sentences_->setPlainText(state["sentences"].toString());
  show_page(state["page"].toInt() == 1 ? EncoderPage::sentences : EncoderPage::masks);
}

bool EncoderPanel::eventFilter(QObject* object, QEvent* event) {
  if (object == frame_ && event->type() == QEvent::LanguageChange) retranslate();
  return QObject::eventFilter(object, event);
}

void EncoderPanel::retranslate() {
  frame_->set_title(tr("Encoder"));
  which_->setAccessibleName(tr("What is asked"));
  which_->set_choices({tr("Masked words"), tr("Sentences")});
  which_->set_tool_tips({tr("What the model would put at each mask: softmax of the logits there, in percent"),
                         tr("One vector a sentence, pooled as the checkpoint says, and how alike each pair is")});
  text_label_->setText(tr("Text with masks"));
  text_->setAccessibleName(tr("Text with masks"));
  text_->setToolTip(tr("The text is read anew while you type; the attention panel shows how its tokens look at each other"));
  insert_->setText(tr("Insert a mask"));
  insert_->setToolTip(tr("Puts the tokenizer's mask token at the cursor"));
  sentences_label_->setText(tr("Sentences, one a line"));
  sentences_->setAccessibleName(tr("Sentences, one a line"));
  sentences_->setToolTip(tr("Up to %1 sentences; they are compared anew while you type. The attention panel shows the one the cursor is in.").arg(EncoderModel::kMostSentences));
  heatmap_->setAccessibleName(tr("Similarity of the sentences"));
  heatmap_->setToolTip(tr("Cosine of two vectors a and b: a·b / (|a| |b|), from -1 to 1, without unit; another measure where the checkpoint names one"));
  const std::pair<QString, QString> words[] = {{tr("Fill masks"), tr("Words for the masks of a text")},
                                               {tr("Compare sentences"), tr("How alike the sentences of a list are")},
                                               {tr("Insert a mask"), tr("Puts the tokenizer's mask token at the cursor")}};
  for (int i = 0; i < 3; ++i) actions_[i]->setText(words[i].first), actions_[i]->setToolTip(words[i].second);
  views::Explanation text;
  text.what = tr("An encoder reads a whole text at once, each token looking both ways. A masked-language model was trained to guess words that were hidden; a sentence encoder turns a text into one vector, so that texts with like meaning lie near each other.");
  text.how_to_read = tr("Masked words: the longer a bar, the more probable the word at that place; low entropy means the model is sure. Sentences: a bright cell means the two sentences point in nearly the same direction; the diagonal is each sentence with itself.");
  text.formula = QStringLiteral("p(w | text) = softmax(logits)_w      cos(a, b) = a·b / (|a| |b|)");
  text.source = tr("Devlin et al. 2019, arXiv:1810.04805; Reimers and Gurevych 2019, arXiv:1908.10084; Clark et al. 2020, arXiv:2003.10555");
  text.misreadings = {tr("\"The most probable word is the true one.\" The model repeats what its texts said, not what is so."),
                      tr("\"0.7 means 70 percent alike.\" Cosines of one model can be compared with each other only; their zero and scale differ from model to model.")};
  frame_->set_explanation(text);
  show_all();
}

}  // namespace vitrine
