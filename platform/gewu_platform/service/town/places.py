"""Places: the registers (台账), each place with what its kind declares to be known of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pony.orm import select

from gewu_dsl.answers import masked_answers, normalise_answers
from gewu_dsl.model import Item, PlaceKind, Question
from gewu_dsl.validity import refusal, value_refusals
from gewu_platform.records import journal
from gewu_platform.records.hot import places as stored
from gewu_platform.records.hot.reports import path_ids
from gewu_platform.records.store import LARGEST_ID
from gewu_platform.service.caller import Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.masking import HIDDEN
from gewu_platform.service.permissions import require
from gewu_platform.service.problems import Fault, Problem, not_found
from gewu_platform.service.texts import is_storable, tidy
from gewu_platform.service.town.organisation import area_row, reachable_grids


@dataclass(frozen=True, slots=True)
class NewPlace:
    """A place to be entered in `grid` (an id); without a `code` it gets the next one of its grid."""

    kind: str
    name: str
    grid: int
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute as its kind declares it; `text` is the value in words, masked where it is `private`."""

    name: str
    label: str
    text: str
    private: bool


@dataclass(frozen=True, slots=True)
class PlaceRecord:
    """A place as its readers may see it; `values` are the attributes as data, private ones masked."""

    id: int
    code: str
    kind: str
    kind_label: str
    name: str
    address: str
    grid: int
    grid_name: str
    path: tuple[int, ...]
    lon: float | None
    lat: float | None
    active: bool
    attributes: tuple[Attribute, ...]
    values: Mapping[str, Any]


# Entering


def add_place(engine: Engine, caller: Caller, place: NewPlace) -> PlaceRecord:
    """Enter one place; see `add_places`."""
    (place_id,) = add_places(engine, caller, [place])
    return read_place(engine, caller, place_id)


def add_places(engine: Engine, caller: Caller, places: Iterable[NewPlace]) -> list[int]:
    """Enter places, all or none; their ids in order.

    Problem `invalid-body` naming every faulty attribute, `clash` for a code that is taken, `not-allowed` outside the
    caller's grids.
    """
    require(caller, "places.change")
    wanted = list(places)
    faults = [
        fault for place in wanted for fault in _faults(engine, place.kind, place.name, place.attributes)
    ]
    if faults:
        raise Problem("invalid-body", errors=faults)
    return engine.store.retrying(lambda: _insert(engine, caller, wanted))


def _insert(engine: Engine, caller: Caller, places: list[NewPlace]) -> list[int]:
    grids = {grid: _grid_row(engine, caller, grid) for grid in {place.grid for place in places}}
    counts = Counter(stored.count_places(engine.store))
    rows: list[dict[str, Any]] = []
    for place in places:
        counts[place.grid] += 1
        rows.append({
            "code": tidy(place.code) or f"{grids[place.grid].code}-{counts[place.grid]:04d}", "kind": place.kind,
            "name": tidy(place.name), "address": tidy(place.address), "grid": place.grid, "lon": place.lon,
            "lat": place.lat, "attributes": journal.canonical(_clean(engine, place.kind, place.attributes)),
        })  # fmt: skip
    _refuse_taken([row["code"] for row in rows], engine)
    ids = stored.insert_places(engine.store, rows)
    journal.append_all(
        engine.store,
        engine.now(),
        [(caller.id, "place-added", f"place:{ids[row['code']]}", _public(engine, row)) for row in rows],
    )
    return [ids[row["code"]] for row in rows]


