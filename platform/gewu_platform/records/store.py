"""The one door to the database: SQLite for a single machine, PostgreSQL for a city, the same behaviour on both."""

from __future__ import annotations

import random
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, overload
from urllib.parse import quote

from pony.orm import Database, db_session
from yoyo import get_backend, read_migrations
from yoyo.backends.core.sqlite3 import SQLiteBackend
from yoyo.connections import DatabaseURI

from gewu_platform.records.entities import define_entities

T = TypeVar("T")

ATTEMPTS = 5
"""How often a transaction that lost a conflict is tried before the conflict is the caller's."""

LOCK_WAIT = 30.0
"""Seconds a SQLite writer of another process is waited for."""

LARGEST_ID = 2**31 - 1
"""What a database's integer holds: no row has a larger id, and asking for one is an error to some."""

PAGE = 500
"""Rows of a bulk statement that travel to PostgreSQL at once."""

_MIGRATIONS = Path(__file__).parent / "migrations"
_PARAMETER = re.compile(r"'[^']*'|(?<![:\w]):([a-z_][a-z0-9_]*)")
_READING = re.compile(r"\s*(select|with|explain)\b", re.IGNORECASE)


class WriteInReadTransaction(RuntimeError):
    """Something was changed inside `transaction()`; changes belong in `transaction(write=True)`."""


class Store:
    """A database and its entities: `store.db.Case` inside `with store.transaction(write=True):`.

    `url` is `sqlite:///relative`, `sqlite:////absolute` or `postgresql://…`. A store may be used from many threads; each has a
    connection of its own. ValueError where the URL is of no known database.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.db = Database()
        define_entities(self.db)
        self._state = threading.local()
        self._writers: AbstractContextManager[object] = nullcontext()
        if url.startswith("sqlite:///"):
            self.dialect = "sqlite"
            # Threads of one process queue here, fairly; SQLite's own lock is polled, and the unlucky wait long for it.
            self._writers = threading.Lock()
            self._path = str(Path(url.removeprefix("sqlite:///")).absolute())
            self.db.on_connect(provider="sqlite")(_set_pragmas)
            self.db.bind(provider="sqlite", filename=self._path, create_db=True, timeout=LOCK_WAIT)
        elif url.startswith(("postgresql://", "postgres://")):
            self.dialect = "postgresql"
            self._path = "postgresql://" + url.split("://", 1)[1]
            self.db.bind(provider="postgres", dsn=self._path)
        else:
            raise ValueError(f"unknown database {url!r}: sqlite:///path or postgresql://user@host/name")
        self.db.generate_mapping(check_tables=False)

    # The schema

    def migrate(self) -> list[str]:
        """Bring the schema up to date; the names of the migrations that were applied, in order."""
        with _backend(self.dialect, self._path) as backend:
            # Asked first without the lock: a lock left by a process that was killed stops an upgrade, not every start.
            if not self._waiting(backend):
                return []
            with backend.lock():
                waiting = self._waiting(backend)
                backend.apply_migrations(waiting)
                return [migration.id for migration in waiting]

    def unapplied(self) -> list[str]:
        """The names of the migrations that `migrate` would apply."""
        with _backend(self.dialect, self._path) as backend:
            return [migration.id for migration in self._waiting(backend)]

    def _waiting(self, backend: Any) -> Any:
        return backend.to_apply(read_migrations(str(_MIGRATIONS / self.dialect)))

    # Transactions

    @contextmanager
    def transaction(self, *, write: bool = False) -> Iterator[None]:
        """A session with the database: all of it is kept at the end, or nothing of it after an exception.

        With `write`, the only writer's place is taken before anything is read, so what is read cannot be changed by others
        before it is written; it also keeps the journal's order. Readers neither wait nor make anyone wait. A
        transaction within another is part of it. WriteInReadTransaction where a reading one changed something.
        """
        if self.in_transaction:
            if write and not self._state.write:
                raise WriteInReadTransaction("a writing transaction cannot start inside a reading one")
            yield
            return
        self._state.write = write
        try:
            with self._writers if write else nullcontext(), db_session(immediate=write, optimistic=not write):
                if write:
                    self._take_writers_place()
                yield
                if not write:
                    self._refuse_changes()
        finally:
            self._state.write = None

    @property
    def in_transaction(self) -> bool:
        """Whether this thread is inside `transaction`."""
        return getattr(self._state, "write", None) is not None

    def retrying(self, work: Callable[[], T]) -> T:
        """What `work` returns, run in a writing transaction and run again, at most ATTEMPTS times, after a lost conflict."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with self.transaction(write=True):
                    return work()
            except Exception as error:
                if attempt == ATTEMPTS or not _is_conflict(error):
                    raise
                time.sleep(random.uniform(0, 0.02 * 2**attempt))
        raise AssertionError("the last attempt returns or raises")

    def _take_writers_place(self) -> None:
        # On SQLite the session's BEGIN IMMEDIATE, sent with the first statement, is the lock itself.
        lock = "" if self.dialect == "sqlite" else " FOR UPDATE"
        self.execute("SELECT seq FROM journal_head WHERE id = 1" + lock)

    def _refuse_changes(self) -> None:
        cache = self.db._get_cache()
        if cache.modified or cache.immediate or cache.in_transaction:
            raise WriteInReadTransaction("changes need transaction(write=True)")

    # Set-based statements

    def execute(self, sql: str, /, **parameters: object) -> Any:
        """A DB-API cursor after `sql`, in which `:name` stands for a parameter. Pending changes of entities go first."""
        return self._run(sql, parameters, many=False)

    def execute_many(self, sql: str, rows: Sequence[Mapping[str, object]], /) -> None:
        """`sql` once for each of `rows`, in as few round trips as the database allows."""
        if rows:
            self._run(sql, rows, many=True)

    def _run(self, sql: str, parameters: Any, many: bool) -> Any:
        if not self._state.write and not _READING.match(sql):
            raise WriteInReadTransaction("changes need transaction(write=True)")
        cache = self.db._get_cache()
        connection = cache.prepare_connection_for_query_execution()
        if cache.immediate:
            cache.in_transaction = True
        cursor = connection.cursor()
        if self.dialect == "postgresql":
            _on_postgresql(cursor, _pyformat(sql), parameters, many)
        elif many:
            cursor.executemany(sql, [_as_text(row) for row in parameters])
        else:
            cursor.execute(sql, _as_text(parameters))
        return cursor

    def close(self) -> None:
        """Give back this thread's connection."""
        self.db.disconnect()


