"""The bundled pair, opened with transformers: the shipped files are what their cards say."""

from __future__ import annotations

import csv
import importlib
import json
import math
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pipeline_widgets as pw

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

ROOT = Path(__file__).resolve().parent.parent.parent
BUNDLED = ROOT / "pipeline_widgets" / "bundled"
NAMES = ("roberta-mini", "distilbert-mini")
RIGHT_PROBES = {"roberta-mini": 36, "distilbert-mini": 33}  # of forty
SPECIALS = {
    "roberta-mini": {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "<mask>": 8999},
    "distilbert-mini": {"[PAD]": 0, "[UNK]": 100, "[CLS]": 101, "[SEP]": 102, "[MASK]": 103},
}
ODD = ["", " ", "?", "😀", "这部电影很好看。", "הסרט היה ארוך", "a" * 600, "<s> [CLS] </s> [SEP]"]

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def _recipe(name: str) -> Any:
    return importlib.import_module(f"recipes.{name}")


@cache
def _words(name: str) -> Any:
    return transformers.AutoTokenizer.from_pretrained(BUNDLED / name / "encoder")


@cache
def _encoder(name: str) -> Any:
    folder = BUNDLED / name / "encoder"
    return transformers.AutoModelForSequenceClassification.from_pretrained(folder).eval()


