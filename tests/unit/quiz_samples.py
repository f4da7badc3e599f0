"""Questions of every kind, and hypothesis strategies for them."""

from __future__ import annotations

import math
from typing import Any

from hypothesis import strategies as st

from pipeline_widgets.quizzes.kinds import (
    CellChoice,
    Check,
    CodeTask,
    Essay,
    Gap,
    GapAnswer,
    Gaps,
    Match,
    MultipleChoice,
    NumberAnswer,
    Numeric,
    Option,
    Order,
    PredictOutput,
    Question,
    Shape,
    ShortText,
    SingleChoice,
    TextAnswer,
    TextOnly,
    TokenChoice,
)

STAGES = ("Input text", "Tokenization", "Embedding", "Layers", "Pooling", "Head")


def double(x: float) -> float:
    """A right solution of the code sample."""
    return 2 * x


MORE: tuple[Question, ...] = (  # kinds of other programs' files
    Gaps(
        "The [[1]] sat on [[2]] mats: [[3]].",
        id="gaps",
        gaps=(
            Gap((GapAnswer("cat"), GapAnswer("kit*", share=0.5, wildcard=True))),
            Gap((GapAnswer("12", tolerance=0.5, feedback="A dozen."),), kind="number", weight=2.0),
            Gap((GapAnswer("yes"), GapAnswer("no", share=0.0, feedback="It did.")), kind="choice"),
        ),
        points=4.0,
    ),
    Essay("Why do models cut words?", id="essay", lines=12, points=3.0),
    TextOnly("Read this first.\n\nThen go on.", id="note"),
)
FURTHER: tuple[Question, ...] = ()  # kinds that came later: what is asked of any kind
SAMPLES: tuple[Question, ...] = (
    SingleChoice(
        "Which model has 6 layers?",
        id="single",
        options=(
            Option("DistilBERT", right=True, feedback="Yes: half of BERT-base."),
            Option("RoBERTa-base", feedback="It has 12."),
        ),
        hints=("Distilled models are smaller.", "Half of twelve."),
        explanation="Layers: 12 and 6.",
    ),
    MultipleChoice(
        "Which pieces can RoBERTa's tokenizer give?",
        id="multiple",
        options=(
            Option("byte-level BPE pieces", right=True),
            Option("", code="'Ġworld'", right=True, feedback="A leading space."),
            Option("`##ing`", feedback="That is WordPiece."),
            Option("whole sentences"),
        ),
        points=2.0,
    ),
    Numeric(
        r"Size of one head, $\frac{768}{12}$?",
        id="numeric",
        answers=(
            NumberAnswer(64.0, tolerance=0.5, feedback="768 / 12."),
            NumberAnswer(range=(700.0, 800.0), right=False, feedback="That is the width."),
        ),
        otherwise="Divide width by heads.",
        unit="numbers",
    ),
    ShortText(
        "Which token starts every RoBERTa input?",
        id="text",
        answers=(
            TextAnswer("<s>", match_case=True, feedback="Right."),
            TextAnswer("[CLS]", right=False, feedback="That is DistilBERT's.", similarity=0.8),
        ),
    ),
    Order("Put the stages in order.", id="order", items=STAGES, points=3.0),
    Match(
        "Which shape leaves which stage?",
        id="match",
        pairs=(("Tokenization", "1000 × 50"), ("Pooling", "1000 × 768"), ("Head", "1000 × 2")),
        extra=("1000 × 12",),
    ),
    Shape("What leaves stage 3?", id="shape", shape=(1000, 50, 768), otherwise="Count again."),
    TokenChoice(
        "Select both specials.", id="token", tokens=("<s>", "The", " cat", "</s>"), right=(0, 3),
        several=True,
    ),
    CellChoice(
        "Which weight is largest?",
        id="cell",
        rows=("the", "cat"),
        columns=("the", "cat"),
        values=(("0.2", "0.8"), ("0.5", "0.5")),
        right=((0, 1),),
    ),
    PredictOutput("What is printed?", id="output", code="print(2 * 3)\nprint('a')", output="6\na"),
    CodeTask(
        "Write `double`.",
        id="code",
        function="double",
        checks=(Check("double(2) == 4", "Try it with 2."), Check("double(0) == 0")),
        starter="def double(x):\n    ...",
        solution="def double(x):\n    return 2 * x",
    ),
)  # fmt: skip

