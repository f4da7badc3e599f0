"""Text files of other programs, in whatever encoding they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_widgets.errors import BadInput
from pipeline_widgets.text_files import decode, read_text

# no zero: behind UTF-16's mark it makes UTF-32's
words = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0\r\ufeff"))


@given(words, st.sampled_from(["utf-8-sig", "utf-16", "utf-32"]))
def test_a_mark_decides(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding))[0] == text


@given(st.binary(max_size=200))
def test_any_bytes_are_text(data: bytes) -> None:
    text, encoding = decode(data)
    assert isinstance(text, str)
    assert "\r" not in text
    assert encoding


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "cp1252", "latin-1"])
def test_without_a_mark_the_letters_decide(encoding: str) -> None:
    text = "Größe: naïve café, 12 × 3"
    assert decode(text.encode(encoding))[0] == text


def test_line_ends_are_one_sign() -> None:
    assert decode(b"a\r\nb\rc\n")[0] == "a\nb\nc\n"


def test_what_cannot_be_read_is_said(tmp_path) -> None:
    with pytest.raises(BadInput, match="nowhere"):
        read_text(tmp_path / "nowhere.txt")
