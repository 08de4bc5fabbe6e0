# SPDX-License-Identifier: Apache-2.0
"""BERT: a GGUF is for embeddings and holds neither the pooler nor the head; the hidden states have to be equal."""

from twin import Family


def without_head(name, values, config):
    name = name.removeprefix("bert.")
    if not name.startswith(("cls.", "pooler.")) and not name.endswith("position_ids"):
        yield name, values


def metadata(writer, config):
    writer.add_causal_attention(False)


FAMILIES = {"bert": Family("bert", metadata=metadata, tensor=without_head)}
