"""Ways to put a mistake right, as edits; and what a text becomes by them."""

from __future__ import annotations

from collections.abc import Iterable

from gewu_dsl import tree
from gewu_dsl.diagnostics import Edit, Fix, Text
from gewu_dsl.names import near
from gewu_dsl.phrases import Phrases, Piece
from gewu_dsl.tree import Span
from gewu_dsl.words import Language, spell

_LONGEST_TITLE = 40


def replace(span: Span, text: str) -> Fix:
    """What stands at `span` becomes `text`."""
    shown = _shorten(text.strip())
    return Fix(Text(f"改成：{shown}", f"change it to: {shown}"), (Edit(span, text),))


def insert(before: Span, text: str) -> Fix:
    """Write `text` before what stands at a span."""
    shown = _shorten(text.strip())
    return Fix(Text(f"补上：{shown}", f"insert: {shown}"), (Edit(start_of(before), text),))


def append(behind: Span, text: str) -> Fix:
    """Write `text` behind what stands at a span."""
    shown = _shorten(text.strip())
    return Fix(Text(f"补上：{shown}", f"add: {shown}"), (Edit(end_of(behind), text),))


def delete(span: Span) -> Fix:
    """Leave out what stands at `span`."""
    return Fix(Text("删掉它", "delete it"), (Edit(span, ""),))


def rename(span: Span, name: str, candidates: Iterable[str], prefix: str = "") -> tuple[Fix, ...]:
    """A fix for every candidate that is like `name`, the likest first; `prefix` is written before each."""
    return tuple(replace(span, prefix + each) for each in near(name, candidates))


def swap(one: Span, one_text: str, other: Span, other_text: str) -> Fix:
    """Two things change places; each comes with the text that is to stand where it stood."""
    title = Text(f"对调：{one_text}、{other_text}", f"swap them: {one_text}, {other_text}")
    return Fix(title, (Edit(one, one_text), Edit(other, other_text)))


def end_in_otherwise(
    clause: tree.Severity | tree.Route | tree.Limit | tree.Visit, language: Language
) -> tuple[Fix, ...]:
    """The last of several branches takes whatever the others do not; what a single one leaves open nobody can guess."""
    if len(clause.branches) == 1:
        return ()
    last: tree.Branch[object] = clause.branches[-1]
    rest = tree.Branch(last.value, otherwise=True)
    return (replace(last.span, join_pieces(Phrases(language).branch(rest))),)


def join_pieces(pieces: Iterable[Piece]) -> str:
    """Phrases on one line."""
    return " ".join(piece.text for piece in pieces)


def say(keyword: str, language: Language) -> str:
    """How a keyword is written in the language of a text."""
    return spell(keyword, language)


def part(span: Span, start: int, end: int) -> Span:
    """The characters from `start` to `end`, both counted from the start of a span that lies on one line."""
    return Span(
        span.line, span.column + start, span.line, span.column + end, span.start + start, span.start + end
    )


def start_of(span: Span) -> Span:
    return Span(span.line, span.column, span.line, span.column, span.start, span.start)


def end_of(span: Span) -> Span:
    return Span(span.end_line, span.end_column, span.end_line, span.end_column, span.end, span.end)


def join(first: Span, last: Span) -> Span:
    """From the start of one thing to the end of another."""
    return Span(first.line, first.column, last.end_line, last.end_column, first.start, last.end)


def apply(text: str, fix: Fix) -> str:
    """The text with all edits of a fix made."""
    for start, end, new in sorted(settle(text, fix), reverse=True):
        text = text[:start] + new + text[end:]
    return text


def settle(text: str, fix: Fix) -> list[tuple[int, int, str]]:
    """The edits as offsets into `text` with what replaces them. A deletion takes the blanks before it along, and its
    line, where nothing else stands on it."""
    return [_settle(text, each) for each in fix.edits]


def _settle(text: str, edit: Edit) -> tuple[int, int, str]:
    start, end = edit.span.start, edit.span.end
    if edit.text:
        return start, end, edit.text
    while start > 0 and text[start - 1] in " \t\u3000":
        start -= 1
    behind = end
    while behind < len(text) and text[behind] in " \t\r\u3000":
        behind += 1
    if start in (0, text.rfind("\n", 0, start) + 1):
        if behind == len(text) or text[behind] == "\n":
            return start, min(behind + 1, len(text)), ""
        return edit.span.start, behind, ""
    glues = start < edit.span.start and text[start - 1].isalnum() and text[end : end + 1].isalnum()
    return start + glues, end, ""


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST_TITLE else f"{text[: _LONGEST_TITLE - 1]}…"
