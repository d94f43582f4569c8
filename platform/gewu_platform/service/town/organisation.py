"""Areas, offices and rosters: the map of who stands where."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pony.orm import select

from gewu_dsl.model import Tier
from gewu_platform.core.grids import GeometryError, read_area
from gewu_platform.records import journal
from gewu_platform.records.hot.reports import path_ids
from gewu_platform.records.store import LARGEST_ID
from gewu_platform.service.caller import Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.permissions import reaches, require
from gewu_platform.service.problems import Fault, Problem, not_found
from gewu_platform.service.texts import tidy

TIERS: tuple[str, ...] = get_args(Tier)
"""From the smallest area to the largest."""

BUILT_IN = {"community": "village", "town": "town", "county": "county"}
"""Offices every area has without a department declaring them, and the tier at which each stands."""


@dataclass(frozen=True, slots=True)
class AreaView:
    """An area; `path` holds the ids from the root down to it, `polygon` is a GeoJSON geometry."""

    id: int
    code: str
    name: str
    tier: str
    kind: str
    area_class: str
    parent: int | None
    path: tuple[int, ...]
    polygon: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class OfficeView:
    """A real office; `name` is `department.code`, or the code alone of a built-in one."""

    id: int
    department: str
    code: str
    name: str
    title: str
    tier: str
    area: int
    area_name: str
    active: bool


# Areas


def add_area(
    engine: Engine,
    caller: Caller,
    *,
    code: str,
    name: str,
    tier: str,
    parent: int | None = None,
    kind: str = "base",
    area_class: str = "",
    polygon: Mapping[str, Any] | None = None,
) -> AreaView:
    """A new area below `parent`, which must be of a higher tier; only the system adds one that has no parent.

    `polygon` is a GeoJSON Polygon or MultiPolygon, longitude before latitude. Problem `invalid-body` or `clash`.
    """
    require(caller, "areas.change", path=() if parent is None else None)
    faults = (
        [] if tier in TIERS else [Fault("tier", "unknown", f"没有层级 {tier}", f"There is no tier {tier}")]
    )
    faults += [*_polygon_faults(polygon), *_missing(code=code, name=name)]
    if faults:
        raise Problem("invalid-body", errors=faults)

    def work() -> AreaView:
        db = engine.store.db
        above = None if parent is None else area_row(engine, parent)
        if above is not None:
            require(caller, "areas.change", path=path_ids(above.path))
            if TIERS.index(above.tier) <= TIERS.index(tier):
                raise Problem("invalid-body", errors=[_wrong_tier(above.name)])
        if db.Area.exists(code=code):
            raise Problem("clash", f"区域代码 {code} 已被使用", f"The area code {code} is taken")
        area = db.Area(
            code=code, name=name, tier=tier, kind=kind, area_class=area_class, parent=above, path=f"new {code}",
            polygon="" if polygon is None else journal.canonical(polygon),
        )  # fmt: skip
        db.flush()
        area.path = f"{above.path if above else '/'}{area.id}/"
        view = area_view(area)
        _enter(engine, caller, f"area:{area.id}", "area-added", {
            "code": code, "name": name, "tier": tier, "kind": kind, "class": area_class, "path": area.path,
            "polygon": polygon,
        })  # fmt: skip
        return view

    return engine.store.retrying(work)


def change_area(
    engine: Engine,
    caller: Caller,
    area_id: int,
    *,
    name: str | None = None,
    area_class: str | None = None,
    polygon: Mapping[str, Any] | None = None,
) -> AreaView:
    """Another name, class or polygon; None leaves it. An area keeps its code, its tier and its place in the tree."""
    require(caller, "areas.change")
    faults = _polygon_faults(polygon)
    if faults:
        raise Problem("invalid-body", errors=faults)

    def work() -> AreaView:
        area = area_row(engine, area_id)
        require(caller, "areas.change", path=path_ids(area.path))
        wanted = {
            "name": tidy(name or "") or None,
            "area_class": area_class,
            "polygon": None if polygon is None else journal.canonical(polygon),
        }
        changes = {
            key: value for key, value in wanted.items() if value is not None and value != getattr(area, key)
        }
        if changes:
            was = {key: getattr(area, key) for key in changes}
            area.set(**changes)
            _enter(engine, caller, f"area:{area_id}", "area-changed", {"was": was, "is": changes})
        return area_view(area)

    return engine.store.retrying(work)


def list_areas(
    engine: Engine, caller: Caller, *, tier: str | None = None, parent: int | None = None
) -> list[AreaView]:
    """Areas by code: of one tier, below one area (at any depth), or all."""
    require(caller, "areas.read")
    db = engine.store.db
    with engine.store.transaction():
        areas = select(a for a in db.Area)
        if tier is not None:
            areas = areas.filter(lambda a: a.tier == tier)
        if parent is not None:
            under = area_row(engine, parent).path
            areas = areas.filter(lambda a: a.path.startswith(under) and a.id != parent)
        return [area_view(area) for area in areas.order_by(db.Area.code)]


def area_by_code(engine: Engine, code: str) -> AreaView:
    """The area of that code; Problem `not-found`."""
    with engine.store.transaction():
        area = engine.store.db.Area.get(code=code) if tidy(code) == code != "" else None
        if area is None:
            raise not_found(f"区域 {code}", f"area {code}")
        return area_view(area)


# Offices


def add_office(
    engine: Engine, caller: Caller, *, department: str, code: str, title: str, area: int
) -> OfficeView:
    """The office `code` of `department` (`""` for a built-in one) that stands at `area`.

    Its tier is the area's and must be the one its department declares. Problem `invalid-body` or `clash`.
    """
    require(caller, "offices.change")
    title = tidy(title)
    if faults := _missing(title=title):
        raise Problem("invalid-body", errors=faults)

    def work() -> OfficeView:
        db = engine.store.db
        stands = area_row(engine, area)
        require(caller, "offices.change", path=path_ids(stands.path))
        expected = _declared_tier(engine, department, code)
        if stands.tier != expected:
            zh, en = f"机构 {code} 设在 {expected} 级", f"Office {code} stands at a {expected}"
            raise Problem("invalid-body", errors=[Fault("area", "tier", zh, en)])
        if db.Office.exists(department=department, code=code, area=stands):
            raise Problem(
                "clash", f"{stands.name}已有机构 {code}", f"{stands.name} has an office {code} already"
            )
        office = db.Office(department=department, code=code, title=title, tier=stands.tier, area=stands)
        db.flush()
        _enter(engine, caller, f"office:{office.id}", "office-added", {
            "department": department, "code": code, "title": title, "tier": stands.tier, "area": area,
        })  # fmt: skip
        return office_view(office)

    return engine.store.retrying(work)


def change_office(
    engine: Engine, caller: Caller, office_id: int, *, title: str | None = None, active: bool | None = None
) -> OfficeView:
    """Another title, or closed (`active` False: nothing new is sent to it) and opened again."""
    require(caller, "offices.change")

    def work() -> OfficeView:
        office = engine.store.db.Office.get(id=office_id)
        if office is None:
            raise not_found(f"机构 {office_id}", f"office {office_id}")
        require(caller, "offices.change", path=path_ids(office.area.path))
        wanted = {"title": tidy(title or "") or None, "active": active}
        changes = {
            key: value for key, value in wanted.items() if value is not None and value != getattr(office, key)
        }
        if changes:
            was = {key: getattr(office, key) for key in changes}
            office.set(**changes)
            _enter(engine, caller, f"office:{office_id}", "office-changed", {"was": was, "is": changes})
        return office_view(office)

    return engine.store.retrying(work)


def list_offices(engine: Engine, caller: Caller, *, department: str | None = None) -> list[OfficeView]:
    """Offices by department, code and area; of one department (`""`: the built-in ones) or all."""
    require(caller, "areas.read")
    db = engine.store.db
    with engine.store.transaction():
        offices = select(o for o in db.Office)
        if department is not None:
            offices = offices.filter(lambda o: o.department == department)
        ordered = offices.order_by(lambda o: (o.department, o.code, o.area.code)).prefetch(db.Office.area)
        return [office_view(office) for office in ordered]


# Rosters


def roster_worker(engine: Engine, caller: Caller, user: str, grid: int) -> None:
    """From now on the worker called `user` works in `grid`. Doing it again changes nothing."""
    require(caller, "rosters.change")

    def work() -> None:
        db = engine.store.db
        worker, area = _worker(engine, user), _grid(engine, caller, grid)
        if not db.Roster.exists(user=worker, grid=area):
            db.Roster(user=worker, grid=area)
            _enter(engine, caller, f"user:{worker.id}", "rostered", {"grid": grid})

    engine.store.retrying(work)


def unroster_worker(engine: Engine, caller: Caller, user: str, grid: int) -> None:
    """From now on the worker called `user` no longer works in `grid`."""
    require(caller, "rosters.change")

    def work() -> None:
        worker, area = _worker(engine, user), _grid(engine, caller, grid)
        row = engine.store.db.Roster.get(user=worker, grid=area)
        if row is not None:
            row.delete()
            _enter(engine, caller, f"user:{worker.id}", "unrostered", {"grid": grid})

    engine.store.retrying(work)


def reachable_grids(engine: Engine, caller: Caller) -> frozenset[int]:
    """The ids of the grids that are the caller's: those of a worker's roster, those below the areas of anybody else."""
    if caller.role == "worker":
        return caller.grids
    db = engine.store.db
    with engine.store.transaction():
        grids = select((a.id, a.path) for a in db.Area if a.tier == "grid")
        return frozenset(grid for grid, path in grids if reaches(caller, path_ids(path)))


def grids_of(engine: Engine, caller: Caller) -> list[AreaView]:
    """The caller's grids, by code."""
    reachable = reachable_grids(engine, caller)
    return [area for area in list_areas(engine, caller, tier="grid") if area.id in reachable]


