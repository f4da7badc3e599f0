"""Every head of every family, alone and in pairs, on both backends: transformers' own numbers."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import peft
import pytest
import torch
import transformers
from safetensors.numpy import load_file, save_file

import pipeline_widgets as pw
from tests.models.checkpoints import BUNDLED, FULL_WORD_PIECE, edit, legacy, make
from tests.models.test_tokenizer_folders import with_added
from tests.models.vocabularies import sentence_pieces, tweets

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),  # of transformers, to peft
]

BACKENDS = ("numpy", "torch")
HEADS: dict[str, dict[str, Any]] = {
    "one label of two": {"num_labels": 2},
    "one label of 28": {"num_labels": 28},
    "several labels": {"num_labels": 28, "problem_type": "multi_label_classification"},
    "one score, sigmoid": {"num_labels": 1},
    "one score, raw": {"num_labels": 1, "problem_type": "regression"},
}
FUNCTIONS = dict(zip(HEADS, ("softmax", "softmax", "sigmoid", "sigmoid", "none"), strict=True))
KINDS = ("roberta", "distilbert", "bert")
TEXTS = ("The cat sat on the mat.", "A man is eating, isn't he? 😀 中")


RELATIVES: dict[str, Callable[[Path], Path]] = {
    "xlm-roberta": lambda f: sentence_pieces(f, "xlm-roberta"),
    "camembert": lambda f: sentence_pieces(f, "camembert"),
    "bertweet": tweets,
}


@pytest.fixture(scope="module", params=[*KINDS, *RELATIVES])
def vocabulary(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A family, its tokenizer's folder, and that tokenizer as transformers reads it."""
    kind, folder = request.param, tmp_path_factory.mktemp("vocabulary")
    if kind in RELATIVES:
        RELATIVES[kind](folder)
    else:
        make(folder, kind, tokenizer=FULL_WORD_PIECE if kind == "bert" else "", vocabulary=30_522)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    if kind == "distilbert":  # which has no token types, and refuses them
        tokenizer.model_input_names = ["input_ids", "attention_mask"]
    return "roberta" if kind == "bertweet" else kind, folder, tokenizer


def reference(folder: Path) -> Any:
    return transformers.AutoModelForSequenceClassification.from_pretrained(
        folder, attn_implementation="eager", dtype=torch.float32
    ).eval()


@pytest.mark.parametrize("head", HEADS)
def test_every_head_gives_transformers_own_numbers(
    tmp_path: Path, vocabulary: Any, head: str
) -> None:
    kind, read_by, tokenizer = vocabulary
    folder = make(tmp_path, kind, tokenizer=None, vocabulary=len(tokenizer), **HEADS[head])
    model = reference(folder)
    scores = transformers.pipeline("text-classification", model=model, tokenizer=tokenizer)
    for backend, pair in itertools.product(BACKENDS, (None, "Nobody is eating anything at all.")):
        pipeline = pw.load(folder, backend=backend, tokenizer=read_by)
        for text in TEXTS:
            both = [text] if pair is None else [text, pair]
            inputs = tokenizer(*both, return_tensors="pt")
            assert_a_trace_is(pipeline.trace(*both), model, inputs)
            asked = text if pair is None else {"text": text, "text_pair": pair}
            assert_answers_are(pipeline, text, pair, scores(asked, top_k=None), FUNCTIONS[head])


def assert_a_trace_is(trace: Any, model: Any, inputs: Any) -> None:
    """The hidden states, attention weights and logits are transformers'."""
    with torch.inference_mode():
        output = model(**inputs, output_attentions=True, output_hidden_states=True)
    for ours, theirs in (
        (trace.layers.hidden, torch.stack(output.hidden_states)[:, 0]),
        (trace.layers.attention, torch.stack(output.attentions)[:, 0]),
        (trace.prediction.logits, output.logits[0]),
    ):
        np.testing.assert_allclose(ours, theirs.numpy(), rtol=0, atol=1e-4)


