// SPDX-License-Identifier: Apache-2.0
// Pictures drawn by Dear ImGui: text that vanishes when another panel closes, clicks that are lost, contexts that die
// when a dock floats, a scene that a graphics card shows otherwise than the painter of machines without one.
#include <imgui.h>

#include <QDockWidget>
#include <QInputMethodEvent>
#include <QMainWindow>
#include <QSurfaceFormat>
#include <QtTest>

#include "plugins/attention/scene_view.h"
#include "views/imgui_host.h"
#include "views/theme.h"

using namespace vitrine::views;

namespace {

class Picture final : public ImGuiHost {
 public:
  using ImGuiHost::ImGuiHost;
  ~Picture() override { release(); }
  bool checked = false;
  char text[64] = "";
  int resources = 0;

 protected:
  void make_resources() override { ++resources; }
  void free_resources() override { --resources; }
  void draw() override {
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize(ImGui::GetIO().DisplaySize);
    ImGui::Begin("picture", nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove);
    ImGui::SetCursorPos({8, 8});
    ImGui::Checkbox("a label with letters", &checked);
    ImGui::SetCursorPos({8, 40});
    ImGui::InputText("##field", text, sizeof text);
    ImGui::End();
  }
};

int letters(ImGuiHost& host) {
  const QImage image = host.grab_frame();
  int dark = 0;
  for (int y = 5; y < 30; ++y)
    for (int x = 40; x < 200; ++x) dark += qGray(image.pixel(x, y)) < 110;
  return dark;
}

/// A picture of 4 x 4 cells, a bar, lines, a curve, a frame and a label, a gap between any two.
vitrine::Scene every_shape() {
  QImage cells(4, 4, QImage::Format_RGB32);
  for (int y = 0; y < 4; ++y)
    for (int x = 0; x < 4; ++x) cells.setPixel(x, y, qRgb(60 * x, 60 * y, 200));
  vitrine::Scene scene;
  scene.background = colors().sunken.rgb();
  scene.pictures = {{{20, 20, 80, 80}, cells}};
  scene.rects = {{{120, 20, 60, 30}, qRgb(200, 60, 40)}};
  scene.lines = {{{120, 80}, {180, 80}, qRgb(80, 220, 90), 4}};
  scene.curves = {{{200, 30}, {270, 90}, qRgb(240, 200, 40), 4}};
  scene.frames = {{{120, 100, 60, 30}, qRgb(90, 150, 255), 4}};
  scene.texts = {{{20, 120, 90, 24}, "scientists", Qt::AlignLeft | Qt::AlignVCenter, {}, qRgb(240, 240, 240)}};
  return scene;
}

int bright_pixels(const QImage& image, const QRect& box) {
  int found = 0;
  for (int y = box.top(); y <= box.bottom(); ++y)
    for (int x = box.left(); x <= box.right(); ++x) found += qGray(image.pixel(x, y)) > 120;
  return found;
}

}  // namespace

