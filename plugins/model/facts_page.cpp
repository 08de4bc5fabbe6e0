// SPDX-License-Identifier: Apache-2.0
#include "plugins/model/facts_page.h"

#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QScrollArea>
#include <QSplitter>
#include <QVBoxLayout>

#include "engine/text/chat_template.h"
#include "engine/text/tokenizer.h"
#include "plugins/model/tensor_outline.h"
#include "views/numbers.h"
#include "views/table_twin.h"
#include "views/theme.h"
#include "views/token_text.h"

namespace vitrine {
namespace {

QString text_of(const std::string& text) { return QString::fromStdString(text); }
QString path_text(const std::filesystem::path& path) { return QString::fromStdString(path.string()); }

/// The form people compare by eye.
QString grouped(const std::string& hash) {
  QStringList groups;
  for (size_t i = 0; i < hash.size(); i += 16) groups << QString::fromStdString(hash.substr(i, 16));
  return groups.join(' ');
}

}  // namespace

FactsPage::FactsPage(QWidget* parent) : QWidget(parent) {
  const views::Theme& t = views::theme();
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  auto* split = new QSplitter(Qt::Horizontal);
  split->setChildrenCollapsible(false);
  auto* scroll = new QScrollArea;
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  list_ = new QWidget;
  list_->setProperty("surface", "panel");
  list_->setAttribute(Qt::WA_StyledBackground);
  grid_ = new QGridLayout(list_);
  grid_->setContentsMargins(t.px(16), t.px(8), t.px(16), t.px(16));
  grid_->setHorizontalSpacing(t.px(16));
  grid_->setVerticalSpacing(t.px(5));
  grid_->setColumnStretch(1, 1);
  scroll->setWidget(list_);
  auto* right = new QWidget;
  auto* column = new QVBoxLayout(right);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  search_ = new QLineEdit;
  search_->setClearButtonEnabled(true);
  auto* search_box = new QHBoxLayout;
  search_box->setContentsMargins(t.px(8), t.px(6), t.px(8), t.px(6));
  search_box->addWidget(search_);
  table_ = new views::NumberTable(this);
  table_view_ = new views::TableTwin(QString());
  table_view_->setModel(table_);
  column->addLayout(search_box);
  column->addWidget(table_view_, 1);
  split->addWidget(scroll);
  split->addWidget(right);
  split->setStretchFactor(0, 1);
  split->setStretchFactor(1, 1);
  split->setSizes({500, 500});
  row->addWidget(split);
  connect(search_, &QLineEdit::textChanged, this, &FactsPage::show_metadata);
  connect(&views::theme(), &views::Theme::changed, this, [this] { rebuild(); });
  retranslate();
}

void FactsPage::retranslate() {
  search_->setPlaceholderText(tr("Filter the metadata"));
  search_->setAccessibleName(tr("Filter the metadata"));
  search_->setToolTip(tr("Part of a key or a value"));
  table_view_->setAccessibleName(tr("Metadata of the checkpoint"));
  table_->set_columns({tr("Key"), tr("Value")});
  rebuild();
}

void FactsPage::show_model(std::shared_ptr<const ModelLoaded> model) {
  model_ = std::move(model);
  hashes_.clear();
  progress_.clear();
  rebuild();
}

void FactsPage::set_hashes(std::vector<std::pair<std::filesystem::path, std::string>> hashes) {
  hashes_ = std::move(hashes);
  rebuild();
}

void FactsPage::set_hash_progress(const QString& text) {
  if (text == progress_) return;
  progress_ = text;
  if (hashes_.empty()) rebuild();
}

std::vector<FactRow> FactsPage::file_rows() const {
  const ModelFacts& facts = *model_->facts;
  std::vector<FactRow> rows = {{tr("File"), {}, false, true}};
  for (const auto& file : facts.files) {
    std::error_code failed;
    const auto size = std::filesystem::file_size(file, failed);
    rows.push_back({tr("Path"), path_text(file)});
    rows.push_back(
        {tr("Size"), failed ? tr("not there any more")
                            : tr("%1 (%2 bytes)").arg(views::memory(qint64(size)), views::count(qint64(size)))});
    QString hash = progress_.isEmpty() ? tr("not computed yet") : progress_;
    for (const auto& [path, value] : hashes_)
      if (path == file) hash = grouped(value);
    rows.push_back({tr("SHA-256"), hash, !hashes_.empty()});
  }
  rows.push_back({tr("Container"), text_of(facts.container)});
  rows.push_back({tr("Licence"), facts.licence.empty() ? tr("not stated in the checkpoint") : text_of(facts.licence)});
  return rows;
}

std::vector<FactRow> FactsPage::model_rows() const {
  const ModelFacts& facts = *model_->facts;
  const ModelSpec& spec = facts.spec;
  std::vector<FactRow> rows = {
      {tr("Model"), {}, false, true}, {tr("Name"), text_of(spec.name)}, {tr("Architecture"), text_of(spec.arch)}};
  rows.push_back({tr("Parameters"), views::count(facts.parameters)});
  rows.push_back({tr("Stored as"), tr("%1, %2").arg(text_of(facts.weight_summary), views::memory(facts.weight_bytes))});
  if (!spec.stacks.empty()) rows.push_back({tr("Layers"), views::count(qint64(spec.layers().size()))});
  rows.push_back({tr("Width"), tr("%1 channels").arg(views::count(spec.dim))});
  rows.push_back({tr("Vocabulary"), tr("%1 entries").arg(views::count(spec.vocab))});
  rows.push_back({tr("Context"), tr("%1 tokens").arg(views::count(spec.context_length))});
  for (const RopeSpec& rope : spec.ropes)
    if (rope.kind != RopeSpec::Kind::none)
      rows.push_back(
          {QStringLiteral("RoPE"),
           tr("base %1, %2 of each head's channels").arg(views::significant(rope.theta, 6)).arg(rope.rotary_dim)});
  rows.push_back({tr("Runs on"), text_of(facts.device)});
  return rows;
}

std::vector<FactRow> FactsPage::text_rows() const {
  std::vector<FactRow> rows = {{tr("Tokenizer"), {}, false, true}};
  if (const Tokenizer* tokenizer = model_->tokenizer.get()) {
    const TokenizerFacts& facts = tokenizer->facts();
    rows.push_back({tr("Kind"), text_of(facts.model)});
    rows.push_back({tr("Normalizer"), text_of(facts.normalizer)});
    rows.push_back({tr("Pre-tokenizer"), text_of(facts.pre_tokenizer)});
    rows.push_back({tr("Post-processor"), text_of(facts.post_processor)});
    rows.push_back({tr("Decoder"), text_of(facts.decoder)});
    rows.push_back({tr("Entries"),
                    tr("%1, of these %2 added").arg(views::count(facts.vocab_size), views::count(facts.added_tokens))});
    const auto special = [&](const QString& name, std::optional<int32_t> id) {
      if (id)
        rows.push_back(
            {name, QStringLiteral("%1  %2").arg(QString::fromStdString(tokenizer->token_bytes(*id))).arg(*id), true});
    };
    special(tr("Begin of text"), tokenizer->bos_id());
    special(tr("Padding"), tokenizer->pad_id());
    QStringList ends;
    for (const int32_t id : tokenizer->end_of_generation_ids())
      ends << QStringLiteral("%1  %2").arg(QString::fromStdString(tokenizer->token_bytes(id))).arg(id);
    if (!ends.isEmpty()) rows.push_back({tr("Ends an answer"), ends.join('\n'), true});
    rows.push_back({tr("Adds begin of text"), tokenizer->adds_bos() ? tr("yes") : tr("no")});
  } else {
    rows.push_back({tr("Kind"), tr("the checkpoint has none")});
  }
  rows.push_back({tr("Chat template"), {}, false, true});
  if (const ChatTemplate* chat = model_->chat_template.get()) {
    const QString source = text_of(chat->source());
    rows.push_back({tr("From"), text_of(chat->name())});
    rows.push_back({tr("Length"),
                    tr("%1 characters, %n line(s)", "", int(source.count('\n')) + 1).arg(views::count(source.size()))});
    QStringList names;
    for (const char* name : {"tools", "documents", "enable_thinking", "system", "generation", "strftime_now"})
      if (source.contains(QLatin1String(name))) names << QLatin1String(name);
    rows.push_back({tr("Mentions"), names.isEmpty() ? QStringLiteral("–") : names.join(QStringLiteral(", ")), true});
    rows.push_back({tr("Source"), source, true});
  } else {
    rows.push_back({tr("From"), tr("the checkpoint has none: text is continued as it stands")});
  }
  return rows;
}

std::vector<FactRow> FactsPage::rows() const {
  if (!model_ || !model_->facts) return {};
  std::vector<FactRow> all = file_rows();
  for (FactRow& row : model_rows()) all.push_back(std::move(row));
  for (FactRow& row : text_rows()) all.push_back(std::move(row));
  return all;
}

void FactsPage::rebuild() {
  const views::Theme& t = views::theme();
  while (QLayoutItem* item = grid_->takeAt(0)) {
    delete item->widget();
    delete item;
  }
  int row = 0;
  for (const FactRow& fact : rows()) {
    auto* name = new QLabel(fact.name);
    if (fact.heading) {
      name->setFont(t.font(views::Type::base, true));
      name->setContentsMargins(0, t.px(row ? 12 : 0), 0, t.px(2));
      grid_->addWidget(name, row++, 0, 1, 2);
      continue;
    }
    name->setProperty("role", "t2");
    name->setFont(t.font(views::Type::small));
    auto* value = new QLabel;
    value->setTextFormat(Qt::PlainText);
    value->setText(fact.value);
    value->setFont(fact.mono ? t.mono(views::Type::small) : t.font(views::Type::small));
    value->setWordWrap(true);
    value->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    value->setAccessibleName(fact.name);
    grid_->addWidget(name, row, 0, Qt::AlignTop);
    grid_->addWidget(value, row++, 1);
  }
  grid_->addItem(new QSpacerItem(0, 0, QSizePolicy::Minimum, QSizePolicy::Expanding), row, 0);
  show_metadata();
}

void FactsPage::show_metadata() {
  shown_.clear();
  if (!model_ || !model_->facts) {
    table_->set_rows(0, {});
    return;
  }
  const auto facts = model_->facts;
  const QString wanted = search_->text().trimmed();
  for (size_t i = 0; i < facts->metadata.size(); ++i) {
    const auto& [key, value] = facts->metadata[i];
    if (wanted.isEmpty() || text_of(key).contains(wanted, Qt::CaseInsensitive) ||
        text_of(value).contains(wanted, Qt::CaseInsensitive))
      shown_.push_back(i);
  }
  table_->set_rows(int(shown_.size()), [facts, shown = shown_](int row, int column) -> QVariant {
    const auto& [key, value] = facts->metadata[shown[size_t(row)]];
    return column == 0 ? text_of(key) : text_of(value);
  });
  table_view_->horizontalHeader()->setStretchLastSection(true);
  table_view_->setColumnWidth(0, views::theme().px(220));
}

}  // namespace vitrine
