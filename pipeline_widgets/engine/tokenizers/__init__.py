"""From a text to the ids a model reads: byte-level BPE (RoBERTa) and WordPiece (DistilBERT).

Start with `byte_level_bpe` and `word_piece`: each is one short algorithm. `base` puts special
tokens around, `bert_normaliser` cleans and lower-cases, `files` reads a checkpoint's own files.
"""

from __future__ import annotations

from pipeline_widgets.engine.tokenizers.base import Tokenizer
from pipeline_widgets.engine.tokenizers.byte_level_bpe import ByteLevelBPE
from pipeline_widgets.engine.tokenizers.files import read_tokenizer
from pipeline_widgets.engine.tokenizers.word_piece import WordPiece

__all__ = ["ByteLevelBPE", "Tokenizer", "WordPiece", "read_tokenizer"]
