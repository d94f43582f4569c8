"""Every code a diagnostic may bear: one line a code, one page a code in `explain/`.

A code is never reused: one that is retired keeps its line and its page. The pages have fixed headings:
`# G101 …`, `## 是什么 / What`, `## 为什么 / Why`, `## 错误 / Wrong` and `## 正确 / Right` (a `gewu` block each).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import Literal

CodeSeverity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Code:
    """A code's own name in both languages and how serious it is."""

    code: str
    severity: CodeSeverity
    zh: str
    en: str


def _table(*rows: Code) -> dict[str, Code]:
    return {row.code: row for row in rows}


WORDS_AND_LAYOUT = _table(
    Code("G101", "error", "这里不能用这个词", "a word that cannot stand here"),
    Code("G102", "error", "时间单位有歧义", "an ambiguous unit of time"),
    Code("G103", "error", "关键词与名称连写", "a keyword glued to a name"),
    Code("G104", "error", "引号没有成对", "a string that is not closed"),
    Code("G105", "error", "不认识的符号", "an unknown character"),
    Code("G106", "error", "嵌套太深", "nested too deeply"),
    Code("G107", "error", "语句写错了地方", "a statement in the wrong place"),
    Code("G108", "error", "文件不是 UTF-8 文本", "a file that is not UTF-8 text"),
    Code("G109", "error", "数字、日期或时刻不成立", "an impossible number, date or time"),
    Code("G110", "error", "语句没有写完", "an unfinished statement"),
)

NAMES = _table(
    Code("G201", "error", "没有这个问题或计算", "an unknown question"),
    Code("G202", "error", "没有这个选项", "an unknown choice"),
    Code("G203", "error", "没有这个机构", "an unknown office"),
    Code("G204", "error", "没有这个台账", "an unknown kind of place"),
    Code("G205", "error", "台账里没有这一项", "an unknown attribute"),
    Code("G206", "error", "不是每种场所都有这一项", "an attribute that not every place has"),
    Code("G207", "error", "事项不属于任何部门", "an item of no department"),
    Code("G208", "error", "没有这个情形或阶段", "an unknown finding or stage"),
    Code("G209", "error", "重复的名字", "a name declared twice"),
    Code("G210", "error", "计算绕成了圈", "a let that reads itself"),
    Code("G211", "error", "没有这个函数", "an unknown function"),
    Code("G212", "warning", "没有用到的计算", "a let that is never used"),
    Code("G213", "warning", "没有用到的机构", "an office that is never used"),
    Code("G214", "error", "重复的机构", "an office declared twice"),
    Code("G215", "error", "没有这种格式", "an unknown pattern"),
    Code("G216", "error", "重复的选项或阶段", "a choice or stage declared twice"),
    Code("G217", "error", "计算套得太深", "lets nested too deeply"),
)

TYPES = _table(
    Code("G301", "error", "两边不是一类东西", "values of different types"),
    Code("G302", "error", "没有大小可比", "an order where there is none"),
    Code("G303", "error", "不是数字却做运算", "arithmetic on what is no number"),
    Code("G304", "error", "单位不一致", "units that differ"),
    Code("G305", "error", "多选题不能用等号", "an any-of answer compared as one"),
    Code("G306", "error", "“包含”只问多选题", "includes on what is no any-of question"),
    Code("G307", "error", "只有检查才有隐患", "a hazard of what is no check"),
    Code("G308", "error", "这里要写条件", "a value where a condition belongs"),
    Code("G309", "error", "除数可能是 0", "a division by what may be zero"),
    Code("G310", "error", "修饰与题型不合", "a modifier that does not fit the question"),
    Code("G311", "error", "范围上下颠倒", "a range that runs backwards"),
    Code("G312", "error", "至少多于至多", "at least more than at most"),
    Code("G313", "error", "期限先止后起", "a period that ends before it starts"),
    Code("G314", "error", "情形没有派往", "a finding without a route"),
    Code("G315", "error", "情形没有处置时限", "a finding without a handling limit"),
    Code("G316", "error", "巡查没有写场所", "visits without places"),
    Code("G317", "error", "读得太早", "read before it is known"),
    Code("G318", "error", "必须不涉及问题", "a must that concerns no question"),
    Code("G319", "error", "同一项规定写了两遍", "a statement written twice"),
    Code("G320", "error", "选项要写现成的值", "an option that is no written value"),
    Code("G321", "error", "示例给的值填不进去", "an example's value that does not fit"),
    Code("G322", "error", "往回数只用自然日", "a look back that is not in days"),
)

DECISIONS = _table(
    Code("G401", "error", "有一种填法没有结果", "a gap between branches"),
    Code("G402", "error", "缺少“其他”", "branches without otherwise"),
)

EXAMPLES = _table(
    Code("G701", "error", "示例不成立", "an example that fails"),
    Code("G702", "warning", "情形没有示例", "a finding with no example"),
)

DEPARTMENTS = _table(
    Code("G801", "error", "重复的事项", "an item declared twice"),
    Code("G811", "error", "部门包里有读不了的文件", "a file of a pack that cannot be read"),
    Code("G812", "error", "部门包要恰好声明一个部门", "a pack that does not declare exactly one department"),
    Code("G813", "error", "部门包要求别的引擎版本", "a pack for another engine"),
    Code("G814", "error", "部门代码已被占用", "a department that another pack declares"),
    Code("G815", "error", "同一台账的属性说法不一", "an attribute that two packs declare differently"),
)

CODES: dict[str, Code] = {**WORDS_AND_LAYOUT, **NAMES, **TYPES, **DECISIONS, **EXAMPLES, **DEPARTMENTS}


def explain(code: str) -> str | None:
    """The page of a code in Markdown, None for a code that does not exist."""
    if code not in CODES:
        return None
    return resources.files("gewu_dsl").joinpath("explain", f"{code}.md").read_text(encoding="utf-8")
