#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""write_folders.py OUT [NAME...]: writes OUT/NAME for every packed layout or those named, a tiny Llama each, and what transformers computes from it.

The packers are the original ones on a CPU: AutoAWQ 0.2.9 (WQLinear_GEMM, dequantize_gemm), AutoGPTQ 0.7.1 (QuantLinear.pack and
its forward on an identity), bitsandbytes 0.50.2 (quantize_4bit, dequantize_4bit), compressed-tensors 0.20.0 (its compressors, which decompress as well). FP8 has none that runs on a CPU: values are
torch.float8_e4m3fn, scales as DeepSeek-V3 (inference/fp8_cast_bf16.py) and fbgemm_fp8 of transformers store them. The recorded
logits are those of LlamaForCausalLM in float32 with the dequantized weights. requirements.txt says what it needs; not run by the tests.
"""

import importlib.machinery
import importlib.util
import json
import pathlib
import sys
import types

import torch
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM

GROUP = 32
LINEAR = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


def config(method):
    """bitsandbytes' dequantize_4bit on a CPU is right only where a row is whole blocks of 64."""
    return LlamaConfig(vocab_size=64, hidden_size=64, intermediate_size=192 if method == "bitsandbytes" else 160, num_hidden_layers=1, num_attention_heads=4,
                       num_key_value_heads=2, max_position_embeddings=64, bos_token_id=1, eos_token_id=2,
                       tie_word_embeddings=False)


