"""The public names, and what may be imported by the time a text has been traced."""

from __future__ import annotations

import importlib
import inspect
import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

import pipeline_widgets as pw
from pipeline_widgets.lazy import names_of_stub

PACKAGE = Path(pw.__file__).parent
HEAVY = ("torch", "transformers", "plotly", "IPython", "ipywidgets", "anywidget", "huggingface_hub")
TRACE = "import pipeline_widgets as pw; print(pw.load('roberta').trace('The cat sat on the mat.'))"
IMPORT = "import importlib; importlib.import_module({name!r})"


def loaded_after(code: str) -> list[str]:
    """The modules that a fresh interpreter has after running ``code``."""
    code += "\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    run = [sys.executable, "-W", "error", "-c", code]
    ran = subprocess.run(run, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


def modules(*folders: str) -> list[str]:
    """The names of all modules under some folders or files of the package."""
    files: list[Path] = []
    for folder in folders:
        path = PACKAGE / folder
        files += sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    names = [".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts) for file in files]
    return [name.removesuffix(".__init__") for name in names]


def test_all_is_sorted_and_is_what_dir_shows():
    assert list(pw.__all__) == sorted(set(pw.__all__))
    assert dir(pw) == pw.__all__
    assert len(pw.__all__) > 50


@pytest.mark.parametrize("package", ["", ".training", ".quizzes"])
def test_the_stub_of_a_package_is_read_whole(package):
    module = importlib.import_module(f"pipeline_widgets{package}")
    stub = Path(module.__file__).with_suffix(".pyi").read_text().splitlines()
    names = [line.split()[-1] for line in stub if line.startswith("from ")]
    assert sorted(names) == module.__all__
    for name in names:
        with suppress(pw.MissingExtra):  # where there is no torch
            assert getattr(module, name) is not None


@pytest.mark.parametrize("name", pw.__all__)
def test_each_public_name_is_there_and_says_what_it_is(name):
    value = getattr(pw, name)
    assert value.__doc__
    home = value.__name__ if inspect.ismodule(value) else value.__module__
    assert home.startswith("pipeline_widgets.")


def test_the_names_that_the_design_promises_are_public():
    promised = {"load", "Pipeline", "Trace", "Tokens", "Flow", "PipelineExplorer", "FlowView"}
    promised |= {"TokenView", "EmbeddingView", "PredictionView", "PipelineError", "BadInput"}
    promised |= {"UnknownModel", "UnsupportedArchitecture", "MissingWeights", "MissingExtra"}
    promised |= {"NoNetwork", "examples", "sentences"}
    assert promised <= set(pw.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'laod'"):
        pw.laod  # noqa: B018


def test_every_error_is_a_pipeline_error():
    errors = importlib.import_module("pipeline_widgets.errors")
    found = [value for value in vars(errors).values() if isinstance(value, type)]
    assert len(found) > 5
    assert all(issubclass(error, pw.PipelineError) for error in found)


def test_import_load_and_trace_bring_in_nothing_heavy():
    loaded = loaded_after(TRACE)
    assert "pipeline_widgets.engine.numpy_model" in loaded
    assert [name for name in HEAVY if name in loaded] == []
    assert [name for name in loaded if name.startswith("pipeline_widgets.views")] == []


def test_importing_the_package_alone_brings_in_not_even_numpy():
    assert "numpy" not in loaded_after("import pipeline_widgets")


def test_records_and_errors_import_nothing_of_ours_but_how_a_number_is_written():
    for name in ("trace", "errors"):
        loaded = loaded_after(IMPORT.format(name=f"pipeline_widgets.{name}"))
        ours = {one for one in loaded if one.startswith("pipeline_widgets")}
        written = {"pipeline_widgets.rounding"} if name == "trace" else set[str]()
        own = {"pipeline_widgets", "pipeline_widgets.lazy", f"pipeline_widgets.{name}"}
        assert ours == own | written


def test_engine_training_and_quizzes_import_no_widget():
    allowed_torch = {
        "pipeline_widgets.engine.torch_model",
        "pipeline_widgets.training.finetuning",
        "pipeline_widgets.training.distillation",
        "pipeline_widgets.training.objectives",
    }
    names = [name for name in modules("engine", "training", "quizzes") if name not in allowed_torch]
    loaded = loaded_after("\n".join(IMPORT.format(name=name) for name in names))
    forbidden = ("torch", "transformers", "plotly", "IPython", "ipywidgets", "anywidget")
    assert [name for name in forbidden if name in loaded] == []
    assert [name for name in loaded if name.startswith("pipeline_widgets.views")] == []


def test_views_import_no_torch():
    loaded = loaded_after("\n".join(IMPORT.format(name=name) for name in modules("views")))
    assert [name for name in ("torch", "transformers", "plotly") if name in loaded] == []


def test_a_line_of_the_stub_that_says_no_name_is_named(tmp_path):
    (tmp_path / "__init__.pyi").write_text("from .a import b as b\nfrom .c import d\n")
    with pytest.raises(ImportError, match=r"'from \.c import d' must be: from"):
        names_of_stub("stranger", str(tmp_path / "__init__.py"))
