"""The tables of standards → planned items: one finding a row, grouped by the item they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from gewu_dsl.diagnostics import Text
from gewu_item_catalog.spreadsheets.clauses import read_clauses
from gewu_item_catalog.spreadsheets.entries import Entry, Extract, bases_of
from gewu_item_catalog.spreadsheets.identifiers import claim_name, name_for
from gewu_item_catalog.spreadsheets.kept import WITH_FINDING, keep_others
from gewu_item_catalog.spreadsheets.limits import Case
from gewu_item_catalog.spreadsheets.plans import Options, PlannedFinding, PlannedItem, Waiting
from gewu_item_catalog.spreadsheets.row_limits import for_area, limit_of, note_branches, says_more
from gewu_item_catalog.spreadsheets.tables import essence

PHOTO = "现场照片"
LEVEL = "属于哪一级"


def plan_items(found: Extract, options: Options, taken: set[str]) -> list[PlannedItem]:
    """The items of every table of a standard. Each entry lands, repeats another or is left out with a note. `taken`
    are the names of items that exist already; those of the new ones are added."""
    said: set[str] = set()
    groups: dict[tuple[str, ...], list[Entry]] = {}
    for entry in found.findings:
        if not entry["item"]:
            found.leave_out(entry, "no_item", _NO_ITEM, about="item")
        else:
            groups.setdefault(_group_of(entry, options), []).append(entry)
    return [_plan_item(entries, found, options, taken, said) for entries in groups.values()]


def category_of(entry: Entry, options: Options) -> str:
    """Which file a row belongs to: its category, else its sheet where that has a name."""
    return entry["category"] or (
        entry.sheet if not entry.sheet.lower().startswith("sheet") else options.category
    )


def _group_of(entry: Entry, options: Options) -> tuple[str, ...]:
    return essence(category_of(entry, options)), entry["item_name"], essence(entry["item"])


def _plan_item(
    entries: Sequence[Entry], found: Extract, options: Options, taken: set[str], said: set[str]
) -> PlannedItem:
    first = entries[0]
    name = claim_name(first["item_name"].rpartition(".")[2], first["item"], taken, longest=24)
    planner = _Planner(entries, found, options, said)
    for rows in _same_findings(without_repeated(entries, found)):
        planner.plan(rows)
    _note_conflicts(planner.findings, found)
    return PlannedItem(
        name,
        first["item"],
        category_of(first, options),
        number_of(entries),
        bases_of(entries),
        tuple(dict.fromkeys(f"来源 {entry['source']}" for entry in entries if entry["source"])),
        "；".join(dict.fromkeys(entry["photo"] for entry in entries if entry["photo"])),
        (),
        tuple(planner.findings),
        tuple(planner.waiting),
    )


def without_repeated(entries: Iterable[Entry], found: Extract) -> list[Entry]:
    """The entries but for those that say what an earlier one does, whatever their serial number, blanks and commas."""
    seen: dict[tuple[tuple[str, str], ...], Entry] = {}
    for entry in entries:
        key = tuple(sorted((name, essence(text)) for name, text in entry.texts.items() if name != "serial"))
        first = seen.setdefault(key, entry)
        if first is not entry:
            message = Text(f"和第 {first.row} 行相同", f"the same as row {first.row}")
            done = Text("只写了一次", "written once")
            found.fates[entry.place] = "repeated"
            about = "finding" if entry["finding"] else "check"
            found.notes.append(entry.note("duplicate", "look", message, done, about=about))
    return list(seen.values())


_BY_CLASS = frozenset({"area", "limit", "limit_value", "limit_unit", "serial", "number", "remark"})


def _same_findings(entries: Iterable[Entry]) -> list[list[Entry]]:
    """Rows that differ in nothing but the limit for a class of areas stay together; every other row alone."""
    together: dict[tuple[tuple[str, str], ...], list[Entry]] = {}
    groups: list[list[Entry]] = []
    for entry in entries:
        key = tuple(
            sorted((name, essence(text)) for name, text in entry.texts.items() if name not in _BY_CLASS)
        )
        group = together.get(key) if entry["area"] else None
        if group is not None and entry["area"] not in {each["area"] for each in group}:
            group.append(entry)
            continue
        groups.append([entry])
        if entry["area"]:
            together[key] = groups[-1]
    return groups


def number_of(item: Iterable[Entry]) -> str:
    """The item's number: the first that its rows give."""
    return next((entry["number"] for entry in item if entry["number"]), "")


