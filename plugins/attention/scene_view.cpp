// SPDX-License-Identifier: Apache-2.0
// ImGui has no turned text and one font size; token labels are Qt's, with all its scripts and emoji.
#include "plugins/attention/scene_view.h"

#include <imgui.h>

#include "views/theme.h"

namespace vitrine {
namespace {

ImVec2 point(const QPointF& p) { return {float(p.x()), float(p.y())}; }
ImU32 ink(QRgb c) { return IM_COL32(qRed(c), qGreen(c), qBlue(c), qAlpha(c)); }
ImTextureID handle(unsigned texture) { return reinterpret_cast<ImTextureID>(uintptr_t(texture)); }

}  // namespace

SceneView* SceneView::make(QWidget* parent) {
  if (views::ImGuiHost::accelerated()) return new GlSceneView(parent);
  return new PaintedSceneView(parent);
}

GlSceneView::GlSceneView(QWidget* parent) : ImGuiHost(parent) { setAttribute(Qt::WA_InputMethodEnabled, false); }

void GlSceneView::set_scene(Scene scene) {
  scene_ = std::move(scene);
  redraw();
}

unsigned GlSceneView::upload(const QImage& image, unsigned old) {
  GLuint texture = old;
  if (texture == 0) glGenTextures(1, &texture);
  const QImage pixels = image.convertToFormat(QImage::Format_RGBA8888);
  glBindTexture(GL_TEXTURE_2D, texture);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, pixels.width(), pixels.height(), 0, GL_RGBA, GL_UNSIGNED_BYTE,
               pixels.constBits());
  return texture;
}

void GlSceneView::renew_textures() {
  const QSize size = (QSizeF(width(), height()) * devicePixelRatioF()).toSize();
  if (text_texture_ == 0 || size != text_size_ || scene_.texts != texts_drawn_) {
    QImage layer(size.expandedTo({1, 1}), QImage::Format_ARGB32_Premultiplied);
    layer.setDevicePixelRatio(devicePixelRatioF());
    layer.fill(Qt::transparent);
    QPainter painter(&layer);
    paint_texts(scene_, painter);
    painter.end();
    text_texture_ = upload(layer, text_texture_);
    text_size_ = size;
    texts_drawn_ = scene_.texts;
  }
  while (picture_textures_.size() > scene_.pictures.size()) {
    glDeleteTextures(1, &picture_textures_.back().second);
    picture_textures_.pop_back();
  }
  picture_textures_.resize(scene_.pictures.size(), {0, 0});
  for (size_t i = 0; i < scene_.pictures.size(); ++i) {
    auto& [key, texture] = picture_textures_[i];
    if (texture != 0 && key == scene_.pictures[i].image.cacheKey()) continue;
    texture = upload(scene_.pictures[i].image, texture);
    key = scene_.pictures[i].image.cacheKey();
  }
}

void GlSceneView::draw() {
  renew_textures();
  ImDrawList* list = ImGui::GetBackgroundDrawList();
  for (const Scene::Rect& r : scene_.rects)
    list->AddRectFilled(point(r.box.topLeft()), point(r.box.bottomRight()), ink(r.fill));
  for (size_t i = 0; i < scene_.pictures.size(); ++i) {
    const QRectF& box = scene_.pictures[i].box;
    list->AddImage(handle(picture_textures_[i].second), point(box.topLeft()), point(box.bottomRight()));
  }
  for (const Scene::Line& line : scene_.lines) {
    const bool level = line.from.y() == line.to.y(), plumb = line.from.x() == line.to.x();
    if (level || plumb) {  // crisp
      const QPointF thick(plumb ? line.width : 0, level ? line.width : 0);
      list->AddRectFilled(point(line.from), point(line.to + thick), ink(line.color));
    } else {
      list->AddLine(point(line.from), point(line.to), ink(line.color), float(line.width));
    }
  }
  if (!scene_.curve_clip.isEmpty())
    list->PushClipRect(point(scene_.curve_clip.topLeft()), point(scene_.curve_clip.bottomRight()), true);
  for (const Scene::Curve& c : scene_.curves) {
    const double middle = (c.from.x() + c.to.x()) / 2;
    list->AddBezierCubic(point(c.from), point({middle, c.from.y()}), point({middle, c.to.y()}), point(c.to),
                         ink(c.color), float(c.width), 24);
  }
  if (!scene_.curve_clip.isEmpty()) list->PopClipRect();
  list->AddImage(handle(text_texture_), {0, 0}, {float(width()), float(height())});
  for (const Scene::Frame& f : scene_.frames) {  // four rectangles: no rounding at the corners
    const double h = f.width / 2;
    const QRectF out = f.box.adjusted(-h, -h, h, h), in = f.box.adjusted(h, h, -h, -h);
    const auto bar = [&](double x0, double y0, double x1, double y1) {
      list->AddRectFilled(point({x0, y0}), point({x1, y1}), ink(f.color));
    };
    bar(out.left(), out.top(), out.right(), in.top());
    bar(out.left(), in.bottom(), out.right(), out.bottom());
    bar(out.left(), in.top(), in.left(), in.bottom());
    bar(in.right(), in.top(), out.right(), in.bottom());
  }
  if (scene_.veil > 0) {
    const QRgb b = scene_.background;
    list->AddRectFilled({0, 0}, {float(width()), float(height())},
                        IM_COL32(qRed(b), qGreen(b), qBlue(b), int(scene_.veil * 255)));
  }
}

void GlSceneView::free_resources() {
  if (text_texture_) glDeleteTextures(1, &text_texture_);
  for (const auto& [key, texture] : picture_textures_) glDeleteTextures(1, &texture);
  text_texture_ = 0;
  picture_textures_.clear();
}

PaintedSceneView::PaintedSceneView(QWidget* parent) : QWidget(parent) {
  setAttribute(Qt::WA_OpaquePaintEvent);
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
}

void PaintedSceneView::set_scene(Scene scene) {
  if (scene == scene_) return;
  scene_ = std::move(scene);
  update();
}

void PaintedSceneView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  paint_scene(scene_, painter, QRectF(rect()));
}

}  // namespace vitrine
