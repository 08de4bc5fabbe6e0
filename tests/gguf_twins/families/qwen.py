# SPDX-License-Identifier: Apache-2.0
"""Qwen2 and Qwen3: tensors as they are."""

from twin import Family


def no_window(config):
    if config.get("use_sliding_window") and config.get("sliding_window"):
        return "llama.cpp knows no window for this family"
    return ""


FAMILIES = {"qwen2": Family("qwen2", unequal=no_window), "qwen3": Family("qwen3", unequal=no_window)}
