"""Questions whose right answer is computed from the trace on the screen, right for any sentence.

Each kind is a function of a trace and a seeded generator; it returns None where the sentence can't
carry such a question (an attention row without a clear winner, a text without words).
"""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np

from pipeline_widgets.errors import BadInput
from pipeline_widgets.trace import Trace

from .question import (
    CellChoice,
    Match,
    NumberAnswer,
    Numeric,
    Option,
    Question,
    Shape,
    SingleChoice,
    TokenChoice,
)

Maker = Callable[[Trace, random.Random], Question | None]
CLEAR = 0.05  # how far the largest weight must lie above the next to be asked for
_NAMES = {"roberta": "RoBERTa", "distilbert": "DistilBERT"}


def ask(trace: Trace, *, about: str | None = None, seed: int = 0) -> Question:
    """The question of this kind and seed; without ``about``, the seed chooses the kind too.

    Raises `BadInput` if ``about`` is no kind, or this sentence can't carry it.
    """
    if about is not None and about not in KINDS:
        raise BadInput(f"No live question is about {about!r}; there are {', '.join(KINDS)}.")
    names = [about] if about is not None else list(KINDS)
    random.Random(f"kinds {seed}").shuffle(names)
    for name in names:
        question = KINDS[name](trace, random.Random(f"{name} {seed}"))
        if question is not None:
            return question
    raise BadInput(f"{trace.text!r} can't carry a question about {about!r}; try a longer sentence.")


def _model(trace: Trace) -> str:
    return _NAMES.get(trace.architecture, trace.architecture)


def _quoted(trace: Trace) -> str:
    text = trace.text if len(trace.text) <= 120 else trace.text[:119] + "…"
    return f"“{escape(text)}”"


def escape(text: str) -> str:
    """Text that Markdown shows as it is."""
    return "".join(f"\\{sign}" if sign in "\\`*_$<>[]#|~&" else sign for sign in text)


def _code(piece: str) -> str:
    """A token as inline code, whatever it is made of."""
    ticks = "``" if "`" in piece else "`"
    pad = " " if "`" in piece else ""
    return f"{ticks}{pad}{piece}{pad}{ticks}"


def _token(trace: Trace, index: int) -> str:
    return f"{_code(trace.tokens.shown[index])} (token {index})"


def _word_tokens(trace: Trace) -> dict[int, list[int]]:
    words: dict[int, list[int]] = {}
    for index, word in enumerate(trace.tokens.words):
        if word is not None:
            words.setdefault(word, []).append(index)
    return words


def _word_text(trace: Trace, tokens: list[int]) -> str:
    spans = [trace.tokens.spans[index] for index in tokens]
    return trace.text[min(s for s, _ in spans) : max(e for _, e in spans)].strip()


def _exact(value: float, feedback: str = "") -> tuple[NumberAnswer, ...]:
    return (NumberAnswer(value, feedback=feedback),)


def token_count(trace: Trace, chance: random.Random) -> Question | None:
    """How many tokens the sentence becomes."""
    count, special = len(trace.tokens), sum(trace.tokens.special)
    return Numeric(
        f"How many tokens will {_model(trace)} make of {_quoted(trace)}, special tokens included?",
        answers=(
            NumberAnswer(count),
            NumberAnswer(
                count - special, right=False, feedback="Did you count the special tokens?"
            ),
        ),
        hints=("Every input begins and ends with a special token.",),
        explanation=f"{count}: {', '.join(map(_code, trace.tokens.shown[:40]))}",
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
                f"{_token(trace, query)}?",
                tokens=trace.tokens.shown,
                right=(int(best),),
                hints=("Find the row of that token in the head's matrix; it sums to 1.",),
                explanation=f"{_token(trace, int(best))} gets {row[best]:.2f}; next is "
                f"{_token(trace, int(second))} with {row[second]:.2f}.",
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
            explanation=f"From {_token(trace, row)} to {_token(trace, column)}: "
            f"{block[row, column]:.2f}.",
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
        f"{_model(trace)} reads {_quoted(trace)}. Which position id does {_token(trace, index)} "
        "get, if tokens count from 0?",
        answers=tuple(answers),
        explanation=f"{right}: {_model(trace)} counts positions from "
        f"{int(trace.embedding.position_ids[0])}.",
        lesson="04-deep-dive",
    )


