"""Changes that damage a file: of its bytes, of its JSON, of a safetensors header."""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Any

LONGEST = 100_000  # bytes of a case
SIGNS = (
    *"`*_[](){}<>$#=~|\\/:;,.\"'!?&%@^+-\t\n\r\0 ", "\r\n", "\ufeff", "\u2028", "\ud800", "🇩", "ﷺ",
    "<b>", "</b>", "<!--", "-->", "<![CDATA[", "]]>", "<!DOCTYPE a [", "&#x110000;", "&lt", "->",
    "$$", r"\frac", r"\sqrt[", r"\left(", r"\(", "```", "## ", "- (x) ", "- [ ] ", "=> ", "= ",
    "::", "{=", "~%50%", "####", "$CATEGORY: ", "// pipeline-widgets ", "{1:SA:=", "[[1]]", "[[9]]",
    "*a" * 12, "1e400", "-1e400", "NaN", "Infinity", "1" * 400, "0,125", "1..2", "1:2", "²", "٣",
    "null", "true", "pw1:", "constructor", "__proto__", "../", "file:///etc/passwd", "data:,",
    "epoch,loss\n", "nan", "Wall time,Step,Value\n", '"history"', '{"a":', "PK\x03\x04",
)  # fmt: skip
ODD: tuple[Any, ...] = (
    None, True, False, "", "x", "1", -1, 0, 1, 2, -(2**31), 2**31, 2**63, 10**30, 0.5, -0.0, 1e308,
    float("nan"), float("inf"), [], [1], [[]], {}, {"a": "b"}, [None], "\ud800", "a" * 3000,
    "../model.safetensors", "/etc/passwd", 10**9, "(a+)+$", [2**40, 2**40], [0, 2**62], [-8, 8],
)  # fmt: skip


def mutated(seed: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """The seed after some changes."""
    ways = [_bytes, _bytes, _signs, _signs, _repeat, _splice]
    if seed[8:9] == b"{" and _header(seed):
        ways = [_header_changed] * 6 + ways
    elif seed.lstrip()[:1] in (b"{", b"["):
        ways = [_json] * 24 + ways
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        with suppress(RecursionError):  # nested deeper than JSON can be written
            seed = chance.choice(ways)(seed, others, chance)[:LONGEST]
    return seed


def _bytes(data: bytes, _others: list[bytes], chance: random.Random) -> bytes:
    """Some bytes changed, taken out or put in."""
    at, size = chance.randint(0, len(data)), chance.choice((1, 1, 2, 8, 50))
    new = bytes(chance.randrange(256) for _ in range(chance.choice((0, 1, size))))
    return data[:at] + new + data[at + chance.choice((0, size)) :]


def _signs(data: bytes, _others: list[bytes], chance: random.Random) -> bytes:
    at = chance.randint(0, len(data))
    text = "".join(chance.choices(SIGNS, k=chance.choice((1, 1, 2, 4))))
    return data[:at] + text.encode("utf-8", "surrogatepass") + data[at:]


def _repeat(data: bytes, _others: list[bytes], chance: random.Random) -> bytes:
    """A sign, or a part of the file, again and again."""
    at, size = chance.randint(0, len(data)), chance.choice((1, 3, 10, 60))
    sign = chance.choice(SIGNS).encode("utf-8", "surrogatepass")
    part = chance.choice((data[at : at + size], sign))
    return data[:at] + part * chance.choice((2, 30, 1000, 20_000)) + data[at:]


def _splice(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """The beginning of one file and the end of another."""
    other = chance.choice(others)
    return data[: chance.randint(0, len(data))] + other[chance.randint(0, len(other)) :]


def _json(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """A value of another kind, or of somewhere else, in one place."""
    try:
        plain = json.loads(data)
    except (ValueError, RecursionError):
        lines = data.split(b"\n")
        at = chance.randrange(len(lines))
        lines[at] = _json(lines[at], others, chance) if len(lines) > 1 else lines[at][:-1]
        return b"\n".join(lines)
    changed = _in_json(plain, chance)
    return json.dumps(changed, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")


def _in_json(plain: Any, chance: random.Random) -> Any:
    places = list(_places(plain))
    if not places:
        return chance.choice(ODD)
    holder, key = chance.choice(places)
    how = chance.randrange(6)
    if how == 0 and isinstance(holder, dict):
        holder[chance.choice(("constructor", "", "x", "1", "-1"))] = holder.pop(key)
    elif how == 1:
        del holder[key]
    elif how == 2:
        other, name = chance.choice(places)
        holder[key] = json.loads(json.dumps(other[name])) if name in _keys(other) else None
    elif how == 3 and isinstance(holder, list):
        holder *= chance.choice((2, 100))
    elif how == 4:
        for _ in range(chance.choice((1, 30, 500))):
            holder[key] = chance.choice(([holder[key]], {"a": holder[key]}))
    else:
        holder[key] = chance.choice(ODD)
    return plain


def _keys(holder: Any) -> Any:
    return holder if isinstance(holder, dict) else range(len(holder))


def _places(plain: Any) -> Any:
    for key in _keys(plain) if isinstance(plain, (dict, list)) else ():
        yield plain, key
        yield from _places(plain[key])


def _header(data: bytes) -> dict[str, Any] | None:
    try:
        length = struct.unpack("<Q", data[:8])[0]
        found = json.loads(data[8 : 8 + length])
    except (struct.error, ValueError, RecursionError, OverflowError):
        return None
    return found if isinstance(found, dict) else None


def _header_changed(data: bytes, _others: list[bytes], chance: random.Random) -> bytes:
    """A safetensors header with odd entries, and mostly its right length."""
    plain = _header(data)
    if not plain:
        return data
    rest = data[8 + struct.unpack("<Q", data[:8])[0] :]
    text = json.dumps(_in_json(plain, chance)).encode()
    length = chance.choice((len(text),) * 8 + (0, len(text) - 1, 2**40, 2**63))
    return struct.pack("<Q", length) + text + rest


Way = Callable[[bytes, list[bytes], random.Random], bytes]
