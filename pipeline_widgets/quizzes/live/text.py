"""How live questions write a sentence, a token or a number of a trace."""

from __future__ import annotations

from pipeline_widgets import architectures
from pipeline_widgets.rounding import MINUS, fixed
from pipeline_widgets.trace import Trace

from ..kinds import NumberAnswer


def model_name(trace: Trace) -> str:
    """The name of the architecture, as people write it."""
    return architectures.title(trace.architecture)


def quoted(trace: Trace) -> str:
    """The sentence in quotation marks, shortened if it is long."""
    text = trace.text if len(trace.text) <= 120 else trace.text[:119] + "…"
    return f"“{escape(text)}”"


def escape(text: str) -> str:
    """Text that Markdown shows as it is."""
    return "".join(f"\\{sign}" if sign in "\\`*_$<>[]#|~&" else sign for sign in text)


def code(piece: str) -> str:
    """A token as inline code, whatever it is made of."""
    ticks = "``" if "`" in piece else "`"
    pad = " " if "`" in piece else ""
    return f"{ticks}{pad}{piece}{pad}{ticks}"


def token(trace: Trace, index: int) -> str:
    """A token and its place."""
    return f"{code(trace.tokens.shown[index])} (token {index})"


def tex(value: float, digits: int = 2) -> str:
    """A number as `fixed` writes it, with the hyphen that TeX and `float` read."""
    return fixed(value, digits).replace(MINUS, "-")


def word_tokens(trace: Trace) -> dict[int, list[int]]:
    """The tokens of each word, by the number of the word."""
    words: dict[int, list[int]] = {}
    for index, word in enumerate(trace.tokens.words):
        if word is not None:
            words.setdefault(word, []).append(index)
    return words


def word_text(trace: Trace, tokens: list[int]) -> str:
    """The characters that these tokens of a word cover."""
    spans = [trace.tokens.spans[index] for index in tokens]
    return trace.text[min(s for s, _ in spans) : max(e for _, e in spans)].strip()


def exact(value: float, feedback: str = "") -> tuple[NumberAnswer, ...]:
    """One number, and nothing beside it, is right."""
    return (NumberAnswer(value, feedback=feedback),)
