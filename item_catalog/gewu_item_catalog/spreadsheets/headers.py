"""Where the tables of a sheet begin, and what each of their columns is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gewu_item_catalog.spreadsheets.columns import FIELDS, SPELLINGS, bare, field_of, header_of, part_of
from gewu_item_catalog.spreadsheets.limits import is_unit
from gewu_item_catalog.spreadsheets.tables import Row, Sheet, letter_of

_MEANINGFUL = frozenset({"item", "minor_category", "finding", "check"})
_HEADER_ROWS = 30
_LONGEST_NAME = 14
_SEVERAL = frozenset({"basis"})
"""Fields that a table may have several columns of."""


@dataclass(frozen=True, slots=True)
class Column:
    """`field` is a key of FIELDS, empty where it is not known. `unit` stands in the header (`时限（工作日）`); `part` is
    the area class or the level that this column's limits are for (`A`, `重大`), or tells columns of one meaning apart."""

    index: int
    field: str
    header: str
    unit: str = ""
    part: str = ""

    @property
    def key(self) -> str:
        """The column's key in the texts of an entry."""
        if not self.field:
            return f"{letter_of(self.index)} 列"
        return f"{self.field}@{self.part}" if self.part else self.field


@dataclass(frozen=True, slots=True)
class Header:
    """`first` and `last` are the numbers of the header's rows. `unused` columns hold something and have a header that
    means nothing here, or none; `twice` have one that an earlier column has already. Neither has a field."""

    first: int
    last: int
    columns: tuple[Column, ...]
    unused: tuple[Column, ...] = ()
    twice: tuple[Column, ...] = ()
    fields: frozenset[str] = field(init=False)

    @property
    def every(self) -> tuple[Column, ...]:
        """All columns, those without a field last."""
        return (*self.columns, *self.unused, *self.twice)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", frozenset(column.field for column in self.columns))


def find_headers(sheet: Sheet, chosen: Mapping[str, int], row: int | None = None) -> tuple[Header, ...]:
    """The headers of the tables that stand on a sheet one below the other: the row among the first that names most
    columns, and every other that can be nothing else. `row` says which it is, `chosen` which column (from 0) a field
    is in. Empty where no row names an item, a finding or a check."""
    found: list[int] = []
    if (best := _most_named(sheet, chosen, row)) is not None:
        found.append(best)
    if row is None:
        seen = {sheet.rows[position].cells for position in found}
        for position, each in enumerate(sheet.rows):
            if position not in found and _is_certain(each) and each.cells not in seen:
                seen.add(each.cells)
                found.append(position)
    headers: list[Header] = []
    for position, end in _apart(sorted(found), sheet):
        headers.append(_header_at(sheet, position, end, chosen))
    return tuple(headers)


def _most_named(sheet: Sheet, chosen: Mapping[str, int], row: int | None) -> int | None:
    """The row that names most columns, the first of equals."""
    best: tuple[int, int] | None = None
    for position, each in enumerate(sheet.rows):
        if row is not None and each.number != row:
            continue
        if row is None and position >= _HEADER_ROWS:
            break
        named = {field_of(cell)[0] for cell in each.cells} - {""} | chosen.keys()
        fits = row is not None or (len(named) >= 2 and named & _MEANINGFUL)
        if fits and (best is None or len(named) > best[0]):
            best = len(named), position
    return None if best is None else best[1]


def _is_certain(row: Row) -> bool:
    """Whether most cells are names of columns, three of them or more, two as they are usually spelt."""
    cells = {cell for cell in row.cells if cell}
    if len(cells) < 3 or any(len(cell) > _LONGEST_NAME * 2 for cell in cells):
        return False
    if sum(bare(cell) in SPELLINGS for cell in cells) < 2:
        return False
    known = [field_of(cell)[0] for cell in cells if len(cell) <= _LONGEST_NAME]
    named = set(known) - {""}
    return len(named) >= 3 and bool(named & _MEANINGFUL) and len(known) - known.count("") > len(cells) / 2


def _apart(positions: Sequence[int], sheet: Sheet) -> Iterator[tuple[int, int]]:
    """Each header's position and that of the next one; of rows right below each other the one that names most."""
    kept: list[int] = []
    for position in positions:
        if kept and position == kept[-1] + 1:
            if _width(sheet.rows[position]) > _width(sheet.rows[kept[-1]]):
                kept[-1] = position
            continue
        kept.append(position)
    ends = [*kept[1:], len(sheet.rows)]
    yield from zip(kept, ends, strict=False)


def _width(row: Row) -> int:
    return len({field_of(cell)[0] for cell in row.cells} - {""})