def assert_answers_are(
    pipeline: Any, text: str, pair: str | None, said: Any, function: str
) -> None:
    """``trace`` and ``flow`` answer what transformers' pipeline said."""
    said = said[0] if isinstance(said[0], list) else said
    by_label = {one["label"]: one["score"] for one in said}
    prediction = pipeline.trace(text, pair).prediction
    expected = [by_label[label] for label in prediction.labels]
    flow = pipeline.flow([text if pair is None else (text, pair)] * 2, max_length=pipeline.limit)
    for answered, scores in ((prediction, prediction.scores), (flow, flow.scores[1])):
        np.testing.assert_allclose(scores, expected, rtol=0, atol=1e-4)
        assert answered.function == function


def test_what_holds_is_named(tmp_path: Path) -> None:
    several = pw.load(make(tmp_path / "a", **HEADS["several labels"]))
    answer = several.trace("A fine film.").prediction
    held = tuple(n for n, s in zip(answer.labels, answer.scores, strict=True) if s >= 0.5)
    assert answer.chosen == held
    assert len(held) > 1
    raw = pw.load(make(tmp_path / "b", **HEADS["one score, raw"]))
    score = raw.trace("A fine film.").prediction
    assert score.one_score
    assert score.said == f"LABEL_0 {score.logits[0]:.2f}".replace("-", "−")
    named = pw.load(make(tmp_path / "c", num_labels=3), labels=["no", "perhaps", "yes"])
    assert named.trace("A film.").prediction.label in ("no", "perhaps", "yes")
    assert named.flow(["A film."]).labels == ("no", "perhaps", "yes")
    with pytest.raises(pw.BadInput, match="names the 3 labels"):
        pw.load(tmp_path / "c", labels=["no", "yes"])


def test_words_and_heads_of_a_pair_can_be_left_out(tmp_path: Path) -> None:
    pipeline = pw.load(make(tmp_path, num_labels=3))
    pair = ("A man eats.", "Nobody eats bread.")
    trace = pipeline.trace(*pair)
    assert trace.pair == pair
    first = pipeline.trace(*pair, without=[pw.DropWord("Nobody")])
    assert first.pair == ("A man eats.", "eats bread.")
    masked = pipeline.trace(*pair, without=[pw.DropWord("A"), pw.MaskToken(len(trace.tokens) - 2)])
    assert masked.tokens.pieces[-2] == "<mask>"
    effects = pw.word_effects(pipeline, trace)
    assert len(effects) == len({word for word in trace.tokens.words if word is not None})
    last = pipeline.trace("A man eats.", "Nobody eats bread").prediction.scores
    np.testing.assert_allclose(effects[-1], last, atol=1e-5)


def renamed(folder: Path, rename: Callable[[str], str]) -> Path:
    file = folder / "model.safetensors"
    tensors = {rename(name): tensor for name, tensor in load_file(file).items()}
    save_file(tensors, file, metadata={"format": "pt"})
    return folder