def grids_around(engine: Engine, caller: Caller, grid: int) -> list[AreaView]:
    """A grid and the others of its village, by code: what a map of it shows. Problem `not-found`."""
    require(caller, "areas.read")
    db = engine.store.db
    with engine.store.transaction():
        parent = area_row(engine, grid).parent
        areas = select(a for a in db.Area if a.tier == "grid" and a.parent == parent).order_by(db.Area.code)
        return [area_view(area) for area in areas]


def area_row(engine: Engine, area_id: int) -> Any:
    """The row of an area inside a transaction; Problem `not-found`."""
    area = engine.store.db.Area.get(id=area_id) if area_id <= LARGEST_ID else None
    if area is None:
        raise not_found(f"区域 {area_id}", f"area {area_id}")
    return area


def area_view(area: Any) -> AreaView:
    return AreaView(
        id=area.id,
        code=area.code,
        name=area.name,
        tier=area.tier,
        kind=area.kind,
        area_class=area.area_class,
        parent=area.parent.id if area.parent else None,
        path=path_ids(area.path),
        polygon=json.loads(area.polygon) if area.polygon else None,
    )


def office_view(office: Any) -> OfficeView:
    return OfficeView(
        id=office.id,
        department=office.department,
        code=office.code,
        name=f"{office.department}.{office.code}".lstrip("."),
        title=office.title,
        tier=office.tier,
        area=office.area.id,
        area_name=office.area.name,
        active=office.active,
    )


