"""Thirty sentences with a blank, written before any model had filled one, and words that fit.

A model gets a sentence right when one of its five likeliest pieces is among the words; what else
would have fitted does not count.
"""

from __future__ import annotations

from pathlib import Path

import pipeline_widgets as pw

TOP = 5
CLOZE: tuple[tuple[str, str], ...] = (
    ("I have never <mask> such a boring movie.", "seen watched"),
    ("The acting was so <mask> that we left early.", "bad terrible awful poor horrible wooden"),
    ("She is one of the best <mask> of her generation.", "actresses actors singers directors"),
    ("It was the <mask> film of the year.", "best worst greatest first funniest finest"),
    ("The movie is <mask> on a true story.", "based"),
    ("I would <mask> this film to anyone.", "recommend show suggest"),
    ("He plays the <mask> of a young doctor.", "role part life character"),
    ("The story takes <mask> in a small town.", "place"),
    ("We laughed from the beginning to the <mask>.", "end ending finish last"),
    ("Do not <mask> your time on this one.", "waste spend"),
    ("The music was beautiful and the <mask> was great.", "acting story cast film movie ending"),
    ("My wife and I watched it last <mask>.", "night week year month weekend summer"),
    ("It is better than the <mask> one.", "first last original other second previous old"),
    ("The book was much <mask> than the movie.", "better worse longer more darker funnier"),
    ("He was born in New <mask>.", "York Zealand Jersey Orleans England Mexico"),
    ("There are too <mask> characters to follow.", "many few"),
    ("I could not <mask> my eyes.", "believe close open take trust"),
    ("The children <mask> playing in the garden.", "were are was started began is kept love"),
    ("She opened the door and <mask> out.", "went walked ran came looked got stepped goes"),
    ("They got married and had two <mask>.", "children kids sons daughters girls boys"),
    ("The police are looking for the <mask>.", "killer murderer man girl money criminals woman"),
    ("I was surprised <mask> how good it was.", "at by about to with"),
    ("This is a film for the whole <mask>.", "family world"),
    ("He can't act and he can't <mask>.", "sing dance act write speak play direct think talk"),
    ("On the other <mask>, it was cheap.", "hand side"),
    ("The ending made me <mask>.", "cry laugh smile sad think happy sick angry feel wonder"),
    ("It is a <mask> of time and money.", "waste lot matter"),
    ("I love the way <mask> smiles.", "she he it everyone"),
    ("Once upon a <mask> there was a king.", "time"),
    ("At first I did not like it, but then I <mask> my mind.", "changed lost"),
)


def answers(name: str, *, bundled: Path) -> list[dict[str, object]]:
    """For each sentence the five likeliest pieces, and whether one of them fits."""
    pipeline = pw.load(bundled / name / "masked", tokenizer=bundled / name / "encoder")
    found: list[dict[str, object]] = []
    for text, fitting in CLOZE:
        pieces = [one.text.strip() for one in pipeline.fill(text, TOP).candidates[0]]
        right = bool({piece.lower() for piece in pieces} & set(fitting.lower().split()))
        found.append({"text": text, "pieces": pieces, "right": right})
    return found
