"""Feeds damaged files to every reader: only typed errors, below 500 MB, no case over two seconds.

``python -m tests.fuzz [--minutes 10] [--reader NAME …] [--seed N]``; what is found is kept under
``corpus/`` and fed to the readers again by tests/unit/test_fuzz.py. POSIX only.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import random
import re
import resource
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline_widgets.errors import PipelineError

from .mutate import mutated
from .readers import Reader, readers

CORPUS = Path(__file__).parent / "corpus"
MEMORY = 500 * 2**20  # bytes that a process may have
SECONDS = 2.0  # of a processor for a case
KEPT = 40  # cases of a reader that are kept, the shortest of each way through it
LONGEST_KEPT = 4000  # bytes of a kept case


class TooSlow(BaseException):
    """A case takes longer than it may."""


@dataclass
class Tally:
    """What came of a reader's cases."""

    cases: int = 0
    refused: int = 0
    slowest: float = 0.0
    ways: dict[str, bytes] = field(default_factory=dict[str, bytes])  # shortest case of each
    failures: dict[str, bytes] = field(default_factory=dict[str, bytes])


def run(reader: Reader, data: bytes) -> tuple[str, bool]:
    """Which way a case took through a reader, and whether that is as it should be."""
    try:
        with limited():
            found = reader.read(data)
    except PipelineError as error:
        typed = "MemoryError" not in str(error)
        return _way(error), typed
    except (Exception, TooSlow) as error:
        return _way(error), False
    return f"read {re.sub(r'[0-9.]+', '0', str(found))[:60]}", True


def _way(error: BaseException) -> str:
    places = list[str]()
    for one in (error, error.__cause__):
        frames = traceback.extract_tb(one.__traceback__ if one else None)
        places += [f"{Path(frame.filename).stem}:{frame.lineno}" for frame in frames[-4:]]
    return f"{type(error).__name__} {' '.join(places)}"


@contextmanager
def limited() -> Iterator[None]:
    """Stop what takes longer than it may."""

    def stop(*_: object) -> None:
        raise TooSlow(f"more than {SECONDS} s")

    signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def fuzz(reader: Reader, seconds: float, chance: random.Random) -> Tally:
    """Feed a reader for some seconds with its seeds, damaged; new ways become seeds."""
    tally, seeds = Tally(), [*reader.seeds, *kept(reader.name)]
    for seed in reader.seeds:
        way, fine = run(reader, seed)
        if not fine or not way.startswith("read"):
            tally.failures[f"a seed is not read: {way}"] = seed
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        data = mutated(chance.choice(seeds), seeds, chance)
        started = time.process_time()
        way, fine = run(reader, data)
        taken = time.process_time() - started
        tally.cases += 1
        tally.refused += not way.startswith("read")
        tally.slowest = max(tally.slowest, taken)
        if taken > SECONDS:
            way, fine = f"{taken:.1f} s: {way}", False
        found = tally.ways if fine else tally.failures
        if way not in found or len(data) < len(found[way]):
            if way not in found and len(data) <= LONGEST_KEPT * 4:
                seeds.append(data)
            found[way] = data
    return tally


def kept(name: str) -> list[bytes]:
    """The cases of a reader that earlier runs kept."""
    path = CORPUS / f"{name}.json"
    return [base64.b64decode(one) for one in json.loads(path.read_text())] if path.exists() else []


def keep(name: str, tally: Tally) -> None:
    """Put the shortest cases of new ways, and all failures, beside those kept before."""
    cases = [*kept(name), *tally.failures.values()]
    short = sorted((one for one in tally.ways.values() if len(one) <= LONGEST_KEPT), key=len)
    cases += short[: max(0, KEPT - len(cases))]
    unique = {hashlib.sha256(one).hexdigest(): one for one in cases}
    lines = sorted(json.dumps(base64.b64encode(one).decode()) for one in unique.values())
    CORPUS.mkdir(exist_ok=True)
    (CORPUS / f"{name}.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")


def main() -> int:
    options = _options()
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    chosen = [one for one in readers().values() if not options.reader or one.name in options.reader]
    share, wrong, total = options.minutes * 60 / len(chosen), 0, 0
    for reader in chosen:
        tally = fuzz(reader, share, random.Random(f"{options.seed} {reader.name}"))
        total, wrong = total + tally.cases, wrong + len(tally.failures)
        print(
            f"{reader.name:30} {tally.cases:7} cases, {tally.refused / max(1, tally.cases):4.0%} "
            f"refused in {len(tally.ways):4} ways, slowest {tally.slowest:5.2f} s, "
            f"{len(tally.failures)} failures",
            flush=True,
        )
        for way, data in tally.failures.items():
            print(f"    {way}\n        {len(data)} bytes: {data[:100]!r}")
        if options.keep:
            keep(reader.name, tally)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{total} cases, {wrong} failures, peak memory {peak:.0f} MB")
    return 1 if wrong else 0


def _options() -> Any:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="for all readers together")
    parser.add_argument("--reader", action="append", choices=list(readers()))
    parser.add_argument("--seed", default=str(int(time.time())))
    parser.add_argument("--keep", action="store_true", help="keep what was found in corpus/")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
