"""What the importer has to tell about rows: nothing is dropped, changed or guessed without a note."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gewu_dsl.diagnostics import Text
from gewu_dsl.words import Language

Weight = Literal["left_out", "look", "info"]
"""`left_out`: the row is not in the items and waits for a decision. `look`: it is, but somebody should look at it.
`info`: it was read in a way worth knowing."""

WEIGHTS: dict[Weight, Text] = {
    "left_out": Text("未收录", "left out"),
    "look": Text("请核对", "look"),
    "info": Text("说明", "info"),
}

KINDS: dict[str, Text] = {
    "no_header": Text("找不到表头", "no header row"),
    "unused_column": Text("没有用到的列", "a column that is not used"),
    "column_twice": Text("两列同义", "two columns of one meaning"),
    "hidden": Text("隐藏的行、列或表", "a hidden row, column or sheet"),
    "no_standard": Text("不是标准的表", "a sheet that is no standard"),
    "above_header": Text("表头上面的数据", "data above a header"),
    "total": Text("合计", "totals"),
    "date": Text("像是日期", "looks like a date"),
    "formula": Text("公式没有值", "a formula without a value"),
    "above": Text("沿用上一行", "taken from the row above"),
    "no_item": Text("没有事项名称", "no item named"),
    "no_finding": Text("没有立案条件", "no filing condition"),
    "remark": Text("表中的说明文字", "a remark in the table"),
    "limit_missing": Text("没有时限", "no limit"),
    "limit_ambiguous": Text("时限单位有歧义", "an ambiguous limit"),
    "limit_unread": Text("看不懂的时限", "a limit not understood"),
    "limit_range": Text("时限是一个范围", "a limit that is a range"),
    "limit_words": Text("时限带有条件", "a limit with words beside it"),
    "limit_differs": Text("两列时限不一致", "two columns with different limits"),
    "limit_conflict": Text("同一情形时限不同", "one finding, different limits"),
    "limit_class": Text("按区域类别的时限", "limits by area class"),
    "limit_level": Text("按等级的时限", "limits by severity"),
    "level_unread": Text("看不懂的等级", "a severity not understood"),
    "condition": Text("带条件的情形", "a finding with a condition"),
    "steps_unread": Text("看不懂的其他时限", "another limit not understood"),
    "evidence_unread": Text("看不懂的附件要求", "evidence not understood"),
    "office_missing": Text("没有责任部门", "no office"),
    "office_several": Text("责任部门不止一个", "several offices"),
    "office_same": Text("自己主管自己", "an office above itself"),
    "office_new": Text("新机构", "a new office"),
    "duplicate": Text("重复的行", "a row that is there twice"),
    "dragged": Text("像是拖动填充", "looks like drag-fill"),
    "exclusion": Text("不采集的情况", "what is not collected"),
    "kept": Text("照抄为注释", "kept as a comment"),
    "check_recorded": Text("只记录，不立案", "recorded only"),
    "check_unread": Text("看不懂的填写方式", "a kind of answer not understood"),
    "check_condition": Text("看不懂的前提", "a condition not understood"),
    "name_taken": Text("事项已经有了", "an item that exists already"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Note:
    """One line of the report. `row` 0 is the whole sheet; `column` a letter or empty; `cell` what stands there."""

    kind: str
    weight: Weight
    sheet: str
    row: int
    column: str
    cell: str
    message: Text
    done: Text

    def to_json(self, language: Language = "zh") -> dict[str, str | int]:
        """A record of the report, as `--report` writes it."""
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "weight": self.weight,
            "kind": self.kind,
            "cell": self.cell,
            "message": self.message.in_words(language),
            "done": self.done.in_words(language),
        }
