"""What one item is at every stage of the compiler, to be read: as written, its names bound, its meaning, its rules.

A line of the first two stages begins with the place in the source it speaks of.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from gewu_dsl import model, tree
from gewu_dsl.damage import Damage
from gewu_dsl.emit.javascript import conditions_module
from gewu_dsl.names import Known
from gewu_dsl.parse import parse
from gewu_dsl.render import expression_words
from gewu_dsl.resolve import resolve
from gewu_dsl.resolve.scopes import ItemScope
from gewu_dsl.rules.source import python_source

Stage = Literal["tree", "names", "model", "rules"]

TITLES: Mapping[Stage, tuple[str, str]] = {
    "tree": ("语法树：写了什么", "tree: what was written"),
    "names": ("名字：各指什么", "names: what each stands for"),
    "model": ("模型：是什么意思", "model: what it means"),
    "rules": ("规则：怎样执行", "rules: what is executed"),
}
"""Every stage in its order, with its heading in Chinese and English."""

_NAMES = (tree.Reference, tree.Word, tree.Fact, tree.PlaceAttribute, tree.Name)


def stage_text(
    stage: Stage, compiled: model.Compiled, sources: Mapping[str, str], known: Known = Known()
) -> str:
    """One stage of an item that was compiled of `sources`; KeyError where they do not declare it."""
    match stage:
        case "model":
            return "\n".join(_Meaning(compiled.item).lines(compiled.item))
        case "rules":
            python, javascript = python_source(compiled.item), conditions_module(compiled.item)
            return f"# Python\n\n{python.strip()}\n\n// JavaScript\n\n{javascript.strip()}"
    scope = _scope_of(compiled, sources, known)
    return "\n".join(_tree_lines(scope.node) if stage == "tree" else _name_lines(scope))


def _scope_of(compiled: model.Compiled, sources: Mapping[str, str], known: Known) -> ItemScope:
    trees = {file: parse(text, file).tree for file, text in sources.items()}
    unit = resolve(trees, known, frozenset(), Damage(trees, ()))
    for scope in unit.items:
        if scope.name == compiled.item.name:
            return scope
    raise KeyError(compiled.item.name)


def _tree_lines(node: tree.Node, name: str = "", depth: int = 0) -> Iterator[str]:
    """A line a node: its place, its class and what it says itself; the nodes within it below, further in."""
    said, within = list[str](), list[tuple[str, tree.Node]]()
    for field in dataclasses.fields(node):
        value = getattr(node, field.name)
        if field.name == "span" or value is None or value == () or value is False:
            continue
        parts = value if isinstance(value, tuple) else (value,)
        if all(isinstance(part, tree.Node) and not isinstance(part, tree.Name) for part in parts):
            within += [(field.name, part) for part in parts]
        else:
            said.append(f"{field.name}={', '.join(map(_said, parts))}")
    label = f"{name}: " if name else ""
    yield f"{_place(node.span):<14}{'  ' * depth}{label}{' '.join([type(node).__name__, *said])}"
    for inner_name, inner in within:
        yield from _tree_lines(inner, inner_name, depth + 1)


def _said(value: Any) -> str:
    if isinstance(value, tree.Name):
        return value.text
    return f'"{value}"' if isinstance(value, str) else str(value)


def _place(span: tree.Span) -> str:
    return f"{span.line}:{span.column}-{span.end_line}:{span.end_column}"


def _name_lines(scope: ItemScope) -> Iterator[str]:
    """A line for every name that is bound, in reading order, with the leaf of the model it stands for."""
    for node in _nodes(scope.node):
        if isinstance(node, _NAMES) and (leaf := _leaf(node, scope)):
            written = next(
                str(getattr(node, field.name)) for field in dataclasses.fields(node) if field.name != "span"
            )
            yield f"{_place(node.span):<14}{written} → {leaf}"


def _leaf(node: tree.Node, scope: ItemScope) -> str | None:
    if id(node) in scope.offices:
        return f"Office({scope.offices[id(node)]!r})"
    leaf = scope.names.bound.get(id(node))
    if leaf is None:
        return None
    values = ", ".join(repr(getattr(leaf, field.name)) for field in dataclasses.fields(leaf))
    return f"{type(leaf).__name__}({values})"


def _nodes(value: Any) -> Iterator[tree.Node]:
    """Every node within a value, in reading order."""
    if isinstance(value, tuple) and not isinstance(value, tree.Span):
        for part in value:
            yield from _nodes(part)
    elif isinstance(value, tree.Node):
        yield value
        for field in dataclasses.fields(value):
            yield from _nodes(getattr(value, field.name))


class _Meaning:
    """The model by indentation; conditions, branches and limits on one line each, fields at their default left out."""

    def __init__(self, item: model.Item) -> None:
        self._item = item

    def lines(self, value: Any, depth: int = 0) -> Iterator[str]:
        indent = "  " * depth
        for name, content in self._fields(value):
            if content is None or content is False or content == () or content == {}:
                continue
            parts = content if isinstance(content, tuple) else (content,)
            if not any(map(self._is_block, parts)):
                yield f"{indent}{name}: {self._list(parts)}"
                continue
            for part in parts:
                one = f"{name.removesuffix('s')} {self._title(part)}".rstrip()
                yield f"{indent}{name}:" if isinstance(part, Mapping) else f"{indent}{one}"
                yield from self.lines(part, depth + 1)

    def _fields(self, value: Any) -> list[tuple[str, Any]]:
        if isinstance(value, Mapping):
            return list(value.items())
        names = [field.name for field in dataclasses.fields(value)]
        title = names[0] if isinstance(value, _TITLED) else None
        return [(name, getattr(value, name)) for name in names if name != title]

    def _title(self, value: Any) -> str:
        return str(getattr(value, dataclasses.fields(value)[0].name)) if isinstance(value, _TITLED) else ""

    def _is_block(self, value: Any) -> bool:
        return isinstance(value, (Mapping, model.Must, model.Exclude, *_TITLED))

    def _list(self, parts: tuple[Any, ...]) -> str:
        match parts:
            case (model.Branch(value, None),):
                return self._line(value)
        return ", ".join(map(self._line, parts))

    def _line(self, value: Any) -> str:
        match value:
            case model.Branch(inner, when):
                return self._line(inner) + (f" when {self._line(when)}" if when else " otherwise")
            case model.Route(handlers):
                return " else ".join(handlers)
            case model.VisitRule(times, period, when):
                return f"{times} a {period}" + (f" when {self._line(when)}" if when else " otherwise")
            case model.Choice(name, label):
                return f'{name} "{label}"'
            case model.Rung(step, percent, after, to):
                moment = f"at {percent}%" if percent is not None else f"after {after}"
                return f"{step} {moment} " + (f"to {to}" if to else "remind")
            case model.Share(concept, days):
                return f"{concept} within {days} days"
            case model.Closing(text, evidence):
                return " with ".join([f'"{text}"', *([", ".join(map(str, evidence))] if evidence else [])])
            case tuple():
                return ", ".join(map(str, value))
        is_expression = isinstance(value, typing.get_args(model.Expression))
        return expression_words(value, self._item) if is_expression else str(value)


_TITLED = (model.Question, model.Let, model.Finding, model.Stage, model.Example, model.Expected)
"""What begins with its own name."""
