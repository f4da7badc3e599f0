"""Classifiers of any kind in the explorer: several labels, a score, BERT."""

from __future__ import annotations

import math
import re

import pytest
from playwright.sync_api import expect

pytest.importorskip("torch")

import pipeline_widgets as pw
from pipeline_widgets.rounding import fixed
from pipeline_widgets.trace import STAGES
from pipeline_widgets.training import fine_tune
from recipes.record_runs import readings
from tests.browser.bridge import Bridge
from tests.models.checkpoints import FULL_WORD_PIECE, make
from tests.models.test_any_folder import SHAPES

START = "import pipeline_widgets as pw"
GROUPS = (
    "admiration amusement anger annoyance approval caring confusion curiosity desire",
    "disappointment disapproval disgust embarrassment excitement fear gratitude grief joy love",
    "nervousness optimism pride realization relief remorse sadness surprise neutral",
)
EMOTIONS = [name for group in GROUPS for name in group.split()]


def show(notebook, folder, **options):
    cells = [
        START,
        f"view = pw.PipelineExplorer(models=(pw.load({str(folder)!r}),), "
        "opened=['tokens', 'prediction'])\nview",
    ]
    return notebook(cells, wait_for=".pw-explorer[data-sequence]", **options)


@pytest.mark.parametrize(("theme", "width"), [("light", 1100), ("dark", 700)])
def test_several_labels_are_sorted_and_need_no_sum(notebook, tmp_path, theme, width):
    names = dict(enumerate(EMOTIONS))
    kind = {"problem_type": "multi_label_classification", "id2label": names}
    lab = show(notebook, make(tmp_path, **kind), theme=theme, width=width)
    scores = dict(zip(EMOTIONS, lab.value("view.trace.prediction.scores.tolist()"), strict=True))
    order = sorted(EMOTIONS, key=lambda name: -scores[name])
    bars = lab.page.locator(".pw-bars").first
    shown = bars.locator(".pw-label").all_inner_texts()
    assert [name.removeprefix("▸ ") for name in shown] == order[:8]
    assert all(name.startswith("▸ ") == (scores[name.removeprefix("▸ ")] >= 0.5) for name in shown)
    assert bars.locator(".pw-value").all_inner_texts() == [f"{scores[n]:.2f}" for n in order[:8]]
    lab.page.get_by_role("button", name="Show all 28 labels").press("Enter")
    expect(lab.page.locator(".pw-bars .pw-label")).to_have_count(28)
    text = lab.page.locator(".pw-explorer").inner_text()
    assert "sum to 1" not in text.replace("need not sum to 1", "").replace("no sum of 1", "")
    assert "softmax" not in text
    assert "1 / (1 + e^" in text
    lab.screenshot(f"classifier-several-{theme}-{width}", ".pw-explorer")


def test_a_score_is_a_number_on_a_scale(notebook, tmp_path):
    folder = make(tmp_path, num_labels=1, problem_type="regression", id2label={0: "similarity"})
    lab = show(notebook, folder)
    score = lab.value("float(view.trace.prediction.logits[0])")
    written = f"{score:.2f}".replace("-", "−")
    assert lab.page.locator(".pw-badge-said").inner_text() == f"similarity {written}"
    assert lab.page.locator(".pw-bars .pw-value").all_inner_texts() == [written]
    text = lab.page.locator(".pw-explorer").inner_text()
    assert "softmax" not in text
    assert " % sure" not in text
    assert "false" not in text
    lab.screenshot("classifier-score", ".pw-explorer")


def test_bert_adds_three_vectors(notebook, tmp_path):
    folder = make(tmp_path, "bert", tokenizer=FULL_WORD_PIECE, vocabulary=30_522)
    cells = [
        START,
        f"view = pw.PipelineExplorer(models=(pw.load({str(folder)!r}),), "
        "opened=['embedding', 'pooled'])\nview",
    ]
    lab = notebook(cells, wait_for=".pw-explorer[data-sequence]")
    parts = lab.page.locator(".pw-part").all_inner_texts()
    assert [one.split(" ±")[0] for one in parts[:4]] == [
        "token",
        "+ position",
        "+ sentence",
        "→ LayerNorm",
    ]
    text = lab.page.locator(".pw-explorer").inner_text()
    assert "BERT counts positions from 0" in text
    assert "last hidden state of [CLS]. A dense layer and tanh follow" in text
    lab.screenshot("classifier-bert", ".pw-explorer")


