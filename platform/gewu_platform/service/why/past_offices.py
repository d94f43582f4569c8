"""Which offices there were: the map of offices as it was when a case was routed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gewu_platform.core.routing import Offices, index_offices
from gewu_platform.records import journal
from gewu_platform.records.hot.case_pages import list_every_office
from gewu_platform.records.hot.rows import Row
from gewu_platform.service.engine import Engine


@dataclass(frozen=True, slots=True)
class PastOffices:
    """The offices on a way up the tree of areas, with what the journal knows of each; `titles` are those of now."""

    rows: Sequence[Row]
    entries: Mapping[int, Sequence[journal.Entry]]
    titles: Mapping[int, str]

    def at(self, seq: int) -> Offices:
        """Those that were active when entry `seq` was made."""
        return index_offices(
            (row["id"], row["department"], row["code"], row["area"])
            for row in self.rows if _was_active(row, self.entries.get(row["id"], ()), seq)
        )  # fmt: skip


def past_offices(engine: Engine, path: Sequence[int]) -> PastOffices:
    """The offices that stand, or once stood, at the areas of `path`. Inside a transaction."""
    rows = list_every_office(engine.store, path)
    entries: dict[int, list[journal.Entry]] = {}
    for entry in journal.entries_about(engine.store, [f"office:{row['id']}" for row in rows]):
        entries.setdefault(int(entry.subject.removeprefix("office:")), []).append(entry)
    return PastOffices(rows, entries, {row["id"]: row["title"] for row in rows})


def _was_active(row: Row, entries: Sequence[journal.Entry], seq: int) -> bool:
    """As the journal tells it; one that no entry tells of has always been as it is."""
    active = None if entries else bool(row["active"])
    for entry in entries:
        if entry.seq > seq:
            # What a later entry changed tells what was before, also where no earlier one does.
            return bool(_part(entry, "was").get("active", active if active is not None else False))
        if entry.kind == "office-added":
            active = True
        active = bool(_part(entry, "is").get("active", active))
    return bool(active)


def _part(entry: journal.Entry, name: str) -> Mapping[str, object]:
    part = entry.body.get(name, {})
    return part if isinstance(part, Mapping) else {}
