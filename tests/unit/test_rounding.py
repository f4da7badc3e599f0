"""One number, one rounding: what is shown agrees with the number and with what stands beside it."""

from __future__ import annotations

import json
import math
import random
import re
import subprocess
from fractions import Fraction

import numpy as np
import pytest

from pipeline_widgets import rounding
from pipeline_widgets.rounding import fixed, percent, probabilities
from pipeline_widgets.views.shared.linker import VIEWS
from pipeline_widgets.views.shared.packing import pack_hundredths


def number(shown):
    return Fraction(shown.replace("−", "-"))


@pytest.mark.parametrize("digits", [0, 1, 2, 3, 4])
def test_a_number_is_rounded_to_the_nearest_and_a_half_away_from_zero(digits):
    chance = random.Random(digits)
    halves = [chance.randrange(-99, 99) + 0.5 ** chance.randrange(5) for _ in range(300)]
    for value in [*halves, *(chance.uniform(-3, 3) for _ in range(300))]:
        exact, unit = Fraction(value), Fraction(1, 10**digits)
        nearest = math.floor(abs(exact) / unit + Fraction(1, 2)) * unit
        assert number(fixed(value, digits)) == (nearest if value >= 0 else -nearest)


def test_nothing_is_minus_zero():
    assert fixed(-0.001) == fixed(-0.0) == "0.00"
    assert fixed(-0.996, 1) == "−1.0"


def test_what_stood_rounded_twice_is_rounded_once():
    assert fixed(0.66480) == "0.66"
    assert fixed(0.91054, 3) == "0.911"


@pytest.mark.parametrize("classes", [1, 2, 3, 28, 151])
def test_shown_probabilities_sum_to_one_and_stay_near_their_numbers(classes):
    draw = np.random.default_rng(classes)
    for scale in (0.1, 1, 10):
        for _ in range(200):
            logits = draw.normal(scale=scale, size=classes)
            exact = np.exp(logits - logits.max())
            exact = (exact / exact.sum()).astype(np.float32)
            shown = probabilities(exact)
            assert sum(map(number, shown)) == 1
            assert max(abs(float(number(a)) - b) for a, b in zip(shown, exact, strict=True)) < 0.01


def test_almost_certain_is_not_shown_as_certain():
    assert probabilities([0.9961, 0.0039]) == ["0.996", "0.004"]
    assert probabilities([1.0, 0.0]) == ["1.00", "0.00"]


def test_values_that_are_no_distribution_are_rounded_alone():
    assert probabilities([0.9, 0.8, 0.125]) == ["0.90", "0.80", "0.13"]


def test_a_percentage_says_what_the_number_says():
    assert [percent(shown) for shown in ("0.66", "0.29", "0.996", "1.00")] == [
        *("66 %", "29 %", "99.6 %", "100 %")
    ]


def test_packed_hundredths_are_the_shown_numbers():
    values = np.random.default_rng(1).normal(scale=3, size=500).astype(np.float32)
    values[:3] = 0.125, -0.125, -0.004
    packed = pack_hundredths(values)
    hundredths = np.frombuffer(packed["data"], np.int16)
    for value, stored in zip(values, hundredths.tolist(), strict=True):
        assert fixed(stored / 100) == fixed(float(value))


SAME = """
const modules = await Promise.all(%s.map((url) => import(url)));
const rounding = Object.assign({}, ...modules);
const lines = (await import("node:fs")).readFileSync(0, "utf-8").split("\\n").filter(Boolean);
const odd = (_, value) => (/^(NaN|-?Infinity)$/.test(value) ? Number(value) : value);
const asked = lines.map((line) => JSON.parse(line.replace(/NaN|-?Infinity/g, '"$&"'), odd));
console.log(JSON.stringify(asked.map(([name, ...all]) => rounding[name](...all))));
"""


def test_a_browser_writes_the_same_letters(node):
    chance = random.Random(6)
    numbers = [chance.uniform(-1, 1) * 10.0 ** chance.randrange(-7, 8) for _ in range(400)]
    numbers += [chance.randrange(-4000, 4000) / 2 ** chance.randrange(12) for _ in range(400)]
    asked = [[name, one, k] for one in numbers for name in ("fixed", "signed") for k in (0, 2, 3)]
    asked += [["brief", one, k] for one in numbers for k in (1, 3, 6)]
    asked += [["share", abs(one)] for one in numbers]
    for size in (2, 3, 28):
        for _ in range(200):
            some = [round(chance.random(), chance.choice([1, 3, 17])) for _ in range(size)]
            asked += [["probabilities", some], ["scores", some, "sigmoid"]]
            asked += [
                ["probabilities", [one / sum(some or [1]) for one in some], k] for k in (2, 3)
            ]
    for one in (math.nan, math.inf, -math.inf):
        asked += [[name, one] for name in ("fixed", "signed", "brief", "share")]
        asked += [["probabilities", [one, 0.556]], ["scores", [0.5, one], "sigmoid"]]
    urls = [(VIEWS / f"shared/{name}.js").as_uri() for name in ("rounding", "writing")]
    script = SAME % json.dumps(urls)
    lines = "\n".join(map(json.dumps, asked))
    run = [node, "--input-type=module", "-e", script]
    ran = subprocess.run(
        run, input=lines, capture_output=True, check=True, text=True, encoding="utf-8"
    )
    browser = json.loads(ran.stdout)
    python = [getattr(rounding, name)(*given) for name, *given in asked]
    both = zip(asked, python, browser, strict=True)
    assert [one for one in both if one[1] != one[2]] == []


PACKAGE = VIEWS.parent
# Numbers are written in one place. A picture's own geometry, in digits of pixels, is not read, nor
# is a template of plotly's, which is written `%{`.
IN_SCRIPTS = re.compile(r"\.(?:toFixed|toPrecision|toExponential|toLocaleString)\(")
IN_PYTHON = re.compile(r"(?<!%)\{[^{}]*:[+,]?\.(?:[2-9]f|\d%)\}")


@pytest.mark.parametrize(("suffix", "habit"), [("js", IN_SCRIPTS), ("py", IN_PYTHON)])
def test_nothing_rounds_by_itself(suffix, habit):
    texts = {path.name: path.read_text("utf-8") for path in PACKAGE.rglob(f"*.{suffix}")}
    found = {name: habit.findall(text) for name, text in texts.items() if habit.search(text)}
    assert set(found) <= {"rounding.js"}, found


def test_the_search_finds_what_it_looks_for():
    assert IN_SCRIPTS.search("value.toFixed(2)")
    assert IN_PYTHON.search('f"{value:.3f}"')
    assert IN_PYTHON.search('f"{share:.0%}"')
    assert not IN_PYTHON.search('hover = "%{z:.3f}"')


def test_a_number_of_any_size_is_written():
    assert len(fixed(1e308)) == 309 + 3
    assert fixed(-1.5e300, 0).startswith("−15")
    assert fixed(5e-324) == "0.00"
