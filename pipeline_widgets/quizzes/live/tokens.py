"""Live questions about the tokens of a sentence and where they look.

Each is a function of a trace and a seeded generator; None where the sentence can't carry it.
"""

from __future__ import annotations

import random

import numpy as np

from pipeline_widgets.rounding import fixed
from pipeline_widgets.trace import Trace

from ..kinds import CellChoice, NumberAnswer, Numeric, Question, TokenChoice
from .text import code, exact, model_name, quoted, token, word_text, word_tokens

CLEAR = 0.05  # how far the largest weight must lie above the next to be asked for


def token_count(trace: Trace, chance: random.Random) -> Question | None:
    """How many tokens the sentence becomes."""
    count, special = len(trace.tokens), sum(trace.tokens.special)
    return Numeric(
        f"How many tokens will {model_name(trace)} make of {quoted(trace)}, "
        "special tokens included?",
        answers=(
            NumberAnswer(count),
            NumberAnswer(
                count - special, right=False, feedback="Did you count the special tokens?"
            ),
        ),
        hints=("Every input begins and ends with a special token.",),
        explanation=f"{count}: {', '.join(map(code, trace.tokens.shown[:40]))}",
        lesson="02-learn",
    )


def most_attended(trace: Trace, chance: random.Random) -> Question | None:
    """Which token gets most of one head's attention from one token."""
    attention = trace.layers.attention
    layers, heads, count, _ = attention.shape
    for _ in range(200):
        layer, head = chance.randrange(layers), chance.randrange(heads)
        query = chance.choice([0, chance.randrange(count)])
        row = attention[layer, head, query]
        best, second = np.argsort(-row, kind="stable")[:2] if count > 1 else (0, 0)
        if count > 1 and row[best] - row[second] >= CLEAR:
            return TokenChoice(
                f"Layer {layer}, head {head}: which token gets most of the attention from "
                f"{token(trace, query)}?",
                tokens=trace.tokens.shown,
                right=(int(best),),
                hints=("Find the row of that token in the head's matrix; it sums to 1.",),
                explanation=f"{token(trace, int(best))} gets {fixed(row[best])}; next is "
                f"{token(trace, int(second))} with {fixed(row[second])}.",
                lesson="04-deep-dive",
            )
    return None


def strongest_cell(trace: Trace, chance: random.Random) -> Question | None:
    """Where in one head's matrix the largest weight between two different tokens lies."""
    layers, heads, count, _ = trace.layers.attention.shape
    shown = min(count, 12)
    for _ in range(200):
        layer, head = chance.randrange(layers), chance.randrange(heads)
        block = trace.layers.attention[layer, head, :shown, :shown].astype(float)
        np.fill_diagonal(block, -1)
        order = np.argsort(-block, axis=None, kind="stable")
        if shown < 3 or block.flat[order[0]] - block.flat[order[1]] < CLEAR:
            continue
        row, column = divmod(int(order[0]), shown)
        names = tuple(trace.tokens.shown[:shown])
        return CellChoice(
            f"Layer {layer}, head {head}: in which cell is the largest attention weight between "
            "two *different* tokens? (Rows look, columns are looked at"
            + (f"; first {shown} tokens.)" if shown < count else ".)"),
            rows=names,
            columns=names,
            right=((row, column),),
            explanation=f"From {token(trace, row)} to {token(trace, column)}: "
            f"{fixed(block[row, column])}.",
            difficulty="hard",
            lesson="04-deep-dive",
        )
    return None


def position_id(trace: Trace, chance: random.Random) -> Question | None:
    """Which position id a token gets: RoBERTa counts from 2, DistilBERT from 0."""
    index = chance.randrange(len(trace.tokens))
    right = int(trace.embedding.position_ids[index])
    answers = [NumberAnswer(right)]
    if right != index:
        note = "Almost: RoBERTa's positions start at padding id + 1 = 2."
        answers.append(NumberAnswer(index, right=False, feedback=note))
    return Numeric(
        f"{model_name(trace)} reads {quoted(trace)}. Which position id does {token(trace, index)} "
        "get, if tokens count from 0?",
        answers=tuple(answers),
        explanation=f"{right}: {model_name(trace)} counts positions from "
        f"{int(trace.embedding.position_ids[0])}.",
        lesson="04-deep-dive",
    )


def pieces_of_word(trace: Trace, chance: random.Random) -> Question | None:
    """Into how many sub-words a word is cut, the longest cut preferred."""
    words = word_tokens(trace)
    if not words:
        return None
    most = max(map(len, words.values()))
    word = chance.choice([word for word, tokens in words.items() if len(tokens) == most])
    tokens = words[word]
    pieces = " + ".join(code(trace.tokens.shown[index]) for index in tokens)
    return Numeric(
        f"Into how many tokens does {model_name(trace)} cut {code(word_text(trace, tokens))}?",
        answers=exact(len(tokens)),
        hints=("Frequent words are one token; rare ones are cut into known parts.",),
        explanation=f"{len(tokens)}: {pieces}",
        difficulty="easy",
        lesson="02-learn",
    )


def tokens_of_word(trace: Trace, chance: random.Random) -> Question | None:
    """Which tokens belong to one word."""
    words = word_tokens(trace)
    if len(words) < 2:
        return None
    longest = sorted(words, key=lambda word: -len(words[word]))[:3]
    tokens = words[chance.choice(longest)]
    start = trace.tokens.spans[tokens[0]][0]
    return TokenChoice(
        f"Select every token that belongs to the word {code(word_text(trace, tokens))} "
        f"(character {start} of the sentence).",
        tokens=trace.tokens.shown,
        right=tuple(tokens),
        several=True,
        difficulty="easy",
        lesson="02-learn",
    )


def token_with_id(trace: Trace, chance: random.Random) -> Question | None:
    """Which token has a given id; any of them if it comes twice."""
    ids = trace.tokens.ids.tolist()
    wanted = chance.choice(ids)
    right = tuple(index for index, id in enumerate(ids) if id == wanted)
    return TokenChoice(
        f"Which token of {quoted(trace)} has the id {wanted} in {model_name(trace)}'s vocabulary?",
        tokens=trace.tokens.shown,
        right=right,
        hints=("The ids stand under the tokens in the explorer.",),
        lesson="02-learn",
    )


def special_tokens(trace: Trace, chance: random.Random) -> Question | None:
    """Which tokens stand for no text at all."""
    marked = zip(trace.tokens.special, trace.tokens.spans, strict=True)
    # One that was typed is special too, but nobody added it; it covers what was typed.
    right = tuple(i for i, (special, (start, end)) in enumerate(marked) if special and start == end)
    if not right:
        return None
    return TokenChoice(
        f"Select every special token that {model_name(trace)} adds to {quoted(trace)}.",
        tokens=trace.tokens.shown,
        right=right,
        several=True,
        difficulty="easy",
        lesson="02-learn",
    )
