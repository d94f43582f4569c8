"""Publishing: from the catalogue on disk to versions that never change, and back to items ready to run.

A version is kept for as long as anything decided on it is, with its artifact and its source. One version of an item is in use;
a pack that does not compile leaves its items as they were published.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from jsonschema_rs import Draft202012Validator
from pony.orm import select

from gewu_dsl.artifact import from_json, to_json
from gewu_dsl.decision import Refused
from gewu_dsl.emit.json_schema import answers_schema
from gewu_dsl.model import Compiled, Department, Item
from gewu_dsl.rules import Rules, compile_rules
from gewu_dsl.validity import refusal, value_refusals
from gewu_platform.core.zones import to_local
from gewu_platform.records import journal
from gewu_platform.service.caller import Caller
from gewu_platform.service.catalogue.office_gaps import Coverage, coverage_of
from gewu_platform.service.engine import Engine
from gewu_platform.service.permissions import require
from gewu_platform.service.problems import Fault, not_found
from gewu_platform.service.texts import is_storable


@dataclass(frozen=True, slots=True)
class Published:
    """One version of an item, ready to run: decide with `rules`, check sheets with `faults`."""

    item: Item
    version: str
    lines: Mapping[str, int]
    rules: Rules
    validator: Draft202012Validator
    department: str
    file: str
    source: str

    @property
    def compiled(self) -> Compiled:
        return Compiled(self.item, self.version, self.lines, self.file)

    def faults(self, answers: Mapping[str, Any]) -> tuple[Fault, ...]:
        """What the published schema refuses about a sheet, each at its question; empty for most, at the cost of nothing."""
        if self.validator.is_valid(answers):
            return ()
        refused = self._refusals(answers) or self._refusals_of_schema(answers)
        return tuple(Fault(each.question or "", each.code, each.message, each.message_en) for each in refused)

    def _refusals(self, answers: Mapping[str, Any]) -> list[Refused]:
        """What the schema says too, in words and at half the cost."""
        refused: list[Refused] = []
        for question in self.item.questions:
            if question.name in answers:
                refused += value_refusals(question, answers[question.name])
            elif question.when is None and not question.optional:
                refused.append(refusal(question.name, "required"))
        names = {question.name for question in self.item.questions}
        return refused + [refusal(name, "unknown") for name in answers if name not in names]

    def _refusals_of_schema(self, answers: Mapping[str, Any]) -> list[Refused]:
        """What only the schema sees."""
        blamed = dict.fromkeys(
            name for error in self.validator.iter_errors(answers) for name in _blamed(error)
        )
        return [refusal(name, "type", "text") for name in blamed]


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A published item in a list."""

    name: str
    title: str
    number: str | None
    department: str
    department_title: str
    kinds: tuple[str, ...]
    version: str
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Publication:
    """What a publishing changed, by item name; `refused` are the codes of packs left as they were.

    `coverage` says which offices the published items miss. Its `undispatchable` items were left as they were: nobody could
    take any of their cases.
    """

    new: tuple[str, ...]
    unchanged: tuple[str, ...]
    retired: tuple[str, ...]
    refused: tuple[str, ...]
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class ItemStatus:
    """An item here and on disk; `state` is `unchanged`, `new`, `changed`, `gone` or `orphaned` (its pack cannot be read)."""

    item: str
    published: str | None
    on_disk: str | None
    state: str


# Publishing


def publish_catalogue(engine: Engine, caller: Caller) -> Publication:
    """Make the catalogue's items those in use; an approver publishes those of the own department.

    A changed item gets a new version and retires the one before; an item gone from its pack is retired; items of a pack
    that was refused or is not there stay as they are, and so does an item whose cases could be dispatched nowhere.
    """
    require(caller, "catalogue.publish")
    return engine.store.retrying(lambda: _publish(engine, caller))


def _publish(engine: Engine, caller: Caller) -> Publication:
    new, unchanged, retired = [], [], []
    in_use = {row.item: row for row in select(v for v in engine.store.db.ItemVersion if v.retired_at is None)}
    mine = _items_of(engine, caller)
    coverage = coverage_of(engine, (compiled.item for compiled in mine.values()))
    for name in sorted(mine):
        row = in_use.get(name)
        if row is not None and row.version == mine[name].version:
            unchanged.append(name)
            continue
        if name in coverage.undispatchable:
            continue
        if row is not None:
            _retire(engine, caller, row, successor=mine[name].version)
        _put_in_use(engine, caller, mine[name])
        new.append(name)
    accepted = {pack.code for pack in engine.catalogue.packs if pack.accepted}
    for name, row in sorted(in_use.items()):
        if row.department in accepted & _departments_of(engine, caller) and name not in mine:
            _retire(engine, caller, row, successor=None)
            retired.append(name)
    refused = tuple(pack.code for pack in engine.catalogue.packs if not pack.accepted)
    return Publication(tuple(new), tuple(unchanged), tuple(retired), refused, coverage)


