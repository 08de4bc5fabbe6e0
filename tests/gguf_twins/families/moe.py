# SPDX-License-Identifier: Apache-2.0
"""Mixtures of experts: the experts' matrices become stacks, gate and up apart; latent attention keeps its up-projections as stacks."""

import dataclasses
import re

import gguf
import numpy as np
from families.llama import LLAMA, rows
from twin import Family, as_stored


class Stacks:
    """Collects matrices by name and gives a stack when its last one has come."""

    def __init__(self):
        self.parts = {}

    def add(self, name, index, values, count):
        part = self.parts.setdefault(name, {})
        part[index] = values
        if len(part) == count:
            del self.parts[name]
            yield name, np.stack([part[i] for i in range(count)])


STACKS = Stacks()


def expert_count(config):
    return config.first("num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts")


def stacked(name, values, config, inner=as_stored):
    found = re.fullmatch(r"(.*\.experts)\.(\d+)\.(.*)", name)
    if found:
        yield from STACKS.add(f"{found[1]}.{found[3]}", int(found[2]), values, expert_count(config))
    else:
        yield from inner(name, values, config)


def experts(writer, config):
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_expert_count(expert_count(config))
    writer.add_expert_used_count(config["num_experts_per_tok"])
    if config.get("moe_intermediate_size"):
        writer.add_expert_feed_forward_length(config["moe_intermediate_size"])
    if config.get("shared_expert_intermediate_size"):
        writer.add_expert_shared_feed_forward_length(config["shared_expert_intermediate_size"])
    if config.get("sliding_window"):
        writer.add_sliding_window(config["sliding_window"])


def mixtral(name, values, config):
    yield from stacked(name, values, config, rows)


def granite_metadata(writer, config):
    experts(writer, config)
    writer.add_attention_scale(config["attention_multiplier"])
    writer.add_embedding_scale(config["embedding_multiplier"])
    writer.add_residual_scale(config["residual_multiplier"])
    writer.add_logit_scale(config["logits_scaling"])
    if config.get("shared_intermediate_size"):
        writer.add_expert_shared_feed_forward_length(config["shared_intermediate_size"])


def granite(name, values, config):
    """Gate above up in one matrix, of every expert and of the shared one."""
    if name.endswith("input_linear.weight"):
        half = values.shape[-2] // 2
        yield name.replace("input_linear", "experts.w1" if "block_sparse" in name else "gate_proj").replace("shared_mlp", "mlp.shared_experts"), values[..., :half, :]
        yield name.replace("input_linear", "experts.w3" if "block_sparse" in name else "up_proj").replace("shared_mlp", "mlp.shared_experts"), values[..., half:, :]
    elif name.endswith("output_linear.weight"):
        yield name.replace("output_linear", "experts.w2" if "block_sparse" in name else "down_proj").replace("shared_mlp", "mlp.shared_experts"), values
    else:
        yield from rows(name.replace("router.layer", "gate"), values, config)


def olmo_metadata(writer, config):
    experts(writer, config)
    if config.get("clip_qkv"):
        writer.add_clamp_kqv(config["clip_qkv"])


def phi_unequal(config):
    if config["router_jitter_noise"] != 0.01 or config.rope.get("short_mscale"):
        return "a GGUF has no key for router_jitter_noise, nor for magnitudes of LongRoPE by length"
    return ""


def deep(writer, config):
    """What GLM-4.5 and DeepSeek say about their mixtures."""
    writer.add_leading_dense_block_count(config["first_k_dense_replace"])
    writer.add_expert_shared_count(config["n_shared_experts"])
    writer.add_expert_weights_scale(config["routed_scaling_factor"])
    writer.add_expert_weights_norm(bool(config["norm_topk_prob"]))
    sigmoid = config["model_type"] != "deepseek_v2"
    writer.add_expert_gating_func(gguf.ExpertGatingFuncType.SIGMOID if sigmoid else gguf.ExpertGatingFuncType.SOFTMAX)
    if config.get("n_group"):
        writer.add_expert_group_count(config["n_group"])
        writer.add_expert_group_used_count(config["topk_group"])


def glm_metadata(writer, config):
    experts(writer, config)
    deep(writer, config)
    partial = config.rope.get("partial_rotary_factor", config.get("partial_rotary_factor", 0.5))
    writer.add_rope_dimension_count(int(config.head_dim * partial))


def deepseek_metadata(writer, config):
    experts(writer, config)
    deep(writer, config)
    rank, rope = config["kv_lora_rank"], config["qk_rope_head_dim"]
    if config.get("q_lora_rank"):
        writer.add_q_lora_rank(config["q_lora_rank"])
    writer.add_kv_lora_rank(rank)
    writer.add_head_count_kv(1)
    writer.add_key_length(rank + rope)
    writer.add_value_length(rank)
    writer.add_key_length_mla(config["qk_nope_head_dim"] + rope)
    writer.add_value_length_mla(config["v_head_dim"])
    writer.add_rope_dimension_count(rope)
    if config.rope.get("mscale_all_dim"):
        writer.add_rope_scaling_yarn_log_mul(0.1 * config.rope["mscale_all_dim"])


def interleaved(config):
    return "" if config.get("rope_interleave", True) else "llama.cpp's DeepSeek rotates neighbouring channels"


