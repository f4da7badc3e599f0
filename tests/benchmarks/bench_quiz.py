"""From a click on Submit to painted feedback, and how long a long quiz takes to open."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from statistics import median

from tests.benchmarks.page import notebook_page
from tests.benchmarks.row import Row
from tests.browser.echo import ECHO
from tests.browser.lab import (
    OpenNotebook,
)

TIMES = 30
LONG = 200
QUIZ = """
import pipeline_widgets as pw
quiz = pw.Quiz.from_markdown('''# Bench

## Which?
- ( ) one
- ( ) two
- ( ) three
- (x) four
''', folder='answers')
quiz
"""
LONG_QUIZ = f"""
big = pw.Quiz.from_markdown('# Long' + ''.join(
    f'''
## Question number {{number}}: what is $\\\\frac{{{{1}}}}{{{{{{number}}}}}}$ of *it*?
- (x) right {{number}}
- ( ) wrong {{number}}
- ( ) also wrong {{number}}
- ( ) `none` of these
''' for number in range(1, {LONG} + 1)), folder='answers')
big
"""

# Ends one task after the frame that shows the change: then its pixels are on their way.
WATCH = """
([target, event, picture]) => {
  let began;
  document.querySelector(target).addEventListener(
    event, (happened) => { began = happened.timeStamp; }, { once: true, capture: true });
  globalThis.untilPainted = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      observer.disconnect();
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now() - began);
        port2.postMessage(null);
      });
    });
    observer.observe(
      document.querySelector(picture), { childList: true, characterData: true, subtree: true });
  });
}
"""
OPEN = """
async (code) => {
  const notebook = jupyterapp.shell.currentWidget.content;
  notebook.activeCellIndex = notebook.widgets.length - 1;
  await jupyterapp.commands.execute('notebook:insert-cell-below');
  notebook.activeCell.model.sharedModel.setSource(code);
  const began = performance.now();
  const painted = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (!document.querySelector('.pw-quiz[aria-label="Long"] .pw-question')) return;
      observer.disconnect();
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now() - began);
        port2.postMessage(null);
      });
    });
    observer.observe(document.body, { childList: true, subtree: true });
  });
  jupyterapp.commands.execute('notebook:run-cell');
  return painted;
}
"""
RESTS = "jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"


def rows() -> list[Row]:
    """Feedback above the floor of an echo widget in the same page, and the long quiz."""
    with _page() as lab:
        return [_feedback(lab), _opening(lab)]


@contextmanager
def _page() -> Generator[OpenNotebook]:
    with notebook_page([QUIZ, ECHO], wait_for=".pw-quiz") as lab:
        lab.page.wait_for_selector(".echo input")
        yield lab


def _painted(lab: OpenNotebook) -> float:
    took: float = lab.page.evaluate("untilPainted")
    lab.page.wait_for_function(RESTS)
    return took


def _feedback(lab: OpenNotebook) -> Row:
    """Thirty wrong answers and thirty echoed keys by turns, the first of each for warming up."""
    page, quiz, echo = lab.page, list[float](), list[float]()
    for turn in range(TIMES + 1):
        page.get_by_role("radio", name=("one", "two", "three")[turn % 3]).check()
        page.evaluate(WATCH, ["button.pw-primary", "click", ".pw-feedback"])
        page.locator("button.pw-primary").click()
        quiz.append(_painted(lab))
        page.locator(".echo input").focus()
        page.evaluate(WATCH, [".echo input", "keydown", ".echo output"])
        page.keyboard.press("abc"[turn % 3])
        echo.append(_painted(lab))
    click, floor = median(quiz[1:]), median(echo[1:])
    return Row(
        what="quiz: click on Submit to painted feedback, less the same for an echo",
        must=50,
        measured=click - floor,
        unit="ms",
        detail=f"medians of {TIMES}: {click:.0f} ms, echo {floor:.0f} ms; each answer on disk",
    )


def _opening(lab: OpenNotebook) -> Row:
    took: float = lab.page.evaluate(OPEN, LONG_QUIZ) / 1000
    return Row(
        what=f"quiz of {LONG} questions: run the cell to painted first question",
        must=1.0,
        measured=took,
        unit="s",
        detail="reading the Markdown included",
    )
