"""Step 9: the card of each model, from the figures in the run's log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from recipes.pack import megabytes

Line = Mapping[str, Any]

FACTS = {
    "roberta-mini": {
        "title": "RoBERTa mini",
        "honest": "RoBERTa architecture, MiniLM-derived weights: 6 × 384 where roberta-base has "
        "12 × 768.",
        "shape": "6 layers × 12 heads × 384, feed-forward 1536; cased byte-level BPE of 9,000 "
        "entries, no leading space added; `<s> <pad> </s> <unk>` = 0 1 2 3, `<mask>` = 8999; "
        "positions from 2, 258 rows (256 tokens); one token type, all zero; tanh head",
        "made": "All six layers come from the source, token type 0 folded into the positions. Each "
        "BPE entry started as the mean of the WordPiece embeddings that cover the same characters. "
        "Then the whole encoder was healed: its hidden states, aligned by character spans, match "
        "the source's layer by layer, and the head's dense layer at `<s>` matches the source's "
        "sentence vector.",
    },
    "distilbert-mini": {
        "title": "DistilBERT mini",
        "honest": "DistilBERT architecture, MiniLM-derived weights: 3 × 384 where "
        "distilbert-base-uncased has 6 × 768.",
        "shape": "3 layers × 12 heads × 384, feed-forward 1536; uncased WordPiece of 9,500 entries "
        "(the source's list, pruned); `[PAD]` 0, `[UNK]` 100, `[CLS]` 101, `[SEP]` 102, `[MASK]` "
        "103; positions from 0, 256 rows; no token types; ReLU head",
        "made": "Layers 1, 3 and 5 (from 0) of the source and the rows of the kept word pieces, "
        "token type 0 folded into the positions. Then distilled from all six layers: its hidden "
        "states match the source's after layers 2, 4 and 6, and the head's dense layer at `[CLS]` "
        "matches the source's sentence vector.",
    },
}
TERMS = """## Data and terms

* **Source weights**: all-MiniLM-L6-v2 (BERT, 6 layers × 12 heads × 384, WordPiece 30,522),
  Apache-2.0. These weights derive from it and are Apache-2.0 too.
* **Film reviews without labels**: Large Movie Review Dataset (Maas et al. 2011), 24,000 reviews of
  its unlabelled split. Its page asks for citation and, as far as we know,
  states no licence; the reviews belong to their writers.
* **SST-2**: Stanford Sentiment Treebank (Socher et al. 2013) in its GLUE form (Wang et al. 2019).
  As far as we know its pages state no licence; the phrases come from film reviews that belong to
  their writers.
* **Remarks**: sentences that the recipe builds from clauses written for this project.

