"""Low-rank changes merged into the model they were trained on: the bundled ones, and PEFT's LoRA.

A change is kept as two thin matrices whose product is added to a weight. Source: LoRA, arXiv
2106.09685; DoRA, which also sets the length of each row, arXiv 2402.09353.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import MissingWeights, UnsupportedArchitecture
from ...trace import FloatArray
from .matched import TensorSource
from .safetensors_files import Tensors

_SOON = re.compile(r"(?:[^*+?{)]|\)(?![*+?{]))*(?:[*+?](?:[^*+?{)]|\)(?![*+?{]))*){0,2}")
_PAIRS = (("lora_B", "lora_A"), ("lora_embedding_B", "lora_embedding_A"))
_IN_FRONT = re.compile(r"^(?:base_model\.)?(?:model\.)?(?=.)")
_MERGEABLE = ("ADALORA", "BOFT", "HRA", "IA3", "LOHA", "LOKR", "OFT", "VERA")


class AdaptedTensors:
    """An encoder's tensors with a low-rank difference merged in as each one is read.

    A tensor ``W`` of the difference replaces the encoder's; a pair ``W.down`` (rank, in) and
    ``W.up`` (out, rank) adds ``up @ down`` to it. The sum is rounded to float16, as the parts are,
    so that a merged file of half the size holds the same. What the encoder lacks, the difference
    may add; what begins with one of ``without`` is left out.
    """

    def __init__(self, encoder: Tensors, difference: Tensors, without: Sequence[str] = ()) -> None:
        self.encoder = encoder
        self.difference = difference
        own = [name for name in encoder if not name.startswith(tuple(without))]
        added = [name for name in difference if not name.endswith((".up", ".down"))]
        self._names = dict.fromkeys([*own, *added])
        for name in difference:
            plain_name = name.removesuffix(".down").removesuffix(".up")
            if plain_name != name and plain_name not in difference:
                parts = [plain_name + ".up", plain_name + ".down"]
                _check_product(encoder, plain_name, difference, parts)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def shape(self, name: str) -> tuple[int, ...]:
        """The tensor's shape."""
        return (self.difference if name in self.difference else self.encoder).shape(name)

    def float32(self, name: str) -> FloatArray:
        """The merged tensor."""
        return self.rows(name, slice(None))

    def rows(self, name: str, index: Any) -> FloatArray:
        """Some rows of the merged tensor."""
        if name in self.difference:
            return self.difference.rows(name, index)
        whole = self.encoder.rows(name, index)
        if name + ".down" not in self.difference:
            return whole
        up = self.difference.rows(name + ".up", index)
        merged = np.matmul(up, self.difference.float32(name + ".down"))
        merged += whole
        merged[...] = merged.astype(np.float16)
        return merged


@dataclass(frozen=True, slots=True)
class LoraSettings:
    """What an ``adapter_config.json`` says about the size of its changes."""

    rank: int
    alpha: float
    rank_stabilised: bool  # divided by √rank instead of rank: arXiv 2312.03732
    alphas: Mapping[str, float]  # by the end of a module's name, a regular expression

    def scale(self, module: str, rank: int) -> float:
        """The factor of a module's change."""
        alpha = self.alpha
        for pattern, own in self.alphas.items():
            if re.match(rf"(?:.*\.)?(?:{pattern})$", module[-500:]):
                alpha = own
                break
        return alpha / (math.sqrt(rank) if self.rank_stabilised else rank)


def read_lora(config: Mapping[str, Any], *, name: str) -> LoraSettings:
    """Read an ``adapter_config.json``.

    Raises:
        UnsupportedArchitecture: the adapter is of another kind than LoRA.
    """
    kind = str(config.get("peft_type", "LORA")).rpartition(".")[2].upper()
    if kind != "LORA":
        cure = (
            "Merge it with PEFT: AutoPeftModelForSequenceClassification.from_pretrained(folder)"
            ".merge_and_unload().save_pretrained(other_folder)."
            if kind in _MERGEABLE
            else "It adds vectors to the text instead of changing weights, which is not read here."
        )
        raise UnsupportedArchitecture(f"{name} is an adapter of the kind {kind}, not LoRA. {cure}")
    return LoraSettings(
        rank=int(config.get("r", 8)),
        alpha=float(config.get("lora_alpha", 8)),
        rank_stabilised=bool(config.get("use_rslora", False)),
        alphas=_patterns(config.get("alpha_pattern") or {}, name),
    )


