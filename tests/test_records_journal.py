"""The journal keeps its order, its entries and its proof that nobody changed them."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gewu_platform.records import journal
from gewu_platform.records.journal import Broken
from gewu_platform.records.store import Store, moment_text

AT = datetime(2026, 3, 2, 1, 0)

BODIES = st.dictionaries(
    st.text(max_size=5).filter(lambda text: "\0" not in text),
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=8),
    max_size=3,
)


def write(store: Store, count: int = 3) -> None:
    with store.transaction(write=True):
        for number in range(count):
            journal.append(
                store, AT + timedelta(seconds=number), 1, "tested", f"case:{number}", {"n": number}
            )


def verified(store: Store) -> Broken | None:
    with store.transaction():
        return journal.verify(store)


def found(store: Store) -> tuple[int, str] | None:
    broken = verified(store)
    return None if broken is None else (broken.seq, broken.why.en)


def tamper(store: Store, *statements: str, **parameters: object) -> None:
    """What somebody who owns the database, and drops what guards it, could do."""
    with store.transaction(write=True):
        if store.dialect == "postgresql":
            store.execute("ALTER TABLE journal DISABLE TRIGGER ALL")
            store.execute("ALTER TABLE journal_head DISABLE TRIGGER ALL")
        else:
            guards = store.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'journal%'"
            )
            for (name,) in guards.fetchall():
                store.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            store.execute(statement, **{key: parameters[key] for key in parameters if f":{key}" in statement})


def test_an_untouched_journal_holds(store: Store) -> None:
    assert verified(store) is None
    write(store)
    assert verified(store) is None


def test_entries_come_back_as_they_were_entered(store: Store) -> None:
    with store.transaction(write=True):
        assert journal.append(store, AT, None, "accepted", "case:1", {"why": "理由", "limits": [1, 2]}) == 1
        assert journal.append_all(store, AT, [(5, "filed", "case:1", {}), (5, "filed", "case:2", {})]) == 2
    with store.transaction():
        first, second = journal.entries(store, "case:1")
        assert (first.seq, first.at, first.actor, first.kind) == (1, AT, None, "accepted")
        assert first.body == {"why": "理由", "limits": [1, 2]}
        assert (second.seq, second.actor) == (2, 5)
        assert [entry.seq for entry in journal.entries(store, after=1)] == [2, 3]
        assert [entry.seq for entry in journal.entries(store, limit=1)] == [1]


COLUMNS = "(seq, at, actor, kind, subject, body, previous, hash)"
COPY = "at, actor, kind, subject, body, previous"
REFUSED = (
    "UPDATE journal SET body = '{}'",
    "UPDATE journal SET seq = seq + 10",
    "DELETE FROM journal",
    "DELETE FROM journal WHERE seq = 3",
    f"INSERT INTO journal {COLUMNS} SELECT 2, {COPY}, 'new' FROM journal WHERE seq = 2",
    f"INSERT INTO journal {COLUMNS} SELECT 0, {COPY}, 'new' FROM journal WHERE seq = 2",
    f"INSERT INTO journal {COLUMNS} SELECT 9, {COPY}, 'new' FROM journal WHERE seq = 2",
    f"INSERT INTO journal {COLUMNS} SELECT 4, {COPY}, 'new' FROM journal WHERE seq = 2",
    "DELETE FROM journal_head",
    "UPDATE journal_head SET seq = 2, hash = (SELECT hash FROM journal WHERE seq = 2)",
    "UPDATE journal_head SET seq = 4",
    "UPDATE journal_head SET hash = 'other'",
    "UPDATE journal_head SET id = 2",
    "INSERT INTO journal_head (id, seq, hash) VALUES (2, 3, 'other')",
)
REFUSED_BY = {
    "sqlite": (
        f"INSERT OR REPLACE INTO journal {COLUMNS} SELECT 2, {COPY}, 'new' FROM journal WHERE seq = 2",
        (
            f"INSERT OR REPLACE INTO journal {COLUMNS}"
            " SELECT 4, at, actor, kind, subject, body, hash, previous FROM journal WHERE seq = 3"
        ),
        "INSERT OR REPLACE INTO journal_head (id, seq, hash) VALUES (1, 0, '0')",
        "UPDATE OR REPLACE journal SET seq = 2 WHERE seq = 3",
    ),
    "postgresql": (
        "TRUNCATE journal",
        "TRUNCATE journal CASCADE",
        "TRUNCATE journal_head",
        (
            f"INSERT INTO journal {COLUMNS} SELECT 2, {COPY}, 'new' FROM journal WHERE seq = 2"
            " ON CONFLICT (seq) DO UPDATE SET body = '{}'"
        ),
        "WITH gone AS (DELETE FROM journal WHERE seq = 3 RETURNING 1) SELECT * FROM gone",
        "MERGE INTO journal j USING journal_head h ON j.seq = h.seq WHEN MATCHED THEN UPDATE SET body = '{}'",
    ),
}


def test_the_database_itself_refuses_to_change_the_past(store: Store) -> None:
    write(store)
    for statement in (*REFUSED, *REFUSED_BY[store.dialect]):
        with (
            pytest.raises(Exception, match="append-only|one head") as raised,
            store.transaction(write=True),
        ):
            store.execute(statement)
        assert "journal" in str(raised.value), statement
        assert verified(store) is None
    write(store)
    assert verified(store) is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", AT + timedelta(microseconds=1)),
        ("actor", 2),
        ("actor", None),
        ("kind", "Tested"),
        ("subject", "case:11"),
        ("body", '{"n": 1}'),
        ("previous", "0" * 64),
        ("hash", "f" * 64),
    ],
)
def test_a_changed_value_is_found_where_it_stands(store: Store, column: str, value: object) -> None:
    write(store)
    tamper(store, f"UPDATE journal SET {column} = :value WHERE seq = 2", value=value)
    broken = verified(store)
    assert broken is not None
    assert broken.seq == 2


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_changed_byte_of_a_body_is_found(store: Store, data: st.DataObject) -> None:
    body = data.draw(BODIES)
    with store.transaction(write=True):
        seq = journal.append(store, AT, 1, "tested", "case:1", {"body": body})
        journal.append(store, AT, 1, "tested", "case:1", {})
    assert verified(store) is None
    with store.transaction():
        (before,) = store.execute("SELECT body FROM journal WHERE seq = :seq", seq=seq).fetchone()
    place = data.draw(st.integers(0, len(before) - 1))
    letter = data.draw(
        st.characters(min_codepoint=32, exclude_categories=["Cs"]).filter(lambda c: c != before[place])
    )
    tamper(store, "UPDATE journal SET body = :body WHERE seq = :seq", body=before[:place] + letter + before[place + 1 :],
           seq=seq)  # fmt: skip
    broken = verified(store)
    assert broken is not None
    assert broken.seq == seq
    tamper(store, "UPDATE journal SET body = :body WHERE seq = :seq", body=before, seq=seq)
    assert verified(store) is None


def test_a_removed_entry_is_found(store: Store) -> None:
    write(store)
    tamper(store, "DELETE FROM journal WHERE seq = 2")
    assert found(store) == (2, "missing, the next entry is 3")


def test_a_removed_end_is_found(store: Store) -> None:
    write(store)
    tamper(store, "DELETE FROM journal WHERE seq = 3")
    assert found(store) == (3, "the end is not the head, entry 3")


def test_an_entry_beyond_the_head_is_found(store: Store) -> None:
    write(store)
    tamper(store, "UPDATE journal_head SET seq = 2, hash = (SELECT hash FROM journal WHERE seq = 2)")
    assert found(store) == (3, "stands beyond the head")


def test_an_entry_before_the_first_is_found(store: Store) -> None:
    write(store)
    tamper(store, f"INSERT INTO journal {COLUMNS} SELECT -4, {COPY}, 'new' FROM journal WHERE seq = 2")
    assert found(store) == (-4, "stands before the first entry")


def test_a_rewritten_end_is_found_by_the_head(store: Store) -> None:
    write(store)
    tamper(store, "UPDATE journal_head SET hash = :hash", hash="0" * 64)
    assert found(store) == (4, "the end is not the head, entry 3")


def test_entries_that_changed_places_are_found_at_the_first(store: Store) -> None:
    write(store, 4)
    tamper(
        store, *(f"UPDATE journal SET seq = {new} WHERE seq = {old}" for old, new in ((2, 9), (3, 2), (9, 3)))
    )
    assert found(store) == (2, "does not follow from the entry before it")


def test_an_entry_put_between_is_found_where_it_stands(store: Store) -> None:
    write(store, 4)
    tamper(store, "UPDATE journal SET seq = 6 WHERE seq = 4", "UPDATE journal SET seq = 4 WHERE seq = 3",
           f"INSERT INTO journal {COLUMNS} SELECT 3, at, actor, kind, subject, body, hash, 'new' FROM journal WHERE seq = 2",
           "UPDATE journal SET seq = 5 WHERE seq = 6", "UPDATE journal_head SET seq = 5")  # fmt: skip
    assert found(store) == (3, "was changed after it was written")


def forge(store: Store, since: int, head: bool) -> None:
    """The entries from `since` on written anew, with another body and hashes that fit, and on request the head as well."""
    with store.transaction():
        kept = store.execute(
            "SELECT seq, at, actor, kind, subject, body, previous, hash FROM journal ORDER BY seq"
        ).fetchall()
    tamper(store, f"DELETE FROM journal WHERE seq >= {since}")
    last = kept[since - 1][6]
    for seq, at, actor, kind, subject, body, _, _ in kept[since - 1 :]:
        text = body.replace('"n":', '"m":')
        moment = at if isinstance(at, str) else moment_text(at)
        link = journal._hash(last, seq, moment, actor, kind, subject, text)
        tamper(
            store,
            f"INSERT INTO journal {COLUMNS} VALUES (:seq, :at, :actor, :kind, :subject, :body, :previous, :link)",
            seq=seq, at=at, actor=actor, kind=kind, subject=subject, body=text, previous=last, link=link,
        )  # fmt: skip
        last = link
    if head:
        tamper(store, "UPDATE journal_head SET hash = :link", link=last)


def test_a_suffix_rewritten_with_hashes_that_fit_is_found_by_the_head(store: Store) -> None:
    write(store, 4)
    forge(store, 3, head=False)
    assert found(store) == (5, "the end is not the head, entry 4")


def test_with_the_head_rewritten_too_only_a_hash_noted_elsewhere_shows_it(store: Store) -> None:
    write(store, 4)
    with store.transaction():
        noted = journal.head(store)
    forge(store, 3, head=True)
    assert found(store) is None
    with store.transaction():
        broken = journal.verify(store, dict([noted]))
        assert broken is not None
        assert (broken.seq, broken.why.en) == (4, "is not the entry whose hash was noted elsewhere")


def test_a_cut_end_is_missed_where_it_was_noted(store: Store) -> None:
    write(store, 4)
    with store.transaction():
        noted = journal.head(store)
    tamper(store, "DELETE FROM journal WHERE seq > 2",
           "UPDATE journal_head SET seq = 2, hash = (SELECT hash FROM journal WHERE seq = 2)")  # fmt: skip
    assert found(store) is None
    with store.transaction():
        broken = journal.verify(store, dict([noted]))
        assert broken is not None
        assert (broken.seq, broken.why.en) == (3, "missing: entry 4 was noted elsewhere")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_done_to_one_entry_is_named_at_that_entry(store: Store, data: st.DataObject) -> None:
    with store.transaction():
        written = journal.length(store)
    write(store, 6 - written)
    at = data.draw(st.integers(1, 6))
    column, value = data.draw(
        st.sampled_from([("actor", 77), ("kind", "forged"), ("subject", "case:99"), ("body", '{"n":-1}'),
                         ("at", AT + timedelta(days=1))])
    )  # fmt: skip
    with store.transaction():
        was = store.execute(f"SELECT {column} FROM journal WHERE seq = :at", at=at).fetchone()[0]
    tamper(store, f"UPDATE journal SET {column} = :value WHERE seq = :at", value=value, at=at)
    broken = verified(store)
    assert broken is not None
    assert broken.seq == at
    tamper(store, f"UPDATE journal SET {column} = :value WHERE seq = :at", value=was, at=at)
    assert verified(store) is None


def test_a_body_that_json_cannot_hold_is_refused(store: Store) -> None:
    with pytest.raises(ValueError), store.transaction(write=True):
        journal.append(store, AT, 1, "tested", "case:1", {"n": float("nan")})
    assert verified(store) is None


def test_appending_from_many_threads_keeps_one_chain(store: Store) -> None:
    def work(actor: int) -> None:
        for number in range(8):
            store.retrying(
                lambda n=number: journal.append(store, AT, actor, "tested", f"user:{actor}", {"n": n})
            )

    threads = [threading.Thread(target=work, args=(actor,)) for actor in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verified(store) is None
    with store.transaction():
        entries = journal.entries(store)
    assert [entry.seq for entry in entries] == list(range(1, 41))
    per_actor: dict[Any, list[object]] = {}
    for entry in entries:
        per_actor.setdefault(entry.actor, []).append(entry.body["n"])
    assert per_actor == {actor: list(range(8)) for actor in range(5)}


def test_verifying_while_others_append_raises_no_false_alarm(store: Store) -> None:
    write(store, 20)
    done = threading.Event()
    verdicts: list[Broken | None] = []

    def check() -> None:
        while not done.is_set():
            verdicts.append(verified(store))

    checker = threading.Thread(target=check)
    checker.start()
    for _ in range(20):
        write(store, 2)
    done.set()
    checker.join()
    assert set(verdicts) == {None}


def test_a_history_is_whole_however_long_it_is(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "BATCH", 2)
    for count in (1, 1, 2):
        write(store, 2)
        with store.transaction(write=True):
            for _ in range(count):
                journal.append(store, AT, 1, "tested", "case:7", {})
        with store.transaction():
            found = [entry.seq for entry in journal.history(store, "case:7")]
            assert found == [entry.seq for entry in journal.entries(store, "case:7")]
    assert len(found) == 4
