"""The journal: every change, in order, each entry chained by hash to the one before it.

An entry's hash covers its number, time, actor, kind, subject, the text of its body and the hash before it, so no byte of the
past can change without breaking a link. The single row of `journal_head` is the last link; a writing transaction holds
it from its start, which is what gives the entries one order.

The database itself refuses to change, remove or insert what is past (triggers). Whoever may drop the triggers can rewrite a
suffix with hashes that fit, head and all: that no chain shows on its own. It shows against any hash of the suffix kept
elsewhere, which `verify` takes as `known`: the head's number and hash, noted once a day, is enough.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from gewu_platform.core.words import Words
from gewu_platform.records.store import Store, moment, moment_text

GENESIS = "0" * 64
"""The hash before the first entry."""

BATCH = 5000
"""Entries read at a time when the chain is walked."""


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


class Happening(NamedTuple):
    """What is to be entered: `actor` (None: the system) did `kind` to `subject` (e.g. `case:7`); `body` fits into JSON."""

    actor: int | None
    kind: str
    subject: str
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it stands in the journal; `actor` None is the system."""

    seq: int
    at: datetime
    actor: int | None
    kind: str
    subject: str
    body: dict[str, object]
    hash: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The first link that does not hold, and why."""

    seq: int
    why: Words


def canonical(value: object) -> str:
    """`value` as the one JSON text it has: keys sorted, no spaces. ValueError for NaN and infinities."""
    return _ENCODER.encode(value)


def append(
    store: Store, at: datetime, actor_id: int | None, kind: str, subject: str, body: Mapping[str, object]
) -> int:
    """Enter one happening inside a writing transaction; its number."""
    return append_all(store, at, [Happening(actor_id, kind, subject, body)])


def append_all(
    store: Store, at: datetime, happenings: Sequence[tuple[int | None, str, str, Mapping[str, object]]]
) -> int:
    """Enter the `happenings` of one moment in order (`Happening`s or plain tuples); the number of the first."""
    seq, last = store.execute("SELECT seq, hash FROM journal_head WHERE id = 1").fetchone()
    first, rows, stamp = seq + 1, [], moment_text(at)
    for actor, kind, subject, content in happenings:
        seq += 1
        body = canonical(content)
        link = _hash(last, seq, stamp, actor, kind, subject, body)
        rows.append({"seq": seq, "at": at, "actor": actor, "kind": kind, "subject": subject,
                     "body": body, "previous": last, "hash": link})  # fmt: skip
        last = link
    store.execute_many(
        "INSERT INTO journal (seq, at, actor, kind, subject, body, previous, hash)"
        " VALUES (:seq, :at, :actor, :kind, :subject, :body, :previous, :hash)",
        rows,
    )
    store.execute("UPDATE journal_head SET seq = :seq, hash = :hash WHERE id = 1", seq=seq, hash=last)
    return int(first)


def history(store: Store, subject: str) -> list[Entry]:
    """Every entry of `subject`, oldest first, however many there are: what a state is made of again."""
    found = page = entries(store, subject, limit=BATCH)
    while len(page) == BATCH:
        page = entries(store, subject, page[-1].seq, BATCH)
        found = found + page
    return found


def entries(store: Store, subject: str | None = None, after: int = 0, limit: int = 1000) -> list[Entry]:
    """A page of the entries numbered above `after`, oldest first, of `subject` or of everything."""
    chosen = "" if subject is None else " AND subject = :subject"
    cursor = store.execute(
        "SELECT seq, at, actor, kind, subject, body, hash FROM journal"
        f" WHERE seq > :after{chosen} ORDER BY seq LIMIT :limit",
        after=after, limit=limit, **({} if subject is None else {"subject": subject}),
    )  # fmt: skip
    return [_entry(*row) for row in cursor.fetchall()]


def entries_about(store: Store, subjects: Sequence[str]) -> list[Entry]:
    """Every entry of any of a few `subjects`, oldest first."""
    listed = ", ".join(f":subject_{number}" for number in range(len(subjects))) or "NULL"
    cursor = store.execute(
        "SELECT seq, at, actor, kind, subject, body, hash FROM journal"
        f" WHERE subject IN ({listed}) ORDER BY seq",
        **{f"subject_{number}": subject for number, subject in enumerate(subjects)},
    )
    return [_entry(*row) for row in cursor.fetchall()]


def length(store: Store) -> int:
    """How many entries there are."""
    return head(store)[0]


def head(store: Store) -> tuple[int, str]:
    """The number and the hash of the last entry: worth noting outside the database (see `verify`)."""
    seq, link = store.execute("SELECT seq, hash FROM journal_head WHERE id = 1").fetchone()
    return int(seq), str(link)


def verify(store: Store, known: Mapping[int, str] | None = None) -> Broken | None:
    """None where every link holds up to the head, else the first that does not. Inside a transaction.

    `known` are hashes of entries, by number, that were noted outside the database.
    """
    known = known or {}
    until, final = head(store)
    last, expected = GENESIS, 1
    for seq, at, actor, kind, subject, body, previous, link in _rows(store, until):
        if seq < expected:
            return Broken(seq, Words("位于第 1 条之前", "stands before the first entry"))
        if seq != expected:
            return Broken(expected, Words(f"缺失，下一条是第 {seq} 条", f"missing, the next entry is {seq}"))
        if previous != last:
            return Broken(seq, Words("与上一条不衔接", "does not follow from the entry before it"))
        if link != _hash(previous, seq, at, actor, kind, subject, body):
            return Broken(seq, Words("写入后被改动", "was changed after it was written"))
        if known.get(seq, link) != link:
            return Broken(
                seq, Words("与库外留存的哈希不符", "is not the entry whose hash was noted elsewhere")
            )
        last, expected = link, expected + 1
    if (until, final) != (expected - 1, last):
        return Broken(
            expected, Words(f"末尾与链头（第 {until} 条）不符", f"the end is not the head, entry {until}")
        )
    cut = [seq for seq in known if seq >= expected]
    if cut:
        return Broken(
            expected,
            Words(f"缺失：库外留存有第 {max(cut)} 条", f"missing: entry {max(cut)} was noted elsewhere"),
        )
    # One statement, so that entries appended meanwhile are seen together with the head they moved.
    beyond = "SELECT min(seq) FROM journal WHERE seq > (SELECT seq FROM journal_head WHERE id = 1)"
    (stray,) = store.execute(beyond).fetchone()
    return None if stray is None else Broken(stray, Words("位于链头之后", "stands beyond the head"))


def _entry(
    seq: int, at: str | datetime, actor: int | None, kind: str, subject: str, body: str, link: str
) -> Entry:
    return Entry(seq, moment(at), actor, kind, subject, json.loads(body), link)


def _rows(store: Store, until: int) -> Iterator[tuple[int, str, int | None, str, str, str, str, str]]:
    after = -(2**31)
    while True:
        batch = store.execute(
            "SELECT seq, at, actor, kind, subject, body, previous, hash FROM journal"
            " WHERE seq > :after AND seq <= :until ORDER BY seq LIMIT :batch",
            after=after, until=until, batch=BATCH,
        ).fetchall()  # fmt: skip
        for seq, at, *rest in batch:
            yield seq, at if isinstance(at, str) else moment_text(at), *rest
        if len(batch) < BATCH:
            return
        after = batch[-1][0]


def _hash(previous: str, seq: int, at: str, actor: int | None, kind: str, subject: str, body: str) -> str:
    entry = canonical([seq, at, actor, kind, subject, body])
    return hashlib.sha256((previous + entry).encode("utf-8", "surrogatepass")).hexdigest()
