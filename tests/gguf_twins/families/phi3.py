# SPDX-License-Identifier: Apache-2.0
"""Phi-3: q, k, v stay one matrix, gate and up too."""

from twin import Family


def metadata(writer, config):
    rope = config.rope
    writer.add_rope_scaling_orig_ctx_len(config.original_context)
    writer.add_rope_dimension_count(int(config.head_dim * rope.get("partial_rotary_factor", config.get("partial_rotary_factor", 1))))
    writer.add_sliding_window(config.get("sliding_window") or 0)


FAMILIES = {"phi3": Family("phi3", metadata=metadata)}