@dataclass(slots=True)
class _Planner:
    """The findings of one item, row by row. `rows` are all of the item's; `said` are the cells noted before."""

    rows: Sequence[Entry]
    found: Extract
    options: Options
    said: set[str]
    names: set[str] = field(default_factory=lambda: {PHOTO})
    findings: list[PlannedFinding] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)

    def plan(self, rows: Sequence[Entry]) -> None:
        """One finding of these rows; where one of them has to wait, all of them do."""
        cases, reasons = self._read_limits(rows)
        if any(reasons.values()):
            for row in rows:
                kind, text, about = reasons[row.place] or ("limit_class", _OTHER_CLASS_WAITS, "limit")
                self.found.leave_out(row, kind, text, about=about, waits=True)
                self.waiting.append(Waiting(row, text))
            return
        note_branches(rows, cases, self.found)
        self.findings.append(self._finding(rows, cases))
        self.found.fates |= {row.place: "landed" for row in rows}

    def _read_limits(self, rows: Sequence[Entry]) -> tuple[list[Case], dict[tuple[str, int], _Reason | None]]:
        """The rows' limits, and for each row why it has to wait."""
        reasons = {row.place: _reason_to_wait(row) for row in rows}
        cases: list[Case] = []
        for row in rows:
            reading = limit_of(row, self.found, self.options)
            if reading.why is not None:
                reasons[row.place] = reasons[row.place] or (*reading.why, "limit")
            elif row["area"] and any(case.level or case.area for case in reading.cases):
                reasons[row.place] = reasons[row.place] or ("limit_unread", _TWICE_DIVIDED, "limit")
            cases += for_area(row, reading.cases, len(rows))
        if len(rows) > 1 and len({case.area for case in cases}) < len(cases):
            reasons[rows[-1].place] = reasons[rows[-1].place] or ("limit_class", _UNKNOWN_CLASSES, "area")
        return cases, reasons

    def _finding(self, rows: Sequence[Entry], cases: Sequence[Case]) -> PlannedFinding:
        first = rows[0]
        clauses = read_clauses(first, self.options.habits, self.found, self.said)
        label = first["finding"] or first["item"]
        name = claim_name(first["finding_name"], label, self.names)
        level = name_for(f"{name}级别", self.names, longest=20) if any(case.level for case in cases) else ""
        limits = [f"原文时限：{row['limit']}" for row in rows if says_more(row, cases)]
        number = number_of(self.rows)
        kept = [text for row in rows for text in keep_others(row, WITH_FINDING, number, self.found)]
        return PlannedFinding(
            name, label, tuple(rows), tuple(cases), clauses.offices, clauses.severity, clauses.closing, clauses.evidence,
            clauses.steps, level=level, remarks=tuple(dict.fromkeys([*limits, *kept])),
        )  # fmt: skip


_Reason = tuple[str, Text, str]


def _reason_to_wait(row: Entry) -> _Reason | None:
    if not row["finding"] and "finding" in row.header.fields:
        return "no_finding", _NO_FINDING, "finding"
    if row["when"]:
        message = Text(
            "条件要写成问题，表里没有这些问题", "a condition needs questions, and the table has none"
        )
        return "condition", message, "when"
    return None


def _note_conflicts(findings: Sequence[PlannedFinding], found: Extract) -> None:
    """The same filing condition twice in one item, with another limit or only with other offices or closings."""
    first: dict[str, PlannedFinding] = {}
    for finding in findings:
        earlier = first.setdefault(essence(finding.label), finding)
        if earlier is finding:
            continue
        row, differs = earlier.entries[0].row, earlier.cases != finding.cases
        message = Text(
            f"第 {row} 行是同一情形，{'时限不同' if differs else '时限也相同'}",
            f"row {row} is the same finding with {'another' if differs else 'the same'} limit",
        )
        done = Text("两条都写了，名字不同", "both were written, under different names")
        kind, about = ("limit_conflict", "limit") if differs else ("duplicate", "finding")
        found.notes.append(finding.entries[0].note(kind, "look", message, done, about=about))


_NO_ITEM = Text("没有写事项名称，上面也没有", "no item is named, here or above")
_NO_FINDING = Text("没有写立案条件", "no filing condition is given")
_OTHER_CLASS_WAITS = Text(
    "同一情形另一类区域的时限要等决定", "the limit of another class of areas has to be decided first"
)
_UNKNOWN_CLASSES = Text(
    "区域类别只有 A、B、C，这里不认识的不止一个", "classes are A, B and C; more than one here is none"
)
_TWICE_DIVIDED = Text("时限又按区域类别又按等级", "limits by area class and by severity at once")
