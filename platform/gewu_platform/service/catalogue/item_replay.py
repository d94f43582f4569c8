"""What a new version of an item would have decided about the forms submitted so far, before anyone publishes it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from gewu_item_catalog.replay.changes import Comparison, compare
from gewu_platform.records.hot import reports
from gewu_platform.service.caller import Caller
from gewu_platform.service.catalogue.publishing import published_item
from gewu_platform.service.engine import Engine
from gewu_platform.service.permissions import require
from gewu_platform.service.problems import not_found


@dataclass(frozen=True, slots=True)
class ItemReplay:
    """The version in use and the one on disk, compared on every submitted form; `forms` are the forms' ids, in the order that
    the changes' examples count in."""

    item: str
    published: str
    on_disk: str
    comparison: Comparison
    forms: tuple[str, ...]


def replay_item(engine: Engine, caller: Caller, name: str) -> ItemReplay:
    """Decide every form of the item by the published version and by the one on disk; nothing is changed.

    A form brings the context that was read for it when it came in; what its version did not read then (a count of
    cases, for example) is blank. Problem `not-found` where the item is not published or no longer on disk.
    """
    require(caller, "catalogue.read")
    with engine.store.transaction():
        published = published_item(engine, name)
        rows = reports.list_forms(engine.store, name)
    on_disk = engine.catalogue.items.get(name)
    if on_disk is None:
        raise not_found(f"磁盘上的事项 {name}", f"item {name} on disk")
    forms = [(json.loads(row["answers"]), json.loads(row["context"])) for row in rows]
    comparison = compare(published.item, on_disk.item, forms)
    ids = tuple(row["id"] for row in rows)
    return ItemReplay(name, published.version, on_disk.version, comparison, ids)