@pytest.fixture(scope="module", params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def classifier(name: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The merged classifier, through the folder that `python -m recipes merge` writes."""
    folder = _recipe("pack").merge_to(BUNDLED / name, tmp_path_factory.mktemp(name))
    return transformers.AutoModelForSequenceClassification.from_pretrained(folder).eval()


def _positive(model: Any, name: str, texts: list[str]) -> list[float]:
    words, found = _words(name), []
    for start in range(0, len(texts), 32):
        batch = words(texts[start : start + 32], padding=True, truncation=True, return_tensors="pt")
        with torch.no_grad():
            logits = model(batch["input_ids"], attention_mask=batch["attention_mask"]).logits
        found += logits.softmax(-1)[:, 1].tolist()
    return found


def _figures(name: str) -> dict[str, Any]:
    lines = json.loads((BUNDLED / name / "log.json").read_text("utf-8"))
    return next(line for line in reversed(lines) if line["step"] == f"{name} scores")


def test_the_encoder_opens_in_float32_with_both_labels(name: str) -> None:
    model = _encoder(name)
    assert model.dtype == torch.float32
    assert model.config.id2label == {0: "negative", 1: "positive"}
    assert model.config.num_attention_heads == 12
    assert model.config.hidden_size == 384
    assert model.config.num_hidden_layers == (6 if name == "roberta-mini" else 3)


def test_the_special_tokens_have_their_ids(name: str) -> None:
    words = _words(name)
    known = words.get_vocab()
    assert {token: known[token] for token in SPECIALS[name]} == SPECIALS[name]
    assert len(words) == _encoder(name).config.vocab_size
    first, last = words("Good.")["input_ids"][0], words("Good.")["input_ids"][-1]
    assert (first, last) == (words.cls_token_id, words.sep_token_id)


def test_texts_come_back_from_roberta_mini_unchanged() -> None:
    words = _words("roberta-mini")
    for text in ["Hello world", " Hello  world!", "Crème brûlée, 3€", "untokenizable", "日本語 😀"]:
        ids = words(text, add_special_tokens=False)["input_ids"]
        assert words.decode(ids, clean_up_tokenization_spaces=False) == text
    assert words.tokenize("Hello")[0] != words.tokenize(" Hello")[0]


def test_distilbert_mini_tokenizes_any_ascii_word_without_unknown() -> None:
    words = _words("distilbert-mini")
    texts = ["untokenizable", "ZQXJKV", "naïveté", "x1y2z3", "C3PO & R2-D2 @ home #1 50%"]
    assert all(words.unk_token not in words.tokenize(text) for text in texts)
    assert words.tokenize("ÉCOLE") == words.tokenize("ecole")


def test_a_fresh_head_knows_nothing_of_sentiment(name: str) -> None:
    texts = [text for text, _ in _recipe("probes").PROBES]
    values = _positive(_encoder(name), name, texts)
    assert max(abs(value - 0.5) for value in values) < 0.35


def test_the_classifier_keeps_the_embeddings_and_changes_the_layers(
    name: str, classifier: Any
) -> None:
    before, after = _encoder(name).state_dict(), classifier.state_dict()
    same = {key for key, value in before.items() if torch.equal(value, after[key])}
    assert same == {key for key in before if ".embeddings." in key}


def test_the_merge_is_the_low_rank_sum_written_in_the_format(name: str, classifier: Any) -> None:
    from safetensors.numpy import load_file

    difference = load_file(BUNDLED / name / "classifier" / "difference.safetensors")
    encoder = load_file(BUNDLED / name / "encoder" / "model.safetensors")
    for key in [key.removesuffix(".up") for key in difference if key.endswith(".up")][:4]:
        up, down = (difference[f"{key}.{part}"].astype("f4") for part in ("up", "down"))
        expected = torch.from_numpy(encoder[key].astype("f4") + up @ down)
        merged = classifier.state_dict()[key]
        assert torch.equal(merged, merged.half().float())
        assert torch.allclose(merged, expected, rtol=2**-11, atol=2**-24)  # half a step of float16


def test_held_out_score_is_the_one_on_the_card(name: str, classifier: Any) -> None:
    with (BUNDLED / "sentences.csv").open(encoding="utf-8", newline="") as handle:
        rows = [row for row in csv.DictReader(handle) if row["split"] == "held-out"]
    labels = [row["label"] in ("1", "positive") for row in rows]
    values = _positive(classifier, name, [row["text"] for row in rows])
    share = sum((v > 0.5) == y for v, y in zip(values, labels, strict=True)) / len(rows)
    recorded = _figures(name)["sentences held-out"]
    assert recorded["size"] == len(rows)
    assert share == pytest.approx(recorded["accuracy"], abs=1.5 / len(rows))
    error = math.sqrt(share * (1 - share) / len(rows))
    assert recorded["standard_error"] == pytest.approx(error, abs=2e-3)
    assert share > 0.85
    card = (BUNDLED / name / "README.md").read_text("utf-8")
    assert f"{100 * recorded['accuracy']:.1f} % ±" in card


def test_probes_are_answered_as_the_card_lists(name: str, classifier: Any) -> None:
    probes = _recipe("probes").PROBES
    values = _positive(classifier, name, [text for text, _ in probes])
    right = sum((v > 0.5) == bool(label) for v, (_, label) in zip(values, probes, strict=True))
    card = (BUNDLED / name / "README.md").read_text("utf-8")
    assert len(probes) == 40
    assert right >= RIGHT_PROBES[name]
    assert f"## Forty probes: {right} right" in card
    assert all(text in card for text, _ in probes)


def test_probes_are_not_among_the_training_remarks() -> None:
    remarks, probes = _recipe("remarks"), _recipe("probes")
    written = {item.text.lower().rstrip(".!") for item in remarks.write(20_000, seed=11)}
    tested = [text for text, _ in probes.PROBES] + probes.PLAIN
    assert not written & {text.lower().rstrip(".!") for text in tested}


def test_plain_statements_do_not_convince(name: str, classifier: Any) -> None:
    for value in _positive(classifier, name, _recipe("probes").PLAIN):
        assert max(value, 1 - value) < 0.9


def test_odd_input_is_answered(name: str, classifier: Any) -> None:
    assert all(math.isfinite(value) for value in _positive(classifier, name, ODD))


def test_the_pair_fits_in_sixty_megabytes() -> None:
    sizes = [
        path.stat().st_size
        for name in NAMES
        for path in (BUNDLED / name).rglob("*")
        if path.is_file()
    ]
    assert sum(sizes) <= 60e6


def test_the_card_names_origin_licence_and_data(name: str) -> None:
    card = (BUNDLED / name / "README.md").read_text("utf-8")
    for words in ("all-MiniLM-L6-v2", "Apache-2.0", "SST-2", "Maas", "MiniLM-derived weights"):
        assert words in card


def test_named_heads_follow_their_pattern(name: str) -> None:
    """Re-measured on a tenth of the sentences that the card's shares come from."""
    with (BUNDLED / "sentences.csv").open(encoding="utf-8", newline="") as handle:
        texts = [row["text"] for row in csv.DictReader(handle) if row["split"] == "train"][:50]
    folder = BUNDLED / name / "encoder"
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder)
    shares = _recipe("heads").shares(model, _words(name), texts)
    for row in _figures(name)["heads"]:
        share = float(shares[row["pattern"]][row["layer"], row["head"]])
        assert share == pytest.approx(row["share"], abs=0.12)


def test_blanks_are_filled_as_the_merged_model_fills_them(name: str) -> None:
    folder = BUNDLED / name
    assert sum(file.stat().st_size for file in (folder / "masked").iterdir()) <= 4e6
    config = transformers.AutoConfig.from_pretrained(folder / "masked")
    model = transformers.AutoModelForMaskedLM.from_config(config, dtype=torch.float32).eval()
    missing, unexpected = model.load_state_dict(
        _recipe("pack").merge(folder, "masked"), strict=False
    )
    model.tie_weights()
    assert unexpected == []
    assert all("decoder" in one or "projector" in one for one in missing)  # tied
    classifier = pw.load(name.removesuffix("-mini"))
    found = classifier.fill("She drank a <mask> of tea.")
    assert found.model == f"{classifier.name}-masked"
    inputs = _words(name)(found.text, return_tensors="pt", return_token_type_ids=False)
    with torch.inference_mode():
        expected = model(**inputs).logits[0, found.blanks[0]].softmax(-1)
    np.testing.assert_allclose(found.probabilities[0], expected.numpy(), rtol=0, atol=1e-4)


def test_the_card_has_what_the_model_fills_into_thirty_blanks(name: str) -> None:
    card = (BUNDLED / name / "README.md").read_text("utf-8")
    answers = _recipe("cloze").answers(name, bundled=BUNDLED)
    right = sum(row["right"] for row in answers)
    assert right >= 20
    assert f"Thirty sentences written beforehand, {right} with a fitting word" in card
    for row in answers:
        assert f"| {row['text'].replace('<mask>', '`<mask>`')} |" in card
        assert f"| {' · '.join(row['pieces'])} |" in card
