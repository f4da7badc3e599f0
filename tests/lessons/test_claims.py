"""Every number that a lesson states as a fact is in FACTS.md or in the list of claims below."""

from __future__ import annotations

import functools
import math
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
import torch

import pipeline_widgets as pw
from pipeline_widgets.engine.interventions import Intervention
from pipeline_widgets.training import History, metrics, recorded
from pipeline_widgets.training.observations import standard_error
from tests.lessons.conftest import LESSONS, code_cells, prose

FACTS = (LESSONS / "FACTS.md").read_text("utf-8")
# 94.8, 3,072, 40 %, 0.017: a number with a point, a comma or a per cent sign
NUMBERS = re.compile(r"\d+(?:,\d{3})+|\d+\.\d+|\d+(?= ?%)")
ABOUT = re.compile(r"\[F(\d+)(?:[–-](\d+))?\]\(FACTS\.md\)")


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of a lesson that is a fact of its own, and how it is decided."""

    lesson: str
    words: str
    holds: Callable[[], bool]


def _attention(name: str, text: str) -> np.ndarray:
    return pw.load(name).trace(text).layers.attention


def _label(name: str, text: str) -> str:
    return pw.load(name).trace(text).prediction.label


DOG = "The tired old dog slept under the kitchen table."
WAITER = "The waiter was not friendly."
WHOLE = ("good", "excellent", "bad", "terrible", "king", "queen", "film", "movie", "soup", "bread")

CLAIMS = [
    Claim("00-start", "architecture with 6 and 3 layers, 384 numbers wide", lambda: (
        [len(_attention(name, "Hi")) for name in ("roberta", "distilbert")] == [6, 3]
        and pw.load("roberta").config.width == pw.load("distilbert").config.width == 384
    )),
    Claim("00-start", "DistilBERT has no piece for it and writes `[UNK]`", lambda: (
        "[UNK]" in pw.load("distilbert").tokenize("Some words 😀").pieces
    )),
    Claim("00-start", "costs RoBERTa several tokens, one for each of its bytes", lambda: (
        len(pw.load("roberta").tokenize("untokenizable 😀")) - 1
        - len(pw.load("roberta").tokenize("untokenizable")) == len("😀".encode())
    )),
    Claim("00-start", "Take `not` out, then put it back. What does the label do", lambda: (
        [_label("roberta", f"The film was {words}.") for words in ("good", "not good")]
        == ["positive", "negative"]
    )),
    Claim("00-start", "A plain statement gets an answer too, with little conviction", lambda: all(
        pw.load(name).trace("The cat sat on the mat.").prediction.confidence < 0.8
        < pw.load(name).trace("The film was not good.").prediction.confidence
        for name in ("roberta", "distilbert")
    )),
    Claim("01-why", 'hidden["He plays the <mask> of a young doctor."] = "role"', lambda: all(
        pw.load(name).fill(text).candidates[0][0].text.strip() == word
        for name in ("roberta", "distilbert")
        for text, word in (
            ("Do not <mask> your time on this one.", "waste"),
            ("The movie is <mask> on a true story.", "based"),
            ("He plays the <mask> of a young doctor.", "role"),
        )
    )),
    Claim("01-why", "practised this on film reviews alone, so they think", lambda: all(
        pw.load(name).fill(text).candidates[0][0].text.strip() in ("movie", "film")
        for name in ("roberta", "distilbert")
        for text in ("I liked the <mask>.", "This <mask> is a waste of time.")
    )),
    Claim("01-why", "300 to measure on", lambda: (
        [len(pw.sentences(split)) for split in ("train", "held-out")] == [1000, 300]
    )),
    Claim("01-why", "Tossing a coin gives about 150", lambda: (
        sum(sentence.label for sentence in pw.sentences("held-out")) == 150
    )),
    Claim("02-learn", "turned the answer round", lambda: (
        _label("roberta", WAITER) != _label("roberta", WAITER.replace("not ", ""))
    )),
    Claim("02-learn", "at the very beginning of a text, *dog* has no space before it", lambda: (
        pw.load("roberta").tokenize("dog").pieces != pw.load("roberta").tokenize(" dog").pieces
    )),
    Claim("02-learn", "This one looks at the token before", lambda: (
        _attention("roberta", WAITER)[0, 2].diagonal(-1).mean() > 0.5
    )),
    Claim("02-learn", "For four layers, next to nothing. Then it comes in two steps", lambda: (
        max(_apart(WAITER, WAITER.replace("not ", ""))[:5]) < 0.1
        and _apart(WAITER, WAITER.replace("not ", ""))[5] > 5
        and _apart(WAITER, WAITER.replace("not ", ""))[6] > 15
    )),
    Claim("02-learn", "head 9 of layer 5 lets `<s>` look at *not* and at nothing else", lambda: (
        _attention("roberta", WAITER)[5, 9, 0, 4] > 0.99
        and _attention("roberta", WAITER)[:, :, 0, 4].argmax() == 5 * 12 + 9
    )),
    Claim("02-learn", "without it the answer stays as it was", lambda: (
        abs(_negative() - _negative(pw.SwitchOffHeads(5, [9]))) < 0.01
    )),
    Claim("02-learn", "other attention heads of the same layer bring the same news", lambda: (
        (_attention("roberta", WAITER)[5, :, 0, 4] > 0.5).sum() >= 3
    )),
    Claim("02-learn", "Without the *word*, the answer turns.", lambda: (
        _negative() > 0.9 and _negative(pw.DropWord("not")) < 0.1
    )),
    Claim("02-learn", "after layer 5, `<s>` carries all of it", lambda: (
        _back().shape == (7, 8) and _back()[6, 0] > 0.99 and np.nanmax(_back()[:6]) < 0.1
    )),
    Claim("02-learn", "undecided for a long time, then sure", lambda: (
        (abs(_after_layers(WAITER)[:5, 0] - 0.5) < 0.05).all() and _after_layers(WAITER)[6, 0] > 0.9
    )),
    Claim("02-learn", "*Excellent* is there, and so is *bad*", lambda: (
        {"excellent", "bad"} <= {n for n, _ in pw.load("distilbert").neighbours("good", count=6)}
    )),
    Claim("02-learn", "These words stay whole in both models", lambda: all(
        len(pw.load(name).tokenize(f" {word}")) == 3
        for name in ("roberta", "distilbert")
        for word in WHOLE
    )),
    Claim("02-learn", "by the *feed-forward network*, the larger part of the layer", lambda: (
        _thinking() > 0.5
    )),
    Claim("04-deep-dive", "Two thirds of a layer's numbers belong to the feed-forward", lambda: (
        _thinking() == 2 / 3
    )),
    Claim("03-pipeline-trace", "about ± 0.02 (one standard error is √(0.9 × 0.1 / 300)", lambda: (
        round(math.sqrt(0.9 * 0.1 / 300), 2) == 0.02
    )),
    Claim("03-pipeline-trace", "it learns in the first epoch; the next ones add a few", lambda: (
        all(_first_epoch(name) > 0.75 for name in ("roberta", "distilbert"))
    )),
    Claim("03-pipeline-trace", "after the second epoch, no longer does", lambda: (
        all(_stops_falling(name, after=2) for name in ("roberta", "distilbert"))
    )),
    Claim("03-pipeline-trace", "RoBERTa's turns back and rises", lambda: _turns_back("roberta")),
    Claim("07-experiment", "A run that learns its sentences by heart", lambda: (
        _turns_back("overfitting")
        and recorded("overfitting").epochs[-1].values["accuracy"] > 0.95
        and recorded("overfitting").epochs[-1].values["validation_accuracy"] < 0.85
    )),
    Claim("07-experiment", "Our patient had 48 sentences, eight epochs", lambda: (
        recorded("overfitting").epochs_done == 8
        and recorded("overfitting").settings["training_sentences"] == 48
        and sum(map(sum, recorded("overfitting").epochs[-1].counts)) == 100
    )),
    Claim("07-experiment", "held-out loss grew by two thirds, and yet only a few more", lambda: (
        round(_held_out(8) / _held_out(3), 1) == 1.7 and 0 < len(_surety(8)) - len(_surety(3)) < 10
    )),
    Claim("07-experiment", "the model gets surer, of its mistakes too", lambda: (
        _surety(8).mean() > _surety(3).mean() + 0.1
    )),
    Claim("07-experiment", "a run that differs from the patient in **one** thing", lambda: all(
        sum(value != _patient().settings[name] for name, value in cure.settings.items()
            if name != "training_sentences") == 1
        for cure in CURES
    )),
    Claim("07-experiment", "The patient ended at 1.04.", lambda: (
        f"{_patient().epochs[-1].values['validation_loss']:.2f}" == "1.04"
    )),
    Claim("07-experiment", "ends with a lower held-out loss than the patient", lambda: all(
        cure.epochs[-1].values["validation_loss"] < _patient().epochs[-1].values["validation_loss"]
        and cure.epochs[-1].values["validation_accuracy"]
        > _patient().epochs[-1].values["validation_accuracy"]
        for cure in CURES
    )),
    Claim("07-experiment", "no other run comes as low, or is as often right", lambda: all(
        min(CURES[2].epoch_column("validation_loss")) < min(run.epoch_column("validation_loss"))
        and max(CURES[2].epoch_column("validation_accuracy"))
        > max(run.epoch_column("validation_accuracy"))
        for run in (_patient(), *CURES[:2])
    )),
    Claim("07-experiment", "the model is not yet so sure of the 48", lambda: (
        CURES[0].epochs[-1].values["loss"] > 10 * _patient().epochs[-1].values["loss"]
    )),
    Claim("07-experiment", "eight epochs are in the end enough to know 400 by heart", lambda: (
        CURES[2].epochs[-1].values["accuracy"] > 0.99
        and CURES[2].observations()[-1].kind == "overfitting"
    )),
    Claim("07-experiment", "A rise of more than two standard errors is hardly chance", lambda: (
        _patient().epochs[8].values["validation_loss"]
        - _patient().epochs[3].values["validation_loss"]
        > 2 * standard_error(_patient().epochs[8], _patient().epochs[3])
    )),
    Claim("07-experiment", "A difference of a few sentences is no difference yet", lambda: (
        abs(recorded("distilbert").epochs[-1].values["validation_accuracy"]
            - recorded("distilled").epochs[-1].values["validation_accuracy"]) < 0.034
    )),
    Claim("04-deep-dive", "its padding token has the id 1", lambda: (
        pw.load("roberta").tokenizer.specials["pad"] == 1
        and list(pw.load("roberta").trace("Hi").embedding.position_ids[:2]) == [2, 3]
    )),
    Claim("04-deep-dive", "What does ReLU do to about half of them?", lambda: (
        0.3 < (pw.load("distilbert").trace(DOG).pooled.activated == 0).mean() < 0.7
    )),
    Claim("04-deep-dive", "with 12 layers for our 6, and 768 numbers for our 384", lambda: (
        (pw.load("roberta").config.layers, pw.load("roberta").config.width) == (6, 384)
    )),
    Claim("02-learn", "Head 0·2 looks back, head 1·8 ahead, whatever the words are", lambda: all(
        _attention("roberta", text)[0, 2].diagonal(-1).mean() > 0.5
        and _attention("roberta", text)[1, 8].diagonal(1).mean() > 0.5
        for text in (WAITER, DOG, "What a warm and funny film!")
    )),
    Claim("03-pipeline-trace", "The praise weighs more.", lambda: (
        _label("roberta", "The plot was thin, but I loved every minute of it.") == "positive"
    )),
    Claim("05-try", "Only the difference of two logits counts", lambda: (
        np.allclose(_softmax(np.array([1.5, -2.0]) + 10), _softmax(np.array([1.5, -2.0])))
    )),
    Claim("05-try", "None of the three says *good* or *bad*", lambda: (
        "They delivered half a wardrobe." in _least_sure()
        and not re.search(r"\b(good|bad)\b", " ".join(_least_sure()), re.IGNORECASE)
    )),
    Claim("04-deep-dive", "The two largest scores are 17.2 and 12.3", lambda: (
        np.allclose(np.sort(_scores(0, 2)[5])[-2:], (12.3, 17.2), atol=0.05)
        and _attention("roberta", DOG)[0, 2, 5].max() > 0.95
    )),
    Claim("04-deep-dive", "5 more is e⁵ ≈ 148 times the weight", lambda: round(math.exp(5)) == 148),
    Claim("08-metrics", "it says 0.95 where 0.93 are positive", lambda: (
        [round(float(of[-1]), 2) for of in (_promises(1).predicted, _promises(1).observed)]
        == [0.95, 0.93]
        and _promises(0).predicted[-1] < _promises(0).observed[-1]
    )),
    Claim("08-metrics", "In the middle are 10 to 21 sentences a group", lambda: (
        {10, 21} == {f(p.counts[i] for p in map(_promises, (0, 1)) for i in (1, 2, 3))
                     for f in (min, max)}
    )),
    Claim("06-challenge", "RoBERTa has 6 layers here, DistilBERT 3", lambda: (
        [pw.load(name).config.layers for name in ("roberta", "distilbert")] == [6, 3]
    )),
    Claim("07-experiment", "0.9 on 300 sentences is 0.017, about five sentences", lambda: (
        round(math.sqrt(0.9 * 0.1 / 300), 3) == 0.017 and round(0.017 * 300) == 5
    )),
    Claim("08-metrics", "the ratio of two accuracies is uncertain by some two points", lambda: (
        1.5 < 100 * math.hypot(*(math.sqrt((1 - a) / a / 300) for a in (0.94, 0.90))) < 2.5
    )),
    Claim("08-metrics", "Always negative", lambda: round(95 / 100, 2) == 0.95),
]  # fmt: skip


CURES = [recorded(f"overfitting-{name}") for name in ("slower", "dropout", "more")]


def _patient() -> History:
    return recorded("overfitting")


def _held_out(epoch: int) -> float:
    return _patient().epochs[epoch].values["validation_loss"]


def _surety(epoch: int) -> np.ndarray:
    """How sure the patient is of each held-out sentence that it gets wrong."""
    wrong = 1 - np.exp(-np.array(_patient().epochs[epoch].losses))
    return wrong[wrong > 0.5]


def _negative(*without: Intervention) -> float:
    """The probability of negative for the waiter's sentence."""
    return float(pw.load("roberta").trace(WAITER, without=without).prediction.probabilities[0])


