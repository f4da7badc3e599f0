"""BERT (arXiv 1810.04805), DistilBERT's teacher: RoBERTa's layers, two kinds of token, a pooler."""

from __future__ import annotations

from dataclasses import replace

from .record import Architecture, MaskedNames
from .roberta import ROBERTA, TENSORS

BERT = Architecture(
    name="bert",
    title="BERT",
    keys={
        **ROBERTA.keys,
        "vocabulary_size": ("vocab_size", 30522),
        "padding_id": ("pad_token_id", 0),
    },
    tensors=replace(
        TENSORS,
        base="bert.",
        token="bert.embeddings.word_embeddings.weight",
        position="bert.embeddings.position_embeddings.weight",
        token_type="bert.embeddings.token_type_embeddings.weight",
        embedding_norm="bert.embeddings.LayerNorm",
        layer="bert.encoder.layer.{}.",
        dense="bert.pooler.dense",
        output="classifier",
    ),
    masked=MaskedNames(
        "cls.predictions.transform.dense",
        "cls.predictions.transform.LayerNorm",
        "cls.predictions.bias",
        "cls.predictions.decoder",
    ),
    positions="from zero",
    head_activation="tanh",
    pooler=True,
    reads_token_types=True,
    torch_class="Bert",
    dropouts=ROBERTA.dropouts,
    tokenizer_class="BertTokenizer",
)
