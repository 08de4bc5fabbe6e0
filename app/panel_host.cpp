// SPDX-License-Identifier: Apache-2.0
// QPluginLoader over the panels folder; every call into a panel is guarded.
#include "app/panel_host.h"

#include <QCoreApplication>
#include <QDir>
#include <QJsonArray>
#include <QLocale>
#include <QMenu>
#include <QPluginLoader>
#include <algorithm>
#include <exception>

#include "views/empty_state.h"
#include "views/panel_frame.h"

namespace vitrine {
namespace {

PanelInfo info_of(const QString& file, const QJsonObject& meta) {
  PanelInfo info;
  info.file = file;
  info.id = meta["id"].toString();
  info.title = meta["title"].toString(info.id);
  info.title_ko = meta["title_ko"].toString();
  info.icon = meta["icon"].toString("panel");
  info.area = meta["area"].toString("inspect");
  if (info.area == "left") info.area = "main";
  info.order = meta["order"].toInt(100);
  for (const QJsonValue& site : meta["needs"].toArray()) info.needs << site.toString();
  return info;
}

}  // namespace

PanelHost::PanelHost(PanelContext context, QObject* parent) : QObject(parent), context_(context) {}
PanelHost::~PanelHost() = default;

QStringList PanelHost::search_paths() {
  const QDir program(QCoreApplication::applicationDirPath());
  return {program.absoluteFilePath("../lib/vitrine/panels"), program.absoluteFilePath("../lib64/vitrine/panels"),
          program.absoluteFilePath(QStringLiteral("../") + VITRINE_LIBDIR + "/vitrine/panels")};
}

void PanelHost::find(const QStringList& folders) {
  QStringList known;
  for (const QString& folder : folders) {
    for (const QString& name : QDir(folder).entryList({"*.so", "*.dylib", "*.dll"}, QDir::Files)) {
      const QString file = QDir(folder).absoluteFilePath(name);
      const QPluginLoader loader(file);
      const QJsonObject all = loader.metaData();
      PanelInfo info = info_of(file, all["MetaData"].toObject());
      if (all["IID"].toString() != VITRINE_PANEL_IID || info.id.isEmpty()) {
        emit problem(tr("%1 is not a panel of this version.").arg(name), file);
        continue;
      }
      if (known.contains(info.id)) continue;
      known << info.id;
      auto place = std::make_unique<Place>();
      place->info = std::move(info);
      places_.push_back(std::move(place));
    }
  }
  std::stable_sort(places_.begin(), places_.end(),
                   [](const auto& a, const auto& b) { return a->info.order < b->info.order; });
}

PanelHost::Place* PanelHost::place(const QString& id) const {
  for (const auto& entry : places_)
    if (entry->info.id == id) return entry.get();
  return nullptr;
}

QString PanelHost::title(const PanelInfo& info) const {
  const bool korean = QLocale().language() == QLocale::Korean;
  return korean && !info.title_ko.isEmpty() ? info.title_ko : info.title;
}

bool PanelHost::guarded(Place& place, const std::function<void()>& call) {
  try {
    call();
    return true;
  } catch (const std::exception& error) {
    fail(place, QString::fromUtf8(error.what()));
  } catch (...) {
    fail(place, tr("an unknown exception"));
  }
  return false;
}

void PanelHost::fail(Place& place, const QString& why) {
  place.failure = why;
  place.visible = false;
  if (place.panel) {
    // The panel may be on the stack: its object stays until the panels are dropped, its widget is put out of sight.
    if (place.dock) {
      auto* text = new views::EmptyState(views::Sketch::none, place.dock);
      text->set_texts(tr("%1 stopped working").arg(title(place.info)),
                      why + '\n' + tr("Everything else goes on. Restart to use it again."));
      if (QWidget* old = place.dock->widget()) old->hide();
      place.dock->setWidget(text);
    }
  }
  emit problem(tr("The panel %1 was disabled.").arg(title(place.info)), why);
  emit place_changed(place.info.id);
}

void PanelHost::make_panels(QWidget* dock_parent) {
  for (const auto& entry : places_) {
    Place& place = *entry;
    place.dock = new QDockWidget(title(place.info), dock_parent);
    place.dock->setObjectName("dock." + place.info.id);
    QPluginLoader loader(place.info.file);
    auto* factory = qobject_cast<PanelFactory*>(loader.instance());
    if (!factory) {
      fail(place, loader.errorString());
    } else {
      guarded(place, [&] {
        place.panel = factory->create(context_);
        QWidget* widget = place.panel->widget();
        widget->setObjectName("panel." + place.info.id);
        if (widget->accessibleName().isEmpty()) widget->setAccessibleName(title(place.info));
        place.dock->setWidget(widget);
        add_menu(place, widget);
      });
    }
    if (!place.dock->widget()) {
      auto* text = new views::EmptyState(views::Sketch::none, place.dock);
      text->set_texts(tr("%1 cannot be shown").arg(title(place.info)), place.failure);
      place.dock->setWidget(text);
    }
    connect(place.dock, &QDockWidget::visibilityChanged, this, [this, &place](bool on) { set_visible(place, on); });
  }
}

/// What can be done with every picture.
void PanelHost::add_menu(Place& place, QWidget* widget) {
  auto* frame = qobject_cast<views::PanelFrame*>(widget);
  if (!frame) return;
  QMenu* menu = frame->more_menu();
  if (!menu->isEmpty()) menu->addSeparator();
  place.pin = menu->addAction(QString(), this, [this, &place] { emit pin_requested(place.info.id); });
  place.script = menu->addAction(QString(), this, [this, &place] { emit script_requested(place.info.id); });
  connect(menu, &QMenu::aboutToShow, this, [this, &place] {
    guarded(place, [&] { place.script->setEnabled(place.panel && !place.panel->script().isEmpty()); });
    place.pin->setEnabled(context_.store && context_.workspace.session() != 0);
  });
  retranslate();
}

void PanelHost::retranslate() {
  for (const auto& place : places_) {
    if (place->pin) {
      place->pin->setText(tr("Pin this view to the session"));
      place->pin->setToolTip(tr("Keeps answer, selection and panel with the session; the sessions panel shows them again"));
    }
    if (place->script) {
      place->script->setText(tr("Copy as script"));
      place->script->setToolTip(tr("The vitrine-cli command that computes what is shown"));
    }
  }
}

void PanelHost::drop_panels() {
  for (const auto& place : places_) {
    if (place->dock) place->dock->disconnect(this);
    place->panel.reset();
  }
}

void PanelHost::set_visible(Place& place, bool visible) {
  if (visible == place.visible || !place.failure.isEmpty()) return;
  place.visible = visible;
  if (place.panel) guarded(place, [&] { place.panel->on_visible(visible); });
}

void PanelHost::deliver(std::span<const Event> events) {
  for (const auto& place : places_) {
    if (!place->panel || !place->failure.isEmpty()) continue;
    guarded(*place, [&] {
      place->panel->on_events(events);
      if (place->dock && place->dock->widget())
        place->dock->widget()->setAccessibleDescription(place->panel->summary());
    });
  }
}

void PanelHost::model_changed(const ModelLoaded* model) {
  for (const auto& place : places_) {
    QString lacking;
    if (model && model->facts)
      for (const QString& need : place->info.needs) {
        const auto site = site_of_name(need.toStdString());
        if (!site || !model->facts->sites.has(*site)) lacking = tr("This model has no %1.").arg(need);
      }
    if (lacking != place->lacking) {
      place->lacking = lacking;
      emit place_changed(place->info.id);
    }
    if (place->panel && place->failure.isEmpty()) guarded(*place, [&] { place->panel->on_model_changed(model); });
  }
}

std::vector<Watch> PanelHost::watches() const {
  std::vector<Watch> all;
  for (const auto& place : places_)
    if (place->panel && place->visible && place->failure.isEmpty() && place->lacking.isEmpty())
      const_cast<PanelHost*>(this)->guarded(*place, [&] {
        for (Watch& watch : place->panel->watches()) all.push_back(std::move(watch));
      });
  return all;
}

QList<QAction*> PanelHost::actions() const {
  QList<QAction*> all;
  for (const auto& place : places_)
    if (place->panel && place->failure.isEmpty())
      const_cast<PanelHost*>(this)->guarded(*place, [&] { all += place->panel->actions(); });
  return all;
}

QJsonObject PanelHost::save() const {
  QJsonObject state;
  for (const auto& place : places_)
    if (place->panel && place->failure.isEmpty())
      const_cast<PanelHost*>(this)->guarded(*place, [&] { state[place->info.id] = place->panel->save(); });
  return state;
}

void PanelHost::restore(const QJsonObject& state) {
  for (const auto& place : places_)
    if (place->panel && place->failure.isEmpty() && state.contains(place->info.id))
      guarded(*place, [&] { place->panel->restore(state[place->info.id].toObject()); });
}

}  // namespace vitrine
