"""Auditors read the journal and can prove that it is whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from loop_help import dispatched, settle
from sample_town import AREAS, OFFICES, PLACES, USERS

from gewu_platform.service.caller import SYSTEM, Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.health import readiness
from gewu_platform.service.history import auditing
from gewu_platform.service.problems import Problem
from gewu_platform.service.town import people

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


def test_entries_are_told_in_words(engine: Engine, caller: Callers) -> None:
    rows = auditing.read_journal(engine, caller("auditor1"), limit=500)
    assert all(row.words.zh and row.words.en for row in rows)
    assert {row.words.zh for row in rows if row.kind == "user-added"} == {"新增用户"}


def test_a_hash_noted_elsewhere_shows_an_end_that_was_written_anew(engine: Engine, caller: Callers) -> None:
    auditor = caller("auditor1")
    noted = auditing.verify_journal(engine, auditor)
    known = {noted.entries: noted.head}
    people.set_language(engine, caller("worker1"), "en")
    assert auditing.verify_journal(engine, auditor, known).whole
    broken = auditing.verify_journal(engine, auditor, {noted.entries: "0" * 64}).broken
    assert broken is not None
    assert broken.seq == noted.entries
    assert "noted elsewhere" in broken.words.en


def test_projections_are_held_against_the_journal_and_the_first_difference_is_named(
    engine: Engine, caller: Callers
) -> None:
    settle(engine)
    auditor, first, second = caller("auditor1"), dispatched(engine), dispatched(engine)
    seen: list[float] = []
    whole = auditing.verify_projections(engine, auditor, seen.append)
    assert (whole.cases, whole.older, whole.difference, seen) == (2, 0, None, [0.0, 1.0])
    with engine.store.transaction(write=True):
        engine.store.execute("UPDATE cases SET reworks = 3 WHERE id = :case_id", case_id=second)
    difference = auditing.verify_projections(engine, auditor).difference
    assert difference is not None
    assert (difference.case, difference.column) == (second, "reworks")
    assert difference.words.en == f"case {second}: cases, reworks is 3, by the journal it is 0"
    assert first < second
    with pytest.raises(Problem):
        auditing.verify_projections(engine, caller("worker1"))


def test_an_installation_is_ready_when_its_database_and_its_files_are(engine: Engine, tmp_path: Path) -> None:
    engine.files.mkdir()
    assert readiness(engine) == []
    (missing,) = readiness(replace(engine, files=tmp_path / "nowhere"))
    assert missing.startswith("files:")
    with engine.store.transaction(write=True):
        engine.store.execute("DROP TABLE journal_head")
    (broken,) = readiness(engine)
    assert broken.startswith("database:")
