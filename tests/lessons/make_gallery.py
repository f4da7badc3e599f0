"""Write and run ``gallery.ipynb``: ``python -m tests.lessons.make_gallery``."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from recipes.lessons import METADATA, run

TARGET = Path(__file__).with_name("gallery.ipynb")
START = """import pipeline_widgets as pw

roberta, distilbert = pw.load("roberta"), pw.load("distilbert")
text = "The café was not dull."
one, two = roberta.trace(text), distilbert.trace(text)"""
CELLS = {
    "The whole pipeline, live": (
        "pw.PipelineExplorer(text, models=(roberta, distilbert), presets={})",
    ),
    "Tokens": ("pw.TokenView(one, two)",),
    "Embeddings and their map": ("pw.EmbeddingView(one, token=2, step=7)",),
    "Attention, head by head, with cause beside it": (
        "attention = pw.AttentionView(one, pipeline=roberta, layer=1, head=8)\nattention",
        'attention.off = [["layer", 1]]\n'
        "attention.trace.interventions, attention.trace.prediction.label",
    ),
    "Two models, word by word": (
        "pw.CompareView(one, two, pipelines=(roberta, distilbert), layers=(1, 0), heads=(8, 8))",
    ),
    "Two sentences: where they differ, and what carries it": (
        'pinned = roberta.trace("The waiter was not friendly.")\n'
        'changed = roberta.trace("The waiter was very friendly.")\n'
        "pw.DifferenceView(pinned, changed, pipeline=roberta)",
    ),
    "The prediction": (
        "pw.PredictionView(two, after_layers=distilbert.predict_after_layers(two))",
    ),
    "Interventions without a view": ('roberta.trace(text, without=[pw.DropWord("not")])',),
    "A table and figures": (
        "attention.off = []\nattention.to_table().round(2).head(3)",
        "type(attention.figure()).__name__, "
        "type(pw.EmbeddingView(one).figure(dimensions=3)).__name__",
    ),
    "BertViz's own picture, offline": (
        "from pipeline_widgets import bertviz\n\nrepr(bertviz.head_view(two))",
    ),
}


def build() -> nbformat.NotebookNode:
    """The notebook, not yet run."""
    cells = [
        new_markdown_cell(
            "# Gallery\n\nOne cell for each view, stored as it ran. A test runs all again and "
            "compares every output."
        ),
        new_code_cell(START),
    ]
    for title, codes in CELLS.items():
        cells += [new_markdown_cell(f"## {title}"), *map(new_code_cell, codes)]
    for index, cell in enumerate(cells):
        cell["id"] = f"gallery-{index:02d}"
    return new_notebook(cells=cells, metadata=METADATA)


if __name__ == "__main__":
    notebook = build()
    run(notebook, TARGET.parent)
    nbformat.validate(notebook)
    nbformat.write(notebook, TARGET)
