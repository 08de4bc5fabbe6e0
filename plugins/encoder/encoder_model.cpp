// SPDX-License-Identifier: Apache-2.0
#include "plugins/encoder/encoder_model.h"

#include <algorithm>
#include <cmath>

#include "engine/text/tokenizer.h"
#include "plugins/api/script.h"
#include "plugins/api/transcript.h"
#include "views/numbers.h"
#include "views/token_text.h"

namespace vitrine {

namespace {

std::vector<std::string> plain(const QStringList& list) {
  std::vector<std::string> texts;
  for (const QString& text : list) texts.push_back(text.toStdString());
  return texts;
}

}  // namespace

void EncoderModel::set_model(const ModelLoaded* model) {
  model_ = model && model->facts ? std::make_shared<const ModelLoaded>(*model) : nullptr;
  filled_.reset();
  replaced_.reset();
  embedded_.reset();
  asked_tokens_.clear();
  read_tokens_.clear();
  read_job_ = 0;
  chosen_ = 0;
  asked_sentences_.clear();
  for (JobId& job : jobs_) job = 0;
  for (QString& trouble : trouble_) trouble.clear();
}

bool EncoderModel::fills_masks() const { return model_ && model_->tokenizer && model_->facts->spec.fills_masks() && model_->tokenizer->mask_id(); }
bool EncoderModel::finds_replaced() const { return model_ && model_->tokenizer && model_->facts->spec.finds_replaced(); }

bool EncoderModel::reads() const {
  return model_ && model_->tokenizer && model_->facts->spec.only_reads() && model_->facts->sites.has(Site::attn_probs);
}

/// Encoders, and decoders whose folder says how to make a vector of a text.
bool EncoderModel::embeds() const {
  if (!model_ || !model_->tokenizer) return false;
  const ModelSpec& spec = model_->facts->spec;
  std::error_code ignored;
  return spec.only_reads() || spec.has_encoder() || std::filesystem::exists(model_->facts->path / "modules.json", ignored);
}

QString EncoderModel::mask() const {
  const auto id = model_ && model_->tokenizer ? model_->tokenizer->mask_id() : std::nullopt;
  return id ? QString::fromStdString(std::string(model_->tokenizer->piece(*id))) : QString();
}

QString EncoderModel::obstacle(EncoderPage page) const {
  if (!model_) return tr("No model is open.");
  if (!model_->tokenizer) return tr("The checkpoint has no tokenizer.");
  if (page == EncoderPage::sentences)
    return embeds() ? QString() : tr("This model writes text from left to right; sentences are compared by encoders, or by checkpoints with a modules.json.");
  if (fills_masks() || finds_replaced()) return {};
  if (model_->facts->spec.fills_masks()) return tr("The checkpoint names no mask token.");
  return model_->facts->spec.stacks[0].causal ? tr("This model predicts the next token, not one in the middle; masks are filled by masked-language models such as BERT.")
                                              : tr("This checkpoint has no masked-language head: it makes vectors of texts.");
}

void EncoderModel::set_text(const QString& text) { text_ = text; }

void EncoderModel::set_sentences(const QString& lines) {
  sentences_.clear();
  for (const QString& line : lines.split('\n'))
    if (!line.trimmed().isEmpty() && sentences_.size() < kMostSentences) sentences_ << line.trimmed();
}

std::vector<int32_t> EncoderModel::tokens() const {
  if (text_.trimmed().isEmpty() || !model_ || !model_->tokenizer) return {};
  return model_->tokenizer->encode_ids(text_.toStdString());
}

QString EncoderModel::token(int32_t id) const { return views::token_text(model_->tokenizer->token_bytes(id)); }

std::optional<Command> EncoderModel::question(EncoderPage page) const {
  if (!obstacle(page).isEmpty()) return std::nullopt;
  if (page == EncoderPage::sentences) {
    if (sentences_.isEmpty() || sentences_ == asked_sentences_) return std::nullopt;
    return Embed{.texts = plain(sentences_)};
  }
  const std::vector<int32_t> ids = tokens();
  if (ids.empty() || ids == asked_tokens_) return std::nullopt;
  if (finds_replaced()) return FindReplaced{.tokens = ids};
  if (std::find(ids.begin(), ids.end(), *model_->tokenizer->mask_id()) == ids.end()) return std::nullopt;
  return FillMask{.tokens = ids, .top_n = 10};
}

void EncoderModel::asked(JobId job, EncoderPage page) {
  jobs_[size_t(page)] = job;
  trouble_[size_t(page)].clear();
  if (page == EncoderPage::sentences)
    asked_sentences_ = sentences_;
  else
    asked_tokens_ = tokens();
}

std::optional<Read> EncoderModel::reading(EncoderPage page) const {
  if (!reads() || !obstacle(page).isEmpty()) return std::nullopt;
  std::vector<int32_t> ids;
  if (page == EncoderPage::masks)
    ids = tokens();
  else if (embedded_ && !embedded_->ids.empty())
    ids = embedded_->ids[size_t(std::clamp(chosen_, 0, int(embedded_->ids.size()) - 1))];
  if (ids.empty() || ids == read_tokens_) return std::nullopt;
  return Read{.lane = kReadLane, .tokens = ids};
}

void EncoderModel::asked_to_read(JobId job, EncoderPage page, const Read& what) {
  read_job_ = job;
  read_page_ = page;
  read_tokens_ = what.tokens;
}

bool EncoderModel::take(const Event& event) {
  if (const auto* ended = std::get_if<JobEnded>(&event.body); ended && read_job_ != 0 && event.job == read_job_) {
    read_job_ = 0;
    if (ended->error) trouble_[size_t(read_page_)] = QString::fromStdString(ended->error->message());
    return ended->error != nullptr;
  }
  if (event.job == 0 || (event.job != jobs_[0] && event.job != jobs_[1])) return false;
  if (std::holds_alternative<Progress>(event.body)) return false;  // the status bar shows it
  const size_t page = event.job == jobs_[1];
  if (const auto* filled = std::get_if<FillMaskOut>(&event.body)) filled_ = *filled, told_tokens_ = asked_tokens_;
  if (const auto* replaced = std::get_if<ReplacedOut>(&event.body)) replaced_ = *replaced, told_tokens_ = asked_tokens_;
  if (const auto* embedded = std::get_if<EmbedOut>(&event.body)) embedded_ = *embedded, told_sentences_ = asked_sentences_;
  if (const auto* ended = std::get_if<JobEnded>(&event.body)) {
    jobs_[page] = 0;
    if (ended->error) trouble_[page] = QString::fromStdString(ended->error->message());
  }
  return true;
}

std::vector<EncoderModel::Group> EncoderModel::groups() const {
  std::vector<Group> all;
  if (filled_)
    for (size_t i = 0; i < filled_->masks.size(); ++i) {
      const MaskGuess& guess = filled_->masks[i];
      Group group{tr("Mask %1 of %2: entropy %3 nats").arg(i + 1).arg(filled_->masks.size()).arg(views::significant(double(guess.entropy))), {}};
      for (const TokenAlternative& candidate : guess.top)
        group.rows.push_back({.label = token(candidate.id), .value = std::exp(double(candidate.logprob)), .highlighted = group.rows.empty()});
      group.rows.push_back({.label = tr("%1 other tokens").arg(views::count(model_->facts->spec.vocab - int(guess.top.size()))), .value = double(guess.rest_mass)});
      all.push_back(std::move(group));
    }
  if (replaced_) {
    Group group{tr("Probability that a token was replaced"), {}};
    for (size_t i = 0; i < replaced_->probability.size() && i < told_tokens_.size(); ++i)
      group.rows.push_back({.label = token(told_tokens_[i]), .value = double(replaced_->probability[i]), .prefix = QString::number(i), .highlighted = replaced_->probability[i] > 0.5f});
    all.push_back(std::move(group));
  }
  return all;
}

views::Matrix EncoderModel::similarity() const {
  views::Matrix matrix;
  if (!embedded_ || !embedded_->similarity) return matrix;
  matrix.rows = matrix.cols = int(embedded_->similarity->shape()[0]);
  matrix.values = embedded_->similarity->f32();
  return matrix;
}

/// Cosines from 0 (or the smallest, if that is below) to 1, other measures from their smallest to their largest.
views::ColorScale EncoderModel::scale() const {
  views::ColorScale scale;
  if (!embedded_) return scale;
  const std::vector<float> values = embedded_->similarity->f32();
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const bool cosine = embedded_->measure == "cosine";
  scale.lowest = cosine ? std::min(0.0, double(*least)) : double(*least);
  scale.highest = cosine ? 1 : double(*most);
  if (scale.highest <= scale.lowest) scale.highest = scale.lowest + 1;
  return scale;
}

QString EncoderModel::measure_name() const {
  if (!embedded_) return {};
  if (embedded_->measure == "dot") return tr("dot product");
  if (embedded_->measure == "euclidean") return tr("negative Euclidean distance");
  if (embedded_->measure == "manhattan") return tr("negative Manhattan distance");
  return tr("cosine");
}

QString EncoderModel::now(EncoderPage page) const {
  if (page == EncoderPage::masks) return filled_ || replaced_ ? tr("%1 tokens read").arg(views::count(qint64(told_tokens_.size()))) : QString();
  if (!embedded_) return {};
  const int cut = int(std::count_if(embedded_->left_out.begin(), embedded_->left_out.end(), [](int32_t n) { return n > 0; }));
  QStringList parts{tr("%n sentence(s)", "", int(embedded_->tokens.size())), tr("%1 values each").arg(embedded_->values->shape()[1]),
                    tr("pooling: %1").arg(QString::fromStdString(embedded_->pooling))};
  if (embedded_->normalized) parts << tr("length 1");
  if (cut > 0) parts << tr("%1 cut at %2 tokens").arg(cut).arg(embedded_->max_tokens);
  return parts.join(QStringLiteral(", "));
}

QString EncoderModel::cell_text(int row, int column) const {
  const views::Matrix matrix = similarity();
  if (row < 0 || column < 0 || row >= matrix.rows || column >= matrix.cols || row >= told_sentences_.size() || column >= told_sentences_.size()) return {};
  return QStringLiteral("%1\n%2\n%3 %4").arg(told_sentences_[row], told_sentences_[column], measure_name(), QString::number(double(matrix.at(row, column)), 'f', 4));
}

QString EncoderModel::summary(EncoderPage page) const {
  if (const QString why = obstacle(page); !why.isEmpty()) return why;
  if (page == EncoderPage::masks) {
    const std::vector<Group> all = groups();
    if (all.empty() || all[0].rows.empty()) return tr("Nothing is filled in yet.");
    const auto best = std::max_element(all[0].rows.begin(), all[0].rows.end(), [](const auto& a, const auto& b) { return a.value < b.value; });
    return tr("%1: %2, %3.").arg(all[0].title, best->label, views::percent(best->value));
  }
  const views::Matrix matrix = similarity();
  int first = -1, second = -1;
  for (int a = 0; a < matrix.rows; ++a)
    for (int b = a + 1; b < matrix.cols; ++b)
      if (first < 0 || matrix.at(a, b) > matrix.at(first, second)) first = a, second = b;
  if (first < 0 || second >= told_sentences_.size()) return tr("Nothing is compared yet.");
  return tr("Most alike of %1 sentences: '%2' and '%3', %4 %5.")
      .arg(matrix.rows)
      .arg(told_sentences_[first], told_sentences_[second], measure_name(), QString::number(double(matrix.at(first, second)), 'f', 3));
}

std::vector<views::NumberArray> EncoderModel::numbers(EncoderPage page) const {
  std::vector<views::NumberArray> all;
  if (page == EncoderPage::masks) {
    int index = 0;
    for (const Group& group : groups()) {
      views::NumberArray array{.name = QStringLiteral("probabilities_%1").arg(++index), .shape = {qint64(group.rows.size())}, .values = {}};
      for (const views::BarRow& row : group.rows) array.values.push_back(row.value), array.row_names.push_back(row.label);
      all.push_back(std::move(array));
    }
    return all;
  }
  if (!embedded_) return all;
  const std::vector<QString> names(told_sentences_.begin(), told_sentences_.end());
  const auto add = [&](const char* name, const HostBlock& block) {
    const std::vector<float> values = block.f32();
    all.push_back({.name = QLatin1String(name), .shape = {block.shape()[0], block.shape()[1]}, .values = {values.begin(), values.end()}, .row_names = names});
  };
  add("similarity", *embedded_->similarity);
  all.back().column_names = names;
  add("embeddings", *embedded_->values);
  return all;
}

QString EncoderModel::script(EncoderPage page) const {
  if (!model_ || !obstacle(page).isEmpty()) return {};
  const QString path = shell_word(QString::fromStdString(model_->facts->path.string()));
  if (page == EncoderPage::masks) return text_.trimmed().isEmpty() ? QString() : cli_script(QStringLiteral("fill-mask ") + path, {shell_word(text_)});
  QStringList options;
  for (const QString& sentence : sentences_) options << shell_word(sentence);
  return options.isEmpty() ? QString() : cli_script(QStringLiteral("embed ") + path, options + QStringList{QStringLiteral("--similarity")});
}

}  // namespace vitrine
