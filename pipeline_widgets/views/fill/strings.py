"""The English words of FillView."""

from __future__ import annotations

from ..shared.strings import ENGLISH, SAVE

FILL: dict[str, str] = {
    **SAVE,
    **{key: ENGLISH[key] for key in ("sentence", "placeholder", "loading", "cut")},
    "fill_title": "Fill in the blank",
    "invite": "Hide a word and let the models guess it:",
    "how": "press a word below, or type <mask>.",
    "words": "The words of your sentence: press one to hide it",
    "hide": "Hide “{word}”",
    "blank": "Blank",
    "blank_of": "Blank {number}",
    "put_back": "Blank: put “{word}” back",
    "blanks": "Which blank",
    "none": "Nothing is hidden yet. Press a word above, or type <mask> in the place of a word.",
    "more_words": "… the words after the first {count} can be hidden by typing <mask>.",
    "likeliest": "{model}: the likeliest pieces for the blank",
    "scale": "A full bar is a probability of {most}.",
    "joined": "…{piece}",
    "place": "“{word}”, which was hidden, is in place {rank} of {count}: {probability}.",
    "cut_word": (
        "“{word}”, which was hidden, is {count} pieces here ({pieces}); a blank holds one."
    ),
    "earlier": (
        "For a classifier the encoder that it started from answers: in its sentiment training it "
        "forgot this task, with which models of its kind first learn language."
    ),
    "after": "After each layer",
    "after_note": (
        "The blank’s vector on its way, read with the same head. The head was trained on the last "
        "row only. Bold: the piece that wins at the end."
    ),
    "start": "before the layers",
    "layer": "layer {layer}",
    "reading": "Likeliest pieces",
    "summary_fill": "{model} fills the blank in “{text}” with {pieces}.",
    "summary_none": "Fill in the blank: nothing is hidden in “{text}” yet.",
    "said": "{model}: {pieces}.",
    "row": "{piece} {probability}",
}