def module_of(package, path):
    """A file of a package without the package itself, whose own imports want other versions."""
    folder = pathlib.Path(importlib.machinery.PathFinder.find_spec(package).submodule_search_locations[0])
    spec = importlib.util.spec_from_file_location(path.replace("/", "_"), folder / f"{path}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def linear_of(weight):
    linear = torch.nn.Linear(weight.shape[1], weight.shape[0], bias=False)
    linear.weight.data = weight.clone()
    return linear


def grid(weight, bits, symmetric, group_of):
    """Scales and zero points [out, groups] of each row's groups."""
    groups = int(group_of.max()) + 1
    scales, zeros = torch.zeros(weight.shape[0], groups), torch.zeros(weight.shape[0], groups)
    top = 2**bits - 1
    for g in range(groups):
        part = weight[:, group_of == g]
        low, high = part.amin(1).clamp(max=-1e-3), part.amax(1).clamp(min=1e-3)
        if symmetric:
            high = torch.maximum(high, -low)
            low = -high
        scales[:, g] = ((high - low) / top).half().float()
        zeros[:, g] = 2 ** (bits - 1) if symmetric else torch.round(-low / scales[:, g]).clamp(1, top)
    return scales, zeros


def clipped(weight, scales, zeros, bits, group_of):
    """The weight with its codes kept in range, which the packers take for granted."""
    s, z = scales[:, group_of], zeros[:, group_of]
    return (torch.round(weight / s + z).clamp(0, 2**bits - 1) - z) * s


def awq():
    for name in ("datasets", "awq.utils.module", "awq.utils.utils"):
        sys.modules.setdefault(name, types.ModuleType(name))
    sys.modules["awq.utils.module"].try_import = lambda name: (None, "no extension")
    sys.modules["awq.utils.utils"].get_best_device = lambda: "cpu"
    packing = module_of("awq", "utils/packing_utils")
    sys.modules["awq.utils.packing_utils"] = packing
    gemm = module_of("awq", "modules/linear/gemm")

    def pack(name, weight):
        if name.endswith("o_proj"):
            return {"weight": weight.half()}, weight.half()
        group_of = torch.arange(weight.shape[1]) // GROUP
        scales, zeros = grid(weight, 4, False, group_of)
        layer = gemm.WQLinear_GEMM.from_linear(linear_of(clipped(weight, scales, zeros, 4, group_of)), 4, GROUP,
                                               scales=scales.t().contiguous(), zeros=zeros.t().contiguous())
        stored = {"qweight": layer.qweight, "qzeros": layer.qzeros, "scales": layer.scales}
        return stored, packing.dequantize_gemm(layer.qweight, layer.qzeros, layer.scales, 4, GROUP).t()

    return pack, {"quant_method": "awq", "bits": 4, "group_size": GROUP, "version": "gemm", "zero_point": True,
                  "modules_to_not_convert": ["o_proj"]}


def gptq(bits, symmetric, desc_act=False, v2=False):
    qlinear = module_of("auto_gptq", "nn_modules/qlinear/qlinear_cuda")

    def pack(name, weight):
        group_of = torch.arange(weight.shape[1]) // GROUP
        if desc_act:
            group_of = group_of[torch.randperm(len(group_of))]
        scales, zeros = grid(weight, bits, symmetric, group_of)
        layers = []
        for zero in (zeros, zeros + 1)[: 2 if v2 else 1]:
            layer = qlinear.QuantLinear(bits, GROUP, weight.shape[1], weight.shape[0], False)
            codes = clipped(weight, scales, zeros, bits, group_of)
            if zero is not zeros:  # pack() subtracts one; the layout "gptq_v2" stores the zero point itself
                codes = codes - scales[:, group_of]
            layer.pack(linear_of(codes), scales, zero.clone(), group_of.to(torch.int32))
            layers.append(layer)
        layer, first = layers[-1], layers[0]
        if v2:
            assert torch.equal(layer.qweight, first.qweight) and not torch.equal(layer.qzeros, first.qzeros)
        first.scales = first.scales.half()
        dense = first(torch.eye(weight.shape[1], dtype=torch.float16)).t()
        return {"qweight": layer.qweight, "qzeros": layer.qzeros, "scales": layer.scales.half(), "g_idx": layer.g_idx}, dense

    return pack, {"quant_method": "gptq", "bits": bits, "group_size": GROUP, "desc_act": desc_act, "sym": symmetric,
                  "checkpoint_format": "gptq_v2" if v2 else "gptq"}


def bitsandbytes(kind, nested, dtype):
    import bitsandbytes.functional as F

    def pack(name, weight):
        codes, state = F.quantize_4bit(weight.to(dtype), quant_type=kind, compress_statistics=nested, blocksize=64)
        stored = {"weight": codes} | {f"weight.{key}": value for key, value in state.as_dict(packed=True).items()}
        return stored, F.dequantize_4bit(codes, state)

    return pack, {"quant_method": "bitsandbytes", "load_in_4bit": True, "load_in_8bit": False, "bnb_4bit_quant_type": kind,
                  "bnb_4bit_use_double_quant": nested, "llm_int8_skip_modules": ["lm_head"]}


def fp8(rows, columns, key, settings):
    """A scale for each block; None: the whole axis."""

    def pack(name, weight):
        h, w = rows or weight.shape[0], columns or weight.shape[1]
        down, across = -(-weight.shape[0] // h), -(-weight.shape[1] // w)
        scales = torch.zeros(down, across)
        for r in range(down):
            for c in range(across):
                scales[r, c] = weight[r * h:(r + 1) * h, c * w:(c + 1) * w].abs().max() / 448
        wide = scales.repeat_interleave(h, 0)[: weight.shape[0]].repeat_interleave(w, 1)[:, : weight.shape[1]]
        codes = (weight / wide).to(torch.float8_e4m3fn)
        dense = (codes.float() * wide).to(torch.bfloat16)
        return {"weight": codes, key: scales if rows else scales.reshape(())}, dense

    return pack, settings | {"modules_to_not_convert": ["lm_head"]}


def compressed(form, **arguments):
    """compressed-tensors' own compressor of the format `form`, scales and zero points by its calculate_qparams."""
    from compressed_tensors.compressors.base import BaseCompressor
    from compressed_tensors.quantization import QuantizationArgs, QuantizationScheme
    from compressed_tensors.quantization.utils import calculate_qparams

    args = QuantizationArgs(**arguments)
    scheme = QuantizationScheme(targets=["Linear"], weights=args)
    compressor = BaseCompressor.get_value_from_registry(form)

    def parts(weight):
        """The runs of values that share a scale, along the last axis."""
        if args.strategy == "block":
            h, w = args.block_structure
            return weight.reshape(weight.shape[0] // h, h, weight.shape[1] // w, w).transpose(1, 2).flatten(2)
        return weight.unflatten(1, (-1, args.group_size or weight.shape[1]))

    def pack(name, weight):
        runs = parts(weight)
        scale, zero = calculate_qparams(runs.amin(-1), runs.amax(-1), args)
        state = {"weight": weight.bfloat16(), "weight_scale": scale.bfloat16(), "weight_zero_point": zero}
        stored = compressor.compress(state, scheme)
        return stored, compressor.decompress(dict(stored), scheme)["weight"]

    return pack, {"quant_method": "compressed-tensors", "format": form, "ignore": ["lm_head"], "quantization_status": "compressed",
                  "config_groups": {"group_0": {"targets": ["Linear"], "weights": args.model_dump(mode="json")}}}


FOLDERS = {
    "awq": (awq, torch.float16),
    "gptq_2bit": (lambda: gptq(2, False), torch.float16),
    "gptq_3bit": (lambda: gptq(3, False), torch.float16),
    "gptq_4bit_desc_act": (lambda: gptq(4, False, desc_act=True), torch.float16),
    "gptq_4bit_v2": (lambda: gptq(4, False, v2=True), torch.float16),
    "gptq_8bit": (lambda: gptq(8, True), torch.float16),
    "bnb_nf4_double": (lambda: bitsandbytes("nf4", True, torch.bfloat16), torch.bfloat16),
    "bnb_fp4": (lambda: bitsandbytes("fp4", False, torch.float16), torch.float16),
    "fp8_block": (lambda: fp8(128, 128, "weight_scale_inv", {"quant_method": "fp8", "activation_scheme": "dynamic",
                                                            "weight_block_size": [128, 128]}), torch.bfloat16),
    "fp8_block_partial": (lambda: fp8(24, 48, "weight_scale_inv", {"quant_method": "fp8", "activation_scheme": "dynamic",
                                                                  "weight_block_size": [24, 48]}), torch.bfloat16),
    "fp8_tensor": (lambda: fp8(None, None, "weight_scale", {"quant_method": "fp8", "activation_scheme": "static",
                                                           "weight_block_size": None}), torch.bfloat16),
    "fp8_row": (lambda: fp8(1, None, "weight_scale", {"quant_method": "fbgemm_fp8"}), torch.bfloat16),
    "ct_int4_group": (lambda: compressed("pack-quantized", num_bits=4, symmetric=True, strategy="group", group_size=GROUP), torch.bfloat16),
    "ct_int4_zero_points": (lambda: compressed("pack-quantized", num_bits=4, symmetric=False, strategy="group", group_size=GROUP), torch.bfloat16),
    "ct_int8_packed": (lambda: compressed("pack-quantized", num_bits=8, symmetric=True, strategy="channel"), torch.bfloat16),
    "ct_int8": (lambda: compressed("int-quantized", num_bits=8, symmetric=True, strategy="channel"), torch.bfloat16),
    "ct_fp8_row": (lambda: compressed("float-quantized", num_bits=8, type="float", symmetric=True, strategy="channel"), torch.bfloat16),
    "ct_fp8_block": (lambda: compressed("float-quantized", num_bits=8, type="float", symmetric=True, strategy="block",
                                        block_structure=[32, 16]), torch.bfloat16),
}


def greedy(model, ids, count):
    for _ in range(count):
        ids = torch.cat([ids, model(ids).logits[:, -1:].argmax(-1)], 1)
    return ids[0, -count:].tolist()


@torch.no_grad()
def write(folder, make, dtype, seed):
    torch.manual_seed(seed)
    pack, settings = make()
    model = LlamaForCausalLM(config(settings["quant_method"])).float().eval()
    for parameter in model.parameters():
        parameter.normal_(0, 0.15) if parameter.dim() == 2 else parameter.uniform_(0.5, 1.5)
        parameter.copy_(parameter.to(dtype))
    stored = {}
    for name, parameter in model.state_dict().items():
        module = name.removesuffix(".weight")
        if module.endswith(LINEAR):
            parts, dense = pack(module, parameter)
            stored |= {f"{module}.{key}": value.contiguous() for key, value in parts.items()}
            assert (dense.float() - parameter).abs().mean() < 0.25 * parameter.abs().mean() * (4 if "2bit" in folder.name else 1)
            parameter.copy_(dense)
        else:
            stored[name] = parameter.to(dtype).clone()
    folder.mkdir(parents=True, exist_ok=True)
    save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})
    written = model.config.to_dict() | {"dtype": str(dtype).removeprefix("torch."), "architectures": ["LlamaForCausalLM"],
                                        "quantization_config": settings}
    (folder / "config.json").write_text(json.dumps(written, indent=1, sort_keys=True) + "\n")
    ids = torch.randint(3, 64, (1, 12))
    out = model(ids, output_hidden_states=True)
    recorded = {"input_ids": ids, "logits": out.logits}
    recorded |= {f"hidden_states.{i}": state.contiguous() for i, state in enumerate(out.hidden_states)}
    save_file(recorded, folder / "reference.safetensors")
    exact = model.double()(ids).logits.float()
    difference = float((exact - out.logits).abs().max())
    model.float()
    reference = {"fixture": folder.name, "model_type": "llama", "cases": {"main": {"file": "reference.safetensors"}},
                 "float64_max_abs_diff_logits": difference, "tolerance_logits_abs_suggested": max(2e-5, 10 * difference),
                 "greedy": {"new_tokens": 12, "ids_full_recompute": greedy(model, ids, 12)}}
    (folder / "reference.json").write_text(json.dumps(reference, indent=1) + "\n")
    print(folder.name, sum(f.stat().st_size for f in folder.iterdir()), "bytes, float64 difference", difference)


if __name__ == "__main__":
    for seed, (name, (make, dtype)) in enumerate(FOLDERS.items()):
        if name in (sys.argv[2:] or FOLDERS):
            write(pathlib.Path(sys.argv[1]) / name, make, dtype, seed)
