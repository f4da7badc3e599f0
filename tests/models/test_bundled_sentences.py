"""The shipped sentences are what their card says, measured again from the shipped files."""

import json
import re
from pathlib import Path

import pytest

from pipeline_widgets.errors import BadInput
from recipes import sentences as recipe
from recipes import sentences_figures as figures

BUNDLED = Path(figures.__file__).parent.parent / "pipeline_widgets" / "bundled"
GROUPS = {
    "simple", "negation", "contrast", "sub-words", "accents", "emoji", "cjk", "right-to-left",
    "long",
}  # fmt: skip


@pytest.fixture(scope="module")
def sentences() -> list[figures.Sentence]:
    return figures.read(BUNDLED / "sentences.csv")


@pytest.fixture(scope="module")
def measured(sentences: list[figures.Sentence]) -> figures.Figures:
    return figures.measure(sentences)


@pytest.fixture(scope="module")
def card() -> dict[str, str]:
    """What the card's table says: figure to value."""
    text = (BUNDLED / "SENTENCES.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|", text, flags=re.MULTILINE))


@pytest.fixture(scope="module")
def examples() -> dict[str, list[str]]:
    groups = json.loads((BUNDLED / "examples.json").read_text(encoding="utf-8"))
    return {name: texts for name, texts in groups.items() if name != "pairs"}


def test_there_are_a_thousand_to_train_on_and_three_hundred_held_out(measured):
    assert (measured.train, measured.held_out) == (1000, 300)


def test_both_splits_are_balanced(measured):
    assert (measured.train_positive, measured.held_out_positive) == (500, 150)


def test_every_topic_has_both_labels(sentences):
    topics = {sentence.topic for sentence in sentences}
    assert {(s.topic, s.label) for s in sentences} == {(t, n) for t in topics for n in (0, 1)}


def test_ids_and_texts_are_unique_and_clean(sentences):
    assert len({sentence.id for sentence in sentences}) == 1300
    assert len({sentence.text.lower() for sentence in sentences}) == 1300
    assert all(" ".join(s.text.split()) == s.text and "|" not in s.text for s in sentences)
    assert all(s.id.startswith(s.split[0]) and s.label in (0, 1) for s in sentences)


def test_sentences_have_four_to_forty_words(measured):
    assert measured.shortest >= 4
    assert measured.longest <= 40
    assert 14 <= measured.mean_words <= 20


def test_no_two_sentences_are_nearly_the_same(measured):
    assert measured.most_alike < 0.5


def test_phrases_are_as_varied_as_in_real_reviews(measured):
    assert measured.distinct_bigrams >= 0.72


def test_few_frequent_words_give_the_label_away(measured):
    assert len(measured.giving_away) <= 12


def test_a_bag_of_words_neither_fails_nor_solves_it(measured):
    assert 0.68 <= measured.bag_of_words <= 0.85


def test_the_card_quotes_the_measured_figures(card, measured):
    assert card["mean words per sentence"] == f"{measured.mean_words:.1f}"
    assert card["topics"] == str(measured.topics)
    assert card["closest two sentences (Jaccard)"] == f"{measured.most_alike:.3f}"
    assert card["distinct bigrams ÷ bigrams"] == f"{measured.distinct_bigrams:.3f}"
    assert card["words that give the label away"] == str(len(measured.giving_away))
    assert card["TF-IDF logistic regression"] == f"{measured.bag_of_words:.3f}"


def test_the_card_records_that_the_source_agrees_with_the_labels(card):
    assert float(card["source agreement"]) >= 0.93


def test_the_source_agrees_with_the_labels(sentences, card):
    if not (recipe.SOURCE / "model.safetensors").exists():
        pytest.skip("the fine-tuned source is not shipped: python -m recipes all makes it")
    share, _ = recipe.agreement(sentences, folder=recipe.SOURCE)
    assert share >= 0.93
    assert share == pytest.approx(
        float(card["source agreement"]), abs=0.02
    )  # another seed, another card


def test_there_are_forty_examples_in_nine_groups(examples):
    assert set(examples) == GROUPS
    texts = [text for group in examples.values() for text in group]
    assert len(texts) == len(set(texts)) == 40
    assert examples["simple"][0] == "The cat sat on the mat."


def test_each_group_of_examples_stresses_what_it_names(examples):
    assert any("untokenizable" in text for text in examples["sub-words"])
    assert all(re.search(r"[^\x00-\x7f]", text) for text in examples["accents"])
    assert all(re.search(r"[\u2600-\u27bf\U0001f300-\U0001faff]", t) for t in examples["emoji"])
    assert all(re.search(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]", t) for t in examples["cjk"])
    assert all(re.search(r"[\u0590-\u06ff]", text) for text in examples["right-to-left"])
    assert max(len(text.split()) for text in examples["long"]) > 400  # beyond 512 tokens


def test_bigrams_are_counted_within_sentences():
    assert figures.distinct_bigrams(["A b a b.", "b c"]) == 3 / 4  # ab ba ab | bc


def test_closeness_is_the_jaccard_similarity_of_character_five_grams():
    texts = ["abcdef", "abcdeg", "vwxyz"]  # abcde is shared; bcdef and bcdeg are not
    rows = [figures.Sentence(str(n), "train", 0, "film", text) for n, text in enumerate(texts)]
    assert figures.closest(rows) == (pytest.approx(1 / 3), ("0", "1"))


def test_a_word_under_one_label_only_gives_it_away():
    rows = [
        figures.Sentence("0", "train", 1, "film", "the " * 20 + "fine " * 20),
        figures.Sentence("1", "train", 0, "film", "the " * 20 + "dull " * 20),
    ]
    # ln(20.5 / 41) - ln(0.5 / 41)
    assert dict(figures.giving_away(rows)) == {
        "fine": pytest.approx(3.7136, abs=1e-4),
        "dull": pytest.approx(-3.7136, abs=1e-4),
    }


def test_building_again_keeps_an_id_with_its_edited_sentence(tmp_path):
    (tmp_path / "held-out.tsv").write_text("1\tfilm\tA fine one.\n", encoding="utf-8")
    lines = [f"{n % 2}\tfilm\tSentence number {n}." for n in range(20)]
    (tmp_path / "train-1.tsv").write_text("\n".join(lines[:9]), encoding="utf-8")
    (tmp_path / "train-2.tsv").write_text("\n".join(lines[9:]), encoding="utf-8")
    before = {s.text: s.id for s in recipe.assemble(tmp_path)}
    lines[12] = "0\tbook\tEdited."
    (tmp_path / "train-2.tsv").write_text("\n".join(lines[9:]), encoding="utf-8")
    after = {s.text: s.id for s in recipe.assemble(tmp_path)}
    assert after.pop("Edited.") == before.pop("Sentence number 12.")
    assert after == before


def test_a_csv_comes_back_as_it_was_written(tmp_path, sentences):
    recipe.write(sentences, path=tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == (BUNDLED / "sentences.csv").read_bytes()


def test_a_line_without_a_label_is_refused_with_its_place(tmp_path):
    (tmp_path / "train.tsv").write_text("1\tfilm\tFine.\nfilm\tDull.\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"train\.tsv, line 2"):
        recipe.parse(tmp_path / "train.tsv")