def _put_in_use(engine: Engine, caller: Caller, compiled: Compiled) -> None:
    """Keep a new version, or take one from before back into use: the same meaning is the same version."""
    db, name = engine.store.db, compiled.item.name
    row = db.ItemVersion.get(item=name, version=compiled.version)
    if row is None:
        db.ItemVersion(
            item=name, department=compiled.item.department, version=compiled.version,
            artifact=journal.canonical(to_json(compiled.item)), lines=journal.canonical(dict(compiled.lines)),
            source=engine.catalogue.source_of(name), file=compiled.file, published_at=engine.now(),
        )  # fmt: skip
    else:
        row.retired_at = None
    db.flush()
    _enter(engine, caller, name, "item-published", {"version": compiled.version})


def _retire(engine: Engine, caller: Caller, row: Any, successor: str | None) -> None:
    row.retired_at = engine.now()
    # Before its successor comes in: only one version of an item is in use at any moment.
    engine.store.db.flush()
    _enter(engine, caller, row.item, "item-retired", {"version": row.version, "successor": successor})


def _items_of(engine: Engine, caller: Caller) -> dict[str, Compiled]:
    departments = _departments_of(engine, caller)
    items = engine.catalogue.items
    return {name: compiled for name, compiled in items.items() if compiled.item.department in departments}


def _departments_of(engine: Engine, caller: Caller) -> frozenset[str]:
    everything = frozenset(engine.catalogue.departments)
    return everything if caller.role == "system" else everything & {caller.department}


def catalogue_status(engine: Engine, caller: Caller) -> list[ItemStatus]:
    """Every item that is published or on disk, by name."""
    require(caller, "catalogue.read")
    on_disk = {name: compiled.version for name, compiled in engine.catalogue.items.items()}
    with engine.store.transaction():
        rows = select(v for v in engine.store.db.ItemVersion if v.retired_at is None)
        published = {row.item: (row.version, row.department) for row in rows}
    readable = {pack.code for pack in engine.catalogue.packs if pack.accepted}
    listed = []
    for name in sorted({*on_disk, *published}):
        version, department = published.get(name, (None, ""))
        state = _state(version, on_disk.get(name), department in readable)
        listed.append(ItemStatus(name, version, on_disk.get(name), state))
    return listed


def _state(published: str | None, on_disk: str | None, readable: bool) -> str:
    if published is None:
        return "new"
    if on_disk is None:
        return "gone" if readable else "orphaned"
    return "unchanged" if published == on_disk else "changed"


# Reading


def published_item(engine: Engine, name: str, version: str | None = None) -> Published:
    """An item in one version, by default the one in use. Problem `not-found`."""
    if not is_storable(name + (version or "")):
        raise not_found("该事项", "such item")
    with engine.store.transaction():
        if version is not None and ("item", name, version) in engine.cache:
            return _cached(engine, name, version)
        db = engine.store.db
        if version is None:
            found = select(
                v.version for v in db.ItemVersion if v.item == name and v.retired_at is None
            ).first()
        else:
            found = version if db.ItemVersion.exists(item=name, version=version) else None
        if found is None:
            at = f"（版本 {version}）" if version else ""
            raise not_found(
                f"事项 {name}{at}", f"item {name}" + (f" in version {version}" if version else "")
            )
        return _cached(engine, name, found)


def list_items(engine: Engine, caller: Caller) -> list[ItemRow]:
    """The items in use and in force today, by department and name."""
    require(caller, "items.read")
    with engine.store.transaction():
        db = engine.store.db
        rows = [(v.item, v.version) for v in select(v for v in db.ItemVersion if v.retired_at is None)]
        in_use = [_cached(engine, name, version) for name, version in rows]
    today = to_local(engine.now(), engine.zone).date()
    listed = [_row(engine, published) for published in in_use if in_force(published.item, today)]
    return sorted(listed, key=lambda row: (row.department, row.number or "", row.name))


def department_of(engine: Engine, code: str) -> Department:
    """The department of that code; one whose pack cannot be read now goes by its code."""
    return engine.catalogue.departments.get(code) or Department(code=code, title=code)


def _cached(engine: Engine, name: str, version: str) -> Published:
    key = ("item", name, version)
    if key not in engine.cache:
        row = engine.store.db.ItemVersion.get(item=name, version=version)
        item, lines = from_json(json.loads(row.artifact)), json.loads(row.lines)
        engine.cache[key] = Published(
            item=item,
            version=version,
            lines=lines,
            rules=compile_rules(item, lines),
            validator=Draft202012Validator(answers_schema(item)),
            department=row.department,
            file=row.file,
            source=row.source,
        )
    published: Published = engine.cache[key]
    return published


def in_force(item: Item, today: date) -> bool:
    """Whether the item may be reported on that local day."""
    return (item.since is None or item.since <= today) and (item.until is None or today <= item.until)


def _row(engine: Engine, published: Published) -> ItemRow:
    item = published.item
    title = department_of(engine, item.department).title
    return ItemRow(
        item.name,
        item.title,
        item.number,
        item.department,
        title,
        item.kinds,
        published.version,
        item.since,
        item.until,
    )


def _blamed(error: Any) -> list[str]:
    """The questions that a schema error is about."""
    if error.instance_path:
        return [str(error.instance_path[0])]
    kind = error.kind
    return [kind.property] if kind.name == "required" else list(getattr(kind, "unexpected", ()))


def _enter(engine: Engine, caller: Caller, item: str, kind: str, body: dict[str, object]) -> None:
    journal.append(engine.store, engine.now(), caller.id, kind, f"item:{item}", body)
