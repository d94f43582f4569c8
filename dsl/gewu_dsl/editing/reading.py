"""How far a statement has got at a place: what was read of it, and what may come next.

The grammar's own tables say so; a statement with a mistake before the place is given up, and the next one begins anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from gewu_dsl.parse import find_language
from gewu_dsl.parse.lexing import Token, scan
from gewu_dsl.parse.lookahead import Lookahead
from gewu_dsl.parse.tables import load_tables
from gewu_dsl.tree import Comment
from gewu_dsl.words import SPELLINGS, STATEMENT_IDS, Language

_WORD = re.compile(r"[^\W\d]\w*(?:\.\w*)*\Z")
_DECLARING = frozenset(("_DEPARTMENT", "_PLACE", "_ITEM"))

Read = list[tuple[str, Token]]


@dataclass(slots=True)
class Reading:
    """`taken` is what was read of the statement at hand, terminal by terminal; `expected` may come next. `word` begins
    at `start`: the part of a word that stands before the place. `head` declares what the statement belongs to."""

    start: int
    word: str
    language: Language
    head: str = ""
    taken: Read = field(default_factory=list)
    expected: frozenset[str] = frozenset()
    in_words: bool = False

    def last(self, index: int = 1) -> str:
        """The terminal read last, or the one before it."""
        return self.taken[-index][0] if len(self.taken) >= index else ""


def read_until(text: str, offset: int) -> Reading:
    """Read a text up to a place. Inside a string or a comment (`in_words`) nothing is expected."""
    found = _WORD.search(text, text.rfind("\n", 0, offset) + 1, offset)
    start = found.start() if found else offset
    comments: list[Comment] = []
    tokens = list(scan(text[:start], comments))
    language = find_language(list(scan(text, [])))
    reading = Reading(start, text[start:offset], language)
    commented = bool(comments) and comments[-1].span.end == start and "\n" not in text[start:offset]
    if commented or (
        tokens and tokens[-1].kind == "UNCLOSED" and "\n" not in text[tokens[-1].start : offset]
    ):
        reading.in_words = True
        return reading
    _read(reading, tokens)
    return reading


def _read(reading: Reading, tokens: list[Token]) -> None:
    tables = load_tables()
    ahead = Lookahead(tables, tokens, reading.language)
    index = _last_declaration(tokens)
    states = [tables.start]
    while index < len(tokens):
        step = _advance(ahead, tokens, index, states)
        if step is None:
            states, reading.taken = [tables.start], []
            index = _next_statement(tokens, index)
            continue
        kind, size, after = step
        if kind in STATEMENT_IDS and len(after) <= 3:
            reading.taken = []
            reading.head = kind if kind in _DECLARING else reading.head
        reading.taken.append((kind, tokens[index]))
        states = after
        index += size
    reading.expected = frozenset(ahead.expected(states))


def _advance(
    ahead: Lookahead, tokens: list[Token], index: int, states: list[int]
) -> tuple[str, int, list[int]] | None:
    """What a token is after these states, of how many tokens, and the states behind it."""
    for kind, size in _readings(tokens, index):
        after = ahead.advance(kind, states)
        if after is not None:
            return kind, size, after
    return None


def _last_declaration(tokens: list[Token]) -> int:
    """No statement reaches beyond the line that begins with a declaration's word."""
    for index in range(len(tokens) - 1, -1, -1):
        if tokens[index].first and any(kind in _DECLARING for kind, _ in _readings(tokens, index)):
            return index
    return 0


def _next_statement(tokens: list[Token], index: int) -> int:
    index += 1
    while index < len(tokens):
        if tokens[index].first and any(kind in STATEMENT_IDS for kind, _ in _readings(tokens, index)):
            break
        index += 1
    return index


def _readings(tokens: list[Token], index: int) -> Iterator[tuple[str, int]]:
    """What a token may be, keywords before names, and of how many tokens."""
    token = tokens[index]
    if token.kind == "NAME":
        for parts, kind in SPELLINGS.get(token.text, ()):
            here = tuple(each.text for each in tokens[index : index + len(parts)])
            if here == parts:
                yield kind, len(parts)
    yield ("STRING" if token.kind in ("UNCLOSED", "MISQUOTED") else token.kind), 1
