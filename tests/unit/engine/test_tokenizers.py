"""Both tokenizers on vocabularies small enough to work out by hand."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path

import pytest

from pipeline_widgets.engine.tokenizers import ByteLevelBPE, WordPiece, read_tokenizer
from pipeline_widgets.engine.tokenizers.added_tokens import AddedToken
from pipeline_widgets.engine.tokenizers.base import Around, Row, Word
from pipeline_widgets.engine.tokenizers.byte_level_bpe import BYTE_ALPHABET, ByteRules
from pipeline_widgets.errors import BadInput, MissingWeights, PipelineError, UnsupportedArchitecture
from pipeline_widgets.trace import Step

SPECIALS = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
MERGES = [("l", "o"), ("lo", "w"), ("e", "r"), ("Ġ", "low"), ("Ã", "©")]
PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##aff", "##able", "##a", "cafe", "!"]
TRIMMED = ByteRules()


class CountingBPE(ByteLevelBPE):
    """Counts how often each word is really cut."""

    cuts: Counter[str]

    def cut_word(self, word: str) -> Word:
        self.cuts[word] += 1
        return super().cut_word(word)


def byte_level_bpe(
    *, rules: ByteRules = TRIMMED, kind: type[ByteLevelBPE] = ByteLevelBPE
) -> ByteLevelBPE:
    pieces = [*SPECIALS, *BYTE_ALPHABET.values(), *map("".join, MERGES)]
    ids = {piece: number for number, piece in enumerate(pieces)}
    added = [AddedToken(piece, ids[piece], lstrip=piece == "<mask>") for piece in SPECIALS]
    around = Around((Row("<s>", 0),), (Row("</s>", 2),))
    return kind(ids, MERGES, around=around, added=added, rules=rules)


def word_piece(*, longest_word: int = 100) -> WordPiece:
    ids = {piece: number for number, piece in enumerate(PIECES)}
    added = [AddedToken(piece, ids[piece]) for piece in PIECES[:5]]
    around = Around((Row("[CLS]", 2),), (Row("[SEP]", 3),))
    return WordPiece(ids, around=around, added=added, longest_word=longest_word)


def test_the_byte_alphabet_draws_a_space_printable_and_a_letter_beyond_ascii_as_two() -> None:
    assert BYTE_ALPHABET[ord(" ")] == "Ġ"
    assert BYTE_ALPHABET[ord("\n")] == "Ċ"
    assert [BYTE_ALPHABET[byte] for byte in "é".encode()] == ["Ã", "©"]
    assert len(set(BYTE_ALPHABET.values())) == 256
    assert all(character.isprintable() for character in BYTE_ALPHABET.values())


def test_a_leading_space_makes_another_token() -> None:
    bpe = byte_level_bpe()
    assert bpe.encode("low").pieces == ("<s>", "low", "</s>")
    assert bpe.encode(" low").pieces == ("<s>", "Ġlow", "</s>")
    assert bpe.encode("low low").pieces == ("<s>", "low", "Ġlow", "</s>")


def test_bpe_merges_the_pair_of_lowest_rank_first() -> None:
    tokens = byte_level_bpe().encode(" lower")
    assert tokens.pieces == ("<s>", "Ġlow", "er", "</s>")
    assert tokens.steps == (
        (
            Step("l", "o", 0, True, ("Ġ", "lo", "w", "e", "r")),
            Step("lo", "w", 1, True, ("Ġ", "low", "e", "r")),
            Step("e", "r", 2, True, ("Ġ", "low", "er")),
            Step("Ġ", "low", 3, True, ("Ġlow", "er")),
        ),
    )


def test_word_piece_tries_the_longest_piece_first() -> None:
    tokens = word_piece().encode("unable")
    assert tokens.pieces == ("[CLS]", "un", "##able", "[SEP]")
    (steps,) = tokens.steps
    assert [(step.left, step.found) for step in steps] == [
        ("unable", False),
        ("unabl", False),
        ("unab", False),
        ("una", False),
        ("un", True),
        ("##able", True),
    ]
    assert steps[-1].pieces == ("un", "##able")
    assert {step.rank for step in steps} == {-1}


def test_unaffable_is_cut_as_in_the_bert_paper_s_code() -> None:
    assert word_piece().encode("UNaffable").pieces[1:-1] == ("un", "##aff", "##able")


def test_a_word_that_does_not_fit_is_unknown_as_a_whole() -> None:
    tokens = word_piece().encode("unaX !")
    assert tokens.pieces == ("[CLS]", "[UNK]", "!", "[SEP]")
    assert tokens.shown == ("[CLS]", "unaX", "!", "[SEP]")
    assert tokens.steps[0][-1] == Step("##x", "", -1, False, ("un", "##a"))


def test_a_word_longer_than_the_limit_is_not_tried() -> None:
    tokens = word_piece(longest_word=5).encode("unable un")
    assert tokens.pieces == ("[CLS]", "[UNK]", "un", "[SEP]")
    assert tokens.steps[0] == ()


def test_the_bytes_of_one_character_all_show_it() -> None:
    tokens = byte_level_bpe().encode("中é")
    assert tokens.pieces[1:4] == ("ä", "¸", "Ń")
    assert tokens.shown[1:5] == ("中", "中", "中", "é")
    assert tokens.spans[1:4] == ((0, 1),) * 3


def test_accents_and_capitals_go_but_the_spans_stay_in_the_typed_text() -> None:
    for text in ("CAFÉ!", "cafe\u0301!", "\u200bCafé!"):
        tokens = word_piece().encode(text)
        assert tokens.pieces == ("[CLS]", "cafe", "!", "[SEP]")
        assert tokens.shown[1].casefold().startswith("caf")
        assert tokens.text == text


def test_spans_leave_out_the_space_of_a_piece_unless_told_otherwise() -> None:
    text = "low  low"
    assert byte_level_bpe().encode(text).spans[1:-1] == ((0, 3), (4, 4), (5, 8))
    untrimmed = byte_level_bpe(rules=ByteRules(trim_offsets=False)).encode(text)
    assert untrimmed.spans[1:-1] == ((0, 3), (3, 4), (4, 8))


def test_special_tokens_frame_the_text_and_belong_to_no_word() -> None:
    tokens = word_piece().encode("un able un")
    assert tokens.special == (True, False, False, False, True)
    assert tokens.spans[0] == tokens.spans[-1] == (0, 0)
    assert tokens.words == (None, 0, 1, 2, None)
    assert byte_level_bpe().encode("").pieces == ("<s>", "</s>")


def test_a_special_token_that_is_typed_is_one_token_with_its_place_in_the_text() -> None:
    tokens = byte_level_bpe().encode("low <mask>")
    assert tokens.pieces == ("<s>", "low", "<mask>", "</s>")
    assert tokens.spans[2] == (4, 10)
    assert word_piece().encode("un[MASK]!").pieces[1:-1] == ("un", "[MASK]", "!")


def test_a_text_over_the_limit_is_cut_and_says_so() -> None:
    tokens = byte_level_bpe().encode("low low lower", max_length=4)
    assert tokens.pieces == ("<s>", "low", "Ġlow", "</s>")
    assert tokens.left_out == 2
    assert len(tokens.steps) == 2
    with pytest.raises(BadInput, match="no room for the 2 special tokens"):
        byte_level_bpe().encode("low", max_length=1)


@pytest.mark.parametrize("text", [None, 3, b"low", ["low"]])
def test_only_a_str_is_read(text: object) -> None:
    with pytest.raises(BadInput, match="must be a str"):
        byte_level_bpe().encode(text)  # pyright: ignore[reportArgumentType]


def test_half_an_emoji_is_read_as_a_replacement_character() -> None:
    for tokenizer in (byte_level_bpe(), word_piece()):
        assert tokenizer.encode("low \ud83d").text == "low \ufffd"
        assert tokenizer.encode("\ude00\ud83d").text == "\ufffd\ufffd"
        assert tokenizer.encode("\ud83d\ude00!").text == "😀!"


def test_a_keystroke_cuts_only_the_word_being_typed() -> None:
    bpe = byte_level_bpe(kind=CountingBPE)
    assert isinstance(bpe, CountingBPE)
    bpe.cuts = Counter()
    for text in ("low low", "low lowe", "low lower"):
        bpe.encode(text)
    assert bpe.cuts == {"low": 1, " low": 1, " lowe": 1, " lower": 1}


def test_a_page_without_a_space_is_read_in_time() -> None:
    bpe, pieces = byte_level_bpe(), word_piece()
    start = time.process_time()
    tokens = bpe.encode("low" * 30_000)
    assert len(tokens) == 30_002
    assert tokens.steps == ((),)
    assert pieces.encode("low" * 30_000).pieces[1] == "[UNK]"
    assert time.process_time() - start < 10  # comparing all pairs with all others takes minutes


def test_a_folder_without_a_tokenizer_says_what_to_put_there(tmp_path: Path) -> None:
    with pytest.raises(MissingWeights, match=r"tokenizer\.json there, or its"):
        read_tokenizer(tmp_path)


BERT = {
    "model": {"type": "WordPiece", "vocab": {"[UNK]": 0}},
    "normalizer": {"type": "BertNormalizer"},
    "pre_tokenizer": {"type": "BertPreTokenizer"},
}


@pytest.mark.parametrize(
    ("description", "error", "message"),
    [
        ("version https://git-lfs", MissingWeights, "not valid JSON"),
        ([], MissingWeights, "JSON object"),
        ({}, MissingWeights, "incomplete"),
        ({"model": {"type": "Unigram"}}, UnsupportedArchitecture, "model that is not read"),
        (BERT | {"normalizer": {"type": "NFKC"}}, UnsupportedArchitecture, "normalizer"),
        (BERT | {"pre_tokenizer": {"type": "Metaspace"}}, UnsupportedArchitecture, "Metaspace"),
        (BERT | {"model": {"type": "WordPiece", "vocab": {}}}, MissingWeights, "unknown token"),
        (
            {
                "model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": [["a", "b"]]},
                "pre_tokenizer": {"type": "ByteLevel"},
            },
            MissingWeights,
            "lacks 1 ",
        ),
    ],
)
def test_a_tokenizer_that_cannot_be_read_is_refused_with_the_way_out(
    tmp_path: Path, description: object, error: type[PipelineError], message: str
) -> None:
    if error is UnsupportedArchitecture:
        pytest.importorskip("tokenizers")  # which reads what we don't, and without which we say so
    text = description if isinstance(description, str) else json.dumps(description)
    (tmp_path / "tokenizer.json").write_text(text, "utf-8")
    with pytest.raises(error, match=message):
        read_tokenizer(tmp_path)


def test_added_tokens_of_the_configuration_are_read_beside_vocabulary_files(
    tmp_path: Path,
) -> None:
    (tmp_path / "vocab.txt").write_text("\n".join(PIECES) + "\n", "utf-8")
    listed = {"11": {"content": "<new>", "special": True, "rstrip": True}}
    config = {"do_lower_case": False, "added_tokens_decoder": listed}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config), "utf-8")
    tokens = read_tokenizer(tmp_path).encode("<new> cafe CAFE")
    assert tokens.pieces == ("[CLS]", "<new>", "cafe", "[UNK]", "[SEP]")
    assert tokens.ids.tolist() == [2, 11, 9, 1, 3]
    assert tokens.spans[1] == (0, 6)
