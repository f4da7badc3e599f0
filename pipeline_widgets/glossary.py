"""The words of the field that lessons and views use, each in one plain sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """A word, how it may also be written, and what it means."""

    name: str
    meaning: str
    also: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """Where it stands in the printed glossary."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")


TERMS: tuple[Term, ...] = (
    Term(
        "sub-word",
        "A piece of a text, as long as a word or shorter, that a model knows by a number.",
    ),
    Term("token", "One piece of a text as the model gets it: a sub-word or a special sign."),
    Term("id", "The number by which a model knows a token."),
    Term("vocabulary", "The list of all tokens that a model knows, each with its id."),
    Term("special token", "A token that nobody typed, such as the one that marks the beginning."),
    Term("byte-level BPE", "RoBERTa's way to cut: it joins bytes, the most frequent pairs first."),
    Term(
        "WordPiece",
        "DistilBERT's way to cut: it takes the longest beginning that is in the vocabulary.",
    ),
    Term(
        "vector",
        "A row of numbers that stands for something; similar things get similar rows.",
        ("vectors",),
    ),
    Term(
        "embedding",
        "The vector with which a token begins: one for what it is, added to one for where it "
        "stands.",
    ),
    Term(
        "layer", "One round of work: every token looks at the others, then each is worked on alone."
    ),
    Term(
        "attention",
        "How much of its look a token gives to each of the tokens; the shares sum to 1.",
    ),
    Term(
        "attention head",
        "One of several attentions of a layer, which work side by side and learn to look for "
        "different things.",
        ("attention heads",),
    ),
    Term("hidden state", "A token's vector after a layer.", ("hidden states",)),
    Term(
        "residual connection",
        "What a layer finds is added to the old vector and doesn't replace it.",
    ),
    Term(
        "feed-forward network",
        "The part of a layer that works on each token alone; it holds most of a layer's numbers.",
        ("feed-forward",),
    ),
    Term("LayerNorm", "A step that brings the numbers of each vector to the same mean and spread."),
    Term("pooling", "How one vector is made for the whole text; here the first token's is taken."),
    Term(
        "classifier",
        "The last step, which turns one vector into a score for each label; its usual name is "
        "classification head.",
        ("classification head",),
    ),
    Term(
        "activation",
        "A simple curve, such as tanh or ReLU, through which each number goes so that layers "
        "can do more than add.",
    ),
    Term("logit", "A score for a label, any number, before it is made a probability.", ("logits",)),
    Term(
        "softmax",
        "The step that makes positive numbers that sum to 1 out of any scores, the largest "
        "staying the largest.",
    ),
    Term("label", "The answer that is to be chosen; here negative or positive.", ("labels",)),
    Term(
        "encoder",
        "The model without its classifier: it describes a text in vectors and answers nothing yet.",
        ("encoders",),
    ),
    Term(
        "pre-training",
        "Learning the language first, by filling gaps in plain text; no label is needed.",
    ),
    Term("fine-tuning", "Going on to learn one task from examples with labels."),
    Term(
        "masked language modelling",
        "The exercise of pre-training: a word is hidden, the model guesses it.",
        ("masked-LM",),
    ),
    Term(
        "parameter",
        "One of the numbers that training sets; a model is made of millions of them.",
        ("parameters",),
    ),
    Term(
        "held-out",
        "Kept apart: sentences that a model is measured on and never learns from; views call "
        "what is measured on them validation.",
        ("validation",),
    ),
    Term("epoch", "One pass over all training sentences.", ("epochs",)),
    Term(
        "loss",
        "How far the answers are from the labels, sure mistakes counting most; training makes "
        "it smaller.",
    ),
    Term("accuracy", "The share of right answers."),
    Term(
        "overfitting",
        "Learning the training sentences by heart: training loss goes on falling while "
        "held-out loss rises.",
    ),
    Term("learning rate", "How large a step the parameters take at each update."),
    Term(
        "dropout",
        "Setting numbers to zero at random while training, so that no single one can be relied on.",
    ),
    Term("weight decay", "Pulling parameters a little towards zero at each update."),
    Term(
        "standard error",
        "How much a measured number would vary by chance, if it were measured on other "
        "sentences of the same kind.",
    ),
    Term(
        "distillation",
        "Training a small model, the student, on the answers of a large one, the teacher.",
    ),
    Term(
        "query",
        "The vector with which an attention head asks for a token: what am I looking for?",
        ("queries",),
    ),
    Term("confusion matrix", "A table that counts each true label (row) by each answer (column)."),
    Term("precision", "Of all that were called positive, the share that are."),
    Term("recall", "Of all that are positive, the share that were found."),
    Term("threshold", "The probability from which on an answer is called positive."),
    Term(
        "calibration",
        "Whether probabilities keep their promise: of those at 0.9, nine in ten are right.",
    ),
    Term("checkpoint", "A trained model as files: its numbers, its settings, its tokenizer."),
)


def forms() -> Iterator[tuple[str, Term]]:
    """Every way to write a term, longer ones first: "attention head" before its parts."""
    pairs = [(form, term) for term in TERMS for form in (term.name, *term.also)]
    plurals = [(f"{form}s", term) for form, term in pairs if re.search(r"[a-rt-z]$", form)]
    yield from sorted(pairs + plurals, key=lambda pair: -len(pair[0]))


def meaning(name: str) -> str:
    """The sentence for a term, by any of its forms; "" if it is none."""
    return next((term.meaning for form, term in forms() if form == name.lower()), "")


def meanings(**terms: str) -> dict[str, str]:
    """A view's words for its headings: ``pooled="pooling"`` makes ``{"pooled_meaning": "How …"}``.

    KeyError where a term is not in the glossary.
    """
    known = {form: term.meaning for form, term in forms()}
    return {f"{key}_meaning": known[name] for key, name in terms.items()}


def page() -> str:
    """The glossary as Markdown."""
    rows = [f'<a id="{t.anchor}"></a>**{t.name}** · {t.meaning}' for t in TERMS]
    use = "Point at a linked word in a lesson, and its sentence appears."
    return "\n\n".join(["# Words", f"Each in one plain sentence. {use}", *rows]) + "\n"
