"""RoBERTa (arXiv 1907.11692), and its relatives that differ in vocabulary and language alone."""

from __future__ import annotations

from dataclasses import replace

from .record import Architecture, MaskedNames, TensorNames

TENSORS = TensorNames(
    base="roberta.",
    token="roberta.embeddings.word_embeddings.weight",
    position="roberta.embeddings.position_embeddings.weight",
    token_type="roberta.embeddings.token_type_embeddings.weight",
    embedding_norm="roberta.embeddings.LayerNorm",
    layer="roberta.encoder.layer.{}.",
    query="attention.self.query",
    key="attention.self.key",
    value="attention.self.value",
    attention_output="attention.output.dense",
    attention_norm="attention.output.LayerNorm",
    feed_forward_in="intermediate.dense",
    feed_forward_out="output.dense",
    feed_forward_norm="output.LayerNorm",
    dense="classifier.dense",
    output="classifier.out_proj",
)

ROBERTA = Architecture(
    name="roberta",
    title="RoBERTa",
    keys={
        "layers": ("num_hidden_layers", 12),
        "heads": ("num_attention_heads", 12),
        "width": ("hidden_size", 768),
        "inner": ("intermediate_size", 3072),
        "vocabulary_size": ("vocab_size", 50265),
        "activation": ("hidden_act", "gelu"),
        "layer_norm_epsilon": ("layer_norm_eps", 1e-12),
        "padding_id": ("pad_token_id", 1),
        "token_types": ("type_vocab_size", 2),
    },
    tensors=TENSORS,
    masked=MaskedNames(
        "lm_head.dense", "lm_head.layer_norm", "lm_head.bias", "lm_head.decoder", "gelu"
    ),
    positions="after padding",
    head_activation="tanh",
    pooler=False,
    reads_token_types=False,
    torch_class="Roberta",
    dropouts=("hidden_dropout_prob", "attention_probs_dropout_prob", "classifier_dropout"),
    tokenizer_class="RobertaTokenizer",
)

XLM_ROBERTA = replace(
    ROBERTA,
    name="xlm-roberta",
    title="XLM-RoBERTa",
    keys={**ROBERTA.keys, "vocabulary_size": ("vocab_size", 30522)},
    torch_class="XLMRoberta",
    tokenizer_class="XLMRobertaTokenizer",
)

CAMEMBERT = replace(
    ROBERTA,
    name="camembert",
    title="CamemBERT",
    keys={**ROBERTA.keys, "vocabulary_size": ("vocab_size", 30522)},
    torch_class="Camembert",
    tokenizer_class="CamembertTokenizer",
)
