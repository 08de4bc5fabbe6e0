// SPDX-License-Identifier: Apache-2.0
// Three things that ImGui 1.86 in Qt needs: the shared atlas remembers one texture, so every frame sets its own; inputs
// are applied one transition a frame; resources are freed when Qt takes the context away (a dock that floats).
#include "views/imgui_host.h"

#include <backends/imgui_impl_opengl3.h>
#include <imgui.h>

#include <QGuiApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QMouseEvent>
#include <QOffscreenSurface>
#include <QOpenGLContext>
#include <QOpenGLWidget>

#include "views/imgui_atlas.h"
#include "views/theme.h"

namespace vitrine::views {
namespace {

constexpr std::pair<int, int> kKeys[] = {{ImGuiKey_Tab, Qt::Key_Tab},
                                         {ImGuiKey_Backspace, Qt::Key_Backspace},
                                         {ImGuiKey_Enter, Qt::Key_Return},
                                         {ImGuiKey_LeftArrow, Qt::Key_Left},
                                         {ImGuiKey_RightArrow, Qt::Key_Right},
                                         {ImGuiKey_UpArrow, Qt::Key_Up},
                                         {ImGuiKey_DownArrow, Qt::Key_Down},
                                         {ImGuiKey_Escape, Qt::Key_Escape},
                                         {ImGuiKey_Delete, Qt::Key_Delete},
                                         {ImGuiKey_Home, Qt::Key_Home},
                                         {ImGuiKey_End, Qt::Key_End},
                                         {ImGuiKey_PageUp, Qt::Key_PageUp},
                                         {ImGuiKey_PageDown, Qt::Key_PageDown},
                                         {ImGuiKey_A, Qt::Key_A},
                                         {ImGuiKey_C, Qt::Key_C},
                                         {ImGuiKey_V, Qt::Key_V},
                                         {ImGuiKey_X, Qt::Key_X},
                                         {ImGuiKey_Z, Qt::Key_Z}};

int key_slot(int qt_key) { return qt_key & 0x1FF; }

ImVec4 to_im(const QColor& c) { return {c.redF(), c.greenF(), c.blueF(), c.alphaF()}; }

/// What OpenGL can do here; tried once.
struct Driver {
  bool works = false, software = false;
  Driver() {
    const QString platform = QGuiApplication::platformName();
    if (platform == "offscreen" || platform == "minimal" || platform == "minimalegl") return;
    QOffscreenSurface surface;
    surface.setFormat(QSurfaceFormat::defaultFormat());
    surface.create();
    QOpenGLContext context;
    context.setFormat(QSurfaceFormat::defaultFormat());
    works = context.create() && context.makeCurrent(&surface) && context.format().version() >= qMakePair(3, 3);
    if (!works) return;
    const QByteArray name(reinterpret_cast<const char*>(context.functions()->glGetString(GL_RENDERER)));
    for (const char* known : {"llvmpipe", "softpipe", "swrast", "SWR", "Software"}) software = software || name.contains(known);
  }
};

const Driver& driver() {
  static const Driver found;
  return found;
}

}  // namespace

class ImGuiHost::Composed final : public QOpenGLWidget {
 public:
  explicit Composed(ImGuiHost& host) : QOpenGLWidget(&host), host_(host) { setAttribute(Qt::WA_TransparentForMouseEvents); }

 protected:
  void initializeGL() override { host_.begin(*context()); }
  void paintGL() override { host_.frame(); }

