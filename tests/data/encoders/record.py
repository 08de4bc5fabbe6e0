#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the tiny random checkpoints of this folder, each with a tokenizer, and records in golden.json what transformers and
sentence-transformers say of them: masked tokens, replaced tokens, vectors of texts, greedy and beam answers.

Run in this folder with torch, transformers 5, tokenizers, safetensors and sentence-transformers 6 installed.
"""
import json
import shutil
from pathlib import Path

import torch
import transformers as tf
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = Path(__file__).resolve().parent
CORPUS = """the cat sat on the mat and the dog ran to the river while the sun was low over the hills
a small boat came down the river with three men and a bag of old letters for the town
she wrote the letters in the morning and read them in the evening by the light of a lamp
한국어 문장도 하나 있어야 합니다 그리고 고양이는 강가에서 잠을 잡니다
when the rain stopped the children ran out to the garden and found a bird under the apple tree
paris is the capital of france and berlin is the capital of germany
""".splitlines()
TEXTS = ["the cat sat on the mat", "a dog ran to the river", "paris is the capital of france", "고양이는 강가에서 잠을 잡니다",
         "she read the letters by the light of a lamp and then the rain stopped and the children ran out to the garden"]


def special(cls, sep, ids):
    return processors.TemplateProcessing(single=f"{cls} $A {sep}", pair=f"{cls} $A {sep} $B:1 {sep}:1", special_tokens=[(t, ids[t]) for t in (cls, sep)])


def wordpiece():
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tok = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tok.normalizer = normalizers.BertNormalizer(lowercase=True)
    tok.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tok.train_from_iterator(CORPUS, trainers.WordPieceTrainer(vocab_size=220, special_tokens=names))
    tok.post_processor = special("[CLS]", "[SEP]", {t: tok.token_to_id(t) for t in names})
    tok.decoder = decoders.WordPiece()
    return tf.PreTrainedTokenizerFast(tokenizer_object=tok, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]")


def byte_bpe(bos, eos, mask):
    names = [bos, "<pad>", eos, "<unk>", mask]
    tok = Tokenizer(models.BPE())
    tok.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tok.train_from_iterator(CORPUS, trainers.BpeTrainer(vocab_size=330, special_tokens=names, initial_alphabet=sorted(alphabet)))
    tok.post_processor = special(bos, eos, {t: tok.token_to_id(t) for t in names})
    tok.decoder = decoders.ByteLevel()
    return tf.PreTrainedTokenizerFast(tokenizer_object=tok, bos_token=bos, eos_token=eos, cls_token=bos, sep_token=eos, pad_token="<pad>", unk_token="<unk>", mask_token=mask)


def unigram(names, template, **roles):
    tok = Tokenizer(models.Unigram())
    tok.pre_tokenizer = pre_tokenizers.Metaspace()
    tok.train_from_iterator(CORPUS, trainers.UnigramTrainer(vocab_size=200, special_tokens=names, unk_token="<unk>"))
    tok.post_processor = processors.TemplateProcessing(single=template, special_tokens=[(n, tok.token_to_id(n)) for n in names])
    tok.decoder = decoders.Metaspace()
    return tf.PreTrainedTokenizerFast(tokenizer_object=tok, unk_token="<unk>", **roles)


def save(name, model, tok, generation=None):
    """Weights large enough that the tokens' order is no matter of rounding."""
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    with torch.no_grad():
        fixed = {id(m.weight) for m in model.modules() if "Sinusoidal" in type(m).__name__}  # computed anew when the folder is read
        for key, weight in model.named_parameters():
            if id(weight) in fixed:
                continue
            if weight.dim() > 1:
                weight.normal_(0, 1.4 / weight.shape[-1] ** 0.5)
            elif "bias" in key:
                weight.normal_(0, 0.1)
    for key, buffer in model.named_buffers():
        if key.endswith("final_logits_bias"):
            buffer.normal_(0, 0.3)
    model.eval()
    if generation:
        for key, value in generation.items():
            setattr(model.generation_config, key, value)
    model.save_pretrained(folder)
    tok.save_pretrained(folder)
    return model, tok


