"""Records print as one line: shapes instead of numbers, counts instead of lists."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

import pipeline_widgets as pw

LONG = " ".join(f"word{number}" for number in range(80))


def records(value: object) -> Iterator[object]:
    """The record and all records in it."""
    yield value
    for field in dataclasses.fields(value):  # type: ignore[arg-type]
        inner = getattr(value, field.name)
        for one in inner if isinstance(inner, tuple) else (inner,):
            if dataclasses.is_dataclass(one):
                yield from records(one)


@pytest.mark.parametrize("text", ["", "The cat sat.", LONG, "line\nbreak"])
@pytest.mark.parametrize("name", ["roberta", "distilbert"])
def test_every_record_of_a_trace_and_a_flow_is_one_short_line(name, text):
    pipeline = pw.load(name)
    trace = pipeline.trace(text)
    flow = pipeline.flow([text, "The cat sat."])
    square = pipeline.query_key_value(trace, 0, 0)
    found = [*records(trace), *records(flow), square]
    assert len(found) > 12
    for record in found:
        line = repr(record)
        assert "\n" not in line
        assert len(line) <= 480, line
        assert line.startswith(f"{type(record).__name__}(")


def test_an_array_is_said_by_its_type_and_shape():
    layers = pw.load("roberta").trace("The cat sat on the mat.").layers
    assert repr(layers) == "Layers(hidden=float32(7, 9, 384), attention=float32(6, 12, 9, 9))"
