#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""record_llm.py [--gradients] FOLDER...: records what transformers computes of a tiny checkpoint, for `vitrine-cli verify`.

A FOLDER that has only a config.json gets random weights first: matrices of deviation 1.3/sqrt(inputs), biases of 0.25, norm weights 0.25
around where they begin, so that mistakes show. Written beside them, all in float32 on one thread:
  reference.safetensors             one prompt: logits, hidden states, attention, routing, states
  reference_pad_left.safetensors    two of different lengths (pad_right for encoders and encoder-decoders), zero where there is padding
  reference_grad.safetensors        with --gradients: the loss and the gradient of every stored parameter
  reference.json                    the cases, the tolerance (20 times the distance to the same in float64), the greedy continuation

The checkpoints of llm/ and llm_variants/ were recorded with torch 2.15.0, transformers 5.23.0 and safetensors 0.8.0, which it needs; not run by the tests.
"""

import copy
import inspect
import json
import pathlib
import sys
import tempfile

import torch
import transformers
from safetensors.torch import load_file, save_file

LENGTH, ANSWER, PADDED, PADDING, NEW_TOKENS = 14, 9, 13, 5, 24
NOT_PADDED = {"rwkv", "recurrent_gemma", "marian"}  # the library has no padded case of these
WITHOUT_ATTENTION = {"mamba", "mamba2", "falcon_mamba", "rwkv"}
STATES = {"conv_states": "final_conv_states", "recurrent_states": "final_recurrent_states"}
RWKV_STATES = ("state.ffn_shift", "state.att_shift", "state.num", "state.den", "state.max")


def model_class(config):
    if config.is_encoder_decoder:
        return transformers.AutoModelForSeq2SeqLM
    masked = any("MaskedLM" in name for name in config.architectures or ()) or config.model_type in ("bert", "roberta", "xlm-roberta", "distilbert", "electra")
    return transformers.AutoModelForMaskedLM if masked else transformers.AutoModelForCausalLM


def randomize(model, seed):
    generator = torch.Generator().manual_seed(seed)
    modules = dict(model.named_modules())
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            owner = modules[name.rsplit(".", 1)[0]]
            if name.endswith("bias"):
                parameter.copy_(0.25 * noise)
            elif isinstance(owner, torch.nn.Embedding):
                parameter.copy_(0.5 * noise)
            elif parameter.dim() < 2 or name.endswith("A_log") or "time_" in name:
                parameter.add_(0.25 * noise)
            else:
                inputs = parameter.shape[0] if type(owner).__name__ == "Conv1D" else parameter.shape[-1]
                parameter.copy_(1.3 / inputs**0.5 * noise)
    model.tie_weights()


class Recorder:
    def __init__(self, folder):
        self.folder = folder
        self.config = transformers.AutoConfig.from_pretrained(folder)
        self.kind = model_class(self.config)
        self.answers = self.config.is_encoder_decoder
        self.causal = self.kind is transformers.AutoModelForCausalLM
        self.cases = {}
        if not (folder / "model.safetensors").exists():
            model = self.kind.from_config(self.config, dtype=torch.float32)
            randomize(model, seed=sum(folder.name.encode()))
            model.save_pretrained(folder)
        self.generator = torch.Generator().manual_seed(1)

    def load(self):
        return self.kind.from_pretrained(self.folder, attn_implementation="eager", experts_implementation="eager", dtype=torch.float32).eval()

    def tokens(self, *shape):
        return torch.randint(4, self.config.vocab_size, shape, generator=self.generator)

    def answer(self, rows):
        ids = self.tokens(rows, ANSWER)
        ids[:, 0] = self.config.decoder_start_token_id
        return ids

    def inputs(self, ids, mask=None):
        given = {"input_ids": ids}
        accepted = inspect.signature(self.kind.from_config(self.config).forward).parameters
        if mask is not None:
            given["attention_mask"] = mask
            if self.causal and "position_ids" in accepted:
                given["position_ids"] = (mask.cumsum(-1) - 1).clamp(min=0)
        if "token_type_ids" in accepted and getattr(self.config, "type_vocab_size", 0) > 1:
            given["token_type_ids"] = torch.randint(0, self.config.type_vocab_size, ids.shape, generator=self.generator)
        if self.answers:
            given["decoder_input_ids"] = self.answer(len(ids))
        return given

    def case(self, name, given):
        file = "reference.safetensors" if name == "main" else f"reference_{name}.safetensors"
        tensors = {**given, **self.outputs(given)}
        save_file({key: value.detach().contiguous().clone() for key, value in tensors.items()}, self.folder / file)
        self.cases[name] = {"file": file}
        return tensors

    def outputs(self, given):
        model, routing, hooks = self.load(), {}, []
        for name, module in model.named_modules():
            if type(module).__name__.endswith(("Router", "Gate")) and "layers." in name:
                layer = int(name.split("layers.")[1].split(".")[0])
                hooks.append(module.register_forward_hook(lambda module, inputs, output, layer=layer: routing.__setitem__(layer, output)))
        asked = {"output_hidden_states": True} | ({} if self.config.model_type in WITHOUT_ATTENTION else {"output_attentions": True})
        if self.causal:
            asked["use_cache"] = True
        with torch.no_grad():
            out = model(**given, **asked)
        real = given.get("attention_mask", torch.ones_like(given["input_ids"]))
        if self.answers:
            return self.encoder_decoder_outputs(out, real)
        found = {"logits": rows(out.logits, real)}
        found |= {f"hidden_states.{i}": rows(state, real) for i, state in enumerate(out.hidden_states)}
        found |= {f"attentions.{i}": heads(attention, real) for i, attention in self.attentions(out)}
        found |= states(out) | routes(routing, real)
        return found

    def encoder_decoder_outputs(self, out, real):
        found = {"logits": out.logits, "encoder_last_hidden_state": rows(out.encoder_last_hidden_state, real)}
        for i, state in enumerate(out.encoder_hidden_states):
            found[f"encoder_hidden_states.{i}"] = rows(state, real)
        for i, attention in enumerate(out.encoder_attentions):
            found[f"encoder_attentions.{i}"] = heads(attention, real)
        for name in ("decoder_hidden_states", "decoder_attentions", "cross_attentions"):
            found |= {f"{name}.{i}": value for i, value in enumerate(getattr(out, name))}
        return found

    def attentions(self, out):
        """With the layers they belong to, where not every layer has one."""
        recorded = list(getattr(out, "attentions", None) or ())
        if len(recorded) == len(out.hidden_states) - 1:
            return [(i, attention) for i, attention in enumerate(recorded) if torch.is_tensor(attention)]
        kinds = getattr(self.config, "layers_block_type", None) or getattr(self.config, "layer_types", None) or ()
        layers = [i for i, kind in enumerate(kinds) if kind in ("full_attention", "sliding_attention", "attention", "hybrid")]
        return list(zip(layers, recorded)) if len(layers) == len(recorded) else []

    def tolerance(self, given, logits):
        with torch.no_grad():
            exact = copy.deepcopy(self.load()).double()(**given).logits
        return max(2e-5, 20 * float((exact - logits).abs().max()), 2e-6 * float(logits.abs().max()))

    def greedy(self, given, tolerance):
        """None where two candidates lie so near that rounding may decide."""
        model, ids = self.load(), given["decoder_input_ids"][:, :1] if self.answers else given["input_ids"]
        begin, gap = ids.shape[1], float("inf")
        with torch.no_grad():
            for _ in range(NEW_TOKENS):
                out = model(given["input_ids"], decoder_input_ids=ids, use_cache=False) if self.answers else model(ids, use_cache=False)
                first, second = out.logits[0, -1].topk(2).values
                gap = min(gap, float(first - second))
                ids = torch.cat([ids, out.logits[:, -1:].argmax(-1)], 1)
            found = {"ids_full_recompute": ids[0, begin:].tolist(), "min_top1_top2_gap": gap}
            if not self.answers:
                cached = self.load().generate(given["input_ids"], attention_mask=torch.ones_like(given["input_ids"]), do_sample=False,
                                              max_new_tokens=NEW_TOKENS, eos_token_id=None, pad_token_id=0)
                found["ids_generate"] = cached[0, begin:].tolist()
        return found if gap > 4 * tolerance else None

    def gradients(self, given):
        """Under the names of model.safetensors: the gradients take the place of the parameters, and are saved as those would be."""
        model = self.load()
        labels = (given["decoder_input_ids"] if self.answers else given["input_ids"]).clone()
        labels[torch.rand(labels.shape, generator=self.generator) < 0.25] = -100
        out = model(**given, labels=labels)
        out.loss.backward()
        tensors = {**given, "labels": labels, "loss": out.loss.detach().reshape(1)}
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.data = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad.clone()
            for buffer in model.buffers():
                if buffer.is_floating_point():
                    buffer.zero_()
        with tempfile.TemporaryDirectory() as scratch:
            model.save_pretrained(scratch)
            saved = load_file(pathlib.Path(scratch) / "model.safetensors")
        tensors |= {f"grad.{name}": value.float().contiguous() for name, value in saved.items()}
        save_file(tensors, self.folder / "reference_grad.safetensors")
        return {"loss": float(out.loss)}

    def record(self, with_gradients):
        main = self.inputs(self.tokens(1, LENGTH))
        recorded = self.case("main", main)
        tolerance = self.tolerance(main, recorded["logits"])
        if self.config.model_type not in NOT_PADDED:
            mask = torch.ones(2, PADDED, dtype=torch.int64)
            mask[1, slice(0, PADDING) if self.causal else slice(PADDED - PADDING, None)] = 0
            ids = self.tokens(2, PADDED)
            ids[mask == 0] = self.config.pad_token_id or 0
            self.case("pad_left" if self.causal else "pad_right", self.inputs(ids, mask))
        reference = {"fixture": self.folder.name, "model_type": self.config.model_type, "transformers": transformers.__version__,
                     "torch": torch.__version__.split("+")[0], "tolerance_logits_abs_suggested": tolerance, "cases": self.cases}
        if self.causal or self.answers:
            greedy = self.greedy(main, tolerance)
            reference |= {"greedy": greedy} if greedy else {}
        if with_gradients:
            reference["grad"] = self.gradients(main)
        (self.folder / "reference.json").write_text(json.dumps(reference, indent=1) + "\n")
        print(f"{self.folder.name}: {', '.join(self.cases)}, tolerance {tolerance:.1e}")


def rows(values, real):
    return torch.nan_to_num(values) * real[..., None]


def heads(attention, real):
    return torch.nan_to_num(attention) * real[:, None, :, None]


def states(out):
    cache = getattr(out, "past_key_values", None) or getattr(out, "cache_params", None)
    found = {}
    for i, layer in enumerate(getattr(cache, "layers", None) or ()):
        for attribute, name in STATES.items():
            state = getattr(layer, attribute, None)
            state = state.get(0) if isinstance(state, dict) else state
            if torch.is_tensor(state):
                found[f"{name}.{i}"] = state
    return found | dict(zip(RWKV_STATES, getattr(out, "state", None) or ()))


def routes(routing, real):
    """Of routers that give logits, weights and ids: the chosen ones, largest weight first."""
    found = {}
    for layer, output in routing.items():
        if not isinstance(output, tuple) or len(output) != 3:
            continue
        logits, weights, ids = output
        weights = weights if weights.shape == ids.shape else weights.gather(-1, ids)
        weights, order = torch.sort(weights, dim=-1, descending=True, stable=True)
        for name, value in (("logits", logits), ("topk_weight", weights), ("topk_index", ids.gather(-1, order))):
            found[f"router_{name}.{layer}"] = value.reshape(*real.shape, -1) * real[..., None]
    return found


def main():
    folders = [pathlib.Path(word) for word in sys.argv[1:] if word != "--gradients"]
    if not folders:
        sys.exit(__doc__)
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    for folder in folders:
        Recorder(folder).record("--gradients" in sys.argv)


if __name__ == "__main__":
    main()
