"""Whether there is somebody for every case that the items can make: told when they are published, not at midnight.

A grid without the office that a finding names is no mistake as long as something else takes the case; it is said, with
what takes it. An item is refused only where no office at all stands above any grid in which it can be reported: nothing
of it could ever be dispatched, not even by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gewu_dsl.model import Finding, Item
from gewu_platform.core.gaps import Gap, NamedFor, Reach, Wanted, deserted, find_gaps, largest_areas
from gewu_platform.core.routing import COMMUNITY, Offices, index_offices, office_name
from gewu_platform.core.words import Words
from gewu_platform.records.hot import offices as stored
from gewu_platform.records.hot.reports import newest_calendar, path_ids
from gewu_platform.records.hot.rows import Row
from gewu_platform.service.caller import Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.permissions import require

SHOWN = 6
"""How many areas or items a message names before it only counts the rest."""

_BUILT_IN = {
    COMMUNITY: Words("属地（村居）", "the community"),
    "town": Words("镇街中心", "the town centre"),
    "county": Words("区县中心", "the county centre"),
}
_DUTY = {
    "handle": Words("处置", "to handle"),
    "assist": Words("协办", "to assist"),
    "supervise": Words("主管", "to supervise"),
}


@dataclass(frozen=True, slots=True)
class OfficeGap:
    """`office` is missing for `duty` in `grids` grids: those of the areas `where` (the largest first, at most SHOWN).

    `instead` is the name of what takes its cases, None where nobody does; `items` name it, at most SHOWN of `item_count`.
    """

    office: str
    duty: NamedFor
    instead: str | None
    grids: int
    where: tuple[str, ...]
    items: tuple[str, ...]
    item_count: int
    words: Words


@dataclass(frozen=True, slots=True)
class IdleOffice:
    """An office that cases go to, or would: closed (`active` False), or open without a handler who can sign in."""

    id: int
    name: str
    title: str
    area_name: str
    active: bool
    words: Words


@dataclass(frozen=True, slots=True)
class MissingCalendar:
    """A working calendar that `items` name (at most SHOWN of `item_count`) and that was never imported.

    Until it is, they count by that of the area.
    """

    code: str
    items: tuple[str, ...]
    item_count: int
    words: Words


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is missing for some items: `gaps`, worst first, `idle` offices, and `undispatchable` items by name.

    `deserted` are the areas above whose grids no office stands at all, the largest first. `calendars` are those that
    nobody imported.
    """

    gaps: tuple[OfficeGap, ...] = ()
    idle: tuple[IdleOffice, ...] = ()
    deserted: tuple[str, ...] = ()
    undispatchable: tuple[str, ...] = ()
    calendars: tuple[MissingCalendar, ...] = ()

    @property
    def serious(self) -> bool:
        """Whether some case would wait for a person to find somebody, or for nobody at all."""
        return bool(self.undispatchable or self.deserted) or any(
            gap.duty == "handle" and gap.instead is None for gap in self.gaps
        )


def read_coverage(engine: Engine, caller: Caller, items: Iterable[Item] | None = None) -> Coverage:
    """What offices are missing for `items`, by default for those on disk."""
    require(caller, "catalogue.read")
    with engine.store.transaction():
        return coverage_of(engine, _on_disk(engine) if items is None else items)


def coverage_of(engine: Engine, items: Iterable[Item]) -> Coverage:
    """The same inside a transaction."""
    items, town = list(items), _read_town(engine)
    reaches = [Reach(item.name, _routes(item), town.reported_in(item)) for item in items]
    empty = deserted(town.paths, town.offices)
    concerned = frozenset().union(*(reach.grids for reach in reaches)) & empty
    return Coverage(
        gaps=tuple(_tell(engine, town, gap) for gap in find_gaps(reaches, town.paths, town.offices)),
        idle=_idle(town, reaches),
        deserted=tuple(town.names[area] for area in largest_areas(concerned, town.paths)),
        undispatchable=tuple(sorted(reach.item for reach in reaches if reach.grids and reach.grids <= empty)),
        calendars=_missing_calendars(engine, items),
    )


