# SPDX-License-Identifier: Apache-2.0
"""Llama with something changed: rows of q and k permuted where the rotary embedding is Llama's, other keys of metadata."""

import dataclasses

from families.llama import LLAMA, metadata, windowed
from twin import Family


def granite(writer, config):
    metadata(writer, config)
    writer.add_attention_scale(config["attention_multiplier"])
    writer.add_embedding_scale(config["embedding_multiplier"])
    writer.add_residual_scale(config["residual_multiplier"])
    writer.add_logit_scale(config["logits_scaling"])


def ministral3(writer, config):
    windowed(writer, config)
    writer.add_rope_scaling_yarn_log_mul(config.rope["mscale_all_dim"])
    writer.add_attn_temperature_scale(config.rope["llama_4_scaling_beta"])


def every_fourth(config):
    if any(bool(rotary) != ((layer + 1) % 4 != 0) for layer, rotary in enumerate(config["no_rope_layers"])):
        return "llama.cpp leaves the rotary embedding out of every fourth layer, whatever the configuration says"
    return ""


def olmo(writer, config):
    metadata(writer, config)
    writer.add_layer_norm_eps(1e-5)
    if config.get("clip_qkv"):
        writer.add_clamp_kqv(config["clip_qkv"])


def partial_rotary(writer, config):
    share = config.rope.get("partial_rotary_factor", config.get("partial_rotary_factor", 0.5))
    writer.add_rope_dimension_count(int(config.head_dim * share))


def nemotron(writer, config):
    partial_rotary(writer, config)
    writer.add_layer_norm_eps(config["norm_eps"])


def plus_one(name, values, config):
    yield name, values + 1 if name.endswith("norm.weight") else values


FAMILIES = {
    "arcee": dataclasses.replace(LLAMA, arch="arcee"),
    "granite": dataclasses.replace(LLAMA, arch="granite", metadata=granite),
    "ministral3": dataclasses.replace(LLAMA, arch="mistral3", metadata=ministral3),
    "smollm3": dataclasses.replace(LLAMA, arch="smollm3", unequal=every_fourth),
    "olmo": dataclasses.replace(LLAMA, arch="olmo", metadata=olmo),
    "ernie4_5": Family("ernie4_5", metadata=metadata),
    "hunyuan_v1_dense": Family("hunyuan-dense", metadata=metadata),
    "seed_oss": Family("seed_oss", metadata=metadata),
    "starcoder2": Family("starcoder2", metadata=windowed),
    "glm": Family("chatglm", metadata=partial_rotary),
    "glm4": Family("glm4", metadata=partial_rotary),
    "nemotron": Family("nemotron", metadata=nemotron, tensor=plus_one),
    "jais2": Family("jais2", metadata=metadata),
    "phi": Family("phi2", metadata=partial_rotary),
}