def small(tok, **more):
    return dict(vocab_size=len(tok), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48, max_position_embeddings=64,
                pad_token_id=tok.pad_token_id, **more)


def masked_models():
    wp, bpe = wordpiece(), byte_bpe("<s>", "</s>", "<mask>")
    uni = unigram(["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"], "[CLS] $A [SEP]", pad_token="<pad>", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]")
    yield "bert", tf.BertForMaskedLM(tf.BertConfig(**small(wp))), wp
    yield "roberta", tf.RobertaForMaskedLM(tf.RobertaConfig(**{**small(bpe), "max_position_embeddings": 66})), bpe
    yield "distilbert", tf.DistilBertForMaskedLM(tf.DistilBertConfig(vocab_size=len(wp), dim=32, n_layers=2, n_heads=4, hidden_dim=48, max_position_embeddings=64)), wp
    yield "modernbert", tf.ModernBertForMaskedLM(tf.ModernBertConfig(**small(bpe), local_attention=8, bos_token_id=0, eos_token_id=2, cls_token_id=0, sep_token_id=2)), bpe
    yield "albert", tf.AlbertForMaskedLM(tf.AlbertConfig(**small(uni), embedding_size=24)), uni
    yield "electra", tf.ElectraForMaskedLM(tf.ElectraConfig(**small(wp), embedding_size=24)), wp


def fill_cases(model, tok):
    cases = []
    for text in [f"the {tok.mask_token} sat on the mat", f"{tok.mask_token} is the capital of {tok.mask_token}"]:
        enc = tok(text, return_tensors="pt", return_token_type_ids=False)
        logits = model(**enc).logits[0].double()
        masks = []
        for position in (enc.input_ids[0] == tok.mask_token_id).nonzero().flatten().tolist():
            values, ids = logits[position].softmax(-1).topk(5)
            masks.append({"position": position, "ids": ids.tolist(), "probabilities": values.tolist()})
        cases.append({"text": text, "ids": enc.input_ids[0].tolist(), "masks": masks})
    return cases


def seq2seq_models():
    t5 = unigram(["<pad>", "</s>", "<unk>"], "$A </s>", pad_token="<pad>", eos_token="</s>")
    yield ("t5", tf.T5ForConditionalGeneration(tf.T5Config(vocab_size=len(t5), d_model=32, d_kv=8, d_ff=48, num_layers=2, num_heads=4, decoder_start_token_id=0,
                                                           pad_token_id=0, eos_token_id=1)), t5,
           dict(num_beams=4, length_penalty=0.6, early_stopping=True, no_repeat_ngram_size=2, min_length=6, max_length=20))
    bpe = byte_bpe("<s>", "</s>", "<mask>")
    bart = dict(vocab_size=len(bpe), d_model=32, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4, decoder_attention_heads=4, encoder_ffn_dim=48,
                decoder_ffn_dim=48, max_position_embeddings=64, pad_token_id=1, bos_token_id=0, eos_token_id=2)
    yield ("bart", tf.BartForConditionalGeneration(tf.BartConfig(**bart, decoder_start_token_id=2, forced_eos_token_id=2)), bpe,
           dict(num_beams=4, length_penalty=2.0, early_stopping=True, no_repeat_ngram_size=3, min_length=8, max_length=18, forced_bos_token_id=0, forced_eos_token_id=2))
    yield ("mbart", tf.MBartForConditionalGeneration(tf.MBartConfig(**bart, decoder_start_token_id=2)), bpe,
           dict(num_beams=3, length_penalty=-0.5, early_stopping="never", max_length=14, forced_bos_token_id=40, forced_eos_token_id=2))
    yield ("pegasus", tf.PegasusForConditionalGeneration(tf.PegasusConfig(**bart, decoder_start_token_id=1)), bpe,
           dict(num_beams=5, length_penalty=0.8, max_length=16, repetition_penalty=1.4, forced_eos_token_id=2))
    mar = unigram(["</s>", "<unk>", "<pad>"], "$A </s>", eos_token="</s>", pad_token="<pad>")
    marian = {**bart, "vocab_size": len(mar), "pad_token_id": 2, "eos_token_id": 0, "bos_token_id": None}
    yield ("marian", tf.MarianMTModel(tf.MarianConfig(**marian, decoder_start_token_id=2)), mar,
           dict(num_beams=6, max_length=16, bad_words_ids=[[2]], forced_eos_token_id=0))