RIGHT: dict[str, Any] = {
    "single": "DistilBERT",
    "multiple": ["byte-level BPE pieces", "'Ġworld'"],
    "numeric": " 64 ",
    "text": "<s>",
    "order": list(STAGES),
    "match": {"Tokenization": "1000 × 50", "Pooling": "1000 × 768", "Head": "1000 × 2"},
    "shape": "1000x50*768",
    "token": [0, 3],
    "cell": [0, 1],
    "output": "6 \na\n",
    "code": double,
}

WRONG: dict[str, Any] = {
    "single": "RoBERTa-base",
    "multiple": ["byte-level BPE pieces", "whole sentences"],
    "numeric": "750",
    "text": "[CLS]",
    "order": list(STAGES)[::-1],
    "match": {"Tokenization": "1000 × 50", "Pooling": "1000 × 2", "Head": "1000 × 768"},
    "shape": "1000x50",
    "token": [0, 1],
    "cell": [1, 0],
    "output": "5",
    "code": abs,
}

POINTS = sum(question.points for question in SAMPLES)

# --- strategies: any words, with the signs that formats use, but no control characters ----------

_letters = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])
_signs = st.sampled_from(list("\\{}~=#:$%*_`|<>[]()->&\"' .1é😀"))
words = (
    st.text(st.one_of(_letters, _signs), min_size=1, max_size=20)
    .map(str.strip)
    .filter(lambda text: bool(text) and text == text.strip())
)
prose = st.lists(words, min_size=1, max_size=3).map("\n".join)
numbers = st.floats(allow_nan=False, allow_infinity=False, width=32).map(float)
common = st.fixed_dictionaries(
    {
        "prompt": prose,
        "id": st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True),
        "hints": st.lists(prose, max_size=2).map(tuple),
        "explanation": st.one_of(st.just(""), prose),
        "points": st.floats(0.25, 64, width=16).map(float),
        "difficulty": st.sampled_from(["easy", "medium", "hard"]),
        "lesson": st.sampled_from(["", "02-learn"]),
    }
)


@st.composite
def choices(draw: st.DrawFn) -> Question:
    texts = draw(st.lists(words, min_size=2, max_size=5, unique=True))
    single = draw(st.booleans())
    index = draw(st.integers(0, len(texts) - 1))
    options = tuple(
        Option(
            text,
            right=i == index if single else draw(st.booleans()),
            feedback=draw(st.one_of(st.just(""), prose)),
        )
        for i, text in enumerate(texts)
    )
    kind = SingleChoice if single else MultipleChoice
    return kind(**draw(common), options=options)


@st.composite
def numerics(draw: st.DrawFn) -> Question:
    def answer() -> NumberAnswer:
        right, feedback = draw(st.booleans()), draw(st.one_of(st.just(""), prose))
        if draw(st.booleans()):
            low, high = sorted((draw(numbers), draw(numbers)))
            closed = draw(st.booleans())
            return NumberAnswer(range=(low, high), right=right, feedback=feedback, closed=closed)
        tolerance = draw(st.sampled_from([0.0, 0.5, 1e-3]))
        return NumberAnswer(draw(numbers), tolerance=tolerance, right=right, feedback=feedback)

    answers = tuple(answer() for _ in range(draw(st.integers(1, 3))))
    digits = draw(st.one_of(st.none(), st.integers(1, 6)))
    otherwise = draw(st.one_of(st.just(""), prose))
    return Numeric(**draw(common), answers=answers, digits=digits, otherwise=otherwise)


@st.composite
def texts(draw: st.DrawFn) -> Question:
    answers = tuple(
        TextAnswer(
            draw(words),
            right=draw(st.booleans()),
            feedback=draw(st.one_of(st.just(""), prose)),
            match_case=draw(st.booleans()),
            similarity=draw(st.sampled_from([1.0, 0.8, 0.75])),
        )
        for _ in range(draw(st.integers(1, 3)))
    )
    return ShortText(**draw(common), answers=answers, otherwise=draw(st.one_of(st.just(""), prose)))


@st.composite
def matches(draw: st.DrawFn) -> Question:
    sides = draw(st.lists(words, min_size=4, max_size=8, unique=True))
    half = len(sides) // 2
    pairs = tuple(zip(sides[:half], sides[half : 2 * half], strict=True))
    return Match(**draw(common), pairs=pairs, extra=tuple(sides[2 * half :]))


gift_questions = st.one_of(choices(), numerics(), texts(), matches())
jupyterquiz_questions = st.one_of(choices(), numerics(), texts())

odd_text = st.text(max_size=300)
odd_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**400), 10**400),
        st.floats(),
        odd_text,
        st.binary(max_size=8),
        st.sampled_from([math, double, float("nan"), object()]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(odd_text, st.integers()), inner, max_size=3),
    ),
    max_leaves=6,
)
