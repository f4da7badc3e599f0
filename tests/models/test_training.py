"""Fine-tuning: repeatable, interruptible, equal to a plain loop and to transformers' Trainer."""

from __future__ import annotations

import json
import threading

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader
from transformers import (
    AutoModelForSequenceClassification,
    BertConfig,
    BertModel,
    DistilBertConfig,
    DistilBertModel,
    RobertaConfig,
    RobertaModel,
    Trainer,
    TrainingArguments,
)

import pipeline_widgets as pw
from pipeline_widgets import BadInput
from pipeline_widgets.training import EpochRecord, History, StepRecord, fine_tune
from pipeline_widgets.training.data import plan_epoch, read_sentences
from pipeline_widgets.views.metrics.strings import COST

ENCODER = "distilbert-encoder"
TRAIN = pw.sentences("train")[:40]
HELD_OUT = pw.sentences("held-out")[:24]
QUICK = {"epochs": 2, "batch_size": 8, "freeze": 2, "max_length": 24}


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Two threads that wait for each other are slow where other tests run too."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def finished():
    run = fine_tune(ENCODER, TRAIN, HELD_OUT, **QUICK)
    run.run()
    return run


def test_records_come_one_for_each_step_and_epoch(finished):
    run = fine_tune(ENCODER, TRAIN, HELD_OUT, **QUICK)
    kinds = [type(record) for record in run]
    assert kinds == [EpochRecord, *[StepRecord] * 5, EpochRecord, *[StepRecord] * 5, EpochRecord]
    assert run.history.same_numbers(finished.history)  # same seed, same machine, same history
    assert list(run) == []
    counts = np.array(run.history.epochs[-1].counts)
    assert counts.sum() == len(HELD_OUT)
    accuracy = run.history.epochs[-1].values["validation_accuracy"]
    assert counts.trace() / counts.sum() == pytest.approx(accuracy)


