"""A year's arrangement as people list it: which days are off and which are made up, one a row.

A list says nothing of windows or of other years, so it is laid over a calendar that has both: the days of the years it
is for replace what the calendar said of them, all else stays.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from gewu_platform.core.calendars import Calendar, CalendarError, DayKind, SpecialDay
from gewu_platform.core.words import Words

KINDS: Mapping[str, DayKind] = {
    **dict.fromkeys(
        ("holiday", "off", "rest", "休", "放假", "休息", "假日", "节假日", "法定节假日"), "holiday"
    ),
    **dict.fromkeys(
        ("workday", "work", "make-up", "班", "上班", "补班", "调休上班", "工作日", "调休"), "workday"
    ),
}
"""How the kind of a day is written; 调休 alone, as in the arrangements themselves, is a day that is worked."""

FIRST_YEAR, LAST_YEAR = 1990, 2100
"""A date outside is a slip of the pen."""

LONGEST_RANGE = 40
"""No holiday lasts longer, in days."""

_HEADERS: Mapping[str, str] = {
    **dict.fromkeys(("date", "day", "日期", "时间"), "date"),
    **dict.fromkeys(("kind", "type", "类型", "类别", "安排"), "kind"),
    **dict.fromkeys(("name", "名称", "节日", "节假日", "说明", "备注"), "name"),
}
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})-|/(\d{1,2})/|\.(\d{1,2})\.|年(\d{1,2})月|(\d{2}))(\d{1,2})日?")
_RANGE = re.compile(r"\s*(?:\.\.|~|至|到|—|–)\s*")


class ListedDay(NamedTuple):
    """One day of an arrangement, and the line of the file that says so."""

    day: date
    kind: DayKind
    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Listing:
    """What a file lists, in order of days; `notes` tell what of it was left aside."""

    days: tuple[ListedDay, ...]
    notes: tuple[Words, ...] = ()

    @property
    def years(self) -> tuple[int, ...]:
        return tuple(sorted({listed.day.year for listed in self.days}))


def read_csv(data: bytes) -> Listing:
    """The days of a table with the columns date, kind and name (日期, 类型, 名称), in UTF-8 or GB18030.

    A date may be a range: `2026-02-15..2026-02-23`. Raises CalendarError with every row that cannot be read.
    """
    rows = list(_rows(decode(data)))
    columns = _columns(rows[0][1]) if rows else None
    problems: list[Words] = []
    found: list[ListedDay] = []
    for line, row in rows[1:] if columns else rows:
        date_at, kind_at, name_at = columns or (0, 1, 2)
        cell = dict(enumerate(row))
        days, kind = read_days(cell.get(date_at, "")), KINDS.get(_plain(cell.get(kind_at, "")))
        if not days:
            problems.append(
                _at(line, f"“{cell.get(date_at, '')}”不是日期", f"“{cell.get(date_at, '')}” is no date")
            )
        if kind is None:
            text = cell.get(kind_at, "")
            problems.append(
                _at(line, f"“{text}”应为“放假”或“上班”", f"“{text}”: holiday or workday is expected")
            )
        elif days:
            found += [ListedDay(day, kind, cell.get(name_at, "").strip(), line) for day in days]
    return listing_of(found, problems)


def write_csv(calendar: Calendar, *, chinese: bool = True) -> str:
    """The special days of a calendar as a table that `read_csv` reads back."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(("日期", "类型", "名称") if chinese else ("date", "kind", "name"))
    words = (
        {"holiday": "放假", "workday": "上班"} if chinese else {"holiday": "holiday", "workday": "workday"}
    )
    for day, special in calendar.days.items():
        table.writerow((day.isoformat(), words[special.kind], special.name))
    return out.getvalue()


def listing_of(days: Iterable[ListedDay], problems: Sequence[Words], notes: Iterable[Words] = ()) -> Listing:
    """The listing of what was read; CalendarError where anything was wrong, or a day is both off and worked."""
    wrong, kept = list(problems), dict[date, ListedDay]()
    for listed in days:
        before = kept.setdefault(listed.day, listed)
        if before.kind != listed.kind:
            zh = f"{listed.day} 在第 {before.line} 行是另一种安排"
            wrong.append(_at(listed.line, zh, f"{listed.day} is arranged otherwise in line {before.line}"))
    if not wrong and not kept:
        wrong.append(Words("文件里没有一天放假或上班", "the file names no holiday and no workday"))
    if wrong:
        raise CalendarError(tuple(wrong))
    return Listing(tuple(sorted(kept.values())), tuple(notes))


def with_listed(
    calendar: Calendar, listing: Listing, years: Iterable[int], confirmed_until: date | None = None
) -> Calendar:
    """The calendar with the days of `years` as the listing has them, under the same code and version.

    It is confirmed until the date given; else until the end of the last of the years where that goes on from what was
    certain before.
    """
    wanted = frozenset(years)
    kept = {day: special for day, special in calendar.days.items() if day.year not in wanted}
    taken = {each.day: SpecialDay(each.kind, each.name) for each in listing.days if each.day.year in wanted}
    until = calendar.confirmed_until
    for year in sorted(wanted):
        if year == until.year + 1 and until == date(until.year, 12, 31):
            until = date(year, 12, 31)
    return replace(calendar, days=kept | taken, confirmed_until=confirmed_until or until)


def decode(data: bytes) -> str:
    """The text of a file in UTF-8, with or without a mark, or in GB18030. Raises CalendarError."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CalendarError(
        (Words("文件既不是 UTF-8 也不是 GB18030 文本", "the file is text in neither UTF-8 nor GB18030"),)
    )


def read_days(text: str) -> tuple[date, ...]:
    """The day a cell names, or each day of its range; nothing where it is neither."""
    ends = [_read_date(part) for part in _RANGE.split(_plain(text))]
    if len(ends) > 2 or None in ends:
        return ()
    first, last = ends[0], ends[-1]
    if first is None or last is None or not 0 <= (last - first).days < LONGEST_RANGE:
        return ()
    return tuple(first + timedelta(days=number) for number in range((last - first).days + 1))


def _read_date(text: str) -> date | None:
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    month = next(part for part in match.groups()[1:6] if part)
    try:
        day = date(int(match[1]), int(month), int(match[7]))
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not empty, with the line it ends on."""
    first = text.partition("\n")[0]
    table = csv.reader(
        io.StringIO(text, newline=""), delimiter="\t" if "\t" in first and "," not in first else ","
    )
    try:
        for row in table:
            if any(cell.strip() for cell in row):
                yield table.line_num, row
    except csv.Error as error:
        raise CalendarError((_at(table.line_num, f"不是 CSV：{error}", f"not CSV: {error}"),)) from error


def _columns(row: Sequence[str]) -> tuple[int, int, int] | None:
    """Where the date, kind and name stand by the header; None where the first row is none."""
    if read_days(row[0]):
        return None
    names = [_HEADERS.get(_plain(cell)) for cell in row]
    if "date" not in names or "kind" not in names:
        raise CalendarError(
            (_at(1, "表头应有“日期”和“类型”两列", "the header needs the columns “date” and “kind”"),)
        )
    return names.index("date"), names.index("kind"), names.index("name") if "name" in names else len(names)


def _plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip().lower()


def _at(line: int, zh: str, en: str) -> Words:
    return Words(f"第 {line} 行：{zh}", f"line {line}: {en}")
