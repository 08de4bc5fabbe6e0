#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The command line of the plan
. tests/acceptance/common.sh
part "every subcommand explains itself"
for command in inspect tokenize template generate verify verify-formats verify-decoding trace bench perplexity embed fill-mask session; do
  prints 'Usage' $cli $command --help
done
part "exit 0, 1 for a failed check, 2 for bad usage or input with one line"
fails $cli verify -q "$fixtures/llm/llama" --model "$fixtures/llm/llama_rope_yarn"
refuses 'no/such/file' $cli inspect no/such/file.gguf
refuses '' $cli nonsense
refuses '' $cli generate "$smol"
part "inspect, tokenize, template"
prints '"architecture"' $cli inspect "$smol" --json
prints '"byte_offsets"' $cli tokenize "$smol" --text "Hello, 세계" --json
printf '[{"role": "user", "content": "Hi"}]' > "$scratch/messages.json"
prints 'im_start' $cli template "$smol" --messages "$scratch/messages.json" --generation-prompt
part "generate: tokens, text, logprobs, ttft_ms, tokens_per_s"
for field in tokens text logprobs ttft_ms tokens_per_s; do
  prints "\"$field\"" $cli generate "$smol" --prompt "One, two," --max-tokens 4 --greedy --json
done
part "bench: rows of n_prompt, n_gen, threads, depth, tokens_per_s, stddev"
for field in n_prompt n_gen threads depth tokens_per_s stddev; do prints "\"$field\"" $cli bench "$smol" -p 32 -n 8 -t 1,2 -r 1 -d 16 --json; done
part "perplexity, also against another model"
head -c 2000 README.md > "$scratch/text.txt"
show $cli perplexity "$smol" "$scratch/text.txt" --context 256
prints 'KL|kl' $cli perplexity "$smol" "$scratch/text.txt" --context 256 --against "$smol"
part "trace, verify, verify-formats, verify-decoding"
show $cli trace "$smol" --prompt "One, two," --generate 2 --watch attn_probs@0:mean_heads --out "$scratch/trace.safetensors"
prints '1 passed, 0 failed' $cli verify "$fixtures/llm/llama"
prints ' 0 failed' $cli verify-formats "$fixtures/gguf_quant"
prints ' 0 failed' $cli verify-decoding "$fixtures/decoding"
part "encoders and encoder-decoders: embed, fill-mask, generate, pseudo-perplexity"
encoders=tests/data/encoders
prints 'similarity' $cli embed "$encoders/sentence_many" "the cat" "a dog" --similarity --json --out "$scratch/vectors.npz"
prints 'candidates' $cli fill-mask "$encoders/bert" "the [MASK] sat" --json
prints '"beams"' $cli generate "$encoders/bart" --prompt "the cat" --json
prints 'pseudo-perplexity' $cli perplexity "$encoders/roberta" "$scratch/text.txt" --context 64
show $cli trace "$encoders/t5" --prompt "the cat" --watch cross_probs --watch encoder_attn_probs --out "$scratch/cross.safetensors"
part "session: list, show, replay, export"
tests sessions 'RealReplayTest.*'
cp tests/fuzz/corpus/session_fuzz/one.vitrine "$scratch/one.vitrine"
prints '^1 session' $cli session "$scratch/one.vitrine" list
prints 'user' $cli session "$scratch/one.vitrine" show
for format in md json vitrine; do show $cli session "$scratch/one.vitrine" export --format $format --out "$scratch/exported.$format"; done
finish
