"""What decided each clause of a finding, told from its decision's trace: branch, condition, values seen, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from gewu_dsl.model import Branches, Finding, Item, PlaceKind, Question, Step
from gewu_dsl.render import expression_words, word
from gewu_platform.core.naming import SEVERITY_WORDS, STEP_WORDS
from gewu_platform.core.words import Words
from gewu_platform.service.catalogue.publishing import Published
from gewu_platform.service.why.why_views import Choice

_CLAUSES: Mapping[str, Words] = {
    "finding": Words("立案条件", "filing condition"),
    "severity": Words("等级", "severity"),
    "route": Words("派往", "route"),
}
_FACTS: Mapping[str, Words] = {
    "severity": Words("等级", "severity"),
    "finding": Words("情形", "finding"),
    "open_cases": Words("该场所未结案件数", "open cases at the place"),
    "area.class": Words("区域类别", "area class"),
    "area.kind": Words("区域性质", "kind of area"),
    "reporter.role": Words("上报人角色", "reporter's role"),
    "reported.month": Words("上报月份", "month of the report"),
    "reported.weekday": Words("上报星期", "weekday of the report"),
    "reported.hour": Words("上报时刻", "hour of the report"),
    "reported.on_workday": Words("上报日是否工作日", "whether reported on a workday"),
}


def choices_of(
    published: Published, finding: Finding, kinds: Sequence[PlaceKind], trace: Sequence[Mapping[str, Any]]
) -> tuple[Choice, ...]:
    """Every choice that the decision's trace tells, in its order."""
    return tuple(_choice(published, finding, kinds, reason) for reason in trace)


def answer_words(question: Question, value: Any) -> Words:
    """An answer as the form words it; a count for files, `未填` for none."""
    if value is None:
        return Words("未填", "blank")
    labels = {choice.name: choice.label for choice in question.choices}
    if isinstance(value, Mapping):
        text = f"{value.get('lat')}, {value.get('lng')}"
        return Words(text, text)
    values = value if isinstance(value, list | tuple) else [value]
    zh = "、".join(labels.get(str(each), word(str(each), "zh")) for each in values)
    en = ", ".join(labels.get(str(each), str(each)) for each in values)
    return Words(zh + (question.unit or ""), f"{en} {question.unit}" if question.unit else en)


def where_words(line: int | None, file: str) -> Words | None:
    """`见 waste.gewu 第 12 行`; None where the source's place is not known."""
    if line is None:
        return None
    return Words(f"见 {file} 第 {line} 行", f"see {file}, line {line}")


def _choice(
    published: Published, finding: Finding, kinds: Sequence[PlaceKind], reason: Mapping[str, Any]
) -> Choice:
    item, clause, branch = published.item, reason["clause"], reason["branch"]
    label = _CLAUSES.get(clause) or STEP_WORDS[clause]
    condition = _condition(item, finding, kinds, clause, branch)
    zh = f"{label.zh}：第 {branch} 条" + (f"，因为 {condition.zh}" if condition else "")
    en = f"{label.en}: branch {branch}" + (f", because {condition.en}" if condition else "")
    saw = [(_label(item, kinds, name), _value(item, name, value)) for name, value in reason["saw"].items()]
    if saw:
        zh += f"（{'，'.join(f'{name.zh} = {value.zh}' for name, value in saw)}）"
        en += f" ({', '.join(f'{name.en} = {value.en}' for name, value in saw)})"
    where = where_words(reason["line"], published.file)
    if where:
        zh, en = f"{zh}；{where.zh}", f"{en}; {where.en}"
    because = condition.en if condition else None
    return Choice(
        clause, reason["line"], published.file or None, branch, because, reason["saw"], Words(zh, en)
    )


def _condition(
    item: Item, finding: Finding, kinds: Sequence[PlaceKind], clause: str, branch: int
) -> Words | None:
    if clause == "finding":
        if finding.picked:
            return Words("上报人选择了该情形", "the reporter picked it")
        when = finding.when
    else:
        branches = _branches(finding, clause)
        when = branches[branch - 1].when if branch <= len(branches) else None
        if when is None:
            return Words("其他情形都不符合", "nothing above applied") if len(branches) > 1 else None
    if when is None:
        return None
    return Words(*(expression_words(when, item, language, kinds) for language in ("zh", "en")))


def _branches(finding: Finding, clause: str) -> Branches[Any]:
    if clause == "severity":
        return finding.severity
    return finding.route if clause == "route" else finding.limits[cast(Step, clause)]


def _label(item: Item, kinds: Sequence[PlaceKind], name: str) -> Words:
    """A question or an attribute by its label, a fact by what it is called; English keeps the author's own name."""
    questions = {question.name: question.label for question in item.questions}
    attributes = {f"place.{each.name}": each.label for kind in kinds for each in kind.attributes}
    zh = questions.get(name) or attributes.get(name)
    return Words(zh, name) if zh else _FACTS.get(name, Words(name, name))


def _value(item: Item, name: str, value: Any) -> Words:
    if name == "severity" and isinstance(value, str) and value in SEVERITY_WORDS:
        return SEVERITY_WORDS[value]
    question = next((each for each in item.questions if each.name == name), None)
    if question is not None:
        labels = {choice.name: choice.label for choice in question.choices}
        values = [] if value is None else value if isinstance(value, list) else [value]
        zh = "、".join(labels.get(str(each), word(str(each), "zh")) for each in values)
        return Words(zh or "未填", ", ".join(map(str, values)) or "(blank)")
    if value is None:
        return Words("无", "(blank)")
    values = value if isinstance(value, list) else [value]
    return Words("、".join(word(str(each), "zh") for each in values), ", ".join(map(str, values)))
