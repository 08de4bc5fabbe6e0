// SPDX-License-Identifier: Apache-2.0
// What the checkpoint says of itself: files and their hash, model, tokenizer, chat template, and every metadata entry.
#pragma once

#include <QWidget>
#include <memory>
#include <utility>
#include <vector>

#include "engine/run/event.h"

class QGridLayout;
class QLineEdit;
class QSplitter;

namespace vitrine {

namespace views {
class NumberTable;
class TableTwin;
}  // namespace views

/// A heading (value empty, name set) or a name with its value.
struct FactRow {
  QString name, value;
  bool mono = false, heading = false;
};

class FactsPage : public QWidget {
  Q_OBJECT
 public:
  explicit FactsPage(QWidget* parent = nullptr);
  void show_model(std::shared_ptr<const ModelLoaded> model);
  /// Of each file; empty: not known yet.
  void set_hashes(std::vector<std::pair<std::filesystem::path, std::string>> hashes);
  /// "43 %, 2 s left"; shown while there are no hashes.
  void set_hash_progress(const QString& text);
  std::vector<FactRow> rows() const;
  void retranslate();

 private:
  void rebuild();
  void show_metadata();
  std::vector<FactRow> file_rows() const;
  std::vector<FactRow> model_rows() const;
  std::vector<FactRow> text_rows() const;

  std::shared_ptr<const ModelLoaded> model_;
  std::vector<std::pair<std::filesystem::path, std::string>> hashes_;
  QString progress_;
  QWidget* list_;
  QGridLayout* grid_;
  QLineEdit* search_;
  views::NumberTable* table_;
  views::TableTwin* table_view_;
  std::vector<size_t> shown_;
};

}  // namespace vitrine
