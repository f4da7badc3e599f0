"""What FACTS.md says and can be counted, counted again by transformers."""

from __future__ import annotations

import torch
import transformers

from tests.lessons.conftest import LESSONS

FACTS = (LESSONS / "FACTS.md").read_text("utf-8")


def _classifier(name: str) -> torch.nn.Module:
    """A base model with two labels, shapes only."""
    bert = {"vocab_size": 50265, "max_position_embeddings": 514, "type_vocab_size": 1}
    configs = {
        "roberta": transformers.RobertaConfig(**bert, layer_norm_eps=1e-5),
        "distilroberta": transformers.RobertaConfig(**bert, num_hidden_layers=6),
        "distilbert": transformers.DistilBertConfig(),
        "bert": transformers.BertConfig(),
    }
    with torch.device("meta"):
        return transformers.AutoModelForSequenceClassification.from_config(configs[name])


def _count(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def _encoder(name: str) -> int:
    """The parameters without the classification head; BERT's count has its pooler."""
    return _count(_classifier(name).base_model)


def test_f3_f4_sizes_and_parameters():
    roberta, distilbert = _classifier("roberta"), _classifier("distilbert")
    assert (roberta.config.num_hidden_layers, distilbert.config.n_layers) == (12, 6)
    assert (roberta.config.hidden_size, distilbert.config.dim) == (768, 768)
    assert (roberta.config.num_attention_heads, distilbert.config.n_heads) == (12, 12)
    assert (roberta.config.intermediate_size, distilbert.config.hidden_dim) == (3072, 3072)
    block = _count(roberta.base_model.encoder.layer[0])
    counts = [_count(roberta), _count(distilbert), _encoder("roberta"), _encoder("distilbert")]
    counts += [_encoder("bert"), _encoder("distilroberta"), block]
    for count in counts:
        assert f"{count:,}" in FACTS, f"{count:,}"


def test_f5_shares_of_the_embedding_and_smaller_than_what():
    roberta, distilbert = _classifier("roberta").base_model, _classifier("distilbert").base_model
    shares = [_count(model.embeddings.word_embeddings) / _count(model)
              for model in (roberta, distilbert)]  # fmt: skip
    whole = [_count(model.embeddings) / _count(model) for model in (roberta, distilbert)]
    assert [round(100 * share) for share in shares] == [31, 35]
    assert [round(100 * share) for share in whole] == [31, 36]
    assert round(66.4 / 109.5, 3) == 0.606
    assert round(1 - _count(_classifier("distilbert")) / _count(_classifier("roberta")), 2) == 0.46


def test_f2_f6_f7_f9_the_arithmetic_between_published_figures():
    assert round(94.8 - 91.3, 1) == 3.5
    assert (round(94.8 - 92.7, 1), round(92.7 - 91.3, 1)) == (2.1, 1.4)
    assert round(77.0 / 79.5, 2) == 0.97
    assert round(668 / 410, 2) == 1.63
    assert round(1 - 410 / 668, 2) == 0.39
    assert round(794 / 872, 5) == 0.91055
    assert round(100 / 872, 3) == 0.115


def test_f16_positions_of_the_base_models():
    from transformers.models.roberta.modeling_roberta import RobertaEmbeddings

    config = transformers.RobertaConfig(max_position_embeddings=514)
    made = RobertaEmbeddings.create_position_ids_from_input_ids(torch.tensor([[0, 9, 2]]), 1)
    assert made.tolist() == [[2, 3, 4]]
    assert config.max_position_embeddings - 2 == transformers.DistilBertConfig().max_position_embeddings == 512  # fmt: skip  # noqa: E501
    assert transformers.RobertaConfig().max_position_embeddings != 514


def test_f17_the_heads_bend_with_tanh_and_relu_and_drop_out_as_said():
    import inspect

    from transformers.models.distilbert.modeling_distilbert import (
        DistilBertForSequenceClassification,
    )
    from transformers.models.roberta.modeling_roberta import RobertaClassificationHead

    assert "torch.tanh" in inspect.getsource(RobertaClassificationHead.forward)
    assert "ReLU" in inspect.getsource(DistilBertForSequenceClassification.forward)
    assert transformers.RobertaConfig().hidden_dropout_prob == 0.1
    assert transformers.DistilBertConfig().seq_classif_dropout == 0.2


def test_f19_without_eager_attention_no_weights_come_back():
    config = transformers.DistilBertConfig(n_layers=1, dim=24, n_heads=2, hidden_dim=24)
    ids = torch.tensor([[101, 102]])
    eager = transformers.DistilBertModel._from_config(config, attn_implementation="eager")
    maps = eager(ids, output_attentions=True).attentions
    assert len(maps) == 1
    assert maps[0].shape == (1, 2, 2, 2)
