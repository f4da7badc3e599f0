"""Finds a checkpoint's tokenizer files and reads them as transformers' AutoTokenizer does.

A folder names a tokenizer class, or its model's family implies one. The classes of RoBERTa, BERT,
XLM-RoBERTa and CamemBERT build their tokenizer from vocabulary and settings (see ``classes``); of
any other folder tokenizer.json is taken at its word. What our two tokenizers can't do step by step
is read through the tokenizers library.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from pipeline_widgets.architectures import REGISTRY
from pipeline_widgets.engine.tokenizers import classes, tokenizer_json
from pipeline_widgets.engine.tokenizers.base import Tokenizer
from pipeline_widgets.engine.tokenizers.fast_bpe import read_fast_bpe
from pipeline_widgets.errors import MissingWeights, UnsupportedArchitecture
from pipeline_widgets.text_files import read_bytes

Settings = Mapping[str, Any]

TOKENIZER_FILES = ("tokenizer.json", "vocab.json", "vocab.txt")  # one of them a tokenizer has

CLASSES = {  # transformers' classes that build anew from vocabulary and settings
    "RobertaTokenizer": "BPE",
    "BertTokenizer": "WordPiece",
    "DistilBertTokenizer": "WordPiece",
    "XLMRobertaTokenizer": "Unigram",
    "CamembertTokenizer": "Unigram",
}


def read_tokenizer(folder: Path | str) -> Tokenizer:
    """The tokenizer of the checkpoint in ``folder``.

    Read from ``tokenizer.json``, else ``vocab.json`` and ``merges.txt`` (RoBERTa), ``vocab.txt``
    and ``bpe.codes`` (BERTweet, PhoBERT) or ``vocab.txt`` alone (BERT, DistilBERT). Raises
    `MissingWeights` if there is none of them or one cannot be read, `UnsupportedArchitecture` if
    it describes a tokenizer that is unknown here, `MissingExtra` without a library it needs.
    """
    folder = Path(folder)
    try:
        settings = _settings(folder)
        if not (folder / "tokenizer.json").is_file() and (folder / "bpe.codes").is_file():
            return read_fast_bpe(folder, settings)
        description, built = _describe(folder, settings)
        roles = classes.role_names(settings, _default_roles(description["model"]))
        if not built:
            description = _completed(description, roles, settings)
        try:
            return tokenizer_json.build(description, roles=roles)
        except UnsupportedArchitecture as error:
            return _from_library(description, roles, error)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MissingWeights(
            f"The tokenizer files in {folder} are incomplete ({error!r}). Download them again."
        ) from error


def _describe(folder: Path, settings: Settings) -> tuple[dict[str, Any], bool]:
    """What tokenizer.json says or would say, and whether a class built it from the settings."""
    name = _class(folder, settings)
    if (folder / "tokenizer.json").is_file():
        found = read_json(folder / "tokenizer.json")
        model: dict[str, Any] = found["model"]
        kind = model.get("type") or ("BPE" if "merges" in model else "WordPiece")
        if CLASSES.get(name) != kind:
            return found, False
        settings = {**settings, "tokenizer.json added_tokens": found.get("added_tokens")}
        if kind == "BPE":
            return classes.roberta(model["vocab"], model["merges"], settings), True
        if kind == "Unigram":
            return classes.sentence_piece(found, settings, name), True
        return classes.bert(model["vocab"], settings), True
    if (folder / "vocab.json").is_file() and (folder / "merges.txt").is_file():
        if not name:  # the files alone, as roberta-base was first released
            settings = {"mask_token": {"content": "<mask>", "lstrip": True}, **settings}
        return classes.roberta(read_json(folder / "vocab.json"), _merges(folder), settings), True
    if (folder / "vocab.txt").is_file():
        return classes.bert(_vocabulary(folder), settings), True
    raise MissingWeights(_none(folder))


def _default_roles(model: Mapping[str, Any]) -> Mapping[str, str]:
    pieces = "merges" in model or model.get("type") == "Unigram"
    return classes.ROBERTA_ROLES if pieces else classes.BERT_ROLES


def _class(folder: Path, settings: Settings) -> str:
    """The tokenizer class that transformers would choose, without "Fast"."""
    config = read_json(folder / "config.json") if (folder / "config.json").is_file() else {}
    family = REGISTRY.get(str(config.get("model_type")))
    named = settings.get("tokenizer_class") or config.get("tokenizer_class")
    return str(named or (family.tokenizer_class if family else "")).removesuffix("Fast")


def _completed(
    description: Mapping[str, Any], roles: Mapping[str, str], settings: Settings
) -> dict[str, Any]:
    """A tokenizer.json with the added tokens that only the settings beside it have."""
    model: dict[str, Any] = description["model"]
    vocabulary: Any = model.get("vocab") or {}
    if isinstance(vocabulary, list):  # Unigram's, of pieces and scores
        vocabulary = classes.numbered(cast("list[Any]", vocabulary))
    written: list[Any] = list(description.get("added_tokens") or [])
    known = {str(entry["content"]) for entry in written}
    given = {role: text for role, text in roles.items() if settings.get(f"{role}_token")}
    for entry in classes.added_tokens(vocabulary, given, settings):
        if entry["content"] not in known:
            known.add(entry["content"])
            written.append(entry)
    return {**description, "added_tokens": written}


def _from_library(
    description: Mapping[str, Any], roles: Mapping[str, str], error: UnsupportedArchitecture
) -> Tokenizer:
    from pipeline_widgets.engine.tokenizers.library import LibraryTokenizer

    return LibraryTokenizer(description, roles=roles, otherwise=error)


def _merges(folder: Path) -> list[str]:
    lines = _text(folder / "merges.txt").split("\n")
    return [line for line in lines if line.strip() and not line.startswith("#version")]


def _vocabulary(folder: Path) -> dict[str, int]:
    # Not splitlines(), which would also split at the rarer line ends that are pieces themselves.
    lines = _text(folder / "vocab.txt").removesuffix("\n").split("\n")
    return {line.rstrip(): number for number, line in enumerate(lines)}


def _none(folder: Path) -> str:
    if any(folder.glob("*.model")):
        return (
            f"{folder} has a SentencePiece model and no tokenizer.json, which is read here. "
            "Make one there: pip install transformers sentencepiece, then in Python "
            f"transformers.AutoTokenizer.from_pretrained({str(folder)!r}).save_pretrained("
            f"{str(folder)!r})"
        )
    return (
        f"No tokenizer in {folder}. Put the checkpoint's tokenizer.json there, or its "
        "vocab.json and merges.txt (RoBERTa) or vocab.txt (DistilBERT); or say where it is: "
        "load(..., tokenizer=folder)."
    )


def _settings(folder: Path) -> dict[str, Any]:
    """What the files beside the vocabulary say; where tokens are listed by id, that list alone."""
    settings: dict[str, Any] = {}
    for name in ("tokenizer_config.json", "special_tokens_map.json"):
        if (folder / name).is_file() and not settings.get("added_tokens_decoder"):
            settings |= read_json(folder / name)
    if (folder / "added_tokens.json").is_file():
        settings["added_tokens.json"] = read_json(folder / "added_tokens.json")
    return settings


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file, whatever program wrote it."""
    text = _text(path)
    if text.startswith("version https://git-lfs"):
        raise MissingWeights(
            f"{path} is not valid JSON but a Git LFS pointer to the file. In {path.parent}: git "
            "lfs install, then git lfs pull."
        )
    try:
        found = json.loads(text)
    except ValueError as error:
        raise MissingWeights(
            f"{path} is not valid JSON ({error}). Download it again, the whole file."
        ) from error
    if not isinstance(found, dict):
        raise MissingWeights(f"{path} should hold a JSON object. Download it again.")
    return cast("dict[str, Any]", found)


def _text(path: Path) -> str:
    """A text file's content, with line ends as on Linux and without a byte order mark."""
    try:
        return read_bytes(path).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise MissingWeights(
            f"{path} is not UTF-8 text ({error.reason}). Download it again, the whole file."
        ) from error
    except OSError as error:
        raise MissingWeights(f"{path} can't be read: {error.strerror or error}.") from error
