"""The visits of a month, planned from the items' rules and the places' grades, and one worker's day."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from gewu_dsl.model import Item
from gewu_platform.core import visits as core
from gewu_platform.core.words import Words
from gewu_platform.records import journal
from gewu_platform.records.hot import plans, reports
from gewu_platform.records.hot.reports import path_ids
from gewu_platform.records.hot.rows import Row
from gewu_platform.service.caller import Caller
from gewu_platform.service.catalogue.items_in_force import items_in_use
from gewu_platform.service.catalogue.publishing import published_item
from gewu_platform.service.engine import Engine
from gewu_platform.service.permissions import require
from gewu_platform.service.problems import Fault, Problem, not_found
from gewu_platform.service.timing.clockwork import calendar_in_use
from gewu_platform.service.town.place_history import count_everywhere
from gewu_platform.service.town.visit_rules import VisitRules
from gewu_platform.service.views import PlanResult, VisitRow

_MONTH = re.compile(r"(2[01]\d\d)-(0[1-9]|1[0-2])", re.ASCII)

_REASONS = {
    "no worker": Words("网格没有在岗网格员", "no worker is rostered in the grid"),
    "no working day": Words("期间没有工作日", "there is no working day in it"),
}


def plan_month(engine: Engine, caller: Caller, month: str, grid: str | None = None) -> PlanResult:
    """Plan the visits of `month` (`YYYY-MM`) in one grid (its code), or in all the caller's areas; what cannot be met is said.

    Planning again adds only what is new since. Problem invalid-body, not-found, not-allowed.
    """
    require(caller, "visits.plan")
    match = _MONTH.fullmatch(month)
    if match is None:
        fault = Fault("month", "type", "须为 YYYY-MM", "must be YYYY-MM")
        raise Problem("invalid-body", "月份有误", "No such month", (fault,))
    year, number = int(match[1]), int(match[2])
    with engine.store.transaction():
        grids = _grids(engine, caller, grid)
        needs = list(_needs(engine, [row["id"] for row in grids], date(year, number, 1)))
        workers: Mapping[Any, Sequence[Any]] = plans.list_workers(engine.store, [row["id"] for row in grids])
        plan = core.plan_month(year, number, needs, workers, calendar_in_use(engine, None))
    rows = _rows(month, plan.visits)
    planned = 0
    for first in range(0, len(rows), plans.BATCH):
        batch = rows[first : first + plans.BATCH]
        planned += engine.store.retrying(partial(_keep, engine, caller, month, batch))
    return PlanResult(month, planned, len(rows) - planned, _unmet(grids, plan.shortfalls))


def _keep(engine: Engine, caller: Caller, month: str, rows: Sequence[Row]) -> int:
    """Write a batch of visits and enter how many of them are new; in one transaction, like every change."""
    last = plans.last_visit(engine.store)
    plans.insert_visits(engine.store, rows)
    new = plans.count_since(engine.store, last)
    if new:
        body = {"planned": new, "grids": sorted({row["grid"] for row in rows})}
        journal.append(engine.store, engine.now(), caller.id, "planned", f"plan:{month}", body)
    return new


def visits_of(engine: Engine, caller: Caller, day: date) -> tuple[VisitRow, ...]:
    """The caller's visits of a day, and those of its month that are late by then."""
    require(caller, "visits.read")
    with engine.store.transaction():
        rows = plans.list_visits(engine.store, caller.id or 0, day, f"{day:%Y-%m}")
        titles = {item: published_item(engine, item).item.title for item in {row["item"] for row in rows}}
    return tuple(
        VisitRow(
            row["id"], row["place"], row["place_code"], row["place_name"], row["address"], row["grid"], row["grid_name"],
            row["lon"], row["lat"], row["item"], titles[row["item"]], row["planned_on"], row["done_at"],
            row["visit_submission"], row["done_at"] is None and row["planned_on"] < day,
        )
        for row in rows
    )  # fmt: skip


def _grids(engine: Engine, caller: Caller, grid: str | None) -> list[Row]:
    if grid is not None:
        area = reports.find_grid_by_code(engine.store, grid)
        if area is None:
            raise not_found(f"网格 {grid}", f"grid {grid}")
        require(caller, "visits.plan", path=path_ids(str(area["path"])))
        return plans.list_grids(engine.store, str(area["path"]))
    if caller.role == "system":
        return plans.list_grids(engine.store, "/")
    found: dict[int, Row] = {}
    for area_id in sorted(caller.areas):
        area = reports.find_area(engine.store, area_id)
        if area is not None:
            found |= {row["id"]: row for row in plans.list_grids(engine.store, str(area["path"]))}
    return list(found.values())


def _needs(engine: Engine, grids: Sequence[int], first: date) -> Iterable[core.Need]:
    for item in items_in_use(engine):
        if not item.visits or (item.until and item.until < first):
            continue
        rules = _rules(engine, item)
        history = count_everywhere(engine, item, engine.now())
        for place in plans.list_places(engine.store, item.kinds, grids):
            context = {
                "place.kind": place["kind"],
                "area.class": place["area_class"],
                "area.kind": place["area_kind"],
            }
            context |= {f"place.{name}": value for name, value in json.loads(place["attributes"]).items()}
            context |= {name: counts.get(place["id"], 0) for name, counts in history.items()}
            wanted = rules.wanted({name: value for name, value in context.items() if value is not None})
            if wanted is not None:
                yield core.Need(place["id"], place["grid"], item.name, wanted.times, wanted.period)


def _rules(engine: Engine, item: Item) -> VisitRules:
    key = ("visits", item.name)
    known = engine.cache.get(key)
    if known is None or known.item is not item:
        known = engine.cache[key] = VisitRules(item)
    rules: VisitRules = known
    return rules


def _rows(month: str, visits: Iterable[core.PlannedVisit]) -> list[Row]:
    """Rows whose ordinals count within the month, in the order of periods."""
    counts: Counter[tuple[Any, str]] = Counter()
    rows = []
    for visit in sorted(visits, key=lambda each: (each.place, each.item, each.period, each.ordinal)):
        counts[visit.place, visit.item] += 1
        rows.append({
            "month": month, "place": visit.place, "item": visit.item, "ordinal": counts[visit.place, visit.item],
            "grid": visit.grid, "user": visit.worker, "planned_on": visit.day,
        })  # fmt: skip
    return rows


def _unmet(grids: Sequence[Row], shortfalls: Iterable[core.Shortfall]) -> tuple[Words, ...]:
    names = {row["id"]: row["name"] for row in grids}
    missing: Counter[tuple[Any, str, str]] = Counter()
    for short in shortfalls:
        missing[short.grid, short.period, short.reason] += short.missing
    return tuple(
        Words(f"{names[grid]}，{period}：缺 {count} 次巡查，{_REASONS[reason].zh}",
              f"{names[grid]}, {period}: {count} visits short, {_REASONS[reason].en}")
        for (grid, period, reason), count in sorted(missing.items(), key=str)
    )  # fmt: skip