def _missing_calendars(engine: Engine, items: Iterable[Item]) -> tuple[MissingCalendar, ...]:
    naming: dict[str, list[str]] = {}
    for item in items:
        if item.calendar is not None:
            naming.setdefault(item.calendar, []).append(item.name)
    missing = {
        code: sorted(names) for code, names in naming.items() if newest_calendar(engine.store, code) is None
    }
    return tuple(
        MissingCalendar(code, tuple(names[:SHOWN]), len(names), Words(
            f"没有工作日历“{code}”，{len(names)} 个事项暂按所在区域的日历计时：运行 gewu calendar import 文件 --code {code}",
            f"there is no calendar “{code}”; {len(names)} items count by their area's: gewu calendar import FILE --code {code}",
        ))
        for code, names in sorted(missing.items())
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Town:
    """Who stands where: grids with the areas above them, offices, and the grids of each kind of place."""

    names: dict[int, str]
    paths: dict[int, tuple[int, ...]]
    offices: Offices
    posts: Sequence[Row]
    kinds: dict[str, set[int]]

    def reported_in(self, item: Item) -> frozenset[int]:
        """An item of a kind of place is reported where there is one, any other everywhere."""
        if not item.kinds:
            return frozenset(self.paths)
        return frozenset().union(*(self.kinds.get(kind, ()) for kind in item.kinds))


def _read_town(engine: Engine) -> _Town:
    areas = stored.list_area_tree(engine.store)
    posts = stored.list_posts(engine.store)
    kinds: dict[str, set[int]] = {}
    for kind, grid in stored.list_grids_of_kinds(engine.store):
        kinds.setdefault(kind, set()).add(grid)
    return _Town(
        names={area["id"]: area["name"] for area in areas},
        paths={
            area["id"]: path_ids(area["path"])[::-1]
            for area in areas if area["tier"] == "grid"
        },
        offices=_index(post for post in posts if post["active"]),
        posts=posts,
        kinds=kinds,
    )  # fmt: skip


def _index(posts: Iterable[Row]) -> Offices:
    return index_offices((post["id"], post["department"], post["code"], post["area"]) for post in posts)


def _on_disk(engine: Engine) -> list[Item]:
    return [compiled.item for compiled in engine.catalogue.items.values()]


def _routes(item: Item) -> frozenset[Wanted]:
    """Every way in which a finding of the item may be routed, whatever the answers."""
    return frozenset(wanted for finding in item.findings for wanted in _ways(finding))


def _ways(finding: Finding) -> Iterable[Wanted]:
    for handlers in [branch.value.handlers for branch in finding.route] or [()]:
        yield Wanted(handlers, finding.assisting, finding.supervising)


def _tell(engine: Engine, town: _Town, gap: Gap) -> OfficeGap:
    areas = largest_areas(gap.grids, town.paths)
    where = tuple(town.names[area] for area in areas[:SHOWN])
    return OfficeGap(
        gap.office, gap.duty, gap.instead, len(gap.grids), where, gap.items[:SHOWN], len(gap.items),
        _words(engine, gap, where, len(areas)),
    )  # fmt: skip


def _words(engine: Engine, gap: Gap, where: Sequence[str], areas: int) -> Words:
    office, duty = _title(engine, gap.office), _DUTY[gap.duty]
    zh_where = "、".join(where) + ("等" if areas > len(where) else "")
    en_where = ", ".join(where) + (f" and {areas - len(where)} more" if areas > len(where) else "")
    if gap.instead is not None:
        taken = _title(engine, gap.instead)
        zh, en = f"由{taken.zh}处置", f"{taken.en} takes its cases"
    elif gap.duty == "handle":
        zh, en = "没有机构接手，须由派遣员指定", "nobody takes them: a dispatcher has to choose an office"
    else:
        zh, en = f"无人{duty.zh}", "nobody does it"
    return Words(
        f"{zh_where}（{len(gap.grids)} 个网格）没有{duty.zh}机构“{office.zh}”（{gap.office}）：{zh}；涉及 {len(gap.items)} 个事项",
        f"{en_where} ({len(gap.grids)} grids) has no {gap.office} {duty.en}: {en}; {len(gap.items)} items",
    )


def _title(engine: Engine, name: str) -> Words:
    if name in _BUILT_IN:
        return _BUILT_IN[name]
    department, _, code = name.rpartition(".")
    declared = engine.catalogue.departments.get(department)
    for office in declared.offices if declared else ():
        if office.code == code:
            return Words(office.title, name)
    return Words(name, name)


def _idle(town: _Town, reaches: Iterable[Reach]) -> tuple[IdleOffice, ...]:
    """Offices some route would lead to if they were open and manned."""
    named = {
        name
        for reach in reaches
        for wanted in reach.routes
        for name in (*wanted.handlers, *wanted.assisting, COMMUNITY)
    }
    return tuple(
        _idle_office(post)
        for post in town.posts
        if office_name(post["department"], post["code"]) in named
        and not (post["active"] and post["handlers"])
    )


def _idle_office(post: Row) -> IdleOffice:
    title = f"{post['title']}（{post['area_name']}）"
    words = (
        Words(f"{title}没有在岗的处置人员", f"{post['title']} ({post['area_name']}) has no active handler")
        if post["active"]
        else Words(f"{title}已停用", f"{post['title']} ({post['area_name']}) is closed")
    )
    name = office_name(post["department"], post["code"])
    return IdleOffice(post["id"], name, post["title"], post["area_name"], post["active"], words)
