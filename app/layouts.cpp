// SPDX-License-Identifier: Apache-2.0
// States are QMainWindow's, kept in the settings; docks of panels that appear later are simply not in them.
#include "app/layouts.h"

#include "app/dock_area.h"
#include "app/panel_host.h"

namespace vitrine {

Layouts::Layouts(DockArea& docks, PanelHost& host, Workspace& workspace)
    : docks_(docks), host_(host), workspace_(workspace) {}

QStringList Layouts::presets() { return {"chat", "inspect", "compare", "teach"}; }

QString Layouts::title(const QString& name) {
  if (name == "chat") return tr("Chat");
  if (name == "inspect") return tr("Inspect");
  if (name == "compare") return tr("Compare");
  if (name == "teach") return tr("Teach");
  return name;
}

QStringList Layouts::saved() const { return workspace_.setting("layouts/names").toStringList(); }

bool Layouts::apply(const QString& name) {
  if (!presets().contains(name) && !saved().contains(name)) return false;
  keep();
  current_ = name;
  const QByteArray state = workspace_.setting(key(name)).toByteArray();
  if (state.isEmpty() || !docks_.restore(state)) arrange_preset(name);
  docks_.refresh();
  workspace_.set_setting("layouts/current", name);
  emit changed(name);
  return true;
}

void Layouts::keep() {
  if (!current_.isEmpty()) workspace_.set_setting(key(current_), docks_.saveState(DockArea::kVersion));
}

void Layouts::save_as(const QString& name) {
  if (name.trimmed().isEmpty() || presets().contains(name)) return;
  QStringList names = saved();
  if (!names.contains(name)) names << name;
  workspace_.set_setting("layouts/names", names);
  workspace_.set_setting(key(name), docks_.saveState(DockArea::kVersion));
  current_ = name;
  workspace_.set_setting("layouts/current", name);
  emit list_changed();
  emit changed(name);
}

void Layouts::remove(const QString& name) {
  QStringList names = saved();
  if (!names.removeAll(name)) return;
  workspace_.set_setting("layouts/names", names);
  workspace_.set_setting(key(name), {});
  emit list_changed();
  if (current_ == name) {
    current_.clear();
    apply("inspect");
  }
}

void Layouts::reset() {
  const QString name = presets().contains(current_) ? current_ : QStringLiteral("inspect");
  workspace_.set_setting(key(name), {});
  current_ = name;
  arrange_preset(name);
  docks_.refresh();
  emit changed(name);
}

void Layouts::arrange_preset(const QString& name) {
  QStringList main_docks, inspect;
  for (const auto& place : host_.places())
    if (place->dock) (place->info.area == "main" ? main_docks : inspect) << place->dock->objectName();
  const auto first = [&](const QString& id) {
    if (const PanelHost::Place* place = host_.place(id); place && place->dock)
      if (inspect.removeAll(place->dock->objectName())) inspect.prepend(place->dock->objectName());
  };
  if (name == "chat") inspect.clear();
  if (name == "compare") first("compare");
  if (name == "teach") {
    first("sampler");
    first("attention");
    inspect = inspect.mid(0, 2);
  }
  docks_.arrange(main_docks + inspect, name == "teach" ? 0.38 : name == "compare" ? 0.26 : 0.31);
}

}  // namespace vitrine
