"""G4: exclusions that leave nothing, or never do anything, and items that are for no place."""

from __future__ import annotations

from collections.abc import Iterator

from gewu_dsl import fixes, tree
from gewu_dsl.check.comparisons import why_never
from gewu_dsl.check.meaning import Meaning
from gewu_dsl.check.remarks import Remark
from gewu_dsl.diagnostics import Text
from gewu_dsl.worlds import Claim, Holds, Open


def excludes_leave_something(meaning: Meaning) -> Iterator[Remark]:
    for index, exclude in enumerate(meaning.item.excludes):
        if meaning.worlds.is_impossible(Open(exclude.condition)) and not meaning.worlds.is_impossible():
            node = meaning.scope.each(tree.Exclude)[index]
            yield Remark(node.condition.span, _LEAVES, _LEAVES_HELP, fixes=(fixes.delete(node.span),))


def excludes_can_hold(meaning: Meaning) -> Iterator[Remark]:
    before: list[Claim] = []
    for index, exclude in enumerate(meaning.item.excludes):
        if (
            meaning.worlds.is_impossible(*before, Holds(exclude.condition))
            and not meaning.worlds.is_impossible()
        ):
            node = meaning.scope.each(tree.Exclude)[index]
            yield Remark(node.condition.span, _HOLD, _HOLD_HELP, fixes=(fixes.delete(node.span),))
        before.append(Open(exclude.condition))


def some_place_is_left(meaning: Meaning) -> Iterator[Remark]:
    if meaning.item.applies is not None and meaning.worlds.is_impossible(submitted=False):
        why = why_never(meaning, meaning.item.applies) or Text(
            "没有一个场所让它成立", "it holds at no place there can be"
        )
        message = Text(
            f"“适用”的条件不可能成立，{why.zh}：这个事项哪儿也不巡查，哪儿也报不上来。",
            f"The condition of `for` cannot hold, for {why.en}: the item is visited and reported nowhere.",
        )
        for node in meaning.scope.each(tree.For):
            if node.when is not None:
                yield Remark(node.when.span, message, _PLACE_HELP)


_PLACE_HELP = Text(
    "改条件；一个场所也不去的事项，删掉它。",
    "change the condition; delete an item that is for no place.",
)
_LEAVES = Text(
    "这条“不采集”怎么填都成立，这个事项永远立不了案。",
    "This `exclude` holds however the form is filled in: the item never opens a case.",
)
_LEAVES_HELP = Text("写明什么时候不采集。", "say when nothing is to be collected.")
_HOLD = Text(
    "这条“不采集”从来不起作用：它的条件不可能成立，或者成立时前面的“不采集”已经成立。",
    "This `exclude` never does anything: its condition cannot hold, or one before it holds wherever it does.",
)
_HOLD_HELP = Text("改条件，或者删掉它。", "change the condition, or delete it.")
