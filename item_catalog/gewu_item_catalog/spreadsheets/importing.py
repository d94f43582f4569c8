"""A spreadsheet → the files of a department, with a note on everything that is not plainly in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gewu_dsl import tree
from gewu_dsl.diagnostics import Text
from gewu_dsl.tree import BUILT_IN_OFFICES
from gewu_item_catalog.spreadsheets.checklists import plan_checklists
from gewu_item_catalog.spreadsheets.entries import Entry, Extract, Fate
from gewu_item_catalog.spreadsheets.extracting import extract
from gewu_item_catalog.spreadsheets.identifiers import name_for
from gewu_item_catalog.spreadsheets.notes import Note
from gewu_item_catalog.spreadsheets.offices import Register
from gewu_item_catalog.spreadsheets.plans import Options, PlannedItem
from gewu_item_catalog.spreadsheets.standards import plan_items
from gewu_item_catalog.spreadsheets.suspicions import find_dragged
from gewu_item_catalog.spreadsheets.tables import Workbook
from gewu_item_catalog.spreadsheets.writing import write_department, write_items

DEPARTMENT_FILE = "department.gewu"


@dataclass(frozen=True, slots=True)
class Existing:
    """What the department has already: its offices by title and code, its items' names (without the department), the
    names of its files. `declared`: the department itself stands in one of them."""

    offices: Mapping[str, str] = field(default_factory=dict)
    items: frozenset[str] = frozenset()
    declared: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """`files` by name, with their text. `fates` has every row that is not empty; `rows` counts them by fate.
    `new_offices` are those the department does not have yet: where it is declared already, somebody has to add them."""

    files: Mapping[str, str]
    notes: Sequence[Note]
    fates: Mapping[tuple[str, int], Fate]
    items: int
    findings: int
    questions: int
    new_offices: tuple[tree.Office, ...]

    @property
    def rows(self) -> Mapping[Fate, int]:
        return Counter(self.fates.values())


def import_workbook(
    workbook: Workbook,
    source: str,
    options: Options,
    chosen: Mapping[str, int] = {},
    header_row: int | None = None,
    existing: Existing = Existing(),
) -> Imported:
    """The texts of a department's items as its standard has them. `source` is the file's name, `chosen` says in which
    column (from 0) a field is whatever its header, `header_row` which row the headers are in."""
    found = extract(workbook, chosen, header_row)
    taken = set(existing.items)
    planned = [*plan_items(found, options, taken), *plan_checklists(found, options, taken)]
    found.notes += find_dragged([*found.findings, *found.checks])
    found.notes += _notes_on_names(planned, existing)
    register = Register(existing.offices)
    many = len({entry.sheet for entry in (*found.findings, *found.checks)}) > 1
    files = {
        file: write_items(items, options.department, register, headlines, many_sheets=many)
        for file, headlines, items in _with_headlines(_by_file(planned), source, found, many_sheets=many)
    }
    new = tuple(register.added.values())
    found.notes += _notes_on_offices(new, found)
    if files and not existing.declared:
        others = _only_mentioned(planned, register)
        text = write_department(options.department, options.title, register, others)
        files = {DEPARTMENT_FILE: text, **files}
    return Imported(
        files,
        _in_order(found.notes, workbook),
        found.fates,
        sum(bool(item.findings or item.questions) for item in planned),
        sum(len(item.findings) for item in planned),
        sum(entry is not None for item in planned for _, entry, _ in item.questions),
        new,
    )


def _by_file(planned: Sequence[PlannedItem]) -> list[tuple[str, str, list[PlannedItem]]]:
    """One file for each category that has something to say."""
    categories: dict[str, list[PlannedItem]] = {}
    for item in planned:
        if item.findings or item.questions or item.waiting:
            categories.setdefault(item.category, []).append(item)
    taken = {DEPARTMENT_FILE.removesuffix(".gewu")}
    return [
        (f"{name_for(category.replace('/', '_'), taken, longest=40, choice=True)}.gewu", category, items)
        for category, items in categories.items()
    ]


def _with_headlines(
    files: Sequence[tuple[str, str, list[PlannedItem]]], source: str, found: Extract, *, many_sheets: bool
) -> Iterator[tuple[str, list[str], list[PlannedItem]]]:
    """What stands above each file: where it comes from, and the remarks of a sheet in the first file made of it."""
    left = list(found.remarks)
    for number, (file, category, items) in enumerate(files, 1):
        sheets = {entry.sheet for item in items for entry in _entries_of(item)}
        here = [each for each in left if each[0] in sheets or number == len(files)]
        left = [each for each in left if each not in here]
        remarks = [f"{f'{sheet} ' * many_sheets}第 {row} 行：{text}" for sheet, row, text in here]
        yield file, [f"{category}：由 {source} 导入", *remarks], items


def _only_mentioned(planned: Sequence[PlannedItem], register: Register) -> list[str]:
    """Offices that rows name behind the first that supervises."""
    named = [
        office for item in planned for finding in item.findings for office in finding.offices.supervising
    ]
    known = {*register.added, *register.known, *BUILT_IN_OFFICES}
    return list(dict.fromkeys(office for office in named if office not in known))


def _notes_on_names(planned: Sequence[PlannedItem], existing: Existing) -> list[Note]:
    notes = []
    for item in planned:
        base = item.name.rstrip("0123456789").rstrip("_")
        entries = _entries_of(item)
        if item.name != base and base in existing.items and entries:
            message = Text(f"事项 {base} 已经有了", f"item {base} exists already")
            done = Text(f"写成 {item.name}", f"written as {item.name}")
            notes.append(entries[0].note("name_taken", "look", message, done, about="item"))
    return notes


def _entries_of(item: PlannedItem) -> list[Entry]:
    return [entry for finding in item.findings for entry in finding.entries] + [
        entry for _, entry, _ in item.questions if entry is not None
    ]


def _notes_on_offices(offices: Sequence[tree.Office], found: Extract) -> list[Note]:
    tiers = {"grid": "网格", "village": "村", "town": "镇", "county": "县", "city": "市"}
    notes = []
    for office in offices:
        entry = next(
            (each for each in (*found.findings, *found.checks) if office.title in _cells(each)), None
        )
        if entry is not None:
            message = Text(f"机构“{office.title}”", f"office “{office.title}”")
            done = Text(
                f"写成 {office.code}，级别按名称猜为{tiers[office.tier]}；请核对",
                f"written as {office.code}; its tier is guessed to be {office.tier}",
            )
            notes.append(entry.note("office_new", "info", message, done, about="office"))
    return notes


def _cells(entry: Entry) -> str:
    return "\n".join(entry[name] for name in ("office", "assisting", "supervising", "owner"))


def _in_order(notes: Sequence[Note], workbook: Workbook) -> list[Note]:
    order = {sheet.name: index for index, sheet in enumerate(workbook.sheets)}
    weights = {"left_out": 0, "look": 1, "info": 2}
    return sorted(notes, key=lambda note: (order[note.sheet], note.row, weights[note.weight]))