def latent(name, values, config):
    """Rows of kv_b are, head after head, those of keys and those of values; keys are stored transposed."""
    if name.endswith("e_score_correction_bias"):
        yield name.replace("e_score_correction_bias", "e_score_correction.bias"), values
    elif name.endswith("kv_b_proj.weight"):
        nope, v = config["qk_nope_head_dim"], config["v_head_dim"]
        heads = values.reshape(config.heads, nope + v, values.shape[1])
        yield name.replace("kv_b_proj", "k_b_proj"), heads[:, :nope].swapaxes(1, 2)
        yield name.replace("kv_b_proj", "v_b_proj"), heads[:, nope:]
    else:
        yield from stacked(name, values, config)


def dots(name, values, config):
    yield from stacked(name.replace("e_score_correction_bias", "e_score_correction.bias"), values, config)


def dots_unequal(config):
    return "llama.cpp knows no window for this family" if "sliding_attention" in config.get("layer_types", []) else ""


def ernie_metadata(writer, config):
    writer.add_expert_count(config["moe_num_experts"])
    writer.add_expert_used_count(config["moe_k"])
    writer.add_interleave_moe_layer_step(config["moe_layer_interval"])
    writer.add_leading_dense_block_count(config["moe_layer_start_index"])
    writer.add_expert_feed_forward_length(config["moe_intermediate_size"])
    writer.add_expert_shared_count(config["moe_num_shared_experts"])
    if config["moe_num_shared_experts"]:
        writer.add_expert_shared_feed_forward_length(config["moe_intermediate_size"] * config["moe_num_shared_experts"])


def ernie(name, values, config):
    name = name.replace("mlp.moe_statics.e_score_correction_bias", "mlp.moe_statics.e_score_correction")
    yield from stacked(name, values.squeeze(0) if name.endswith("e_score_correction") else values, config)


def hunyuan_metadata(writer, config):
    """The converter stretches the base itself and leaves "dynamic" out."""
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_expert_count(expert_count(config))
    writer.add_expert_used_count(hunyuan_used(config)[0])
    writer.add_expert_feed_forward_length(config["intermediate_size"])
    writer.add_expert_shared_count(1)
    writer.add_expert_shared_feed_forward_length(config["intermediate_size"])
    if config.rope["rope_type"] == "dynamic" and config.rope.get("alpha"):
        writer.add_rope_freq_base(config.rope["rope_theta"] * config.rope["alpha"] ** (config.head_dim / (config.head_dim - 2)))


def hunyuan_used(config):
    used = config["moe_topk"]
    return used if isinstance(used, list) else [used]


def hunyuan_unequal(config):
    return "a GGUF has one number of chosen experts for all layers" if len(set(hunyuan_used(config))) > 1 else ""


def oss(name, values, config):
    """Stacks of transposed matrices; gate and up in turns."""
    if ".experts." not in name:
        yield name + (".weight" if name.endswith(".sinks") else ""), values
        return
    bias = name.endswith("_bias")
    part = name.removesuffix("_bias")
    tail = ".bias" if bias else ".weight"
    values = values if bias else values.swapaxes(1, 2)
    if part.endswith("gate_up_proj"):
        yield part.replace("gate_up_proj", "gate_proj") + tail, values[:, 0::2]
        yield part.replace("gate_up_proj", "up_proj") + tail, values[:, 1::2]
    else:
        yield part + tail, values


def oss_metadata(writer, config):
    experts(writer, config)
    writer.add_expert_feed_forward_length(config["intermediate_size"])


def dense_layers(config):
    if config.get("use_sliding_window") and config.get("sliding_window"):
        return "llama.cpp knows no window for this family"
    if config.get("mlp_only_layers") or config.get("decoder_sparse_step", 1) != 1:
        return "the converter knows mixtures in every layer only"
    return ""


QWEN = Family("qwen3moe", metadata=experts, tensor=stacked, unequal=dense_layers)
FAMILIES = {
    "mixtral": dataclasses.replace(LLAMA, metadata=experts, tensor=mixtral),
    "qwen2_moe": dataclasses.replace(QWEN, arch="qwen2moe"),
    "qwen3_moe": QWEN,
    "olmoe": Family("olmoe", metadata=olmo_metadata, tensor=stacked),
    "granitemoe": Family("granitemoe", metadata=granite_metadata, tensor=granite),
    "granitemoeshared": Family("granitemoe", metadata=granite_metadata, tensor=granite),
    "phimoe": Family("phimoe", metadata=experts, tensor=stacked, unequal=phi_unequal),
    "glm4_moe": Family("glm4moe", metadata=glm_metadata, tensor=latent),
    "deepseek_v2": Family("deepseek2", metadata=deepseek_metadata, tensor=latent, unequal=interleaved),
    "deepseek_v3": Family("deepseek2", metadata=deepseek_metadata, tensor=latent, unequal=interleaved),
    "dots1": Family("dots1", metadata=lambda writer, config: (experts(writer, config), deep(writer, config)), tensor=dots, unequal=dots_unequal),
    "ernie4_5_moe": Family("ernie4_5-moe", metadata=ernie_metadata, tensor=ernie),
    "hunyuan_v1_moe": Family("hunyuan-moe", metadata=hunyuan_metadata, tensor=stacked, unequal=hunyuan_unequal),
    "gpt_oss": Family("gpt-oss", metadata=oss_metadata, tensor=oss),
}
