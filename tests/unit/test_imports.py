"""Who may import whom: read from the code, imports inside functions and for types included."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import pipeline_widgets

PACKAGE = Path(pipeline_widgets.__file__).parent
ROOT = "pipeline_widgets"

# Each room and what is on its left: a module imports from its own room and from these.
LEFT = {
    "": (),  # errors, trace, jobs, cores, lazy … import one another alone
    "architectures": ("",),
    "engine": ("", "architectures"),
    "training": ("", "architectures", "engine"),
    "quizzes": ("", "architectures", "engine"),
    "views": ("", "architectures", "engine", "training", "quizzes"),
    "command": ("", "architectures", "engine", "training", "quizzes", "views"),
}
# What stands outside the rooms and uses all of them.
OUTSIDE = {f"{ROOT}.cli", f"{ROOT}.bertviz", f"{ROOT}.jupyter"}
# The package as its users see it: names are imported when they are first asked for.
FACADE = {
    f"{ROOT}.command.check": "says the version",
    f"{ROOT}.quizzes.kinds.checks": "an expression of a check may use the package as `pw`",
    f"{ROOT}.quizzes.kinds.code": "so may the start of a task",
}
# Methods that live next door, in a file of their own, and are handed their object: not a circle
# of responsibilities but one class that would be too long for a file.
NEXT_DOOR = {
    (f"{ROOT}.engine.pipeline", f"{ROOT}.engine.filling"): "Pipeline.fill",
    (f"{ROOT}.engine.pipeline", f"{ROOT}.engine.neighbours"): "Pipeline.neighbours",
    (f"{ROOT}.engine.pipeline", f"{ROOT}.engine.patching"): "Pipeline.patch",
    (f"{ROOT}.quizzes.kinds.base", f"{ROOT}.quizzes.live"): "Question.from_trace, until 0.3",
    (f"{ROOT}.training.history", f"{ROOT}.training.importers"): "History.read",
    (f"{ROOT}.training.importers", f"{ROOT}.training.log_history"): "a log of transformers",
}
# Views that are made of another view's parts, and the reasons.
OF_ANOTHER = {
    ("attention", "stages"): "follows an explorer",
    ("cost", "metrics"): "the words of both",
    ("compare", "attention"): "two squares of the attention view side by side",
    ("dataset", "stages"): "the strips of the stages",
    ("difference", "attention"): "the attention view's squares",
    ("difference", "stages"): "the explorer pins a text and opens it",
    ("stages", "difference"): "the explorer's pinned text",
    ("stages", "attention"): "the table of a square",
    ("attention", "live"): "written as a page that computes",
    ("stages", "live"): "the explorer is written as a page that computes",
    ("training", "stages"): "the example sentence",
}


def name_of(path: Path) -> str:
    """The module in a file."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imported(module: str) -> set[str]:
    """Our modules that a module imports, wherever in its text."""
    path = MODULES[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    found = set[str]()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1]
            home = ".".join(
                ([*base] if node.level else []) + ([node.module] if node.module else [])
            )
            for alias in node.names:
                inner = f"{home}.{alias.name}"
                found.add(inner if inner in MODULES else home)
    return {name for name in found if name in MODULES and name != module}


GRAPH = {module: imported(module) for module in MODULES}


def room(module: str) -> str:
    """The first folder of a module; "" at the top."""
    parts = module.split(".")[1:]
    path = MODULES[module]
    return parts[0] if len(parts) > 1 or (parts and path.name == "__init__.py") else ""


@pytest.mark.parametrize("module", sorted(MODULES))
def test_no_import_goes_to_the_right(module):
    if module in OUTSIDE or room(module) == "jupyter":
        return
    allowed = {*LEFT[room(module)], room(module)}
    wrong = {
        other
        for other in GRAPH[module]
        if (other == ROOT and module not in FACADE)
        or (other != ROOT and room(other) not in allowed)
    }
    wrong |= {other for other in GRAPH[module] if other in OUTSIDE}
    assert wrong == set()


def test_there_is_no_circle_lazy_and_type_only_imports_included():
    graph = {
        module: {other for other in others if (module, other) not in NEXT_DOOR} - {ROOT}
        for module, others in GRAPH.items()
    }
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(" → ".join(reversed(error.args[1])))


def test_a_view_imports_what_is_shared_its_own_folder_and_named_others():
    pairs = {
        (module.split(".")[2], other.split(".")[2])
        for module, others in GRAPH.items()
        for other in others
        if module.startswith(f"{ROOT}.views.") and other.startswith(f"{ROOT}.views.")
    }
    between = {(one, other) for one, other in pairs if one != other and other != "shared"}
    assert {pair for pair in between if pair[0] == "shared"} == set()
    assert between <= OF_ANOTHER.keys()


def test_each_exception_is_still_needed():
    assert all(ROOT in GRAPH[module] for module in FACADE)
    assert all(other in GRAPH[module] for module, other in NEXT_DOOR)
