// SPDX-License-Identifier: Apache-2.0
#include "plugins/sampler/stage_menu.h"

#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QWidgetAction>
#include <cmath>
#include <limits>

#include "plugins/sampler/stage_row.h"
#include "plugins/sampler/stage_words.h"
#include "views/reset.h"
#include "views/theme.h"

namespace vitrine {

QString bias_text(const StageSpec& stage) {
  QStringList parts;
  for (const auto& [id, value] : stage.bias)
    parts << QStringLiteral("%1=%2").arg(id).arg(std::isinf(value) ? QStringLiteral("-inf")
                                                                   : QString::number(double(value)));
  return parts.join(QStringLiteral(", "));
}

bool read_bias(const QString& text, StageSpec& stage) {
  std::vector<std::pair<int32_t, float>> bias;
  for (const QString& part : text.split(',', Qt::SkipEmptyParts)) {
    const QStringList sides = part.split('=');
    if (sides.size() != 2) return false;
    bool id_read = false, value_read = false;
    const int id = sides[0].trimmed().toInt(&id_read);
    const QString right = sides[1].trimmed();
    const bool ban = right.compare(QStringLiteral("-inf"), Qt::CaseInsensitive) == 0;
    const float value = ban ? -std::numeric_limits<float>::infinity() : right.toFloat(&value_read);
    if (!id_read || id < 0 || (!ban && (!value_read || !std::isfinite(value)))) return false;
    bias.emplace_back(id, value);
  }
  stage.bias = std::move(bias);
  return true;
}

QString sequences_text(const StageSpec& stage) {
  QStringList parts;
  for (const auto& sequence : stage.sequences) {
    QStringList ids;
    for (const int32_t id : sequence) ids << QString::number(id);
    parts << ids.join(' ');
  }
  return parts.join(QStringLiteral("; "));
}

bool read_sequences(const QString& text, StageSpec& stage) {
  std::vector<std::vector<int32_t>> sequences;
  for (const QString& part : text.split(';', Qt::SkipEmptyParts)) {
    std::vector<int32_t> ids;
    for (const QString& word : part.split(' ', Qt::SkipEmptyParts)) {
      bool read = false;
      const int id = word.trimmed().toInt(&read);
      if (!read || id < 0) return false;
      ids.push_back(id);
    }
    if (!ids.empty()) sequences.push_back(std::move(ids));
  }
  stage.sequences = std::move(sequences);
  return true;
}

namespace {

using Reader = bool (*)(const QString&, StageSpec&);

QLineEdit* list_field(const StageSpec& stage, StageRow* owner, const QString& text, Reader read) {
  auto* field = new QLineEdit(text);
  field->setFont(views::theme().mono());
  field->setMinimumWidth(views::theme().px(220));
  QObject::connect(field, &QLineEdit::editingFinished, owner, [field, owner, stage, read] {
    StageSpec changed = stage;
    if (!read(field->text(), changed)) {
      field->setStyleSheet(QStringLiteral("border-color:%1").arg(views::colors().error.name()));
      return;
    }
    field->setStyleSheet({});
    if (!(changed == stage)) emit owner->stage_changed(changed);
  });
  return field;
}

QWidget* make_form(const StageSpec& stage, const StageInfo& info, StageRow* owner) {
  auto* form = new QWidget;
  auto* grid = new QGridLayout(form);
  grid->setContentsMargins(12, 6, 12, 6);
  int line = 0;
  const auto add = [&](const QString& text, QWidget* field, const QString& tip) {
    auto* label = new QLabel(text);
    label->setBuddy(field);
    label->setToolTip(tip);
    field->setToolTip(tip);
    field->setAccessibleName(text);
    grid->addWidget(label, line, 0);
    grid->addWidget(field, line++, 1);
  };
  for (size_t i = 1; i < info.parameters.size(); ++i) {
    const StageParameter& p = info.parameters[i];
    auto* field = new NumberField;
    field->set_parameter(p);
    field->setValue(stage.parameter(p.name, p.fallback));
    const QString name = QString::fromUtf8(p.name.data(), qsizetype(p.name.size()));
    QObject::connect(field, &QDoubleSpinBox::valueChanged, owner,
                     [owner, name](double v) { emit owner->value_changed(name, v); });
    views::reset_on_double_click(field, [field, fallback = p.fallback] { field->setValue(fallback); });
    const QString help = parameter_help(p);
    add(help.section('\n', 0, 0), field, name + QStringLiteral(": ") + help);
  }
  if (info.name == "logit_bias")
    add(StageRow::tr("Biases"), list_field(stage, owner, bias_text(stage), read_bias),
        StageRow::tr(
            "Token id = number added to its logit, separated by commas; -inf bans the token: 42=-inf, 17=1.5"));
  if (info.name == "bad_words")
    add(StageRow::tr("Sequences"), list_field(stage, owner, sequences_text(stage), read_sequences),
        StageRow::tr("Token ids separated by spaces; a semicolon begins the next sequence: 1 2 3; 7"));
  if (line == 0) {
    delete form;
    return nullptr;
  }
  return form;
}

}  // namespace

QMenu* make_stage_menu(const StageSpec& stage, int row, int count, StageRow* owner) {
  auto* menu = new QMenu(owner);
  if (const StageInfo* info = stage_info(stage.name))
    if (QWidget* form = make_form(stage, *info, owner)) {
      auto* action = new QWidgetAction(menu);
      action->setDefaultWidget(form);
      menu->addAction(action);
      menu->addSeparator();
    }
  const views::Theme& t = views::theme();
  menu->addAction(t.icon("undo"), StageRow::tr("Reset this stage"), owner, &StageRow::reset_requested);
  QAction* up = menu->addAction(StageRow::tr("Move up"), owner, [owner] { emit owner->move_requested(-1); });
  QAction* down = menu->addAction(StageRow::tr("Move down"), owner, [owner] { emit owner->move_requested(1); });
  up->setEnabled(row > 0);
  down->setEnabled(row + 1 < count);
  menu->addAction(t.icon("trash"), StageRow::tr("Remove"), owner, &StageRow::remove_requested);
  return menu;
}

}  // namespace vitrine
