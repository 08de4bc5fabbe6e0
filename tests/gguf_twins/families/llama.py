# SPDX-License-Identifier: Apache-2.0
"""Llama and Mistral: rows of q and k permuted; Llama 3 scaling as a tensor of divisors."""

import dataclasses

from twin import Family, llama3_divisors, permute_rows


def rows(name, values, config):
    if ".q_proj." in name:
        values = permute_rows(values, config.heads)
    if ".k_proj." in name:
        values = permute_rows(values, config.kv_heads)
    yield name, values


def metadata(writer, config):
    writer.add_vocab_size(config["vocab_size"])
    writer.add_rope_dimension_count(config.head_dim)


def factors(config):
    if config.rope["rope_type"] == "llama3":
        yield "rope_freqs.weight", llama3_divisors(config)


def dynamic(config):
    if config.rope["rope_type"] == "dynamic":
        return "GGUF has no dynamic NTK scaling: the converter leaves it out, and llama.cpp then uses the plain frequencies"
    return ""


def windowed(writer, config):
    """llama.cpp computes Mistral without its window and leaves the key out; a file that has it says what it means."""
    metadata(writer, config)
    if config.get("sliding_window"):
        writer.add_sliding_window(config["sliding_window"])


LLAMA = Family("llama", metadata=metadata, tensor=rows, extra=factors, unequal=dynamic)
FAMILIES = {"llama": LLAMA, "mistral": dataclasses.replace(LLAMA, metadata=windowed)}
