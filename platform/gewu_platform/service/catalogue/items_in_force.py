"""Which version of an item a report is decided on, and which items there are to visit for."""

from __future__ import annotations

from datetime import datetime, timedelta

from gewu_dsl.model import Item
from gewu_platform.core.zones import to_local
from gewu_platform.records.hot.reports import list_items_in_use, list_usable_versions
from gewu_platform.service.catalogue.publishing import Published, in_force, published_item
from gewu_platform.service.engine import Engine
from gewu_platform.service.problems import Problem, not_found

STILL_TAKEN = timedelta(days=7)
"""How long after its retirement a version is still taken from phones that were out of reach."""


def item_for_report(
    engine: Engine, name: str, version: str | None, now: datetime, reported_at: datetime
) -> Published:
    """The version that the client filled in, by default the one in use. Inside a transaction.

    Another than that is never taken in its place: the sheet answers its questions. Problem not-found, `gone` for one that was
    retired too long ago, not-possible-now where the item was not in force when the report was made.
    """
    known = dict(list_usable_versions(engine.store, name, version))
    chosen = version or next((found for found, retired_at in known.items() if retired_at is None), None)
    if chosen is None or chosen not in known:
        raise not_found(f"事项 {name}", f"item {name}" + (f" in version {version}" if version else ""))
    retired_at = known[chosen]
    if retired_at is not None and now - retired_at > STILL_TAKEN:
        raise Problem("gone", "表单已更新，请重新打开后填写", "The form has changed since; open it again")
    published = published_item(engine, name, chosen)
    if not in_force(published.item, to_local(reported_at, engine.zone).date()):
        title = published.item.title
        raise Problem("not-possible-now", f"事项“{title}”不在入格期内", f"“{title}” is not in force then")
    return published


def items_in_use(engine: Engine) -> list[Item]:
    """The items in use, by name. Inside a transaction."""
    return [published_item(engine, name, version).item for name, version in list_items_in_use(engine.store)]
