"""DistilBERT (arXiv 1910.01108): half of BERT's layers, no token types, no pooler."""

from __future__ import annotations

from .record import Architecture, MaskedNames, TensorNames

DISTILBERT = Architecture(
    name="distilbert",
    title="DistilBERT",
    keys={
        "layers": ("n_layers", 6),
        "heads": ("n_heads", 12),
        "width": ("dim", 768),
        "inner": ("hidden_dim", 3072),
        "vocabulary_size": ("vocab_size", 30522),
        "activation": ("activation", "gelu"),
        "padding_id": ("pad_token_id", 0),
    },
    tensors=TensorNames(
        base="distilbert.",
        token="distilbert.embeddings.word_embeddings.weight",
        position="distilbert.embeddings.position_embeddings.weight",
        token_type=None,
        embedding_norm="distilbert.embeddings.LayerNorm",
        layer="distilbert.transformer.layer.{}.",
        query="attention.q_lin",
        key="attention.k_lin",
        value="attention.v_lin",
        attention_output="attention.out_lin",
        attention_norm="sa_layer_norm",
        feed_forward_in="ffn.lin1",
        feed_forward_out="ffn.lin2",
        feed_forward_norm="output_layer_norm",
        dense="pre_classifier",
        output="classifier",
    ),
    masked=MaskedNames(
        "vocab_transform", "vocab_layer_norm", "vocab_projector.bias", "vocab_projector"
    ),
    positions="from zero",
    head_activation="relu",
    pooler=False,
    reads_token_types=False,
    torch_class="DistilBert",
    dropouts=("dropout", "attention_dropout", "seq_classif_dropout"),
    tokenizer_class="BertTokenizer",
)