@overload
def moment(value: None) -> None: ...
@overload
def moment(value: str | datetime) -> datetime: ...
def moment(value: str | datetime | None) -> datetime | None:
    """A time as a set-based statement returned it: SQLite hands out text, PostgreSQL datetimes."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def moment_text(at: datetime) -> str:
    """`at` exactly as SQLite keeps it, microseconds always written, so that texts compare as times do."""
    return at.isoformat(" ", timespec="microseconds")


def _set_pragmas(db: Database, connection: sqlite3.Connection) -> None:
    # Pony decodes every text in Python; here it is always UTF-8, which the driver decodes a good deal faster.
    connection.text_factory = str
    connection.execute("PRAGMA journal_mode = WAL")
    # FULL: a commit that was acknowledged is on the disk, not only in the operating system's memory.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA busy_timeout = {int(LOCK_WAIT * 1000)}")


def _backend(dialect: str, path: str) -> Any:
    if dialect == "postgresql":
        return get_backend(path)
    # Built by hand: yoyo's own URL parser loses the first slash of an absolute path and does not quote `?` or `#`.
    backend = SQLiteBackend(DatabaseURI("sqlite", None, None, None, None, quote(path), {}), "_yoyo_migration")
    backend.init_database()
    return backend


def _is_conflict(error: Exception) -> bool:
    cause = getattr(error, "original_exc", error)
    code = getattr(cause, "pgcode", None)
    if code is not None:
        return code in ("40001", "40P01", "55P03")
    return isinstance(cause, sqlite3.OperationalError) and "locked" in str(cause)


def _on_postgresql(cursor: Any, sql: str, parameters: Any, many: bool) -> None:
    if many:
        # Imported here: the driver is installed only where PostgreSQL is used.
        from psycopg2.extras import execute_batch

        execute_batch(cursor, sql, parameters, page_size=PAGE)
    else:
        cursor.execute(sql, parameters)


@lru_cache(maxsize=512)
def _pyformat(sql: str) -> str:
    return _PARAMETER.sub(lambda found: f"%({found[1]})s" if found[1] else found[0], sql.replace("%", "%%"))


def _as_text(parameters: Mapping[str, object]) -> dict[str, object]:
    # Most values are none of these, and a bulk statement passes here for every one of its rows.
    days = {name: _day_text(value) for name, value in parameters.items() if isinstance(value, date)}
    return {**parameters, **days}


@lru_cache(maxsize=1024)
def _day_text(value: date) -> str:
    return moment_text(value) if isinstance(value, datetime) else value.isoformat()
