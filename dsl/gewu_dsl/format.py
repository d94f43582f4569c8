"""The printer: a tree back to text, laid out in one way, in either language.

What `parse` reads from the text equals the tree that was printed. Comments keep their order and stay with the
statement they stand before or behind.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, get_args

from gewu_dsl import tree
from gewu_dsl.diagnostics import measure_width
from gewu_dsl.phrases import Phrases, separate
from gewu_dsl.words import Language

_WIDTH = 100
_DEEPEST_COLUMN = 14
_CLAUSES = get_args(tree.Clause)


@dataclass(slots=True)
class _Row:
    """A statement on its way to lines: `columns` are aligned with its neighbours', `pieces` fill up the line.

    `broken`: the pieces are branches, which stand one a line when they do not fit on one.
    """

    start: int
    indent: int
    columns: list[str]
    pieces: list[str]
    broken: bool = False
    blank_before: bool = False
    above: list[str] = field(default_factory=list)
    behind: str | None = None


def format_tree(file: tree.File, language: Language | None = None) -> str:
    """The text of a file in `language`, or in the one that most of its keywords were in."""
    phrases = Phrases(language or file.language, _collect_names(file))
    rows = [row for declaration in file.declarations for row in _Layout(phrases).lay_out(declaration)]
    below = _attach(file.comments, rows)
    lines: list[str] = []
    for group in _align(rows):
        for row, columns in group:
            if row.blank_before and lines:
                lines.append("")
            lines += [f"{' ' * row.indent}{comment}" for comment in row.above]
            lines += _fill(row, columns)
    lines += below
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _collect_names(file: tree.File) -> frozenset[str]:
    names: set[str] = set()
    for node in tree.walk(file):
        if isinstance(node, (tree.Ask, tree.Check, tree.Let, tree.Finding, tree.Choice)):
            names.add(node.name.text)
    return frozenset(names)


# Statements to rows


class _Layout:
    """The rows of one declaration."""

    def __init__(self, phrases: Phrases) -> None:
        self.say = phrases
        self.rows: list[_Row] = []

    def _add(self, node: tree.Node, indent: int, columns: list[str], pieces: Iterable[str] = ()) -> _Row:
        row = _Row(node.span.start, indent, columns, list(pieces))
        self.rows.append(row)
        return row

    def lay_out(self, node: tree.Declaration) -> list[_Row]:
        say = self.say
        match node:
            case tree.Department(code, title):
                head = [say.spell("_DEPARTMENT"), code.text, say.quote(title)]
            case tree.Place(kind, label):
                head = [say.spell("_PLACE"), kind.text, say.quote(label)]
            case tree.Item(name, title):
                head = [say.spell("_ITEM"), name.text, say.quote(title)]
        self._add(node, 0, [], [" ".join(head)]).blank_before = True
        before: tree.Node | None = None
        for statement in node.body:
            first = len(self.rows)
            self._statement(statement)
            self.rows[first].blank_before = _stands_apart(before, statement)
            before = statement
        return self.rows

    def _statement(self, node: Any) -> None:
        say = self.say
        match node:
            case tree.Office(code, title, tier):
                end = f"{say.spell('_AT_TIER')} {say.spell(tier.upper())}"
                self._add(node, 2, [say.spell("_OFFICE"), code.text, say.quote(title)], [end])
            case tree.Ask(name, kind, question, modifiers):
                pieces = [*say.type(kind), say.quote(question), *map(say.modifier, modifiers)]
                self._add(node, 2, [say.spell("_ASK"), name.text], pieces)
            case tree.Check(name, question, modifiers):
                pieces = [say.quote(question), *map(say.modifier, modifiers)]
                self._add(node, 2, [say.spell("_CHECK"), name.text], pieces)
            case tree.Finding(name, label, when, clauses):
                pieces = [name.text, say.quote(label)] + ([say.when(when)] if when is not None else [])
                self._add(node, 2, [], [say.spell("_FINDING"), *pieces])
                for clause in clauses:
                    self._clause(clause, 4)
            case tree.Example(title, given, expect):
                self._add(node, 2, [], [f"{say.spell('_EXAMPLE')} {say.quote(title)}"])
                if given:
                    self._add(
                        given[0], 4, [say.spell("_GIVEN")], separate([say.given(each) for each in given])
                    )
                self._add(expect, 4, [say.spell("_EXPECT")], say.expect(expect))
            case _ if isinstance(node, _CLAUSES):
                self._clause(node, 2)
            case _:
                self._plain(node)

    def _plain(self, node: Any) -> None:
        say = self.say
        match node:
            case tree.Calendar(name):
                self._add(node, 2, [say.spell("_CALENDAR")], [name.text])
            case tree.ItemNumber(text):
                self._add(node, 2, [say.spell("_NUMBER")], [say.quote(text)])
            case tree.Basis(text):
                self._add(node, 2, [say.spell("_BASIS")], [say.quote(text)])
            case tree.Section(title):
                self._add(node, 2, [], [f"{say.spell('_SECTION')} {say.quote(title)}"])
            case tree.Since(start, until):
                end = [] if until is None else [f"{say.spell('_UNTIL')} {until.isoformat()}"]
                self._add(node, 2, [say.spell("_SINCE")], [start.isoformat(), *end])
            case tree.For(kinds, when):
                names = separate([kind.text for kind in kinds])
                self._add(node, 2, [say.spell("_FOR")], names + ([] if when is None else [say.when(when)]))
            case tree.Visit(branches):
                self._add(node, 2, [say.spell("_VISIT")], map(say.branch, branches)).broken = True
            case tree.Let(name, value):
                self._add(node, 2, [say.spell("_LET")], [f"{name} = {say.expression(value)}"])
            case tree.Must(condition, message):
                self._add(node, 2, [say.spell("_MUST")], [say.expression(condition), say.quote(message)])
            case tree.Exclude(condition, reason):
                self._add(node, 2, [say.spell("_EXCLUDE")], [say.expression(condition), say.quote(reason)])

    def _clause(self, node: Any, indent: int) -> None:
        say = self.say
        match node:
            case tree.Severity(branches):
                self._add(node, indent, [say.spell("_SEVERITY")], map(say.branch, branches)).broken = True
            case tree.Route(branches, co_handlers, supervisor):
                pieces = [say.branch(each) for each in branches]
                if co_handlers:
                    pieces.append(
                        f"{say.spell('_WITH_OFFICES')} {say.enumerate(map(say.office, co_handlers))}"
                    )
                if supervisor is not None:
                    pieces.append(f"{say.spell('_UNDER')} {say.office(supervisor)}")
                self._add(node, indent, [say.spell("_ROUTE")], pieces).broken = True
            case tree.Limit(step, branches, automatic):
                pieces = [say.spell("AUTOMATICALLY")] if automatic else []
                pieces += map(say.branch, branches)
                self._add(node, indent, [say.step(step)], pieces).broken = True
            case tree.OnSite(limit):
                self._add(node, indent, [say.spell("_ON_SITE")], [say.duration(limit)])
            case tree.Stage(name, label, limit):
                pieces = [name.text, say.quote(label), say.duration(limit)]
                self._add(node, indent, [say.spell("_STAGE")], pieces)
            case tree.Escalate(step, rungs):
                pieces = [say.step(step), *map(say.rung, rungs)]
                self._add(node, indent, [say.spell("_ESCALATE")], pieces)
            case tree.Close(text, evidence):
                pieces = [say.quote(text)]
                if evidence:
                    listed = separate([say.evidence(each) for each in evidence])
                    pieces += [f"{say.spell('_WITH_EVIDENCE')} {listed[0]}", *listed[1:]]
                self._add(node, indent, [say.spell("_CLOSE")], pieces)


def _stands_apart(before: tree.Node | None, node: tree.Node) -> bool:
    """Whether an empty line stands before a statement: sections, and the first of the defaults, the findings and
    the examples."""
    if before is None:
        return False
    if isinstance(node, tree.Section):
        return True
    return any(
        isinstance(node, kind) and not isinstance(before, kind)
        for kind in (_CLAUSES, tree.Finding, tree.Example)
        if not (kind is _CLAUSES and isinstance(before, (tree.Office, tree.Calendar)))
    )


# Comments


def _attach(comments: tuple[tree.Comment, ...], rows: list[_Row]) -> list[str]:
    """Hang the comments on the rows; those behind the last statement come back."""
    below: list[str] = []
    starts = [row.start for row in rows]
    for comment in comments:
        text = f"# {comment.text}".rstrip()
        index = bisect_left(starts, comment.span.start)
        if not comment.own_line and index:
            carrier = rows[index - 1]
            if carrier.behind is not None:
                carrier.above.append(carrier.behind)
            carrier.behind = text
        elif index < len(rows):
            rows[index].above.append(text)
        else:
            below.append(text)
    return below


# Rows to lines


def _align(rows: list[_Row]) -> Iterable[list[tuple[_Row, str]]]:
    """Runs of neighbours of one shape, each row with its columns padded to one width."""
    start = 0
    while start < len(rows):
        first, stop = rows[start], start + 1
        while stop < len(rows) and _are_alike(first, rows[stop]):
            stop += 1
        run = rows[start:stop]
        widths = [
            max(
                (width for row in run if (width := measure_width(row.columns[index])) <= _DEEPEST_COLUMN),
                default=0,
            )
            for index in range(len(first.columns))
        ]
        yield [(row, "".join(map(_pad, row.columns, widths))) for row in run]
        start = stop


def _are_alike(first: _Row, other: _Row) -> bool:
    return (
        other.indent == first.indent and len(other.columns) == len(first.columns) and not other.blank_before
    )


def _pad(column: str, width: int) -> str:
    return column + " " * (max(0, width - measure_width(column)) + 1)


def _fill(row: _Row, columns: str) -> list[str]:
    """The lines of a row, its comment behind the last of them."""
    head = " " * row.indent + columns
    hanging = " " * measure_width(head) if columns else " " * (row.indent + 4)
    between = "   " if row.broken else " "
    whole = head + between.join(row.pieces)
    if measure_width(whole) <= _WIDTH or len(row.pieces) == 1:
        lines = [whole]
    elif row.broken:
        lines = [head + row.pieces[0], *(hanging + piece for piece in row.pieces[1:])]
    else:
        lines = [head + row.pieces[0]]
        for piece in row.pieces[1:]:
            if measure_width(lines[-1]) + 1 + measure_width(piece) <= _WIDTH:
                lines[-1] += f" {piece}"
            else:
                lines.append(hanging + piece)
    if row.behind is not None:
        lines[-1] += f"  {row.behind}"
    return lines
