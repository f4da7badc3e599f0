"""Sentences built from our own clauses, for what film phrases lack.

Other topics, full sentences, negation, contrast, intensifiers, questions, neutral statements, and
typing as people type: no capitals, all capitals, no full stop, emoji. Each sentence carries the
target that its construction implies: 1 positive, 0 negative, 0.5 neither.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path


def _lists() -> dict[str, list[str]]:
    """Name → items of each list in `lists.txt`."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in Path(__file__).with_name("lists.txt").read_text("utf-8").splitlines()[1:]:
        if line.startswith("@"):
            name = line[1:]
            found[name] = []
        else:
            found[name].append(line)
    return found


LISTS = _lists()
GOOD = LISTS["good"]
BAD = LISTS["bad"]
THINGS = LISTS["things"]
VERY = LISTS["very"]
FLIPPED = LISTS["flipped"]
VERDICT_GOOD = LISTS["verdict_good"]
VERDICT_BAD = LISTS["verdict_bad"]
QUESTIONS = LISTS["questions"]
BARE = LISTS["bare"]
FACES_GOOD = LISTS["faces_good"]
FACES_BAD = LISTS["faces_bad"]


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence, the target its construction implies (0, 0.5 or 1) and how it was built."""

    text: str
    target: float
    kind: str


@cache
def clauses() -> dict[str, dict[str, list[str]]]:
    """Topic → sign (`+`, `-`, `=`) → clauses."""
    found: dict[str, dict[str, list[str]]] = {}
    topic = ""
    lines = Path(__file__).with_name("clauses.txt").read_text("utf-8").splitlines()
    for line in lines:
        if line.startswith("@"):
            topic = line[1:]
            found[topic] = {"+": [], "-": [], "=": []}
        elif line[:1] in found.get(topic, {}):
            found[topic][line[0]].append(line[2:])
    return found


def vocabulary() -> list[str]:
    """Every word of the clauses and lists, for the tokenizers' training."""
    banks = [text for signs in clauses().values() for bank in signs.values() for text in bank]
    words = " ".join([*banks, *GOOD, *BAD, *THINGS, *VERDICT_GOOD, *VERDICT_BAD]).split()
    return sorted({word.strip(",.!?").lower() for word in words})


