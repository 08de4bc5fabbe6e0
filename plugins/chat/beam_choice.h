// SPDX-License-Identifier: Apache-2.0
// How many beams the next answer of an encoder-decoder is searched with.
#pragma once

#include <QWidget>

#include "plugins/chat/chat_session.h"

class QLabel;
class QSpinBox;

namespace vitrine {

class BeamChoice : public QWidget {
  Q_OBJECT
 public:
  explicit BeamChoice(ChatSession& session, QWidget* parent = nullptr);
  /// Shown for encoder-decoders only; the number is the checkpoint's until it is set.
  void refresh();

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void retranslate();
  ChatSession& session_;
  QLabel* label_;
  QSpinBox* count_;
};

}  // namespace vitrine
