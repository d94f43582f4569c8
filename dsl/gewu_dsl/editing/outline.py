"""What a text consists of, as a tree to jump in and as lines to fold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from gewu_dsl import tree

EntryKind = Literal[
    "department", "office", "place", "item", "section", "question", "let", "finding", "example"
]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the outline. `span` is all of it, `name_span` its name."""

    kind: EntryKind
    name: str
    detail: str
    span: tree.Span
    name_span: tree.Span
    children: tuple[Entry, ...] = ()


def outline(file: tree.File) -> tuple[Entry, ...]:
    """Declarations with what they declare."""
    return tuple(_declaration(node) for node in file.declarations)


def _declaration(node: tree.Declaration) -> Entry:
    match node:
        case tree.Department(code, title, body):
            return Entry("department", code.text, title, node.span, code.span, tuple(_statements(body)))
        case tree.Place(kind, label, body):
            return Entry("place", kind.text, label, node.span, kind.span, tuple(_statements(body)))
        case tree.Item(name, title, body):
            return Entry("item", name.text, title, node.span, name.span, tuple(_statements(body)))


def _statements(body: Iterable[tree.Node]) -> Iterator[Entry]:
    for node in body:
        match node:
            case tree.Office(code, title):
                yield Entry("office", code.text, title, node.span, code.span)
            case tree.Ask(name, _, question) | tree.Check(name, question):
                yield Entry("question", name.text, question, node.span, name.span)
            case tree.Let(name):
                yield Entry("let", name.text, "", node.span, name.span)
            case tree.Finding(name, label):
                yield Entry("finding", name.text, label, node.span, name.span)
            case tree.Section(title):
                yield Entry("section", title, "", node.span, node.span)
            case tree.Example(title):
                yield Entry("example", title, "", node.span, node.span)


class Fold(NamedTuple):
    """The lines from `first` to `last`, counted from 1, may be shown as the first alone."""

    first: int
    last: int
    comment: bool = False


def fold(file: tree.File) -> list[Fold]:
    """Everything of several lines: declarations, sections, findings, examples, blocks of comments."""
    folds = list(_blocks(file.comments))
    for declaration in file.declarations:
        folds.append(Fold(declaration.span.line, declaration.span.end_line))
        nodes: tuple[tree.Node, ...] = declaration.body
        folds += [Fold(node.span.line, node.span.end_line) for node in nodes]
        folds += _sections(nodes)
    return sorted({each for each in folds if each.last > each.first})


def _sections(body: tuple[tree.Node, ...]) -> Iterator[Fold]:
    """A section reaches as far as questions follow it."""
    start: tree.Node | None = None
    last = 0
    for node in body:
        if isinstance(node, tree.Section):
            if start is not None:
                yield Fold(start.span.line, last)
            start, last = node, node.span.end_line
        elif start is not None and isinstance(node, tree.Ask | tree.Check | tree.Let | tree.Must):
            last = node.span.end_line
        elif start is not None:
            yield Fold(start.span.line, last)
            start = None
    if start is not None:
        yield Fold(start.span.line, last)


def _blocks(comments: Iterable[tree.Comment]) -> Iterator[Fold]:
    first = last = -1
    for comment in comments:
        line = comment.span.line
        if comment.own_line and line == last + 1:
            last = line
            continue
        yield Fold(first, last, comment=True)
        first = last = line if comment.own_line else -1
    yield Fold(first, last, comment=True)
