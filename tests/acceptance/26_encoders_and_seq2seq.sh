#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Encoders and encoder-decoders in the window and the command line
. tests/acceptance/common.sh
encoders=tests/data/encoders
part "masked tokens, sentence vectors and answers as recorded, through the engine's door"
tests unit_run 'Encoders.*:Seq2seq.*'
tests laws 'EncoderDecoder.*'
part "command line: fill-mask, embed, generate with beams"
prints 'candidates' $cli fill-mask "$encoders/bert" "the [MASK] sat" --json
for pooling in mean cls last weighted; do prints 'similarity' $cli embed "$encoders/sentence_$pooling" "the cat" "a dog" --similarity --json; done
prints '1 passed, 0 failed' $cli verify -q "$fixtures/real/minilm" --model "$minilm"
for model in t5 bart mbart pegasus marian; do prints '"beams"' $cli generate "$encoders/$model" --prompt "the cat" --beams 3 --json; done
part "window: encoder panel, similarities, answers to a source"
window encoders the_encoder_panel_says_what_a_model_does texts_are_kept_and_become_a_script an_encoder_sends_the_chat_to_its_panel \
  a_source_text_is_answered_and_looked_into
part "cross-attention for the attention panel"
tests unit_run 'Seq2seq.EveryAttentionCanBeLookedAt'
finish
