"""Finds a checkpoint's tokenizer files and reads them, newest format first.

The older files hold only a vocabulary and merges; the rules that tokenizer.json writes down are
then those of the model's first release, changed by what ``tokenizer_config.json`` says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from pipeline_widgets.engine.tokenizers import tokenizer_json
from pipeline_widgets.engine.tokenizers.base import Tokenizer
from pipeline_widgets.errors import MissingWeights

ROBERTA_ROLES = {
    "cls": "<s>",
    "sep": "</s>",
    "pad": "<pad>",
    "unk": "<unk>",
    "mask": "<mask>",
}
BERT_ROLES = {
    "cls": "[CLS]",
    "sep": "[SEP]",
    "pad": "[PAD]",
    "unk": "[UNK]",
    "mask": "[MASK]",
}


def read_tokenizer(folder: Path | str) -> Tokenizer:
    """The tokenizer of the checkpoint in ``folder``.

    Read from ``tokenizer.json``, else ``vocab.json`` and ``merges.txt`` (RoBERTa), else
    ``vocab.txt`` (BERT, DistilBERT). Raises `MissingWeights` if there is none of them or one
    cannot be read, `UnsupportedArchitecture` if it describes another kind of tokenizer.
    """
    folder = Path(folder)
    config = _config(folder)
    try:
        description = _describe(folder, config)
        defaults = ROBERTA_ROLES if "merges" in description["model"] else BERT_ROLES
        return tokenizer_json.build(description, roles=_roles(config, defaults))
    except (KeyError, TypeError, ValueError) as error:
        raise MissingWeights(
            f"The tokenizer files in {folder} are incomplete ({error!r}). Download them again."
        ) from error


def _describe(folder: Path, config: Mapping[str, Any]) -> dict[str, Any]:
    """The folder's tokenizer.json, or what it would say if there were one."""
    if (folder / "tokenizer.json").is_file():
        return _json(folder / "tokenizer.json")
    if (folder / "vocab.json").is_file() and (folder / "merges.txt").is_file():
        return _roberta(folder, config)
    if (folder / "vocab.txt").is_file():
        return _bert(folder, config)
    raise MissingWeights(
        f"No tokenizer in {folder}. Put the checkpoint's tokenizer.json there, or its "
        "vocab.json and merges.txt (RoBERTa) or vocab.txt (DistilBERT)."
    )


def _roberta(folder: Path, config: Mapping[str, Any]) -> dict[str, Any]:
    """What roberta-base's tokenizer.json says, around the vocabulary and merges of a folder."""
    lines = (folder / "merges.txt").read_bytes().decode().split("\n")
    merges = [line for line in lines if line.strip() and not line.startswith("#version")]
    vocabulary = _json(folder / "vocab.json")
    roles = _roles(config, ROBERTA_ROLES)
    prefix = bool(config.get("add_prefix_space", False))
    return {
        "model": {"type": "BPE", "vocab": vocabulary, "merges": merges},
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": prefix},
        "post_processor": {
            "type": "RobertaProcessing",
            "cls": [roles["cls"], vocabulary[roles["cls"]]],
            "sep": [roles["sep"], vocabulary[roles["sep"]]],
            "trim_offsets": config.get("trim_offsets", True),
            "add_prefix_space": prefix,
        },
        "added_tokens": _added(vocabulary, roles, config, lstrip=("mask",)),
    }


def _bert(folder: Path, config: Mapping[str, Any]) -> dict[str, Any]:
    """What bert-base-uncased's tokenizer.json says, around the vocabulary of a folder."""
    # Not splitlines(), which would also split at the rarer line ends that are pieces themselves.
    lines = (folder / "vocab.txt").read_bytes().decode().removesuffix("\n").split("\n")
    vocabulary = {line.rstrip(): number for number, line in enumerate(lines)}
    roles = _roles(config, BERT_ROLES)
    return {
        "model": {"type": "WordPiece", "vocab": vocabulary, "unk_token": roles["unk"]},
        "normalizer": {
            "type": "BertNormalizer",
            "handle_chinese_chars": config.get("tokenize_chinese_chars", True),
            "strip_accents": config.get("strip_accents"),
            "lowercase": config.get("do_lower_case", True),
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "BertProcessing",
            "cls": [roles["cls"], vocabulary[roles["cls"]]],
            "sep": [roles["sep"], vocabulary[roles["sep"]]],
        },
        "added_tokens": _added(vocabulary, roles, config, lstrip=()),
    }


def _added(
    vocabulary: Mapping[str, int],
    roles: Mapping[str, str],
    config: Mapping[str, Any],
    *,
    lstrip: tuple[str, ...],
) -> list[dict[str, Any]]:
    """The tokens that are recognised where they are typed, as tokenizer.json lists them.

    They are the special tokens of the vocabulary and what the configuration has in
    ``added_tokens_decoder``, by id; either may be spelled out there with rules of its own.
    """
    tokens: dict[str, dict[str, Any]] = {}
    for role, content in roles.items():
        entry = config.get(f"{role}_token")
        rules = cast("dict[str, Any]", entry) if isinstance(entry, dict) else {}
        if content in vocabulary:
            known = {"content": content, "id": vocabulary[content], "special": True}
            tokens[content] = {"lstrip": role in lstrip, **rules, **known}
    listed: dict[str, dict[str, Any]] = config.get("added_tokens_decoder") or {}
    for number, entry in listed.items():
        tokens[entry["content"]] = {**entry, "id": int(number)}
    return list(tokens.values())


def _roles(config: Mapping[str, Any], defaults: Mapping[str, str]) -> dict[str, str]:
    """The text of each special token, by its role."""
    entries = {role: config.get(f"{role}_token") or text for role, text in defaults.items()}
    return {
        role: entry["content"] if isinstance(entry, dict) else str(entry)
        for role, entry in entries.items()
    }


def _config(folder: Path) -> dict[str, Any]:
    """The settings in tokenizer_config.json and, over them, special_tokens_map.json."""
    settings: dict[str, Any] = {}
    for name in ("tokenizer_config.json", "special_tokens_map.json"):
        if (folder / name).is_file():
            settings |= _json(folder / name)
    return settings


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise MissingWeights(
            f"{path} is not valid JSON ({error}). Download it again, the whole file."
        ) from error
    if not isinstance(found, dict):
        raise MissingWeights(f"{path} should hold a JSON object. Download it again.")
    return cast("dict[str, Any]", found)
