"""A folder's tokenizer is read as AutoTokenizer reads it: ids, spans, pairs and cuts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tokenizers
import transformers
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline_widgets.engine.tokenizers import read_tokenizer
from pipeline_widgets.engine.tokenizers.base import SubwordTokenizer
from tests.models.checkpoints import FULL_WORD_PIECE, edit, legacy, make
from tests.models.vocabularies import sentence_pieces, tweets

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

USER = {"id": 10_000, "content": "<user>", "lstrip": False}
NEW = ["<user>", "[url]", "covid", "Cafe\u0301"]


def with_added(folder: Path, *, special: bool = False) -> Path:
    file = "vocab.txt" if (folder / "vocab.txt").is_file() else "vocab.json"
    text = (folder / file).read_text("utf-8")
    count = len(text.splitlines()) if file == "vocab.txt" else len(json.loads(text))
    added = {word: count + index for index, word in enumerate(NEW)}
    (folder / "added_tokens.json").write_text(json.dumps(added), "utf-8")
    if special:
        listed = {"additional_special_tokens": NEW[:2]}
        (folder / "special_tokens_map.json").write_text(json.dumps(listed), "utf-8")
    return folder


def edited(folder: Path, file: str = "tokenizer_config.json", **changes: Any) -> Path:
    return edit(folder / file, **changes)


def crlf(folder: Path) -> Path:
    for name in ("merges.txt", "vocab.txt"):
        if (folder / name).is_file():
            whole = (folder / name).read_bytes()
            (folder / name).write_bytes(whole.replace(b"\n", b"\r\n"))
    return folder


def cased_normaliser(folder: Path) -> Path:
    found = json.loads((folder / "tokenizer.json").read_text("utf-8"))
    found["normalizer"]["lowercase"] = False
    return edited(folder, "tokenizer.json", normalizer=found["normalizer"])


def one_more(folder: Path) -> Path:
    """A token with an id beyond the vocabulary's end, which RobertaTokenizer counts anew."""
    found = json.loads((folder / "tokenizer.json").read_text("utf-8"))["added_tokens"]
    return edited(folder, "tokenizer.json", added_tokens=[*found, {**found[-1], **USER}])


def course(folder: Path) -> Path:
    """A BPE trained without all bytes, as in the course."""
    made = tokenizers.Tokenizer(tokenizers.models.BPE())
    made.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=120,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
        show_progress=False,
    )
    made.train_from_iterator(["a fine film and a poor plot"] * 9, trainer)
    made.post_processor = tokenizers.processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    made.save(str(folder / "tokenizer.json"))
    return folder


def unnamed(folder: Path) -> Path:
    """Settings that name the class and nothing else."""
    named = {"tokenizer_class": "CamembertTokenizer"}
    (folder / "tokenizer_config.json").write_text(json.dumps(named), "utf-8")
    return folder