def pieces_of_word(trace: Trace, chance: random.Random) -> Question | None:
    """Into how many sub-words a word is cut, the longest cut preferred."""
    words = _word_tokens(trace)
    if not words:
        return None
    most = max(map(len, words.values()))
    word = chance.choice([word for word, tokens in words.items() if len(tokens) == most])
    tokens = words[word]
    pieces = " + ".join(_code(trace.tokens.shown[index]) for index in tokens)
    return Numeric(
        f"Into how many tokens does {_model(trace)} cut {_code(_word_text(trace, tokens))}?",
        answers=_exact(len(tokens)),
        hints=("Frequent words are one token; rare ones are cut into known parts.",),
        explanation=f"{len(tokens)}: {pieces}",
        difficulty="easy",
        lesson="02-learn",
    )


def tokens_of_word(trace: Trace, chance: random.Random) -> Question | None:
    """Which tokens belong to one word."""
    words = _word_tokens(trace)
    if len(words) < 2:
        return None
    longest = sorted(words, key=lambda word: -len(words[word]))[:3]
    tokens = words[chance.choice(longest)]
    start = trace.tokens.spans[tokens[0]][0]
    return TokenChoice(
        f"Select every token that belongs to the word {_code(_word_text(trace, tokens))} "
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
        f"Which token of {_quoted(trace)} has the id {wanted} in {_model(trace)}'s vocabulary?",
        tokens=trace.tokens.shown,
        right=right,
        hints=("The ids stand under the tokens in the explorer.",),
        lesson="02-learn",
    )


def special_tokens(trace: Trace, chance: random.Random) -> Question | None:
    """Which tokens stand for no text at all."""
    right = tuple(index for index, special in enumerate(trace.tokens.special) if special)
    if not right:
        return None
    return TokenChoice(
        f"Select every special token that {_model(trace)} adds to {_quoted(trace)}.",
        tokens=trace.tokens.shown,
        right=right,
        several=True,
        difficulty="easy",
        lesson="02-learn",
    )


def tokenizer_shape(trace: Trace, chance: random.Random) -> Question | None:
    """What shape the ids of a data set have."""
    sentences, length = chance.choice([100, 250, 1000, 5000]), chance.choice([32, 50, 64, 128])
    return Shape(
        f"What shape leaves {_model(trace)}'s tokenizer for {sentences} sentences cut or padded "
        f"to {length} tokens?",
        shape=(sentences, length),
        hints=("One id for each token of each sentence.",),
        difficulty="easy",
        lesson="03-pipeline-trace",
    )


def hidden_shape(trace: Trace, chance: random.Random) -> Question | None:
    """What shape the hidden states of this sentence have."""
    count, width = trace.embedding.normalised.shape
    return Shape(
        f"What shape have the hidden states of {_quoted(trace)} after one layer of "
        f"{_model(trace)} here (tokens × width)?",
        shape=(count, width),
        otherwise="One vector for each token, special tokens included.",
        lesson="03-pipeline-trace",
    )


def attention_shape(trace: Trace, chance: random.Random) -> Question | None:
    """What shape one layer's attention has."""
    _, heads, count, _ = trace.layers.attention.shape
    return Shape(
        f"What shape has the attention of one layer for {_quoted(trace)} (heads × from × to)?",
        shape=(heads, count, count),
        hints=("Every head has a weight from each token to each token.",),
        lesson="04-deep-dive",
    )


def attention_maps(trace: Trace, chance: random.Random) -> Question | None:
    """How many attention maps one sentence has."""
    layers, heads = trace.layers.attention.shape[:2]
    return Numeric(
        f"{_model(trace)} here has {layers} layers of {heads} heads. How many attention maps does "
        "one sentence give?",
        answers=(
            NumberAnswer(layers * heads),
            NumberAnswer(layers + heads, right=False, feedback="Each layer has all its heads."),
        ),
        difficulty="easy",
        lesson="03-pipeline-trace",
    )


