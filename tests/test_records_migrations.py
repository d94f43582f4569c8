"""The hand-written migrations and the entities describe one schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from conftest import Databases
from pony.orm import Database
from yoyo import read_migrations

from gewu_platform.records import entities
from gewu_platform.records.hot.rows import fetch
from gewu_platform.records.store import Store, _backend

MIGRATIONS = Path(entities.__file__).parent / "migrations"

BESIDE_THE_ENTITIES = {
    "idx_timers__waiting", "idx_outbox__waiting", "idx_cases__running", "idx_cases__open",
    "unq_item_versions__in_use", "idx_tasks__open_office", "idx_tasks__open_role", "idx_tasks__assisting",
    "idx_cases__supervising", "idx_cases__merged_into", "idx_deadlines__provisional", "idx_held_notices__waiting",
    "idx_cases__closed", "idx_submissions__cell", "idx_deliveries__waiting", "idx_notices__inbox", "idx_notices__unread", "idx_timers__commanding",
}  # fmt: skip
"""Partial indexes, which Pony cannot declare."""

COLUMNS = {
    "sqlite": 'SELECT m.name, c.name, c.type, c."notnull" OR c.pk > 0, c.pk FROM sqlite_master m, pragma_table_info(m.name) c'
    " WHERE m.type = 'table'",
    "postgresql": "SELECT table_name, column_name, data_type, is_nullable, column_default IS NOT NULL"
    " FROM information_schema.columns WHERE table_schema = 'public'",
}
KEYS = {
    "sqlite": 'SELECT m.name, f."from", f."table", f."to", f.on_delete FROM sqlite_master m, pragma_foreign_key_list(m.name) f'
    " WHERE m.type = 'table'",
    "postgresql": "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE contype IN ('f', 'p', 'u') AND connamespace = 'public'::regnamespace",
}
INDEXES = {
    "sqlite": 'SELECT m.name, i.name, i."unique", (SELECT group_concat(c.name) FROM pragma_index_info(i.name) c)'
    " FROM sqlite_master m, pragma_index_list(m.name) i WHERE m.type = 'table'",
    "postgresql": "SELECT tablename, indexname, indexdef, '' FROM pg_indexes WHERE schemaname = 'public'",
}


@pytest.fixture
def declared(dialect: str, databases: Databases) -> Iterator[Store]:
    """A database whose tables Pony made from the entities."""

    def fill(url: str) -> None:
        db = Database()
        entities.define_entities(db)
        if dialect == "sqlite":
            db.bind(provider="sqlite", filename=url.removeprefix("sqlite:///"), create_db=True)
        else:
            db.bind(provider="postgres", dsn=url)
        db.generate_mapping(create_tables=True)
        db.disconnect()

    url = databases.copy(dialect, "declared", fill)
    store = Store(url)
    yield store
    store.close()
    databases.drop(url)


def read(store: Store, query: str) -> set[tuple[str, ...]]:
    with store.transaction():
        rows = store.execute(query).fetchall()
    ours = [row for row in rows if not re.search(r"yoyo|sqlite_sequence", str(row[0]))]
    assert len(ours) > 10
    return {tuple(str(value) for value in row) for row in ours}


def test_the_migrated_columns_are_the_declared_ones(store: Store, declared: Store) -> None:
    query = COLUMNS[store.dialect]
    assert read(store, query) == read(declared, query)


def test_the_migrated_keys_are_the_declared_ones(store: Store, declared: Store) -> None:
    query = KEYS[store.dialect]
    assert read(store, query) == read(declared, query)


def test_the_migrated_indexes_are_the_declared_ones_and_the_partial_ones(
    store: Store, declared: Store
) -> None:
    query = INDEXES[store.dialect]

    def shapes(of: Store) -> set[tuple[str, ...]]:
        # A unique column's index has a name of the database's choosing.
        return {
            (
                table,
                "" if automatic(name) else name,
                re.sub(r" INDEX \S+ ON", " INDEX ON", definition),
                columns,
            )
            for table, name, definition, columns in read(of, query)
        }

    def automatic(name: str) -> bool:
        return name.endswith(("_key", "_pkey")) or (
            name.startswith(("unq_", "sqlite_autoindex")) and name not in BESIDE_THE_ENTITIES
        )

    migrated, wanted = shapes(store), shapes(declared)
    assert {name for _, name, *_ in migrated - wanted} == BESIDE_THE_ENTITIES
    assert wanted - migrated == set()


def test_both_dialects_have_the_same_migrations() -> None:
    names = [
        {file.name for file in (MIGRATIONS / dialect).glob("*.sql")} for dialect in ("sqlite", "postgresql")
    ]
    assert names[0] == names[1] != set()


def test_migrating_again_changes_nothing(store: Store) -> None:
    assert store.unapplied() == []
    assert store.migrate() == []


def test_a_lock_left_by_a_killed_upgrade_does_not_stop_a_start(store: Store) -> None:
    with store.transaction(write=True):
        store.execute("INSERT INTO yoyo_lock (locked, ctime, pid) VALUES (1, '2026-01-01', 1)")
    assert store.migrate() == []


def test_a_fresh_database_says_what_it_waits_for(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'fresh.db'}")
    waiting = store.unapplied()
    assert waiting == sorted(file.stem for file in (MIGRATIONS / "sqlite").glob("*.sql"))
    assert store.migrate() == waiting
    store.close()


def test_an_item_has_one_version_in_use(store: Store) -> None:
    insert = (
        "INSERT INTO item_versions (item, department, version, artifact, lines, source, file, published_at, retired_at)"
        " VALUES ('a.b', 'a', :version, '{}', '{}', 'x', 'x', '2026-01-01', :retired)"
    )
    with store.transaction(write=True):
        store.execute(insert, version="1", retired="2026-01-02")
        store.execute(insert, version="2", retired=None)
    with pytest.raises(Exception, match=r"(?i)unique"), store.transaction(write=True):
        store.execute(insert, version="3", retired=None)


OLD = """
INSERT INTO submissions (id, item, version, department, "user", grid, answers, context, decision, receipt, body_hash,
    reported_at, received_at)
