"""G4: lists of branches that leave a report undecided."""

from __future__ import annotations

from collections.abc import Iterator

from gewu_dsl import fixes
from gewu_dsl.check.lists import BranchList
from gewu_dsl.check.meaning import Meaning
from gewu_dsl.check.remarks import Remark
from gewu_dsl.check.telling import tell
from gewu_dsl.diagnostics import Text
from gewu_dsl.worlds import Undecided, World


def branches_leave_no_gap(meaning: Meaning) -> Iterator[Remark]:
    for each, world in meaning.gaps:
        if isinstance(world, World):
            seen = tell(meaning, world, each)
            what = _LOST.get(each.clause, Text("时限", "limit"))
            message = Text(
                f"有一种填法哪一条也不管：{seen.zh}。那时就没有{what.zh}。",
                f"One way of filling in the form is covered by no branch: {seen.en}. Then there is no {what.en}.",
            )
            yield _remark(meaning, each, message, world)


def branches_end_in_otherwise(meaning: Meaning) -> Iterator[Remark]:
    for each, world in meaning.gaps:
        if isinstance(world, Undecided):
            message = Text(
                "这几条的条件都不成立时（包括没有填的时候）就没有结果，而它们是否管全了没法确认。",
                "Where none of these conditions holds (a blank, for example) there is no result, "
                "and they cannot be shown to cover everything.",
            )
            yield _remark(meaning, each, message, None)


def _remark(meaning: Meaning, each: BranchList, message: Text, world: World | None) -> Remark:
    department = meaning.scope.department
    names = department.names if each.shared and department is not None else meaning.scope.names
    sheet = None if world is None else world.sheet
    offered = fixes.end_in_otherwise(each.node, names.language)
    return Remark(each.node.span, message, _HELP, each.file, sheet, offered)


_HELP = Text("在最后补一条：…… 其他。", "end the list with: … otherwise.")
_LOST = {
    "severity": Text("等级", "severity"),
    "route": Text("派往", "route"),
    "visit": Text("巡查次数", "visit"),
}
