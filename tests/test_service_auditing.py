"""Auditors read the journal and can prove that it is whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sample_town import AREAS, OFFICES, PLACES, USERS

from gewu_platform.service import auditing, people
from gewu_platform.service.caller import SYSTEM, Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.health import readiness

Callers = Callable[[str], Caller]


def test_setting_a_town_up_leaves_an_entry_for_everything_in_it(engine: Engine, caller: Callers) -> None:
    rows = auditing.read_journal(engine, caller("auditor1"), limit=500)
    counts = {
        kind: sum(row.kind == kind for row in rows)
        for kind in ("area-added", "office-added", "user-added", "place-added")
    }
    assert list(counts.values()) == [len(AREAS), len(OFFICES), len(USERS), len(PLACES)]
    assert all(row.actor is None and row.actor_name is None for row in rows)


def test_the_journal_is_read_page_by_page_with_names(engine: Engine, caller: Callers) -> None:
    auditor, worker = caller("auditor1"), caller("worker1")
    people.set_language(engine, worker, "en")
    last = auditing.verify_journal(engine, auditor).entries
    (row,) = auditing.read_journal(engine, auditor, after=last - 1)
    assert (row.seq, row.actor, row.actor_name, row.kind) == (last, worker.id, "张网格", "language-set")
    seen, after = [], 0
    while page := auditing.read_journal(engine, auditor, after=after, limit=7):
        seen += [entry.seq for entry in page]
        after = page[-1].seq
    assert seen == list(range(1, last + 1))
    assert auditing.read_journal(engine, auditor, after=2**70) == []
    about = auditing.read_journal(engine, auditor, subject=f"user:{worker.id}")
    assert [entry.kind for entry in about] == ["user-added", "language-set"]


def test_no_more_than_a_page_is_handed_out_at_once(engine: Engine) -> None:
    assert len(auditing.read_journal(engine, SYSTEM, limit=10**9)) <= auditing.MOST


def test_a_broken_link_is_named_in_both_languages(engine: Engine, caller: Callers) -> None:
    auditor = caller("auditor1")
    assert auditing.verify_journal(engine, auditor).whole
    with engine.store.transaction(write=True):
        if engine.store.dialect == "postgresql":
            engine.store.execute("ALTER TABLE journal DISABLE TRIGGER ALL")
        else:
            engine.store.execute("DROP TRIGGER journal_no_update")
        engine.store.execute("UPDATE journal SET kind = 'harmless' WHERE seq = 5")
    verdict = auditing.verify_journal(engine, auditor)
    assert verdict.broken is not None
    assert verdict.broken.seq == 5
    assert verdict.broken.words.zh == "日志在第 5 条断开：写入后被改动"
    assert verdict.broken.words.en == "the journal breaks at entry 5: was changed after it was written"


def test_an_installation_is_ready_when_its_database_and_its_files_are(engine: Engine, tmp_path: Path) -> None:
    engine.files.mkdir()
    assert readiness(engine) == []
    (missing,) = readiness(replace(engine, files=tmp_path / "nowhere"))
    assert missing.startswith("files:")
    with engine.store.transaction(write=True):
        engine.store.execute("DROP TABLE journal_head")
    (broken,) = readiness(engine)
    assert broken.startswith("database:")
