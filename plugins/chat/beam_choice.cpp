// SPDX-License-Identifier: Apache-2.0
#include "plugins/chat/beam_choice.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSpinBox>

#include "views/panel_frame.h"

namespace vitrine {

BeamChoice::BeamChoice(ChatSession& session, QWidget* parent) : QWidget(parent), session_(session), count_(new QSpinBox) {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  count_->setRange(1, 64);
  label_ = views::PanelFrame::control_label({}, count_);
  row->addWidget(label_);
  row->addWidget(count_);
  connect(count_, &QSpinBox::valueChanged, &session_, &ChatSession::set_beams);
  retranslate();
  hide();
}

void BeamChoice::refresh() {
  setVisible(session_.answers_to_source());
  const QSignalBlocker quiet(count_);
  count_->setValue(session_.beams());
}

void BeamChoice::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::LanguageChange) retranslate();
}

void BeamChoice::retranslate() {
  label_->setText(tr("Beams"));
  count_->setAccessibleName(tr("Beams"));
  count_->setToolTip(tr("1: each token is drawn by the sampler as it comes. More: so many answers are kept side by side and the one with the best log-probability / length^penalty (nats) is told when it is complete; the checkpoint says which length penalty."));
}

}  // namespace vitrine
