# SPDX-License-Identifier: Apache-2.0
"""Encoders: a GGUF is for embeddings and holds neither pooler nor head; the hidden states have to be equal. llama.cpp calls BERT, RoBERTa and
DistilBERT "bert", with GELU and positions that begin at row 0."""

import gguf
from twin import Family


def bare(prefixes, name, values):
    for prefix in prefixes:
        name = name.removeprefix(prefix)
    if not name.startswith(("cls.", "pooler.", "lm_head.", "vocab_", "head.", "decoder.")) and not name.endswith("position_ids"):
        yield name, values


def bert(name, values, config):
    yield from bare(["bert."], name, values)


def distilbert(name, values, config):
    yield from bare(["distilbert."], name, values)


def first_position(config):
    """RoBERTa's positions begin behind the row of the padding token."""
    return config["pad_token_id"] + 1


def roberta(name, values, config):
    yield from bare(["roberta."], name, values[first_position(config):] if "position_embeddings" in name else values)


def metadata(writer, config):
    writer.add_causal_attention(False)
    if config.get("type_vocab_size"):
        writer.add_token_type_count(config["type_vocab_size"])


def roberta_metadata(writer, config):
    metadata(writer, config)
    writer.add_context_length(config.context - first_position(config))


def distilbert_metadata(writer, config):
    metadata(writer, config)
    writer.add_layer_norm_eps(1e-12)
    writer.add_feed_forward_length(config["hidden_dim"])


def only_gelu(config):
    activation = config.first("hidden_act", "activation")
    return "" if activation == "gelu" else f"llama.cpp's BERT has GELU, this one {activation}"


def modern_metadata(writer, config):
    metadata(writer, config)
    writer.add_sliding_window(config["local_attention"])
    writer.add_sliding_window_pattern(config["global_attn_every_n_layers"])
    writer.add_rope_scaling_type(gguf.RopeScalingType.NONE)
    writer.add_string("modern-bert.hidden_activation", config["hidden_activation"])


def modern(name, values, config):
    yield from bare(["model."], name, values)


def modern_unequal(config):
    every = config["global_attn_every_n_layers"]
    if config.get("layer_types") and any((kind == "full_attention") != (i % every == 0) for i, kind in enumerate(config["layer_types"])):
        return "a GGUF says by a period which layers see all"
    if config["norm_bias"] or config["attention_bias"] or config["mlp_bias"]:
        return "llama.cpp's ModernBERT has no biases"
    return ""


def euro_metadata(writer, config):
    metadata(writer, config)
    writer.add_vocab_size(config["vocab_size"])


def nomic(name, values, config):
    yield from bare(["nomic_bert."], name, values)


def euro_unequal(config):
    return "" if config["hidden_act"] == "silu" else f"llama.cpp's EuroBERT has SiLU, this one {config['hidden_act']}"


FAMILIES = {
    "nomic_bert": Family("nomic-bert", metadata=euro_metadata, tensor=nomic),
    "eurobert": Family("eurobert", metadata=euro_metadata, tensor=lambda name, values, config: bare(["model."], name, values), unequal=euro_unequal),
    "bert": Family("bert", metadata=metadata, tensor=bert, unequal=only_gelu),
    "roberta": Family("bert", metadata=roberta_metadata, tensor=roberta, unequal=only_gelu),
    "xlm-roberta": Family("bert", metadata=roberta_metadata, tensor=roberta, unequal=only_gelu),
    "camembert": Family("bert", metadata=roberta_metadata, tensor=roberta, unequal=only_gelu),
    "distilbert": Family("bert", metadata=distilbert_metadata, tensor=distilbert, unequal=only_gelu),
    "modernbert": Family("modern-bert", metadata=modern_metadata, tensor=modern, unequal=modern_unequal),
}
