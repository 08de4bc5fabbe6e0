// SPDX-License-Identifier: Apache-2.0
// Every action of the window, by id: made once, named anew in every language, found by the palette.
#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QInputDialog>
#include <QMenu>
#include <QUndoStack>
#include <QUndoView>

#include "app/command_palette.h"
#include "app/dock_area.h"
#include "app/error_bar.h"
#include "app/language.h"
#include "app/layouts.h"
#include "app/log_panel.h"
#include "app/main_window.h"
#include "app/open_dialog.h"
#include "app/rail.h"
#include "app/strip_bar.h"
#include "app/text.h"
#include "app/top_bar.h"
#include "engine/core/check.h"
#include "views/theme.h"
#include "views/token_strip.h"

namespace vitrine {

QAction* MainWindow::action(const QString& id, std::function<void()> run, const QKeySequence& shortcut,
                            const QString& keys) {
  auto* made = new QAction(this);
  made->setObjectName("action." + id);
  made->setShortcut(shortcut);
  if (!keys.isEmpty()) made->setProperty("keys", keys);
  connect(made, &QAction::triggered, this, [run] { run(); });
  addAction(made);
  actions_[id] = made;
  action_order_ << id;
  return made;
}

void MainWindow::name(const QString& id, const QString& text, const QString& tip) {
  QAction* found = actions_.value(id);
  VT_CHECK(found, "no action ", id.toStdString());
  found->setText(text);
  found->setToolTip(tip.isEmpty() ? text : tip);
}

void MainWindow::make_actions() {
  action(
      "open", [this] { show_open_dialog(); }, QKeySequence::Open);
  connect(desk_.get(), &Workspace::model_choice_requested, this, &MainWindow::show_open_dialog);
  action("open_file", [this] { browse(false); });
  action(
      "open_folder", [this] { browse(true); }, QKeySequence("Ctrl+Shift+O"));
  action(
      "search", [this] { palette_->open([this] { return all_actions(); }); }, QKeySequence("Ctrl+K"));
  action(
      "theme",
      [this] {
        const bool dark = views::theme().scheme() == views::Scheme::dark;
        set_look(dark ? "light" : "dark", int(views::theme().scale() * 100 + 0.5));
      },
      QKeySequence("Ctrl+Shift+T"));
  const auto scale = [this](int by) {
    const int now = int(views::theme().scale() * 100 + 0.5);
    set_look(views::theme().scheme() == views::Scheme::dark ? "dark" : "light",
             by == 0 ? 100 : std::clamp(now + by, 80, 200));
  };
  action(
      "larger", [scale] { scale(10); }, QKeySequence::ZoomIn);
  action(
      "smaller", [scale] { scale(-10); }, QKeySequence::ZoomOut);
  action(
      "normal_size", [scale] { scale(0); }, QKeySequence("Ctrl+0"));
  for (const QString& code : languages()) action("language." + code, [this, code] { set_language(code); });
  action(
      "stop", [this] { desk_->cancel_all(); }, QKeySequence("Ctrl+."));
  QAction* undo = action(
      "undo", [this] { desk_->undo_stack().undo(); }, QKeySequence::Undo);
  QAction* redo = action(
      "redo", [this] { desk_->undo_stack().redo(); }, QKeySequence::Redo);
  undo->setEnabled(false);
  redo->setEnabled(false);
  connect(&desk_->undo_stack(), &QUndoStack::canUndoChanged, undo, &QAction::setEnabled);
  connect(&desk_->undo_stack(), &QUndoStack::canRedoChanged, redo, &QAction::setEnabled);
  connect(&desk_->undo_stack(), &QUndoStack::indexChanged, this, [this] { retranslate(); });
  action(
      "previous_token", [this] { selection_.move_position(-1); }, {}, "←");
  action(
      "next_token", [this] { selection_.move_position(1); }, {}, "→");
  action(
      "layer_down", [this] { selection_.move_layer(-1); }, {}, "[");
  action(
      "layer_up", [this] { selection_.move_layer(1); }, {}, "]");
  action(
      "head_down", [this] { selection_.move_head(-1); }, {}, "{");
  action(
      "head_up", [this] { selection_.move_head(1); }, {}, "}");
  action(
      "clear_selection", [this] { selection_.clear(); }, {}, "Esc");
  action(
      "strip", [this] { strip_->strip().setFocus(); }, QKeySequence("Ctrl+T"));
  action(
      "next_panel", [this] { docks_->next_tab(1); }, QKeySequence("Ctrl+Tab"));
  action(
      "previous_panel", [this] { docks_->next_tab(-1); }, QKeySequence("Ctrl+Shift+Tab"));
  action(
      "log", [this] { docks_->bring_up(log_dock_); }, QKeySequence("Ctrl+Shift+L"));
  action("history", [this] { docks_->bring_up(history_dock_); });
  action(
      "settings", [this] { show_settings(); }, QKeySequence("Ctrl+,"));
  action(
      "pin_view", [this] { pin_view(front_panel()); }, QKeySequence("Ctrl+Shift+P"));
  action(
      "copy_script", [this] { copy_script(front_panel()); }, QKeySequence("Ctrl+Shift+C"));
  action("dismiss_error", [this] { error_bar_->dismiss(); });
  action(
      "full_screen", [this] { isFullScreen() ? showNormal() : showFullScreen(); }, QKeySequence("F11"));
  action(
      "quit", [this] { close(); }, QKeySequence::Quit);
  rail_->add(actions_["log"], "log", true);
  rail_->add(actions_["settings"], "settings", true);
  connect(top_bar_->model_menu(), &QMenu::aboutToShow, this, &MainWindow::fill_model_menu);
  connect(top_bar_->device_menu(), &QMenu::aboutToShow, this, &MainWindow::fill_device_menu);
  connect(strip_, &StripBar::menu_requested, this, &MainWindow::show_token_menu);
  connect(top_bar_->layout_menu(), &QMenu::aboutToShow, this, &MainWindow::fill_layout_menu);
}

void MainWindow::make_panel_actions() {
  int number = 1;
  for (const auto& place : host_->places()) {
    const QString id = place->info.id;
    const QKeySequence key = number <= 9 ? QKeySequence(QStringLiteral("Alt+%1").arg(number)) : QKeySequence();
    ++number;
    QAction* show = action(
        "panel." + id, [this, id] { desk_->show_panel(id); }, key);
    show->setCheckable(true);
    connect(place->dock, &QDockWidget::visibilityChanged, show, &QAction::setChecked);
    rail_->add(show, place->info.icon);
  }
}

void MainWindow::make_layout_actions() {
  for (const QString& preset : Layouts::presets())
    action("layout." + preset, [this, preset] { layouts_->apply(preset); });
  action("layout_save", [this] { save_layout_as(); });
  action("layout_reset", [this] { layouts_->reset(); });
  connect(layouts_.get(), &Layouts::changed, this,
          [this](const QString& now) { top_bar_->set_layout_name(Layouts::title(now)); });
}

void MainWindow::retranslate() {
  name("open", tr("Open a model…"), tr("Models on this machine, with size and whether they fit"));
  name("open_file", tr("Open a model file…"), tr("A .gguf file or one safetensors file"));
  name("open_folder", tr("Open a model folder…"), tr("A folder with config.json and safetensors"));
  name("search", tr("Search everything"));
  name("theme", tr("Switch between light and dark"));
  name("larger", tr("Larger text and controls"));
  name("smaller", tr("Smaller text and controls"));
  name("normal_size", tr("Normal size of text and controls"));
  for (const QString& code : languages()) name("language." + code, tr("Language: %1").arg(language_title(code)));
  name("stop", tr("Stop everything that runs"), tr("Stops the answer and all jobs"));
  const QString undo_text = desk_->undo_stack().undoText(), redo_text = desk_->undo_stack().redoText();
  name("undo", undo_text.isEmpty() ? tr("Undo") : tr("Undo: %1").arg(undo_text));
  name("redo", redo_text.isEmpty() ? tr("Redo") : tr("Redo: %1").arg(redo_text));
  name("previous_token", tr("Select the previous token"));
  name("next_token", tr("Select the next token"));
  name("layer_down", tr("Select the layer below"));
  name("layer_up", tr("Select the layer above"));
  name("head_down", tr("Select the previous head"));
  name("head_up", tr("Select the next head"));
  name("clear_selection", tr("Select nothing"));
  name("strip", tr("Go to the tokens of the answer"));
  name("next_panel", tr("Next panel"));
  name("previous_panel", tr("Previous panel"));
  name("log", tr("Show the log"), tr("What happened, with all errors"));
  name("history", tr("Show the changes that can be undone"));
  name("settings", tr("Settings"));
  name("pin_view", tr("Pin this view to the session"),
       tr("Keeps answer, selection and panel with the session; the sessions panel shows them again"));
  name("copy_script", tr("Copy what is shown as script"), tr("The vitrine-cli command that computes what is shown"));
  name("dismiss_error", tr("Dismiss the error"));
  name("full_screen", tr("Full screen"));
  name("quit", tr("Quit"));
  actions_["log"]->setIconText(tr("Log"));
  actions_["settings"]->setIconText(tr("Settings"));
  for (const auto& place : host_->places()) {
    const QString title = host_->title(place->info);
    name("panel." + place->info.id, tr("Show %1").arg(title), place->lacking);
    actions_["panel." + place->info.id]->setIconText(title);
    place->dock->setWindowTitle(title);
  }
  log_dock_->setWindowTitle(tr("Log"));
  history_dock_->setWindowTitle(tr("Changes"));
  history_dock_->widget()->setAccessibleName(tr("Changes that can be undone"));
  static_cast<QUndoView*>(history_dock_->widget())->setEmptyLabel(tr("As it was at the beginning"));
  for (const QString& preset : Layouts::presets())
    name("layout." + preset, tr("Layout: %1").arg(Layouts::title(preset)));
  name("layout_save", tr("Save the layout as…"));
  name("layout_reset", tr("Reset the layout"), tr("The preset as it was made"));
  top_bar_->set_layout_name(Layouts::title(layouts_->current()));
  host_->retranslate();
  fill_device_menu();
  docks_->refresh();
}

QList<QAction*> MainWindow::all_actions() const {
  QList<QAction*> all;
  for (const QString& id : action_order_)
    if (id != "search") all << actions_[id];
  all += host_->actions();
  for (const QPointer<QAction>& added : added_actions_)
    if (added) all << added;
  return all;
}

void MainWindow::fill_model_menu() {
  QMenu* menu = top_bar_->model_menu();
  menu->clear();
  menu->setToolTipsVisible(true);
  for (const QString& path : desk_->recent_models()) {
    QAction* entry = menu->addAction(views::theme().icon("model"), file_title(path_of(path)), this,
                                     [this, path] { open_path(path); });
    entry->setToolTip(path);
    entry->setEnabled(QFileInfo::exists(path));
  }
  if (!menu->isEmpty()) menu->addSeparator();
  menu->addAction(actions_["open"]);
  menu->addAction(actions_["open_file"]);
  menu->addAction(actions_["open_folder"]);
}

void MainWindow::fill_layout_menu() {
  QMenu* menu = top_bar_->layout_menu();
  menu->clear();
  for (const QString& preset : Layouts::presets()) {
    QAction* entry = menu->addAction(Layouts::title(preset), this, [this, preset] { layouts_->apply(preset); });
    entry->setCheckable(true);
    entry->setChecked(preset == layouts_->current());
  }
  for (const QString& saved : layouts_->saved()) {
    QAction* entry = menu->addAction(saved, this, [this, saved] { layouts_->apply(saved); });
    entry->setCheckable(true);
    entry->setChecked(saved == layouts_->current());
  }
  menu->addSeparator();
  menu->addAction(actions_["layout_save"]);
  menu->addAction(actions_["layout_reset"]);
  if (!layouts_->saved().isEmpty()) {
    QMenu* remove = menu->addMenu(tr("Forget a layout"));
    for (const QString& saved : layouts_->saved())
      remove->addAction(saved, this, [this, saved] { layouts_->remove(saved); });
  }
  menu->addSeparator();
  QMenu* panels = menu->addMenu(tr("Panels"));
  for (const auto& place : host_->places()) panels->addAction(actions_["panel." + place->info.id]);
}

void MainWindow::fill_device_menu() {
  QMenu* menu = top_bar_->device_menu();
  menu->clear();
  const auto model = desk_->model();
  if (model) {
    QAction* line = menu->addAction(
        tr("Runs on %1 with %2, %n thread(s)", nullptr, model->facts->threads)
            .arg(QString::fromStdString(model->facts->device), QString::fromStdString(model->facts->instruction_set)));
    line->setEnabled(false);
  }
  const auto choice = [&](const QString& key, const QString& now, const QString& value, const QString& text,
                          bool reopen) {
    QAction* entry = menu->addAction(text, this, [this, key, value, reopen] {
      desk_->set_setting(key, value);
      if (reopen && desk_->model()) desk_->open_model(desk_->model()->facts->path);
    });
    entry->setCheckable(true);
    entry->setChecked(now == value);
  };
  menu->addSection(tr("KV cache, from the next opening"));
  const QString kv = desk_->setting("engine/kv_dtype", "f16").toString();
  choice("engine/kv_dtype", kv, "f16", "F16", true);
  choice("engine/kv_dtype", kv, "f32", "F32", true);
  menu->addSection(tr("Precision of the next answer"));
  const QString precision = desk_->setting("engine/precision", "fast").toString();
  choice("engine/precision", precision, "fast", tr("Fast"), false);
  choice("engine/precision", precision, "exact", tr("Exact (float32 activations)"), false);
  menu->addSeparator();
  menu->addAction(actions_["settings"]);
}

void MainWindow::show_token_menu(qint64 position, const QPoint& at) {
  const TranscriptToken* token = transcript_.token(selection_.lane(), position);
  if (!token) return;
  auto* menu = new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  const QString text = QString::fromStdString(token->bytes), id = QString::number(token->id);
  menu->addAction(tr("Select"), this, [this, position] { selection_.set_position(position); });
  menu->addAction(tr("Copy the text"), this, [text] { QApplication::clipboard()->setText(text); });
  menu->addAction(tr("Copy the token id"), this, [id] { QApplication::clipboard()->setText(id); });
  emit desk_->token_menu(menu, position);
  menu->popup(at);
}

void MainWindow::show_open_dialog() {
  if (!open_dialog_) {
    open_dialog_ = new OpenDialog(this);
    open_dialog_->setAttribute(Qt::WA_DeleteOnClose);
    connect(open_dialog_, &OpenDialog::chosen, this, &MainWindow::open_path);
    connect(open_dialog_, &OpenDialog::browse_requested, this, &MainWindow::browse);
  }
  open_dialog_->show();
  open_dialog_->raise();
}

void MainWindow::browse(bool folder) {
  auto* dialog = new QFileDialog(this, folder ? tr("Open a model folder") : tr("Open a model file"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(folder ? QFileDialog::Directory : QFileDialog::ExistingFile);
  if (!folder) dialog->setNameFilters({tr("Models (*.gguf *.safetensors *.json)"), tr("All files (*)")});
  if (const QStringList recent = desk_->recent_models(); !recent.isEmpty())
    dialog->setDirectory(QFileInfo(recent.first()).path());
  connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::open_path);
  dialog->setModal(false);
  dialog->show();
}

void MainWindow::save_layout_as() {
  auto* dialog = new QInputDialog(this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setWindowTitle(tr("Save the layout"));
  dialog->setLabelText(tr("Name of the layout"));
  dialog->setModal(false);
  connect(dialog, &QInputDialog::textValueSelected, this,
          [this](const QString& text) { layouts_->save_as(text.trimmed()); });
  dialog->show();
}

}  // namespace vitrine
