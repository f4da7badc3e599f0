"""Any other tokenizer.json, read through the tokenizers library: right, but without its steps."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline_widgets.engine.tokenizers import tokenizer_json
from pipeline_widgets.engine.tokenizers.base import Row, SubwordTokenizer, Word
from pipeline_widgets.engine.tokenizers.normalised import Normalised
from pipeline_widgets.errors import MissingExtra, UnsupportedArchitecture
from pipeline_widgets.trace import Step

_KINDS = {"Unigram": "SentencePiece", "BPE": "BPE", "WordLevel": "words"}


class LibraryTokenizer(SubwordTokenizer):
    """XLM-RoBERTa's and CamemBERT's SentencePiece, and what else a tokenizer.json can describe.

    Special tokens, pairs and the limit are put around its pieces as for our own tokenizers.
    """

    explained = False

    def __init__(
        self,
        description: Mapping[str, Any],
        *,
        roles: Mapping[str, str],
        otherwise: UnsupportedArchitecture,
    ) -> None:
        model: Mapping[str, Any] = description["model"]
        self.kind = _KINDS.get(str(model.get("type")), str(model.get("type", "WordPiece")))
        self._library = _read(description, otherwise)
        vocabulary: dict[str, int] = self._library.get_vocab(with_added_tokens=True)
        around = tokenizer_json.around(description.get("post_processor"))
        added = tokenizer_json.added_tokens(description, vocabulary)
        specials = tokenizer_json.specials(around, vocabulary, added, roles)
        super().__init__(vocabulary, around=around, added=added, specials=specials)

    def _rows(self, text: str) -> tuple[list[Row], list[tuple[Step, ...]]]:
        found = self._library.encode(text, add_special_tokens=False)
        numbers: dict[object, int] = {}  # the library's words, counted without separators
        rows: list[Row] = []
        parts = zip(found.tokens, found.ids, found.offsets, found.word_ids, strict=True)
        for index, (piece, number, span, word) in enumerate(parts):
            if number in self.separators:
                rows.append(Row(piece, number, tuple(span)))
                continue
            key = ("alone", index) if word is None else word
            rows.append(Row(piece, number, tuple(span), numbers.setdefault(key, len(numbers))))
        return rows, [()] * len(numbers)

    def words(self, text: Normalised) -> Iterator[Normalised]:
        """The library cuts a text in one go."""
        raise NotImplementedError

    def cut_word(self, word: str) -> Word:
        """The library cuts a text in one go."""
        raise NotImplementedError


def _read(description: Mapping[str, Any], otherwise: UnsupportedArchitecture) -> Any:
    try:
        library: Any = importlib.import_module("tokenizers")
    except ImportError as error:
        raise MissingExtra(
            f"{otherwise} The tokenizers library reads more kinds: pip install "
            '"pipeline-widgets[hub]".'
        ) from error
    try:
        found = library.Tokenizer.from_str(json.dumps(description))
    except Exception as error:  # the library has no error of its own
        raise UnsupportedArchitecture(
            f"{otherwise} The tokenizers library can't read it either ({error})."
        ) from error
    found.no_truncation()
    found.no_padding()
    return found
