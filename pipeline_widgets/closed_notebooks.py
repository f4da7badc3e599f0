"""nbconvert shows a view's static picture, not a widget that would want a CDN and a kernel.

The wheel brings the setting that makes nbconvert use it, see ``jupyter_nbconvert_config.json``.
"""

# nbconvert and traitlets are only partly typed
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportMissingTypeStubs=false, reportUnknownArgumentType=false
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nbconvert.preprocessors import Preprocessor

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
TWIN = "text/html"


class StaticPictures(Preprocessor):
    """Takes the widget out of each output that has a picture beside it, and its stored state.

    Other packages' widgets have no such twin, and stay.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The notebook with pictures in place of views."""
        pictured = {
            str(data.pop(VIEW)["model_id"])
            for data in _outputs(nb)
            if VIEW in data and TWIN in data
        }
        widgets = nb.metadata.get("widgets", {}).get(STATE, {})
        left = {str(data[VIEW]["model_id"]) for data in _outputs(nb) if VIEW in data}
        if pictured and not left:
            nb.metadata.pop("widgets", None)
        for model in pictured - left:
            _forget(widgets.get("state", {}), model)
        return nb, resources


def _outputs(nb: Any) -> Iterator[dict[str, Any]]:
    """The data of each output."""
    for cell in nb.cells:
        for output in cell.get("outputs", ()):
            if "data" in output:
                yield output["data"]


def _forget(state: dict[str, Any], model: str) -> None:
    """Drop a model and what it alone refers to by name."""
    dropped = state.pop(model, None)
    if dropped is None:
        return
    for value in dropped.get("state", {}).values():
        if isinstance(value, str) and value.startswith("IPY_MODEL_"):
            _forget(state, value.removeprefix("IPY_MODEL_"))
