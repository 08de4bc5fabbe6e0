// SPDX-License-Identifier: Apache-2.0
// A widget whose picture is drawn by Dear ImGui with OpenGL 3.3: for pictures with more marks than a painter can move.
// Each host owns its context; all share one font atlas. Where no OpenGL context can be had (offscreen, minimal, no
// driver) make() returns a label instead: a shown QOpenGLWidget would end the program there. Without a graphics card a painter is the
// better choice: Qt puts a window with a QOpenGLWidget together by OpenGL with every repaint anywhere in it.
#pragma once

#include <QImage>
#include <QOpenGLExtraFunctions>
#include <QWidget>
#include <deque>
#include <functional>

#include "views/api.h"

struct ImGuiContext;

namespace vitrine::views {

class VT_UI ImGuiHost : public QWidget, protected QOpenGLExtraFunctions {
  Q_OBJECT
 public:
  explicit ImGuiHost(QWidget* parent = nullptr);
  ~ImGuiHost() override;

  /// Whether a context of version 3.3 can be made here; tried once.
  static bool available();
  /// There is a graphics card; else OpenGL is software that draws with the processors.
  static bool accelerated();
  /// What `create` makes, or a label that says why there is no picture.
  static QWidget* make(const std::function<ImGuiHost*(QWidget*)>& create, QWidget* parent);
  /// Text that will be shown: its characters are added to the atlas of all hosts. Characters beyond U+FFFF cannot be
  /// drawn by ImGui.
  static void want_text(const QString& text);

  /// The picture changed: draws a frame with the next repaint.
  void redraw();
  /// What is shown, drawn now.
  QImage grab_frame();
  qint64 frames() const noexcept { return frames_; }
  /// Times the OpenGL resources were made; more than once only when the context was lost.
  int initialisations() const noexcept { return initialisations_; }

 protected:
  /// One frame: ImGui calls between NewFrame and Render; the window covers the widget.
  virtual void draw() = 0;
  /// OpenGL resources of the picture; the context is current.
  virtual void make_resources() {}
  virtual void free_resources() {}
  /// Frees everything of this context; a picture with resources calls it in its destructor.
  void release();

  void resizeEvent(QResizeEvent* event) override;
  bool event(QEvent* event) override;
  void inputMethodEvent(QInputMethodEvent* event) override;
  QVariant inputMethodQuery(Qt::InputMethodQuery query) const override;

 private:
  /// ImGui 1.86 polls its input: a press and its release within one frame would be lost, so inputs queue.
  struct Input {
    enum class Kind : uint8_t { move, button, wheel, key, text, modifiers } kind;
    float x = 0, y = 0;
    int code = 0;
    bool down = false;
    QByteArray text = {};
  };
  class Composed;
  void begin(QOpenGLContext& context);
  void frame();
  void apply_inputs();
  void push(Input input);

  ImGuiContext* context_;
  Composed* composed_;
  void* font_texture_ = nullptr;
  int atlas_version_ = 0;
  std::deque<Input> inputs_;
  bool ready_ = false;
  qint64 frames_ = 0;
  int initialisations_ = 0;
};

}  // namespace vitrine::views
