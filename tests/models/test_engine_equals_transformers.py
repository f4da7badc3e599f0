"""Both backends give transformers' own numbers: embeddings, hidden states, attention, logits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from safetensors.torch import load_file

import pipeline_widgets as pw
from pipeline_widgets.engine.arithmetic import gelu
from tests.models.conftest import SMALL, reference, save_classifier

BUNDLED = Path(pw.__file__).parent / "bundled"
TEXTS = ("The cat sat on the mat.", "", "Nothing about the hotel disappointed us, 😀 中 é!")
BACKENDS = ("numpy", "torch")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def assert_equal(trace: pw.Trace, model: Any) -> None:
    """Compare every stage with what transformers says for the same ids."""
    ids = torch.tensor(trace.tokens.ids[None].astype(np.int64))
    said: dict[str, torch.Tensor] = {}
    embeddings = model.base_model.embeddings
    hooks = [
        module.register_forward_hook(
            lambda _module, _inputs, output, name=name: said.update({name: output})
        )
        for name, module in embeddings.named_children()
    ]
    with torch.inference_mode():
        output = model(ids, output_attentions=True, output_hidden_states=True)
    for hook in hooks:
        hook.remove()
    assert len(output.attentions) == len(trace.layers.attention)
    position = said["position_embeddings"]
    if "token_type_embeddings" in said:
        position = position + said["token_type_embeddings"]
    pairs = {
        "token": (trace.embedding.token, said["word_embeddings"][0]),
        "position": (trace.embedding.position, position[0]),
        "normalised": (trace.embedding.normalised, said["LayerNorm"][0]),
        "hidden": (trace.layers.hidden, torch.stack(output.hidden_states)[:, 0]),
        "attention": (trace.layers.attention, torch.stack(output.attentions)[:, 0]),
        "logits": (trace.prediction.logits, output.logits[0]),
        "probabilities": (trace.prediction.probabilities, output.logits[0].softmax(-1)),
    }
    for name, (ours, theirs) in pairs.items():
        assert ours.dtype == np.float32, name
        np.testing.assert_allclose(ours, theirs.numpy(), rtol=0, atol=1e-4, err_msg=name)


@pytest.fixture(scope="module", params=["roberta", "distilbert"])
def bundled(request) -> tuple[str, Any]:
    """A bundled name, and transformers' model with the two files merged by hand."""
    folder = BUNDLED / f"{request.param}-mini"
    state = {k: v.float() for k, v in load_file(folder / "encoder/model.safetensors").items()}
    difference = load_file(folder / "classifier/difference.safetensors")
    for name, value in difference.items():
        if name.endswith(".up"):
            plain = name.removesuffix(".up")
            merged = state[plain] + value.float() @ difference[plain + ".down"].float()
            state[plain] = merged.half().float()
        elif not name.endswith(".down"):
            state[name] = value.float()
    config = transformers.AutoConfig.from_pretrained(folder / "encoder")
    model = transformers.AutoModelForSequenceClassification.from_config(
        config, attn_implementation="eager"
    )
    model.load_state_dict(state)
    return request.param, model.eval()


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("text", [*TEXTS, "word " * 400])
def test_the_bundled_classifiers_give_transformers_numbers(bundled, backend, text):
    name, model = bundled
    pipeline = pw.load(name, backend=backend)
    trace = pipeline.trace(text)
    assert_equal(trace, model)
    assert pipeline.parameters == model.num_parameters()
    assert trace.prediction.labels == tuple(model.config.id2label.values())


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", ["roberta", "distilbert"])
def test_the_bundled_encoders_give_transformers_numbers(name, backend):
    model = reference(BUNDLED / f"{name}-mini" / "encoder")
    assert_equal(pw.load(f"{name}-encoder", backend=backend).trace(TEXTS[0]), model)


def test_full_size_checkpoints_give_transformers_numbers(full):
    model = reference(full)
    parameters = {"roberta": 124_647_170, "distilbert": 66_955_010}
    for backend in BACKENDS:
        pipeline = pw.load(full, backend=backend)
        assert pipeline.parameters == parameters[pipeline.architecture]
        assert pipeline.limit == 512
        for text in (TEXTS[2], "The queue was long. " * 12):
            assert_equal(pipeline.trace(text), model)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("text", TEXTS)
def test_small_checkpoints_give_transformers_numbers(small, backend, text):
    assert_equal(pw.load(small, backend=backend).trace(text), reference(small))