def test_a_score_in_training_is_drawn_on_its_own_scale(page, tmp_path):
    scored = [("a fine film", 4.5), ("a poor film", -1.0), ("a film", 3)] * 6
    kind = {"num_labels": 1, "problem_type": "regression", "id2label": {0: "stars"}}
    run = fine_tune(pw.load(make(tmp_path, **kind)), scored, scored, epochs=4, learning_rate=0.01)
    run.run()
    bridge, view = Bridge(page), pw.TrainingView(run, text="a fine film")
    root = bridge.show(view)
    for _ in range(200):  # the epochs' models read the sentence in a thread of their own
        if len(view._said.get("epochs", [])) == 5 and view.trace is not None:
            break
        page.wait_for_timeout(50)
    bridge.settle()
    values = [row[0] for row in view._said["probabilities"]]
    low, high = math.floor(min(0, *values)), math.ceil(max(0, *values))
    assert root.locator(".pw-run-p").all_inner_texts() == [fixed(value) for value in values]
    poles = root.locator(".pw-run-pole").all_inner_texts()
    assert poles == [fixed(high, 0), fixed(low, 0)]
    stems = root.locator(".pw-run-stem").all()
    for stem, value in zip(stems, values, strict=True):
        fill = stem.locator(".pw-run-fill").bounding_box()["height"]
        share = fill / stem.bounding_box()["height"]
        assert share == pytest.approx(abs(value) / (high - low), abs=0.03)
    assert root.locator(".pw-run-answer .pw-mono").inner_text() == fixed(values[-1])
    assert "accuracy" not in root.inner_text().lower()
    run.history.append(readings(run, ["a fine film"]))
    recorded = bridge.show(pw.TrainingView(run.history), "recorded")
    bridge.settle()
    for part in (".pw-run-columns", ".pw-run-answer"):
        assert recorded.locator(part).inner_text() == root.locator(part).inner_text()
    drawn = [one.input_value() for one in root.locator(".pw-run-series:visible").all()]
    assert len(drawn) == len(set(drawn))  # no chart twice
    assert bridge.errors == []
    root.screenshot(path="test-artefacts/training-score.png")


FAMILIES = {"CamemBERT": "camembert", "BERT": "bert", "SST-2": "distilbert", "cased": "distilbert"}
FAMILIES["LoRA over DistilBERT"] = "distilbert"  # and RoBERTa all others
CUT_BY = {"CamemBERT": "SentencePiece", "BERTweet": "BPE starts from the characters"}


def sayings(shape, pair):
    """What is said of a folder, and whether it is true of this one."""
    family = FAMILIES.get(shape, "roberta")
    several, score = shape == "emotions", shape == "STS-B"
    word_piece = family in ("bert", "distilbert")
    return {
        "Softmax turns them into probabilities that sum to 1": not several and not score,
        "% sure": not several and not score,
        "Trained to choose one of": not several and not score,
        "Trained to say of each of 28 labels": several,
        "several may be": several,
        "several may hold": several,
        "Trained to give one number": score,
        "Probability": not score,
        "1 text ": pair is None,
        "2 texts ": pair is not None,
        "sentence 2 looks at": pair is not None,
        "Between the two sentences: </s> </s>": pair is not None and not word_piece,
        "Between the two sentences: [SEP].": pair is not None and word_piece,
        "token type 1": family == "bert",
        "a third says": family == "bert",
        "counts positions from 0": word_piece,
        "counts positions from 2": not word_piece,
        "[CLS]": word_piece,
        "<s>": not word_piece,
        "WordPiece takes": word_piece,
        "Byte-level BPE": not word_piece and shape not in CUT_BY,
        **{words: shape == own for own, words in CUT_BY.items()},
        "ReLU": family == "distilbert",
        "tanh": family != "distilbert",
        "(CamemBERT counts": family == "camembert",
        "(RoBERTa counts": family == "roberta",
        "(BERT counts": family == "bert",
        "(DistilBERT counts": family == "distilbert",
    }


@pytest.mark.filterwarnings("ignore::FutureWarning")  # of transformers, to peft
def test_folders_as_people_have_them_are_drawn_without_a_false_word(page, tmp_path):
    bridge = Bridge(page)
    for number, (shape, (make_it, pair)) in enumerate(SHAPES.items()):
        pipeline = pw.load(make_it(tmp_path / str(number)))
        options = {"pair": pair, "models": (pipeline,), "opened": list(STAGES)}
        root = bridge.show(pw.PipelineExplorer("A man is <user> eating.", **options))
        bridge.settle()
        text = root.inner_text()
        said = {words: words in text for words in sayings(shape, pair)}
        assert said == sayings(shape, pair), shape
        assert not re.search(r"undefined|NaN|null|\{\w+\}|\b1 logits", text), shape
    assert bridge.errors == []