def test_a_run_in_another_thread_changes_no_number(finished):
    runs = [finished.again(), finished.again(seed=1)]
    threads = [threading.Thread(target=run.run) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert runs[0].history.same_numbers(finished.history)


def test_another_seed_makes_another_history(finished):
    other = finished.again(seed=1)
    other.run()
    assert not other.history.same_numbers(finished.history)
    first = [run.history.epochs[0].values for run in (finished, other)]
    assert first[0] == first[1]  # the same weights before the first step


def test_again_starts_from_the_same_weights_with_one_knob_turned(finished):
    slower = finished.again(learning_rate=1e-6)
    next(slower)
    assert slower.history.epochs[0].values == finished.history.epochs[0].values
    assert slower.settings == finished.settings.but(learning_rate=1e-6)
    with pytest.raises(BadInput, match="no setting 'lerning_rate'"):
        finished.again(lerning_rate=1e-6)


def test_interrupted_mid_epoch_it_goes_on_as_if_nothing_had_been(finished, tmp_path, monkeypatch):
    run = fine_tune(ENCODER, TRAIN, HELD_OUT, **QUICK)
    for record in run:
        if record.step == 7:
            break
    backward = torch.Tensor.backward

    def interrupted(self, *arguments, **options):
        backward(self, *arguments, **options)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(torch.Tensor, "backward", interrupted)
        with pytest.raises(KeyboardInterrupt):
            next(run)
    assert (run.step, len(run.history)) == (7, 7)
    state = run.save_state(tmp_path / "state.safetensors")
    resumed = fine_tune(ENCODER, TRAIN, HELD_OUT, **QUICK, resume=state)
    assert (resumed.step, len(resumed.history)) == (7, 7)
    assert resumed.pipeline(1).trace(TRAIN[0].text).prediction.logits == pytest.approx(
        finished.pipeline(1).trace(TRAIN[0].text).prediction.logits
    )
    for one in (run, resumed):  # in the same kernel, and after a restart
        one.run()
        assert one.history.same_numbers(finished.history)
    with pytest.raises(BadInput, match="learning_rate"):
        fine_tune(ENCODER, TRAIN, HELD_OUT, **QUICK, learning_rate=1.0, resume=state)


def test_a_step_that_fails_keeps_what_was_learned(monkeypatch):
    run = fine_tune(ENCODER, TRAIN, **QUICK)
    for _ in range(3):
        next(run)
    before = run.pipeline().trace(TRAIN[0].text).prediction.logits
    monkeypatch.setattr(run, "_loss", lambda rows: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        next(run)
    assert run.pipeline().trace(TRAIN[0].text).prediction.logits.tolist() == before.tolist()


def test_snapshots_hold_only_what_changed_and_say_what_the_model_said(finished):
    size = sum(array.nbytes for array in finished.snapshots[2].values())
    trained = sum(p.numel() for p in finished.model.parameters() if p.requires_grad)
    assert size == 2 * trained  # two bytes for each number that training changed
    assert size < 0.15 * 4 * finished.pipeline().parameters
    assert finished.snapshots[0] == {}
    texts = [sentence.text for sentence in HELD_OUT]
    whole = finished.validation.lengths < QUICK["max_length"]  # the others were cut
    assert whole.sum() > 4
    says = finished.pipeline(2)
    said = np.stack([says.trace(text).prediction.probabilities for text in texts])
    assert said[whole] == pytest.approx(
        finished.probabilities(finished.validation)[whole], abs=1e-3
    )
    with pytest.raises(BadInput, match="there are: 0, 1, 2"):
        finished.pipeline(7)


@pytest.mark.parametrize("name", ["distilbert-encoder", "roberta-encoder"])
def test_the_result_is_a_pipeline_and_an_ordinary_hugging_face_folder(name, tmp_path):
    run = fine_tune(name, TRAIN[:16], epochs=1, freeze=None, max_length=16)
    run.run()
    pipeline = run.pipeline()
    folder = pipeline.save(tmp_path / "tuned")
    assert json.loads((folder / "config.json").read_text())["model_type"] in name
    again = pw.load(folder)
    reference = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    for text in ("A fine film.", TRAIN[0].text):
        trace = pipeline.trace(text)
        ids = torch.from_numpy(trace.tokens.ids.astype(np.int64))[None]
        with torch.no_grad():
            logits = reference(input_ids=ids).logits[0].numpy()
        assert trace.prediction.logits == pytest.approx(logits, abs=1e-4)
        assert again.trace(text).prediction.logits == pytest.approx(logits, abs=1e-4)
    assert pw.AttentionView(pipeline.trace(text)).summary()
    tuned_again = fine_tune(pipeline, TRAIN[:16], epochs=1, max_length=16)
    next(tuned_again)
    before, after = (one.start.tensors() for one in (tuned_again, run))
    assert all(np.allclose(before[key], after[key], atol=1e-4) for key in before)


def test_it_equals_a_plain_pytorch_loop(tmp_path):
    settings = {"epochs": 2, "batch_size": 8, "dropout": 0.0, "freeze": None, "warmup": 0.25}
    run = fine_tune(ENCODER, TRAIN, learning_rate=1e-4, **settings)
    folder = run.pipeline().save(tmp_path / "start")
    run.run()
    model = AutoModelForSequenceClassification.from_pretrained(
        folder, dropout=0.0, attention_dropout=0.0, seq_classif_dropout=0.0
    )
    model.train()
    groups = [
        {"params": [p for p in model.parameters() if p.ndim > 1], "weight_decay": 0.01},
        {"params": [p for p in model.parameters() if p.ndim <= 1], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=1e-4)
    losses = []
    for step, (ids, mask, labels) in enumerate(batches(run, epochs=2)):
        loss = torch.nn.functional.cross_entropy(
            model(input_ids=ids, attention_mask=mask).logits, labels
        )
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        warm = 2  # a quarter of 10 steps, rounded down
        factor = step / warm if step < warm else (10 - step) / (10 - warm)
        for group in optimizer.param_groups:
            group["lr"] = 1e-4 * factor
        optimizer.step()
        losses.append(loss.item())
    assert run.history.steps["loss"] == pytest.approx(losses, abs=1e-5)


def test_it_equals_transformers_trainer_and_its_log_plots(tmp_path):
    run = fine_tune(ENCODER, TRAIN, dropout=0.0, epochs=2, batch_size=8, freeze=None, warmup=0.0)
    folder = run.pipeline().save(tmp_path / "start")
    run.run()
    model = AutoModelForSequenceClassification.from_pretrained(
        folder, dropout=0.0, attention_dropout=0.0, seq_classif_dropout=0.0
    )
    rows = [
        {"input_ids": ids, "attention_mask": mask, "labels": labels}
        for ids, mask, labels in batches(run, epochs=2)
    ]

    class InOurOrder(Trainer):
        def get_train_dataloader(self):
            return DataLoader(rows, batch_size=None)

    arguments = TrainingArguments(
        output_dir=str(tmp_path / "trainer"),
        max_steps=10,
        learning_rate=1e-4,
        weight_decay=0.01,
        logging_steps=1,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
        use_cpu=True,
    )
    view = pw.TrainingView(History("trainer"))
    trainer = InOurOrder(model=model, args=arguments, callbacks=[view.trainer_callback()])
    trainer.train()
    theirs = History.read(trainer, name="trainer")
    assert theirs.steps["loss"] == pytest.approx(run.history.steps["loss"], abs=2e-4)
    assert view.histories[0].steps["loss"].tolist() == theirs.steps["loss"].tolist()
    assert "10" in view.summary() or "step" in view.summary()
    assert "<svg" in view.static_html()


def test_bundled_classifiers_local_folders_and_pairs_can_be_trained_on(tmp_path):
    run = fine_tune("distilbert", [("Good.", "positive"), ("Bad.", 0)] * 8, epochs=1, freeze=3)
    run.run()
    assert run.history.steps["loss"][0] < 0.5  # it was trained on sentiment before
    folder = pw.load("roberta").name  # a name is enough
    assert fine_tune(folder, [("Good.", 1)] * 4, epochs=1).start.layers == 6


def test_a_checkpoint_without_a_head_gets_one_by_seed(tmp_path):
    folder = fine_tune(ENCODER, TRAIN[:8]).pipeline().save(tmp_path / "headless")
    model = AutoModelForSequenceClassification.from_pretrained(folder).distilbert
    model.save_pretrained(folder)
    heads = [
        fine_tune(folder, TRAIN[:8], seed=seed).start.tensors()["classifier.weight"]
        for seed in (0, 0, 1)
    ]
    assert np.array_equal(heads[0], heads[1])
    assert not np.array_equal(heads[0], heads[2])


def test_bad_sentences_and_settings_are_refused_in_words():
    with pytest.raises(BadInput, match="no labelled sentence"):
        fine_tune(ENCODER, ["just a text"])
    with pytest.raises(BadInput, match="'neutral'"):
        fine_tune(ENCODER, [("Fine.", "neutral")])
    with pytest.raises(BadInput, match="dropout goes from"):
        fine_tune(ENCODER, TRAIN, dropout=2.0)


def test_batches_hold_every_sentence_once_and_pad_little():
    run = fine_tune(ENCODER, pw.sentences("train"), epochs=1)
    plan = plan_epoch(run.train.lengths, batch_size=16, seed=0, epoch=0)
    assert sorted(np.concatenate(plan).tolist()) == list(range(len(run.train)))
    padded = sum(int(run.train.lengths[rows].max()) * len(rows) for rows in plan)
    assert padded < 1.2 * run.train.lengths.sum()
    other = plan_epoch(run.train.lengths, batch_size=16, seed=0, epoch=1)
    assert [rows.tolist() for rows in plan] != [rows.tolist() for rows in other]


def test_sentences_are_cut_at_max_length():
    read = read_sentences(
        [("one two three", 0)],
        lambda text: np.arange(2, dtype=np.int32),
        read=int,
        dtype=np.int64,
        padding_id=0,
    )
    assert read.ids.shape == (1, 2)


def batches(run, *, epochs):
    """The run's own batches as tensors."""
    for epoch in range(epochs):
        size, seed = run.settings.batch_size, run.settings.seed
        for rows in plan_epoch(run.train.lengths, batch_size=size, seed=seed, epoch=epoch):
            ids, mask = run.train.batch(rows)
            labels = torch.from_numpy(run.train.labels[rows])
            yield torch.from_numpy(ids), torch.from_numpy(mask), labels


def test_the_sizes_that_cost_view_quotes_are_those_of_the_base_checkpoints():
    with torch.device("meta"):
        student = DistilBertModel(DistilBertConfig())
        teacher = BertModel(BertConfig())
        table = {"vocab_size": 50265, "max_position_embeddings": 514, "type_vocab_size": 1}
        roberta = RobertaModel(RobertaConfig(**table), add_pooling_layer=False)
    sizes = [sum(p.numel() for p in one.parameters()) for one in (student, teacher, roberta)]
    assert sizes == [66_362_880, 109_482_240, 124_055_040]
    said = COST["paper_parameters"]
    assert all(f"{size / 1e6:.1f} million" in said.replace(" \n", " ") for size in sizes[:2])
    assert f"{sizes[2] / 1e6:.1f}" in said
    assert 1 - sizes[0] / sizes[1] == pytest.approx(0.40, abs=0.01)
    assert 1 - sizes[0] / sizes[2] == pytest.approx(0.46, abs=0.01)
