// SPDX-License-Identifier: Apache-2.0
// A panel for tests: counts its calls in dynamic properties of its widget and throws when the property "throw" says so.
#include <QJsonObject>
#include <stdexcept>

#include "plugins/api/panel.h"
#include "views/heatmap_view.h"
#include "views/panel_frame.h"

namespace vitrine {

class ProbePanel final : public Panel {
 public:
  explicit ProbePanel(PanelContext&) : frame_(new views::PanelFrame("Probe")) {
    auto* map = new views::HeatmapView("Probe picture");
    map->set_matrix({2, 2, {0, 0.3f, 0.6f, 1}});
    frame_->set_picture(map);
    frame_->set_note("A note of the probe.");
    action_ = new QAction("Probe the panel", frame_);
  }
  QWidget* widget() override { return frame_; }
  std::vector<Watch> watches() const override { return {Watch{{0, 1, Site::resid_post}, {}, Norms{}, true, {}}}; }
  void on_events(std::span<const Event> events) override {
    frame_->setProperty("events", frame_->property("events").toInt() + int(events.size()));
    if (frame_->property("throw").toBool()) throw std::runtime_error("thrown on purpose");
  }
  void on_model_changed(const ModelLoaded* model) override { frame_->setProperty("model", model != nullptr); }
  void on_visible(bool on) override { frame_->setProperty("on_screen", on); }
  QList<QAction*> actions() override { return {action_}; }
  QJsonObject save() const override { return {{"kept", frame_->property("kept").toString()}}; }
  void restore(const QJsonObject& state) override { frame_->setProperty("kept", state["kept"].toString()); }
  QString summary() const override { return QStringLiteral("probe summary"); }

 private:
  views::PanelFrame* frame_;
  QAction* action_;
};

std::unique_ptr<Panel> make_probe_panel(PanelContext& context) { return std::make_unique<ProbePanel>(context); }

}  // namespace vitrine
