# SPDX-License-Identifier: Apache-2.0
"""Llama and Mistral: rows of q and k permuted."""

import dataclasses

from twin import Family, permute_rows


def rows(name, values, config):
    if ".q_proj." in name:
        values = permute_rows(values, config.heads)
    if ".k_proj." in name:
        values = permute_rows(values, config.kv_heads)
    yield name, values


def metadata(writer, config):
    writer.add_rope_dimension_count(config.head_dim)


def windowed(writer, config):
    """llama.cpp computes Mistral without its window and leaves the key out; a file that has it says what it means."""
    metadata(writer, config)
    if config.get("sliding_window"):
        writer.add_sliding_window(config["sliding_window"])


LLAMA = Family("llama", metadata=metadata, tensor=rows)
FAMILIES = {"llama": LLAMA, "mistral": dataclasses.replace(LLAMA, metadata=windowed)}