RENAMED: dict[str, Callable[[str], str]] = {
    "module.": lambda name: f"module.{name}",
    "model.": lambda name: f"model.{name}",
    "module.model.": lambda name: f"module.model.{name}",
    "encoder alone": lambda name: name.removeprefix("roberta."),
    "own encoder's name": lambda name: name.replace("roberta.", "backbone.", 1),
    "gamma and beta": lambda name: name.replace("LayerNorm.weight", "LayerNorm.gamma").replace(
        "LayerNorm.bias", "LayerNorm.beta"
    ),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("rename", RENAMED)
def test_names_are_matched_whatever_stands_before_them(
    tmp_path: Path, rename: str, backend: Any
) -> None:
    expected = pw.load(make(tmp_path / "plain")).trace("A film.").prediction.logits
    other = renamed(make(tmp_path / "other"), RENAMED[rename])
    logits = pw.load(other, backend=backend).trace("A film.").prediction.logits
    np.testing.assert_allclose(logits, expected, atol=1e-5)


LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"


def spoilt(folder: Path, how: str) -> Path:
    file = folder / "model.safetensors"
    if how == "config is a pointer":
        (folder / "config.json").write_text(LFS)
    elif how == "weights are a pointer":
        file.write_text(LFS)
    elif how == "half a download":
        file.write_bytes(file.read_bytes()[:-100])
    elif how == "head of another size":
        edit(folder / "config.json", id2label={"0": "a", "1": "b", "2": "c"})
    elif how == "training arguments alone":
        file.rename(folder / "training_args.bin")
    elif how == "an adapter's name":
        file.rename(folder / "adapter_model.safetensors")
    elif how == "no head":
        save_file({k: v for k, v in load_file(file).items() if "classifier" not in k}, file)
    return folder


SPOILT = {
    "config is a pointer": "Git LFS pointer.*git lfs pull",
    "weights are a pointer": "Git LFS pointer.*git lfs pull",
    "half a download": "not a whole safetensors file",
    "head of another size": r"shape \(2, 32\), where its config\.json promises \(3, 32\)",
    "training arguments alone": "training_args.bin is something else",
    "an adapter's name": "without adapter_config.json",
    "no head": "no trained classification head",
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("how", SPOILT)
def test_what_cannot_be_read_is_said_alike_on_both_backends(
    tmp_path: Path, how: str, backend: Any
) -> None:
    folder = spoilt(make(tmp_path), how)
    with pytest.raises(pw.PipelineError, match=SPOILT[how]) as caught:
        pw.load(folder, backend=backend)
    assert "weights_only" not in str(caught.value)


@pytest.mark.parametrize(
    ("file", "changes"),
    [("config.json", {"id2label": None}), ("config.json", {"position_embedding_type": None})],
)
@pytest.mark.parametrize("backend", BACKENDS)
def test_what_transformers_takes_for_absent_is_absent(
    tmp_path: Path, file: str, changes: dict[str, Any], backend: Any
) -> None:
    edit(make(tmp_path) / file, **changes)
    assert pw.load(tmp_path, backend=backend).labels == ("LABEL_0", "LABEL_1")


def test_a_byte_order_mark_changes_nothing(tmp_path: Path) -> None:
    folder = make(tmp_path, "distilbert")
    for name in ("config.json", "tokenizer_config.json", "tokenizer.json"):
        (folder / name).write_bytes(b"\xef\xbb\xbf" + (folder / name).read_bytes())
    assert pw.load(folder).trace("The film.").tokens.pieces[0] == "[CLS]"


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_id_beyond_the_table_is_a_sentence(tmp_path: Path, backend: Any) -> None:
    folder = make(tmp_path, vocabulary=9_000)  # with no row for one more token
    found = json.loads((folder / "tokenizer.json").read_text("utf-8"))
    added = {"id": 9_000, "content": "<user>", "special": True}
    added |= {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    edit(folder / "tokenizer.json", added_tokens=[*found["added_tokens"], added])
    pipeline = pw.load(folder, backend=backend)
    for run in (pipeline.trace, lambda text: pipeline.flow([text])):
        with pytest.raises(pw.BadInput, match=r"'<user>' has the id 9000.*resize_token"):
            run("hi <user>")
    explorer = pw.PipelineExplorer("hi", models=(pipeline,))
    explorer.text = "hi <user>"
    assert "resize_token_embeddings" in explorer._result["error"]
    explorer.text = "hi all"
    assert explorer._result["error"] == ""


def test_a_run_s_folder_stands_for_its_newest_checkpoint(tmp_path: Path) -> None:
    for step in (500, 1000, 90):
        make(tmp_path / "run" / f"checkpoint-{step}", seed=step)
    (tmp_path / "run" / "checkpoint-2000").mkdir()  # begun and not finished
    newest = pw.load(tmp_path / "run")
    assert newest.name.endswith("checkpoint-1000")
    assert [one.name for one in newest.checkpoints] == [f"checkpoint-{n}" for n in (1000, 500, 90)]
    expected = pw.load(tmp_path / "run" / "checkpoint-1000").trace("A film.").prediction.logits
    np.testing.assert_array_equal(newest.trace("A film.").prediction.logits, expected)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_model_in_memory_is_read_as_it_is_now(tmp_path: Path, kind: str, backend: Any) -> None:
    folder = make(tmp_path, kind, num_labels=3)
    model, tokenizer = reference(folder), transformers.AutoTokenizer.from_pretrained(folder)
    expected = pw.load(folder).trace("A film.").prediction.logits
    whole = transformers.pipeline("text-classification", model=model, tokenizer=tokenizer)
    out = str(tmp_path / "out")
    arguments = transformers.TrainingArguments(out, report_to="none", use_cpu=True)
    trainer = transformers.Trainer(model, arguments, processing_class=tokenizer)
    backend_tokenizer = tokenizer.backend_tokenizer
    for pipeline in (
        pw.load(model, tokenizer=tokenizer, backend=backend),
        pw.load(model, tokenizer=folder, backend=backend),
        pw.load(model, tokenizer=backend_tokenizer, backend=backend),
        pw.load(whole, backend=backend),
        pw.load(trainer, backend=backend),
    ):
        np.testing.assert_allclose(pipeline.trace("A film.").prediction.logits, expected, atol=1e-5)
    before = pw.load(whole, backend=backend)
    with torch.no_grad():
        [*model.parameters()][-1][0] += 1
    np.testing.assert_allclose(before.trace("A film.").prediction.logits, expected, atol=1e-5)
    assert not np.allclose(pw.load(whole).trace("A film.").prediction.logits, expected, atol=1e-3)


def test_a_model_without_a_tokenizer_and_other_things_are_refused(tmp_path: Path) -> None:
    model = transformers.AutoModelForSequenceClassification.from_config(
        transformers.AutoConfig.from_pretrained(make(tmp_path))
    )
    model.config._name_or_path = ""
    with pytest.raises(pw.BadInput, match="tokenizer=tokenizer"):
        pw.load(model)
    for thing in (None, 3, object()):
        with pytest.raises(pw.BadInput, match="takes a name, a folder"):
            pw.load(thing)
    bare = make(tmp_path / "bare", tokenizer=None)
    with pytest.raises(pw.MissingWeights, match=r"tokenizer=folder"):
        pw.load(bare)
    assert pw.load(bare, tokenizer="roberta").trace("A film.").tokens.pieces[0] == "<s>"


LORA: list[dict[str, Any]] = [
    {},
    {"use_rslora": True, "alpha_pattern": {"query|q_lin": 3}},
    {"use_dora": True},
]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("extra", LORA)
def test_an_adapter_is_merged_as_peft_merges_it(
    tmp_path: Path, kind: str, extra: dict[str, Any], backend: Any
) -> None:
    base = make(tmp_path / "base", kind, num_labels=3)
    targets = ["q_lin", "v_lin", "lin1"] if kind == "distilbert" else ["query", "value"]
    config = peft.LoraConfig("SEQ_CLS", r=4, lora_alpha=7, target_modules=targets, **extra)
    model = peft.get_peft_model(reference(base), config)
    for name, parameter in model.named_parameters():
        if "lora_" in name or "modules_to_save" in name:
            torch.nn.init.normal_(parameter, 0.5, 0.2)
    model.save_pretrained(tmp_path / "adapter")
    tokenizer = transformers.AutoTokenizer.from_pretrained(base)
    inputs = tokenizer("A fine film.", return_tensors="pt", return_token_type_ids=False)
    with torch.inference_mode():
        expected = model.eval()(**inputs).logits[0].numpy()
    for thing in (tmp_path / "adapter", model):
        pipeline = pw.load(thing, backend=backend, tokenizer=base)
        np.testing.assert_allclose(
            pipeline.trace("A fine film.").prediction.logits, expected, rtol=0, atol=1e-4
        )
    shutil.rmtree(base)
    with pytest.raises(pw.UnknownModel, match=r"is an adapter: it changes the model .*base"):
        pw.load(tmp_path / "adapter", backend=backend)


def adapter(folder: Path) -> Path:
    """LoRA over DistilBERT, with the base beside it."""
    base = make(folder / "base", "distilbert", num_labels=3)
    options: dict[str, Any] = {"target_modules": ["q_lin", "v_lin"], "r": 4}
    peft.get_peft_model(reference(base), peft.LoraConfig("SEQ_CLS", **options)).save_pretrained(
        folder / "adapter"
    )
    return folder / "adapter"


def run(folder: Path) -> Path:
    """A Trainer's output folder, with what it leaves beside the weights."""
    for step in (50, 100):
        made = make(folder / f"checkpoint-{step}", seed=step)
        (made / "trainer_state.json").write_text('{"log_history": []}', "utf-8")
        torch.save({}, made / "optimizer.pt")
    return folder


NLI = {0: "CONTRADICTION", 1: "NEUTRAL", 2: "ENTAILMENT"}
SENTIMENT = {0: "NEGATIVE", 1: "POSITIVE"}
SHAPES: dict[str, tuple[Callable[[Path], Path], str | None]] = {
    "NLI RoBERTa-large": (lambda f: make(f, id2label=NLI), "Nobody eats."),
    "emotions": (lambda f: make(f, **HEADS["several labels"]), None),
    "STS-B": (lambda f: make(f, **HEADS["one score, sigmoid"]), "Somebody eats."),
    "SST-2": (lambda f: make(f, "distilbert", id2label=SENTIMENT), None),
    "cased": (
        lambda f: edit(make(f, "distilbert") / "tokenizer_config.json", do_lower_case=False),
        None,
    ),
    "CamemBERT": (
        lambda f: make(sentence_pieces(f, "camembert"), "camembert", tokenizer=None),
        "Il mange.",
    ),
    "BERTweet": (lambda f: make(tweets(f), tokenizer=None, id2label=SENTIMENT), None),
    "BERT": (
        lambda f: make(f, "bert", tokenizer=FULL_WORD_PIECE, vocabulary=30_522),
        "Somebody eats.",
    ),
    "LoRA over DistilBERT": (adapter, None),
    "Trainer's output folder": (run, None),
    "legacy with added tokens": (lambda f: with_added(legacy(make(f)), special=True), None),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_folders_as_people_have_them_are_drawn_without_a_false_word(
    tmp_path: Path, shape: str
) -> None:
    made, pair = SHAPES[shape]
    folder = made(tmp_path)
    logits: list[Any] = []
    for backend in BACKENDS:
        pipeline = pw.load(folder, backend=backend)
        explorer = pw.PipelineExplorer("A man is <user> eating.", pair=pair, models=(pipeline,))
        trace = explorer.trace
        logits.append(trace.prediction.logits)
        [drawn] = explorer._result["panels"]
        text = f"{explorer.summary()} {explorer.static_html()} {explorer.code('prediction')}"
        assert drawn["function"] == trace.prediction.function
        best = trace.prediction.scores.argmax()
        said = re.findall(rf"{trace.prediction.labels[best]},? (-?\d\.\d\d)", explorer.summary())
        assert float(said[0]) == pytest.approx(trace.prediction.scores[best], abs=0.0101)
        assert drawn["explained"] == trace.tokens.explained
        assert trace.pair == (None if pair is None else ("A man is <user> eating.", pair))
        for word in ("softmax", "sum to 1"):
            assert trace.prediction.function == "softmax" or word not in text
        pw.AttentionView(trace, pipeline=pipeline).static_html()
        pw.PredictionView(trace).static_html()
    np.testing.assert_allclose(*logits, rtol=0, atol=1e-4)


def test_bundled_models_are_as_before() -> None:
    assert (BUNDLED / "roberta-mini").is_dir()
    assert pw.load("roberta").trace("A superb film.").prediction.function == "softmax"


def test_transformers_own_pipeline_says_our_names_of_the_labels():
    model = pw.load("distilbert", labels=["bad", "good"], backend="torch").model.model
    assert model.config.id2label == {0: "bad", 1: "good"}
    assert model.config.label2id == {"bad": 0, "good": 1}
