"""The labelled sentences: put them together, and print every figure that is claimed of them.

The shipped csv is the original. `--build` is for a new set, written in files of three columns
`label<TAB>topic<TAB>text`: `train*.tsv` (1000 sentences in all) and `held-out.tsv` (300).
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Sequence
from pathlib import Path

from pipeline_widgets.errors import BadInput
from recipes.sentences_figures import COLUMNS, Figures, Sentence, Split, measure, read

ROOT = Path(__file__).resolve().parent.parent
CSV = ROOT / "pipeline_widgets" / "bundled" / "sentences.csv"
SOURCE = ROOT / "build" / "recipes" / "source-sst2"
SHUFFLE_SEED = 7


def parse(path: Path) -> list[tuple[int, str, str]]:
    """(label, topic, text) of each line of a tsv file."""
    rows: list[tuple[int, str, str]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        cells = [" ".join(cell.split()) for cell in line.split("\t")]
        if len(cells) != 3 or cells[0] not in {"0", "1"} or not all(cells):
            raise BadInput(f"{path.name}, line {number}: write it as 0 or 1, tab, topic, tab, text")
        rows.append((int(cells[0]), cells[1], cells[2]))
    return rows


def assemble(folder: Path) -> list[Sentence]:
    """All sentences of a folder's tsv files, each split in one fixed shuffled order.

    The order depends only on how many there are, so an id stays with its sentence when its text
    is edited.
    """
    files: dict[Split, list[Path]] = {
        "train": sorted(folder.glob("train*.tsv")),
        "held-out": [folder / "held-out.tsv"],
    }
    if not files["train"] or not files["held-out"][0].exists():
        raise BadInput(f"{folder} needs train*.tsv and held-out.tsv")
    sentences: list[Sentence] = []
    for split, paths in files.items():
        rows = [row for path in paths for row in parse(path)]
        random.Random(SHUFFLE_SEED).shuffle(rows)
        sentences += [
            Sentence(f"{split[0]}{number:04}", split, label, topic, text)
            for number, (label, topic, text) in enumerate(rows, start=1)
        ]
    return sentences


def write(sentences: Sequence[Sentence], *, path: Path) -> None:
    """Write the csv that the package ships."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows((s.id, s.split, s.label, s.topic, s.text) for s in sentences)


def source_guesses(texts: Sequence[str], *, folder: Path) -> list[float]:
    """Probability of "positive" that the source gives each text, in order."""
    from recipes import measure as models
    from recipes import source

    rows = source.encode(list(texts))
    logits = models.logits(source.classifier(folder), rows, pad_id=0)
    return [float(value) for value in logits.softmax(-1)[:, 1]]


def agreement(sentences: Sequence[Sentence], *, folder: Path) -> tuple[float, list[str]]:
    """Share of labels that the source's SST-2 classifier shares, and the ids it does not."""
    guesses = source_guesses([sentence.text for sentence in sentences], folder=folder)
    other = [s.id for s, guess in zip(sentences, guesses, strict=True) if (guess > 0.5) != s.label]
    return 1 - len(other) / len(sentences), other


def lines(figures: Figures) -> list[str]:
    """Figures, one to a line, with the bound that a test holds them to."""
    strong = ", ".join(f"{word} {value:+.2f}" for word, value in figures.giving_away) or "none"
    return [
        f"sentences                     {figures.train} train, {figures.held_out} held-out",
        f"positive                      {figures.train_positive} train, "
        f"{figures.held_out_positive} held-out",
        f"topics                        {figures.topics}",
        f"words per sentence            {figures.shortest} to {figures.longest}, "
        f"mean {figures.mean_words:.1f}  (4 to 40)",
        f"closest two, 5-gram Jaccard   {figures.most_alike:.3f}  (below 0.5)  "
        f"{' and '.join(figures.closest_pair)}",
        f"distinct bigrams ÷ bigrams    {figures.distinct_bigrams:.3f}  (at least 0.72)",
        f"tokens with |log-odds| > 2.5  {len(figures.giving_away)} of the 200 most frequent  "
        f"(at most 12): {strong}",
        f"TF-IDF logistic regression    {figures.bag_of_words:.3f}  (0.68 to 0.85)",
    ]


def report(path: Path, *, source: Path) -> None:
    """Print every figure of a csv file; the source's agreement only where its folder is."""
    sentences = read(path)
    print("\n".join(lines(measure(sentences))))
    if not (source / "config.json").exists():
        print(f"source agreement              not measured: no classifier in {source}")
        return
    share, other = agreement(sentences, folder=source)
    print(f"source agreement              {share:.3f}  (at least 0.93)")
    for split in ("train", "held-out"):
        part = [sentence for sentence in sentences if sentence.split == split]
        wrong = sum(sentence.id in other for sentence in part)
        print(f"  {split:<28}{1 - wrong / len(part):.3f}")


def main(arguments: list[str] | None = None) -> int:
    """`python -m recipes sentences`: build, report, or both."""
    parser = argparse.ArgumentParser(prog="python -m recipes sentences", description=__doc__)
    parser.add_argument("--build", type=Path, metavar="FOLDER", help="make the csv from tsv files")
    parser.add_argument("--report", action="store_true", help="print every figure")
    parser.add_argument("--csv", type=Path, default=CSV, help="the csv to write or read")
    parser.add_argument("--source", type=Path, default=SOURCE, help="the fine-tuned source")
    options = parser.parse_args(arguments)
    if options.build is None and not options.report:
        parser.error("choose --build FOLDER, --report, or both")
    if options.build is not None:
        write(assemble(options.build), path=options.csv)
    if options.report:
        report(options.csv, source=options.source)
    return 0