def _declared_tier(engine: Engine, department: str, code: str) -> str:
    if department == "":
        if code not in BUILT_IN:
            zh, en = f"没有通用机构 {code}", f"There is no built-in office {code}"
            raise Problem("invalid-body", errors=[Fault("code", "unknown", zh, en)])
        return BUILT_IN[code]
    declared = engine.catalogue.departments.get(department)
    for office in declared.offices if declared else ():
        if office.code == code:
            return office.tier
    zh, en = f"部门 {department} 没有声明机构 {code}", f"Department {department} declares no office {code}"
    raise Problem("invalid-body", errors=[Fault("code", "unknown", zh, en)])


def _worker(engine: Engine, name: str) -> Any:
    user = engine.store.db.User.get(name=name) if tidy(name) == name != "" else None
    if user is None:
        raise not_found(f"用户 {name}", f"user {name}")
    if user.role != "worker":
        raise Problem(
            "invalid-body", errors=[Fault("user", "role", f"{name} 不是网格员", f"{name} is no worker")]
        )
    return user


def _grid(engine: Engine, caller: Caller, grid: int) -> Any:
    area = area_row(engine, grid)
    if area.tier != "grid":
        raise Problem(
            "invalid-body", errors=[Fault("grid", "tier", f"{area.name}不是网格", f"{area.name} is no grid")]
        )
    require(caller, "rosters.change", path=path_ids(area.path))
    return area


def _missing(**texts: str) -> list[Fault]:
    return [Fault(where, "missing", "请填写", "This is needed") for where, text in texts.items() if not text]


def _wrong_tier(above: str) -> Fault:
    return Fault(
        "parent", "tier", f"{above}的层级不高于新区域", f"{above} is of no higher tier than the new area"
    )


def _polygon_faults(polygon: Mapping[str, Any] | None) -> list[Fault]:
    try:
        if polygon is not None:
            read_area(polygon)
    except GeometryError as error:
        return [
            Fault("polygon", "form", f"须为 GeoJSON 多边形：{error}", f"A GeoJSON polygon is needed: {error}")
        ]
    return []


def _enter(engine: Engine, caller: Caller, subject: str, kind: str, body: dict[str, object]) -> None:
    journal.append(engine.store, engine.now(), caller.id, kind, subject, body)
