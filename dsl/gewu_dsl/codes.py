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
    Code("G111", "error", "看不见的字符", "an invisible character"),
    Code("G112", "error", "看起来一样的名字", "a name that looks like another"),
    Code("G113", "error", "文件太大", "a file that is too large"),
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
    Code("G403", "error", "永远轮不到的分支", "a branch that never decides"),
    Code("G404", "warning", "多余的“其他”", "an otherwise that never decides"),
    Code("G405", "error", "永远不会出现的情形", "a finding that never comes about"),
    Code("G406", "warning", "永远不成立的比较", "a comparison that never holds"),
    Code("G407", "warning", "永远成立的比较", "a comparison that always holds"),
    Code("G408", "error", "什么都不采集", "an exclude that leaves nothing"),
    Code("G409", "warning", "不起作用的不采集", "an exclude that never does anything"),
    Code("G410", "warning", "总是一起出现的情形", "findings that always come together"),
    Code("G411", "warning", "每次都有的情形", "a finding in every report"),
    Code("G412", "warning", "只有没填才轮得到", "a branch that waits for a blank"),
    Code("G413", "warning", "去掉也一样的分支", "a branch that changes nothing"),
    Code("G414", "error", "哪儿也不适用", "an item for no place"),
)

LIMITS = _table(
    Code("G501", "warning", "越重反而越慢", "a graver case that is slower"),
    Code("G502", "error", "阶段比处置时限还长", "a stage longer than the whole"),
    Code("G503", "error", "阶段先后颠倒", "stages that run backwards"),
    Code("G504", "warning", "当场整改比处置还久", "settling on the spot takes longer than handling"),
    Code("G505", "warning", "转手比处置还久", "a case that waits longer than it is handled"),
    Code("G506", "error", "督办永远不会发生", "an escalation that never happens"),
    Code("G507", "error", "督办的百分数不成立", "an escalation outside of its limit"),
    Code("G508", "warning", "督办不起作用", "a rung that changes nothing"),
    Code("G509", "warning", "督办写的顺序不对", "rungs out of order"),
    Code("G510", "error", "巡查 0 次", "visits that never take place"),
)

FORMS = _table(
    Code("G601", "error", "题目永远不会显示", "a question that is never shown"),
    Code("G602", "error", "谁也满足不了的“必须”", "a must that nobody can satisfy"),
    Code("G603", "warning", "从不拒收的“必须”", "a must that never refuses"),
    Code("G604", "warning", "谁也选不了的选项", "a choice that nobody can pick"),
    Code("G605", "error", "“必须”要了没有显示的题", "a must about what is not shown"),
    Code("G606", "error", "范围里没有整数", "a range without a whole number"),
    Code("G607", "error", "数目达不到", "a count that cannot be reached"),
    Code("G608", "warning", "至少 0", "at least none"),
    Code("G609", "error", "题目互相等着显示", "questions that wait for each other"),
    Code("G610", "warning", "填了也没有结果的表", "a form that leads to nothing"),
    Code("G611", "warning", "同一种材料要了两遍", "evidence asked for twice"),
)

EXAMPLES = _table(
    Code("G701", "error", "示例不成立", "an example that fails"),
    Code("G702", "warning", "情形没有示例", "a finding with no example"),
)

DEPARTMENTS = _table(
    Code("G801", "error", "重复的事项", "an item declared twice"),
    Code("G802", "warning", "派往别的部门的机构", "an office of another department"),
    Code("G803", "warning", "升上去没有机构", "an escalation to where nobody is"),
    Code("G804", "warning", "同一个机构试两遍", "an office that is tried twice"),
    Code("G805", "warning", "一个机构两个角色", "an office in two roles"),
    Code("G811", "error", "部门包里有读不了的文件", "a file of a pack that cannot be read"),
    Code("G812", "error", "部门包要恰好声明一个部门", "a pack that does not declare exactly one department"),
    Code("G813", "error", "部门包要求别的引擎版本", "a pack for another engine"),
    Code("G814", "error", "部门代码已被占用", "a department that another pack declares"),
    Code("G815", "error", "同一台账的属性说法不一", "an attribute that two packs declare differently"),
    Code("G816", "error", "没有这种流程展示方式", "an unknown presentation of the loop"),
)

CODES: dict[str, Code] = {
    **WORDS_AND_LAYOUT, **NAMES, **TYPES, **DECISIONS, **LIMITS, **FORMS, **EXAMPLES, **DEPARTMENTS
}  # fmt: skip


def explain(code: str) -> str | None:
    """The page of a code in Markdown, None for a code that does not exist."""
    if code not in CODES:
        return None
    return resources.files("gewu_dsl").joinpath("explain", f"{code}.md").read_text(encoding="utf-8")
