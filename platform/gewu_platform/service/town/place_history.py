"""What has happened at places, as far as an item's conditions read it: open cases, cases and visits of late."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from gewu_dsl.model import Fact, History, Item
from gewu_platform.records.hot import plans, reports
from gewu_platform.service.engine import Engine

Counts = dict[str, int]
"""`open_cases`, `cases_in.30`, `visits_in.90` …: as conditions name them, and how many there are."""


def count_at(engine: Engine, item: Item, place: int, until: datetime) -> Counts:
    """The counts at one place."""
    counts: Counts = {}
    for read in _history_of(engine, item):
        if isinstance(read, Fact):
            counts[read.name] = reports.count_open_cases(engine.store, place)
        else:
            count = reports.count_cases if read.name == "cases_in" else reports.count_visits
            counts[_name(read)] = count(engine.store, place, until, read.days)
    return counts


def count_everywhere(engine: Engine, item: Item, until: datetime) -> Mapping[str, Mapping[int, int]]:
    """For each count that the item reads, the places where it is not 0."""
    counts: dict[str, Mapping[int, int]] = {}
    for read in _history_of(engine, item):
        if isinstance(read, Fact):
            counts[read.name] = plans.count_open_cases(engine.store)
        else:
            count = plans.count_cases if read.name == "cases_in" else plans.count_visits
            counts[_name(read)] = count(engine.store, until, read.days)
    return counts


def _name(read: History) -> str:
    return f"{read.name}.{read.days}"


def _history_of(engine: Engine, item: Item) -> tuple[Fact | History, ...]:
    """What of a place's history the item reads; found once for each definition."""
    key = ("history", item.name, str(id(item)))
    known = engine.cache.get(key)
    if known is None or known[0] is not item:
        found = dict.fromkeys(
            part for part in _parts(item) if isinstance(part, History) or part == Fact("open_cases")
        )
        known = engine.cache[key] = (item, tuple(found))
    reads: tuple[Fact | History, ...] = known[1]
    return reads


def _parts(value: object) -> Iterator[Any]:
    """Every value inside a frozen one."""
    yield value
    if is_dataclass(value):
        for field in fields(value):
            yield from _parts(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _parts(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _parts(inner)
