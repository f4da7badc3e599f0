"""Live questions about the shapes and numbers of a trace.

Each is a function of a trace and a seeded generator; None where the sentence can't carry it.
"""

from __future__ import annotations

import random

import numpy as np

from pipeline_widgets.rounding import fixed, scores
from pipeline_widgets.trace import Trace

from ..kinds import (
    Match,
    MultipleChoice,
    NumberAnswer,
    Numeric,
    Option,
    Question,
    Shape,
    SingleChoice,
)
from .text import escape, exact, model_name, quoted, tex, token


def tokenizer_shape(trace: Trace, chance: random.Random) -> Question | None:
    """What shape the ids of a data set have."""
    sentences, length = chance.choice([100, 250, 1000, 5000]), chance.choice([32, 50, 64, 128])
    return Shape(
        f"What shape leaves {model_name(trace)}'s tokenizer for {sentences} sentences cut or "
        f"padded to {length} tokens?",
        shape=(sentences, length),
        hints=("One id for each token of each sentence.",),
        difficulty="easy",
        lesson="03-pipeline-trace",
    )


def hidden_shape(trace: Trace, chance: random.Random) -> Question | None:
    """What shape the hidden states of this sentence have."""
    count, width = trace.embedding.normalised.shape
    return Shape(
        f"What shape have the hidden states of {quoted(trace)} after one layer of "
        f"{model_name(trace)} here (tokens × width)?",
        shape=(count, width),
        otherwise="One vector for each token, special tokens included.",
        lesson="03-pipeline-trace",
    )


def attention_shape(trace: Trace, chance: random.Random) -> Question | None:
    """What shape one layer's attention has."""
    _, heads, count, _ = trace.layers.attention.shape
    return Shape(
        f"What shape has the attention of one layer for {quoted(trace)} (heads × from × to)?",
        shape=(heads, count, count),
        hints=("Every head has a weight from each token to each token.",),
        lesson="04-deep-dive",
    )


def attention_maps(trace: Trace, chance: random.Random) -> Question | None:
    """How many attention maps one sentence has."""
    layers, heads = trace.layers.attention.shape[:2]
    return Numeric(
        f"{model_name(trace)} here has {layers} layers of {heads} heads. How many attention maps "
        "does one sentence give?",
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
        f"{model_name(trace)} here has {count - 1} layers. How many sets of hidden states does the "
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
    weight = fixed(trace.layers.attention[layer, head, query, key])
    return Numeric(
        f"Layer {layer}, head {head}: {token(trace, query)} gives {weight} of its attention "
        f"to {token(trace, key)}. How much do all tokens get from it together?",
        answers=exact(1.0),
        hints=("The weights of a row come out of a softmax.",),
        explanation="1: each row of attention is a softmax.",
        lesson="04-deep-dive",
    )


def label(trace: Trace, chance: random.Random) -> Question | None:
    """Which label wins."""
    labels = trace.prediction.labels
    if not 2 <= len(labels) <= 8:
        return None
    if trace.prediction.function != "softmax":
        return labels_that_hold(trace)
    best = int(np.argmax(trace.prediction.probabilities))
    probability = scores(trace.prediction.scores)[best]
    return SingleChoice(
        f"Which label will {model_name(trace)} give {quoted(trace)}?",
        options=tuple(Option(name, right=i == best) for i, name in enumerate(labels)),
        shuffle=False,
        explanation=f"{escape(labels[best])}, with probability {probability}.",
        difficulty="easy",
        lesson="01-why",
    )


def labels_that_hold(trace: Trace) -> Question | None:
    """Which of several labels reach the threshold, where each has a probability of its own."""
    answer = trace.prediction
    if answer.function != "sigmoid" or not answer.chosen:
        return None
    pairs = zip(answer.labels, scores(answer.scores, answer.function), strict=True)
    numbers = ", ".join(f"{escape(label)} {score}" for label, score in pairs)
    return MultipleChoice(
        f"Several labels may hold at once. Which will {model_name(trace)} give {quoted(trace)}, "
        f"each with a probability of {answer.threshold:g} or more?",
        options=tuple(Option(name, right=name in answer.chosen) for name in answer.labels),
        shuffle=False,
        explanation=f"The probabilities are {numbers}.",
        difficulty="easy",
        lesson="01-why",
    )


def sigmoid(trace: Trace, chance: random.Random) -> Question | None:
    """The probability of one label from its own logit, where several may hold."""
    index = chance.randrange(len(trace.prediction.logits))
    logit = float(tex(trace.prediction.logits[index]))
    right = float(1 / (1 + np.exp(-logit)))
    return Numeric(
        f"The logit of {escape(trace.prediction.labels[index])} is {fixed(logit)}, and each "
        "label is judged alone. What probability does it get (± 0.01)?",
        answers=(NumberAnswer(right, tolerance=0.01),),
        hints=(r"$p = \frac{1}{1 + e^{-z}}$",),
        explanation=rf"$\frac{{1}}{{1 + e^{{{tex(-logit)}}}}} = {tex(right, 3)}$",
        difficulty="hard",
        lesson="04-deep-dive",
    )


def softmax(trace: Trace, chance: random.Random) -> Question | None:
    """The probability of one label from the logits."""
    if trace.prediction.function != "softmax":
        return sigmoid(trace, chance) if trace.prediction.function == "sigmoid" else None
    logits = [float(tex(value)) for value in trace.prediction.logits]
    if not 2 <= len(logits) <= 5:
        return None
    index = chance.randrange(len(logits))
    exponents = np.exp(np.array(logits) - max(logits))
    right = float(exponents[index] / exponents.sum())
    listed = ", ".join(map(fixed, logits))
    powers = " + ".join(f"e^{{{tex(value)}}}" for value in logits)
    return Numeric(
        f"The logits are {listed} for {', '.join(map(escape, trace.prediction.labels))}. What "
        f"probability does {escape(trace.prediction.labels[index])} get (± 0.01)?",
        answers=(NumberAnswer(right, tolerance=0.01),),
        hints=(r"$p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$",),
        explanation=rf"$\frac{{e^{{{tex(logits[index])}}}}}{{{powers}}} = {tex(right, 3)}$",
        difficulty="hard",
        lesson="04-deep-dive",
    )


def stage_shapes(trace: Trace, chance: random.Random) -> Question | None:
    """Which shape leaves which stage, for this sentence."""
    names = {
        "tokens": "Tokenization",
        "embedding": "Embedding",
        "pooled": "Pooling",
        "prediction": "Classifier",
    }
    shapes = {title: trace.shapes[name] for name, title in names.items()}
    texts = {title: " × ".join(map(str, shape)) for title, shape in shapes.items()}
    if len(set(texts.values())) < len(texts):
        return None
    return Match(
        f"Which shape leaves which stage for {quoted(trace)}?",
        pairs=tuple(texts.items()),
        lesson="03-pipeline-trace",
    )
