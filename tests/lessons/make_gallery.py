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
BERTVIZ = """import tempfile
from pathlib import Path

import torch
from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

SENTENCES = "the cat sat on the mat", "the cat lay on the rug"
specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
vocabulary = [*specials, *sorted(set(" ".join(SENTENCES).split()))]
folder = Path(tempfile.mkdtemp())
(folder / "vocab.txt").write_text("\\n".join(vocabulary))
words = BertTokenizerFast.from_pretrained(folder)
config = BertConfig(
    vocab_size=len(vocabulary),
    hidden_size=24,
    num_hidden_layers=2,
    num_attention_heads=3,
    intermediate_size=32,
    initializer_range=1.0,
    attn_implementation="eager",
)
torch.manual_seed(0)
bert = BertForSequenceClassification(config).eval()


def pieces(encoded):
    return words.convert_ids_to_tokens(encoded.input_ids[0])


cat = words(SENTENCES[0], return_tensors="pt")"""
TRANSLATOR = """from transformers import T5Config, T5Model

source = ["▁She", "▁sees", "▁the", "▁small", "▁ele", "phant", ".", "</s>"]
target = ["<pad>", "▁Sie", "▁sieht", "▁den", "▁kleinen", "▁Ele", "fanten", "."]
torch.manual_seed(0)
config = T5Config(
    vocab_size=99,
    d_model=24,
    d_kv=8,
    d_ff=32,
    num_layers=2,
    num_heads=3,
    initializer_factor=3.0,
    attn_implementation="eager",
)
ids = {"input_ids": torch.arange(8)[None], "decoder_input_ids": torch.arange(20, 28)[None]}
with torch.no_grad():
    out = T5Model(config).eval()(**ids, output_attentions=True)"""
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
    "Any model's attention: BertViz's README, head view": (
        BERTVIZ,
        "with torch.no_grad():\n"
        "    out = bert(**cat, output_attentions=True)\n"
        'pw.AttentionView.from_arrays(out.attentions, pieces(cat), model="BERT", wall=False)',
    ),
    "Model view: every head of every layer": (
        'pw.AttentionView.from_arrays(out.attentions, pieces(cat), model="BERT", opened=["heads"])',
    ),
    "Neuron view: where a weight comes from": (
        "classifier = pw.load(bert, tokenizer=words)\n"
        "pair = classifier.trace(*SENTENCES)\n"
        "neurons = pw.AttentionView(pair, pipeline=classifier, layer=1, head=0)\n"
        "neurons.token, neurons.key = 2, 5\n"
        "neurons",
    ),
    "Sentence pairs": (
        'both = words(*SENTENCES, return_tensors="pt")\n'
        "second = both.token_type_ids[0].tolist().index(1)\n"
        "with torch.no_grad():\n"
        "    out = bert(**both, output_attentions=True)\n"
        "pw.AttentionView.from_arrays("
        'out.attentions, pieces(both), model="BERT", sentence_b_start=second)',
    ),
    "Encoder and decoder: three kinds of attention": (
        TRANSLATOR,
        'pw.AttentionView.from_arrays(out.encoder_attentions, source, model="encoder")',
        'pw.AttentionView.from_arrays(out.decoder_attentions, target, model="decoder")',
        'pw.AttentionView.from_arrays(out.cross_attentions, target, source, model="across")',
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
