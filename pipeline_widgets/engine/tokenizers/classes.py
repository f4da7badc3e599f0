"""What transformers' own tokenizer classes make of a vocabulary and a folder's settings.

``RobertaTokenizer``, ``BertTokenizer`` and their relatives take the vocabulary from a folder and
build the rest anew: what lower-cases, where words end and which tokens stand around a text follow
``tokenizer_config.json``, whatever a ``tokenizer.json`` beside it says. So does this module, in
tokenizer.json's own words. (Read in transformers 5.24, and tested against it.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

Json = Mapping[str, Any]

ROBERTA_ROLES = {
    "bos": "<s>",
    "eos": "</s>",
    "unk": "<unk>",
    "sep": "</s>",
    "pad": "<pad>",
    "cls": "<s>",
    "mask": "<mask>",
}
BERT_ROLES = {
    "unk": "[UNK]",
    "sep": "[SEP]",
    "pad": "[PAD]",
    "cls": "[CLS]",
    "mask": "[MASK]",
}


def roberta(vocabulary: Mapping[str, int], merges: list[Any], settings: Json) -> dict[str, Any]:
    """RobertaTokenizer, as a tokenizer.json would describe it."""
    roles = role_names(settings, ROBERTA_ROLES)
    added = added_tokens(vocabulary, roles, settings)
    ids = {**vocabulary, **{entry["content"]: entry["id"] for entry in added}}
    prefix = bool(settings.get("add_prefix_space", False))
    return {
        "model": {"type": "BPE", "vocab": vocabulary, "merges": merges},
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": prefix},
        "post_processor": {
            "type": "RobertaProcessing",
            "cls": [roles["cls"], ids[roles["cls"]]],
            "sep": [roles["sep"], ids[roles["sep"]]],
            "trim_offsets": settings.get("trim_offsets", True),
            "add_prefix_space": prefix,
        },
        "added_tokens": added,
    }


def bert(vocabulary: Mapping[str, int], settings: Json) -> dict[str, Any]:
    """BertTokenizer, which DistilBERT's is too, as a tokenizer.json would describe it."""
    roles = role_names(settings, BERT_ROLES)
    added = added_tokens(vocabulary, roles, settings)
    ids = {**vocabulary, **{entry["content"]: entry["id"] for entry in added}}
    return {
        "model": {"type": "WordPiece", "vocab": vocabulary, "unk_token": roles["unk"]},
        "normalizer": {
            "type": "BertNormalizer",
            "handle_chinese_chars": settings.get("tokenize_chinese_chars", True),
            "strip_accents": settings.get("strip_accents"),
            "lowercase": settings.get("do_lower_case", True),
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "BertProcessing",
            "cls": [roles["cls"], ids[roles["cls"]]],
            "sep": [roles["sep"], ids[roles["sep"]]],
        },
        "added_tokens": added,
    }


def sentence_piece(found: Json, settings: Json, name: str) -> dict[str, Any]:
    """XLMRobertaTokenizer or CamembertTokenizer, as a tokenizer.json would describe it.

    Of ``found``, the tokenizer.json there is, they take the pieces and SentencePiece's own table of
    characters; words end at spaces and begin with "▁".
    """
    camembert = name == "CamembertTokenizer"
    pieces: list[Any] = found["model"]["vocab"]
    vocabulary = numbered(pieces)
    roles = role_names(settings, ROBERTA_ROLES)
    unknown = vocabulary.get(roles["unk"], 0) if camembert else 3
    if camembert:
        settings = {**_CAMEMBERT, **settings}
    added = added_tokens(vocabulary, roles, settings)
    ids = {**vocabulary, **{entry["content"]: entry["id"] for entry in added}}
    first, last = roles["bos"], roles["eos"]
    scheme = "always" if settings.get("add_prefix_space", True) else "never"
    return {
        "model": {"type": "Unigram", "vocab": pieces, "unk_id": unknown, "byte_fallback": False},
        "normalizer": _characters(found.get("normalizer")),
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                {"type": "WhitespaceSplit"},
                {"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": True},
            ],
        },
        "post_processor": _template(first, ids[first], last, ids[last]),
        "added_tokens": added,
    }


