"""The lines of Python that reproduce what each stage shows; the browser fills in the blanks."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

CODE: dict[str, str] = {
    "text": "import pipeline_widgets as pw\n\npipeline = pw.load({model})\ntext = {text}",
    "tokens": (
        "tokens = pipeline.tokenize(text)\n"
        "list(zip(tokens.pieces, tokens.ids.tolist(), tokens.spans))"
    ),
    "embedding": (
        "embedding = pipeline.embed(tokens)\n"
        "embedding.token[{token}], embedding.position[{token}], embedding.normalised[{token}]"
    ),
    "layers": (
        "layers = pipeline.attend(embedding)\nlayers.attention[{layer}, {head}].round(3)  # {shape}"
    ),
    "pooled": "pooled = pipeline.pool(layers)\npooled.first, pooled.dense, pooled.activated",
    "prediction": (
        "prediction = pipeline.classify(pooled)\n"
        "prediction.logits, prediction.probabilities, prediction.label"
    ),
}


def code_of_pair(text: str, pair: str) -> dict[str, str]:
    """The same for two sentences, which stand in the lines already."""
    one, two = (
        json.dumps(part, ensure_ascii=False).replace("{", r"\u007b") for part in (text, pair)
    )
    first = CODE["text"].replace("text = {text}", f"text, pair = {one}, {two}")
    return CODE | {"text": first, "tokens": CODE["tokens"].replace("(text)", "(text, pair)")}


def code(stage: str, templates: Mapping[str, str] = CODE, **blanks: Any) -> str:
    """The lines for ``stage`` with model, text, token, layer, head and shape filled in."""

    def blank(match: re.Match[str]) -> str:
        value = blanks[match[1]]
        return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)

    return re.sub(r"\{(\w+)\}", blank, templates[stage])
