"""Every other view after any edits is the same view anew."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

import pytest

import pipeline_widgets as pw
from pipeline_widgets.views.cost import measuring
from pipeline_widgets.views.shared.offline_page import JUPYTERS_OWN
from tests.browser import view_gallery as gallery
from tests.browser.fresh_view import (
    Pair,
    change_theme,
    fewer,
    press_anything,
    resize,
    set_traits,
    walk,
)
from tests.unit.quiz_samples import RIGHT, SAMPLES, WRONG

CHOSEN = {
    "attention": (
        *("layer", "head", "opened", "source", "words", "specials", "mass", "drawing", "order"),
        *("off", "token", "key"),
    ),
    "compare": ("layers", "heads", "source", "word"),
    "metrics": ("threshold", "panel", "cell", "curve"),
}
# A mode of choosing words lives in the browser alone, as an opened menu does.
MIRRORED = ("[data-kind][aria-pressed=true]",)
ANYTHING = press_anything(but="[data-key^=save], [data-key=measure]")


def anew(kind: str) -> Any:
    made = {"attention": gallery.attention, "compare": gallery.compare, "metrics": gallery.metrics}

    def make(view: Any) -> Any:
        other = made[kind]()
        for name in CHOSEN[kind]:
            setattr(other, name, getattr(view, name))
        return other

    return make


SIZES = resize(1280, 700, 336)


def test_attention_equals_a_new_one(page: Any) -> None:
    pair = Pair(page, gallery.attention(), anew("attention"), mirrored=MIRRORED)
    traits = set_traits(
        layer=range(6),
        head=range(12),
        token=range(-1, 9),
        source=["head", "heads", "layers", "rollout"],
        words=[True, False],
        specials=["shown", "hidden", "renormalised"],
        mass=[0.5, 1.0],
        drawing=["curves", "heatmap"],
        opened=[[], ["options"], ["what_if", "heads"]],
        off=[[], [["head", 2, 3]], [["word", 2]], [["mask", 3], ["layer", 0]]],
    )
    walk(pair, [ANYTHING, ANYTHING, traits, SIZES, change_theme])


def test_attention_equals_a_new_one_whatever_is_switched_off_after_what(page: Any) -> None:
    pair = Pair(page, gallery.attention(), anew("attention"), mirrored=MIRRORED)
    pair.view.opened = ["what_if", "heads"]
    one, other, layer = ["head", 0, 3], ["head", 1, 1], ["layer", 0]
    heads = [[], [one], [one, other], [other], [layer], [layer, other]]
    words = [[kind, place] for kind in ("mask", "word") for place in (2, 3)]
    off = set_traits(off=[*heads, *([word] for word in words), *([one, word] for word in words)])
    walk(pair, [off, off, off, set_traits(layer=range(6), token=range(-1, 9))], count=fewer(24))


def test_compare_equals_a_new_one(page: Any) -> None:
    pair = Pair(page, gallery.compare(), anew("compare"))
    traits = set_traits(
        layers=[[0, 0], [5, 2], [3, 1]],
        heads=[[0, 0], [11, 7]],
        source=["head", "heads", "layers", "rollout"],
        word=range(-1, 8),
    )
    walk(pair, [ANYTHING, traits, SIZES, change_theme])


def test_metrics_equal_new_ones(page: Any) -> None:
    pair = Pair(page, gallery.metrics(), anew("metrics"))
    traits = set_traits(
        threshold=[0.0, 0.3, 0.5, 1.0], cell=[[0, 0], [1, 0], [-1, -1]], panel=[0, 1]
    )
    walk(pair, [ANYTHING, traits, SIZES, change_theme])


@pytest.mark.parametrize("measured", [False, True])
def test_a_view_that_follows_other_texts_is_as_one_of_the_last(page: Any, measured: bool) -> None:
    model = gallery.models()[0]
    view = pw.AttentionView(model.trace("Good film."), pipeline=model, opened=["what_if", "heads"])

    def make(one: Any) -> Any:
        return pw.AttentionView(one.trace, pipeline=model, opened=["what_if", "heads"])

    pair = Pair(page, view, make)
    for text in ("film " * 60, "", "Never again, dear friends.", "这部电影很好。", "Good film."):
        if measured:
            view.measure()
            pair.bridge.settle()
        view.show(model.trace(text))
        assert pair.differences() == []


def test_flow_equals_a_new_one(page: Any) -> None:
    """Texts of any length and script read in its place, by one model or by two."""
    texts = (["Good film."], ["这部电影很好。", ""], ["film " * 90, "a", "b"], ["🤖"] * 12)
    flows = [[model.flow(some) for model in gallery.models()] for some in texts]
    view = pw.FlowView(*flows[0])

    def read(pair: Pair, chance: random.Random) -> str:
        place, first = chance.randrange(len(texts)), chance.randrange(2)
        pair.view.flows = flows[place][first:]
        pair.view.set_trait("_panels", pw.FlowView(*pair.view.flows)._panels)
        return f"flow {place}, from model {first} on"

    pair = Pair(page, view, lambda old: pw.FlowView(*old.flows))
    walk(pair, [read, read, SIZES, change_theme], count=fewer(20))


def test_cost_equals_a_new_one(page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures of any size, in any order."""
    for name, known in (("milliseconds", [40.0, 21.0]), ("accuracy", 0.9), ("memory", 77.0)):
        monkeypatch.setattr(measuring, name, lambda *_, known=known: known)
    made = gallery.cost()

    def anew(old: Any) -> Any:
        view = gallery.cost()
        view.figures |= old.figures
        view._draw()
        return view

    def measure(pair: Pair, chance: random.Random) -> str:
        name = chance.choice(list(pair.view.figures))
        values = [10 ** chance.uniform(-3, 4) for _ in range(2)]
        pair.view.figures |= {name: values}
        pair.view._draw()
        return f"{name}: {values}"

    walk(Pair(page, made, anew), [measure, measure, SIZES, change_theme], count=fewer(20))


