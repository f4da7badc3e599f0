"""Style sheets of others, held to the part of a page that they came with.

Rules are kept for what stands inside the part, without what fetches, names something for the whole
page or is nested. A part of which some style could reach out of its box is contained by the
browser. Import it only where nbconvert is installed, which brings tinycss2.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

import tinycss2
from tinycss2 import ast

_KEPT_RULES = ("media", "supports")
_STAYS = re.compile(  # within its own box, whatever the value
    r"(?:--[\w-]+|color|background(?:-color)?|fill(?:-\w+)?|stroke(?:-\w+)*|opacity|cursor|quotes"
    r"|border(?:-(?:top|right|bottom|left))?(?:-(?:color|style|width|radius|collapse|spacing))*"
    r"|padding(?:-\w+)*|font(?:-\w+)*|line-height|text-(?:align|transform|overflow|anchor)\S*"
    r"|vertical-align|white-space|word-(?:break|wrap)|overflow-(?:x|wrap)|hyphens|direction"
    r"|(?:min-|max-)?width|list-style(?:-type)?|display|gap|flex(?:-\w+)*|(?:align|justify)-\w+"
    r"|break-\w+|caption-side|table-layout|tab-size|color-scheme|stop-\w+|dominant-baseline)"
)
_ADDRESS = re.compile(r"#|data:image/", re.IGNORECASE)
_FETCHING = ("url", "image", "image-set", "-webkit-image-set", "src", "expression")
_BLOCKS = (ast.ParenthesesBlock, ast.SquareBracketsBlock, ast.CurlyBracketsBlock)


class Part:
    """What was written by others and stands in a page as one piece."""

    def __init__(self, text: str) -> None:
        self.name = f"part-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:12]}"
        self.has_sheet = False
        self.reaches_out = False  # it has a style that may not stay within its own box

    def around(self, inside: str) -> str:
        """The part's HTML, held where it stands if it has styles that need it."""
        if not (self.has_sheet or self.reaches_out):
            return inside
        held = " style='contain:content;overflow:auto'" if self.reaches_out else ""
        return f"<div class='{self.name}'{held}>{inside}</div>"

    def sheet(self, text: str) -> str:
        """A style sheet's rules, for this part alone."""
        self.has_sheet = True
        try:
            rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
            kept = "\n".join(self._rules(rules))
        except RecursionError:  # nested too deep to be a sheet
            return ""
        # no parser may find a tag in it, nor, within SVG, a sign behind an entity
        return kept.replace("<", r"\3c ").replace("&", r"\26 ")

    def takes(self, style: str) -> bool:
        """Whether what an attribute says may stay; it may not if anything is to be fetched."""
        try:
            found = tinycss2.parse_declaration_list(style)
            named = [one for one in found if isinstance(one, ast.Declaration)]
            plain = all(_is_plain(one.value) for one in named)
        except RecursionError:
            return False
        self._look_at(named)
        return plain

    def _look_at(self, declarations: Iterable[ast.Declaration]) -> None:
        self.reaches_out |= not all(_STAYS.fullmatch(one.lower_name) for one in declarations)

    def _rules(self, rules: Iterable[ast.Node]) -> Iterator[str]:
        for rule in rules:
            if isinstance(rule, ast.QualifiedRule):
                selectors = ",".join(self._selectors(rule.prelude))
                if selectors:
                    yield f"{selectors}{{{self._declarations(rule.content)}}}"
            elif isinstance(rule, ast.AtRule) and rule.content and _is_plain(rule.prelude):
                name = rule.lower_at_keyword
                if name in _KEPT_RULES:
                    inner = self._rules(tinycss2.parse_rule_list(rule.content))
                    yield f"@{name}{tinycss2.serialize(rule.prelude)}{{{''.join(inner)}}}"

    def _selectors(self, prelude: Iterable[ast.Node]) -> Iterator[str]:
        """Each selector of a list, for what is inside this part; left out where it can't be."""
        selectors: list[list[ast.Node]] = [[]]
        for token in prelude:
            if isinstance(token, ast.LiteralToken) and token.value == ",":
                selectors.append([])
            elif not isinstance(token, ast.Comment):
                selectors[-1].append(token)
        for tokens in selectors:
            words = tinycss2.serialize(tokens).strip()
            if words and words[0] not in "+~>|&" and _is_plain(tokens):
                yield f".{self.name} {words}"

    def _declarations(self, content: list[ast.Node]) -> str:
        found = tinycss2.parse_declaration_list(content)
        kept = [one for one in found if isinstance(one, ast.Declaration) and _is_plain(one.value)]
        self._look_at(kept)
        return ";".join(one.serialize() for one in kept)


def _is_plain(tokens: Iterable[ast.Node]) -> bool:
    """Whether a value is well formed and asks for nothing but what stands in the page."""
    for token in _all(tokens):
        if isinstance(token, ast.ParseError):
            return False
        if isinstance(token, ast.URLToken) and not _ADDRESS.match(token.value):
            return False
        if isinstance(token, ast.FunctionBlock) and token.lower_name in _FETCHING:
            words = [one for one in token.arguments if isinstance(one, ast.StringToken)]
            if not words or not all(_ADDRESS.match(one.value) for one in words):
                return False
    return True


def _all(tokens: Iterable[ast.Node]) -> Iterator[ast.Node]:
    """The tokens and those inside of them."""
    for token in tokens:
        yield token
        if isinstance(token, ast.FunctionBlock):
            yield from _all(token.arguments)
        elif isinstance(token, _BLOCKS):
            yield from _all(token.content)