PLAIN = {"tokenizer_class": "PreTrainedTokenizerFast"}
FOLDERS: dict[str, Callable[[Path], Path]] = {
    "roberta": make,
    "distilbert": lambda f: make(f, "distilbert"),
    "bert": lambda f: make(f, "bert"),
    "bert, all of its vocabulary": lambda f: make(f, "bert", tokenizer=FULL_WORD_PIECE),
    "legacy roberta": lambda f: legacy(make(f)),
    "legacy distilbert": lambda f: legacy(make(f, "distilbert")),
    "legacy roberta, CRLF": lambda f: crlf(legacy(make(f))),
    "legacy distilbert, CRLF": lambda f: crlf(legacy(make(f, "distilbert"))),
    "added_tokens.json": lambda f: with_added(legacy(make(f, "distilbert"))),
    "additional_special_tokens": lambda f: with_added(legacy(make(f)), special=True),
    "an id beyond the end": lambda f: one_more(make(f)),
    "an id beyond the end at its word": lambda f: edited(one_more(make(f)), **PLAIN),
    "no post-processor, roberta": lambda f: edited(make(f), "tokenizer.json", post_processor=None),
    "no post-processor, distilbert": lambda f: edited(
        make(f, "distilbert"), "tokenizer.json", post_processor=None
    ),
    "no post-processor at its word": lambda f: edited(
        edited(make(f), "tokenizer.json", post_processor=None), **PLAIN
    ),
    "cased by the settings": lambda f: edited(make(f, "distilbert"), do_lower_case=False),
    "accents by the settings": lambda f: edited(make(f, "distilbert"), strip_accents=False),
    "cased by tokenizer.json alone": lambda f: cased_normaliser(make(f, "distilbert")),
    "cased by tokenizer.json at its word": lambda f: edited(
        cased_normaliser(make(f, "distilbert")), **PLAIN
    ),
    "prefix space by the settings": lambda f: edited(make(f), add_prefix_space=True),
    "untrimmed by the settings": lambda f: edited(make(f), trim_offsets=False),
    "lower-casing BPE at its word": lambda f: edited(
        edited(make(f), "tokenizer.json", normalizer={"type": "Lowercase"}), **PLAIN
    ),
    "lower-casing BPE by its class": lambda f: edited(
        make(f), "tokenizer.json", normalizer={"type": "Lowercase"}
    ),
    "split at spaces, at its word": lambda f: edited(
        edited(make(f), "tokenizer.json", pre_tokenizer={"type": "Whitespace"}), **PLAIN
    ),
    "a BPE that lacks bytes": lambda f: course(make(f, tokenizer=None)),
    "xlm-roberta": lambda f: sentence_pieces(f, "xlm-roberta"),
    "xlm-roberta at its word": lambda f: sentence_pieces(f, "xlm-roberta", by_class=False),
    "camembert": lambda f: sentence_pieces(f, "camembert"),
    "camembert by its class alone": lambda f: unnamed(sentence_pieces(f, "camembert")),
    "bertweet": tweets,
    "phobert": lambda f: tweets(f, "PhobertTokenizer"),
}
WITHOUT_SPANS = ("bertweet", "phobert", "a BPE that lacks bytes")


@pytest.fixture(scope="module", params=FOLDERS)
def both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, SubwordTokenizer, Any]:
    folder = FOLDERS[request.param](tmp_path_factory.mktemp("folder"))
    ours = read_tokenizer(folder)
    assert isinstance(ours, SubwordTokenizer)
    return request.param, ours, transformers.AutoTokenizer.from_pretrained(folder)


WORDS = [
    "The",
    "film",
    "FILM",
    "films",
    " ",
    "  ",
    "café",
    "Cafe\u0301",
    "covid",
    "covids",
    "<user>",
]
WORDS += [
    "[url]",
    "<mask>",
    "[MASK]",
    "</s>",
    "[SEP]",
    "!",
    "2022",
    "😀",
    "中",
    "\n",
    "don't",
    "très",
]
TEXTS = st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=4)), max_size=9).map(" ".join)


def assert_alike(
    name: str, ours: SubwordTokenizer, reference: Any, *texts: str, **cut: int
) -> None:
    if not texts[-1]:  # the library takes an empty second text for none, the older code does not
        texts = texts[:1]
    tokens = ours.encode(*texts, max_length=cut.get("max_length"))
    options = {"truncation": "longest_first"} | cut if cut else {}
    expected = reference(*texts, **options)
    assert tokens.ids.tolist() == expected["input_ids"], (name, texts, tokens.pieces)
    if "token_type_ids" in expected:
        assert tokens.types is not None
        assert tokens.types.tolist() == expected["token_type_ids"]
    if name in WITHOUT_SPANS or cut:
        return
    offsets = reference(*texts, return_offsets_mapping=True)["offset_mapping"]
    sentences = expected.sequence_ids()
    second = tokens.pair_start or 0
    for index, (start, end) in enumerate(tokens.spans):
        shift = second if sentences[index] == 1 else 0
        assert (start - shift, end - shift) == tuple(offsets[index]), (name, texts, index)
    assert list(tokens.sentences) == sentences


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=TEXTS, pair=st.none() | TEXTS)
@example(text="A</s></s>B [SEP] c", pair=None)
@example(text="see [url] covid", pair="hi <user>")
@example(text="", pair="")
def test_texts_and_pairs_are_read_alike(both: Any, text: str, pair: str | None) -> None:
    name, ours, reference = both
    assert_alike(name, ours, reference, *([text] if pair is None else [text, pair]))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=st.integers(0, 9), second=st.integers(0, 9), limit=st.integers(5, 16))
def test_pairs_are_cut_alike(both: Any, first: int, second: int, limit: int) -> None:
    name, ours, reference = both
    texts = ["the film " * first, "a film is " * second]
    assert_alike(name, ours, reference, *texts, max_length=limit)
