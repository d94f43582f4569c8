"""The printer: a tree back to text, laid out in one way, in either language.

What `parse` reads from the text equals the tree that was printed. Comments keep their order and stay where they stand:
above a statement, behind one, or inside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

from gewu_dsl import tree
from gewu_dsl.layout import Row, lay_out
from gewu_dsl.phrases import Phrases, Piece, separate
from gewu_dsl.words import Language

_CLAUSES = get_args(tree.Clause)
_BRANCHES = "   "


def format_tree(file: tree.File, language: Language | None = None) -> str:
    """The text of a file in `language`, or in the one that most of its keywords were in."""
    phrases = Phrases(language or file.language, _collect_names(file))
    rows = [row for declaration in file.declarations for row in _Rows(phrases).lay_out(declaration)]
    return lay_out(rows, file.comments)


def _collect_names(file: tree.File) -> frozenset[str]:
    names: set[str] = set()
    for node in tree.walk(file):
        if isinstance(node, (tree.Ask, tree.Check, tree.Let, tree.Finding, tree.Choice)):
            names.add(node.name.text)
    return frozenset(names)


# Statements to rows


class _Rows:
    """The rows of one declaration."""

    def __init__(self, phrases: Phrases) -> None:
        self.say = phrases
        self.rows: list[Row] = []

    def _add(
        self, node: tree.Node, indent: int, columns: list[str], pieces: Iterable[Piece] = (), gap: str = ""
    ) -> Row:
        row = Row(node.span.start, indent, columns, list(pieces), gap)
        self.rows.append(row)
        return row

    def lay_out(self, node: tree.Declaration) -> list[Row]:
        say = self.say
        match node:
            case tree.Department(code, title):
                head = [say.spell("_DEPARTMENT"), code.text, say.quote(title)]
            case tree.Place(kind, label):
                head = [say.spell("_PLACE"), kind.text, say.quote(label)]
            case tree.Item(name, title):
                head = [say.spell("_ITEM"), name.text, say.quote(title)]
        self._add(node, 0, [], [_begin(node, *head)]).blank_before = True
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
                columns = [say.spell("_OFFICE"), code.text, say.quote(title)]
                self._add(node, 2, columns, [_end(node, end)])
            case tree.Ask(name, kind, question, modifiers):
                words = say.type(kind)
                asked = Piece(say.quote(question), words[-1].start)
                pieces = [*words, asked, *self._modifiers(modifiers)]
                self._add(node, 2, [say.spell("_ASK"), name.text], pieces)
            case tree.Check(name, question, modifiers):
                pieces = [_begin(node, say.quote(question)), *self._modifiers(modifiers)]
                self._add(node, 2, [say.spell("_CHECK"), name.text], pieces)
            case tree.Finding(name, label, when, clauses):
                head = _begin(node, say.spell("_FINDING"), name.text, say.quote(label))
                self._add(node, 2, [], [head, *([] if when is None else say.when(when))])
                for clause in clauses:
                    self._clause(clause, 4)
            case tree.Example(title, given, expect):
                self._add(node, 2, [], [_begin(node, say.spell("_EXAMPLE"), say.quote(title))])
                if given:
                    pieces = separate([Piece(say.given(each), each.span.start) for each in given])
                    self._add(given[0], 4, [say.spell("_GIVEN")], pieces)
                self._add(expect, 4, [say.spell("_EXPECT")], say.expect(expect))
            case _ if isinstance(node, _CLAUSES):
                self._clause(node, 2)
            case _:
                self._plain(node)

    def _modifiers(self, modifiers: Iterable[tree.Modifier]) -> list[Piece]:
        return [piece for each in modifiers for piece in self.say.modifier(each)]

    def _plain(self, node: Any) -> None:
        say = self.say
        match node:
            case tree.Calendar(name):
                self._add(node, 2, [say.spell("_CALENDAR")], [_begin(name, name.text)])
            case tree.ItemNumber(text):
                self._add(node, 2, [say.spell("_NUMBER")], [_end(node, say.quote(text))])
            case tree.Basis(text):
                self._add(node, 2, [say.spell("_BASIS")], [_end(node, say.quote(text))])
            case tree.Section(title):
                self._add(node, 2, [], [_begin(node, say.spell("_SECTION"), say.quote(title))])
            case tree.Since(start, until):
                end = "" if until is None else f" {say.spell('_UNTIL')} {until.isoformat()}"
                self._add(node, 2, [say.spell("_SINCE")], [_end(node, start.isoformat() + end)])
            case tree.For(kinds, when):
                names = separate(say.names(kinds))
                self._add(node, 2, [say.spell("_FOR")], names + ([] if when is None else say.when(when)))
            case tree.Visit(branches):
                self._add(node, 2, [say.spell("_VISIT")], self._branches(branches), _BRANCHES)
            case tree.Let(name, value):
                first, *rest = say.terms(value)
                head = _begin(name, name.text, "=", first.text)
                self._add(node, 2, [say.spell("_LET")], [head, *rest])
            case tree.Must(condition, message):
                pieces = [*say.terms(condition), _end(node, say.quote(message))]
                self._add(node, 2, [say.spell("_MUST")], pieces)
            case tree.Exclude(condition, reason):
                pieces = [*say.terms(condition), _end(node, say.quote(reason))]
                self._add(node, 2, [say.spell("_EXCLUDE")], pieces)

    def _branches(self, branches: Iterable[tree.Branch[Any]]) -> list[Piece]:
        return [piece for each in branches for piece in self.say.branch(each)]

    def _clause(self, node: Any, indent: int) -> None:
        say = self.say
        match node:
            case tree.Severity(branches):
                self._add(node, indent, [say.spell("_SEVERITY")], self._branches(branches), _BRANCHES)
            case tree.Route(branches):
                pieces = self._branches(branches) + self._others(node)
                self._add(node, indent, [say.spell("_ROUTE")], pieces, _BRANCHES)
            case tree.Limit(step, branches, automatic):
                pieces = [_begin(node, say.spell("AUTOMATICALLY"))] if automatic else []
                self._add(node, indent, [say.step(step)], pieces + self._branches(branches), _BRANCHES)
            case tree.OnSite(limit):
                self._add(node, indent, [say.spell("_ON_SITE")], [_begin(limit, say.duration(limit))])
            case tree.Stage(name, label, limit):
                words = _begin(name, name.text, say.quote(label), say.duration(limit))
                self._add(node, indent, [say.spell("_STAGE")], [words])
            case tree.Escalate(step, rungs):
                pieces = [_begin(node, say.step(step))]
                pieces += [Piece(say.rung(each), each.span.start) for each in rungs]
                self._add(node, indent, [say.spell("_ESCALATE")], pieces)
            case tree.Close(text, evidence):
                listed = separate([Piece(say.evidence(each), each.span.start) for each in evidence])
                pieces = [_begin(node, say.quote(text)) if listed else _end(node, say.quote(text))]
                if listed:
                    pieces += [listed[0].prefix(f"{say.spell('_WITH_EVIDENCE')} "), *listed[1:]]
                self._add(node, indent, [say.spell("_CLOSE")], pieces)

    def _others(self, node: tree.Route) -> list[Piece]:
        """Who else has a part in a route."""
        say = self.say
        pieces = []
        if node.co_handlers:
            words = f"{say.spell('_WITH_OFFICES')} {say.enumerate(map(say.office, node.co_handlers))}"
            pieces.append(Piece(words, node.co_handlers[0].span.start))
        if node.supervisor is not None:
            words = f"{say.spell('_UNDER')} {say.office(node.supervisor)}"
            pieces.append(Piece(words, node.supervisor.span.start))
        return pieces


def _begin(node: tree.Node, *words: str) -> Piece:
    """Words that begin where the node does."""
    return Piece(" ".join(words), node.span.start)


def _end(node: tree.Node, words: str) -> Piece:
    """Words that end where the node does."""
    return Piece(words, node.span.end - 1)


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
