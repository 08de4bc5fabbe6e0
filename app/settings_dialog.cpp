// SPDX-License-Identifier: Apache-2.0
// One page of labelled rows; built anew when the language changes.
#include "app/settings_dialog.h"

#include <QComboBox>
#include <QEvent>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QThread>
#include <QVBoxLayout>

#include "app/desk.h"
#include "app/language.h"
#include "views/reset.h"
#include "views/theme.h"

namespace vitrine {

SettingsDialog::SettingsDialog(Desk& desk, QWidget* parent) : QDialog(parent), desk_(desk) {
  setObjectName("settings");
  new QVBoxLayout(this);
  build();
}

void SettingsDialog::choice(QFormLayout& form, const QString& label, const QStringList& names,
                            const QStringList& titles, const QString& now, const QString& fallback, const QString& tip,
                            std::function<void(const QString&)> chosen) {
  auto* box = new QComboBox(page_);
  box->addItems(titles);
  box->setCurrentIndex(std::max<int>(0, int(names.indexOf(now))));
  box->setAccessibleName(label);
  box->setToolTip(tip + QLatin1Char('\n') + tr("Default: %1; a double click brings it back").arg(titles.value(int(names.indexOf(fallback)))));
  connect(box, &QComboBox::activated, this, [names, chosen](int index) { chosen(names.value(index)); });
  views::reset_on_double_click(box, [box, names, chosen, fallback] {
    box->setCurrentIndex(int(names.indexOf(fallback)));
    chosen(fallback);
  });
  auto* words = new QLabel(label, page_);
  words->setBuddy(box);
  form.addRow(words, box);
}

void SettingsDialog::number(QFormLayout& form, const QString& label, const QString& key, int lowest, int highest,
                            int fallback, int step, const QString& suffix, const QString& tip, const QString& special) {
  auto* box = new QSpinBox(page_);
  box->setRange(lowest, highest);
  box->setSingleStep(step);
  box->setSuffix(suffix);
  if (!special.isEmpty()) box->setSpecialValueText(special);
  box->setValue(desk_.setting(key, fallback).toInt());
  box->setAccessibleName(label);
  const QString unset = fallback == lowest && !special.isEmpty() ? special : QString::number(fallback) + suffix;
  box->setToolTip(tip + QLatin1Char('\n') + tr("Default: %1; a double click brings it back").arg(unset));
  views::reset_on_double_click(box, [box, fallback] { box->setValue(fallback); });
  connect(box, &QSpinBox::valueChanged, this, [this, key](int value) { desk_.set_setting(key, value); });
  auto* words = new QLabel(label, page_);
  words->setBuddy(box);
  form.addRow(words, box);
}

void SettingsDialog::build() {
  delete page_;
  page_ = new QWidget(this);
  static_cast<QVBoxLayout*>(layout())->insertWidget(0, page_);
  setWindowTitle(tr("Settings"));
  auto* form = new QFormLayout(page_);
  form->setHorizontalSpacing(24);
  form->setVerticalSpacing(10);
  const auto heading = [&](const QString& text) {
    auto* label = new QLabel(text, page_);
    label->setFont(views::theme().font(views::Type::title, true));
    form->addRow(label);
  };
  heading(tr("Look"));
  choice(*form, tr("Theme"), {"light", "dark"}, {tr("Light"), tr("Dark")},
         views::theme().scheme() == views::Scheme::dark ? "dark" : "light", "light", tr("Light or dark; changes at once"),
         [this](const QString& name) { emit theme_chosen(name); });
  auto* scale = new QSpinBox(page_);
  scale->setRange(80, 200);
  scale->setSingleStep(10);
  scale->setSuffix(tr(" %"));
  scale->setValue(int(views::theme().scale() * 100 + 0.5));
  scale->setAccessibleName(tr("Size of everything"));
  scale->setToolTip(tr("80 to 200 %; 100 % is 13 pixels for text") + QLatin1Char('\n') +
                    tr("Default: %1; a double click brings it back").arg(QStringLiteral("100") + tr(" %")));
  views::reset_on_double_click(scale, [this, scale] {
    scale->setValue(100);
    emit scale_chosen(100);
  });
  connect(scale, &QSpinBox::editingFinished, this, [this, scale] { emit scale_chosen(scale->value()); });
  form->addRow(new QLabel(tr("Size of everything"), page_), scale);
  QStringList titles;
  for (const QString& code : languages()) titles << language_title(code);
  choice(*form, tr("Language"), languages(), titles, current_language(), system_language(), tr("Changes at once"),
         [this](const QString& code) { emit language_chosen(code); });
  choice(*form, tr("Colours of magnitude"), {"viridis", "cividis"}, {"Viridis", tr("Cividis (colour-blind)")},
         desk_.setting("look/color_map", "viridis").toString(), "viridis", tr("The map of heat maps; both also read in grey"),
         [this](const QString& name) { emit color_map_chosen(name); });
  heading(tr("Engine"));
  number(*form, tr("Threads"), "engine/threads", 0, std::max(1, QThread::idealThreadCount()), 0, 1, {},
         tr("Processor threads for the model; automatic uses all cores"), tr("automatic"));
  choice(*form, tr("Precision"), {"fast", "exact"}, {tr("Fast"), tr("Exact (float32 activations)")},
         desk_.setting("engine/precision", "fast").toString(), "fast",
         tr("Exact computes with float32 activations, to compare with references; fast may quantize activations, or multiply in bfloat16"),
         [this](const QString& name) { desk_.set_setting("engine/precision", name); });
  choice(*form, tr("KV cache"), {"f16", "f32"}, {"F16", "F32"}, desk_.setting("engine/kv_dtype", "f16").toString(), "f16",
         tr("How keys and values are kept"),
         [this](const QString& name) { desk_.set_setting("engine/kv_dtype", name); });
  number(*form, tr("Memory for looking back"), "engine/capture_mib", 0, 65536, 2048, 256, tr(" MiB"),
         tr("Queries and hidden states kept of the answers; beyond it layers are computed again when looked at"));
  number(*form, tr("Longest answer"), "engine/max_tokens", 1, 32768, 512, 64, tr(" tokens"),
         tr("An answer is cut here"));
  auto* again = new QPushButton(tr("Open the model again with these"), page_);
  again->setToolTip(tr("Threads, KV cache and memory for looking back hold from the next opening on"));
  again->setEnabled(desk_.model() != nullptr);
  connect(again, &QPushButton::clicked, this, [this] {
    if (desk_.model()) desk_.open_model(desk_.model()->facts->path);
  });
  form->addRow(again);
}

void SettingsDialog::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange)
    QMetaObject::invokeMethod(this, &SettingsDialog::build, Qt::QueuedConnection);
  QDialog::changeEvent(event);
}

}  // namespace vitrine
