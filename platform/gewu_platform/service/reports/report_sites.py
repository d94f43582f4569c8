"""Where a report belongs and what is known there: its grid, the areas above, the place, its history."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gewu_dsl.model import Item
from gewu_platform.core.calendars import Calendar
from gewu_platform.core.grids import find_grid, read_area
from gewu_platform.core.routing import Offices, index_offices
from gewu_platform.core.zones import to_local
from gewu_platform.records.hot import reports
from gewu_platform.records.hot.rows import Row
from gewu_platform.service.caller import Caller
from gewu_platform.service.catalogue.publishing import Published
from gewu_platform.service.engine import Engine
from gewu_platform.service.masking import hidden_attributes
from gewu_platform.service.permissions import require
from gewu_platform.service.problems import Fault, Problem, not_found
from gewu_platform.service.reports.report_bodies import ReportBody
from gewu_platform.service.town.place_history import count_at


@dataclass(frozen=True, slots=True)
class Site:
    """Where it is: `areas` from the grid up to the root, the offices that stand at them, and the place, if any."""

    areas: tuple[Row, ...]
    place: Row | None
    point: tuple[float, float] | None
    offices: Offices
    titles: Mapping[int, str]

    @property
    def grid(self) -> Row:
        return self.areas[0]

    @property
    def path(self) -> list[int]:
        """Area ids from the grid up."""
        return [area["id"] for area in self.areas]

    def area_at(self, tier: str) -> int | None:
        """The id of the area of that tier above the grid, or None."""
        return next((area["id"] for area in self.areas if area["tier"] == tier), None)


def find_site(engine: Engine, caller: Caller, item: Item, body: ReportBody) -> Site:
    """The site of a report: the place's grid, else the one its point lies in, else the named one.

    Problem not-found for an unknown place or grid, not-allowed outside the caller's grids, invalid-body where the report
    does not say where it is or the item does not apply to the place. Inside a transaction.
    """
    place = _find_place(engine, item, body)
    point = body.point or ((place["lon"], place["lat"]) if place and place["lon"] is not None else None)
    path = _find_path(engine, caller, body, place)
    areas = tuple(reports.find_areas(engine.store, path))
    require(caller, "report.submit", path=[area["id"] for area in areas])
    offices = reports.list_offices(engine.store, [area["id"] for area in areas])
    index = index_offices((row["id"], row["department"], row["code"], row["area"]) for row in offices)
    return Site(areas, place, point, index, {row["id"]: row["title"] for row in offices})


def read_context(
    engine: Engine, caller: Caller, item: Item, site: Site, reported_at: datetime, calendar: Calendar
) -> dict[str, Any]:
    """What conditions may read besides the answers. History is counted only where the item reads it."""
    local = to_local(reported_at, engine.zone)
    grid = site.grid
    context: dict[str, Any] = {
        "area.class": grid["area_class"],
        "area.kind": grid["kind"],
        "reporter.role": caller.role,
        "reported.month": local.month,
        "reported.weekday": local.isoweekday(),
        "reported.hour": local.hour,
        "reported.on_workday": "yes" if calendar.is_workday(local.date()) else "no",
    }
    if site.place is not None:
        context["place.kind"] = site.place["kind"]
        context |= {f"place.{name}": value for name, value in json.loads(site.place["attributes"]).items()}
        context |= count_at(engine, item, site.place["id"], reported_at)
    return {name: value for name, value in context.items() if value is not None}


def require_applies(published: Published, context: Mapping[str, Any]) -> None:
    """Problem invalid-body where the item is not for such a place: its `for … when` does not certainly hold."""
    if not published.rules.applies(context):
        fault = Fault(
            "place", "choice", "此事项不适用于这个场所", "this item does not apply to a place like this"
        )
        raise Problem("invalid-body", "事项不适用于该场所", "The item does not apply to the place", (fault,))


def hidden_at(engine: Engine, site: Site) -> frozenset[str]:
    """The attributes of the place that may not be shown; none without a place."""
    if site.place is None:
        return frozenset()
    return hidden_attributes(engine, site.place["kind"], json.loads(site.place["attributes"]))


def _find_place(engine: Engine, item: Item, body: ReportBody) -> Row | None:
    if body.place is None:
        if item.kinds:
            fault = Fault("place", "required", "此事项须选择场所", "this item is inspected at a place")
            raise Problem("invalid-body", "请选择场所", "Choose the place", (fault,))
        return None
    place = reports.find_place(engine.store, body.place)
    if place is None:
        raise not_found(f"场所“{body.place}”", f"place “{body.place}”")
    if item.kinds and place["kind"] not in item.kinds:
        fault = Fault(
            "place", "choice", "此事项不适用于该类场所", "this item does not apply to places of this kind"
        )
        raise Problem("invalid-body", "事项不适用于该场所", "The item does not apply to the place", (fault,))
    return place


def _find_path(engine: Engine, caller: Caller, body: ReportBody, place: Row | None) -> str:
    if place is not None:
        area = reports.find_area(engine.store, place["grid"])
        return str(area["path"]) if area else ""
    if body.point is not None:
        polygons = reports.list_polygons(engine.store, sorted(caller.grids))
        found = find_grid(body.point, {row["id"]: read_area(json.loads(row["polygon"])) for row in polygons})
        if found is not None:
            return next(str(row["path"]) for row in polygons if row["id"] == found)
        if body.grid is None:
            raise Problem("not-allowed", "该位置不在您值守的网格内", "This point lies in none of your grids")
    if body.grid is None:
        fault = Fault(
            "location", "required", "须有场所、位置或网格", "a place, a location or a grid is needed"
        )
        raise Problem("invalid-body", "请说明在哪里", "Say where it is", (fault,))
    grid = reports.find_grid_by_code(engine.store, body.grid)
    if grid is None:
        raise not_found(f"网格“{body.grid}”", f"grid “{body.grid}”")
    return str(grid["path"])
