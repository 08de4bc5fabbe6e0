# SPDX-License-Identifier: Apache-2.0
"""Families whose layers carry a state: decays as the numbers they are (folders store their logarithms), convolutions without
their single axis, one entry a layer where layers differ."""

import numpy as np

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
    return "" if wanted == derived else f"mixer_rms_eps is {wanted}, which a GGUF does not hold; llama.cpp takes {derived}"


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


def lfm2_tensor(name, values, config):
    yield name, values.squeeze(1) if name.endswith("conv.conv.weight") else values


def falcon_h1_metadata(writer, config):
    writer.add_ssm_conv_kernel(config["mamba_d_conv"])
    writer.add_ssm_inner_size(config["mamba_d_ssm"])
    writer.add_ssm_state_size(config["mamba_d_state"])
    writer.add_ssm_time_step_rank(config["mamba_n_heads"])
    writer.add_ssm_group_count(config["mamba_n_groups"])


def falcon_h1_tensor(name, values, config):
    values = value_of(name, values)
    if name.endswith((".A_log", ".D")):
        values = values.reshape(-1, 1)
    yield name.replace("dt_bias", "dt_proj.bias"), values


FAMILIES = {
    "mamba": Family("mamba", metadata=mamba_metadata, tensor=mamba_tensor),
    "falcon_mamba": Family("mamba", metadata=mamba_metadata, tensor=mamba_tensor, unequal=norm_differs),
    "mamba2": Family("mamba2", metadata=mamba2_metadata, tensor=mamba2_tensor),
    "lfm2": Family("lfm2", metadata=lfm2_metadata, tensor=lfm2_tensor),
    "falcon_h1": Family("falcon-h1", metadata=falcon_h1_metadata, tensor=falcon_h1_tensor),
}
