// SPDX-License-Identifier: Apache-2.0
// Names, tool tips and the explanation of the attention panel, set again when the language changes.
#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>

#include "plugins/attention/attention_panel.h"
#include "plugins/attention/heads_view.h"
#include "plugins/attention/matrix_view.h"
#include "views/distribution_bars.h"
#include "views/panel_frame.h"
#include "views/segmented.h"

namespace vitrine {

/// Whose attention, where there is an encoder beside the decoder.
void AttentionPanel::retranslate_kinds() {
  of_->setAccessibleName(tr("Whose attention"));
  of_->set_choices({tr("Self"), tr("Cross"), tr("Encoder")});
  of_->set_tool_tips({tr("The answer's tokens look back at each other: softmax(q kᵀ / √d + mask)"),
                      tr("The answer's tokens look at what the encoder made of the source: queries from the answer, keys and values from the source, no mask"),
                      tr("The source's tokens look at each other, both ways")});
}

void AttentionPanel::retranslate() {
  frame_->set_title(tr("Attention"));
  view_label_->setText(tr("View"));
  scale_label_->setText(tr("Scale"));
  layers_label_->setText(tr("Layers"));
  retranslate_kinds();
  view_->setAccessibleName(tr("View"));
  view_->set_choices({tr("Matrix"), tr("Links"), tr("Mean")});
  view_->set_tool_tips({tr("One head: rows look at columns"),
                        tr("The same weights as lines between the tokens, from 1 %"),
                        tr("The mean of the weights over all heads of the layer")});
  scale_->setAccessibleName(tr("Scale"));
  scale_->set_choices({tr("Linear"), tr("Log")});
  scale_->set_tool_tips({tr("Colour by weight, 0 to 100 %"),
                         tr("Colour by the logarithm of the weight, 0.1 % to 100 %; smaller weights look like 0.1 %")});
  sink_->setText(tr("Show sink"));
  sink_->setToolTip(
      tr("The first token, which most heads look at when they have nothing else to do. Hidden, its column is left out; "
         "the other weights stay as they are."));
  follow_->setText(tr("Follow the stream"));
  follow_->setToolTip(
      tr("New rows appear while the answer is written, at most five times a second. Off: the picture waits until the "
         "answer is complete."));
  layers_->setAccessibleName(tr("Layers"));
  layers_->setToolTip(tr("Heads of the five layers around the selected one, or of all layers"));
  unfold_->setText(tr("Unfold the prompt"));
  unfold_->setToolTip(tr("A row and a column for each prompt token instead of one column for their sum"));
  sink_action_->setText(sink_->text());
  sink_action_->setToolTip(sink_->toolTip());
  follow_action_->setText(follow_->text());
  follow_action_->setToolTip(follow_->toolTip());
  all_layers_->setText(tr("Heads of all layers"));
  all_layers_->setToolTip(layers_->toolTip());
  mean_pixels_->setText(tr("Mean in a pixel"));
  mean_pixels_->setToolTip(tr("When a pixel covers many cells: their mean instead of their maximum"));
  const std::pair<QString, QString> words[] = {
      {tr("Attention as a matrix"), tr("One head as rows and columns")},
      {tr("Attention as links"), tr("One head as lines between tokens")},
      {tr("Attention, mean over heads"), tr("All heads of the layer, averaged")},
      {tr("Zoom in"), tr("Larger cells (+ in the picture)")},
      {tr("Zoom out"), tr("Smaller cells (- in the picture)")},
      {tr("Usual size"), tr("Readable cells, newest rows (0 in the picture)")},
      {tr("Fit everything"), tr("The whole answer at once (F in the picture)")}};
  for (int i = 0; i < 7; ++i) {
    actions_[i]->setText(words[size_t(i)].first);
    actions_[i]->setToolTip(words[size_t(i)].second);
  }
  shares_->setAccessibleName(tr("What the head does"));
  keys_->setAccessibleName(tr("Keys of the selected row"));
  heads_->set_language_texts();
  matrix_->set_language_texts();
  explain();
  show_layers();
  show_words();
  show_head();
  show_keys();
  show_legend();
  show_table();
  show_state();
}

/// What the picture says: of a decoder's attention, which looks back, and of an encoder's alone, which looks both ways.
void AttentionPanel::explain() {
  views::Explanation text;
  text.formula = QStringLiteral("softmax(q kᵀ / √d + mask)");
  text.source = tr("Vaswani et al. 2017, Attention Is All You Need, section 3.2; induction: Olsson et al. 2022");
  if (model_.only_reads()) {
    text.what = tr("How much each token takes from every token of the text, before and after it. For a token (row), a head compares its query with the keys of all tokens and turns the results into weights that sum to 100 %; the values of those tokens are then mixed by these weights.");
    text.how_to_read = tr("A strong cell: the row's token takes much from the column's token. Diagonals beside the middle are the neighbours. A strong column of a separator such as [SEP] or of the first token is a rest: the head finds nothing of its kind in the text. The bars below show the framed row on a linear scale; click a token's row, here or in the strip, to frame it.");
    text.formula = QStringLiteral("softmax(q kᵀ / √d)");
    text.source = tr("Devlin et al. 2019, arXiv:1810.04805; what heads look at: Clark et al. 2019, arXiv:1906.04341");
    text.misreadings = {tr("\"The model understood the sentence by these words.\" The weights say what was read in one head of one layer, not what changed the outcome; values, later layers and the residual stream decide."),
                        tr("\"A head that looks at [SEP] thinks separators matter.\" It is mostly where heads put what they have no use for: the values there are small.")};
  } else {
    text.what =
        tr("How much each token takes from every earlier one. For a token (row), a head compares its query with the keys "
           "of all tokens up to itself and turns the results into weights that sum to 100 %; the values of those tokens "
           "are then mixed by these weights.");
    text.how_to_read =
        tr("A strong cell: the row's token takes much from the column's token. A strong first column is a sink: the head "
           "rests. A diagonal is the token itself or the one before. A strong cell after an earlier occurrence of the "
           "same word is induction: the head looks up what came next last time. The bars below show the framed row on a "
           "linear scale; the folded prompt column is the sum over its tokens.");
    text.misreadings = {tr("\"The model chose this word because of the strong token.\" The weights say what was read in "
                           "one head of one layer, not what changed the outcome; values, later layers and the residual "
                           "stream decide. To test a cause, change it and look again."),
                        tr("\"The row of a word shows why this word was written.\" A row is computed when its token is "
                           "read; it helps to choose the next token. What led to a word stands in the row above it.")};
  }
  frame_->set_explanation(text);
}

}  // namespace vitrine
