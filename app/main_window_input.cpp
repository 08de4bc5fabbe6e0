// SPDX-License-Identifier: Apache-2.0
// Keys that no widget has used move the selection; files dropped anywhere are opened.
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QKeyEvent>
#include <QMimeData>
#include <QUrl>

#include "app/main_window.h"
#include "app/text.h"

namespace vitrine {

void MainWindow::keyPressEvent(QKeyEvent* event) {
  if (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier)) {
    QMainWindow::keyPressEvent(event);
    return;
  }
  switch (event->key()) {
    case Qt::Key_Left:
      selection_.move_position(-1);
      break;
    case Qt::Key_Right:
      selection_.move_position(1);
      break;
    case Qt::Key_Home:
      selection_.set_position(0);
      break;
    case Qt::Key_End:
      selection_.set_position(selection_.positions() - 1);
      break;
    case Qt::Key_BracketLeft:
      selection_.move_layer(-1);
      break;
    case Qt::Key_BracketRight:
      selection_.move_layer(1);
      break;
    case Qt::Key_BraceLeft:
      selection_.move_head(-1);
      break;
    case Qt::Key_BraceRight:
      selection_.move_head(1);
      break;
    case Qt::Key_Escape:
      selection_.clear();
      break;
    default:
      QMainWindow::keyPressEvent(event);
  }
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  if (event->mimeData()->hasUrls() && event->mimeData()->urls().first().isLocalFile()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
  if (!event->mimeData()->hasUrls()) return;
  event->acceptProposedAction();
  open_path(event->mimeData()->urls().first().toLocalFile());
}

void MainWindow::open_path(const QString& path) {
  const QFileInfo file(path);
  static const QStringList pickles = {"bin", "pt", "pth", "ckpt", "pkl", "pickle"};
  if (!file.exists()) {
    desk_->show_error(tr("%1 does not exist.").arg(path), tr("Choose another file."), {});
  } else if (file.isFile() && pickles.contains(file.suffix().toLower())) {
    desk_->show_error(
        tr("%1 was not opened: it is a pickle, which can run any program when it is read.").arg(file.fileName()),
        tr("Use the safetensors or GGUF file of the same model, or convert it with a tool you trust."),
        file.absoluteFilePath());
  } else {
    desk_->open_model(path_of(file.absoluteFilePath()));
  }
}

}  // namespace vitrine
