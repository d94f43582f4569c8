"""Conditions, limits and evidence back in words: as the language writes them (`en`), or for people to read (`zh`)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from gewu_dsl.model import (
    Among,
    And,
    Answer,
    Arithmetic,
    Between,
    Compare,
    Constant,
    Derived,
    Duration,
    Evidence,
    Expression,
    Fact,
    History,
    Includes,
    IsBlank,
    IsHazard,
    Item,
    Negate,
    Not,
    Or,
    PlaceAttribute,
    PlaceKind,
)
from gewu_dsl.words import Language

_OR, _AND, _NOT, _TEST, _SUM, _PRODUCT, _UNARY, _ATOM = range(8)
_BARE = re.compile(r"[^\W\d]\w*|\d{4}-\d{2}-\d{2}|\d{2}:\d{2}")

WORDS_ZH = {
    "minor": "一般", "major": "较大", "critical": "重大",
    "yes": "是", "no": "否", "na": "不适用",
    "accept": "受理", "file": "立案", "dispatch": "派遣", "handle": "处置", "verify": "核查",
    "grid": "网格", "village": "村", "town": "镇", "county": "县", "city": "市",
    "photo": "照片", "video": "视频", "note": "文字说明", "signature": "签名", "audio": "录音",
    "owner": "业主", "worker": "网格员", "handler": "处置人",
}  # fmt: skip
OFFICES_ZH = {
    "owner": "权属单位",
    "community": "属地",
    "reporter": "上报人",
    "town": "属地镇街",
    "county": "县级",
}
_FACTS_ZH = {
    "severity": "等级", "finding": "情形", "area.class": "区域类别", "area.kind": "区域类型", "reporter.role": "上报人角色",
    "reported.month": "上报月份", "reported.weekday": "上报星期", "reported.hour": "上报时刻（时）",
    "reported.on_workday": "上报日为工作日", "open_cases": "该场所未结案件数",
}  # fmt: skip
_PLACE_ZH = {"kind": "场所类型", "grade": "管理等级"}
_SIGNS_ZH = {"!=": "≠", "<=": "≤", ">=": "≥"}
_UNITS_ZH = {
    "minutes": "分钟",
    "hours": "紧急工作时",
    "work_hours": "工作时",
    "workdays": "个工作日",
    "days": "个自然日",
}
_PERIODS_ZH = {"week": "每周", "month": "每月", "quarter": "每季度", "year": "每年"}


def expression_words(
    expression: Expression, item: Item, language: Language = "en", places: Sequence[PlaceKind] = ()
) -> str:
    """An expression in words.

    `en` is what an author would type, names and all: `exit = locked and width < 1`. `zh` puts the labels of the form
    in their place: `疏散通道是否畅通 = 上锁 且 通道净宽 < 1`; `places` tell those of a register's attributes.
    """
    return _Printer(item, language, places).at(expression, _OR)


def limit_words(limit: Duration, language: Language = "zh") -> str:
    """`3 个工作日`, `2 紧急工作时`, `下一工作日 18:00 前`; in English the canonical text."""
    if language == "en":
        return str(limit)
    if limit.unit != "by":
        return f"{limit.amount} {_UNITS_ZH[limit.unit]}"
    days = {"today": "当日", "next_workday": "下一工作日"}
    return f"{days.get(str(limit.day), f'{limit.amount} 个工作日后')} {limit.at} 前"


def evidence_words(evidence: Evidence, language: Language = "zh") -> str:
    """`照片 1 张`, `网格员签名 2 个`; in English `2 signatures by worker`."""
    if language == "en":
        plural = f"{evidence.kind}s" if evidence.count != 1 else evidence.kind
        return f"{evidence.count} {plural}" + (f" by {evidence.by}" if evidence.by else "")
    unit = {"photo": "张", "video": "段", "note": "份", "signature": "个"}[evidence.kind]
    return f"{WORDS_ZH.get(evidence.by or '', '')}{WORDS_ZH[evidence.kind]} {evidence.count} {unit}"


def word(name: str, language: Language = "zh") -> str:
    """A severity, step, tier, kind of evidence or yes/no/na in the reader's words; other names as they are."""
    return WORDS_ZH.get(name, name) if language == "zh" else name


def visit_words(times: int, period: str, language: Language = "zh") -> str:
    """`每月 2 次`, `2 a month`."""
    return f"{_PERIODS_ZH[period]} {times} 次" if language == "zh" else f"{times} a {period}"


