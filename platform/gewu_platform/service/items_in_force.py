"""Which version of an item a report is decided on, and which items there are to visit for."""

from __future__ import annotations

from datetime import datetime

from gewu_dsl.model import Item
from gewu_platform.core.zones import to_local
from gewu_platform.records.hot.reports import list_items_in_use, list_usable_versions
from gewu_platform.service.engine import Engine
from gewu_platform.service.problems import Problem, not_found
from gewu_platform.service.publishing import STILL_TAKEN, Published, published_item


def item_for_report(engine: Engine, name: str, version: str | None, at: datetime) -> Published:
    """The version the client filled in while it is still taken, else the one in use. Inside a transaction.

    Problem not-found for an unknown item, not-possible-now outside its inclusion period.
    """
    retired = dict(list_usable_versions(engine.store, name, version))
    in_use = next((found for found, retired_at in retired.items() if retired_at is None), None)
    if version in retired:
        retired_at = retired[version]
        chosen = version if retired_at is None or at - retired_at <= STILL_TAKEN else in_use
    else:
        chosen = in_use
    if chosen is None:
        raise not_found(f"事项 {name}", f"item {name}")
    published = published_item(engine, name, chosen)
    today, item = to_local(at, engine.zone).date(), published.item
    if (item.since is not None and today < item.since) or (item.until is not None and today > item.until):
        raise Problem(
            "not-possible-now", f"事项“{item.title}”目前不在入格期内", f"“{item.title}” is not in force now"
        )
    return published


def items_in_use(engine: Engine) -> list[Item]:
    """The items in use, by name. Inside a transaction."""
    return [published_item(engine, name, version).item for name, version in list_items_in_use(engine.store)]
