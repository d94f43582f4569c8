"""G2: expressions that grow beyond reason where lets are put in the place of their names.

Executors do put them there, and a let that reads another twice doubles what is to be generated: thirty such lines would
make a billion terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gewu_dsl import tree
from gewu_dsl.check.remarks import Remark
from gewu_dsl.diagnostics import Text
from gewu_dsl.resolve.scopes import ItemScope

MOST_TERMS = 1000
DEEPEST = 120


class Size(NamedTuple):
    """How many nodes an expression has with its lets put in, and how deep they stand."""

    terms: int
    depth: int

    @property
    def is_too_much(self) -> bool:
        return self.terms > MOST_TERMS or self.depth > DEEPEST


def expressions_stay_small(item: ItemScope) -> Iterator[Remark]:
    sizes: dict[str, Size] = {}
    for name in item.let_order:
        let = item.names.lets[name]
        size = measure(let.value, sizes)
        if size.is_too_much:
            yield _remark(let.name.span)
            size = Size(1, 1)
        sizes[name] = size
    for site in item.names.sites:
        if site.role != "let" and measure(site.expression, sizes).is_too_much:
            yield _remark(site.expression.span)


def measure(expression: tree.Expression, lets: Mapping[str, Size]) -> Size:
    """The size of an expression; `lets` are those it may read."""
    terms = depth = 0
    waiting: list[tuple[tree.Node, int]] = [(expression, 1)]
    while waiting:
        node, level = waiting.pop()
        inside = lets.get(node.name) if isinstance(node, tree.Reference) else None
        terms += inside.terms if inside else 1
        depth = max(depth, level - 1 + inside.depth if inside else level)
        waiting.extend((child, level + 1) for child in tree.children_of(node))
    return Size(terms, depth)


def _remark(span: tree.Span) -> Remark:
    message = Text(
        "计算套着计算，全部展开以后太长了，没有人看得懂，也算不动。",
        "Lets build on lets until, written out, this is too long for anyone to read or to run.",
    )
    help = Text("少套几层，或者直接问一道题。", "nest fewer of them, or ask a question instead.")
    return Remark(span, message, help)
