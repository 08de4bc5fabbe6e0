# SPDX-License-Identifier: Apache-2.0
"""Gemma 1 to 3: norm weights as the factor itself (the folder stores it minus one), soft caps, windows.

A GGUF has no query_pre_attn_scalar. llama.cpp divides the scores by sqrt(dim / heads) in the 27B models, which it knows by
their number of layers, and by sqrt(head_dim) in all others.
"""

import math

from twin import Family

LAYERS_OF_27B = {"gemma2": 46, "gemma3_text": 62, "gemma3": 62}


def plus_one(name, values, config):
    yield name, values + 1 if name.endswith("norm.weight") else values


def metadata(writer, config):
    writer.add_rope_dimension_count(config.head_dim)
    if config.get("sliding_window"):
        writer.add_sliding_window(config["sliding_window"])
    if pattern := config.get("layer_types"):
        writer.add_sliding_window_pattern([kind == "sliding_attention" for kind in pattern])
    if config.get("attn_logit_softcapping"):
        writer.add_attn_logit_softcapping(config["attn_logit_softcapping"])
    if config.get("final_logit_softcapping"):
        writer.add_final_logit_softcapping(config["final_logit_softcapping"])


def derived_scalar(config):
    large = config.layers == LAYERS_OF_27B[config["model_type"]]
    return config.dim / config.heads if large else config.head_dim


def scalar_differs(config):
    wanted, derived = config["query_pre_attn_scalar"], derived_scalar(config)
    return "" if wanted == derived else f"query_pre_attn_scalar is {wanted}, which a GGUF does not hold; llama.cpp takes {derived}"


def scale_in(tensor):
    """The missing factor of the scores moved into `tensor`, which q is linear in."""
    def fold(name, values, config):
        factor = math.sqrt(derived_scalar(config) / config["query_pre_attn_scalar"])
        return (values * factor).astype(values.dtype) if name.endswith(tensor) else values
    return fold


FAMILIES = {
    "gemma": Family("gemma", metadata=metadata, tensor=plus_one),
    "gemma2": Family("gemma2", metadata=metadata, tensor=plus_one, unequal=scalar_differs, fold=scale_in("attn_q.weight")),
    "gemma3_text": Family("gemma3", metadata=metadata, tensor=plus_one, unequal=scalar_differs, fold=scale_in("attn_q_norm.weight")),
}
