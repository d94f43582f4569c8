"""G3: divisions by something that can be zero."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf

from gewu_dsl import model, tree
from gewu_dsl.check.remarks import Remark
from gewu_dsl.diagnostics import Text
from gewu_dsl.names import Field
from gewu_dsl.resolve.binding import Names, Site, describe

Interval = tuple[float, float]
ANYTHING: Interval = (-inf, inf)


def divisors_are_never_zero(names: Names) -> Iterator[Remark]:
    divisions = [(node, site) for node, site in names.each(tree.Arithmetic) if node.operator == "/"]
    lets: dict[str, Interval] = {}
    for name, sort in names.let_sorts.items() if divisions else ():
        lets[name] = interval_of(names, names.lets[name].value, lets) if sort.kind == "number" else ANYTHING
    for node, site in divisions:
        if names.sort(node.right).kind != "number":
            continue
        low, high = interval_of(names, node.right, lets)
        if not low <= 0 <= high or _is_guarded(node, site):
            continue
        subject = describe(node.right)
        message = Text(
            f"除数{f'“{subject}”' if subject else ''}可能是 0，那时算不出结果，用到它的条件也不会成立。",
            f"The divisor{f' `{subject}`' if subject else ''} may be 0: then there is no result, and no condition on it holds.",
        )
        name = subject or "x"
        help = Text(
            f"给这道题限定范围（从 1 到 ……），或者写：{name} > 0 且 ……",
            f"bound the question (from 1 to …), or write: {name} > 0 and …",
        )
        yield Remark(node.right.span, message, help)


def interval_of(names: Names, node: tree.Expression, lets: Mapping[str, Interval]) -> Interval:
    """Bounds within which the number certainly lies; `lets` are those of the lets it may read."""
    match node:
        case tree.Number(value):
            return float(value), float(value)
        case tree.Reference(name):
            meaning = names.bound.get(id(node))
            return (
                _bounds(names.fields[name]) if isinstance(meaning, model.Answer) else lets.get(name, ANYTHING)
            )
        case tree.PlaceAttribute(name):
            bounds = [
                _bounds(register.fields[name]) for register in names.registers if name in register.fields
            ]
            return (min(low for low, _ in bounds), max(high for _, high in bounds)) if bounds else ANYTHING
        case tree.Negative(operand):
            low, high = interval_of(names, operand, lets)
            return -high, -low
        case tree.Arithmetic(operator, left, right):
            return _combine(operator, interval_of(names, left, lets), interval_of(names, right, lets))
        case tree.History():
            return 0, inf
        case tree.Fact(path):
            return {"reported.month": (1, 12), "reported.weekday": (1, 7)}.get(path, (0, inf))
    return ANYTHING


def _bounds(asked: Field) -> Interval:
    """An answered file question has one file at least, for none is a blank."""
    if asked.type in model.ATTACHED:
        return 1, inf
    low, high = (-inf if asked.low is None else asked.low), (inf if asked.high is None else asked.high)
    return (low, high) if low <= high else ANYTHING  # a range that runs backwards is told by another check


def _combine(operator: str, left: Interval, right: Interval) -> Interval:
    if operator == "+":
        return left[0] + right[0], left[1] + right[1]
    if operator == "-":
        return left[0] - right[1], left[1] - right[0]
    if operator == "/" and right[0] <= 0 <= right[1]:
        return ANYTHING
    others = (1 / right[1], 1 / right[0]) if operator == "/" else right
    products = [0.0 if 0 in (one, other) else one * other for one in left for other in others]
    return min(products), max(products)


def _is_guarded(division: tree.Arithmetic, site: Site) -> bool:
    """Whether a condition that holds wherever the division counts keeps the divisor from zero."""
    guards = [*site.given, *_beside(site.expression, division)]
    while guards:
        guard = guards.pop()
        if isinstance(guard, tree.And):
            guards.extend(guard.operands)
        elif isinstance(guard, tree.Compare) and _excludes_zero(guard, division.right):
            return True
    return False


def _beside(node: tree.Node, division: tree.Arithmetic) -> list[tree.Expression]:
    """The conditions joined by `and` to those that the division stands in."""
    found: list[tree.Expression] = []
    while node is not division:
        inside = next((child for child in tree.children_of(node) if _holds(child, division)), None)
        if inside is None:
            return found
        if isinstance(node, tree.And):
            found += [operand for operand in node.operands if operand is not inside]
        node = inside
    return found


def _holds(node: tree.Node, division: tree.Arithmetic) -> bool:
    return any(part is division for part in tree.walk(node))


def _excludes_zero(guard: tree.Compare, divisor: tree.Expression) -> bool:
    if guard.left != divisor or not isinstance(guard.right, tree.Number):
        return False
    bound = guard.right.value
    return {
        "!=": bound == 0, ">": bound >= 0, "<": bound <= 0, ">=": bound > 0, "<=": bound < 0, "=": bound != 0
    }[guard.operator]  # fmt: skip
