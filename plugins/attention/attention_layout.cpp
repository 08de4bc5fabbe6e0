// SPDX-License-Identifier: Apache-2.0
// The attention panel's widgets: controls, the column of heads at the left, the picture with its legend at the right.
#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>

#include "plugins/attention/attention_panel.h"
#include "plugins/attention/heads_view.h"
#include "plugins/attention/matrix_view.h"
#include "views/distribution_bars.h"
#include "views/elided_label.h"
#include "views/heatmap_view.h"
#include "views/panel_frame.h"
#include "views/reset.h"
#include "views/segmented.h"
#include "views/table_twin.h"
#include "views/theme.h"

namespace vitrine {

void AttentionPanel::build() {
  frame_ = new views::PanelFrame(tr("Attention"));
  frame_->installEventFilter(this);
  build_controls();
  auto* picture = new QWidget;
  auto* row = new QHBoxLayout(picture);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(0);
  split_line_ = new QWidget;
  split_line_->setFixedWidth(1);
  split_line_->setAutoFillBackground(true);
  row->addWidget(build_left());
  row->addWidget(split_line_);
  row->addWidget(build_right(), 1);
  connect(frame_, &views::PanelFrame::room_changed, this, [this] {
    arrange();
    if (visible_) show_all();
  });
  frame_->set_picture(picture);
  build_menu();
  table_ = new views::NumberTable(frame_);
  frame_->set_table(table_);
  frame_->set_exporter([this] { return exportable(); });
  connect(frame_, &views::PanelFrame::exported, &context_.workspace, &Workspace::tell_exported);
  connect(frame_->empty_state(views::Sketch::matrix), &views::EmptyState::action_triggered, this, [this] {
    if (model_.only_reads()) {
      context_.workspace.show_panel(QStringLiteral("encoder"));
    } else if (model_.declined()) {
      model_.retry();
      ask_later(true);
    } else {
      context_.workspace.ask(tr("Why does the KV cache grow with every token?"));
    }
  });
}

void AttentionPanel::build_controls() {
  QHBoxLayout* row = frame_->controls();
  of_ = new views::Segmented(tr("Whose attention"), {"", "", ""});
  view_ = new views::Segmented(tr("View"), {"", "", ""});
  scale_ = new views::Segmented(tr("Scale"), {"", ""});
  sink_ = new QCheckBox;
  follow_ = new QCheckBox;
  layers_ = new QComboBox;
  layers_->addItems({"", ""});
  layers_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  layers_->setMinimumContentsLength(8);
  view_label_ = views::PanelFrame::control_label({}, view_);
  scale_label_ = views::PanelFrame::control_label({}, scale_);
  layers_label_ = views::PanelFrame::control_label({}, layers_);
  for (QWidget* w : std::initializer_list<QWidget*>{of_, view_label_, view_, scale_label_, scale_, sink_, follow_})
    row->addWidget(w);
  row->addStretch(1);
  row->addWidget(layers_label_);
  row->addWidget(layers_);
  scale_->set_current(1);
  const auto edit = [this](auto set) {
    AttentionSettings settings = model_.settings();
    set(settings);
    change(settings);
  };
  connect(of_, &views::Segmented::chosen, this, [edit](int i) { edit([i](auto& s) { s.of = Inspect::Attention(i); }); });
  connect(view_, &views::Segmented::chosen, this, [edit](int i) { edit([i](auto& s) { s.view = AttentionView(i); }); });
  connect(scale_, &views::Segmented::chosen, this, [edit](int i) { edit([i](auto& s) { s.logarithmic = i == 1; }); });
  connect(sink_, &QCheckBox::clicked, this, [edit](bool on) { edit([on](auto& s) { s.sink = on; }); });
  connect(follow_, &QCheckBox::clicked, this, [edit](bool on) { edit([on](auto& s) { s.follow = on; }); });
  connect(layers_, &QComboBox::activated, this, [edit](int i) { edit([i](auto& s) { s.all_layers = i == 1; }); });
  sink_->setChecked(true);
  follow_->setChecked(true);
  views::reset_on_double_click(sink_, [edit] { edit([](auto& s) { s.sink = AttentionSettings().sink; }); });
  views::reset_on_double_click(follow_, [edit] { edit([](auto& s) { s.follow = AttentionSettings().follow; }); });
  views::reset_on_double_click(layers_, [edit] { edit([](auto& s) { s.all_layers = AttentionSettings().all_layers; }); });
}

QWidget* AttentionPanel::build_left() {
  left_ = new QWidget;
  auto* column = new QVBoxLayout(left_);
  heads_title_ = new QLabel;
  heads_ = new HeadsView(model_, left_);
  left_text_ = new QWidget;
  auto* words = new QVBoxLayout(left_text_);
  words->setContentsMargins(0, 0, 0, 0);
  words->setSpacing(0);
  head_title_ = new QLabel;
  head_detail_ = new views::ElidedLabel;
  head_detail_->setProperty("role", "t2");
  keys_title_ = new QLabel;
  for (QLabel* label : std::initializer_list<QLabel*>{heads_title_, head_title_, head_detail_, keys_title_}) {
    label->setTextFormat(Qt::PlainText);
    label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  }
  shares_ = new views::DistributionBars(tr("What the head does"));
  keys_ = new views::DistributionBars(tr("Keys of the selected row"));
  auto* title = new QHBoxLayout;
  title->setSpacing(views::theme().px(8));
  title->addWidget(head_title_);
  title->addWidget(head_detail_, 1);
  words->addLayout(title);
  words->addWidget(shares_);
  words->addSpacing(views::theme().px(10));
  words->addWidget(keys_title_);
  words->addWidget(keys_);
  words->addStretch(1);
  column->addWidget(heads_title_);
  column->addWidget(heads_->widget());
  column->addSpacing(views::theme().px(4));
  column->addWidget(left_text_, 1);
  return left_;
}

QWidget* AttentionPanel::build_right() {
  auto* right = new QWidget;
  auto* column = new QVBoxLayout(right);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  matrix_ = new MatrixView(model_, right);
  legend_ = new views::ColorLegend(right);
  column->addWidget(matrix_->widget(), 1);
  legend_box_ = new QHBoxLayout;
  legend_box_->addWidget(legend_);
  column->addLayout(legend_box_);
  return right;
}

void AttentionPanel::build_menu() {
  QMenu* menu = frame_->more_menu();
  menu->setToolTipsVisible(true);
  const auto add = [this, menu](auto set) {
    QAction* action = menu->addAction(QString());
    action->setCheckable(true);
    connect(action, &QAction::triggered, this, [this, set](bool on) {
      AttentionSettings settings = model_.settings();
      set(settings, on);
      change(settings);
    });
    return action;
  };
  unfold_ = add([](AttentionSettings& s, bool on) { s.unfolded = on; });
  mean_pixels_ = add([](AttentionSettings& s, bool on) { s.mean_pixels = on; });
  sink_action_ = add([](AttentionSettings& s, bool on) { s.sink = on; });
  follow_action_ = add([](AttentionSettings& s, bool on) { s.follow = on; });
  all_layers_ = add([](AttentionSettings& s, bool on) { s.all_layers = on; });
  sink_action_->setChecked(true);
  follow_action_->setChecked(true);
  menu->addSeparator();
}

void AttentionPanel::make_actions() {
  const auto add = [this](auto slot) {
    auto* action = new QAction(frame_);
    connect(action, &QAction::triggered, this, slot);
    actions_ << action;
    return action;
  };
  for (int i = 0; i < 3; ++i)
    add([this, i] {
      AttentionSettings settings = model_.settings();
      settings.view = AttentionView(i);
      change(settings);
    });
  add([this] { matrix_->zoom(1); });
  add([this] { matrix_->zoom(-1); });
  add([this] { matrix_->reset_zoom(); });
  add([this] { matrix_->fit(); });
  for (int i = 3; i < 7; ++i) frame_->more_menu()->addAction(actions_[i]);
  actions_ << unfold_ << mean_pixels_ << sink_action_ << follow_action_ << all_layers_;
}

/// Sizes by the room: the left column takes 372 of a wide panel, less of a narrow one; labels give way first, in a low room the lists
/// beside the picture, which the picture's own bars and the table say too.
void AttentionPanel::arrange() {
  const views::Theme& t = views::theme();
  QWidget* picture = left_->parentWidget();
  if (!picture) return;
  const QSize least(t.px(440), t.px(200));
  picture->setMinimumSize(least);
  const int width = std::max(frame_->room().width(), least.width()), height = std::max(frame_->room().height(), least.height());
  const int left = std::max(std::min(t.px(372), std::max(t.px(190), width * 47 / 100)), width / 4);
  left_->setFixedWidth(left);
  left_->layout()->setContentsMargins(t.px(16), t.px(8), t.px(8), t.px(4));
  left_->layout()->setSpacing(t.px(4));
  const int shares = t.px(20) + int(key_classes(model_.causal()).size()) * t.px(24), keys = t.px(10 + 20) + 5 * t.px(24), fixed = t.px(12 + 24 + 14), thumbs = t.px(100);
  const bool with_shares = height >= fixed + thumbs + shares, with_keys = height >= fixed + thumbs + shares + keys;
  for (QWidget* w : std::initializer_list<QWidget*>{head_title_, head_detail_, shares_}) w->setVisible(with_shares);
  for (QWidget* w : std::initializer_list<QWidget*>{keys_title_, keys_}) w->setVisible(with_keys);
  const int words = (with_shares ? shares : 0) + (with_keys ? keys : 0);
  const int room = std::max(thumbs, height - words - fixed);
  heads_->fit_into(left - t.px(24), model_.settings().all_layers ? std::max(room, t.px(160)) : room);
  for (QLabel* label : {view_label_, scale_label_, layers_label_}) label->setVisible(!model_.has_encoder() && frame_->width() >= t.px(900));
  const bool choice = model_.has_encoder();
  of_->setVisible(choice);
  follow_->setVisible(!choice && !model_.only_reads() && frame_->width() >= t.px(760));
  sink_->setVisible(model_.causal() && frame_->width() >= t.px(choice ? 900 : 620));
  heads_title_->setFont(t.font(views::Type::small, true));
  head_title_->setFont(t.font(views::Type::title, true));
  head_detail_->setFont(t.font(views::Type::small));
  keys_title_->setFont(t.font(views::Type::small, true));
  heads_title_->setFixedHeight(t.px(20));
  head_title_->setFixedHeight(t.px(20));
  head_detail_->setFixedHeight(t.px(20));
  head_title_->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  keys_title_->setFixedHeight(t.px(20));
  const int right = width - left - 1;
  legend_box_->setContentsMargins(right >= t.px(104 + 440)  ? t.px(96)
                                  : right >= t.px(78 + 330) ? t.px(70)
                                                            : 0,
                                  0, 0, 0);
  QPalette line = split_line_->palette();
  line.setColor(QPalette::Window, views::colors().line);
  split_line_->setPalette(line);
}

}  // namespace vitrine
