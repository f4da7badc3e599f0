from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pipeline_widgets.engine import load
from pipeline_widgets.errors import BadInput
from pipeline_widgets.quizzes.grading import grade
from pipeline_widgets.quizzes.kinds import Question, public_view
from pipeline_widgets.quizzes.live import KINDS, ask
from pipeline_widgets.trace import Trace
from pipeline_widgets.views.stages.prediction import PredictionView

TEXTS = (
    "The cat sat on the mat.",
    "Untokenizable words, I said; the the the `tick` $5 <s> 😀!",
    "不 naïve café",
    "a",
    "",
    "word " * 60,
)


@pytest.fixture(scope="module", params=["roberta", "distilbert"])
def traces(request: pytest.FixtureRequest) -> list[Trace]:
    pipeline = load(request.param)
    return [pipeline.trace(text) for text in TEXTS]


def _numbers(question: Question) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", question.prompt.split("“")[0])]


def _last(question: Question, pattern: str) -> int:
    return int(re.findall(pattern, question.prompt)[-1])


def _row(trace: Trace, question: Question) -> Any:
    layer, head = re.findall(r"(?:Layer|head) (\d+)", question.prompt)
    return trace.layers.attention[int(layer), int(head)]


def _most_attended(trace: Trace, question: Question) -> list[int]:
    row = _row(trace, question)[_last(question, r"\(token (\d+)\)")]
    return [max(range(len(row)), key=lambda index: row[index])]


def _strongest(trace: Trace, question: Question) -> list[int]:
    count = len(public_view(question)["rows"])
    cells = [(i, j) for i in range(count) for j in range(count) if i != j]
    return list(max(cells, key=lambda cell: _row(trace, question)[cell]))


def _pieces(trace: Trace, question: Question) -> int:
    word = re.findall(r"cut ``? ?(.+?) ?``?\?", question.prompt)[0]
    start = trace.text.index(word)
    first = next(i for i, span in enumerate(trace.tokens.spans) if span[0] <= start < span[1])
    return trace.tokens.words.count(trace.tokens.words[first])


def _word(trace: Trace, question: Question) -> list[int]:
    start = _last(question, r"character (\d+)")
    first = trace.tokens.spans.index(next(s for s in trace.tokens.spans if s[0] == start and s[1]))
    word = trace.tokens.words[first]
    return [index for index, w in enumerate(trace.tokens.words) if w == word]


def _softmax(trace: Trace, question: Question) -> float:
    logits = [
        float(z.replace("−", "-"))
        for z in re.findall(r"−?\d+\.\d\d", question.prompt)[: len(trace.prediction.labels)]
    ]
    asked = [question.prompt.rindex(name) for name in trace.prediction.labels]
    return float(np.exp(logits)[int(np.argmax(asked))] / np.exp(logits).sum())


ANSWERS: dict[str, Callable[[Trace, Question], Any]] = {
    "token count": lambda t, q: len(t.tokens.ids),
    "most attended": _most_attended,
    "strongest cell": _strongest,
    "position id": lambda t, q: _last(q, r"\(token (\d+)\)") + 2 * (t.architecture == "roberta"),
    "pieces of word": _pieces,
    "tokens of word": _word,
    "token with id": lambda t, q: [
        t.tokens.ids.tolist().index(_last(q, r"has the id (\d+)")),
    ],
    "special tokens": lambda t, q: [0, len(t.tokens.ids) - 1],
    "tokenizer shape": lambda t, q: _numbers(q),
    "hidden shape": lambda t, q: [len(t.tokens.ids), t.pooled.first.shape[0]],
    "attention shape": lambda t, q: list(t.layers.attention[0].shape),
    "attention maps": lambda t, q: int(np.prod(_numbers(q))),
    "hidden states": lambda t, q: _numbers(q)[0] + 1,
    "attention row": lambda t, q: 1,
    "label": lambda t, q: t.prediction.labels[int(np.argmax(t.prediction.logits))],
    "softmax": _softmax,
    "stage shapes": lambda t, q: {
        "Tokenization": f"{len(t.tokens.ids)}",
        "Embedding": " × ".join(map(str, t.embedding.token.shape)),
        "Pooling": f"{len(t.pooled.dense)}",
        "Classifier": f"{len(t.prediction.labels)}",
    },
}


def test_there_are_at_least_ten_kinds_and_each_is_checked_here() -> None:
    assert len(KINDS) >= 10
    assert set(KINDS) == set(ANSWERS)


@pytest.mark.parametrize("about", sorted(KINDS))
def test_the_answer_is_right_for_any_sentence(traces: list[Trace], about: str) -> None:
    asked = 0
    for trace in traces:
        for seed in range(12):
            try:
                question = ask(trace, about=about, seed=seed)
            except BadInput:
                continue  # this sentence can't carry it
            asked += 1
            expected = ANSWERS[about](trace, question)
            response = str(expected) if isinstance(expected, float) else expected
            assert grade(question, response).right, (trace.text, question.prompt, expected)
            assert grade(question, question.right_response()).right
    assert asked >= 12


def test_a_wrong_answer_is_not_right(traces: list[Trace]) -> None:
    for seed in range(40):
        question = ask(traces[0], seed=seed)
        for response in ("-1", "999", [0, 1, 2, 3], [2, 2], {}, "7 × 7 × 7 × 7", "x"):
            assert not grade(question, response).right or response == [2, 2]


def test_the_same_seed_asks_the_same_and_seeds_ask_different_things(traces: list[Trace]) -> None:
    first = [ask(traces[0], seed=seed) for seed in range(30)]
    assert first == [ask(traces[0], seed=seed) for seed in range(30)]
    assert len({question.prompt for question in first}) > 20
    assert len({question.kind for question in first}) >= 5


def test_a_probability_has_the_digits_that_the_picture_gives_it(traces: list[Trace]) -> None:
    answer = replace(traces[0].prediction, scores=np.array([0.0039, 0.9961], np.float32))
    for trace in [*traces, replace(traces[0], prediction=answer)]:
        shown = re.findall(r">(\d\.\d+)<", PredictionView(trace).static_html())
        said = re.findall(r"probability (\d\.\d+)\.", ask(trace, about="label").explanation)
        assert said == [max(shown)]
    assert said == ["0.996"]


def test_every_sentence_carries_some_question(traces: list[Trace]) -> None:
    for trace in traces:
        for seed in range(10):
            question = ask(trace, seed=seed)
            assert "right" not in public_view(question)


def test_an_unknown_kind_is_refused(traces: list[Trace]) -> None:
    with pytest.raises(BadInput, match="token count"):
        ask(traces[0], about="the weather")
    with pytest.raises(BadInput, match="longer sentence"):
        ask(traces[4], about="pieces of word")


def test_the_old_name_asks_the_same_and_says_the_new_one(traces: list[Trace]) -> None:
    with pytest.warns(DeprecationWarning, match=r"quizzes\.live\.ask\(\) since"):
        old = Question.from_trace(traces[0], about="token count", seed=3)
    assert old == ask(traces[0], about="token count", seed=3)
