// SPDX-License-Identifier: Apache-2.0
// What the encoder panel knows and asks, without widgets: the texts, what the open model can say of them, and what the engine answered.
#pragma once

#include <QCoreApplication>
#include <QJsonObject>
#include <QStringList>
#include <memory>
#include <optional>

#include "engine/run/event.h"
#include "views/distribution_bars.h"
#include "views/heatmap_view.h"
#include "views/plot_export.h"

namespace vitrine {

enum class EncoderPage : uint8_t { masks, sentences };

class EncoderModel {
  Q_DECLARE_TR_FUNCTIONS(vitrine::EncoderModel)
 public:
  static constexpr int kMostSentences = 512;

  void set_model(const ModelLoaded* model);
  const ModelLoaded* model() const noexcept { return model_.get(); }

  /// What the open model does with the text of the first page.
  bool fills_masks() const;
  bool finds_replaced() const;
  bool embeds() const;
  /// An encoder alone, whose attention can be looked at: the attention panel shows the text that is read here.
  bool reads() const;
  /// Something of this panel works on the model.
  bool applicable() const { return fills_masks() || finds_replaced() || embeds(); }
  /// Why a page shows nothing; empty: it does.
  QString obstacle(EncoderPage page) const;
  /// "[MASK]"; empty: the checkpoint names none.
  QString mask() const;

  void set_text(const QString& text);
  const QString& text() const noexcept { return text_; }
  /// One a line; empty lines do not count.
  void set_sentences(const QString& lines);
  const QStringList& sentences() const noexcept { return sentences_; }
  /// Those of similarity(): the ones typed may be newer.
  const QStringList& compared() const noexcept { return told_sentences_; }

  /// What has to be asked for the page; nothing when it was answered, is on its way, or makes no sense yet.
  std::optional<Command> question(EncoderPage page) const;
  void asked(JobId job, EncoderPage page);
  /// The text of the page for the attention panel, the chosen one of several; nothing when it is what was read last.
  std::optional<Read> reading(EncoderPage page) const;
  void asked_to_read(JobId job, EncoderPage page, const Read& what);
  /// The sentence (of compared()) whose attention is looked at.
  void choose(int sentence) noexcept { chosen_ = sentence; }
  /// True when something that is shown changed.
  bool take(const Event& event);
  bool waiting() const noexcept { return jobs_[0] != 0 || jobs_[1] != 0; }
  /// What the engine said against the question of a page; empty: nothing.
  const QString& trouble(EncoderPage page) const noexcept { return trouble_[size_t(page)]; }

  /// One group a mask, its title above; of a discriminator one group of all tokens.
  struct Group {
    QString title;
    std::vector<views::BarRow> rows;
  };
  std::vector<Group> groups() const;
  views::Matrix similarity() const;
  views::ColorScale scale() const;
  QString measure_name() const;
  const EmbedOut* embedded() const noexcept { return embedded_ ? &*embedded_ : nullptr; }
  /// "12 sentences, 384 values each, mean, length 1"
  QString now(EncoderPage page) const;
  QString cell_text(int row, int column) const;
  QString summary(EncoderPage page) const;
  std::vector<views::NumberArray> numbers(EncoderPage page) const;
  QString script(EncoderPage page) const;

 private:
  std::vector<int32_t> tokens() const;
  QString token(int32_t id) const;

  std::shared_ptr<const ModelLoaded> model_;
  QString text_;
  QStringList sentences_;
  std::optional<FillMaskOut> filled_;
  std::optional<ReplacedOut> replaced_;
  std::optional<EmbedOut> embedded_;
  std::vector<int32_t> asked_tokens_, told_tokens_, read_tokens_;
  int chosen_ = 0;
  JobId read_job_ = 0;
  EncoderPage read_page_ = EncoderPage::masks;
  QStringList asked_sentences_, told_sentences_;
  JobId jobs_[2] = {0, 0};
  QString trouble_[2];
};

}  // namespace vitrine