def test_training_equals_new_ones(page: Any) -> None:
    """Steps and epochs come in while anything is pressed."""
    histories = [pw.History("patient"), pw.History("another, with a long name")]
    for history in histories:
        history.log(epoch=1, seconds=1.0, loss=0.7, validation_loss=0.69, accuracy=0.5)
    chosen = ("run", "epoch", "axis", "scale", "smoothing", "pace", "text")

    def anew(old: Any) -> Any:
        view = pw.TrainingView(*old.histories)
        for name in chosen:
            setattr(view, name, getattr(old, name))
        return view

    def learn(pair: Pair, chance: random.Random) -> str:
        history = histories[pair.view.run]
        step, seconds = history.last_step + 1, history.last_step + 2.5
        if chance.random() < 0.6:
            epoch = history.epochs_done + chance.random()
            history.log(step=step, epoch=epoch, seconds=seconds, loss=chance.uniform(1e-3, 3))
            said = "a step"
        else:
            names = ("loss", "validation_loss", "accuracy", "validation_accuracy")
            numbers = {name: chance.random() for name in names if chance.random() < 0.8}
            epoch = history.epochs_done + 1
            history.log(epoch=epoch, seconds=seconds, **(numbers or {"loss": 0.1}))
            said = f"an epoch with {numbers}"
        pair.view.refresh()
        return said

    view = pw.TrainingView(*histories)
    view._throttle = SimpleNamespace(ask=lambda **_: view._tell())  # now, not a moment later
    pair = Pair(page, view, anew, unlike=("[aria-live]", "[role=status]"))
    traits = set_traits(
        run=[0, 1],
        epoch=[-1, 1, 3],
        axis=["epochs", "seconds"],
        scale=["linear", "log"],
        smoothing=[0.0, 0.5, 0.99],
    )
    press = press_anything(but="[data-key^=save], .pw-run-knobs *, .pw-run-series")
    walk(pair, [learn, learn, press, traits, SIZES, change_theme])


