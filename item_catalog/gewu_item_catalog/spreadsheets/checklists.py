"""Checklists → planned items: one question a row, and a finding where the table says which answer is a hazard."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from gewu_dsl import tree
from gewu_dsl.diagnostics import Text
from gewu_item_catalog.spreadsheets.answering import Asked, read_answer
from gewu_item_catalog.spreadsheets.clauses import read_clauses
from gewu_item_catalog.spreadsheets.entries import Entry, Extract, bases_of
from gewu_item_catalog.spreadsheets.identifiers import claim_name, name_for
from gewu_item_catalog.spreadsheets.kept import WITH_HAZARD, WITHOUT_HAZARD, keep_others
from gewu_item_catalog.spreadsheets.plans import (
    Options,
    PlannedFinding,
    PlannedItem,
    PlannedQuestion,
    Waiting,
)
from gewu_item_catalog.spreadsheets.row_limits import limit_of
from gewu_item_catalog.spreadsheets.standards import category_of, without_repeated

_SHOWN = re.compile(r"(?P<no>[\w.-]+?)\s*(?:==?|＝|为|选)\s*(?P<answer>[^\s=]+)")
_LEADING = re.compile(r"^(?:是否|有无|能否)")


@dataclass(slots=True)
class _Sheet:
    """One checklist on its way: `asked` are its questions by the number the table gives them."""

    names: set[str] = field(default_factory=set)
    asked: dict[str, tuple[str, Asked]] = field(default_factory=dict)
    questions: list[PlannedQuestion] = field(default_factory=list)
    findings: list[PlannedFinding] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    section: str = ""
    said: set[str] = field(default_factory=set)


def plan_checklists(found: Extract, options: Options, taken: set[str]) -> list[PlannedItem]:
    """One item for each checklist: for each item named in a column, else for each table, by the title above it."""
    groups: dict[tuple[tuple[str, int], str], list[Entry]] = {}
    for entry in found.checks:
        if entry["check"]:
            groups.setdefault((entry.table, entry["item"]), []).append(entry)
        else:
            found.leave_out(entry, "no_finding", _NO_CHECK, about="check")
    return [
        _plan_checklist(item or found.titles.get(table) or table[0], entries, found, options, taken)
        for (table, item), entries in groups.items()
    ]


def _plan_checklist(
    title: str, entries: Sequence[Entry], found: Extract, options: Options, taken: set[str]
) -> PlannedItem:
    sheet = _Sheet()
    for entry in without_repeated(entries, found):
        _plan_row(entry, sheet, found, options)
    first = entries[0]
    return PlannedItem(
        claim_name("", title, taken, longest=24),
        title,
        category_of(first, options) if first["category"] else "检查表",
        "",
        bases_of(entries),
        tuple(dict.fromkeys(f"来源 {entry['source']}" for entry in entries if entry["source"])),
        "",
        tuple(sheet.questions),
        tuple(sheet.findings),
        tuple(sheet.waiting),
    )


def _plan_row(entry: Entry, sheet: _Sheet, found: Extract, options: Options) -> None:
    asked = read_answer(entry["answer"], entry["hazard"], entry["check"])
    reading = limit_of(entry, found, options) if asked.is_hazardous else None
    if reading is not None and (reading.why is not None or len(reading.cases) != 1):
        kind, why = reading.why or ("limit_unread", Text("检查表的时限要是一个", "one limit for a check"))
        found.leave_out(entry, kind, why, about="limit", waits=True)
        sheet.waiting.append(Waiting(entry, why))
        return
    for kind, message, done in asked.said:
        found.notes.append(entry.note(kind, "look", message, done, about="hazard"))
    if entry["section"] and entry["section"] != sheet.section:
        sheet.section = entry["section"]
        sheet.questions.append((tree.Section(sheet.section), None, ()))
    text = _LEADING.sub("", entry["check"])
    name = name_for(text if len(text) > 1 else entry["check"], sheet.names, longest=16, otherwise="检查")
    when = _shown_when(entry, sheet, found)
    used = WITH_HAZARD if asked.is_hazardous else WITHOUT_HAZARD
    kept = keep_others(entry, used, entry["number"], found)
    sheet.questions.append((asked.question(name, entry["check"], when), entry, tuple(kept)))
    sheet.asked.setdefault(entry["number"] or entry["serial"], (name, asked))
    if reading is not None:
        clauses = read_clauses(entry, options.habits, found, sheet.said)
        is_check = asked.kind == "check"
        given = (*_answers_before(when), (name, asked.hazardous_answer()))
        sheet.findings.append(
            PlannedFinding(
                name_for(f"{name}隐患", sheet.names, longest=20),
                entry["check"],
                (entry,),
                reading.cases,
                clauses.offices,
                clauses.severity,
                clauses.closing,
                clauses.evidence,
                clauses.steps,
                asked.condition(name),
                name if is_check else None,
                given,
            )
        )
    found.fates[entry.place] = "landed"


def _shown_when(entry: Entry, sheet: _Sheet, found: Extract) -> tree.Compare | None:
    """`4a = 有`: shown where an earlier question of the table has that answer."""
    text = entry["shown"]
    if not text:
        return None
    match = _SHOWN.fullmatch(text.strip())
    name, asked = sheet.asked.get(match["no"], ("", None)) if match else ("", None)
    answer = asked.answer(match["answer"]) if match and asked else None
    if answer is None:
        message = Text("看不懂在什么前提下填写", "when it is asked is not understood")
        done = Text("总是显示", "it is always asked")
        found.notes.append(entry.note("check_condition", "look", message, done, about="shown"))
        return None
    return tree.Compare("=", tree.Reference(name), answer)


def _answers_before(when: tree.Compare | None) -> Iterable[tuple[str, tree.Literal_]]:
    if when is None:
        return ()
    assert isinstance(when.left, tree.Reference)
    assert isinstance(when.right, tree.Word | tree.Reference)
    return ((when.left.name, when.right),)


_NO_CHECK = Text("没有写检查内容", "no check is given")