def change_place(
    engine: Engine,
    caller: Caller,
    place_id: int,
    *,
    name: str | None = None,
    address: str | None = None,
    attributes: Mapping[str, Any] | None = None,
    active: bool | None = None,
) -> PlaceRecord:
    """Another name, address or standing, and the `attributes` named in it; whatever is None or not named stays."""
    require(caller, "places.change")

    def work() -> PlaceRecord:
        place = _place_row(engine, caller, place_id, "places.change")
        before = json.loads(place.attributes)
        after = _clean(engine, place.kind, {**before, **(attributes or {})})
        # What a register no longer declares stays as it was entered; only what is entered now is judged.
        dropped = (
            set(before) - set(attributes or {}) - {each.name for each in _kind(engine, place.kind).attributes}
        )
        judged = {key: value for key, value in after.items() if key not in dropped}
        faults = _faults(engine, place.kind, place.name if name is None else name, judged)
        if faults:
            raise Problem("invalid-body", errors=faults)
        wanted = {
            "name": None if name is None else tidy(name),
            "address": None if address is None else tidy(address),
            "active": active,
        }
        changes = {
            key: value for key, value in wanted.items() if value is not None and value != getattr(place, key)
        }
        was = {key: getattr(place, key) for key in changes}
        differing = sorted(key for key in {*before, *after} if before.get(key) != after.get(key))
        if changes or differing:
            place.set(**changes, attributes=journal.canonical(after))
            item = _as_item(engine, place.kind)
            body = {
                "was": {**was, "attributes": _named(masked_answers(item, before), differing)},
                "is": {**changes, "attributes": _named(masked_answers(item, after), differing)},
            }
            journal.append(engine.store, engine.now(), caller.id, "place-changed", f"place:{place_id}", body)
        return _record(engine, place, after, hide=True)

    return engine.store.retrying(work)


# Reading


def read_place(engine: Engine, caller: Caller, place_id: int) -> PlaceRecord:
    """One place of the caller's areas, private attributes masked."""
    with engine.store.transaction():
        place = _place_row(engine, caller, place_id, "places.read")
        return _record(engine, place, json.loads(place.attributes), hide=True)


def place_by_code(engine: Engine, caller: Caller, code: str) -> PlaceRecord:
    """The place of that code, if it lies in the caller's areas. Problem `not-found` or `not-allowed`."""
    with engine.store.transaction():
        place = engine.store.db.Place.get(code=code) if tidy(code) == code != "" else None
        if place is None:
            raise not_found(f"场所 {code}", f"place {code}")
        return read_place(engine, caller, place.id)


def reveal_place(engine: Engine, caller: Caller, place_id: int) -> PlaceRecord:
    """One place with its private attributes in full; that they were read stands in the journal."""

    def work() -> PlaceRecord:
        place = _place_row(engine, caller, place_id, "places.reveal")
        record = _record(engine, place, json.loads(place.attributes), hide=False)
        read = [attribute.name for attribute in record.attributes if attribute.private]
        journal.append(
            engine.store, engine.now(), caller.id, "place-revealed", f"place:{place_id}", {"attributes": read}
        )
        return record

    return engine.store.retrying(work)


def list_places(
    engine: Engine,
    caller: Caller,
    *,
    grid: int | None = None,
    kind: str | None = None,
    search: str = "",
    after: int = 0,
    limit: int = 50,
) -> list[PlaceRecord]:
    """Active places of the caller's grids with ids above `after`: of one grid, of one kind, with `search` in name or code."""
    require(caller, "places.read")
    db, search = engine.store.db, tidy(search)
    with engine.store.transaction():
        grids = reachable_grids(engine, caller)
        chosen = sorted(grids if grid is None else grids & {grid})
        places = select(p for p in db.Place if p.active and p.id > after and p.grid.id in chosen)
        if kind is not None:
            if not is_storable(kind):
                return []
            places = places.filter(lambda p: p.kind == kind)
        if search:
            places = places.filter(lambda p: search in p.name or search in p.code)
        rows = places.order_by(db.Place.id).prefetch(db.Place.grid).limit(limit)
        return [_record(engine, place, json.loads(place.attributes), hide=True) for place in rows]


def places_of_kinds(
    engine: Engine, caller: Caller, kinds: Iterable[str], search: str = "", limit: int = 50
) -> list[PlaceRecord]:
    """Places of the caller's grids at which an item `for` these kinds is reported."""
    wanted = list(kinds)
    found = [
        place
        for kind in wanted
        for place in list_places(engine, caller, kind=kind, search=search, limit=limit)
    ]
    return sorted(found, key=lambda place: place.code)[:limit]


# Inside a transaction


def _place_row(engine: Engine, caller: Caller, place_id: int, use_case: str) -> Any:
    place = engine.store.db.Place.get(id=place_id) if place_id <= LARGEST_ID else None
    if place is None:
        raise not_found(f"场所 {place_id}", f"place {place_id}")
    require(caller, use_case, path=path_ids(place.grid.path))
    return place


