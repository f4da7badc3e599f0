"""What stands in a mail or a notebook, as it was before it was packed into its file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from typing import cast

_MAIL = re.compile(  # how a mail's file begins
    rb"(?:[A-Za-z][A-Za-z0-9-]{1,60}:[^\n]*\n(?:[ \t][^\n]*\n)*){0,200}?"
    rb"(?:MIME-Version|Content-Type|Content-Transfer-Encoding|From|Received|Message-ID):",
    re.IGNORECASE,
)


def parts_of_mail(data: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Name ("" of its texts), kind and content of each text of a mail and of what is attached.

    Nothing if the data is no mail, or one nested too deep.
    """
    if not _MAIL.match(data):
        return
    try:
        for part in message_from_bytes(data, policy=default).walk():
            content, file = part.get_payload(decode=True), part.get_filename() or ""
            is_read = bool(file) or part.get_content_maintype() == "text"
            if is_read and isinstance(content, bytes) and content.strip():
                yield file, part.get_content_type(), content
    except (RecursionError, ValueError, LookupError):
        return


def notebook_text(text: str) -> str:
    """What stands in a notebook's cells and their outputs, which its file holds in quotes."""
    try:
        return "\n".join(_strings(json.loads(text)))
    except (ValueError, RecursionError):
        return text


def _strings(plain: object) -> Iterator[str]:
    """The texts in JSON; a list of them is one, in lines."""
    if isinstance(plain, str):
        yield plain
    elif isinstance(plain, dict):
        for value in cast("dict[str, object]", plain).values():
            yield from _strings(value)
    elif isinstance(plain, list):
        items = cast("list[object]", plain)
        if items and all(isinstance(item, str) for item in items):
            yield "".join(cast("list[str]", items))
        else:
            for item in items:
                yield from _strings(item)
