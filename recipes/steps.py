"""The recipe in order. Each step can be run alone; a finished step is not run again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

from torch.nn import Module
from transformers import AutoModelForSequenceClassification, AutoTokenizer, PreTrainedTokenizerFast

from recipes import (
    cards,
    classify,
    cloze,
    data,
    fill,
    low_rank,
    match,
    measure,
    pack,
    scores,
    source,
    transfer,
    vocabularies,
)
from recipes.loop import Budget, Log
from recipes.transfer import Mini

SOURCE = 8.0  # minutes of fine-tuning the source
ROUNDS = {"roberta-mini": (26.0, 58.0), "distilbert-mini": (13.0, 9.0, 34.0)}  # minutes of matching
TUNING = {"roberta-mini": (14.0, 9.0), "distilbert-mini": (12.0, 12.0)}  # minutes of fine-tuning
CUT = {"roberta-mini": (5.0, 11.0), "distilbert-mini": (4.0,)}  # minutes of training the low rank
PASSAGES = 150_000
SMOKE_STEPS = 6


@dataclass(frozen=True, slots=True)
class Options:
    """Where the data is, where the results go, and how much of it to do."""

    data: Path | None
    out: Path
    bundled: Path
    smoke: bool = False
    minutes: float | None = None  # for the one step that is named on the command line
    seed: int = 0

    def budget(self, minutes: float) -> Budget:
        """Wall-clock budget of a step; a smoke run ends after a few updates."""
        if self.smoke:
            return Budget(minutes=1.0, steps=SMOKE_STEPS)
        return Budget(minutes=self.minutes or minutes)

    @property
    def log(self) -> Log:
        """The run's log."""
        return Log(self.out)

    def reviews(self) -> list[str]:
        """All reviews, or a few for a smoke run."""
        return data.reviews(self.data)[: 1500 if self.smoke else None]


def fine_tune_source(options: Options) -> Path:
    """Fine-tune MiniLM on SST-2: the teacher of both classifiers."""
    return source.fine_tune(
        data_folder=options.data,
        out=options.out,
        budget=options.budget(SOURCE),
        log=options.log,
        seed=options.seed,
    )


def start(name: str, options: Options) -> tuple[Mini, PreTrainedTokenizerFast]:
    """Vocabulary and transferred weights of one mini."""
    folder, reviews = options.out / name / "tokenizer", options.reviews()
    if name == "roberta-mini":
        words = vocabularies.roberta(reviews, folder=folder, seed=options.seed)
        mini, counts = transfer.roberta(words, reviews, seed=options.seed)
        options.log.write(f"{name} transfer", **counts)
        return mini, words
    words, rows = vocabularies.distilbert(reviews, folder=folder)
    options.log.write(f"{name} transfer", entries=len(rows), layers=list(transfer.KEPT_LAYERS))
    return transfer.distilbert(rows, seed=options.seed), words


def encode(name: str, options: Options) -> Path:
    """Heal or distil one mini and save its encoder."""
    target = options.out / name / "encoder"
    if (target / "model.safetensors").exists():
        return target
    mini, words = start(name, options)
    for number, minutes in enumerate(ROUNDS[name], start=1):
        passages = match.texts(
            options.reviews(),
            data.phrases(options.data).train.texts,
            count=3000 if options.smoke else PASSAGES,
            seed=4 + number + options.seed,
        )
        match.run(
            name,
            mini,
            words.backend_tokenizer,
            passages,
            out=options.out,
            budget=options.budget(minutes),
            log=options.log,
            number=number,
            seed=options.seed + number - 1,
        )
    transfer.save(mini, words, target)
    return target


