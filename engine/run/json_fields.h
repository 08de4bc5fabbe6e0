// SPDX-License-Identifier: Apache-2.0
// The members of every command, event and the structs inside them, each named once (see json_archive.h).
#pragma once

#include "engine/run/json_archive.h"

namespace vitrine {

#define VT_TYPE_NAME(type, text)                    \
  template <>                                       \
  struct TypeName<type> {                           \
    static constexpr std::string_view value = text; \
  };
VT_TYPE_NAME(LoadModel, "load_model")
VT_TYPE_NAME(UnloadModel, "unload_model")
VT_TYPE_NAME(Generate, "generate")
VT_TYPE_NAME(DropLane, "drop_lane")
VT_TYPE_NAME(Inspect, "inspect")
VT_TYPE_NAME(Resample, "resample")
VT_TYPE_NAME(TensorStatistics, "tensor_statistics")
VT_TYPE_NAME(HashModel, "hash_model")
VT_TYPE_NAME(Score, "score")
VT_TYPE_NAME(Read, "read")
VT_TYPE_NAME(Embed, "embed")
VT_TYPE_NAME(FillMask, "fill_mask")
VT_TYPE_NAME(FindReplaced, "find_replaced")
VT_TYPE_NAME(ModelLoaded, "model_loaded")
VT_TYPE_NAME(Progress, "progress")
VT_TYPE_NAME(TokenOut, "token")
VT_TYPE_NAME(PromptDone, "prompt_done")
VT_TYPE_NAME(Answered, "answered")
VT_TYPE_NAME(TapOut, "tap")
VT_TYPE_NAME(ResampleOut, "resampled")
VT_TYPE_NAME(TensorStatisticsOut, "tensor_statistics")
VT_TYPE_NAME(HashOut, "hashes")
VT_TYPE_NAME(ScoreOut, "score")
VT_TYPE_NAME(BeamsOut, "beams")
VT_TYPE_NAME(EmbedOut, "embedded")
VT_TYPE_NAME(FillMaskOut, "mask_filled")
VT_TYPE_NAME(ReplacedOut, "replaced_found")
VT_TYPE_NAME(Dropped, "dropped")
VT_TYPE_NAME(JobEnded, "ended")
VT_TYPE_NAME(Full, "full")
VT_TYPE_NAME(LastRows, "last_rows")
VT_TYPE_NAME(MeanHeads, "mean_heads")
VT_TYPE_NAME(TopK, "top_k")
VT_TYPE_NAME(Norms, "norms")
VT_TYPE_NAME(Stats, "stats")
VT_TYPE_NAME(RowSummary, "row_summary")
VT_TYPE_NAME(Scale, "scale")
VT_TYPE_NAME(AddVec, "add")
VT_TYPE_NAME(Replace, "replace")
VT_TYPE_NAME(Project, "project")
#undef VT_TYPE_NAME

#define VT_ENUM(type)                                 \
  template <>                                         \
  struct EnumNames<type> {                            \
    static std::span<const std::string_view> names(); \
  };
VT_ENUM(DType)
VT_ENUM(Site)
VT_ENUM(Precision)
VT_ENUM(Activation)
VT_ENUM(Mixer)
VT_ENUM(Ffn)
VT_ENUM(RouteRule::Score)
VT_ENUM(NormKind)
VT_ENUM(NormPlacement)
VT_ENUM(QkNormSpan)
VT_ENUM(RopeSpec::Kind)
VT_ENUM(Inspect::What)
VT_ENUM(Inspect::Attention)
VT_ENUM(EarlyStopping)
VT_ENUM(StopReason)
VT_ENUM(JobEnded::Outcome)
VT_ENUM(ErrorKind)
#undef VT_ENUM

#define VT_FIELDS(type) \
  template <class A>    \
  void fields([[maybe_unused]] A& a, [[maybe_unused]] typename A::template Ref<type> v)
#define F(member) a(#member, v.member);

// The sampler and the taps.
VT_FIELDS(BeamSpec){F(beams) F(length_penalty) F(early_stopping)}
VT_FIELDS(StageSpec){F(name) F(parameters) F(bias) F(sequences) F(enabled)} VT_FIELDS(SamplerSpec){F(stages)
                                                                                          F(seed)} VT_FIELDS(Address){
    F(stack) F(layer) F(site)} VT_FIELDS(Select){F(heads) F(channels) F(positions)} VT_FIELDS(Full) {}
VT_FIELDS(LastRows){F(count)} VT_FIELDS(MeanHeads) {}
VT_FIELDS(TopK){F(k)} VT_FIELDS(Norms) {}
VT_FIELDS(Stats) {} VT_FIELDS(RowSummary) {}
VT_FIELDS(Scale){F(factor)} VT_FIELDS(AddVec){F(vector) F(factor)} VT_FIELDS(Replace){F(values)} VT_FIELDS(Project){
    F(vector) F(factor)} VT_FIELDS(Watch){F(at) F(select) F(reduce) F(capture) F(edits) F(grad)}

// Commands.
VT_FIELDS(VariantText){F(positions) F(attention)}
VT_FIELDS(LoadModel){F(path) F(threads) F(isa) F(kv_dtype) F(capture_budget_bytes)} VT_FIELDS(UnloadModel) {}
VT_FIELDS(Generate){F(lane) F(tokens) F(source) F(fork_of) F(sampler) F(beam) F(first_step) F(prompt_tokens) F(max_tokens) F(stop_strings)
                        F(stop_ids) F(ignore_eos) F(precision) F(capture) F(score_prompt) F(top_n)
                            F(watches) F(variant)} VT_FIELDS(DropLane){F(lane)} VT_FIELDS(Inspect){
    F(what) F(attention) F(lane) F(layer) F(layer_to) F(head) F(row_from) F(row_to) F(key_from) F(key_to) F(pixel_rows) F(pixel_cols)
        F(mean)} VT_FIELDS(Resample){F(lane) F(sampler) F(trace_step) F(answer_from) F(answer_to)} VT_FIELDS(TensorStatistics){
    F(tensor) F(bins)} VT_FIELDS(HashModel) {}
VT_FIELDS(Score){F(lane) F(tokens) F(precision) F(variant)}
VT_FIELDS(Read){F(lane) F(tokens) F(token_types) F(precision) F(variant)}
VT_FIELDS(Embed){F(texts) F(prompt) F(precision) F(variant) F(similarity)}
VT_FIELDS(FillMask){F(tokens) F(top_n) F(precision) F(variant)}
VT_FIELDS(FindReplaced){F(tokens) F(precision) F(variant)}

// What a model is.
VT_FIELDS(RopeSpec){F(kind) F(theta) F(factor) F(rotary_dim) F(interleaved) F(original_context) F(max_context)
                        F(beta_fast) F(beta_slow) F(truncate) F(attention_factor) F(mscale) F(mscale_all_dim)
                            F(low_freq_factor) F(high_freq_factor) F(short_factors) F(long_factors) F(short_magnitude) F(long_magnitude)
                                F(anew_beyond_original) F(freq_divisors) F(query_beta)} VT_FIELDS(AlibiSpec){
    F(max_bias) F(scale) F(bf16)} VT_FIELDS(BucketSpec){F(buckets) F(max_distance) F(stored_in)} VT_FIELDS(MambaSpec){F(inner) F(state) F(taps) F(rank) F(heads) F(norms)} VT_FIELDS(Mamba2Spec){
    F(inner) F(state) F(taps) F(heads) F(groups) F(norm) F(norm_first)} VT_FIELDS(RwkvSpec){F(width)} VT_FIELDS(RgLruSpec){
    F(width) F(heads) F(taps)} VT_FIELDS(ShortConvSpec){F(taps)} VT_FIELDS(GatedDeltaSpec){
    F(key_heads) F(heads) F(key_dim) F(value_dim) F(taps)} VT_FIELDS(SharedBlockSpec){
    F(stored_in) F(use) F(ffn_rank) F(attention_rank)} VT_FIELDS(RouteRule){F(score) F(used) F(groups) F(groups_used) F(group_by_two) F(renormalize) F(least_sum) F(scale)
                         F(jitter)} VT_FIELDS(MoeSpec){
    F(experts) F(hidden) F(route) F(shared_hidden) F(shared_gate) F(correction) F(router_bias) F(expert_bias)
        F(glu_alpha) F(glu_limit)} VT_FIELDS(LatentSpec){F(q_rank) F(kv_rank) F(nope) F(rope) F(v) F(norm_eps)
                                                             F(absorbed)} VT_FIELDS(LayerSpec){
    F(mixer) F(ffn) F(placement) F(parallel) F(shared_norm) F(attn_norm) F(shared_with) F(cross) F(residual_scale) F(heads) F(kv_heads) F(head_dim) F(hidden)
        F(window) F(rope) F(score_scale) F(score_softcap) F(alibi) F(buckets) F(qkv_clip) F(qk_norm) F(qk_norm_span)
            F(qk_norm_kind) F(qk_norm_after_rope) F(qk_norm_bias) F(activation) F(sinks) F(moe) F(latent) F(attention_gate) F(attention_beside) F(mamba) F(mamba2)
                F(rwkv) F(rg_lru) F(short_conv) F(gated_delta) F(shared)} VT_FIELDS(StackSpec){F(name) F(causal) F(layers)} VT_FIELDS(ModelSpec){
    F(arch) F(name) F(dim) F(vocab) F(context_length) F(norm) F(norm_eps) F(norm_weight) F(norm_bias) F(ropes) F(stacks)
        F(embed_dim) F(embed_scale) F(learned_positions) F(late_projection) F(sinusoidal_positions) F(sinusoids_by_width) F(position_offset) F(padding_id) F(padding_row) F(token_types) F(embed_norm) F(final_norm) F(head) F(head_transform) F(head_dense_bias) F(head_bias) F(tied_head) F(head_rows) F(encoder_vocab) F(inner_layers) F(decoder_start)
            F(logit_scale) F(logit_softcap) F(pooler_dim)
                F(head_activation)} VT_FIELDS(SiteCatalog){
    F(stacks)} VT_FIELDS(GenerationDefaults){F(decoder_start) F(forced_first) F(forced_last) F(sampler) F(beam) F(max_tokens) F(not_applied)}
VT_FIELDS(TensorFact){F(name) F(canonical) F(shape) F(dtype) F(bytes)} VT_FIELDS(ModelFacts){
    F(path) F(files) F(container) F(spec) F(sites) F(tensors) F(parameters) F(weight_bytes) F(weight_summary) F(device)
        F(instruction_set) F(threads) F(kv_dtype) F(kv_bytes_per_token) F(state_bytes) F(metadata) F(licence) F(unused) F(generation)}

// Events.
VT_FIELDS(ModelLoaded){F(facts)} VT_FIELDS(Progress){F(what) F(done) F(total) F(unit)} VT_FIELDS(TokenAlternative){
    F(id) F(logprob)} VT_FIELDS(StageTrace){F(stage) F(entered) F(kept) F(removed_mass) F(entropy_before)
                                                F(entropy_after)} VT_FIELDS(TokenOut){
    F(lane) F(position) F(step) F(prompt) F(id) F(text) F(logprob) F(entropy) F(rank) F(top) F(rest_mass)
        F(sampled_probability) F(stages)
            F(elapsed_ms)} VT_FIELDS(PromptDone){F(lane) F(tokens) F(reused) F(elapsed_ms)} VT_FIELDS(Answered){
    F(lane) F(reason) F(tail) F(answer_tokens) F(ttft_ms) F(prompt_tokens_per_s) F(tokens_per_s) F(kv_bytes)
        F(capture_bytes)} VT_FIELDS(TapOut){F(lane) F(at) F(watch) F(first_position) F(values) F(ids) F(asked)
                                                F(recomputed)} VT_FIELDS(Rejudged){
    F(step) F(was) F(now) F(probability_was) F(probability_now)} VT_FIELDS(Distribution::Entry){
    F(id) F(probability)} VT_FIELDS(Distribution){F(entries)} VT_FIELDS(ResampleOut){
    F(lane) F(steps) F(trace_step) F(before) F(after) F(stages)
        F(u)} VT_FIELDS(TensorStatisticsOut){F(tensor) F(mean) F(stddev) F(minimum) F(maximum) F(l2) F(zeros)
                                                 F(not_finite) F(count) F(histogram)} VT_FIELDS(HashOut){
    F(sha256)} VT_FIELDS(ScoreOut){F(lane) F(nll)}
VT_FIELDS(BeamsOut::Hypothesis){F(tokens) F(score)}
VT_FIELDS(BeamsOut){F(lane) F(hypotheses)}
VT_FIELDS(EmbedOut){F(values) F(similarity) F(measure) F(pooling) F(origin) F(normalized) F(max_tokens) F(tokens) F(left_out) F(ids)}
VT_FIELDS(MaskGuess){F(position) F(top) F(entropy) F(rest_mass)}
VT_FIELDS(FillMaskOut){F(masks)}
VT_FIELDS(ReplacedOut){F(probability)}
VT_FIELDS(Dropped){F(what) F(count)} VT_FIELDS(JobEnded) {
  F(outcome) F(error)
}

#undef F
#undef VT_FIELDS

}  // namespace vitrine
