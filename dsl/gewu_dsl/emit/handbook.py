"""The printed 事项规范: what an item asks, when it makes a case, who handles it by when, and what closes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from gewu_dsl.model import (
    Branches,
    Department,
    Duration,
    Finding,
    IsHazard,
    Item,
    PlaceKind,
    Question,
    Route,
    VisitRule,
)
from gewu_dsl.render import (
    OFFICES_ZH,
    evidence_words,
    expression_words,
    limit_words,
    visit_words,
    word,
)
from gewu_dsl.validity import choice_names
from gewu_dsl.words import Language

_WORDS: Mapping[Language, Mapping[str, str]] = {
    "zh": {
        "sheet": "入格事项规范", "number": "编号", "basis": "依据", "for": "适用", "in_force": "施行", "visit": "巡查",
        "until": "至", "anywhere": "随时上报", "when": "立案条件", "severity": "等级", "limit": "处置时限", "office": "责任机构",
        "others": "协办 / 主管", "close": "结案条件", "question": "检查内容", "answer": "填写", "shown": "何时填写",
        "always": "必填", "optional": "选填", "otherwise": "其他情形", "excluded": "不采集", "must": "填写要求", "else": "否则",
        "on_site": "当场整改", "findings": "情形与处置", "questions": "采集内容", "picked": "由网格员选定", "with": "须附",
        "under": "主管", "and": "；", "any": "凡发现", "type": "类别", "answered": "答“{answer}”", "least": "至少 {0}", "most": "至多 {0}",
    },
    "en": {
        "sheet": "Standard of an item", "number": "No.", "basis": "Basis", "for": "Applies to", "in_force": "In force",
        "visit": "Visits", "until": "until", "anywhere": "reported anywhere", "when": "Filing condition",
        "severity": "Severity", "limit": "Limit", "office": "Office", "others": "With / under", "close": "Closing",
        "question": "Question", "answer": "Answer", "shown": "Asked", "always": "required", "optional": "optional",
        "otherwise": "otherwise", "excluded": "Not collected", "must": "Refused", "else": "else", "on_site": "on site",
        "findings": "Findings", "questions": "Questions", "picked": "picked by the worker", "with": "with",
        "under": "under", "and": "; ", "any": "always", "type": "Kind",
        "answered": "answered “{answer}”", "least": "at least {0}", "most": "at most {0}",
    },
}  # fmt: skip
_TYPES_ZH = {
    "yes_no": "是 / 否", "check": "是 / 否 / 不适用", "integer": "整数", "decimal": "数值", "text": "文本", "date": "日期",
    "time": "时刻", "photo": "照片", "video": "视频", "audio": "录音", "file": "附件", "signature": "签名", "location": "位置",
    "scan": "扫码", "person": "人员",
}  # fmt: skip


def handbook_html(
    item: Item, department: Department, language: Language = "zh", *, places: Sequence[PlaceKind] = ()
) -> str:
    """A page of A4 to print; `places` give the labels of the registers the item is inspected at."""
    lang = "zh-CN" if language == "zh" else "en"
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n<title>{escape(item.title)}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n{handbook_body(item, department, language, places=places)}"
        f"</body>\n</html>\n"
    )


def handbook_body(
    item: Item, department: Department, language: Language = "zh", *, places: Sequence[PlaceKind] = ()
) -> str:
    """What stands on that page, for a page that has a style of its own."""
    page = _Page(item, department, language, places)
    parts = (page.heading(), page.facts(), page.findings(), page.questions(), page.rules())
    return "\n".join(parts)


class _Page:
    def __init__(
        self, item: Item, department: Department, language: Language, places: Sequence[PlaceKind]
    ) -> None:
        self.item = item
        self.language: Language = language
        self.words = _WORDS[language]
        self.department = department
        self.places = places
        self.kinds = {place.kind: place.label for place in places}
        self.offices = {office.name: office.title for office in department.offices}

    def heading(self) -> str:
        about = f"{self.department.title} · {self.words['sheet']}"
        return f"<header><p>{escape(about)}</p><h1>{escape(self.item.title)}</h1></header>"

    def facts(self) -> str:
        """Number, basis, period, places and visits."""
        item, words = self.item, self.words
        rows = [(words["number"], item.number or item.name), (words["basis"], words["and"].join(item.basis))]
        if item.since or item.until:
            until = f" {words['until']} {item.until}" if item.until else ""
            rows.append((words["in_force"], f"{item.since or ''}{until}"))
        places = "、".join(self.kinds.get(kind, kind) for kind in item.kinds) or words["anywhere"]
        when = f"（{self._words(item.applies)}）" if item.applies is not None else ""
        rows.append((words["for"], places + when))
        if item.visits:
            rows.append((words["visit"], words["and"].join(self._visits())))
        cells = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in rows if text)
        return f"<dl>{cells}</dl>"

    def findings(self) -> str:
        names = ("when", "severity", "limit", "office", "others", "close")
        rows = [
            (self._condition(finding), self._severities(finding), self._limits(finding), self._handlers(finding),
             self._others(finding), self._closing(finding))
            for finding in self.item.findings
        ]  # fmt: skip
        return f"<h2>{self.words['findings']}</h2>{_table([self.words[name] for name in names], rows)}"

    def questions(self) -> str:
        names = ("question", "answer", "shown")
        rows = [
            ([question.label + (f"（{question.unit}）" if question.unit else "")], [self._answer(question)],
             [self._asked(question)])
            for question in self.item.questions
            if question.name != "finding" or not any(finding.picked for finding in self.item.findings)
        ]  # fmt: skip
        return (
            f"<h2>{self.words['questions']}</h2>{_table([self.words[name] for name in names], rows)}"
            if rows
            else ""
        )

    def rules(self) -> str:
        """What is refused and what is not collected."""
        lines = [f"{self.words['must']}：{must.message}" for must in self.item.musts]
        lines += [f"{self.words['excluded']}：{exclude.reason}" for exclude in self.item.excludes]
        return "".join(f'<p class="rule">{escape(line)}</p>\n' for line in lines)

    def _words(self, expression: Any) -> str:
        return expression_words(expression, self.item, self.language, self.places)

    def _visits(self) -> list[str]:
        return [
            visit_words(rule.times, rule.period, self.language) + self._visited(rule)
            for rule in self.item.visits
        ]

    def _visited(self, rule: VisitRule) -> str:
        if len(self.item.visits) == 1 and rule.when is None:
            return ""
        return f"（{self._words(rule.when) if rule.when else self.words['otherwise']}）"

    def _condition(self, finding: Finding) -> list[str]:
        if finding.picked:
            return [finding.title, f"（{self.words['picked']}）"]
        match finding.when:
            case IsHazard(name) if self.item.question(name).label == finding.title:
                answer = word(self.item.question(name).hazard or "no", self.language)
                return [finding.title, f"（{self.words['answered'].format(answer=answer)}）"]
        return [finding.title, f"（{self._words(finding.when) if finding.when else self.words['any']}）"]

    def _branches(self, branches: Branches[Any], words: Any) -> list[str]:
        """One line a branch; a choice with a single value needs no condition."""
        if len(branches) == 1 and branches[0].when is None:
            return [words(branches[0].value)]
        conditions = (self._words(b.when) if b.when else self.words["otherwise"] for b in branches)
        return [f"{words(b.value)}（{condition}）" for b, condition in zip(branches, conditions, strict=True)]

    def _severities(self, finding: Finding) -> list[str]:
        return self._branches(finding.severity, lambda severity: word(severity, self.language))

    def _limits(self, finding: Finding) -> list[str]:
        def words(limit: Duration) -> str:
            return limit_words(limit, self.language)

        lines = [f"{self.words['on_site']} {words(finding.on_site)}"] if finding.on_site else []
        lines += self._branches(finding.limits.get("handle", ()), words)
        return lines + [f"{stage.label} {words(stage.limit)}" for stage in finding.stages]

    def _office(self, name: str) -> str:
        built_in = OFFICES_ZH.get(name, name) if self.language == "zh" else name
        return self.offices.get(name, built_in)

    def _handlers(self, finding: Finding) -> list[str]:
        def words(route: Route) -> str:
            return f"，{self.words['else']} ".join(self._office(handler) for handler in route.handlers)

        return self._branches(finding.route, words)

    def _others(self, finding: Finding) -> list[str]:
        lines = [self._office(name) for name in finding.assisting]
        return lines + (
            [f"{self.words['under']} {self._office(finding.supervising)}"] if finding.supervising else []
        )

    def _closing(self, finding: Finding) -> list[str]:
        if finding.closing is None:
            return []
        evidence = "、".join(evidence_words(entry, self.language) for entry in finding.closing.evidence)
        return [finding.closing.text] + ([f"{self.words['with']} {evidence}"] if evidence else [])

    def _answer(self, question: Question) -> str:
        if question.type in ("one_of", "any_of"):
            labels = {choice.name: choice.label for choice in question.choices}
            return ("□ " if question.type == "any_of" else "○ ") + "　".join(
                labels[name] for name in choice_names(question)
            )
        kind = _TYPES_ZH[question.type] if self.language == "zh" else question.type.replace("_", "-")
        bounds = (question.minimum, question.maximum)
        if bounds == (None, None):
            bounds = (question.at_least, question.at_most)
        match bounds:
            case (None, None):
                return kind
            case (None, high):
                return f"{kind}，{self.words['most'].format(high)}"
            case (low, None):
                return f"{kind}，{self.words['least'].format(low)}"
        return f"{kind}，{bounds[0]}–{bounds[1]}"

    def _asked(self, question: Question) -> str:
        asked = self.words["optional" if question.optional else "always"]
        return asked if question.when is None else f"{self._words(question.when)}（{asked}）"


def _table(names: Sequence[str], rows: Sequence[Sequence[list[str]]]) -> str:
    """Every cell also tells its column, for screens too narrow for a table's head."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    body = "".join(f"<tr>{''.join(map(_cell, names, row))}</tr>\n" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table>"


def _cell(name: str, lines: list[str]) -> str:
    return f'<td data-column="{escape(name)}">{"<br>".join(map(escape, lines))}</td>'


_STYLE = """
@page { size: A4; margin: 16mm; @bottom-center { content: counter(page) " / " counter(pages); font: 8pt sans-serif; } }
body { margin: 0 auto; max-width: 178mm; color: #111; line-break: strict; overflow-wrap: anywhere;
  font: 9.5pt/1.45 "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif; }
header { text-align: center; border-bottom: 2px solid #111; margin-bottom: 6pt; } header p { margin: 0; color: #444; }
h1 { margin: 2pt 0 6pt; font-size: 17pt; } h2 { margin: 9pt 0 3pt; font-size: 11pt; break-after: avoid; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 1pt 10pt; margin: 0; } dt { color: #444; } dd { margin: 0; }
table { width: 100%; border-collapse: collapse; } th, td { border: 1px solid #555; padding: 2.5pt 4pt; vertical-align: top; }
th { background: #eee; font-weight: 600; text-align: left; white-space: nowrap; } tr { break-inside: avoid; }
thead { display: table-header-group; } .rule { margin: 3pt 0 0; }
"""
