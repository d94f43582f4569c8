"""Text to tree: `parse` takes any text and never raises."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gewu_dsl import tree
from gewu_dsl.diagnostics import Diagnostic, Text, diagnose, sort_diagnostics
from gewu_dsl.parse.builder import TreeBuilder
from gewu_dsl.parse.grouping import group_statements
from gewu_dsl.parse.lexing import Token, scan
from gewu_dsl.parse.lookalikes import find_hidden, find_lookalikes, find_suspects
from gewu_dsl.parse.machine import MOST_DIAGNOSTICS, Machine
from gewu_dsl.parse.tables import load_tables
from gewu_dsl.sources import read_source
from gewu_dsl.tree import Span
from gewu_dsl.words import SPELLINGS, Language, is_chinese

__all__ = [
    "LARGEST",
    "ParseResult",
    "Passage",
    "assemble",
    "find_language",
    "parse",
    "read_passage",
    "read_source",
]

LARGEST = 1_000_000
"""Characters of one text: several times the largest standard there is, and still read in seconds."""


@dataclass(frozen=True, slots=True)
class ParseResult:
    """`tree` holds every statement that could be read. `lost` are the names that statements given up would have
    declared: who looks names up should not call these unknown. `torn` are the lines on which a statement breaks off:
    what else seems wrong there follows from that."""

    tree: tree.File
    diagnostics: tuple[Diagnostic, ...]
    lost: frozenset[str] = frozenset()
    torn: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole lines of a text, read on their own. `balance` is how many more keywords are Chinese than English;
    with `has_suspects` a name may be taken for one that stands elsewhere."""

    declarations: tuple[tree.Declaration, ...]
    comments: tuple[tree.Comment, ...]
    diagnostics: tuple[Diagnostic, ...]
    lost: frozenset[str]
    torn: frozenset[int]
    balance: int
    has_suspects: bool


def parse(text: str, file: str = "") -> ParseResult:
    """Read a `.gewu` text. `file` is only for the diagnostics, which come sorted by place."""
    return assemble(text, [read_passage(text, file)])


def read_passage(text: str, file: str, begin: int = 0, end: int | None = None, line: int = 1) -> Passage:
    """Read the lines of `text` from `begin` to `end`, the first of which has the number `line`."""
    stop = len(text) if end is None else end
    if stop - begin > LARGEST:
        problem = diagnose("G113", file, Span(line, 1, line, 1), _TOO_LARGE, _DIVIDE)
        return Passage((), (), (problem,), frozenset(), frozenset(), 0, False)
    comments: list[tree.Comment] = []
    tokens = scan(text, comments, begin, end, line)
    builder = TreeBuilder(file)
    balance = _weigh_keywords(tokens)
    machine = Machine(load_tables(), text, tokens, builder, _language_of(balance))
    machine.run()
    declarations = group_statements(builder, machine.lost)
    suspects = find_suspects(tokens)
    unseen = [*find_hidden(text, file, begin, stop, line), *find_lookalikes(suspects, tokens, file)][
        :MOST_DIAGNOSTICS
    ]
    # What else seems wrong on such a line follows from what nobody can see there.
    torn = frozenset(each.line for each in unseen)
    seen = [each for each in builder.diagnostics if each.line not in torn]
    return Passage(
        declarations,
        tuple(comments),
        tuple(sort_diagnostics([*unseen, *seen])),
        frozenset(each.name for each in machine.lost if each.name),
        torn | machine.torn,
        balance,
        bool(suspects),
    )


def assemble(text: str, passages: Sequence[Passage]) -> ParseResult:
    """What the passages that make up a text say together."""
    comments = tuple(_note_blank_lines(comment, text) for each in passages for comment in each.comments)
    declarations = tuple(declaration for each in passages for declaration in each.declarations)
    language = _language_of(sum(each.balance for each in passages))
    return ParseResult(
        tree.File(declarations, comments, language, span=_measure(text)),
        tuple(diagnostic for each in passages for diagnostic in each.diagnostics),
        frozenset[str]().union(*(each.lost for each in passages)),
        frozenset[int]().union(*(each.torn for each in passages)),
    )


def find_language(tokens: list[Token]) -> Language:
    """The language that most keywords of a text are in."""
    return _language_of(_weigh_keywords(tokens))


def _language_of(balance: int) -> Language:
    return "zh" if balance > 0 else "en"


_WEIGHTS = {word: 1 if is_chinese(word) else -1 for word in SPELLINGS}


def _weigh_keywords(tokens: list[Token]) -> int:
    words = [token[1] for token in tokens if token[0] == "NAME"]
    return sum([_WEIGHTS[word] for word in words if word in _WEIGHTS])


_BLANK_BEFORE = re.compile(r"\n[^\S\n]*\n[^\S\n]*\Z")
_BLANK_AFTER = re.compile(r"[^\S\n]*\n[^\S\n]*\n")


def _note_blank_lines(comment: tree.Comment, text: str) -> tree.Comment:
    start, end = comment.span.start, comment.span.end
    before = comment.own_line and _BLANK_BEFORE.search(text, max(0, start - 200), start) is not None
    after = _BLANK_AFTER.match(text, end) is not None
    return replace(comment, blank_before=before, blank_after=after) if before or after else comment


def _measure(text: str) -> Span:
    line = text.count("\n") + 1
    return Span(1, 1, line, len(text) - (text.rfind("\n") + 1) + 1, 0, len(text))


_TOO_LARGE = Text(
    f"这个文件超过 {LARGEST} 个字，不像是事项，没有读。",
    f"This file has more than {LARGEST} characters: it does not look like items and was not read.",
)
_DIVIDE = Text("分成几个文件，一章一个。", "divide it into several files, one a chapter.")
