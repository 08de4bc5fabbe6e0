# SPDX-License-Identifier: Apache-2.0
"""Phi-3: q, k, v stay one matrix, gate and up too; LongRoPE's factors as two tensors."""

import math

import gguf
import numpy as np
from twin import Family


def metadata(writer, config):
    rope = config.rope
    original = config.first("original_max_position_embeddings") or config.context
    writer.add_rope_scaling_orig_ctx_len(original)
    writer.add_rope_dimension_count(int(config.head_dim * rope.get("partial_rotary_factor", config.get("partial_rotary_factor", 1))))
    writer.add_sliding_window(config.get("sliding_window") or 0)
    if rope["rope_type"] in ("su", "longrope"):
        writer.add_rope_scaling_type(gguf.RopeScalingType.LONGROPE)
        scale = config.context / original
        writer.add_rope_scaling_attn_factors(math.sqrt(1 + math.log(scale) / math.log(original)) if scale > 1 else 1.0)


def factors(config):
    for kind in ("long", "short"):
        if f"{kind}_factor" in config.rope:
            yield f"rope_factors_{kind}.weight", np.array(config.rope[f"{kind}_factor"], dtype=np.float32)


FAMILIES = {"phi3": Family("phi3", metadata=metadata, extra=factors)}