def _patterns(given: Mapping[str, Any], name: str) -> dict[str, float]:
    """Names of modules as regular expressions, if a short name is soon held against each."""
    for pattern in given:
        if not _SOON.fullmatch(pattern):
            raise UnsupportedArchitecture(
                f"adapter_config.json of {name} has the alpha_pattern {pattern[:80]!r}, which "
                "repeats more than a name needs. Write the modules' names there, or merge the "
                "adapter into its model with PEFT's merge_and_unload()."
            )
    return {pattern: float(alpha) for pattern, alpha in given.items()}


class LoraTensors:
    """A base model's tensors with an adapter of PEFT's merged in as each one is read."""

    def __init__(self, base: TensorSource, adapter: TensorSource, settings: LoraSettings) -> None:
        self.base = base
        self.adapter = adapter
        self.settings = settings
        self._names = {plain(name): name for name in adapter if ".original_module." not in name}
        for name in base:
            module = name.removesuffix(".weight")
            for up, down in _PAIRS:
                found = [self._own(module, up), self._own(module, down)]
                if any(found):
                    _check_product(base, name, adapter, found, turned="embedding" in up)

    def __contains__(self, name: object) -> bool:
        return name in self._names or name in self.base

    def __iter__(self) -> Iterator[str]:
        seen = set(self.base)
        yield from self.base
        yield from (n for n in self._names if n not in seen and ".lora_" not in n)

    def shape(self, name: str) -> tuple[int, ...]:
        """The tensor's shape."""
        own = self._names.get(name)
        return self.adapter.shape(own) if own else self.base.shape(name)

    def float32(self, name: str) -> FloatArray:
        """The merged tensor."""
        return self.rows(name, slice(None))

    def rows(self, name: str, index: Any) -> FloatArray:
        """Some rows of the merged tensor."""
        if own := self._names.get(name):
            return self.adapter.rows(own, index)
        whole = self.base.rows(name, index)
        module = name.removesuffix(".weight")
        change = self._change(module, index) if name.endswith(".weight") else None
        if change is None:
            return whole
        merged = np.add(whole, change, dtype=np.float32)
        length = self._part(module, "lora_magnitude_vector")
        if length is not None:
            merged *= (length[index] / np.linalg.norm(merged, axis=1))[:, None]
        return merged

    def _change(self, module: str, index: Any) -> FloatArray | None:
        """What is added to some rows of a module's weight."""
        down, up = self._part(module, "lora_A"), self._part(module, "lora_B")
        if down is not None and up is not None:
            return (up[index] @ down) * np.float32(self.settings.scale(module, len(down)))
        down, up = self._part(module, "lora_embedding_A"), self._part(module, "lora_embedding_B")
        if down is None or up is None:
            return None
        return (up @ down).T[index] * np.float32(self.settings.scale(module, len(down)))

    def _part(self, module: str, part: str) -> FloatArray | None:
        own = self._own(module, part)
        return self.adapter.float32(own) if own else None

    def _own(self, module: str, part: str) -> str | None:
        """What the adapter's file calls a part of a module's change."""
        return self._names.get(f"{module}.{part}.weight") or self._names.get(f"{module}.{part}")


def _check_product(
    whole: TensorSource,
    name: str,
    parts: TensorSource,
    names: Sequence[str | None],
    *,
    turned: bool = False,
) -> None:
    """Raise MissingWeights unless ``up @ down`` is as large as what it is added to.

    Two thin matrices of a small file can promise a product that no memory holds.
    """
    there: list[tuple[int, ...]] = [
        parts.shape(one) if one is not None and one in parts else () for one in names
    ]
    size = whole.shape(name) if name in whole else ()
    up, down = there
    fits = len(up) == len(down) == 2 and up[1] == down[0] > 0
    if not fits or (up[0], down[1]) != (size[::-1] if turned else size):
        raise MissingWeights(
            f"The change of {name[:80]} doesn't belong to this model: its two matrices are {up} "
            f"and {down}, what they change is {size}. Take model and adapter of one training, or "
            "save both again."
        )


def plain(name: str) -> str:
    """A tensor's name without what PEFT put into it: wrappers, and the adapter's own name."""
    name = _IN_FRONT.sub("", name)
    for part in (".base_layer", ".modules_to_save", ".default"):
        name = name.replace(part + ".", ".")
    return name.removesuffix(".default")