VALUES ('s', 'a.b', '1', 'a', 1, 1, '{}', '{}', '{}', '{}', 'x', '2026-01-01', '2026-01-01');
INSERT INTO cases (id, number, submission, item, version, department, finding, title, severity, state, step, grid,
    reporter, decision, calendar, opened_at, handled_at, closed_at, due_at, handle_due_at, reworks, escalated_to, sequence)
VALUES
    (7, '7', 's', 'a.b', '1', 'a', 'f', 'x', '', 'dispatched', 'handle', 1, 1, '{}', 'cn@1', '2026-01-01 00:00:00', NULL,
     NULL, '2026-01-09 00:00:00', '2026-01-09 00:00:00', 0, '', 1),
    (8, '8', 's', 'a.b', '1', 'a', 'f', 'x', '', 'closed', '', 1, 1, '{}', 'cn@1', '2026-01-01 00:00:00',
     '2026-01-10 00:00:00', '2026-01-11 00:00:00', NULL, '2026-01-09 00:00:00', 0, '', 1);
INSERT INTO deadlines (id, "case", step, stage, limit_text, started_at, due_at, ended_at, pauses, calendar, provisional,
    derivation)
VALUES
    (21, 7, 'accept', '', '30 minutes', '2026-01-01 00:00:00', '2026-01-01 00:30:00', '2026-01-01 00:10:00', '[]', 'cn@1',
     FALSE, '{}'),
    (22, 8, 'handle', '', '1 workday', '2026-01-01 00:00:00', '2026-01-09 00:00:00', '2026-01-10 00:00:00', '[]', 'cn@1',
     FALSE, '{}'),
    (23, 7, 'handle', '', '4 work hours', '2026-01-08 00:00:00', '2026-01-09 00:00:00', NULL, '[]', 'cn@1', FALSE, '{}');
INSERT INTO timers (id, "case", deadline, kind, tier, due_at)
VALUES (31, 7, 23, 'remind', '', '2026-01-08 12:00:00'), (32, 7, 23, 'overdue', '', '2026-01-09 00:00:00');
"""
"""A running and a closed case, as the first schema kept them."""


def test_cases_that_were_there_before_the_whole_loop_run_on_after_it(
    dialect: str, databases: Databases
) -> None:
    def fill(url: str) -> None:
        apply(url, dialect, "0001_schema")
        store = Store(url)
        with store.transaction(write=True):
            for statement in OLD.split(";\n"):
                if statement.strip():
                    store.execute(statement)
        store.close()

    store = Store(databases.copy(dialect, "old", fill))
    assert store.migrate()[0] == "0002_loop"
    with store.transaction():
        clocks = fetch(store.execute("SELECT * FROM deadlines ORDER BY id"))
        running, closed = fetch(store.execute("SELECT * FROM cases ORDER BY id"))
    assert [(row["case"], row["number"], row["legs"]) for row in clocks] == [
        (7, 1, '["30 minutes"]'), (8, 1, '["1 workday"]'), (7, 2, '["4 work hours"]'),
    ]  # fmt: skip
    assert running["warning_at"] == clocks[2]["warns_at"] == datetime(2026, 1, 8, 12)
    assert (running["late"], running["closed_as"], running["due_at"]) == (False, None, datetime(2026, 1, 9))
    assert (closed["late"], closed["closed_as"], closed["warning_at"]) == (True, "handled", None)
    with store.transaction(write=True):
        store.db.Task(case=store.db.Case[7], number=1, kind="assist", grid=1, asked_at=datetime(2026, 1, 8))
    store.close()
    databases.drop(store.url)


def apply(url: str, dialect: str, migration: str) -> None:
    """Only the one migration, as an installation of its time did."""
    path = url.removeprefix("sqlite:///") if dialect == "sqlite" else url
    with _backend(dialect, path) as backend:
        chosen = read_migrations(str(MIGRATIONS / dialect)).filter(lambda one: one.id == migration)
        backend.apply_migrations(chosen)
