// SPDX-License-Identifier: Apache-2.0
// Shows a scene: by Dear ImGui in an OpenGL widget where there is a graphics card, else by a painter. Input is the owner's, through
// an event filter.
#pragma once

#include <QWidget>

#include "plugins/attention/scene.h"
#include "views/imgui_host.h"

namespace vitrine {

class SceneView {
 public:
  virtual ~SceneView() = default;
  virtual QWidget* widget() = 0;
  virtual void set_scene(Scene scene) = 0;

  /// The best view this machine has; owned by its parent.
  static SceneView* make(QWidget* parent);
};

/// Shapes as ImGui draws them; texts painted by Qt into one texture, which is renewed only when a text changes.
class GlSceneView final : public views::ImGuiHost, public SceneView {
  Q_OBJECT
 public:
  explicit GlSceneView(QWidget* parent = nullptr);
  ~GlSceneView() override { release(); }
  QWidget* widget() override { return this; }
  void set_scene(Scene scene) override;

 protected:
  void draw() override;
  void free_resources() override;

 private:
  unsigned upload(const QImage& image, unsigned old);
  void renew_textures();

  Scene scene_;
  unsigned text_texture_ = 0;
  std::vector<Scene::Text> texts_drawn_;
  QSize text_size_;
  std::vector<std::pair<qint64, unsigned>> picture_textures_;  // cache key of the image, texture
};

class PaintedSceneView final : public QWidget, public SceneView {
  Q_OBJECT
 public:
  explicit PaintedSceneView(QWidget* parent = nullptr);
  QWidget* widget() override { return this; }
  void set_scene(Scene scene) override;

 protected:
  void paintEvent(QPaintEvent*) override;

 private:
  Scene scene_;
};

}  // namespace vitrine