def generate_cases(model, tok):
    cases = []
    for text in TEXTS[:3]:
        enc = tok(text, return_tensors="pt", return_token_type_ids=False)
        for name, more in {"default": {}, "greedy": {"num_beams": 1, "length_penalty": 1.0, "early_stopping": False}}.items():
            out = model.generate(**enc, **more, return_dict_in_generate=True, output_scores=True)
            case = {"text": text, "source": enc.input_ids[0].tolist(), "name": name, "tokens": out.sequences[0, 1:].tolist(), "decoded": tok.decode(out.sequences[0], skip_special_tokens=True)}
            if name == "default":
                case["score"] = float(out.sequences_scores[0])
            cases.append(case)
    return cases


def sentence_models(tok):
    """Folders as sentence-transformers saves them: one set of weights, several ways to make a vector of a text."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer import modules

    root = HERE / "sentence_base"
    save("sentence_base", tf.BertModel(tf.BertConfig(**{**small(tok), "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 1}), add_pooling_layer=False), tok)
    kinds = {
        "sentence_mean": (["mean"], [], "cosine", {}),
        "sentence_cls": (["cls"], [("dense", 12, torch.nn.Identity())], "dot", {}),
        "sentence_many": (["max", "mean", "mean_sqrt_len_tokens"], [("dense", 10, torch.nn.Tanh()), ("norm", 10, None)], "euclidean", {}),
        "sentence_last": (["lasttoken"], [("normalize", 0, None)], "cosine", {}),
        "sentence_weighted": (["weightedmean"], [("layernorm", 16, None)], "manhattan", {"query": "the river and the rain "}),
    }
    cases = {}
    for name, (pooling, steps, measure, prompts) in kinds.items():
        transformer = modules.Transformer(str(root), max_seq_length=12)
        parts, width = [transformer, modules.Pooling(16, pooling_mode=tuple(pooling), include_prompt=not prompts)], 16 * len(pooling)
        for kind, size, activation in steps:
            if kind == "dense":
                parts.append(modules.Dense(width, size, activation_function=activation))
                width = size
            elif kind == "layernorm":
                norm = modules.LayerNorm(width)
                torch.nn.init.normal_(norm.norm.weight), torch.nn.init.normal_(norm.norm.bias)
                parts.append(norm)
            else:
                parts.append(modules.Normalize())
        model = SentenceTransformer(modules=parts, similarity_fn_name=measure, prompts=prompts, default_prompt_name="query" if prompts else None)
        shutil.rmtree(HERE / name, ignore_errors=True)
        model.save(str(HERE / name), create_model_card=False)
        model = SentenceTransformer(str(HERE / name), device="cpu").eval()
        vectors = model.encode(TEXTS, batch_size=1, convert_to_tensor=True)
        cases[name] = [{"texts": TEXTS, "vectors": vectors.tolist(), "similarity": model.similarity(vectors, vectors).tolist(), "measure": measure}]
    shutil.rmtree(root)
    return cases


@torch.no_grad()
def main():
    torch.manual_seed(11)
    golden = {"transformers": tf.__version__, "fill_mask": {}, "find_replaced": {}, "generate": {}, "embed": {}}
    for name, model, tok in masked_models():
        golden["fill_mask"][name] = fill_cases(*save(name, model, tok))
    wp = wordpiece()
    model, tok = save("electra_discriminator", tf.ElectraForPreTraining(tf.ElectraConfig(**small(wp), embedding_size=24)), wp)
    enc = tok(TEXTS[0], return_tensors="pt", return_token_type_ids=False)
    golden["find_replaced"]["electra_discriminator"] = [{"ids": enc.input_ids[0].tolist(), "probabilities": model(**enc).logits[0].double().sigmoid().tolist()}]
    for name, model, tok, generation in seq2seq_models():
        golden["generate"][name] = generate_cases(*save(name, model, tok, generation))
    golden["embed"] = sentence_models(wp)
    (HERE / "golden.json").write_text(json.dumps(golden, ensure_ascii=False, indent=None, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