class GlTest : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase() {
    if (!ImGuiHost::available()) QSKIP("no OpenGL 3.3 here");
    theme().apply(Scheme::light, 1);
  }

  void text_stays_when_another_picture_goes() {
    auto one = std::make_unique<Picture>(), two = std::make_unique<Picture>();
    for (Picture* p : {one.get(), two.get()}) {
      p->resize(300, 120);
      p->show();
      QVERIFY(QTest::qWaitForWindowExposed(p));
    }
    QTRY_VERIFY(one->frames() > 0 && two->frames() > 0);
    QVERIFY(letters(*one) > 40);
    QVERIFY(letters(*two) > 40);
    two.reset();
    QVERIFY2(letters(*one) > 40, "the other picture took the font texture with it");
  }

  void a_click_within_one_frame_counts_and_hangul_is_typed() {
    Picture p;
    p.resize(300, 120);
    p.show();
    QVERIFY(QTest::qWaitForWindowExposed(&p));
    QTRY_VERIFY(p.frames() > 1);
    QTest::mouseMove(&p, {16, 16});
    QTest::qWait(60);
    QTest::mouseClick(&p, Qt::LeftButton, {}, {16, 16});
    QTRY_VERIFY(p.checked);
    QTest::mouseMove(&p, {60, 50});
    QTest::qWait(60);
    QTest::mouseClick(&p, Qt::LeftButton, {}, {60, 50});
    QTest::qWait(200);
    QTest::keyClicks(&p, "cup ");
    QInputMethodEvent commit;
    commit.setCommitString(QString::fromUtf8("한글"));
    QCoreApplication::sendEvent(&p, &commit);
    QTRY_COMPARE(QString::fromUtf8(p.text), QString::fromUtf8("cup 한글"));
  }

  void a_graphics_card_and_the_painter_show_the_same_scene() {
    vitrine::GlSceneView card;
    vitrine::PaintedSceneView painter;
    for (vitrine::SceneView* view : {static_cast<vitrine::SceneView*>(&card), static_cast<vitrine::SceneView*>(&painter)}) {
      view->widget()->resize(290, 160);
      view->set_scene(every_shape());
      view->widget()->show();
      QVERIFY(QTest::qWaitForWindowExposed(view->widget()));
    }
    QTRY_VERIFY(card.frames() > 0);
    const QImage drawn = card.grab_frame(), painted = painter.grab().toImage();
    QCOMPARE(drawn.size(), painted.size());
    std::vector<QPoint> places{{5, 5}, {150, 35}, {150, 80}, {120, 115}, {150, 115}, {235, 60}};  // background, bar, line, frame, inside, curve
    for (int y = 0; y < 4; ++y)
      for (int x = 0; x < 4; ++x) places.push_back({30 + 20 * x, 30 + 20 * y});
    for (const QPoint& at : places) {
      const QColor a = drawn.pixelColor(at), b = painted.pixelColor(at);
      const int apart = std::max({std::abs(a.red() - b.red()), std::abs(a.green() - b.green()), std::abs(a.blue() - b.blue())});
      QVERIFY2(apart <= 8, qPrintable(QString("at %1, %2: %3 and %4").arg(at.x()).arg(at.y()).arg(a.name(), b.name())));
    }
    QVERIFY(painted.pixelColor(150, 35) != painted.pixelColor(5, 5));
    const QRect label(20, 120, 90, 24);
    const int letters_drawn = bright_pixels(drawn, label), letters_painted = bright_pixels(painted, label);
    QVERIFY(letters_painted > 60);
    QVERIFY2(std::abs(letters_drawn - letters_painted) * 4 < letters_painted, qPrintable(QString("%1 and %2").arg(letters_drawn).arg(letters_painted)));
  }

  void floating_a_dock_keeps_the_picture() {
    QMainWindow window;
    window.resize(600, 300);
    auto* dock = new QDockWidget("picture", &window);
    auto* p = new Picture;
    dock->setWidget(p);
    window.addDockWidget(Qt::LeftDockWidgetArea, dock);
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    QTRY_VERIFY(p->frames() > 0);
    dock->setFloating(true);
    QTest::qWait(200);
    p->redraw();
    QTest::qWait(100);
    QVERIFY(letters(*p) > 40);
    dock->setFloating(false);
    QTest::qWait(200);
    QVERIFY(letters(*p) > 40);
    QCOMPARE(p->resources, 1);
  }
};

int main(int argc, char** argv) {
  QCoreApplication::setAttribute(Qt::AA_ShareOpenGLContexts);
  QSurfaceFormat format;
  format.setVersion(3, 3);
  format.setProfile(QSurfaceFormat::CoreProfile);
  format.setSwapInterval(0);
  QSurfaceFormat::setDefaultFormat(format);
  QApplication app(argc, argv);
  GlTest test;
  return QTest::qExec(&test, argc, argv);
}
#include "gl_test.moc"
