"""What a safetensors file says of itself, held against the file before a byte of it is used.

A file is: the header's length (8 bytes, little-endian), the header (JSON), the tensors' bytes. What
the safetensors library refuses is refused here (https://github.com/huggingface/safetensors):
tensors outside the file, over one another, with gaps between them, or of another length than their
shape and number format make.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

LONGEST = 10_000_000  # bytes; a header has about 100 for each tensor
_NUMBER_BITS = {
    "BOOL": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8,
    "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16,
    "I32": 32, "U32": 32, "F32": 32, "C64": 64, "F64": 64, "I64": 64, "U64": 64,
}  # fmt: skip


class Header(dict[str, dict[str, Any]]):
    """Each tensor's ``dtype``, ``shape`` and ``data_offsets``, which count from ``start``.

    Raises:
        ValueError: the file can't be what its header says; the words name what is wrong.
    """

    def __init__(self, file: NDArray[np.uint8]) -> None:
        if len(file) < 8:
            raise ValueError("it ends before its header")
        length = int(file[:8].view("<u8")[0])
        if length > min(len(file) - 8, LONGEST):
            raise ValueError(f"its header of {length} bytes is longer than the file or {LONGEST}")
        self.start = 8 + length
        found = json.loads(bytes(file[8 : self.start]))
        if not isinstance(found, dict):
            raise ValueError("its header is no JSON object")
        entries = cast("dict[str, Any]", found)
        entries.pop("__metadata__", None)
        super().__init__(entries)
        _check_places({name: _place(name, entry) for name, entry in self.items()}, file, self.start)


def _place(name: str, entry: Any) -> tuple[int, int]:
    """Where a tensor's bytes begin and end, by an entry that makes sense in itself."""
    if not isinstance(entry, dict):
        raise ValueError(f"its entry {name[:80]!r} is no JSON object")
    plain = cast("dict[str, Any]", entry)
    number = plain.get("dtype")
    bits = _NUMBER_BITS.get(number) if isinstance(number, str) else None
    shape, offsets = _sizes(plain.get("shape")), _sizes(plain.get("data_offsets"))
    if bits is None or shape is None or offsets is None or len(offsets) != 2:
        raise ValueError(f"its entry {name[:80]!r} has no right dtype, shape and data_offsets")
    first, last = offsets
    count = 0 if 0 in shape else 1
    for size in shape if count else ():
        count *= size
        if count > 2**60:
            raise ValueError(f"{name[:80]!r} has the shape of {count} numbers and more")
    if (last - first) * 8 != count * bits:
        raise ValueError(
            f"{name[:80]!r} takes {last - first} bytes, where its shape and dtype make "
            f"{count * bits // 8}"
        )
    return first, last


def _sizes(value: Any) -> list[int] | None:
    if not isinstance(value, list):
        return None
    sizes = cast("list[Any]", value)
    return sizes if all(type(size) is int and 0 <= size < 2**63 for size in sizes) else None


def _check_places(
    places: Mapping[str, tuple[int, int]], file: NDArray[np.uint8], start: int
) -> None:
    """One tensor begins where another ends, the first at the start, the last at the file's end."""
    done = 0
    for name, (first, last) in sorted(places.items(), key=lambda one: one[1]):
        if first != done:
            what = "lies over another tensor" if first < done else "leaves a gap before it"
            raise ValueError(f"{name[:80]!r} {what}: its data_offsets are {[first, last]}")
        done = last
    if done != len(file) - start:
        raise ValueError(f"its tensors take {done} bytes, and it has {len(file) - start}")