def hidden_states(trace: Trace, chance: random.Random) -> Question | None:
    """How many hidden states come back: the embedding counts too."""
    count = len(trace.layers.hidden)
    return Numeric(
        f"{_model(trace)} here has {count - 1} layers. How many sets of hidden states does the "
        "trace keep?",
        answers=(
            NumberAnswer(count),
            NumberAnswer(count - 1, right=False, feedback="What goes into the first layer counts."),
        ),
        explanation=f"{count}: the embedding, and one after each layer.",
        lesson="04-deep-dive",
    )


def attention_row(trace: Trace, chance: random.Random) -> Question | None:
    """What is left of a row of attention when some of it is known: rows sum to 1."""
    layers, heads, count, _ = trace.layers.attention.shape
    layer, head = chance.randrange(layers), chance.randrange(heads)
    query = chance.randrange(count)
    key = int(np.argmax(trace.layers.attention[layer, head, query]))
    weight = round(float(trace.layers.attention[layer, head, query, key]), 2)
    return Numeric(
        f"Layer {layer}, head {head}: {_token(trace, query)} gives {weight:.2f} of its attention "
        f"to {_token(trace, key)}. How much do all tokens get from it together?",
        answers=_exact(1.0),
        hints=("The weights of a row come out of a softmax.",),
        explanation="1: each row of attention is a softmax.",
        lesson="04-deep-dive",
    )


def label(trace: Trace, chance: random.Random) -> Question | None:
    """Which label wins."""
    labels = trace.prediction.labels
    if not 2 <= len(labels) <= 8:
        return None
    best = int(np.argmax(trace.prediction.probabilities))
    return SingleChoice(
        f"Which label will {_model(trace)} give {_quoted(trace)}?",
        options=tuple(Option(name, right=i == best) for i, name in enumerate(labels)),
        shuffle=False,
        explanation=f"{escape(labels[best])}, with probability {trace.prediction.confidence:.2f}.",
        difficulty="easy",
        lesson="01-why",
    )


def softmax(trace: Trace, chance: random.Random) -> Question | None:
    """The probability of one label from the logits."""
    logits = [round(float(value), 2) for value in trace.prediction.logits]
    if not 2 <= len(logits) <= 5:
        return None
    index = chance.randrange(len(logits))
    exponents = np.exp(np.array(logits) - max(logits))
    right = float(exponents[index] / exponents.sum())
    listed = ", ".join(f"{value:.2f}" for value in logits)
    powers = " + ".join(f"e^{{{value:.2f}}}" for value in logits)
    return Numeric(
        f"The logits are {listed} for {', '.join(map(escape, trace.prediction.labels))}. What "
        f"probability does {escape(trace.prediction.labels[index])} get (± 0.01)?",
        answers=(NumberAnswer(right, tolerance=0.01),),
        hints=(r"$p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$",),
        explanation=rf"$\frac{{e^{{{logits[index]:.2f}}}}}{{{powers}}} = {right:.3f}$",
        difficulty="hard",
        lesson="04-deep-dive",
    )


def stage_shapes(trace: Trace, chance: random.Random) -> Question | None:
    """Which shape leaves which stage, for this sentence."""
    names = {
        "tokens": "Tokenization",
        "embedding": "Embedding",
        "pooled": "Pooling",
        "prediction": "Classification head",
    }
    shapes = {title: trace.shapes[name] for name, title in names.items()}
    texts = {title: " × ".join(map(str, shape)) for title, shape in shapes.items()}
    if len(set(texts.values())) < len(texts):
        return None
    return Match(
        f"Which shape leaves which stage for {_quoted(trace)}?",
        pairs=tuple(texts.items()),
        lesson="03-pipeline-trace",
    )


KINDS: dict[str, Maker] = {
    maker.__name__.replace("_", " "): maker
    for maker in (
        token_count, most_attended, strongest_cell, position_id, pieces_of_word, tokens_of_word,
        token_with_id, special_tokens, tokenizer_shape, hidden_shape, attention_shape,
        attention_maps, hidden_states, attention_row, label, softmax, stage_shapes,
    )
}  # fmt: skip
