"""The views' pictures as plotly figures, for zooming, export and slides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...rounding import probabilities
from ...trace import Prediction, Trace
from .plotly_extra import graph_objects, make_subplots
from .svg import head_title


def _ticks(labels: Sequence[str]) -> dict[str, Any]:
    """An axis with a position for each token, since two tokens may read alike."""
    return {"tickvals": list(range(len(labels))), "ticktext": list(labels)}


def heat(
    labels: Sequence[str], weights: NDArray[np.float32], keys: Sequence[str] | None = None
) -> Any:
    """A heatmap trace of one head's weights (T, K)."""
    go = graph_objects()

    names = np.array(labels, dtype=object)
    columns = names if keys is None else np.array(keys, dtype=object)
    hover = "from %{customdata[0]} to %{customdata[1]}: %{z:.3f}<extra></extra>"
    pairs = np.stack(np.meshgrid(names, columns, indexing="ij"), axis=-1)
    return go.Heatmap(
        z=np.round(weights.astype(float), 4),
        customdata=pairs,
        hovertemplate=hover,
        colorscale="Cividis",
        zmin=0,
        zmax=1,
        colorbar={"title": "weight", "len": 0.8},
    )


def bars(names: Sequence[str], values: NDArray[np.float32]) -> Any:
    """A bar trace with the number on each bar."""
    go = graph_objects()

    rounded = [round(float(value), 4) for value in values]
    text = probabilities(values.tolist())
    return go.Bar(x=list(names), y=rounded, text=text, showlegend=False)


def explorer_figure(trace: Trace, layer: int, head: int) -> Any:
    """One head's attention beside the prediction."""
    titles = (head_title(trace, layer, head), f"prediction: {trace.prediction.label}")
    figure: Any = make_subplots(1, 2, column_widths=[0.7, 0.3], subplot_titles=titles)
    labels = trace.tokens.shown
    figure.add_trace(heat(labels, trace.layers.attention[layer, head]), 1, 1)
    figure.add_trace(bars(trace.prediction.labels, trace.prediction.probabilities), 1, 2)
    figure.update_xaxes(**_ticks(labels), row=1, col=1)
    figure.update_yaxes(**_ticks(labels), autorange="reversed", row=1, col=1)
    figure.update_yaxes(range=[0, 1.08], row=1, col=2)
    return figure


def attention_figure(
    names: tuple[Sequence[str], Sequence[str]],
    weights: NDArray[np.float32],
    prediction: Prediction | None,
    title: str,
) -> Any:
    """A square of weights, as it is on screen, beside the prediction if there is one.

    ``names`` are those of the rows and of the columns.
    """
    rows, columns = names
    widths = [0.75, 0.25] if prediction else [1.0]
    figure: Any = make_subplots(1, len(widths), column_widths=widths)
    figure.add_trace(heat(rows, weights, columns), 1, 1)
    figure.update_xaxes(**_ticks(columns), row=1, col=1)
    figure.update_yaxes(**_ticks(rows), autorange="reversed", row=1, col=1)
    if prediction:
        figure.add_trace(bars(prediction.labels, prediction.probabilities), 1, 2)
        figure.update_yaxes(range=[0, 1.08], row=1, col=2)
    figure.update_layout(title={"text": title, "font": {"size": 13}})
    return figure


def comparison_figure(
    names: tuple[Sequence[str], Sequence[str]],
    squares: Sequence[NDArray[np.float32]],
    titles: Sequence[str],
) -> Any:
    """Two squares of weights (words, words) and the second less the first.

    ``names`` are those of the rows and of the columns.
    """
    go = graph_objects()
    rows, columns = names
    one, two = squares
    difference = np.round((two - one).astype(float), 4)
    figure: Any = make_subplots(1, 3, subplot_titles=[*titles, f"{titles[1]} less {titles[0]}"])
    for column, square in enumerate(squares, start=1):
        trace = heat(rows, square, columns)
        trace.showscale = column == 1
        figure.add_trace(trace, 1, column)
    signed = go.Heatmap(z=difference, colorscale="RdBu", zmid=0, showscale=False)
    figure.add_trace(signed, 1, 3)
    figure.update_xaxes(**_ticks(columns))
    figure.update_yaxes(**_ticks(rows), autorange="reversed")
    return figure


def prediction_figure(trace: Trace, after: NDArray[np.float32]) -> Any:
    """The label bars, and what the head would say after each layer."""
    go = graph_objects()
    figure: Any = make_subplots(1, 2, subplot_titles=("prediction", "after each layer"))
    figure.add_trace(bars(trace.prediction.labels, trace.prediction.probabilities), 1, 1)
    for index, label in enumerate(trace.prediction.labels if len(after) else ()):
        line = np.round(after[:, index].astype(float), 4)
        figure.add_trace(go.Scatter(y=line, name=label, mode="lines+markers"), 1, 2)
    figure.update_yaxes(range=[0, 1.08])
    return figure


def strips_figure(names: Sequence[str], rows: Sequence[NDArray[np.float32]], labels: Any) -> Any:
    """Matrices (T, D) under one another, one signed colour scale each."""
    go = graph_objects()
    figure: Any = make_subplots(len(rows), 1, subplot_titles=list(names), shared_xaxes=True)
    for index, row in enumerate(rows, start=1):
        values = np.round(row.astype(float), 3)
        scale = {"colorscale": "RdBu", "zmid": 0, "showscale": index == 1}
        figure.add_trace(go.Heatmap(z=values, **scale), index, 1)
        figure.update_yaxes(**_ticks(labels), autorange="reversed", row=index, col=1)
    return figure


def token_figure(trace: Trace) -> Any:
    """The tokens as a plotly table."""
    go = graph_objects()

    tokens = trace.tokens
    spans = [f"{start}–{end}" for start, end in tokens.spans]
    columns = [list(tokens.shown), list(tokens.pieces), tokens.ids.tolist(), spans]
    header = ["text", "in the vocabulary", "id", "characters"]
    return go.Figure(go.Table(header={"values": header}, cells={"values": columns}))
