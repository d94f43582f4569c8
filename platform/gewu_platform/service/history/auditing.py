"""Reading the journal, and proving that nobody changed it, nor what was made of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pony.orm import select

from gewu_platform.core.words import Words
from gewu_platform.records import journal
from gewu_platform.records.store import LARGEST_ID
from gewu_platform.service.caller import Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.history.journal_words import entry_words
from gewu_platform.service.history.rebuilding import Compared, compare_projections
from gewu_platform.service.permissions import require

MOST = 500
"""Entries handed out at once."""


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One entry; `actor_name` is None where the system acted, `words` say what happened."""

    seq: int
    at: datetime
    actor: int | None
    actor_name: str | None
    kind: str
    subject: str
    body: dict[str, Any]
    hash: str
    words: Words


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """The first entry that does not follow from the ones before it."""

    seq: int
    words: Words


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many entries the journal says it has, the last one's hash, and the first broken link if there is one."""

    entries: int
    head: str
    broken: BrokenLink | None

    @property
    def whole(self) -> bool:
        return self.broken is None


def read_journal(
    engine: Engine, caller: Caller, after: int = 0, limit: int = 50, subject: str | None = None
) -> list[JournalRow]:
    """Entries numbered above `after`, oldest first, at most MOST: about `subject` (`case:7`), or all."""
    require(caller, "journal.read")
    db = engine.store.db
    with engine.store.transaction():
        entries = journal.entries(engine.store, subject, min(after, LARGEST_ID), min(limit, MOST))
        actors = {entry.actor for entry in entries if entry.actor is not None}
        names = dict(select((u.id, u.full_name) for u in db.User if u.id in actors)) if actors else {}
    return [
        JournalRow(
            entry.seq, entry.at, entry.actor, None if entry.actor is None else names.get(entry.actor), entry.kind,
            entry.subject, entry.body, entry.hash, entry_words(entry.kind, entry.body),
        )
        for entry in entries
    ]  # fmt: skip


def verify_journal(engine: Engine, caller: Caller, known: Mapping[int, str] | None = None) -> Verdict:
    """Walk the whole hash chain. The work grows with the journal, memory does not.

    `known` are hashes of entries, by number, that were noted outside the database: they show what no chain shows on its
    own, a suffix rewritten or cut off by somebody who rewrote the head as well.
    """
    require(caller, "journal.verify")
    with engine.store.transaction():
        entries, head = journal.head(engine.store)
        broken = journal.verify(engine.store, known)
    if broken is None:
        return Verdict(entries, head, None)
    words = Words(
        f"日志在第 {broken.seq} 条断开：{broken.why.zh}",
        f"the journal breaks at entry {broken.seq}: {broken.why.en}",
    )
    return Verdict(entries, head, BrokenLink(broken.seq, words))


def verify_projections(
    engine: Engine, caller: Caller, progress: Callable[[float], None] | None = None
) -> Compared:
    """Make the row, clocks, tasks and timers of every case again from the journal and hold them against what is stored.

    Stops at the first difference. `progress` is told the share done, from 0 to 1.
    """
    require(caller, "journal.verify")
    return compare_projections(engine, progress)