_CAMEMBERT = {
    "mask_token": {"content": "<mask>", "lstrip": True},
    "additional_special_tokens": ["<s>NOTUSED", "</s>NOTUSED", "<unk>NOTUSED"],
}


def numbered(pieces: list[Any]) -> dict[str, int]:
    """The ids of Unigram's pieces, each with its score: their places."""
    return {str(piece): number for number, (piece, _) in enumerate(pieces)}


def _characters(normaliser: Json | None) -> Json | None:
    """The step of a normaliser that is SentencePiece's own table, if there is one."""
    steps: list[Json] = [] if normaliser is None else normaliser.get("normalizers", [normaliser])
    return next((step for step in steps if step.get("type") == "Precompiled"), None)


def _template(first: str, first_id: int, last: str, last_id: int) -> dict[str, Any]:
    """``<s> A </s>``, or ``<s> A </s></s> B </s>``, every token of type 0."""

    def special(piece: str) -> dict[str, Any]:
        return {"SpecialToken": {"id": piece, "type_id": 0}}

    def text(name: str) -> dict[str, Any]:
        return {"Sequence": {"id": name, "type_id": 0}}

    single = [special(first), text("A"), special(last)]
    pairs = ((first, first_id), (last, last_id))
    return {
        "type": "TemplateProcessing",
        "single": single,
        "pair": [*single, special(last), text("B"), special(last)],
        "special_tokens": {
            piece: {"id": piece, "ids": [number], "tokens": [piece]} for piece, number in pairs
        },
    }


def role_names(settings: Json, defaults: Mapping[str, str]) -> dict[str, str]:
    """The text of each special token, by its role."""
    entries = {role: settings.get(f"{role}_token") or text for role, text in defaults.items()}
    return {
        role: str(cast("Json", entry)["content"]) if isinstance(entry, dict) else str(entry)
        for role, entry in entries.items()
    }


def added_tokens(
    vocabulary: Mapping[str, int], roles: Mapping[str, str], settings: Json
) -> list[dict[str, Any]]:
    """The tokens that are recognised where they are typed, as tokenizer.json lists them.

    First those that a file lists with an id, in its order, then the special tokens by role, then
    further ones. One that the vocabulary lacks gets the next free id, whatever the file says.
    """
    extra = extra_specials(settings)
    listed = _listed(settings, {*roles.values(), *(str(entry["content"]) for entry in extra)})
    known = {entry["content"] for entry in listed}
    for role, content in roles.items():
        if content not in known:
            entry = settings.get(f"{role}_token")
            rules = cast("dict[str, Any]", entry) if isinstance(entry, dict) else {}
            listed.append({**rules, "content": content, "special": True})
            known.add(content)
    listed += [entry for entry in extra if entry["content"] not in known]
    free = len(vocabulary)
    tokens: list[dict[str, Any]] = []
    for entry in listed:
        content = str(entry["content"])
        special = entry.get("special", False) or content in roles.values()
        number = vocabulary.get(content)
        if number is None:
            number, free = free, free + 1
        tokens.append({**entry, "content": content, "special": special, "id": number})
    return tokens


def extra_specials(settings: Json) -> list[dict[str, Any]]:
    """The special tokens that have no role, under the names that versions gave the list."""
    given: Any = settings.get("extra_special_tokens") or settings.get("additional_special_tokens")
    by_name = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
    items: list[Any] = [*by_name.values()] or [*cast("list[Any]", given or [])]
    return [
        {**(one if isinstance(one, dict) else {"content": str(one)}), "special": True}
        for one in items
    ]


def _listed(settings: Json, special: set[str]) -> list[dict[str, Any]]:
    """The tokens that have an id in a file: the newest list alone, or all older ones."""
    decoder: dict[str, Json] = settings.get("added_tokens_decoder") or {}
    if decoder:
        return [{**decoder[number]} for number in sorted(decoder, key=int)]
    found: dict[int, dict[str, Any]] = {}
    older: dict[str, int] = settings.get("added_tokens.json") or {}
    for content, number in older.items():
        is_special = content in special
        found[number] = {"content": content, "special": is_special, "normalized": not is_special}
    written: list[Json] = settings.get("tokenizer.json added_tokens") or []
    found |= {int(entry["id"]): {**entry} for entry in written}
    return [found[number] for number in sorted(found)]
