# SPDX-License-Identifier: Apache-2.0
"""Families whose layers carry a state: decays as the numbers they are (folders store their logarithms), convolutions without
their single axis, one entry a layer where layers differ."""

import re

import numpy as np
from families.llama import rows
from families.moe import STACKS, expert_count, experts, stacked
from families.moe import granite as granite_parts
from families.moe import granite_metadata as granite_multipliers
from twin import Family


def value_of(name, values):
    """A tensor of a Mamba or Mamba-2 mixer."""
    if name.endswith("A_log"):
        return -np.exp(values)
    return values.squeeze(1) if name.endswith("conv1d.weight") else values


def mamba_metadata(writer, config):
    writer.add_ssm_conv_kernel(config["conv_kernel"])
    writer.add_ssm_inner_size(config["intermediate_size"])
    writer.add_ssm_state_size(config["state_size"])
    writer.add_ssm_time_step_rank(config["time_step_rank"])
    writer.add_layer_norm_rms_eps(config["layer_norm_epsilon"])
    writer.add_ssm_dt_b_c_rms(config["model_type"] == "falcon_mamba")


def mamba_tensor(name, values, config):
    yield name, value_of(name, values)


def norm_differs(config):
    """llama.cpp norms rank, b and c with the epsilon of the other norms."""
    wanted, derived = config["mixer_rms_eps"], config["layer_norm_epsilon"]
    return conv_biases(config) if wanted == derived else f"mixer_rms_eps is {wanted}, which a GGUF does not hold; llama.cpp takes {derived}"


def mamba2_metadata(writer, config):
    writer.add_ssm_conv_kernel(config["conv_kernel"])
    writer.add_ssm_inner_size(config["expand"] * config.dim)
    writer.add_ssm_state_size(config["state_size"])
    writer.add_ssm_time_step_rank(config["num_heads"])
    writer.add_ssm_group_count(config["n_groups"])
    writer.add_layer_norm_rms_eps(config["layer_norm_epsilon"])


def mamba2_tensor(name, values, config):
    values = value_of(name, values)
    if name.endswith((".A_log", ".D")):
        values = values.reshape(-1, 1)
    if name.endswith("mixer.norm.weight"):
        values = values.reshape(config["n_groups"], -1)
    yield name.replace("dt_bias", "dt_proj.bias"), values


def lfm2_metadata(writer, config):
    for part in writer.kv_data:
        part.pop("lfm2.attention.head_count_kv", None)
    writer.add_head_count_kv([config.kv_heads if kind == "full_attention" else 0 for kind in config["layer_types"]])
    writer.add_shortconv_l_cache(config["conv_L_cache"])
    writer.add_layer_norm_rms_eps(config["norm_eps"])
    writer.add_feed_forward_length(lfm2_hidden(config))