def classifier(name: str, options: Options) -> Path:
    """Tune the classifier, cut it to low rank, recover, and pack both heads."""
    folder = encode(name, options)
    base = classify.rounded(AutoModelForSequenceClassification.from_pretrained(folder))
    words = AutoTokenizer.from_pretrained(folder)
    teacher = fine_tune_source(options)
    chosen = classify.kept_mix(
        options.out / "mix.json",
        source_folder=teacher,
        data_folder=options.data,
        scale=0.02 if options.smoke else 1.0,
    )
    rows = classify.Rows.of(words, chosen)
    tuned = deepcopy(base)
    transfer.add_update(tuned, tuned=source.classifier(teacher).bert, plain=source.encoder())
    for number, minutes in enumerate(TUNING[name], start=1):
        classify.fine_tune(
            name,
            tuned,
            rows,
            out=options.out,
            budget=options.budget(minutes),
            log=options.log,
            number=number,
            seed=options.seed + 10 * (number - 1),
        )
    held = data.phrases(options.data).validation
    held_rows = classify.encode(words, held.texts)

    def validate(label: str, model: Module) -> None:
        share = measure.accuracy(model, held_rows, held.labels, pad_id=classify.pad_id(words))
        options.log.write(f"{name} validation", after=label, accuracy=share, size=len(held_rows))

    validate("whole", tuned)
    difference = low_rank.Difference.cut(base, tuned.state_dict())
    validate("cut", difference)
    for number, minutes in enumerate(CUT[name], start=1):
        low_rank.recover(
            name,
            difference,
            rows,
            out=options.out,
            budget=options.budget(minutes),
            log=options.log,
            number=number,
            seed=options.seed + number,
        )
    validate("recovery", difference)
    return pack.pack(name, base, words, difference, bundled=options.bundled)


def fill_in(name: str, options: Options) -> None:
    """Train a masked-LM head and what it needs of the encoder, pack both, fill thirty blanks."""
    model = fill.learn(
        name,
        options.bundled / name / "encoder",
        data_folder=options.data,
        out=options.out,
        budget=options.budget(fill.PACE.minutes),
        log=options.log,
        seed=options.seed,
        reviews=1500 if options.smoke else None,
    )
    size = fill.pack(name, model, bundled=options.bundled)
    answers = cloze.answers(name, bundled=options.bundled)
    options.log.write(f"{name} fill packed", megabytes=round(size, 2), cloze=answers)


def score(name: str, options: Options) -> None:
    """Measure the packed model, SST-2 dev included, and log the figures."""
    scores.everything(
        name,
        bundled=options.bundled,
        data_folder=options.data,
        log=options.log,
        epochs=1 if options.smoke else 5,
        texts=20 if options.smoke else 500,
    )


def _whole_log(options: Options) -> list[dict[str, object]]:
    """The run's log, after what the bundled logs say of steps that this run left alone."""
    new = options.log.read()
    done = {line["step"] for line in new}
    old: list[dict[str, object]] = []
    for path in (options.bundled / name / "log.json" for name in pack.NAMES):
        old += json.loads(path.read_text("utf-8")) if path.exists() else []
    return [line for line in old if line["step"] not in done] + new


def card(name: str, options: Options) -> None:
    """Write the card and the log of the run beside the weights."""
    folder = options.bundled / name
    lines = _whole_log(options)
    kept = cards.tidy([line for line in lines if str(line["step"]).startswith((name, "source"))])
    text = json.dumps(kept, indent=1, ensure_ascii=False)
    (folder / "log.json").write_text(text + "\n", encoding="utf-8")
    steps = {f"{one} scores": one for one in pack.NAMES}
    both = {steps[str(line["step"])]: line for line in lines if line["step"] in steps}
    (folder / "README.md").write_text(cards.write(name, folder, kept, both), encoding="utf-8")


def everything(options: Options) -> None:
    """The whole recipe, both models."""
    fine_tune_source(options)
    each: list[Callable[[str, Options], object]] = [encode, classifier, fill_in, score, card]
    for step in each:
        for name in ("distilbert-mini", "roberta-mini"):
            step(name, options)


def merge(name: str, folder: Path, options: Options) -> Path:
    """Write one merged classifier as an ordinary Hugging Face folder."""
    shutil.rmtree(folder, ignore_errors=True)
    return pack.merge_to(options.bundled / name, folder)