def _back() -> np.ndarray:
    """What comes back of the friendly answer, by layer and token."""
    model = pw.load("roberta")
    return model.patch(model.trace(WAITER.replace("not ", "")), model.trace(WAITER)).share


def _after_layers(text: str) -> np.ndarray:
    model = pw.load("roberta")
    return model.predict_after_layers(model.trace(text))


def _softmax(logits: np.ndarray) -> np.ndarray:
    return np.asarray(torch.softmax(torch.from_numpy(logits), dim=0))


def _least_sure() -> list[str]:
    """The three texts of lesson 5's file of which DistilBERT is least sure."""
    texts = [sentence.text for sentence in pw.sentences("held-out")[::10]]
    confidence = pw.load("distilbert").flow(texts).probabilities.max(axis=1)
    return [texts[i] for i in confidence.argsort()[:3]]


def _scores(layer: int, head: int) -> np.ndarray:
    model = pw.load("roberta")
    vectors = model.query_key_value(model.trace(DOG), layer, head)
    return vectors.query @ vectors.key.T / np.sqrt(vectors.query.shape[1])


@functools.cache
def _promises(model: int) -> metrics.Calibration:
    """RoBERTa's or DistilBERT's probabilities of positive, in five groups."""
    view = pw.MetricsView("roberta", "distilbert")
    return metrics.calibration(view.labels, view.scores[model], bins=5)


