"""Builds a tokenizer from the description in a checkpoint's ``tokenizer.json``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline_widgets.engine.tokenizers.added_tokens import AddedToken
from pipeline_widgets.engine.tokenizers.base import Around, Row, Tokenizer, check_ids
from pipeline_widgets.engine.tokenizers.bert_normaliser import BertRules
from pipeline_widgets.engine.tokenizers.byte_level_bpe import ByteLevelBPE, ByteRules
from pipeline_widgets.engine.tokenizers.word_piece import WordPiece
from pipeline_widgets.errors import UnsupportedArchitecture

Json = Mapping[str, Any]


def build(description: Json, *, roles: Mapping[str, str]) -> Tokenizer:
    """The tokenizer that a parsed tokenizer.json describes.

    ``roles`` names the special tokens: ``{"mask": "<mask>", ...}``. Truncation and padding are
    left to the caller of `encode`. Raises `UnsupportedArchitecture` for a kind of tokenizer that
    neither RoBERTa nor DistilBERT has.
    """
    model: Json = description["model"]
    # Files older than the "type" entry tell WordPiece and BPE apart by the merge table.
    kind = model.get("type") or ("BPE" if "merges" in model else "WordPiece")
    if kind == "BPE":
        return _byte_level_bpe(description, roles=roles)
    if kind == "WordPiece":
        return _word_piece(description, roles=roles)
    raise _unsupported("model", model)


def _byte_level_bpe(description: Json, *, roles: Mapping[str, str]) -> ByteLevelBPE:
    model: Json = description["model"]
    splitter: Json = description.get("pre_tokenizer") or {}
    unread = ("dropout", "continuing_subword_prefix", "end_of_word_suffix", "ignore_merges")
    if any(model.get(name) for name in unread):
        raise _unsupported("model", {name: model.get(name) for name in ("type", *unread)})
    if description.get("normalizer"):
        raise _unsupported("normalizer", description["normalizer"])
    if splitter.get("type") != "ByteLevel" or not splitter.get("use_regex", True):
        raise _unsupported("pre_tokenizer", splitter)
    framing = _processors(description.get("post_processor"))
    nothing: Json = {}
    trimming = next((one for one in framing if "trim_offsets" in one), nothing)
    vocabulary: dict[str, int] = model["vocab"]
    tokens = added_tokens(description, vocabulary)
    frame = around(description.get("post_processor"))
    return ByteLevelBPE(
        vocabulary,
        [_pair(merge) for merge in model["merges"]],
        around=frame,
        added=tokens,
        specials=specials(frame, vocabulary, tokens, roles),
        unknown=model.get("unk_token"),
        fuse_unknown=model.get("fuse_unk", False),
        rules=ByteRules(
            add_prefix_space=splitter.get("add_prefix_space", True),
            trim_offsets=trimming.get("trim_offsets", False),
            trim_but_prefix=trimming.get("add_prefix_space", True),
        ),
    )


def _word_piece(description: Json, *, roles: Mapping[str, str]) -> WordPiece:
    model: Json = description["model"]
    splitter: Json = description.get("pre_tokenizer") or {}
    normaliser: Json = description.get("normalizer") or {}
    if splitter.get("type") != "BertPreTokenizer":
        raise _unsupported("pre_tokenizer", splitter)
    if normaliser.get("type") != "BertNormalizer":
        raise _unsupported("normalizer", normaliser)
    vocabulary: dict[str, int] = model["vocab"]
    tokens = added_tokens(description, vocabulary)
    frame = around(description.get("post_processor"))
    unknown = model.get("unk_token", "[UNK]")
    return WordPiece(
        vocabulary,
        around=frame,
        added=tokens,
        specials=specials(frame, vocabulary, tokens, {**roles, "unk": unknown}),
        rules=BertRules(
            clean_text=normaliser.get("clean_text", True),
            handle_chinese_chars=normaliser.get("handle_chinese_chars", True),
            strip_accents=normaliser.get("strip_accents"),
            lowercase=normaliser.get("lowercase", True),
        ),
        unknown=unknown,
        continuation=model.get("continuing_subword_prefix", "##"),
        longest_word=model.get("max_input_chars_per_word", 100),
    )


def _pair(merge: str | list[str]) -> tuple[str, str]:
    """A merge, written ``"Ġ t"`` in older files and ``["Ġ", "t"]`` in newer ones."""
    left, right = merge.split(" ") if isinstance(merge, str) else merge
    return left, right


def added_tokens(description: Json, vocabulary: Mapping[str, int]) -> list[AddedToken]:
    """The tokens that stand outside the words.

    One that the vocabulary lacks gets the next free id, whatever the file says, as in the
    tokenizers library.
    """
    entries: list[Json] = description.get("added_tokens") or []
    check_ids([entry["id"] for entry in entries])
    ids: dict[str, int] = {}
    free = len(vocabulary)
    for entry in entries:
        content = entry["content"]
        number = ids.setdefault(content, vocabulary.get(content, free))
        free = max(free, number + 1)
    return [
        AddedToken(
            content=entry["content"],
            id=ids[entry["content"]],
            single_word=entry.get("single_word", False),
            lstrip=entry.get("lstrip", False),
            rstrip=entry.get("rstrip", False),
            normalized=entry.get("normalized", not entry.get("special", False)),
        )
        for entry in entries
    ]


def _processors(processor: Json | None) -> list[Json]:
    """The steps that put special tokens around a text: one, or a sequence of them."""
    if not processor:
        return []
    known = ("RobertaProcessing", "BertProcessing", "TemplateProcessing", "ByteLevel")
    steps: list[Json] = processor.get("processors", [processor])
    for step in steps:
        if step.get("type") not in known:
            raise _unsupported("post_processor", step)
    return steps


def around(processor: Json | None) -> Around:
    """The special tokens before, between and after texts, as the post-processor puts them."""
    for step in _processors(processor):
        if step["type"] in ("RobertaProcessing", "BertProcessing"):
            (cls, cls_id), (sep, sep_id) = step["cls"], step["sep"]
            cls, sep = Row(cls, cls_id), Row(sep, sep_id)
            if step["type"] == "RobertaProcessing":
                return Around((cls,), (sep,), between=(sep, sep))
            return Around((cls,), (sep,), between=(sep,), types=(0, 1))
        if step["type"] == "TemplateProcessing":
            return _template(step)
    return Around()


def _template(processor: Json) -> Around:
    """A template such as ``[CLS] $A [SEP]``: what stands before the text, and what after."""
    before, after = _sides(processor, processor["single"])
    pair: list[Json] = processor.get("pair") or []
    kinds = [part["Sequence"].get("type_id", 0) for part in pair if "Sequence" in part]
    if len(kinds) != 2:
        return Around(before, after)
    first, between, last = _sides(processor, pair)
    if (first, last) != (before, after):
        raise _unsupported("post_processor", {"type": processor["type"], "pair": pair})
    return Around(before, after, between=between, types=(kinds[0], kinds[1]))


def _sides(processor: Json, parts: list[Json]) -> list[tuple[Row, ...]]:
    """The special tokens before, between and after the texts of a template."""
    sides: list[list[Row]] = [[]]
    for part in parts:
        if "Sequence" in part:
            sides.append([])
            continue
        special: Json = processor["special_tokens"][part["SpecialToken"]["id"]]
        sides[-1].extend(map(Row, special["tokens"], special["ids"]))
    return [tuple(side) for side in sides]


def specials(
    around: Around,
    vocabulary: Mapping[str, int],
    added: list[AddedToken],
    roles: Mapping[str, str],
) -> dict[str, int]:
    """The ids of the special tokens, by role."""
    ids = {**vocabulary, **{token.content: token.id for token in added}}
    found = {role: ids[piece] for role, piece in roles.items() if piece in ids}
    if around.before and around.after:
        found |= {"cls": around.before[0].id, "sep": around.after[-1].id}
    return found


def _unsupported(part: str, found: Json) -> UnsupportedArchitecture:
    shown = {name: value for name, value in found.items() if name not in ("vocab", "merges")}
    return UnsupportedArchitecture(
        f"This tokenizer.json has a {part} that is not read here: {shown}. RoBERTa's byte-level "
        "BPE and BERT's WordPiece are."
    )