class _Printer:
    def __init__(self, item: Item, language: Language, places: Sequence[PlaceKind]) -> None:
        self._questions = {question.name: question for question in item.questions}
        self._attributes = {attribute.name: attribute for place in places for attribute in place.attributes}
        self._kinds = {place.kind: place.label for place in places}
        self._findings = {finding.name: finding.title for finding in item.findings}
        self._zh = language == "zh"

    def at(self, expression: Expression, level: int) -> str:
        """The expression as an operand that binds at least as tightly as `level`."""
        text, own = self._words(expression)
        brackets = "（{}）" if self._zh else "({})"
        return text if own >= level else brackets.format(text)

    def _words(self, expression: Expression) -> tuple[str, int]:
        zh = self._zh
        match expression:
            case Or(operands):
                return (" 或 " if zh else " or ").join(self.at(part, _AND) for part in operands), _OR
            case And(operands):
                return (" 且 " if zh else " and ").join(self.at(part, _NOT) for part in operands), _AND
            case Not(IsBlank(value)):
                return f"{self.at(value, _SUM)} {'已填' if zh else 'is answered'}", _TEST
            case Not(operand):
                return f"{'非' if zh else 'not'} {self.at(operand, _TEST)}", _NOT
            case Compare(operator, left, right):
                sign = _SIGNS_ZH.get(operator, operator) if zh else operator
                return f"{self._operand(left, right)} {sign} {self._operand(right, left)}", _TEST
            case Among(value, options):
                names = ("、" if zh else ", ").join(self._constant(option, value) for option in options)
                return f"{self.at(value, _SUM)} " + (f"属于（{names}）" if zh else f"in ({names})"), _TEST
            case Includes(value, option):
                name = self._constant(option, value)
                return f"{self.at(value, _SUM)} {'包含' if zh else 'includes'} {name}", _TEST
            case Between(value, low, high):
                ends = self._operand(low, value), self._operand(high, value)
                between = "介于 {} 和 {}" if zh else "between {} and {}"
                return f"{self.at(value, _SUM)} {between.format(*ends)}", _TEST
            case IsBlank(value):
                return f"{self.at(value, _SUM)} {'未填' if zh else 'is blank'}", _TEST
            case IsHazard(name):
                return self._hazard(name), _TEST
            case _:
                return self._value(expression)

    def _value(self, expression: Expression) -> tuple[str, int]:
        match expression:
            case Arithmetic(operator, left, right):
                level = _SUM if operator in "+-" else _PRODUCT
                return f"{self.at(left, level)} {operator} {self.at(right, level + 1)}", level
            case Negate(operand):
                return f"-{self.at(operand, _ATOM)}", _UNARY
            case Constant():
                return self._constant(expression, None), _ATOM
            case Answer(name):
                return (self._label(name) if self._zh else name), _ATOM
            case PlaceAttribute(name):
                return (self._attribute(name) if self._zh else f"place.{name}"), _ATOM
            case Fact(name):
                return (_FACTS_ZH.get(name, name) if self._zh else name), _ATOM
            case History(name, days):
                counted = "案件数" if name == "cases_in" else "巡查次数"
                return (f"近 {days} 天{counted}" if self._zh else f"{name}({days} days)"), _ATOM
            case Derived(name):
                return name, _ATOM
        raise TypeError(expression)

    def _label(self, name: str) -> str:
        question = self._questions.get(name)
        return question.label if question and question.label else name

    def _attribute(self, name: str) -> str:
        attribute = self._attributes.get(name)
        return attribute.label if attribute else _PLACE_ZH.get(name, f"台账·{name}")

    def _hazard(self, name: str) -> str:
        if not self._zh:
            return f"{name} is hazard"
        question = self._questions.get(name)
        return f"{self._label(name)} = {WORDS_ZH[(question and question.hazard) or 'no']}（隐患）"

    def _operand(self, value: Expression, other: Expression) -> str:
        return self._constant(value, other) if isinstance(value, Constant) else self.at(value, _SUM)

    def _constant(self, constant: Constant, beside: Expression | None) -> str:
        """A constant as it stands beside `beside`: a choice by its name or label, a text in quotes."""
        value = constant.value
        if isinstance(value, bool):
            return word("yes" if value else "no", "zh" if self._zh else "en")
        if not isinstance(value, str):
            return str(int(value)) if isinstance(value, float) and value.is_integer() else repr(value)
        if self._zh:
            return self._choice_label(value, beside)
        question = self._questions.get(beside.question) if isinstance(beside, Answer) else None
        quoted = question is not None and question.type in ("text", "scan", "person")
        return f'"{value}"' if quoted or not _BARE.fullmatch(value) else value

    def _choice_label(self, value: str, beside: Expression | None) -> str:
        labels: Mapping[str, str] = {}
        match beside:
            case Answer(name) if name in self._questions:
                labels = {choice.name: choice.label for choice in self._questions[name].choices}
            case PlaceAttribute("kind"):
                labels = self._kinds
            case PlaceAttribute(name) if name in self._attributes:
                labels = {choice.name: choice.label for choice in self._attributes[name].choices}
            case Fact("finding"):
                labels = self._findings
        return labels.get(value) or WORDS_ZH.get(value, value)
