# SPDX-License-Identifier: Apache-2.0
"""A checkpoint folder written as the GGUF file that llama.cpp's converter would make of it.

Writer and tensor names are those of the gguf package; what differs between families is a Family each (families/*.py).
"""

import dataclasses
import json
import logging
import math
import pathlib
from typing import Any, Callable, Iterable

import gguf
import numpy as np
import safetensors.numpy

logging.getLogger("gguf").setLevel(logging.ERROR)  # a family may say otherwise what base_metadata() has said

Tensors = Iterable[tuple[str, np.ndarray]]


class Config(dict):
    """config.json. Families spell the same value differently: the first of the names that is there and not null counts."""

    def first(self, *names: str) -> Any:
        return next((self[name] for name in names if self.get(name) is not None), None)

    @property
    def layers(self) -> int:
        return self.first("num_hidden_layers", "n_layer", "n_layers", "num_layers")

    @property
    def dim(self) -> int:
        return self.first("hidden_size", "n_embd", "d_model", "dim")

    @property
    def heads(self) -> int:
        return self.first("num_attention_heads", "n_head", "n_heads", "num_heads")

    @property
    def kv_heads(self) -> int:
        return self.first("num_key_value_heads", "n_kv_heads") or self.heads

    @property
    def head_dim(self) -> int:
        return self.first("head_dim") or self.dim // self.heads

    @property
    def context(self) -> int:
        return self.first("max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "seq_length", "model_max_length") or self.dim

    @property
    def original_context(self) -> int:
        return self.rope.get("original_max_position_embeddings") or self.first("original_max_position_embeddings") or self.context

    @property
    def rope(self) -> dict:
        """Of the layers with full attention, where kinds of layers differ."""
        rope = self.first("rope_parameters", "rope_scaling") or {}
        rope = dict(rope.get("full_attention", rope))
        rope.setdefault("rope_theta", self.get("rope_theta"))
        rope.setdefault("rope_type", rope.get("type", "default"))
        return rope


def as_stored(name: str, values: np.ndarray, config: Config) -> Tensors:
    yield name, values


@dataclasses.dataclass(frozen=True)
class Family:
    arch: str | Callable[[Config], str]  # general.architecture
    # Metadata besides base_metadata().
    metadata: Callable[[gguf.GGUFWriter, Config], None] = lambda writer, config: None
    # A stored tensor as the GGUF holds it, under a name the gguf package knows; none for one that is left out.
    tensor: Callable[[str, np.ndarray, Config], Tensors] = as_stored
    # Tensors that are stored nowhere in the folder, under their GGUF names.
    extra: Callable[[Config], Tensors] = lambda config: ()
    # Why a GGUF cannot say what this configuration means; "": it can.
    unequal: Callable[[Config], str] = lambda config: ""
    # A change of a tensor (named as in the GGUF) that makes up for what `unequal` names; None: nothing can.
    fold: Callable[[str, np.ndarray, Config], np.ndarray] | None = None

    def architecture(self, config: Config) -> str:
        return self.arch(config) if callable(self.arch) else self.arch


def permute_rows(values: np.ndarray, heads: int) -> np.ndarray:
    """llama.cpp rotates neighbouring channels: row h*d + half*d/2 + i goes to h*d + 2i + half."""
    return values.reshape(heads, 2, values.shape[0] // heads // 2, *values.shape[1:]).swapaxes(1, 2).reshape(values.shape)


def rotary_factors(config: Config) -> Tensors:
    """What a GGUF keeps as tensors: Llama 3's divisors and LongRoPE's two sets of factors. The converter writes them for some families; a file
    that has them says what it means."""
    if config.rope["rope_type"] == "llama3":
        yield "rope_freqs.weight", llama3_divisors(config)
    for kind in ("long", "short"):
        if config.rope["rope_type"] in ("su", "longrope"):
            yield f"rope_factors_{kind}.weight", np.array(config.rope[f"{kind}_factor"], dtype=np.float32)


ONE_MSCALE = ("deepseek_v2", "deepseek_v3", "ministral3")  # the converter writes mscale_all_dim, which both are then


def rotary_unequal(config: Config) -> str:
    rope, local = config.rope, (config.get("rope_parameters") or {}).get("sliding_attention", {})
    if rope["rope_type"] == "dynamic" and not rope.get("alpha"):
        return "GGUF has no dynamic NTK scaling: the converter leaves it out, and llama.cpp then uses the plain frequencies"
    if local.get("rope_type", "default") != "default":
        return "a GGUF has one rotary scaling, that of the layers that see all"
    if rope["rope_type"] == "yarn" and rope.get("truncate") is False and config["model_type"] != "gpt_oss":
        return "a GGUF has no key for YaRN's truncate"
    if rope["rope_type"] == "yarn" and rope.get("mscale", 0) != (rope.get("mscale_all_dim", 0) if config["model_type"] in ONE_MSCALE else 0):
        return "of YaRN's mscale and mscale_all_dim a GGUF has one, in few families"
    return ""


def llama3_divisors(config: Config) -> np.ndarray:
    """What each rotary frequency is divided by (Llama 3.1): 1 for short wavelengths, `factor` for long ones, between them
    a smooth passage."""
    rope, dim = config.rope, int(config.head_dim * config.rope.get("partial_rotary_factor", 1))
    original = rope["original_max_position_embeddings"]
    shortest, longest = original / rope["high_freq_factor"], original / rope["low_freq_factor"]
    wavelengths = 2 * np.pi * rope["rope_theta"] ** (np.arange(0, dim, 2) / dim)
    smooth = (original / wavelengths - rope["low_freq_factor"]) / (rope["high_freq_factor"] - rope["low_freq_factor"])
    between = 1 / ((1 - smooth) / rope["factor"] + smooth)
    return np.where(wavelengths < shortest, 1, np.where(wavelengths > longest, rope["factor"], between)).astype(np.float32)


def base_metadata(writer: gguf.GGUFWriter, config: Config) -> None:
    """What the converter writes for every text model, from whichever spelling the configuration has."""
    writer.add_block_count(config.layers)
    writer.add_vocab_size(config["vocab_size"])
    writer.add_embedding_length(config.dim)
    writer.add_context_length(config.context or 2**20)
    writer.add_feed_forward_length((config.first("intermediate_size", "n_inner", "ffn_dim", "ffn_hidden_size") or 4 * config.dim) if config.heads else 0)
    writer.add_head_count(config.heads or 0)
    if config.first("num_key_value_heads", "n_kv_heads"):
        writer.add_head_count_kv(config.kv_heads)
    if config.get("head_dim"):
        writer.add_key_length(config.head_dim)
        writer.add_value_length(config.head_dim)
    if (epsilon := config.first("rms_norm_eps", "norm_eps")) is not None:
        writer.add_layer_norm_rms_eps(epsilon)
    if (epsilon := config.first("layer_norm_eps", "layer_norm_epsilon", "norm_epsilon")) is not None:
        writer.add_layer_norm_eps(epsilon)
    base_rope(writer, config)


def base_rope(writer: gguf.GGUFWriter, config: Config) -> None:
    rope = config.rope
    if rope["rope_theta"] is not None:
        writer.add_rope_freq_base(rope["rope_theta"])
    local = (config.get("rope_parameters") or {}).get("sliding_attention", {}).get("rope_theta", config.get("rope_local_base_freq"))
    if local is not None:
        writer.add_rope_freq_base_swa(local)
    if rope["rope_type"] == "linear":
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(rope["factor"])
    if rope["rope_type"] in ("su", "longrope"):
        original = config.original_context
        scale = rope.get("factor") or config.context / original
        standard = math.sqrt(1 + math.log(scale) / math.log(original)) if scale > 1 else 1.0
        writer.add_rope_scaling_type(gguf.RopeScalingType.LONGROPE)
        writer.add_rope_scaling_orig_ctx_len(original)
        writer.add_rope_scaling_attn_factors(rope.get("attention_factor") or standard)
    if rope["rope_type"] == "yarn":
        writer.add_rope_scaling_type(gguf.RopeScalingType.YARN)
        writer.add_rope_scaling_factor(rope["factor"])
        writer.add_rope_scaling_orig_ctx_len(rope["original_max_position_embeddings"])
        for key, add in (("attention_factor", writer.add_rope_scaling_yarn_attn_factor), ("beta_fast", writer.add_rope_scaling_yarn_beta_fast),
                         ("beta_slow", writer.add_rope_scaling_yarn_beta_slow)):
            if rope.get(key) is not None:
                add(rope[key])


def read_config(folder: pathlib.Path) -> Config:
    return Config(json.loads((folder / "config.json").read_text()))


def write_twin(folder: pathlib.Path, family: Family, path: pathlib.Path, *, folded: bool = False, tensors_a_part: int = 0) -> pathlib.Path:
    """Writes `path` and returns the file to open, which is the first part when the model is split."""
    config = read_config(folder)
    writer = gguf.GGUFWriter(path, family.architecture(config), split_max_tensors=tensors_a_part)
    base_metadata(writer, config)
    family.metadata(writer, config)
    names = gguf.get_tensor_name_map({name: arch for arch, name in gguf.MODEL_ARCH_NAMES.items()}[family.architecture(config)], max(config.layers, config.get("num_decoder_layers") or 0))
    stored = safetensors.numpy.load_file(folder / "model.safetensors")
    for hf_name in sorted(stored):
        for name, values in family.tensor(hf_name, stored[hf_name], config):
            target = names.get_name(name, try_suffixes=(".weight", ".bias"))
            if target is None:
                raise SystemExit(f"{folder}: the gguf package has no name for {name}")
            if folded:
                values = family.fold(target, values, config)
            writer.add_tensor(target, np.ascontiguousarray(values))
    for target, values in (*rotary_factors(config), *family.extra(config)):
        writer.add_tensor(target, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return sorted(path.parent.glob(f"{path.stem}-00001-of-*.gguf"))[0] if tensors_a_part else path
