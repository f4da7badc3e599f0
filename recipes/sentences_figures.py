"""Figures of the labelled sentences: size, balance, variety, and how hard the labels are.

Each function takes what it measures and nothing else; `measure` puts them together.
"""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression

Split = Literal["train", "held-out"]
COLUMNS = ("id", "split", "label", "topic", "text")
FREQUENT = 200  # tokens looked at for words that give the label away
GIVE_AWAY = 2.5  # natural log of the odds ratio: 12 times as common under one label
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One labelled sentence: label 0 is negative, 1 is positive."""

    id: str
    split: Split
    label: int
    topic: str
    text: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that is claimed of the sentences; shares lie between 0 and 1."""

    train: int
    held_out: int
    train_positive: int
    held_out_positive: int
    topics: int
    shortest: int  # words
    longest: int  # words
    mean_words: float
    most_alike: float  # Jaccard of character 5-grams, the closest two of all
    closest_pair: tuple[str, str]  # their ids
    distinct_bigrams: float  # share of all word bigrams
    giving_away: tuple[tuple[str, float], ...]  # frequent tokens and their log-odds
    bag_of_words: float  # accuracy of a linear model on the held-out


def read(path: Path) -> list[Sentence]:
    """Sentences of a csv file with the columns of `COLUMNS`."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Sentence(
                id=row["id"],
                split="train" if row["split"] == "train" else "held-out",
                label=int(row["label"]),
                topic=row["topic"],
                text=row["text"],
            )
            for row in csv.DictReader(file)
        ]


def words(text: str) -> list[str]:
    """Lower-cased words without punctuation; "didn't" and "sea-view" are one word each."""
    return _WORD.findall(text.lower())


def closest(sentences: Sequence[Sentence]) -> tuple[float, tuple[str, str]]:
    """Largest Jaccard similarity of two sentences' character 5-grams, and whose it is."""
    vectorizer = CountVectorizer(analyzer="char", ngram_range=(5, 5), binary=True)
    grams: Any = vectorizer.fit_transform([sentence.text for sentence in sentences])
    shared = (grams @ grams.T).toarray()  # (N, N): 5-grams that both have
    sizes = shared.diagonal()
    alike = shared / np.maximum(sizes[:, None] + sizes[None, :] - shared, 1)
    np.fill_diagonal(alike, 0.0)
    first, second = np.unravel_index(int(alike.argmax()), alike.shape)
    pair = sentences[int(first)].id, sentences[int(second)].id
    return float(alike[first, second]), pair


def distinct_bigrams(texts: Sequence[str]) -> float:
    """Distinct word bigrams ÷ word bigrams, none across two sentences."""
    bigrams = [pair for text in texts for pair in zip(words(text), words(text)[1:], strict=False)]
    return len(set(bigrams)) / len(bigrams)


def giving_away(sentences: Sequence[Sentence]) -> tuple[tuple[str, float], ...]:
    """Frequent tokens whose |log-odds| exceed `GIVE_AWAY`, strongest first.

    Log-odds: ln of (count + ½) ÷ (tokens + 1) under positive over the same under negative.
    """
    counts = {0: Counter[str](), 1: Counter[str]()}
    for sentence in sentences:
        counts[sentence.label].update(words(sentence.text))
    totals = {label: counter.total() + 1 for label, counter in counts.items()}
    frequent = [word for word, _ in (counts[0] + counts[1]).most_common(FREQUENT)]
    odds = {
        word: math.log((counts[1][word] + 0.5) / totals[1])
        - math.log((counts[0][word] + 0.5) / totals[0])
        for word in frequent
    }
    strong = [(word, value) for word, value in odds.items() if abs(value) > GIVE_AWAY]
    return tuple(sorted(strong, key=lambda pair: -abs(pair[1])))


def bag_of_words(train: Sequence[Sentence], held_out: Sequence[Sentence]) -> float:
    """Accuracy of TF-IDF logistic regression (scikit-learn's settings) on the held-out."""
    vectorizer = TfidfVectorizer()
    model = LogisticRegression(max_iter=1000)
    model.fit(vectorizer.fit_transform([s.text for s in train]), [s.label for s in train])
    guesses = model.predict(vectorizer.transform([s.text for s in held_out]))
    return float(np.mean(guesses == np.array([s.label for s in held_out])))


def measure(sentences: Sequence[Sentence]) -> Figures:
    """Every figure that needs no neural network."""
    train = [sentence for sentence in sentences if sentence.split == "train"]
    held_out = [sentence for sentence in sentences if sentence.split == "held-out"]
    lengths = [len(sentence.text.split()) for sentence in sentences]
    most_alike, pair = closest(sentences)
    return Figures(
        train=len(train),
        held_out=len(held_out),
        train_positive=sum(sentence.label for sentence in train),
        held_out_positive=sum(sentence.label for sentence in held_out),
        topics=len({sentence.topic for sentence in sentences}),
        shortest=min(lengths),
        longest=max(lengths),
        mean_words=float(np.mean(lengths)),
        most_alike=most_alike,
        closest_pair=pair,
        distinct_bigrams=distinct_bigrams([sentence.text for sentence in sentences]),
        giving_away=giving_away(sentences),
        bag_of_words=bag_of_words(train, held_out),
    )
