"""Step 8: every figure that a card quotes, measured on the packed files."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer, PreTrainedTokenizerFast

from recipes import data, heads, live, measure, pack
from recipes.classify import encode, pad_id
from recipes.loop import Log, placed
from recipes.probes import PLAIN, PROBES
from recipes.transfer import Mini

SENTENCES = "sentences.csv"
TRACE_TEXT = "The waiter was kind and the soup was hot, but we had to wait for an hour outside."


def _score(
    model: Mini, words: PreTrainedTokenizerFast, texts: list[str], labels: list[int]
) -> dict[str, float]:
    share = measure.accuracy(model, encode(words, texts), labels, pad_id=pad_id(words))
    error = measure.standard_error(share, size=len(labels))
    return {"accuracy": share, "standard_error": round(error, 4), "size": len(labels)}


def _positive(model: Mini, words: PreTrainedTokenizerFast, texts: list[str]) -> list[float]:
    found = measure.logits(model, encode(words, texts), pad_id=pad_id(words))
    return [round(float(value), 3) for value in found.softmax(-1)[:, 1]]


def classifier(folder: Path, sentences: Path | None) -> dict[str, object]:
    """Probes, plain statements and our own held-out sentences, from the merged classifier."""
    model = placed(pack.float32(folder))
    words = AutoTokenizer.from_pretrained(folder / "encoder")
    answers = _positive(model, words, [text for text, _ in PROBES])
    found: dict[str, object] = {
        "probes": [
            {"text": text, "label": label, "positive": answer, "right": (answer > 0.5) == label}
            for (text, label), answer in zip(PROBES, answers, strict=True)
        ],
        "plain": dict(zip(PLAIN, _positive(model, words, PLAIN), strict=True)),
    }
    if sentences is not None:
        for split in ("held-out", "train"):
            rows = live.sentences(sentences, split=split)
            found[f"sentences {split}"] = _score(model, words, rows.texts, rows.labels)
    return found


def dev(folder: Path, data_folder: Path | None) -> dict[str, float]:
    """SST-2 dev: to be called once, for the final files."""
    words = AutoTokenizer.from_pretrained(folder / "encoder")
    rows = data.dev(data_folder)
    return _score(placed(pack.float32(folder)), words, rows.texts, rows.labels)


@torch.no_grad()
def milliseconds(folder: Path, *, tokens: int = 20, rounds: int = 60) -> float:
    """Median time of an eager forward pass with attention at `tokens` tokens."""
    model = AutoModelForSequenceClassification.from_pretrained(
        folder / "encoder", attn_implementation="eager"
    ).eval()
    words = AutoTokenizer.from_pretrained(folder / "encoder")
    batch = words(TRACE_TEXT, return_tensors="pt", truncation=True, max_length=tokens)
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        model(**batch, output_attentions=True, output_hidden_states=True)
        times.append(1000 * (time.perf_counter() - start))
    return round(statistics.median(times), 2)


def attention(folder: Path, texts: list[str]) -> list[dict[str, object]]:
    """The clearest heads of the encoder for each pattern."""
    model = AutoModelForSequenceClassification.from_pretrained(folder / "encoder")
    words = AutoTokenizer.from_pretrained(folder / "encoder")
    return heads.best(heads.shares(model, words, texts))


def _live(name: str, folder: Path, path: Path, *, log: Log, epochs: int) -> object:
    """The live training's figures: from the log if this run has them already."""
    for line in log.read():
        if line["step"] == f"{name} live":
            return line
    figures = live.run(name, folder, path, epochs=epochs)
    log.write(f"{name} live", **figures)
    return figures


def everything(
    name: str, *, bundled: Path, data_folder: Path | None, log: Log, epochs: int, texts: int
) -> None:
    """Measure one packed model and keep the figures in its `log.json`."""
    folder, found = bundled / name, {}
    sentences = next(
        (p for p in (bundled / SENTENCES, pack.BUNDLED / SENTENCES) if p.exists()), None
    )
    found["SST-2 dev"] = dev(folder, data_folder)
    found |= classifier(folder, sentences)
    held = data.phrases(data_folder).validation
    model = placed(pack.float32(folder))
    words = AutoTokenizer.from_pretrained(folder / "encoder")
    found["SST-2 training sentences held back"] = _score(model, words, held.texts, held.labels)
    passages = data.review_sentences(data.reviews(data_folder)[-400:])[:texts]
    if sentences is not None:
        passages = live.sentences(sentences, split="train").texts[:texts]
        if epochs:
            found["live"] = _live(name, folder, sentences, log=log, epochs=epochs)
    found["heads"] = attention(folder, passages)
    found["head rows from"] = f"{len(passages)} sentences"
    found["parameters"] = sum(value.numel() for value in model.parameters())
    found["milliseconds at 20 tokens"] = milliseconds(folder)
    log.write(f"{name} scores", **found)
