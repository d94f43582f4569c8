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
from gewu_platform.records.store import Store

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


def tamper(store: Store, statement: str, **parameters: object) -> None:
    """What somebody with the database's own password could do."""
    with store.transaction(write=True):
        if store.dialect == "postgresql":
            store.execute("ALTER TABLE journal DISABLE TRIGGER ALL")
        else:
            for name in ("journal_no_update", "journal_no_delete"):
                store.execute(f"DROP TRIGGER IF EXISTS {name}")
        store.execute(statement, **parameters)


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


@pytest.mark.parametrize(
    "statement", ["UPDATE journal SET body = '{}'", "DELETE FROM journal", "DELETE FROM journal_head"]
)
def test_the_database_itself_refuses_to_change_the_past(store: Store, statement: str) -> None:
    write(store)
    with pytest.raises(Exception, match="append-only|one head"), store.transaction(write=True):
        store.execute(statement)
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


def test_a_rewritten_end_is_found_by_the_head(store: Store) -> None:
    write(store)
    tamper(store, "UPDATE journal_head SET hash = :hash", hash="0" * 64)
    broken = verified(store)
    assert broken is not None
    assert broken.seq == 4


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
