"""Items → the table of a standard: one row a finding, what has branches or conditions in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TypeVar

from gewu_dsl import model
from gewu_dsl.diagnostics import Text
from gewu_dsl.render import OFFICES_ZH, evidence_words, expression_words, limit_words, word
from gewu_item_catalog.spreadsheets.columns import FIELDS
from gewu_item_catalog.spreadsheets.offices import is_blank

COLUMNS = (
    "number", "category", "item", "finding", "when", "severity", "limit", "steps", "office", "assisting", "supervising",
    "closing", "evidence", "basis", "item_name", "finding_name",
)  # fmt: skip
"""The fields of an exported table, in the order of its columns."""
HEADERS = tuple(FIELDS[name][0] for name in COLUMNS)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class OneWay:
    """What an import of the table would not bring back. `finding` is empty where it is the item's."""

    item: str
    finding: str
    what: Text


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` are as wide as HEADERS."""

    rows: tuple[tuple[str, ...], ...]
    one_way: tuple[OneWay, ...]


def export_items(
    items: Sequence[model.Compiled],
    departments: Mapping[str, model.Department],
    places: Sequence[model.PlaceKind] = (),
) -> Table:
    """The table of `items`; `departments` by code give their offices' titles, `places` the labels of registers."""
    titles = {office.name: office.title for each in departments.values() for office in each.offices}
    titles |= OFFICES_ZH
    rows: list[tuple[str, ...]] = []
    one_way: list[OneWay] = []
    for compiled in items:
        one_way += _one_way_of(compiled.item)
        for finding in compiled.item.findings:
            row = _Row(compiled, finding, titles, places)
            cells = row.cells()
            rows.append(tuple(cells[name] for name in COLUMNS))
            one_way += (OneWay(compiled.item.name, finding.name, what) for what in dict.fromkeys(row.one_way))
    return Table(tuple(rows), tuple(one_way))


class _Row:
    """One finding as cells; `one_way` collects what only words could say."""

    def __init__(
        self,
        compiled: model.Compiled,
        finding: model.Finding,
        titles: Mapping[str, str],
        places: Sequence[model.PlaceKind],
    ) -> None:
        self.compiled, self.item, self.finding = compiled, compiled.item, finding
        self.titles, self.places = titles, places
        self.one_way: list[Text] = []

    def cells(self) -> dict[str, str]:
        item, finding = self.item, self.finding
        closing = finding.closing
        if closing and closing.text and is_blank(closing.text):
            self.one_way.append(_CLOSING)
        return {
            "number": item.number or "",
            "category": PurePosixPath(self.compiled.file).stem,
            "item": item.title,
            "finding": finding.title,
            "when": self._condition(),
            "severity": self._branches(finding.severity, word, _SEVERITY),
            "limit": self._branches(finding.limits.get("handle", ()), limit_words, _LIMIT),
            "steps": "；".join(self._steps()),
            "office": self._branches(finding.route, self._handlers, _ROUTE),
            "assisting": "、".join(map(self._office, finding.assisting)),
            "supervising": self._office(finding.supervising) if finding.supervising else "",
            "closing": closing.text if closing else "",
            "evidence": "、".join(evidence_words(each) for each in closing.evidence) if closing else "",
            "basis": "；".join(item.basis),
            "item_name": item.name,
            "finding_name": finding.name,
        }

    def _condition(self) -> str:
        if self.finding.when is None:
            return ""
        self.one_way.append(_CONDITION)
        return self._words(self.finding.when)

    def _words(self, expression: model.Expression) -> str:
        return expression_words(expression, self.item, "zh", self.places)

    def _branches(self, branches: model.Branches[V], show: Callable[[V], str], what: Text) -> str:
        if len(branches) > 1:
            self.one_way.append(what)
        return "；".join(
            show(each.value)
            if len(branches) == 1
            else f"{show(each.value)}（{'其他' if each.when is None else self._words(each.when)}）"
            for each in branches
        )

    def _steps(self) -> Iterator[str]:
        finding = self.finding
        for step in model.STEPS:
            branches = finding.limits.get(step, ())
            if step != "handle" and branches:
                yield f"{word(step)} {self._branches(branches, limit_words, _STEP)}"
        for step in finding.automatic:
            self.one_way.append(_AUTOMATIC)
            yield f"自动{word(step)}"
        if finding.on_site:
            yield f"当场整改 {limit_words(finding.on_site)}"
        for stage in finding.stages:
            self.one_way.append(_STAGES)
            yield f"阶段 {stage.label} {limit_words(stage.limit)}"

    def _handlers(self, route: model.Route) -> str:
        return " 否则 ".join(map(self._office, route.handlers))

    def _office(self, name: str) -> str:
        return self.titles.get(name, name)


def _one_way_of(item: model.Item) -> Iterator[OneWay]:
    """What of an item stands in no row of the table."""
    asked = [question for question in item.questions if question.name != "finding"]
    parts = (
        (len(asked), "个问题", "questions"), (len(item.excludes), "条不采集", "excludes"),
        (len(item.musts), "条必须", "musts"), (len(item.visits), "条巡查", "visits"),
    )  # fmt: skip
    there = [(count, zh, en) for count, zh, en in parts if count]
    if there:
        zh = "、".join(f"{count} {name}" for count, name, _ in there)
        en = ", ".join(f"{count} {name}" for count, _, name in there)
        yield OneWay(item.name, "", Text(f"{zh}不在表里", f"{en} are not in the table"))
    if item.since or item.kinds:
        what = Text("施行日期、适用的场所不在表里", "dates and places it applies to are not in the table")
        yield OneWay(item.name, "", what)


_CONDITION = Text("有条件，只写成文字", "has a condition, which is told in words only")
_SEVERITY = Text("等级有分支，只写成文字", "the severity has branches, which are told in words only")
_LIMIT = Text("处置时限有分支，只写成文字", "the limit has branches, which are told in words only")
_ROUTE = Text("派往有分支，只写成文字", "the route has branches, which are told in words only")
_STEP = Text("其他时限有分支，只写成文字", "another limit has branches, which are told in words only")
_CLOSING = Text(
    "结案条件只是个记号，表里等于空白", "the closing is a mere mark, which in a table means nothing"
)
_STAGES = Text("有阶段，只写成文字", "has stages, which are told in words only")
_AUTOMATIC = Text("有自动的步骤，只写成文字", "has automatic steps, which are told in words only")
