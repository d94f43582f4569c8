"""Colours for Pygments, and with it for Sphinx, MkDocs and rich; found by the entry point `pygments.lexers`."""

from __future__ import annotations

import re
from typing import ClassVar

from pygments.lexer import RegexLexer, bygroups
from pygments.token import Keyword, Name, Text, Token, Whitespace, _TokenType

from gewu_admin.editor.patterns import DECLARATION, PATTERNS


def _token(name: str) -> _TokenType:
    found = Token
    for part in name.split("."):
        found = getattr(found, part)
    return found


class GewuLexer(RegexLexer):
    """The whole language in both its words; what is no part of it stays plain text."""

    name = "Gewu"
    aliases: ClassVar[list[str]] = ["gewu"]
    filenames: ClassVar[list[str]] = ["*.gewu"]
    mimetypes: ClassVar[list[str]] = ["text/x-gewu"]
    flags = re.UNICODE
    tokens: ClassVar = {
        "root": [
            (r"\s+", Whitespace),
            (DECLARATION, bygroups(Keyword.Declaration, Whitespace, Name.Variable)),  # type: ignore[no-untyped-call]
            *((pattern.regex, _token(pattern.token)) for pattern in PATTERNS),
            (r"[^\w\s]", Text),
            (r"\w", Text),
        ]
    }
