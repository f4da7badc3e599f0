"""Tensors by name, and under the names that their family gives them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from ...architectures import Architecture
from ...trace import FloatArray


class TensorSource(Protocol):
    """Tensors by name, as ``tensors.Tensors`` has them."""

    def __contains__(self, name: object, /) -> bool: ...
    def __iter__(self) -> Iterator[str]: ...
    def shape(self, name: str) -> tuple[int, ...]:
        """The tensor's shape, read from the header."""
        ...

    def float32(self, name: str) -> FloatArray:
        """The whole tensor."""
        ...

    def rows(self, name: str, index: Any) -> FloatArray:
        """Some of its rows."""
        ...


class Matched:
    """Tensors under the names that their family gives them, whatever the file calls them.

    Files differ in what stands before a name, ``module.`` after training on several GPUs, a
    wrapper's ``model.``, nothing where the encoder was saved alone, and in LayerNorm's ``gamma``
    and ``beta``, as TensorFlow called them. The token table shows what stands before.
    """

    def __init__(self, tensors: TensorSource, family: Architecture) -> None:
        self.tensors = tensors
        self.base = family.tensors.base
        self._found = {_as_now(name): name for name in tensors}
        stem = family.tensors.token.removeprefix(self.base)
        tables = [n for n in self._found if n == stem or n.endswith("." + stem)]
        inner = tables[0].removesuffix(stem) if len(tables) == 1 else self.base
        self._inner = inner  # before the encoder's names
        self._outer = inner.removesuffix(self.base)  # before the head's
        self._bias, self._twin = (
            family.masked.bias,
            family.masked.decoder + ".bias",
        )  # the multiplied one

    def _own(self, name: str) -> str | None:
        """What the file calls it."""
        if name.startswith(self.base):
            return self._found.get(self._inner + name.removeprefix(self.base))
        names = (self._twin, name) if name == self._bias else (name,)
        places = (place for one in names for place in (self._outer + one, one))
        return next((self._found[place] for place in places if place in self._found), None)

    def __contains__(self, name: object, /) -> bool:
        return isinstance(name, str) and self._own(name) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def shape(self, name: str) -> tuple[int, ...]:
        """The tensor's shape."""
        return self.tensors.shape(self._own(name) or name)

    def float32(self, name: str) -> FloatArray:
        """The whole tensor."""
        return self.tensors.float32(self._own(name) or name)

    def rows(self, name: str, index: Any) -> FloatArray:
        """Some of its rows."""
        return self.tensors.rows(self._own(name) or name, index)


def _as_now(name: str) -> str:
    if name.endswith("LayerNorm.gamma"):
        return name.removesuffix("gamma") + "weight"
    return name.removesuffix("beta") + "bias" if name.endswith("LayerNorm.beta") else name
