"""Why this office, this severity and this deadline, in words and with the places to look it up."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from gewu_dsl.model import Branches, Finding, Item, PlaceKind, Step
from gewu_dsl.render import expression_words, limit_words, word
from gewu_platform.core.limits import parse_limit
from gewu_platform.core.naming import HANDLER_WORDS, SEVERITY_WORDS, STEP_WORDS
from gewu_platform.core.words import Words
from gewu_platform.core.zones import to_local
from gewu_platform.records.hot.rows import Row
from gewu_platform.service.casework import CaseFile
from gewu_platform.service.engine import Engine
from gewu_platform.service.publishing import published_item
from gewu_platform.service.views import Choice, Counting, Explanation

_CLAUSES: Mapping[str, Words] = {
    "finding": Words("立案条件", "filing condition"),
    "severity": Words("等级", "severity"),
    "route": Words("派往", "route"),
}
_REASONS: Mapping[str, str] = {
    "always": "连续计时", "workday": "工作日", "make-up workday": "调休上班", "weekend": "周末", "holiday": "节假日",
    "lunch": "午休", "outside hours": "非工作时间", "pause": "暂停计时",
}  # fmt: skip


def explain(engine: Engine, case: CaseFile, clocks: Sequence[Row], office_title: str | None) -> Explanation:
    """What the decision's trace and the clocks' derivations say about a case. Inside a transaction."""
    published = published_item(engine, case.fixed["item"], case.fixed["version"])
    trace = case.decision["trace"]
    kinds = tuple(engine.catalogue.kinds.values())
    choices = tuple(_choice(published.item, case.finding, published.file, kinds, reason) for reason in trace)
    return Explanation(
        published.item.basis,
        choices,
        _office_words(engine, case, choices, office_title),
        _severity_words(case, choices),
        tuple(_counting(engine, row) for row in clocks),
    )


def _choice(
    item: Item, finding: Finding, file: str, kinds: Sequence[PlaceKind], reason: Mapping[str, Any]
) -> Choice:
    clause, branch = reason["clause"], reason["branch"]
    label = _CLAUSES.get(clause) or STEP_WORDS[clause]
    condition = _condition(item, finding, kinds, clause, branch)
    saw = "，".join(
        f"{_label(item, name)} = {_value(item, name, value)}" for name, value in reason["saw"].items()
    )
    saw_en = ", ".join(f"{name} = {_plain(value)}" for name, value in reason["saw"].items())
    zh = f"{label.zh}：第 {branch} 条" + (f"，因为 {condition.zh}" if condition else "")
    en = f"{label.en}: branch {branch}" + (f", because {condition.en}" if condition else "")
    if saw:
        zh, en = f"{zh}（{saw}）", f"{en} ({saw_en})"
    if reason["line"] is not None:
        zh, en = f"{zh}；见第 {reason['line']} 行", f"{en}; see line {reason['line']}"
    because = condition.en if condition else None
    return Choice(clause, reason["line"], file or None, branch, because, reason["saw"], Words(zh, en))


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
    return (
        Words(*(expression_words(when, item, language, kinds) for language in ("zh", "en"))) if when else None
    )


def _branches(finding: Finding, clause: str) -> Branches[Any]:
    if clause == "severity":
        return finding.severity
    return finding.route if clause == "route" else finding.limits[cast(Step, clause)]


_FACTS = {"severity": "等级", "finding": "情形", "open_cases": "该场所未结案件数"}


def _label(item: Item, name: str) -> str:
    return next(
        (question.label for question in item.questions if question.name == name), _FACTS.get(name, name)
    )


def _value(item: Item, name: str, value: Any) -> str:
    """A value as the form words it."""
    if value is None:
        return "未填"
    labels = {
        choice.name: choice.label
        for question in item.questions
        if question.name == name
        for choice in question.choices
    }
    values = value if isinstance(value, list) else [value]
    return "、".join(labels.get(str(entry), word(str(entry), "zh")) for entry in values)


def _plain(value: Any) -> str:
    if value is None:
        return "(blank)"
    return ", ".join(str(entry) for entry in value) if isinstance(value, list) else str(value)


def _office_words(engine: Engine, case: CaseFile, choices: Sequence[Choice], title: str | None) -> Words:
    route = case.decision["route"]
    routed = case.decision.get("routed")
    wanted = [name for name in (route["handler"], *route.get("else", ())) if name] or ["community"]
    names = [_handler(engine, name) for name in wanted]
    zh = "按规则派往" + "，否则".join(name.zh for name in names)
    en = "By the rules it goes to " + ", else ".join(name.en for name in names)
    found = routed["handler"] if routed else None
    if found and found != wanted[0]:
        takes = _handler(engine, found)
        zh = f"{zh}；此处没有{names[0].zh}，由{takes.zh}承办"
        en = f"{en}; {names[0].en} has no office here, so {takes.en} takes it"
    if title:
        zh, en = f"{zh}；承办：{title}", f"{en}; it is with {title}"
        if routed and case.fields["office"] not in (None, routed["office"]):
            zh, en = f"{zh}（由派遣员改派）", f"{en} (sent elsewhere by the dispatcher)"
    why = next((choice.words for choice in choices if choice.clause == "route"), None)
    return Words(f"{zh}。{why.zh}", f"{en}. {why.en}") if why else Words(zh, en)


def _handler(engine: Engine, name: str) -> Words:
    """A handler of a route by the title its department gave it."""
    if name in HANDLER_WORDS:
        return HANDLER_WORDS[name]
    department = engine.catalogue.departments.get(name.partition(".")[0])
    offices = department.offices if department else ()
    title = next((office.title for office in offices if office.name == name), name)
    return Words(title, title if title == name else f"{title} ({name})")


def _severity_words(case: CaseFile, choices: Sequence[Choice]) -> Words:
    severity = case.decision["severity"]
    if severity is None:
        return Words("未定等级", "No severity")
    words = SEVERITY_WORDS[severity]
    why = next((choice.words for choice in choices if choice.clause == "severity"), None)
    return Words(f"{words.zh}。{why.zh}", f"{words.en}. {why.en}") if why else words


def _counting(engine: Engine, row: Row) -> Counting:
    derivation = json.loads(row["derivation"])
    step, limit = STEP_WORDS[row["step"]], parse_limit(row["limit_text"])
    start, end = (f"{to_local(row[name], engine.zone):%Y-%m-%d %H:%M}" for name in ("started_at", "due_at"))
    zh = f"{step.zh}时限 {limit_words(limit, 'zh')}，自 {start} 起，到期 {end}"
    en = f"{step.en}: {limit_words(limit, 'en')} from {start}, due {end}"
    if row["provisional"]:
        zh, en = f"{zh}（节假日安排未公布，暂定）", f"{en} (provisional: holidays not published yet)"
    told = [_line(part) for part in derivation["timeline"]]
    lines = {"zh": tuple(line.zh for line in told), "en": tuple(line.en for line in told)}
    return Counting(
        row["step"], row["stage"], row["limit_text"], row["due_at"], row["provisional"], row["calendar"],
        Words(zh, en), lines, derivation,
    )  # fmt: skip


def _line(part: Mapping[str, Any]) -> Words:
    start, end = datetime.fromisoformat(part["from"]), datetime.fromisoformat(part["to"])
    span = (
        f"{start:%m-%d %H:%M} – {end:%m-%d %H:%M}"
        if start.date() != end.date()
        else f"{start:%m-%d %H:%M} – {end:%H:%M}"
    )
    reason, _, name = part["reason"].partition(": ")
    zh = _REASONS[reason] + (f"：{name}" if name else "")
    en = f"{reason}: {name}" if name else reason
    if part["kind"] == "counted":
        return Words(
            f"{span} 计 {part['minutes']:g} 分钟（{zh}）", f"{span} counts {part['minutes']:g} minutes ({en})"
        )
    return Words(f"{span} 不计（{zh}）", f"{span} does not count ({en})")
