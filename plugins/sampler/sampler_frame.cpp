// SPDX-License-Identifier: Apache-2.0
// The parts of the sampler panel around its picture: controls, menus, actions, table, export, words.
#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QRegularExpressionValidator>
#include <QToolButton>

#include "plugins/sampler/sampler_panel.h"
#include "plugins/sampler/sampler_picture.h"
#include "plugins/sampler/stage_words.h"
#include "views/empty_state.h"
#include "views/panel_frame.h"
#include "views/table_twin.h"
#include "views/theme.h"

namespace vitrine {

void SamplerPanel::build() {
  frame_ = new views::PanelFrame(tr("Sampler"));
  frame_->installEventFilter(this);
  picture_ = new SamplerPicture(model_);
  connect(picture_, &SamplerPicture::edited, this, &SamplerPanel::edited);
  connect(picture_, &SamplerPicture::first_token_requested, this, [this] {
    if (const TranscriptLane* lane = answer()) context_.selection.set_position(lane->prompt_tokens);
  });
  frame_->set_picture(picture_);
  build_controls();
  table_ = new views::NumberTable(frame_);
  frame_->set_table(table_);
  frame_->set_exporter([this] {
    views::Exportable what;
    what.title = tr("sampler");
    what.size = {960, 36 + 56 + 44.0 * double(model_.rows().size()) + 8 + 24 + 24 * 12};
    what.paint = [this](QPainter& p, const QRectF& area) { picture_->paint_export(p, area); };
    what.numbers = [this] { return model_.numbers(); };
    return what;
  });
  frame_->empty_state(views::Sketch::funnel);
  connect(frame_, &views::PanelFrame::exported, &context_.workspace, &Workspace::tell_exported);
}

void SamplerPanel::build_controls() {
  QHBoxLayout* row = frame_->controls();
  presets_ = new QToolButton;
  presets_->setPopupMode(QToolButton::InstantPopup);
  presets_->setProperty("arrow", true);
  presets_->setMenu(new QMenu(presets_));
  add_ = new QToolButton;
  add_->setPopupMode(QToolButton::InstantPopup);
  add_->setProperty("kind", "small");
  add_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  add_->setMenu(new QMenu(add_));
  add_->menu()->setToolTipsVisible(true);
  seed_ = new QLineEdit;
  seed_->setValidator(new QRegularExpressionValidator(QRegularExpression("\\d{1,20}"), seed_));
  seed_label_ = views::PanelFrame::control_label({}, seed_);
  connect(seed_, &QLineEdit::editingFinished, this, &SamplerPanel::take_seed);
  changes_ = new QLabel;
  changes_->setProperty("role", "warn");
  changes_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  changes_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  back_ = new QPushButton;
  use_ = new QPushButton;
  for (QPushButton* b : {back_, use_}) b->setProperty("kind", "small");
  connect(back_, &QPushButton::clicked, this, &SamplerPanel::back_to_recorded);
  connect(use_, &QPushButton::clicked, this, &SamplerPanel::use_for_next_answer);
  row->addWidget(presets_);
  row->addWidget(seed_label_);
  row->addWidget(seed_);
  row->addWidget(add_);
  row->addWidget(changes_, 1);
  row->addWidget(back_);
  row->addWidget(use_);
}

/// Narrow: icons alone for what a tool tip can say; the number of changes is then in the title row only.
void SamplerPanel::fit_controls() {
  wide_ = frame_->width() > views::theme().px(720);
  add_->setToolButtonStyle(wide_ ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
  back_->setText(wide_ ? tr("Back to recorded") : tr("Recorded"));
  use_->setText(wide_ ? tr("Use for the next answer") : tr("Use next"));
  changes_->setText(frame_->width() > views::theme().px(940) ? model_.change_line() : QString());
}

void SamplerPanel::take_seed() {
  bool read = false;
  const qulonglong seed = seed_->text().toULongLong(&read);
  if (read && seed != model_.seed()) {
    model_.set_seed(seed);
    edited();
  }
}

void SamplerPanel::make_actions() {
  const auto add = [this](auto slot) {
    auto* action = new QAction(frame_);
    connect(action, &QAction::triggered, this, slot);
    actions_ << action;
  };
  add(&SamplerPanel::use_for_next_answer);
  add(&SamplerPanel::back_to_recorded);
}

void SamplerPanel::fill_menus() {
  presets_->menu()->clear();
  const auto preset = [this](const QString& text, const QString& tip, SamplerSpec spec) {
    presets_->menu()
        ->addAction(text, this,
                    [this, spec = std::move(spec)]() mutable {
                      spec.seed = model_.seed();
                      model_.set_spec(spec);
                      edited();
                    })
        ->setToolTip(tip);
  };
  presets_->menu()->setToolTipsVisible(true);
  preset(tr("Default chain"), tr("Penalties, top-k 40, top-p 0.95, min-p 0.05, temperature 0.8"), default_sampler());
  preset(tr("Greedy"), tr("Always the most probable token"), greedy_sampler());
  presets_->menu()->addAction(tr("The chain of the next answer"), this, [this] {
    model_.set_spec(context_.workspace.sampler());
    edited();
  });
  add_->menu()->clear();
  for (const StageInfo& info : sampler_stages()) {
    QAction* action = add_->menu()->addAction(stage_title(info.name), this, [this, name = std::string(info.name)] {
      model_.add(name);
      edited();
    });
    action->setToolTip(stage_help(info));
  }
}

void SamplerPanel::retranslate() {
  frame_->set_title(tr("Sampler"));
  presets_->setText(tr("Presets"));
  presets_->setToolTip(tr("Try a whole chain; the seed stays"));
  add_->setText(tr("Add stage"));
  add_->setToolTip(tr("Adds a stage at the end of the chain; drag it to its place"));
  seed_label_->setText(tr("Seed"));
  seed_->setAccessibleName(tr("Seed"));
  seed_->setToolTip(
      tr("u = philox(seed, step): the same seed draws the same numbers whatever else runs\nrange 0 to 2^64 - 1"));
  add_->setAccessibleName(tr("Add stage"));
  back_->setToolTip(tr("Drop what is tried; show the chain that wrote the answer"));
  use_->setAccessibleName(tr("Use for the next answer"));
  use_->setToolTip(tr("Makes this the chain of the next answer; can be undone"));
  const QString texts[] = {tr("Use the tried sampler for the next answer"), tr("Back to the recorded sampler")};
  for (int i = 0; i < actions_.size(); ++i) {
    actions_[i]->setText(texts[i]);
    actions_[i]->setToolTip(texts[i]);
  }
  fill_menus();
  frame_->empty_state(views::Sketch::funnel)
      ->set_texts(tr("What each stage of the sampler does to the candidates of a token"),
                  tr("Open a model and ask something first."));
  frame_->set_explanation(
      {.what = tr("The sampler turns the model's distribution over the next token into one token. Its stages run in "
                  "order; some remove candidates, others change how probable they are. One random number then draws."),
       .how_to_read = tr("The width of a funnel bar is the logarithm of the number of candidates left; the hatched "
                         "wedge is the mass a stage removed. Grey bars are the model's own probabilities, blue bars "
                         "those after all stages. The needle u stands where the random number fell. Moving a slider "
                         "judges every token of the answer again with the same random numbers."),
       .formula = QStringLiteral(
           "p_i = exp(l_i) / sum_j exp(l_j);  draw the first i with p_1 + ... + p_i > u,  u = philox(seed, step)"),
       .source =
           tr("Salmon et al. 2011, Parallel random numbers: as easy as 1, 2, 3; each stage names its own source."),
       .misreadings = {
           tr("A marked token is not the whole other answer: after the first mark the model would have read another "
              "text."),
           tr("Removed mass is a share of what entered that stage, not of the model's own distribution.")}});
  refresh();
}

void SamplerPanel::refresh() {
  if (!frame_) return;
  const views::Theme& t = views::theme();
  if (!context_.workspace.model()) {
    frame_->set_now({});
    frame_->set_note({});
    frame_->show_empty();
    return;
  }
  picture_->refresh();
  add_->setIcon(t.icon("plus"));
  seed_->setFont(t.mono());
  seed_->setFixedWidth(t.px(64));
  if (!seed_->hasFocus()) seed_->setText(QString::number(model_.seed()));
  fit_controls();
  back_->setIcon(t.icon("undo"));
  changes_->setFont(t.font(views::Type::small, true));
  back_->setEnabled(model_.changed());
  use_->setEnabled(!(model_.spec() == context_.workspace.sampler()));
  frame_->set_now(model_.now_line());
  const QString note =
      trouble_.isEmpty()
          ? recomputed_ ? tr("Recomputed: the layers were run again once, because this answer came from a session.")
                        : model_.note()
          : trouble_;
  frame_->set_note(note, !trouble_.isEmpty());
  fill_table();
  frame_->show_picture();
}

void SamplerPanel::fill_table() {
  table_->set_columns({tr("Token"), tr("Id"), tr("Before"), tr("After"), tr("Removed by")});
  auto lines = std::make_shared<std::vector<CandidateLine>>(model_.candidates(50));
  table_->set_rows(int(lines->size()), [this, lines](int row, int column) -> QVariant {
    const CandidateLine& line = (*lines)[size_t(row)];
    switch (column) {
      case 0:
        return model_.label(line.id);
      case 1:
        return line.id;
      case 2:
        return line.before;
      case 3:
        return line.after;
      default:
        if (!line.removed) return QString();
        return line.removed_by >= 0 && line.removed_by < int(model_.rows().size())
                   ? stage_title(model_.rows()[size_t(line.removed_by)].stage.name)
                   : tr("removed");
    }
  });
}

}  // namespace vitrine
