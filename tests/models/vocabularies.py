"""Vocabularies of RoBERTa's relatives, trained on the bundled sentences, in their files' shapes."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import tokenizers

import pipeline_widgets as pw

SPECIALS = ["<s>", "<pad>", "</s>", "<unk>"]
CAMEMBERT_SPECIALS = ["<s>NOTUSED", "<pad>", "</s>NOTUSED", "<unk>", "<unk>NOTUSED", "<s>", "</s>"]
MORE = ["Un très bon film, malheureusement trop long ; c'est dommage.", "The cat sat on the mat."]


def _corpus() -> list[str]:
    return [*(one.text for one in pw.sentences()), *MORE * 9]


@cache
def _sentence_pieces() -> tuple[str, list[tuple[str, float]]]:
    made = tokenizers.Tokenizer(tokenizers.models.Unigram())
    made.normalizer = tokenizers.normalizers.NFKC()
    made.pre_tokenizer = tokenizers.pre_tokenizers.Sequence(
        [
            tokenizers.pre_tokenizers.WhitespaceSplit(),
            tokenizers.pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always"),
        ]
    )
    trainer = tokenizers.trainers.UnigramTrainer(
        vocab_size=1500, special_tokens=["<unk>"], unk_token="<unk>", show_progress=False
    )
    made.train_from_iterator(_corpus(), trainer)
    pieces = [tuple(one) for one in json.loads(made.to_str())["model"]["vocab"]]
    return made.to_str(), [(piece, score) for piece, score in pieces if piece != "<unk>"]


def sentence_pieces(folder: Path, kind: str, *, by_class: bool = True) -> Path:
    """Unigram as XLM-RoBERTa's and CamemBERT's folders have it; or at tokenizer.json's word."""
    text, pieces = _sentence_pieces()
    first = CAMEMBERT_SPECIALS if kind == "camembert" else SPECIALS
    whole = [*((piece, 0.0) for piece in first), *pieces, ("<mask>", 0.0)]
    number = {piece: index for index, (piece, _) in enumerate(whole)}
    found = json.loads(text)
    found["model"] |= {"vocab": whole, "unk_id": number["<unk>"]}
    named = ["<s>", "<pad>", "</s>", "<unk>", "<mask>", *first]
    plain = {"single_word": False, "rstrip": False, "normalized": False, "special": True}
    found["added_tokens"] = [
        {"id": number[piece], "content": piece, "lstrip": piece == "<mask>"} | plain
        for piece in dict.fromkeys(named)
    ]
    made = tokenizers.Tokenizer.from_str(json.dumps(found))
    made.post_processor = tokenizers.processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[(piece, number[piece]) for piece in ("<s>", "</s>")],
    )
    folder.mkdir(parents=True, exist_ok=True)
    made.save(str(folder / "tokenizer.json"))
    title = {"xlm-roberta": "XLMRobertaTokenizer", "camembert": "CamembertTokenizer"}[kind]
    settings: dict[str, Any] = {"tokenizer_class": title if by_class else "PreTrainedTokenizerFast"}
    settings |= {"cls_token": "<s>", "sep_token": "</s>", "bos_token": "<s>", "eos_token": "</s>"}
    settings |= {"mask_token": "<mask>", "unk_token": "<unk>", "pad_token": "<pad>"}
    return _written(folder, kind, settings)


@cache
def _tweets() -> tuple[str, str]:
    """vocab.txt and bpe.codes, as fastBPE counts them."""
    made = tokenizers.Tokenizer(tokenizers.models.BPE(end_of_word_suffix="</w>"))
    made.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=1500, end_of_word_suffix="</w>", show_progress=False
    )
    made.train_from_iterator(_corpus(), trainer)
    model = json.loads(made.to_str())["model"]
    pieces = sorted(model["vocab"], key=model["vocab"].get)
    spelt = [p.removesuffix("</w>") if p.endswith("</w>") else f"{p}@@" for p in pieces]
    vocabulary = "".join(f"{piece} {9999 - index}\n" for index, piece in enumerate(spelt))
    merges = (one if isinstance(one, str) else " ".join(one) for one in model["merges"])
    return vocabulary, "".join(f"{one} {9999 - index}\n" for index, one in enumerate(merges))


def tweets(folder: Path, kind: str = "BertweetTokenizer") -> Path:
    """BERTweet's and PhoBERT's two files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in zip(("vocab.txt", "bpe.codes"), _tweets(), strict=True):
        (folder / name).write_text(text, "utf-8")
    return _written(folder, "roberta", {"tokenizer_class": kind})


def _written(folder: Path, kind: str, settings: dict[str, Any]) -> Path:
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), "utf-8")
    (folder / "config.json").write_text(json.dumps({"model_type": kind}), "utf-8")
    return folder