def _grid_row(engine: Engine, caller: Caller, grid: int) -> Any:
    area = area_row(engine, grid)
    if area.tier != "grid":
        raise Problem(
            "invalid-body", errors=[Fault("grid", "tier", f"{area.name}不是网格", f"{area.name} is no grid")]
        )
    require(caller, "places.change", path=path_ids(area.path))
    return area


def _refuse_taken(codes: list[str], engine: Engine) -> None:
    twice = sorted(code for code, times in Counter(codes).items() if times > 1)
    taken = twice or sorted(select(p.code for p in engine.store.db.Place if p.code in codes))
    if taken:
        raise Problem("clash", f"场所编码 {taken[0]} 已被使用", f"The place code {taken[0]} is taken")


# Attributes


def _kind(engine: Engine, kind: str) -> PlaceKind:
    declared = engine.catalogue.kinds.get(kind)
    if declared is None:
        raise Problem(
            "invalid-body",
            errors=[Fault("kind", "unknown", f"没有台账 {kind}", f"There is no register {kind}")],
        )
    return declared


def _as_item(engine: Engine, kind: str) -> Item:
    """A register's attributes are questions: what holds for answer sheets holds for them."""
    known = engine.catalogue.kinds.get(kind)
    return Item(name=kind, department="", title=kind, questions=known.attributes if known else ())


def _clean(engine: Engine, kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return normalise_answers(_as_item(engine, kind), values)


def _faults(engine: Engine, kind: str, name: str, values: Mapping[str, Any]) -> list[Fault]:
    declared = {attribute.name: attribute for attribute in _kind(engine, kind).attributes}
    clean = _clean(engine, kind, values)
    refused = [refusal(each, "unknown") for each in clean if each not in declared]
    for attribute in declared.values():
        if attribute.name in clean:
            refused += value_refusals(attribute, clean[attribute.name])
        elif not attribute.optional:
            refused.append(refusal(attribute.name, "required"))
    faults = [
        Fault(f"attributes.{each.question}", each.code, each.message, each.message_en) for each in refused
    ]
    if not tidy(name):
        faults.append(Fault("name", "missing", "请填写名称", "A name is needed"))
    return faults


def _record(engine: Engine, place: Any, values: dict[str, Any], *, hide: bool) -> PlaceRecord:
    item = _as_item(engine, place.kind)
    shown = _masked(item, values) if hide else values
    label = engine.catalogue.kinds[place.kind].label if place.kind in engine.catalogue.kinds else place.kind
    return PlaceRecord(
        id=place.id,
        code=place.code,
        kind=place.kind,
        kind_label=label,
        name=place.name,
        address=place.address,
        grid=place.grid.id,
        grid_name=place.grid.name,
        path=path_ids(place.grid.path),
        lon=place.lon,
        lat=place.lat,
        active=place.active,
        attributes=tuple(
            Attribute(
                question.name, question.label, in_words(question, shown[question.name]), question.private
            )
            for question in item.questions
            if question.name in shown
        ),
        values=shown,
    )


def _masked(item: Item, values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is private, and without what no pack that can be read declares: it may have been private."""
    declared = {question.name for question in item.questions}
    shown = masked_answers(item, values)
    return {name: value if name in declared else HIDDEN for name, value in shown.items()}


def in_words(question: Question, value: Any) -> str:
    """An attribute's value as people read it: labels of choices, a number with its unit."""
    labels = {choice.name: choice.label for choice in question.choices}
    if isinstance(value, list | tuple):
        return "、".join(labels.get(each, str(each)) for each in value)
    text = labels.get(value, str(value)) if isinstance(value, str) else str(value)
    return f"{text} {question.unit}" if question.unit and value != HIDDEN else text


def _public(engine: Engine, row: Mapping[str, Any]) -> dict[str, object]:
    """A new place's row for the journal, which keeps forever: without what is private."""
    values = masked_answers(_as_item(engine, row["kind"]), json.loads(row["attributes"]))
    return {**row, "attributes": values}


def _named(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}