def lfm2_hidden(config):
    """Two thirds, times a factor, up to the next multiple: the width that the library computes."""
    hidden, multiple = config["intermediate_size"], config["block_multiple_of"]
    if not config["block_auto_adjust_ff_dim"]:
        return hidden
    hidden = 2 * hidden // 3
    if config["block_ffn_dim_multiplier"] is not None:
        hidden = int(config["block_ffn_dim_multiplier"] * hidden)
    return multiple * -(-hidden // multiple)


def conv_biases(config):
    if config.get("conv_bias"):
        return "llama.cpp's short convolutions have no bias"
    if config.get("mamba_conv_bias", config.get("use_conv_bias")) is False:
        return "llama.cpp's mixers have a bias in their convolution"
    if config.get("use_bias") or config.get("mamba_proj_bias"):
        return "llama.cpp's mixers have no biases around them"
    limit = config.get("time_step_limit", [0, {"__float__": "Infinity"}])
    return "a GGUF has no key for time_step_limit" if limit[0] > 0 or not isinstance(limit[1], dict) else ""


def lfm2_tensor(name, values, config):
    yield name, values.squeeze(1) if name.endswith("conv.conv.weight") else values


def heads_where_attending(writer, arch, counts):
    """One number of KV heads a layer, 0 where a layer carries a state."""
    for part in writer.kv_data:
        part.pop(f"{arch}.attention.head_count_kv", None)
    writer.add_head_count_kv(counts)


def mamba2_part(name, values, config):
    """A tensor of a Mamba-2 mixer inside a hybrid."""
    values = value_of(name, values)
    if name.endswith((".A_log", ".D")):
        values = values.reshape(-1, 1)
    if name.endswith("mamba.norm.weight"):
        values = values.reshape(config["mamba_n_groups"], -1)
    return name.replace("dt_bias", "dt_proj.bias"), values


def falcon_h1_metadata(writer, config):
    writer.add_ssm_conv_kernel(config["mamba_d_conv"])
    writer.add_ssm_inner_size(config["mamba_d_ssm"])
    writer.add_ssm_state_size(config["mamba_d_state"])
    writer.add_ssm_time_step_rank(config["mamba_n_heads"])
    writer.add_ssm_group_count(config["mamba_n_groups"])


def falcon_h1_tensor(name, values, config):
    """The multipliers move into the weights."""
    gate, down = config["mlp_multipliers"]
    into = config["attention_in_multiplier"]
    factors = {"down_proj.weight": down, "gate_proj.weight": gate, "q_proj.weight": into, "k_proj.weight": into * config["key_multiplier"],
               "v_proj.weight": into, "o_proj.weight": config["attention_out_multiplier"], "mamba.out_proj.weight": config["ssm_out_multiplier"],
               "lm_head.weight": config["lm_head_multiplier"], "embed_tokens.weight": config["embedding_multiplier"]}
    for part, factor in factors.items():
        if name.endswith("." + part) or name == part:
            values = values * np.float32(factor)
    if name.endswith("mamba.in_proj.weight"):
        inner, state = config["mamba_d_ssm"], config["mamba_n_groups"] * config["mamba_d_state"]
        scales = np.repeat(config["ssm_multipliers"], [inner, inner, state, state, config["mamba_n_heads"]]).astype(np.float32)
        values = values * scales[:, None] * np.float32(config["ssm_in_multiplier"])
    yield mamba2_part(name, values, config)


def falcon_h1_unequal(config):
    if config["mamba_rms_norm"] and config["mamba_norm_before_gate"] is False:
        return "a GGUF does not say that the mixer is normed behind its gate"
    return "llama.cpp's Falcon-H1 has no biases" if config["attention_bias"] or config["mlp_bias"] or config["projectors_bias"] else conv_biases(config)


def jamba_metadata(writer, config):
    period, offset = config["attn_layer_period"], config["attn_layer_offset"]
    heads_where_attending(writer, "jamba", [config.kv_heads if i % period == offset else 0 for i in range(config.layers)])
    writer.add_ssm_conv_kernel(config["mamba_d_conv"])
    writer.add_ssm_inner_size(config["mamba_expand"] * config.dim)
    writer.add_ssm_state_size(config["mamba_d_state"])
    writer.add_ssm_time_step_rank(config["mamba_dt_rank"])
    writer.add_expert_count(config["num_experts"])
    writer.add_expert_used_count(config["num_experts_per_tok"])


def jamba_tensor(name, values, config):
    found = re.fullmatch(r"(model\.layers\.\d+)\.feed_forward\.experts\.(\d+)\.(.*)", name)
    if found:
        yield from STACKS.add(f"{found[1]}.mlp.experts.{found[3]}", int(found[2]), values, config["num_experts"])
    else:
        yield name, value_of(name, values)


def qwen3_next_metadata(writer, config):
    experts(writer, config)
    writer.add_ssm_conv_kernel(config["linear_conv_kernel_dim"])
    writer.add_ssm_state_size(config["linear_key_head_dim"])
    writer.add_ssm_group_count(config["linear_num_key_heads"])
    writer.add_ssm_time_step_rank(config["linear_num_value_heads"])
    writer.add_ssm_inner_size(config["linear_value_head_dim"] * config["linear_num_value_heads"])
    writer.add_full_attention_interval(config.get("full_attention_interval", 4))
    writer.add_rope_dimension_count(int(config.head_dim * config.rope.get("partial_rotary_factor", 0.25)))


def qwen3_next_tensor(name, values, config):
    """q, k, v and the gate of a delta layer lie by key head in the folder and one after the other here."""
    if name.endswith("norm.weight") and not name.endswith("linear_attn.norm.weight"):
        values = values + 1
    if name.endswith("in_proj_qkvz.weight"):
        k, key = config["linear_num_key_heads"], config["linear_key_head_dim"]
        value = config["linear_num_value_heads"] // k * config["linear_value_head_dim"]
        q_part, k_part, v_part, z_part = np.split(values.reshape(k, -1, values.shape[1]), np.cumsum([key, key, value]), axis=1)
        flat = [part.reshape(-1, values.shape[1]) for part in (q_part, k_part, v_part, z_part)]
        yield name.replace("linear_attn.in_proj_qkvz", "self_attn.qkv_proj"), np.concatenate(flat[:3])
        yield name.replace("linear_attn.in_proj_qkvz", "linear_attn.in_proj_z"), flat[3]
    else:
        yield from stacked(name.replace(".dt_bias", ".dt_proj.bias"), value_of(name, values), config)


def qwen3_next_unequal(config):
    every = config.get("full_attention_interval", 4)
    if any((kind == "full_attention") != ((i + 1) % every == 0) for i, kind in enumerate(config["layer_types"])):
        return "a GGUF says by a period which layers attend"
    return ""


def attending(config):
    return {i for i, kind in enumerate(config.get("layer_types") or []) if kind in ("attention", "full_attention")} | set(config.get("attn_layer_indices") or [])


def hybrid_metadata(writer, config):
    """Granite 4 and Bamba."""
    if config["model_type"] == "granitemoehybrid":
        granite_multipliers(writer, config) if expert_count(config) else granite_dense(writer, config)
    heads_where_attending(writer, "granitehybrid", [config.kv_heads if i in attending(config) else 0 for i in range(config.layers)])
    writer.add_ssm_conv_kernel(config["mamba_d_conv"])
    writer.add_ssm_state_size(config["mamba_d_state"])
    writer.add_ssm_group_count(config["mamba_n_groups"])
    writer.add_ssm_inner_size(config["mamba_expand"] * config.dim)
    writer.add_ssm_time_step_rank(config["mamba_n_heads"])
    writer.add_rope_dimension_count(int(config.head_dim * config.rope.get("partial_rotary_factor", 1.0)))
    writer.add_rope_scaling_finetuned(config["model_type"] == "bamba")


def granite_dense(writer, config):
    writer.add_attention_scale(config["attention_multiplier"])
    writer.add_embedding_scale(config["embedding_multiplier"])
    writer.add_residual_scale(config["residual_multiplier"])
    writer.add_logit_scale(config["logits_scaling"])
    writer.add_expert_shared_feed_forward_length(config["shared_intermediate_size"])


def hybrid_tensor(name, values, config):
    name, values = mamba2_part(name, values, config)
    if expert_count(config):
        yield from granite_parts(name, values, config)
    elif name.endswith("shared_mlp.input_linear.weight"):
        half = values.shape[0] // 2
        yield name.replace("shared_mlp.input_linear", "mlp.gate_proj"), values[:half]
        yield name.replace("shared_mlp.input_linear", "mlp.up_proj"), values[half:]
    else:
        yield from rows(name.replace("shared_mlp.output_linear", "mlp.down_proj"), values, config)


def hybrid_unequal(config):
    if config["model_type"] == "granitemoehybrid" and config.get("position_embedding_type") == "rope":
        return "the converter leaves positions out of every hybrid Granite"
    return conv_biases(config)


FAMILIES = {
    "mamba": Family("mamba", metadata=mamba_metadata, tensor=mamba_tensor, unequal=conv_biases),
    "falcon_mamba": Family("mamba", metadata=mamba_metadata, tensor=mamba_tensor, unequal=norm_differs),
    "mamba2": Family("mamba2", metadata=mamba2_metadata, tensor=mamba2_tensor, unequal=conv_biases),
    "lfm2": Family("lfm2", metadata=lfm2_metadata, tensor=lfm2_tensor, unequal=conv_biases),
    "falcon_h1": Family("falcon-h1", metadata=falcon_h1_metadata, tensor=falcon_h1_tensor, unequal=falcon_h1_unequal),
    "jamba": Family("jamba", metadata=jamba_metadata, tensor=jamba_tensor, unequal=conv_biases),
    "qwen3_next": Family("qwen3next", metadata=qwen3_next_metadata, tensor=qwen3_next_tensor, unequal=qwen3_next_unequal),
    "granitemoehybrid": Family("granitehybrid", metadata=hybrid_metadata, tensor=hybrid_tensor, unequal=hybrid_unequal),
    "bamba": Family("granitehybrid", metadata=hybrid_metadata, tensor=hybrid_tensor, unequal=hybrid_unequal),
}
