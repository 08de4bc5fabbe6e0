# SPDX-License-Identifier: Apache-2.0
"""OLMo 2 and 3 and EXAONE 4 (norms behind the branches), Cohere and GPT-J (one norm for both branches), StableLM (norms of single heads)."""

import re

import numpy as np
from twin import Family


def windows(writer, config):
    if config.get("sliding_window"):
        writer.add_sliding_window(config["sliding_window"])
        if config.get("layer_types"):
            writer.add_sliding_window_pattern([kind == "sliding_attention" for kind in config["layer_types"]])


def cohere(writer, config):
    writer.add_logit_scale(config["logit_scale"])


def without_head(name, values, config):
    if name != "lm_head.weight":
        yield name, values


def always_tied(config):
    return "" if config.get("tie_word_embeddings", True) else "a GGUF of Command-R has no name for a head of its own"


def cohere2(writer, config):
    cohere(writer, config)
    windows(writer, config)


def gptj(writer, config):
    writer.add_rope_dimension_count(config["rotary_dim"])


def stablelm(writer, config):
    share = config.rope.get("partial_rotary_factor", config.get("partial_rotary_factor", 0.25))
    writer.add_rope_dimension_count(int(config.head_dim * share))
    writer.add_parallel_residual(config["use_parallel_residual"])


class HeadNorms:
    """The norms of single heads stacked to one matrix [heads, head_dim]."""

    def __init__(self):
        self.rows = {}

    def __call__(self, name, values, config):
        match = re.fullmatch(r"(.*[qk]_layernorm)\.norms\.(\d+)\.weight", name)
        if not match:
            yield name, values
            return
        rows = self.rows.setdefault(match[1], {})
        rows[int(match[2])] = values
        if len(rows) == (config.heads if "q_layernorm" in name else config.kv_heads):
            yield match[1] + ".weight", np.stack([rows[head] for head in sorted(rows)])
            rows.clear()


FAMILIES = {
    "olmo2": Family("olmo2", metadata=windows),
    "olmo3": Family("olmo2", metadata=windows),
    "exaone4": Family("exaone4", metadata=windows),
    "cohere": Family("command-r", metadata=cohere, tensor=without_head, unequal=always_tied),
    "cohere2": Family("cohere2", metadata=cohere2, tensor=without_head, unequal=always_tied),
    "gptj": Family("gptj", metadata=gptj),
    "stablelm": Family("stablelm", metadata=stablelm, tensor=HeadNorms()),
}
