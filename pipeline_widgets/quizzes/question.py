"""What can be asked: eleven kinds of question, as frozen plain data.

A *response* is plain JSON too, the same in Python, in a file and in the browser:

=========  ==========================================  =====================================
kind       class                                       response
=========  ==========================================  =====================================
single     `SingleChoice`                              the option's label
multiple   `MultipleChoice`                            list of labels
numeric    `Numeric`                                   what was typed, or a number
text       `ShortText`                                 what was typed
order      `Order`                                     list of all items, first to last
match      `Match`                                     dict: left side -> right side
shape      `Shape`                                     what was typed, or a list of integers
token      `TokenChoice`                               list of positions, from 0
cell       `CellChoice`                                ``[row, column]``, from 0
output     `PredictOutput`                             the text that will be printed
code       `CodeTask`                                  the function itself
=========  ==========================================  =====================================
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, ClassVar

from pipeline_widgets.errors import BadInput

if TYPE_CHECKING:
    from pipeline_widgets.trace import Trace

DIFFICULTIES = ("easy", "medium", "hard")


@dataclass(frozen=True)
class Question:
    """What every kind has; ``prompt``, hints and feedback are Markdown with LaTeX in ``$…$``."""

    kind: ClassVar[str] = ""

    prompt: str
    _: KW_ONLY
    id: str = ""  # stable name of the question in its quiz; `with_ids` fills gaps
    code: str = ""  # shown under the prompt
    hints: tuple[str, ...] = ()  # given one at a time, in this order
    explanation: str = ""  # shown when the answer is due
    otherwise: str = ""  # feedback when nothing more particular matches
    points: float = 1.0
    difficulty: str = "medium"
    lesson: str = ""

    def __post_init__(self) -> None:
        if not self.kind:
            raise BadInput("Question is the base of SingleChoice, Numeric, …: make one of those.")
        require(0 < self.points < float("inf"), self, f"points must be above 0, not {self.points}")
        require(
            self.difficulty in DIFFICULTIES,
            self,
            f"difficulty is one of {', '.join(DIFFICULTIES)}, not {self.difficulty!r}",
        )

    @classmethod
    def from_trace(cls, trace: Trace, *, about: str | None = None, seed: int = 0) -> Question:
        """A question whose right answer is computed from ``trace``.

        ``about`` is one of `pipeline_widgets.quizzes.live.KINDS` (chosen by the seed if None);
        the same trace and seed give the same question.
        """
        from .live import ask

        return ask(trace, about=about, seed=seed)


def require(condition: bool, question: Question, complaint: str) -> None:
    """Raise `BadInput` that names the question unless ``condition`` holds."""
    if not condition:
        start = question.prompt.strip().split("\n")[0][:60]
        raise BadInput(f"Question {question.id or start!r}: {complaint}.")


@dataclass(frozen=True)
class Option:
    """One thing to tick."""

    text: str
    _: KW_ONLY
    right: bool = False
    feedback: str = ""  # shown to those who ticked it
    code: str = ""

    @property
    def label(self) -> str:
        """How a response names this option."""
        return "\n".join(part for part in (self.text, self.code) if part)


def _check_options(question: Question, options: tuple[Option, ...]) -> None:
    labels = [option.label for option in options]
    require(len(options) >= 2, question, "needs at least two options")
    require(len(set(labels)) == len(labels), question, "two options read the same")
    require(all(label.strip() for label in labels), question, "an option is empty")


@dataclass(frozen=True)
class SingleChoice(Question):
    """Radio buttons: one option is right (none, in an opinion poll)."""

    kind: ClassVar[str] = "single"

    _: KW_ONLY
    options: tuple[Option, ...] = ()
    columns: int = 1
    shuffle: bool = True

    def __post_init__(self) -> None:
        Question.__post_init__(self)
        _check_options(self, self.options)
        right = sum(option.right for option in self.options)
        require(right <= 1, self, f"{right} options are right; use MultipleChoice")


@dataclass(frozen=True)
class MultipleChoice(Question):
    """Check boxes: any number is right; wrong ticks cost, so ticking everything earns nothing."""

    kind: ClassVar[str] = "multiple"

    _: KW_ONLY
    options: tuple[Option, ...] = ()
    columns: int = 1
    shuffle: bool = True

    def __post_init__(self) -> None:
        Question.__post_init__(self)
        _check_options(self, self.options)


@dataclass(frozen=True)
class NumberAnswer:
    """A value (± tolerance) or a range, right or wrong, with its feedback."""

    value: float | None = None
    _: KW_ONLY
    tolerance: float = 0.0
    range: tuple[float, float] | None = None
    closed: bool = True  # whether the range's upper end belongs to it
    right: bool = True
    feedback: str = ""


@dataclass(frozen=True)
class Numeric(Question):
    """A number; the first answer that matches decides.

    With ``digits``, what was typed and each value are rounded to that many significant digits.
    """

    kind: ClassVar[str] = "numeric"

    _: KW_ONLY
    answers: tuple[NumberAnswer, ...] = ()
    digits: int | None = None
    unit: str = ""

    def __post_init__(self) -> None:
        Question.__post_init__(self)
        for answer in self.answers:
            one = (answer.value is None) != (answer.range is None)
            require(one, self, "a numeric answer has either a value or a range")
            require(answer.tolerance >= 0, self, "a tolerance is not negative")
            if answer.range is not None:
                require(answer.range[0] <= answer.range[1], self, "a range runs from low to high")
        require(self.digits is None or 1 <= self.digits <= 15, self, "digits go from 1 to 15")


@dataclass(frozen=True)
class TextAnswer:
    """An accepted (or refused) wording.

    ``similarity`` is the least 1 - Levenshtein distance / longer length that still matches; 1 means
    the same text.
    """

    text: str
    _: KW_ONLY
    right: bool = True
    feedback: str = ""
    match_case: bool = False
    similarity: float = 1.0


@dataclass(frozen=True)
class ShortText(Question):
    """A few words; the first answer that matches decides."""

    kind: ClassVar[str] = "text"

    _: KW_ONLY
    answers: tuple[TextAnswer, ...] = ()
    width: int = 24  # of the field, in characters

    def __post_init__(self) -> None:
        Question.__post_init__(self)
        fair = all(0 <= answer.similarity <= 1 for answer in self.answers)
        require(fair, self, "similarity lies between 0 and 1")


@dataclass(frozen=True)
class Order(Question):
    """Put ``items`` (given here in the right order) in order."""

    kind: ClassVar[str] = "order"

    _: KW_ONLY
    items: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        Question.__post_init__(self)
        require(len(self.items) >= 2, self, "needs at least two items")
        require(len(set(self.items)) == len(self.items), self, "two items read the same")


@dataclass(frozen=True)
class Match(Question):
    """Find the right side of each left side; ``extra`` are right sides that fit nowhere."""

    kind: ClassVar[str] = "match"

    _: KW_ONLY
    pairs: tuple[tuple[str, str], ...] = ()
    extra: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        Question.__post_init__(self)
        lefts = [left for left, _ in self.pairs]
        rights = {right for _, right in self.pairs}
        require(len(self.pairs) >= 2, self, "needs at least two pairs")
        require(len(set(lefts)) == len(lefts), self, "two left sides read the same")
        require(not rights & set(self.extra), self, "an extra right side belongs to a pair")


@dataclass(frozen=True)
class Shape(Question):
    """Type a tensor's shape: ``1000 × 50 × 768``, also with x, *, commas or brackets."""

    kind: ClassVar[str] = "shape"

    _: KW_ONLY
    shape: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        Question.__post_init__(self)
        require(all(size >= 0 for size in self.shape), self, "sizes are not negative")