def _header_at(sheet: Sheet, position: int, end: int, chosen: Mapping[str, int]) -> Header:
    top = sheet.rows[position]
    below = sheet.rows[position + 1] if position + 1 < end else None
    names, parts = _names_of(top), dict[int, str]()
    last = top.number
    if below is not None and (divided := _divided(top, below)) is not None:
        names |= divided[0]
        parts, last = divided[1], below.number
    rows = [each for each in sheet.rows[position + 1 : end] if each.number > last]
    for index in range(max((len(each.cells) for each in rows), default=0)):
        if index not in names and any(each.cell(index) for each in rows):
            names[index] = ""
    header = _assign(tuple(_named(names, parts, chosen)), chosen)
    return _with_units(replace(header, first=top.number, last=last), rows)


def _names_of(top: Row) -> dict[int, str]:
    return {index: header_of(cell) for index, cell in enumerate(top.cells) if cell}


def _divided(top: Row, below: Row) -> tuple[dict[int, str], dict[int, str]] | None:
    """Where the next row only divides what stands above it, limits into A类 B类 C类 or one name into two: the names of
    its columns, and what each column of limits stands for. None where it is a row of the table."""
    names: dict[int, str] = {}
    parts: dict[int, str] = {}
    above = ""
    filled = sum(map(bool, below.cells))
    merged = sum(bool(cell) and cell == below.cell(index) for index, cell in enumerate(top.cells))
    for index in range(max(len(top.cells), len(below.cells))):
        above = top.cell(index) or above
        cell = below.cell(index)
        if not cell or cell == top.cell(index):
            continue
        part = part_of(cell)
        spread = not top.cell(index) or _is_spread(index, top, below)
        if part and field_of(above)[0] == "limit":
            names[index], parts[index] = header_of(above), part
        elif spread and field_of(cell)[0]:
            names[index] = header_of(cell)
        elif spread and (merged > 1 or filled > 1) and len(cell) <= _LONGEST_NAME and cell.isalpha():
            names[index] = f"{header_of(above)}（{header_of(cell)}）"
        else:
            return None
    return (names, parts) if names else None


def _is_spread(index: int, top: Row, below: Row) -> bool:
    """Whether a name stands above several columns: merged, or with nothing beside it above the next ones."""
    merged = top.cell(index) in (top.cell(index + 1), top.cell(index - 1) if index else "")
    return merged or (not top.cell(index + 1) and bool(below.cell(index + 1)))


def _named(names: Mapping[int, str], parts: Mapping[int, str], chosen: Mapping[str, int]) -> Iterator[Column]:
    fixed = {index: name for name, index in chosen.items()}
    for index, name in fixed.items():
        yield Column(index, name, names.get(index, ""), field_of(names.get(index, ""))[1])
    for index, cell in sorted(names.items()):
        if index in fixed:
            continue
        name, unit = field_of(cell)
        if name in chosen:
            name = ""
        part = parts.get(index, "")
        if name == "limit" and not part and part_of(unit):
            part, unit = part_of(unit), ""
        yield Column(index, name, cell, unit, part)


def _assign(columns: Sequence[Column], chosen: Mapping[str, int]) -> Header:
    taken: dict[tuple[str, str], Column] = {}
    unused: list[Column] = []
    twice: list[Column] = []
    for column in columns:
        if not column.field:
            unused.append(column)
            continue
        earlier = taken.get((column.field, column.part))
        if earlier is not None and column.field in _SEVERAL:
            column, earlier = replace(column, part=letter_of(column.index)), None
        if earlier is not None:
            # A header that is spelt as expected comes before one that only sounds like it.
            better = _is_exact(column) and not _is_exact(earlier) and column.index not in chosen.values()
            if better and earlier.index not in chosen.values():
                taken[column.field, column.part], column = column, earlier
            twice.append(replace(column, field="", part=""))
        else:
            taken[column.field, column.part] = column
    return Header(0, 0, tuple(taken.values()), tuple(unused), tuple(twice))


def _is_exact(column: Column) -> bool:
    return bare(column.header) in FIELDS[column.field]


def is_another_table(header: Header) -> bool:
    """Whether the columns that are there twice are a table of their own beside the first."""
    again = {
        name
        for column in header.twice
        if bare(column.header) in FIELDS.get(name := field_of(column.header)[0], ())
    }
    return len(again) > 1 and bool(again & {"finding", "check"})


def _with_units(header: Header, rows: Sequence[Row]) -> Header:
    """A column 单位 that holds units of time belongs to the limit; other columns nobody knows count if they hold
    anything."""
    unused: list[Column] = []
    units: list[Column] = []
    for column in header.unused:
        cells = [cell for each in rows if (cell := each.cell(column.index))]
        is_limits = "limit" in header.fields and "limit_unit" not in header.fields and not units
        if (
            is_limits
            and bare(column.header) in ("单位", "计量单位")
            and sum(map(is_unit, cells)) * 2 > len(cells)
        ):
            units.append(replace(column, field="limit_unit"))
        elif cells:
            unused.append(column)
    twice = [column for column in header.twice if any(each.cell(column.index) for each in rows)]
    return Header(header.first, header.last, (*header.columns, *units), tuple(unused), tuple(twice))
