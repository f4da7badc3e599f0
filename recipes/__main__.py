"""`python -m recipes all`: make the bundled models; each step is a sub-command too."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from recipes.pack import BUNDLED, NAMES

DEFAULT_OUT = Path(__file__).resolve().parent.parent / "build" / "recipes"
STEPS = {
    "all": "everything below, in order",
    "source": "fine-tune MiniLM on SST-2 (the teacher of the classifiers)",
    "encode": "vocabulary, transfer, and healing (RoBERTa mini) or distilling (DistilBERT mini)",
    "classifier": "tune the classifier, cut it to low rank, recover, pack",
    "fill": "learn to fill in blanks: a masked-LM head and a small difference of the encoder",
    "score": "measure the packed models",
    "card": "write README.md and log.json of each model",
}


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m recipes", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    for name, words in STEPS.items():
        command = commands.add_parser(name, help=words, description=words)
        command.add_argument("--data", type=Path, help="folder with the data; without it, the hub")
        command.add_argument("--out", type=Path, default=DEFAULT_OUT, help="checkpoints and log")
        command.add_argument("--bundled", type=Path, help="where the models are packed")
        command.add_argument("--smoke", action="store_true", help="a few updates of every step")
        command.add_argument("--seed", type=int, default=0)
        if name not in ("all", "source"):
            command.add_argument("--model", choices=NAMES, action="append", help="default: both")
        if name in ("source", "encode", "classifier", "fill"):
            command.add_argument("--minutes", type=float, help="wall clock for the training")
    merge = commands.add_parser("merge", help="write a merged classifier as a Hugging Face folder")
    merge.add_argument("model", choices=NAMES)
    merge.add_argument("folder", type=Path)
    merge.add_argument("--bundled", type=Path)
    commands.add_parser("sentences", help="figures of sentences.csv", add_help=False)
    commands.add_parser("runs", help="record training runs for the lessons", add_help=False)
    commands.add_parser("lessons", help="build and run the lessons' notebooks", add_help=False)
    return top


def main(arguments: list[str] | None = None) -> None:
    """Run one command."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["sentences"]:
        from recipes import sentences

        sentences.main(given[1:])
        return
    if given[:1] == ["runs"]:
        from recipes import record_runs

        record_runs.main(given[1:])
        return
    if given[:1] == ["lessons"]:
        from recipes import lessons

        lessons.main(given[1:])
        return
    known = parser().parse_args(given)

    from recipes import steps

    smoke = bool(getattr(known, "smoke", False))
    out = Path(getattr(known, "out", DEFAULT_OUT))
    options = steps.Options(
        data=getattr(known, "data", None),
        out=out / "smoke" if smoke and out == DEFAULT_OUT else out,
        bundled=known.bundled or (out / "smoke" / "bundled" if smoke else BUNDLED),
        smoke=smoke,
        minutes=getattr(known, "minutes", None),
        seed=getattr(known, "seed", 0),
    )
    if known.command == "merge":
        print(steps.merge(known.model, known.folder, options))
    elif known.command == "all":
        steps.everything(options)
    elif known.command == "source":
        print(steps.fine_tune_source(options))
    else:
        step = {
            "encode": steps.encode,
            "classifier": steps.classifier,
            "fill": steps.fill_in,
            "score": steps.score,
            "card": steps.card,
        }[known.command]
        for name in known.model or NAMES[::-1]:
            step(name, options)


if __name__ == "__main__":
    main()