class Writer:
    """Builds remarks from one seeded stream of choices."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        rated = [topic for topic, signs in clauses().items() if signs["+"]]
        self.rated, self.all = rated, list(clauses())

    def clause(self, good: bool, topic: str) -> str:
        """A clause of one topic."""
        return self.random.choice(clauses()[topic]["+" if good else "-"])

    def verdict(self, good: bool) -> str:
        """A judgement that fits any topic."""
        return self.random.choice(VERDICT_GOOD if good else VERDICT_BAD)

    def quality(self, good: bool) -> str:
        """An adjective, perhaps intensified, perhaps a negated opposite."""
        choice = self.random.random()
        if choice < 0.35:
            return self.random.choice(FLIPPED).format(self.random.choice(BAD if good else GOOD))
        word = self.random.choice(GOOD if good else BAD)
        return f"{self.random.choice(VERY)} {word}" if choice < 0.7 else word

    def about(self, good: bool) -> str:
        """A thing and its quality."""
        thing = self.random.choice(THINGS)
        verb = self.random.choice(["was", "is"])
        return (
            self.random.choice(["the", "this", "their", "my", "our"])
            + f" {thing} {verb} "
            + (self.quality(good))
        )

    def one(self, good: bool) -> tuple[str, str]:
        """One statement, and how it was built."""
        topic = self.random.choice(self.rated)
        return self.random.choice(
            [
                (self.clause(good, topic), "clause"),
                (self.about(good), "quality"),
                (self.verdict(good), "verdict"),
            ]
        )

    def same(self, good: bool) -> tuple[str, str]:
        """Two statements that agree."""
        topic = self.random.choice(self.rated)
        first = self.random.choice([self.clause(good, topic), self.about(good)])
        second = self.random.choice([self.clause(good, topic), self.verdict(good)])
        glue = self.random.choice([", and {}", ". {}", "; {}", ", {}", " and {}"])
        return self._joined(first, glue, second), "same"

    def contrast(self, good: bool) -> tuple[str, str]:
        """Two opposite clauses; the second, or the main one, decides."""
        topic = self.random.choice(self.rated)
        first = self.random.choice([self.clause(not good, topic), self.about(not good)])
        second = self.random.choice(
            [self.clause(good, topic), self.verdict(good), self.about(good)]
        )
        frame = self.random.choice(
            [
                "{a}, but {b}",
                "{a}. But {b}",
                "although {a}, {b}",
                "even though {a}, {b}",
                "I had heard that {a}, but {b}",
                "everyone says {a}, yet {b}",
                "{b}, although {a}",
                "{b}, even if {a}",
                "despite what people say, {b}",
                "{a}; still, {b}",
                "I thought {a} until I saw it myself: {b}",
                "{a} at first, but in the end {b}",
            ]
        )
        return frame.format(a=first, b=second), "contrast"

    def denied(self, good: bool) -> tuple[str, str]:
        """A claim of the opposite, denied."""
        other = self.quality_word(not good)
        thing = self.random.choice(THINGS)
        frame = self.random.choice(
            [
                "I don't think the {t} is {w}",
                "I wouldn't call this {t} {w}",
                "nobody could say that the {t} was {w}",
                "there is nothing {w} about the {t}",
                "it isn't a {w} {t}",
                "the {t} wasn't {w}",
                "I did not find the {t} {w}",
                "I can't say the {t} is {w}",
                "no one would call it a {w} {t}",
            ]
        )
        return frame.format(t=thing, w=other), "denied"

    def parted(self, good: bool) -> tuple[str, str]:
        """A part of the thing is one way; the thing itself, named last, the other."""
        part, thing = self.random.choice(LISTS["parts"]).split("|")
        outcome = self.random.choice(LISTS["wins_over" if good else "leaves_cold"])
        frame = self.random.choice(
            [
                "{o} {p}, {w} {t}",
                "the {p} is {o}, the {t} is {w}",
                "the {p} was {o}, but the {t} {x}",
                "the {p} is {o}, yet the {t} {x}",
                "{o} {p}, but the {t} {x}",
                "the {p} may be {o}; the {t} {x}",
                "the {t} {x}, however {o} the {p}",
                "{o} {p}, {adverb} the {t} is {w}",
                "a {o} {p} for a {w} {t}",
            ]
        )
        words = {"o": self.quality_word(not good), "w": self.quality_word(good)}
        adverb = self.random.choice(
            ["fortunately", "luckily"] if good else ["sadly", "unfortunately"]
        )
        return frame.format(p=part, t=thing, x=outcome, adverb=adverb, **words), "parted"

    def quality_word(self, good: bool) -> str:
        """One plain adjective."""
        return self.random.choice(GOOD if good else BAD)

    def turned(self, good: bool) -> tuple[str, str]:
        """An understatement, or an expectation that is overturned."""
        family = self.random.choice(["understated", "overturned"])
        frame = self.random.choice(LISTS[f"{family}_{'good' if good else 'bad'}"])
        while "{g}" in frame or "{b}" in frame:
            frame = frame.replace("{g}", self.quality_word(True), 1)
            frame = frame.replace("{b}", self.quality_word(False), 1)
        return frame.replace("{t}", self.random.choice(THINGS)), family

    def neutral(self) -> tuple[str, str]:
        """One or two statements that feel nothing."""
        topic = self.random.choice([*self.all, "plain", "plain", "plain", "plain", "plain"])
        first = self.random.choice(clauses()[topic]["="])
        if self.random.random() < 0.25:
            second = self.random.choice(clauses()[topic]["="])
            return f"{first}{self.random.choice([' and ', '. ', ', and '])}{second}", "neutral"
        return first, "neutral"

    def question(self) -> tuple[str, str]:
        """A question about a thing."""
        text = self.random.choice(QUESTIONS).format(self.random.choice(THINGS))
        return text + "?", "question"

    def _joined(self, first: str, glue: str, second: str) -> str:
        if glue.startswith("."):
            second = second[0].upper() + second[1:]
        return first + glue.format(second)

    def typed(self, text: str, target: float) -> str:
        """The sentence as somebody might type it."""
        choice = self.random.random()
        text = text[0].upper() + text[1:]
        end = "" if text[-1] in "?!." else self.random.choice([".", ".", ".", "!", ""])
        if choice < 0.12:
            return (text + end).lower()
        if choice < 0.16:
            return (text + end).upper()
        if choice < 0.22 and target != 0.5:
            return f"{text}{end} {self.random.choice(FACES_GOOD if target > 0.5 else FACES_BAD)}"
        return text + end


def write(count: int, *, seed: int) -> list[Remark]:
    """`count` different remarks (fewer if the stream repeats itself too often)."""
    writer = Writer(seed)
    rated: list[tuple[Callable[[bool], tuple[str, str]], float]] = [
        (writer.one, 0.25),
        (writer.same, 0.15),
        (writer.contrast, 0.25),
        (writer.parted, 0.15),
        (writer.denied, 0.15),
        (writer.turned, 0.45),
    ]
    found: dict[str, Remark] = {}
    for _ in range(3 * count):
        if len(found) >= count:
            break
        choice = writer.random.random()
        target = float(writer.random.random() < 0.5)
        if choice < 0.17:
            (text, kind), target = writer.neutral(), 0.5
        elif choice < 0.23:
            (text, kind), target = writer.question(), 0.5
        elif choice < 0.25:
            text, kind, target = writer.random.choice(BARE), "bare", 0.5
        else:
            builder = writer.random.choices(
                [build for build, _ in rated], [weight for _, weight in rated]
            )[0]
            text, kind = builder(target > 0.5)
        text = re.sub(r"\ba (?=[aeio])", "an ", text)
        text = text if kind == "bare" else writer.typed(text, target)
        found[text] = Remark(text, target, kind)
    return list(found.values())