def _thinking() -> float:
    """The share of a layer's weights that belongs to the feed-forward network."""
    layer = pw.load("roberta").model.weights.layers[0]
    thinks = layer.feed_forward_in.weight.size + layer.feed_forward_out.weight.size
    return thinks / (
        thinks + layer.query_key_value.weight.size + layer.attention_output.weight.size
    )


def _first_epoch(name: str) -> float:
    """The share of all held-out accuracy gained that the first epoch brought."""
    history = recorded(name)
    scores = history.epoch_column("validation_accuracy")
    return (scores[1] - scores[0]) / (max(scores) - scores[0])


def _turns_back(name: str) -> bool:
    """Whether the held-out loss ends well above its lowest while the training loss ends lowest."""
    history = recorded(name)
    held_out, train = history.epoch_column("validation_loss"), history.epoch_column("loss")[1:]
    return held_out[-1] > 1.05 * min(held_out) and train[-1] == min(train)


def _stops_falling(name: str, *, after: int) -> bool:
    """Whether the held-out loss hardly gains after that epoch, while the training loss halves."""
    history = recorded(name)
    held_out, train = history.epoch_column("validation_loss"), history.epoch_column("loss")
    return min(held_out[after:]) > 0.95 * held_out[after] and train[-1] < train[after] / 2


