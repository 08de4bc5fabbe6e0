# SPDX-License-Identifier: Apache-2.0
"""T5, mT5 and UMT5: two stacks under names of their own, one copy of the shared embedding."""

from twin import Family


def metadata(writer, config):
    writer.add_block_count(config["num_layers"])
    writer.add_decoder_block_count(config.get("num_decoder_layers") or config["num_layers"])
    writer.add_feed_forward_length(config["d_ff"])
    writer.add_context_length(config.get("n_positions", 512))
    writer.add_key_length(config["d_kv"])
    writer.add_value_length(config["d_kv"])
    writer.add_relative_attn_buckets_count(config["relative_attention_num_buckets"])
    writer.add_layer_norm_rms_eps(config["layer_norm_epsilon"])
    writer.add_decoder_start_token_id(config["decoder_start_token_id"])


def tensor(name, values, config):
    if name not in ("encoder.embed_tokens.weight", "decoder.embed_tokens.weight"):
        yield name, values


def unequal(config):
    if config["relative_attention_max_distance"] != 128:
        return "a GGUF has no key for relative_attention_max_distance; llama.cpp takes 128"
    kind = config["feed_forward_proj"]
    if kind.startswith("gated-") and config.get("scale_decoder_outputs"):
        return "a GGUF does not say that the head is scaled; only the first T5's, without gates, is"
    if kind not in ("relu", "gated-gelu"):
        return f"llama.cpp's T5 has ReLU without a gate or GELU with one, this one {kind}"
    return ""


FAMILIES = {name: Family("t5", metadata=metadata, tensor=tensor, unequal=unequal) for name in ("t5", "mt5", "umt5")}