def test_a_quiz_equals_a_new_one_with_the_same_answers(page: Any) -> None:
    """Answers right and wrong, forwards and back."""
    given: list[tuple[str, Any]] = []
    view = pw.Quiz(list(SAMPLES), title="All kinds", save=False)

    def anew(old: Any) -> Any:
        other = pw.Quiz(list(SAMPLES), title="All kinds", save=False)
        other.current = old.current
        for name, response in given:
            other.submit(name, response)
        return other

    def hand_in(pair: Pair, chance: random.Random) -> str:
        one = chance.choice([one for one in SAMPLES if one.id in RIGHT])
        same_kind = [RIGHT[two.id] for two in SAMPLES if type(two) is type(one) and two.id in RIGHT]
        given.append((one.id, chance.choice(same_kind)))
        pair.view.submit(*given[-1])
        return f"handed in {given[-1]}"

    turn = press_anything(but=":not(.pw-rail button, .pw-quiz-foot button:first-child)")
    pages = set_traits(current=range(len(SAMPLES)))
    walk(Pair(page, view, anew), [hand_in, turn, pages, SIZES, change_theme], count=fewer(20))


@pytest.mark.parametrize("question", SAMPLES, ids=lambda question: question.id)
def test_an_answer_from_elsewhere_stands_where_nothing_is_typed(page: Any, question: Any) -> None:
    given = [None, WRONG[question.id], RIGHT[question.id]]
    acts: list[Any] = []

    def make(_old: Any = None) -> pw.Quiz:
        quiz = pw.Quiz([question], title="One", save=False)
        quiz._hear(None, {"act": "hint", "id": question.id}, [])
        for response in acts:
            quiz.submit(question.id, response)
        return quiz

    pair = Pair(page, make(), make)
    for response in given:
        acts.append(response)
        pair.view.submit(question.id, response)
        assert pair.differences() == []


class Remembered(pw.Challenge):
    """A challenge that can be gone through again: ``acts`` is all that a browser has asked for."""

    def _act(self, content: dict[str, Any]) -> None:
        self.acts = [*getattr(self, "acts", []), content]
        super()._act(content)


def test_a_challenge_equals_a_new_one_gone_through_alike(page: Any) -> None:
    def make() -> Remembered:
        return Remembered.lesson(clock=False, save=False)

    def anew(view: Any) -> Remembered:
        other = make()
        for content in view.acts:
            other._hear(None, content, [])
        other.current = view.current
        return other

    def ask(pair: Pair, chance: random.Random) -> str:
        question = chance.choice(pair.view.bank.questions)
        act = chance.choice(["hint", "show", "submit"])
        pair.view._hear(None, {"act": act, "id": question.id, "response": "5"}, [])
        return f"{act} {question.id}"

    view = make()
    view._hear(None, {"act": "begin"}, [])
    turn = press_anything(but=":not(.pw-rail button, .pw-quiz-foot button:first-child)")
    walk(Pair(page, view, anew), [ask, ask, turn, SIZES, change_theme], count=fewer(8))


def guess(pair: Pair, chance: random.Random) -> str:
    said = chance.choice(["half", "most", ""])
    pair.view.ask_again() if not said else pair.view.make(said)
    return f"guessed {said!r}"


@pytest.mark.parametrize(
    ("make", "own"),
    [
        (gallery.cards, ANYTHING),
        (lambda: pw.Predict("How many?", ["half", "most"], save=False), guess),
    ],
    ids=["cards", "predict"],
)
def test_what_asks_equals_a_new_one_of_the_same_state(page: Any, make: Any, own: Any) -> None:
    def anew(view: Any) -> Any:
        other = make()
        for name in view.traits(sync=True):
            if name not in JUPYTERS_OWN:
                other.set_trait(name, getattr(view, name))
        return other

    press = press_anything(but=".pw-guess-go")  # which asks for a choice, made in the browser
    walk(Pair(page, make(), anew), [own, own, press, SIZES, change_theme], count=fewer(8))
