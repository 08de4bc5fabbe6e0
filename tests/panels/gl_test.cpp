// SPDX-License-Identifier: Apache-2.0
// Pictures drawn by Dear ImGui: text that vanishes when another panel closes, clicks that are lost, contexts that die
// when a dock floats.
#include <imgui.h>

#include <QDockWidget>
#include <QInputMethodEvent>
#include <QMainWindow>
#include <QSurfaceFormat>
#include <QtTest>

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