None of the data is shipped. Whether a data set's terms bind weights trained on it is not settled;
who needs certainty should train on data of their own: the recipe takes any folder.
"""


def _percent(score: Line) -> str:
    share, error = 100 * score["accuracy"], 100 * score["standard_error"]
    return f"{share:.1f} % ± {error:.1f} ({score['size']} sentences)"


def tidy(lines: Sequence[Line]) -> list[Line]:
    """The log without repeats: the last of each step, every round, every SST-2 dev figure."""
    found: dict[object, Line] = {}
    for line in lines:
        step = str(line["step"])
        key: tuple[object, ...] = (step, line.get("round", 1), line.get("after"))
        if step.endswith("scores earlier"):
            key = (step, len(found))  # each is kept
        if step.endswith("-mini scores") and key in found:
            earlier = found.pop(key)
            old = {"step": f"{step} earlier", "SST-2 dev": earlier["SST-2 dev"]}
            found[(step, "earlier", earlier["SST-2 dev"]["accuracy"])] = old
        found.pop(key, None)
        found[key] = line
    return list(found.values())


def _find(lines: Sequence[Line], step: str) -> Line:
    return [line for line in lines if line["step"] == step][-1]


def _scores(figures: Line, earlier: Sequence[Line]) -> list[str]:
    names = {
        "SST-2 dev": "SST-2 dev (never trained on)",
        "SST-2 training sentences held back": "SST-2 training sentences held back from training",
        "sentences held-out": "`sentences.csv`, held-out (other topics, never trained on)",
        "sentences train": "`sentences.csv`, train (never trained on by this classifier)",
    }
    rows = [
        f"| {words} | {_percent(figures[key])} |" for key, words in names.items() if key in figures
    ]
    table = ["| classifier | accuracy ± standard error |", "|---|---|", *rows]
    if not earlier:
        return table
    shares = ", ".join(f"{100 * line['SST-2 dev']['accuracy']:.1f} %" for line in earlier)
    return [
        *table,
        "",
        f"Earlier classifiers of this recipe and earlier stages of this one had {shares} on SST-2 "
        "dev. The second round of tuning was added after the first had left DistilBERT mini at "
        "85.5 %, the second round at low rank (for RoBERTa mini alone) after 87.4 %. The final "
        "files were measured once, and nothing was chosen afterwards.",
    ]


def _live(figures: Line) -> list[str]:
    live = figures.get("live")
    if live is None:
        return []
    losses = " ".join(f"{value:.2f}" for value in live["loss"])
    shares = " ".join(f"{value:.3f}" for value in live["held_out"])
    return [
        "",
        "## Live training from the encoder",
        "",
        "Five epochs on the 1000 training sentences, AdamW, learning rate "
        f"{live['rate']:g} falling to 0, batch {live['batch']}, embeddings frozen, one "
        "seed: held-out accuracy "
        f"{live['held_out_before']:.3f} before the first step, then {shares}; loss {losses}; "
        f"{live['seconds'][-1]:.0f} s an epoch on two cores. Its spread over 300 sentences "
        "is about 0.017.",
    ]


def _probes(figures: Line) -> list[str]:
    probes = figures["probes"]
    right = sum(row["right"] for row in probes)
    sign = {0: "negative", 1: "positive"}
    rows = [
        f"| {row['text']} | {sign[row['label']]} | {row['positive']:.2f} | "
        f"{'yes' if row['right'] else '**no**'} |"
        for row in probes
    ]
    return [
        "",
        f"## Forty probes: {right} right",
        "",
        "None of these sentences was trained on. But earlier classifiers had missed "
        "understatements, overturned expectations and a good part of a bad whole, and remarks "
        "built that way joined the training texts, so the count flatters the model on them. The "
        "third column is the classifier's probability of positive.",
        "",
        "| sentence | meant | positive | right |",
        "|---|---|---|---|",
        *rows,
    ]


def _plain(figures: Line) -> list[str]:
    rows = [f"| {text} | {value:.2f} |" for text, value in figures["plain"].items()]
    return [
        "",
        "## Plain statements",
        "",
        "They feel nothing, so neither label should convince.",
        "",
        "| sentence | positive |",
        "|---|---|",
        *rows,
    ]


def _heads(figures: Line) -> list[str]:
    rows = [
        f"| {row['pattern']} | {row['layer']} · {row['head']} | {100 * row['share']:.0f} % |"
        for row in figures["heads"]
    ]
    return [
        "",
        "## Attention heads",
        "",
        f"Share of rows of the encoder whose largest weight lies on the pattern's token, on "
        f'{figures["head rows from"]} (rows of special tokens left out; for "same word" only rows '
        "whose word has a second piece or occurs again). Layer · head, from 0. A share below a "
        "half is a tendency, not a rule.",
        "",
        "| pattern | head | share |",
        "|---|---|---|",
        *rows,
    ]


def _blanks(name: str, lines: Sequence[Line]) -> list[str]:
    trained, scored = _rounds(lines, f"{name} fill"), _rounds(lines, f"{name} fill scores")
    packed = _rounds(lines, f"{name} fill packed")
    if not (trained and scored and packed):
        return []
    run, figures, answers = trained[-1], scored[-1], packed[-1]["cloze"]
    right = sum(row["right"] for row in answers)
    rows = [
        f"| {row['text'].replace('<mask>', '`<mask>`')} | {' · '.join(row['pieces'])} | "
        f"{'yes' if row['right'] else '**no**'} |"
        for row in answers
    ]
    return [
        "",
        "## Filling in blanks",
        "",
        "`masked/` is a masked-LM head (dense, GELU, LayerNorm, the token table again) and a "
        "low-rank difference of the encoder's matrices and its token table, which encoder and "
        f"classifier know nothing of: {packed[-1]['megabytes']} MB. It was trained on film "
        f"reviews alone, {_where(name, lines)}, {run['steps']:,} steps, "
        f"{run['tokens'] / 1e6:.1f} million tokens of {run['passages']:,} passages, hidden anew "
        f"each time{_chosen(name, lines)}. Of {figures['size']:,} hidden pieces (15 % of passages "
        f"of 400 reviews that it never saw) {100 * figures['top_1']:.1f} % were its "
        f"first guess and {100 * figures['top_5']:.1f} % among its first five; always naming the "
        f"most frequent pieces gives {100 * figures['frequent_1']:.1f} and "
        f"{100 * figures['frequent_5']:.1f} %. BERT's own head, after days on many chips, "
        "is far above that: this one knows films, common turns of phrase and grammar, and few "
        "facts.",
        "",
        f"Thirty sentences written beforehand, {right} with a fitting word among the first five:",
        "",
        "| sentence | its first five | a fitting word |",
        "|---|---|---|",
        *rows,
    ]


def _where(name: str, lines: Sequence[Line]) -> str:
    """How long the fill head was trained, on what."""
    run = _rounds(lines, f"{name} fill")[-1]
    device = f"one {run['device']}" if "device" in run else "a part of one busy core"
    shared = " that other runs shared" if _rounds(lines, f"{name} fill tried") else ""
    return f"{run['minutes']:.0f} minutes on {device}{shared}"


def _chosen(name: str, lines: Sequence[Line]) -> str:
    """What was chosen for the fill head on reviews kept for choosing, if anything was."""
    looks, tried = _rounds(lines, f"{name} fill watch"), _rounds(lines, f"{name} fill tried")
    if not tried:
        return ""
    losses, seconds = tried[-1]["losses"], tried[-1]["seconds"]
    rates = ", ".join(f"{rate} (loss {loss:.2f})" for rate, loss in losses.items())
    return (
        f". Peak learning rates {rates} ran side by side for {seconds} seconds and the "
        "best went on; of its running averages the one with the lowest loss is kept. "
        f"Both choices were made on 200 other reviews ({looks[-1]['size']:,} pieces)"
    )


def _rounds(lines: Sequence[Line], step: str) -> list[Line]:
    return [line for line in lines if line["step"] == step]


def _sums(rounds: Sequence[Line]) -> tuple[float, int]:
    """Minutes and updates of all rounds of a step."""
    return sum(line["minutes"] for line in rounds), sum(line["steps"] for line in rounds)


def _steps(name: str, lines: Sequence[Line]) -> list[str]:
    rounds = _rounds(lines, f"{name} match")
    tuning, cut = _rounds(lines, f"{name} whole"), _rounds(lines, f"{name} cut")
    teacher = _find(lines, "source")
    before, after = rounds[0]["relative_error_before"], rounds[-1]["relative_error_after"]
    minutes, updates = _sums(rounds)
    tuning_minutes, tuning_updates = _sums(tuning)
    cut_minutes, cut_updates = _sums(cut)
    show = lambda values: " ".join(f"{value:.2f}" for value in values)  # noqa: E731
    return [
        f"1. Source fine-tuned on SST-2 phrases, {teacher['minutes']:.0f} minutes, "
        f"{teacher['steps']} steps: {100 * teacher['validation']:.1f} % on "
        f"{teacher['validation_size']} training sentences held back. It gives the soft labels.",
        f"2. {FACTS[name]['made']} {minutes:.0f} minutes, {updates} steps of 2048 "
        f"tokens, no label; relative error of the embeddings, each layer, and the sentence vector: "
        f"{show(before)} before, {show(after)} after.",
        "3. Classifier: the update that fine-tuning made to the source's layers was added to the "
        "layers here as a first guess; then every weight but the embeddings was tuned on "
        f"{tuning[-1]['rows']:,} texts (SST-2 "
        f"phrases, review sentences, remarks on other topics with negation, contrast and neutral "
        f"statements; soft labels), {tuning_minutes:.0f} minutes, {tuning_updates} steps.",
        f"4. The update cut to rank {cut[-1]['rank']} and its factors trained "
        f"{cut_minutes:.0f} minutes more, {cut_updates} steps: {cut[-1]['megabytes']} MB instead "
        "of the whole layers." + _second_teacher(name, lines),
    ]


def _second_teacher(name: str, lines: Sequence[Line]) -> str:
    again = _rounds(lines, f"{name} source again")
    if not again:
        return ""
    share, size = 100 * again[-1]["validation"], again[-1]["validation_size"]
    return (
        f" The second round's soft labels come from a source fine-tuned anew ({share:.1f} % on "
        f"those {size})."
    )


def write(name: str, folder: Path, lines: Sequence[Line], both: Mapping[str, Line]) -> str:
    """The card as Markdown."""
    facts, figures = FACTS[name], both[name]
    earlier = [line for line in lines if str(line["step"]).endswith("earlier")]
    sizes = {part: megabytes(folder / part) for part in ("encoder", "classifier")}
    text = [
        f"# {facts['title']}",
        "",
        f"**{facts['honest']}** It is small on purpose: it runs "
        "anywhere, in milliseconds. It is not a substitute for the published checkpoint.",
        "",
        f"* Shape: {facts['shape']}.",
        f"* {figures['parameters']:,} parameters; {sizes['encoder']:.1f} MB encoder with tokenizer "
        f"(float16), {sizes['classifier']:.1f} MB classifier difference.",
        "* Licence: Apache-2.0, like the source, all-MiniLM-L6-v2.",
        f"* An eager forward pass with attention at 20 tokens: "
        f"{figures['milliseconds at 20 tokens']} ms on a shared two-core machine.",
    ]
    if len(both) == 2:
        small, large = both["distilbert-mini"], both["roberta-mini"]
        text.append(
            f"* DistilBERT mini ÷ RoBERTa mini: parameters "
            f"{small['parameters'] / large['parameters']:.2f}, time "
            f"{small['milliseconds at 20 tokens'] / large['milliseconds at 20 tokens']:.2f}."
        )
    text += [
        "",
        "`encoder/` is the model before any sentiment training, with a fresh random last "
        "layer: live training starts here. `classifier/` is what a sentiment classifier adds "
        "to it (the merge rule is in `recipes/pack.py`).",
        "",
        "## Scores",
        "",
        *_scores(figures, earlier),
    ]
    text += [*_live(figures), "", "## How it was made", "", *_steps(name, lines)]
    text += [
        "",
        "## What it is bad at",
        "",
        "* It knows two labels only: a plain statement, a question or a greeting still gets one, "
        'with a middling probability. Irony, comparisons ("better than the rest, which is not '
        'saying much") and long texts with many turns are beyond it.',
        "* It learned mostly from English film reviews. Other languages and scripts fall to bytes "
        "or `[UNK]`; its answer on them means nothing.",
        "* Names of people, places and groups can move its answer, as the reviews do. Don't judge "
        "people with it.",
        "* Both minis come from one source, one seed each, with unequal budgets: don't read the "
        "difference between them as what distillation costs.",
    ]
    text += [*_plain(figures), *_probes(figures), *_blanks(name, lines), *_heads(figures)]
    text += ["", TERMS]
    return "\n".join(text)