def _apart(one: str, other: str) -> list[float]:
    """How far apart the first token's vectors are at each depth."""
    model = pw.load("roberta")
    pair = zip(model.trace(one).layers.hidden, model.trace(other).layers.hidden, strict=True)
    return [float(np.linalg.norm(a[0] - b[0])) for a, b in pair]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: f"{claim.lesson}: {claim.words[:40]}")
def test_the_claim_is_in_the_lesson_and_holds(claim: Claim):
    text = re.sub(r"\[([^\]]*)\]\(GLOSSARY[^)]*\)", r"\1", prose(claim.lesson))
    assert claim.words in text + "\n".join(cell.source for cell in code_cells(claim.lesson))
    assert claim.holds()


def test_every_number_stated_as_a_fact_has_a_source(lesson):
    listed = FACTS + " ".join(claim.words for claim in CLAIMS if claim.lesson == lesson)
    # Numbers in code spans and exercises are settings; those that a cell uses are no claims.
    text = re.sub(r"^## Exercises.*?^## ", "", prose(lesson), flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"`[^`]*`|<[^>]*>|\]\([^)]*\)|arXiv [\d.]+", "", text)
    used = "\n".join(cell.source for cell in code_cells(lesson))
    for number in NUMBERS.findall(text):
        known = re.search(rf"(?<![\d.,]){re.escape(number)}(?![\d]|[.,]\d)", listed + used)
        assert known, f"{number} is neither in FACTS.md nor among the claims"


def test_every_fact_that_a_lesson_names_is_there(lesson):
    for first, last in ABOUT.findall(prose(lesson)):
        for number in range(int(first), int(last or first) + 1):
            assert f"**F{number}** " in FACTS


def test_a_function_keeps_its_name_whatever_was_imported_before_it():
    code = "from pipeline_widgets.training import Replay, recorded; print(recorded('roberta'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("History('RoBERTa mini'"), done.stderr