def test_a_text_over_the_limit_is_cut_to_what_transformers_takes(small):
    trace = pw.load(small).trace("the cat sat on the mat " * 20)
    assert len(trace.tokens) == 40
    assert trace.tokens.left_out > 0
    assert trace.tokens.pieces[-1] in ("</s>", "[SEP]")
    assert_equal(trace, reference(small))


VARIANTS = {
    "seven labels": {"id2label": {i: f"mood {i}" for i in range(7)}},
    "three labels without names": {"num_labels": 3},
    "one layer": {"num_hidden_layers": 1, "n_layers": 1},
    "relu": {"hidden_act": "relu", "activation": "relu"},
    "two token types": {"type_vocab_size": 2},
}


@pytest.mark.parametrize("architecture", ["roberta", "distilbert"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_other_sizes_and_labels_are_read_from_the_config(tmp_path, architecture, variant):
    sizes = SMALL[architecture] | VARIANTS[variant]
    folder = save_classifier(tmp_path, architecture, sizes=sizes)
    model = reference(folder)
    for backend in BACKENDS:
        trace = pw.load(folder, backend=backend).trace(TEXTS[0])
        assert_equal(trace, model)
        assert trace.prediction.labels == tuple(model.config.id2label.values())


@pytest.mark.parametrize("architecture", ["roberta", "distilbert"])
@pytest.mark.parametrize("number", ["float16", "bfloat16", "float64"])
def test_other_number_formats_are_read(tmp_path, architecture, number):
    sizes = SMALL[architecture]
    folder = save_classifier(tmp_path, architecture, sizes=sizes, dtype=getattr(torch, number))
    for backend in BACKENDS:
        assert_equal(pw.load(folder, backend=backend).trace(TEXTS[0]), reference(folder))


@pytest.mark.parametrize("architecture", ["roberta", "distilbert"])
def test_shards_are_read(tmp_path, architecture):
    sizes = SMALL[architecture]
    folder = save_classifier(tmp_path, architecture, sizes=sizes, max_shard_size="60KB")
    assert len(list(folder.glob("model-*.safetensors"))) > 2
    for backend in BACKENDS:
        assert_equal(pw.load(folder, backend=backend).trace(TEXTS[0]), reference(folder))


@pytest.mark.parametrize("architecture", ["roberta", "distilbert"])
def test_bin_weights_need_torch_and_are_read_with_it(tmp_path, architecture):
    folder = save_classifier(tmp_path, architecture, sizes=SMALL[architecture])
    whole = load_file(folder / "model.safetensors")
    model = reference(folder)
    torch.save(whole, folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(pw.MissingWeights, match=r"only \.bin weights.*backend=\"torch\""):
        pw.load(folder)
    assert_equal(pw.load(folder, backend="torch").trace(TEXTS[0]), model)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_padded_batch_gives_each_text_its_own_numbers(small, backend):
    pipeline = pw.load(small, backend=backend)
    words = transformers.AutoTokenizer.from_pretrained(small)
    batch = words(list(TEXTS), padding=True, return_tensors="pt")
    model = reference(small)
    with torch.inference_mode():
        output = model(
            input_ids=batch["input_ids"],
            attention_mask=batch["attention_mask"],
            output_attentions=True,
            output_hidden_states=True,
        )
    mask = batch["attention_mask"].numpy().astype(bool)
    embedding = pipeline.model.embed(batch["input_ids"].numpy().astype(np.int32))
    layers = pipeline.model.attend(embedding, mask)
    hidden = torch.stack(output.hidden_states).numpy()
    attention = torch.stack(output.attentions).numpy()
    assert layers.hidden.shape == hidden.shape
    assert layers.attention.shape == attention.shape
    for row, real in enumerate(mask.sum(axis=1)):
        ours = layers.hidden[:, row, :real]
        np.testing.assert_allclose(ours, hidden[:, row, :real], rtol=0, atol=1e-4)
        ours = layers.attention[:, row, :, :real]
        np.testing.assert_allclose(ours, attention[:, row, :, :real], rtol=0, atol=1e-4)
    last = pipeline.model.encode(embedding, mask)
    np.testing.assert_allclose(last[mask], hidden[-1][mask], rtol=0, atol=1e-4)


@pytest.mark.parametrize("backend", BACKENDS)
def test_query_key_and_value_are_those_of_transformers_layers(small, backend):
    pipeline = pw.load(small, backend=backend)
    trace = pipeline.trace(TEXTS[0])
    base = reference(small).base_model
    size = pipeline.config.head_width
    for layer in range(pipeline.config.layers):
        if pipeline.architecture == "roberta":
            attention = base.encoder.layer[layer].attention.self
            parts = (attention.query, attention.key, attention.value)
        else:
            attention = base.transformer.layer[layer].attention
            parts = (attention.q_lin, attention.k_lin, attention.v_lin)
        start = torch.tensor(np.ascontiguousarray(trace.layers.hidden[layer]))
        for head in range(pipeline.config.heads):
            found = pipeline.query_key_value(trace, layer, head)
            columns = slice(head * size, (head + 1) * size)
            ours = (found.query, found.key, found.value)
            for one, part in zip(ours, parts, strict=True):
                theirs = part(start)[:, columns].detach().numpy()
                np.testing.assert_allclose(one, theirs, rtol=0, atol=1e-4)
            scores = torch.tensor(found.query @ found.key.T / np.sqrt(size))
            np.testing.assert_allclose(
                trace.layers.attention[layer, head], scores.softmax(-1).numpy(), atol=1e-4
            )


@pytest.mark.parametrize("backend", BACKENDS)
def test_predictions_after_each_layer_are_transformers_head_on_that_layer(small, backend):
    pipeline = pw.load(small, backend=backend)
    trace = pipeline.trace(TEXTS[0])
    model = reference(small)
    hidden = torch.tensor(np.ascontiguousarray(trace.layers.hidden))
    with torch.inference_mode():
        if pipeline.architecture == "roberta":
            logits = model.classifier(hidden)
        else:
            logits = model.classifier(torch.relu(model.pre_classifier(hidden[:, 0])))
    after = pipeline.predict_after_layers(trace)
    np.testing.assert_allclose(after, logits.softmax(-1).numpy(), atol=1e-4)
    np.testing.assert_allclose(after[-1], trace.prediction.probabilities, atol=1e-6)


def test_pooling_is_the_vector_at_position_0_through_dense_and_tanh_or_relu(small):
    pipeline = pw.load(small)
    trace = pipeline.trace(TEXTS[0])
    model = reference(small)
    first = torch.tensor(np.ascontiguousarray(trace.layers.hidden[-1, 0]))
    roberta = pipeline.architecture == "roberta"
    dense = (model.classifier.dense if roberta else model.pre_classifier)(first)
    activated = torch.tanh(dense) if roberta else torch.relu(dense)
    assert trace.pooled.activation == ("tanh" if roberta else "relu")
    np.testing.assert_array_equal(trace.pooled.first, first.numpy())
    np.testing.assert_allclose(trace.pooled.dense, dense.detach().numpy(), atol=1e-5)
    np.testing.assert_allclose(trace.pooled.activated, activated.detach().numpy(), atol=1e-5)


def test_gelu_is_torchs_to_the_error_that_abramowitz_and_stegun_give():
    x = np.concatenate([np.linspace(-12, 12, 200_001), [0.0, -0.0]]).astype(np.float32)
    exact = torch.nn.functional.gelu(torch.tensor(x, dtype=torch.float64)).numpy()
    error = np.abs(gelu(x.copy()) - exact)
    # 1.5e-7 in erf is |x| / 2 of that in gelu; the rest is float32's rounding.
    assert np.all(error <= np.abs(x) / 2 * 1.5e-7 + 4e-7)


def test_gelu_of_numbers_far_out_is_the_number_or_nothing():
    far = np.array([30, 1e3, 1e6, -30, -1e3, -1e6], np.float32)
    np.testing.assert_array_equal(gelu(far.copy()), far.clip(0))


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_flow_answers_as_transformers_pipeline_does(small, backend):
    texts = [text for count in range(1, 12) for text in (TEXTS[0] * (count % 4), "cat " * count)]
    flow = pw.load(small, backend=backend).flow(texts, max_length=20, batch_size=4)
    classify = transformers.pipeline("text-classification", model=str(small), device="cpu")
    said = classify(texts, top_k=None, truncation=True, max_length=20, batch_size=4)
    labels = json.loads((small / "config.json").read_text()).get("id2label")
    names = list((labels or {"0": "LABEL_0", "1": "LABEL_1"}).values())
    theirs = [[{s["label"]: s["score"] for s in one}[name] for name in names] for one in said]
    np.testing.assert_allclose(flow.probabilities, theirs, rtol=0, atol=1e-4)
    assert list(flow.predictions) == [max(one, key=lambda s: s["score"])["label"] for one in said]
