# SPDX-License-Identifier: Apache-2.0
"""Families that store q, k and v side by side per head or KV head: BLOOM, GPT-NeoX and Falcon, which the converter stacks; MPT and
StarCoder, which are stacked already."""

import numpy as np
from twin import Family


def stacked(values, groups, head_dim):
    """[groups, queries + k + v, head_dim, ...] -> all queries, all keys, all values."""
    parts = values.reshape(groups, -1, head_dim, *values.shape[1:])
    return np.concatenate([part.reshape(-1, *values.shape[1:]) for part in (parts[:, :-2], parts[:, -2], parts[:, -1])])


def per_head(name, values, config):
    """The gguf package knows BLOOM's names without "transformer."."""
    yield name.removeprefix("transformer."), stacked(values, config.heads, config.dim // config.heads) if "query_key_value" in name else values


def rebased(config):
    return "a GGUF has no key for apply_residual_connection_post_layernorm" if config.get("apply_residual_connection_post_layernorm") else ""


def gpt_neox(writer, config):
    share = config.rope.get("partial_rotary_factor", config.get("rotary_pct", 0.25))
    writer.add_rope_dimension_count(int(config.dim // config.heads * share))
    writer.add_parallel_residual(config.get("use_parallel_residual", True))


def falcon_groups(config):
    if config["new_decoder_architecture"]:
        return config["num_kv_heads"]
    return 1 if config["multi_query"] else config.heads


def falcon(writer, config):
    writer.add_head_count_kv(falcon_groups(config))


def falcon_rows(name, values, config):
    if "post_attention_layernorm" in name:
        return
    yield name, stacked(values, falcon_groups(config), config.dim // config.heads) if "query_key_value" in name else values


def falcon_rw(config):
    if config["alibi"] or not config["parallel_attn"]:
        return "llama.cpp's Falcon has no ALiBi and always runs attention and MLP in parallel: a GGUF has no names for the rest"
    return ""


def mpt(writer, config):
    attention = config["attn_config"]
    if attention["clip_qkv"] is not None:
        writer.add_clamp_kqv(attention["clip_qkv"])
    writer.add_max_alibi_bias(attention["alibi_bias_max"] if attention["alibi"] else 0.0)


def starcoder(writer, config):
    writer.add_head_count_kv(1 if config["multi_query"] else config.heads)


FAMILIES = {
    "bloom": Family("bloom", tensor=per_head, unequal=rebased),
    "gpt_neox": Family("gptneox", metadata=gpt_neox, tensor=per_head),
    "falcon": Family("falcon", metadata=falcon, tensor=falcon_rows, unequal=falcon_rw),
    "mpt": Family("mpt", metadata=mpt),
    "gpt_bigcode": Family("starcoder", metadata=starcoder),
}