 private:
  ImGuiHost& host_;
};

bool ImGuiHost::available() { return driver().works; }

bool ImGuiHost::accelerated() { return driver().works && !driver().software; }

QWidget* ImGuiHost::make(const std::function<ImGuiHost*(QWidget*)>& create, QWidget* parent) {
  if (available()) return create(parent);
  auto* label = new QLabel(
      tr("This picture needs OpenGL 3.3, which is not available here. Its table shows the same numbers."), parent);
  label->setAlignment(Qt::AlignCenter);
  label->setWordWrap(true);
  label->setProperty("role", "t2");
  return label;
}

void ImGuiHost::want_text(const QString& text) { ImGuiAtlas::instance().want(text); }

ImGuiHost::ImGuiHost(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  setAttribute(Qt::WA_InputMethodEnabled);
  setAttribute(Qt::WA_OpaquePaintEvent);
  ImGuiAtlas::instance().ensure(theme().scale());
  context_ = ImGui::CreateContext(ImGuiAtlas::instance().atlas());
  ImGui::SetCurrentContext(context_);
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  for (const auto& [im, qt] : kKeys) io.KeyMap[im] = key_slot(qt);
  composed_ = new Composed(*this);
  connect(&theme(), &Theme::changed, this, &ImGuiHost::redraw);
}

ImGuiHost::~ImGuiHost() {
  if (ready_) {
    // The picture's own resources are its destructor's: free_resources() can no longer be reached from here.
    disconnect(composed_->context(), nullptr, this, nullptr);
    composed_->makeCurrent();
    ImGui::SetCurrentContext(context_);
    ImGui_ImplOpenGL3_Shutdown();
    composed_->doneCurrent();
    ready_ = false;
  }
  delete composed_;  // while this still is a host
  ImGui::DestroyContext(context_);
}

void ImGuiHost::begin(QOpenGLContext& context) {
  ++initialisations_;
  initializeOpenGLFunctions();
  connect(&context, &QOpenGLContext::aboutToBeDestroyed, this, &ImGuiHost::release, Qt::DirectConnection);
  ImGui::SetCurrentContext(context_);
  ImGui_ImplOpenGL3_Init("#version 330 core");
  make_resources();
  ready_ = true;
  atlas_version_ = 0;
}

void ImGuiHost::release() {
  if (!ready_) return;
  composed_->makeCurrent();
  free_resources();
  ImGui::SetCurrentContext(context_);
  ImGui_ImplOpenGL3_Shutdown();
  font_texture_ = nullptr;
  ready_ = false;
  composed_->doneCurrent();
}

void ImGuiHost::redraw() { composed_->update(); }

QImage ImGuiHost::grab_frame() { return composed_->grabFramebuffer(); }

void ImGuiHost::resizeEvent(QResizeEvent*) {
  composed_->setGeometry(rect());
  redraw();
}

void ImGuiHost::frame() {
  ImGuiAtlas& fonts = ImGuiAtlas::instance();
  ImGui::SetCurrentContext(context_);
  ImGuiIO& io = ImGui::GetIO();
  fonts.ensure(theme().scale());
  if (atlas_version_ != fonts.version()) {
    if (font_texture_) {
      ImGui_ImplOpenGL3_DestroyFontsTexture();
      ImGui_ImplOpenGL3_CreateFontsTexture();
    } else {
      ImGui_ImplOpenGL3_CreateDeviceObjects();
    }
    font_texture_ = fonts.atlas()->TexID;
    atlas_version_ = fonts.version();
  }
  fonts.atlas()->SetTexID(font_texture_);  // another host may have set its own
  io.DisplaySize = {float(width()), float(height())};
  const float ratio = float(devicePixelRatioF());
  io.DisplayFramebufferScale = {ratio, ratio};
  io.DeltaTime = 1.0f / 30;
  apply_inputs();
  ImGui_ImplOpenGL3_NewFrame();
  ImGui::NewFrame();
  ImGuiStyle& style = ImGui::GetStyle();
  style.Colors[ImGuiCol_Text] = to_im(colors().t1);
  style.Colors[ImGuiCol_WindowBg] = to_im(colors().sunken);
  style.Colors[ImGuiCol_Border] = to_im(colors().line);
  style.WindowRounding = 0;
  style.WindowBorderSize = 0;
  draw();
  ImGui::Render();
  const ImVec4 back = to_im(colors().sunken);
  glClearColor(back.x, back.y, back.z, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
  ++frames_;
}

void ImGuiHost::push(Input input) {
  inputs_.push_back(std::move(input));
  redraw();
}

void ImGuiHost::apply_inputs() {
  ImGuiIO& io = ImGui::GetIO();
  bool transition = false;
  while (!inputs_.empty()) {
    const Input& input = inputs_.front();
    const bool is_transition = input.kind == Input::Kind::button || input.kind == Input::Kind::key;
    if (is_transition && transition) break;
    transition = transition || is_transition;
    switch (input.kind) {
      case Input::Kind::move:
        io.MousePos = {input.x, input.y};
        break;
      case Input::Kind::button:
        io.MouseDown[input.code] = input.down;
        break;
      case Input::Kind::wheel:
        io.MouseWheelH += input.x, io.MouseWheel += input.y;
        break;
      case Input::Kind::key:
        io.KeysDown[input.code] = input.down;
        break;
      case Input::Kind::text:
        io.AddInputCharactersUTF8(input.text.constData());
        break;
      case Input::Kind::modifiers:
        io.KeyCtrl = input.code & int(Qt::ControlModifier);
        io.KeyShift = input.code & int(Qt::ShiftModifier);
        io.KeyAlt = input.code & int(Qt::AltModifier);
        break;
    }
    inputs_.pop_front();
  }
  if (!inputs_.empty()) QMetaObject::invokeMethod(this, &ImGuiHost::redraw, Qt::QueuedConnection);
}

bool ImGuiHost::event(QEvent* event) {
  using Kind = Input::Kind;
  const auto move = [this](const QPointF& at) { push({Kind::move, float(at.x()), float(at.y())}); };
  switch (event->type()) {
    case QEvent::MouseMove:
      move(static_cast<QMouseEvent*>(event)->position());
      return true;
    case QEvent::Leave:
      push({Kind::move, -1e6f, -1e6f});
      return true;
    case QEvent::MouseButtonPress:
    case QEvent::MouseButtonRelease:
    case QEvent::MouseButtonDblClick: {
      auto* mouse = static_cast<QMouseEvent*>(event);
      move(mouse->position());
      const int button = mouse->button() == Qt::LeftButton ? 0 : mouse->button() == Qt::RightButton ? 1 : 2;
      push({Kind::button, 0, 0, button, event->type() != QEvent::MouseButtonRelease});
      if (event->type() == QEvent::MouseButtonPress) setFocus(Qt::MouseFocusReason);
      return true;
    }
    case QEvent::Wheel: {
      const QPoint delta = static_cast<QWheelEvent*>(event)->angleDelta();
      push({Kind::wheel, float(delta.x()) / 120, float(delta.y()) / 120});
      return true;
    }
    case QEvent::KeyPress:
    case QEvent::KeyRelease: {
      auto* key = static_cast<QKeyEvent*>(event);
      if (key->key() == Qt::Key_Tab || key->key() == Qt::Key_Backtab)
        return QWidget::event(event);  // Tab leaves the picture
      const bool down = event->type() == QEvent::KeyPress;
      push({Kind::modifiers, 0, 0, int(key->modifiers())});
      push({Kind::key, 0, 0, key_slot(key->key()), down});
      if (down && !key->text().isEmpty() && key->text()[0].isPrint())
        push({Kind::text, 0, 0, 0, false, key->text().toUtf8()});
      return true;
    }
    default:
      return QWidget::event(event);
  }
}

void ImGuiHost::inputMethodEvent(QInputMethodEvent* event) {
  want_text(event->commitString());
  if (!event->commitString().isEmpty()) push({Input::Kind::text, 0, 0, 0, false, event->commitString().toUtf8()});
  event->accept();
}

QVariant ImGuiHost::inputMethodQuery(Qt::InputMethodQuery query) const {
  return query == Qt::ImEnabled ? QVariant(true) : QWidget::inputMethodQuery(query);
}

}  // namespace vitrine::views