@dataclass(frozen=True)
class TokenChoice(Question):
    """Click the right token (``several``: tokens) among ``tokens``."""

    kind: ClassVar[str] = "token"

    _: KW_ONLY
    tokens: tuple[str, ...] = ()
    right: tuple[int, ...] = ()
    several: bool = False

    def __post_init__(self) -> None:
        Question.__post_init__(self)
        inside = all(0 <= index < len(self.tokens) for index in self.right)
        require(bool(self.right) and inside, self, "the right tokens are positions in tokens")


@dataclass(frozen=True)
class CellChoice(Question):
    """Click a cell of a table, such as an attention matrix; any of ``right`` is right."""

    kind: ClassVar[str] = "cell"

    _: KW_ONLY
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    values: tuple[tuple[str, ...], ...] = ()  # shown in the cells; may be empty
    right: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        Question.__post_init__(self)
        for row, column in self.right:
            inside = 0 <= row < len(self.rows) and 0 <= column < len(self.columns)
            require(inside, self, f"there is no cell ({row}, {column})")
        require(bool(self.right), self, "no cell is right")
        if self.values:
            fits = len(self.values) == len(self.rows)
            fits = fits and all(len(row) == len(self.columns) for row in self.values)
            require(fits, self, "values has one row for each of rows, one value for each column")


@dataclass(frozen=True)
class PredictOutput(Question):
    """Predict what the shown code prints."""

    kind: ClassVar[str] = "output"

    _: KW_ONLY
    output: str = ""


@dataclass(frozen=True)
class Check:
    """One thing a function must do: an expression that must be true, and what to say if not.

    With ``test`` the check is a callable that gets the function and returns whether it is fine;
    without, ``expression`` is evaluated with the function under its own name, and ``math``,
    ``np`` and ``pw`` (this package).
    """

    expression: str
    message: str = ""
    test: Callable[[Callable[..., object]], object] | None = None


@dataclass(frozen=True)
class CodeTask(Question):
    """A notebook cell defines ``function``; each check earns its share of the points."""

    kind: ClassVar[str] = "code"

    _: KW_ONLY
    function: str = ""
    checks: tuple[Check, ...] = ()
    starter: str = ""
    solution: str = ""

    def __post_init__(self) -> None:
        Question.__post_init__(self)
        require(self.function.isidentifier(), self, f"{self.function!r} cannot name a function")
        require(bool(self.checks), self, "needs at least one check")
