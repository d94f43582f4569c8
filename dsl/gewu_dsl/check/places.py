"""G2: attributes that only some of the places at hand have."""

from __future__ import annotations

from collections.abc import Iterator

from gewu_dsl import model, tree
from gewu_dsl.check.remarks import Remark
from gewu_dsl.diagnostics import Text
from gewu_dsl.resolve.binding import Names, Site

NOWHERE = ""
"""The kind of no place: an item without `for` may be reported anywhere."""

Kinds = frozenset[str]


def attributes_are_certain(names: Names) -> Iterator[Remark]:
    if not names.each(tree.PlaceAttribute) or not names.registers_known:
        return
    kinds = frozenset(register.kind for register in names.registers)
    everywhere = kinds if names.registers_given else kinds | {NOWHERE}
    for site in names.sites:
        for node, possible in _attributes(names, site, everywhere):
            without = sorted(kind for kind in possible if not _has(names, kind, node.name))
            if without and any(node.name in register.fields for register in names.registers):
                yield _uncertain(names, node, without)


def _attributes(names: Names, site: Site, kinds: Kinds) -> Iterator[tuple[tree.PlaceAttribute, Kinds]]:
    """Every attribute a site reads, with the kinds of place at which it may be read there."""
    for condition in site.given:
        kinds = _narrow(names, condition, kinds, True)
    for condition in site.passed:
        kinds = _narrow(names, condition, kinds, False)
    yield from _walk(names, site.expression, kinds)


def _walk(names: Names, node: tree.Node, kinds: Kinds) -> Iterator[tuple[tree.PlaceAttribute, Kinds]]:
    if isinstance(node, tree.PlaceAttribute):
        yield node, kinds
    elif isinstance(node, tree.And | tree.Or):
        holds = isinstance(node, tree.And)
        for operand in node.operands:
            inside = kinds
            for other in node.operands:
                if other is not operand:
                    inside = _narrow(names, other, inside, holds)
            yield from _walk(names, operand, inside)
    else:
        for child in tree.children_of(node):
            yield from _walk(names, child, kinds)


def _narrow(names: Names, condition: tree.Expression, kinds: Kinds, holds: bool) -> Kinds:
    """The kinds of place at which the condition is true, or false where `holds` is not."""
    match condition:
        case tree.Not(operand):
            return _narrow(names, operand, kinds, not holds)
        case tree.And(operands) | tree.Or(operands):
            parts = [_narrow(names, operand, kinds, holds) for operand in operands]
            if isinstance(condition, tree.And) is holds:
                return kinds.intersection(*parts)
            return frozenset().union(*parts)
        case tree.Compare("=" | "!=" as operator, left, right):
            named = _kinds_named(names, left, (right,)) or _kinds_named(names, right, (left,))
            return _keep(kinds, named, holds is (operator == "="))
        case tree.In(value, options):
            return _keep(kinds, _kinds_named(names, value, options), holds)
    return kinds


def _keep(kinds: Kinds, named: Kinds | None, inside: bool) -> Kinds:
    if named is None:
        return kinds
    return kinds & named if inside else kinds - named


def _kinds_named(
    names: Names, subject: tree.Expression, options: tuple[tree.Expression, ...]
) -> Kinds | None:
    if not (isinstance(subject, tree.Fact) and subject.path == "place.kind"):
        return None
    meanings = [names.bound.get(id(option)) for option in options]
    return frozenset(str(meaning.value) for meaning in meanings if isinstance(meaning, model.Constant))


def _has(names: Names, kind: str, attribute: str) -> bool:
    register = names.every_register.get(kind)
    return register is not None and attribute in register.fields


def _uncertain(names: Names, node: tree.PlaceAttribute, without: list[str]) -> Remark:
    holders = [register.kind for register in names.registers if node.name in register.fields]
    lacking = [kind for kind in without if kind != NOWHERE]
    zh = f"“{'”“'.join(lacking)}”没有" if lacking else "没有登记的地方没有"
    en = (
        f"{', '.join(f'`{kind}`' for kind in lacking)} has no"
        if lacking
        else "a place that is in no register has no"
    )
    message = Text(
        f"{zh}“{node.name}”这一项，在那里读到的是空白，这个条件不会成立。",
        f"{en} `{node.name}`: there it would read a blank and the condition would not hold.",
    )
    help = Text(
        f"写成：台账.种类 = {holders[0]} 且 台账.{node.name} ……",
        f"write: place.kind = {holders[0]} and place.{node.name} …",
    )
    return Remark(node.span, message, help)
