"""Other systems are told everything, each thing under one id that is acknowledged once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_town import Clock
from webhook_help import (
    Receiver,
    fail,
    hang_up,
    read_body,
    receiving,
    say_something,
    send_elsewhere,
    take,
    wait_for,
)

from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.engine import Engine
from gewu_platform.service.telling import webhooks
from gewu_platform.service.telling.delivering import (
    FIRST_PAUSE,
    GIVEN_UP,
    LEASE,
    LONGEST_PAUSE,
    deliver_waiting,
    pause_after,
)
from gewu_platform.service.telling.notices import drain_outbox
from gewu_platform.service.telling.posting import PATIENCE, TIMEOUT, Post, post
from gewu_platform.service.views import DeliveryResult


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


@pytest.fixture
def telling(engine: Engine) -> Engine:
    """The engine, allowed to tell this machine."""
    return replace(engine, private_webhooks=True)


def hook(engine: Engine, receiver: Receiver, name: str = "centre", **more: Any) -> str:
    """The secret of a new webhook."""
    return webhooks.add_webhook(engine, SYSTEM, name=name, url=receiver.url, **more)[1]


def rows(engine: Engine) -> list[tuple[str, int, str]]:
    with engine.store.transaction():
        found = engine.store.execute("SELECT state, attempts, error FROM deliveries ORDER BY id").fetchall()
    return [tuple(row) for row in found]


def test_a_message_is_told_once_signed_and_with_words(telling: Engine, receiver: Receiver) -> None:
    secret = hook(telling, receiver)
    say_something(telling)
    drain_outbox(telling)
    assert deliver_waiting(telling) == DeliveryResult(1, 0, 0)
    assert deliver_waiting(telling) == DeliveryResult(0, 0, 0)
    ((key, headers, content),) = receiver.arrived
    signed = f"{key}.{headers['webhook-timestamp']}.".encode() + content
    # By hand, as a receiver with a library of its own would.
    wanted = hmac.new(base64.b64decode(secret[6:]), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(wanted).decode()
    assert headers["webhook-timestamp"] == "1772413200", "2 March 2026, 01:00 UTC"
    assert read_body(content) == {
        "type": "case.closed",
        "timestamp": "2026-03-02T01:00:00Z",
        "data": {
            "case": {"number": "N-0", "title": "垃圾"},
            "people": [{"account": "supervisor1"}],
            "words": {"zh": "N-0“垃圾”已结案", "en": "N-0 “垃圾” was closed"},
        },
    }
    assert rows(telling) == [("delivered", 1, "")]


def test_carrying_a_message_twice_tells_it_once(telling: Engine, receiver: Receiver) -> None:
    hook(telling, receiver)
    say_something(telling)
    drain_outbox(telling)
    with telling.store.transaction(write=True):
        telling.store.execute("UPDATE outbox SET sent_at = NULL")
    drain_outbox(telling)
    deliver_waiting(telling)
    assert len(receiver.arrived) == 1


def test_a_webhook_hears_of_its_kinds_while_it_is_in_use(telling: Engine, receiver: Receiver) -> None:
    hook(telling, receiver, kinds=["overdue"])
    hook(telling, receiver, "sanitation", department="sanitation")
    say_something(telling, kind="closed")
    say_something(telling, kind="overdue")
    drain_outbox(telling)
    deliver_waiting(telling)
    assert [read_body(content)["type"] for _, _, content in receiver.arrived] == ["case.overdue"]
    webhooks.change_webhook(telling, SYSTEM, 1, url=receiver.url, kinds=[], department="", active=False)
    say_something(telling, kind="overdue")
    drain_outbox(telling)
    assert deliver_waiting(telling) == DeliveryResult(0, 0, 0)


def test_it_says_from_when_on_somebody_may_be_disturbed(
    telling: Engine, receiver: Receiver, clock: Clock
) -> None:
    hook(telling, receiver)
    clock.at = datetime(2026, 3, 2, 12)  # 20:00 in Shanghai
    say_something(telling, kind="overdue")
    drain_outbox(telling)
    deliver_waiting(telling)
    people = read_body(receiver.arrived[0][2])["data"]["people"]
    assert people == [{"account": "supervisor1", "not_before": "2026-03-03T00:00:00Z"}]


def test_what_fails_is_tried_again_under_the_same_id_until_it_is_taken(
    telling: Engine, receiver: Receiver, clock: Clock
) -> None:
    hook(telling, receiver)
    say_something(telling)
    drain_outbox(telling)
    receiver.answers += [fail, hang_up, send_elsewhere(receiver.url)]
    for tries in range(1, 4):
        assert deliver_waiting(telling) == DeliveryResult(0, 1, 0)
        assert deliver_waiting(telling) == DeliveryResult(0, 0, 0), "not before its time"
        clock.at += FIRST_PAUSE * 2 ** (tries - 1)
    assert deliver_waiting(telling) == DeliveryResult(1, 0, 0)
    assert len(set(receiver.keys())) == 1
    assert len({content for _, _, content in receiver.arrived}) == 1
    assert [len(receiver.arrived), sum(receiver.acknowledged.values())] == [4, 1]


def test_the_error_of_a_failure_is_kept(telling: Engine, receiver: Receiver, clock: Clock) -> None:
    hook(telling, receiver)
    say_something(telling)
    drain_outbox(telling)
    receiver.answers += [fail, send_elsewhere(receiver.url)]
    deliver_waiting(telling)
    assert rows(telling) == [("waiting", 1, "500 Internal Server Error: oops")]
    clock.at += FIRST_PAUSE
    deliver_waiting(telling)
    assert rows(telling)[0][2].startswith("307 "), "no redirect is followed"


def test_after_a_day_a_letter_is_dead_and_can_be_sent_again_or_dropped(
    telling: Engine, receiver: Receiver, clock: Clock
) -> None:
    hook(telling, receiver)
    say_something(telling, 2)
    drain_outbox(telling)
    began = clock.at
    receiver.answers += [fail] * 1000
    dead = 0
    while dead < 2:
        dead += deliver_waiting(telling).dead
        clock.advance(minutes=1)
        assert clock.at - began <= GIVEN_UP + timedelta(minutes=1)
    assert {state for state, _, _ in rows(telling)} == {"dead"}
    assert all(10 <= attempts <= 20 for _, attempts, _ in rows(telling))
    receiver.answers.clear()
    webhooks.resend(telling, SYSTEM, 1)
    webhooks.drop(telling, SYSTEM, 2)
    assert deliver_waiting(telling) == DeliveryResult(1, 0, 0)
    assert [state for state, _, _ in rows(telling)] == ["delivered", "dropped"]
    assert receiver.acknowledged == {receiver.keys()[0]: 1}, "under the id it always had"


@given(st.integers(1, 60), st.uuids())
def test_pauses_double_up_to_six_hours_and_differ_a_little(tries: int, key: object) -> None:
    pause = pause_after(tries, str(key))
    whole = min(FIRST_PAUSE * 2 ** min(tries - 1, 9), LONGEST_PAUSE)
    assert 0.75 * whole <= pause <= whole


def test_a_webhook_that_fails_holds_up_no_other(telling: Engine, receiver: Receiver) -> None:
    with receiving() as broken:
        broken.answers += [fail] * 9
        hook(telling, broken, "broken")
        hook(telling, receiver)
        say_something(telling, 5)
        drain_outbox(telling)
        assert deliver_waiting(telling) == DeliveryResult(5, 1, 0)
        assert len(broken.arrived) == 1, "after one failure the rest of the run leaves it alone"


def test_an_address_that_is_not_public_is_told_only_where_the_setting_allows_it(
    engine: Engine, receiver: Receiver
) -> None:
    hook(engine, receiver)
    say_something(engine)
    drain_outbox(engine)
    assert deliver_waiting(engine) == DeliveryResult(0, 1, 0)
    assert receiver.arrived == []
    assert "private_webhooks" in rows(engine)[0][2]


def test_a_lease_is_longer_than_anything_a_post_can_take() -> None:
    assert 2 * timedelta(seconds=PATIENCE + TIMEOUT) < LEASE


def test_what_somebody_else_has_taken_is_left_alone_until_the_lease_ends(
    telling: Engine, receiver: Receiver, clock: Clock
) -> None:
    hook(telling, receiver)
    say_something(telling)
    drain_outbox(telling)
    others: list[DeliveryResult] = []

    def send(letter: Post) -> None:
        others.append(deliver_waiting(telling))
        post(letter, private=True)

    assert deliver_waiting(telling, send) == DeliveryResult(1, 0, 0)
    assert others == [DeliveryResult(0, 0, 0)]
    assert receiver.acknowledged.total() == 1


def test_several_runners_share_the_letters(telling: Engine, receiver: Receiver) -> None:
    hook(telling, receiver)
    say_something(telling, 12)
    drain_outbox(telling)
    results: list[DeliveryResult] = []
    threads = [threading.Thread(target=lambda: results.append(deliver_waiting(telling))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(result.delivered for result in results) == 12
    assert sorted(receiver.acknowledged.values()) == [1] * 12


_RUNNER = textwrap.dedent(
    """
    import sys
    from datetime import datetime
    from pathlib import Path
    sys.path.insert(0, sys.argv[2])
    from conftest import CHEAP
    from zoneinfo import ZoneInfo
    from gewu_item_catalog.catalogue import Catalogue, load_catalogue
    from gewu_platform.records.store import Store
    from gewu_platform.service.telling import delivering
    from gewu_platform.service.engine import Engine

    now = datetime.fromisoformat(sys.argv[3])
    engine = Engine(
        Store(sys.argv[1]), load_catalogue([]), Path("."), lambda: now, ZoneInfo("Asia/Shanghai"), "zh", CHEAP,
        private_webhooks=True,
    )
    print(delivering.deliver_waiting(engine).delivered, flush=True)
    """
)


def _runner(engine: Engine, now: datetime, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _RUNNER, engine.store.url, str(Path(__file__).parent), now.isoformat()],
        stdout=subprocess.PIPE, text=True, cwd=folder,
    )  # fmt: skip


def test_a_runner_killed_while_it_tells_loses_and_doubles_nothing(
    telling: Engine, receiver: Receiver, clock: Clock, tmp_path: Path
) -> None:
    hook(telling, receiver)
    say_something(telling, 6)
    drain_outbox(telling)
    killed: Counter[str] = Counter()
    done = threading.Event()
    # Killed while the receiver thinks about the first; after the second was taken, while it thinks about the third …
    for taken_before in (0, 1, 2):
        receiver.answers[:] = [take] * taken_before + [wait_for(done)]
        running = _runner(telling, clock.at, tmp_path)
        for _ in range(taken_before + 1):
            assert receiver.came.acquire(timeout=30)
        os.kill(running.pid, signal.SIGKILL)
        running.communicate()
        killed[receiver.keys()[-1]] += 1
        clock.at += LEASE + timedelta(seconds=1)
    done.set()
    receiver.answers.clear()
    last = _runner(telling, clock.at, tmp_path)
    last.communicate(timeout=30)
    assert {state for state, _, _ in rows(telling)} == {"delivered"}
    assert receiver.acknowledged == dict.fromkeys(receiver.keys(), 1), "each id was acknowledged, once"
    assert len(receiver.acknowledged) == 6
    assert Counter(receiver.keys()) == Counter(receiver.acknowledged) + killed, (
        "nothing was sent without need"
    )
    bodies = {(key, content) for key, _, content in receiver.arrived}
    assert len(bodies) == 6, "what is sent again is byte for byte what was sent before"


def test_a_crash_after_the_acknowledgement_repeats_the_same_id_and_nothing_else(
    telling: Engine, receiver: Receiver, clock: Clock
) -> None:
    """The one gap there is, and why receivers are given an id."""
    hook(telling, receiver)
    say_something(telling)
    drain_outbox(telling)

    class Crash(BaseException):
        pass

    def send(letter: Post) -> None:
        post(letter, private=True)
        raise Crash

    with pytest.raises(Crash):
        deliver_waiting(telling, send)
    assert deliver_waiting(telling) == DeliveryResult(0, 0, 0)
    clock.at += LEASE
    assert deliver_waiting(telling) == DeliveryResult(1, 0, 0)
    first, second = receiver.arrived
    assert (first[0], first[2]) == (second[0], second[2])


def test_the_receiver_in_the_documentation_knows_our_letters(telling: Engine, receiver: Receiver) -> None:
    page = (Path(__file__).parent.parent / "docs/telling.md").read_text(encoding="utf-8")
    (source,) = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(source, names)
    secret = hook(telling, receiver)
    say_something(telling)
    drain_outbox(telling)
    deliver_waiting(telling)
    ((_, headers, content),) = receiver.arrived
    assert names["is_ours"](secret, headers, content)
    assert not names["is_ours"](secret, headers, content + b" ")
