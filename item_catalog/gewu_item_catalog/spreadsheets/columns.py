"""Which column is what, by the many names that standards give their columns."""

from __future__ import annotations

import re
import unicodedata

FIELDS: dict[str, tuple[str, ...]] = {
    "serial": ("序号", "no.", "s/n"),
    "number": ("编号", "代码", "编码", "事项编号", "事项代码", "部件代码", "事件代码", "小类代码", "小类编码", "number", "code", "no"),
    "category": ("大类", "大类名称", "一级分类", "类别", "分类", "category"),
    "item": ("事项名称", "事项", "部件名称", "事件名称", "部件", "事件", "名称", "检查表", "item_name", "item", "title"),
    "minor_category": ("小类", "小类名称", "问题类型", "二级分类"),
    "finding": ("立案条件", "立案情形", "立案标准", "情形", "情形描述", "情形说明", "情况描述", "问题描述", "事项描述",
                "具体情形", "问题表现", "filing_condition", "finding", "condition"),
    "when": ("条件", "触发条件", "when"),
    "severity": ("等级", "级别", "严重程度", "问题等级", "severity"),
    "limit": ("处置时限", "处理时限", "办理时限", "整改时限", "时限", "处置期限", "整改期限", "limit_text", "limit"),
    "limit_value": ("时限数值", "时限值", "limit_value"),
    "limit_unit": ("时限单位", "limit_unit"),
    "steps": ("其他时限", "other_limits"),
    "area": ("区域类别", "区域等级", "区域分类", "area_class"),
    "office": ("责任部门", "责任单位", "处置部门", "处置单位", "承办单位", "承办部门", "牵头单位", "责任主体", "departments", "office", "handler"),
    "assisting": ("协办部门", "协办单位", "配合部门", "配合单位", "协同部门", "协同单位", "协助单位", "with"),
    "supervising": ("主管部门", "主管单位", "监管部门", "under"),
    "owner": ("权属单位", "产权单位", "权属部门", "owner"),
    "closing": ("结案条件", "结案标准", "结案规范", "结案要求", "closing_condition", "closing", "close"),
    "evidence": ("结案须附", "结案附件", "evidence"),
    "basis": ("依据", "法律依据", "政策依据", "立案依据", "basis"),
    "photo": ("拍照要求", "拍照说明", "照片要求", "photo"),
    "collecting": ("采集规则", "采集要求", "采集说明", "collecting"),
    "remark": ("备注", "说明", "notes", "note", "remark"),
    "source": ("来源", "source", "source_id"),
    "check": ("检查内容", "检查项目", "检查要点", "检查事项", "检查项", "巡查内容", "check", "question"),
    "hazard": ("隐患答案", "隐患", "判为隐患", "不合格选项", "hazard", "hazard_when"),
    "answer": ("填写方式", "题型", "答案类型", "选项", "检查结果", "检查情况", "检查结论", "answer_type", "answer"),
    "section": ("分组", "检查类别", "group", "section"),
    "shown": ("前提", "显示条件", "show_if"),
    "item_name": ("事项标识",),
    "finding_name": ("情形标识",),
}  # fmt: skip
"""What a column can be, with the headers that say so; the first is the one an export writes."""

SPELLINGS = {spelling: name for name, spellings in reversed(FIELDS.items()) for spelling in spellings}
"""The field that a header stands for as it is usually spelt."""

_LIKELY: tuple[tuple[str, str], ...] = (
    ("(大类|立案|结案|情形|条件|部门|单位).*(代码|编码|编号)", ""), ("(代码|编码|编号)", "number"),
    ("立案.*(条件|情形|标准)", "finding"), ("结案.*(附|证据|照片)", "evidence"), ("结案", "closing"),
    ("(其他|受理|立案|派遣|核查).*时限", ""), ("(时限|期限)", "limit"),
    ("(主管|监管).*(部门|单位)", "supervising"), ("(协办|配合).*(部门|单位)", "assisting"),
    ("(责任|处置|承办|牵头|办理).*(部门|单位|主体)", "office"), ("(权属|产权)", "owner"),
    ("大类", "category"), ("小类", "minor_category"),
    ("(事项|部件|事件|问题).*名称", "item"), ("检查.*(内容|项目|要点|标准)", "check"), ("依据", "basis"),
    ("采集", "collecting"), ("(拍照|照片)", "photo"), ("备注", "remark"), ("(等级|级别)", "severity"),
)  # fmt: skip
"""Headers that are spelt otherwise, by what they contain; an empty field: certainly nothing that is read."""

_SUB = re.compile(r"([abc])(?:类|级|类?区域?)?|([一二三])类(?:区域?)?|(一般|较大|重大)(?:情形|问题)?")
_AREAS = {"一": "A", "二": "B", "三": "C"}


def field_of(header: str) -> tuple[str, str]:
    """What a header says its column is (empty: nothing known), and the unit in its brackets."""
    brackets = re.search(r"\(([^()]*)\)", unicodedata.normalize("NFKC", header).lower())
    unit = brackets[1].strip().removeprefix("单位").lstrip(": ") if brackets else ""
    spelling = bare(header)
    if spelling in SPELLINGS:
        return SPELLINGS[spelling], unit
    for pattern, name in _LIKELY:
        if re.search(pattern, spelling):
            return name, unit
    return "", unit


def header_of(cell: str) -> str:
    """A header on one line, however it was wrapped."""
    return " ".join(cell.split()) if cell.isascii() else "".join(cell.split())


def bare(header: str) -> str:
    """A header without blanks, brackets and what stands in them."""
    return re.sub(r"\([^()]*\)|[\s:*]", "", unicodedata.normalize("NFKC", header).lower())


def part_of(text: str) -> str:
    """`A` for A类 and 一类区域, a level for 重大; empty for anything else."""
    match = _SUB.fullmatch(unicodedata.normalize("NFKC", text).strip().lower())
    if match is None:
        return ""
    return match[1].upper() if match[1] else _AREAS[match[2]] if match[2] else match[3]
