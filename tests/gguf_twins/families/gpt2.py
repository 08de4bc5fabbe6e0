# SPDX-License-Identifier: Apache-2.0
"""GPT-2: the folder stores linear layers transposed ("Conv1D"); masks that old folders carry are left out."""

from twin import Family


def transposed(name, values, config):
    if name.endswith((".attn.bias", ".attn.masked_bias")):
        return
    conv1d = name.endswith((".c_attn.weight", ".c_proj.weight", ".c_fc.weight"))
    yield name, values.T if conv1d else values


FAMILIES = {"gpt2": Family("gpt2", tensor=transposed)}
