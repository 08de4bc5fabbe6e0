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


def tied(name, values, config):
    if name != "lm_head.weight":
        yield from plus_one(name, values, config)


def head_differs(config):
    return "" if config.get("tie_word_embeddings", True) else "a GGUF of Gemma 1 and 2 has no name for a head of its own"


def metadata(writer, config):
    writer.add_rope_dimension_count(config.head_dim)
    if config.get("sliding_window"):
        writer.add_sliding_window(config["sliding_window"])
    if kinds := config.get("layer_types"):
        sliding = [kind == "sliding_attention" for kind in kinds]
        period = sliding.index(False) + 1 if False in sliding else 0
        periodic = period and all(slides == ((i + 1) % period != 0) for i, slides in enumerate(sliding))
        writer.add_sliding_window_pattern(period if periodic else sliding)
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
    "gemma": Family("gemma", metadata=metadata, tensor=tied, unequal=head_differs),
    "gemma2": Family("gemma2", metadata=metadata, tensor=tied, unequal=scalar_differs, fold=scale_in("attn_q.weight")),
    "gemma3_text": Family(lambda config: "gemma-embedding" if config.get("use_bidirectional_attention") else "gemma3", metadata=metadata, tensor=plus_one, unequal=scalar_differs, fold=scale_in("attn_q_norm.weight")),
}
