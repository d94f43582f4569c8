"""The demonstration: a town in every state, the same for the same seed, and a kill that loses nothing."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from gewu_admin.demo import history, town
from gewu_admin.serving import build_demo
from gewu_admin.settings import Settings
from gewu_platform.core.naming import STATE_WORDS
from gewu_platform.service.caller import ROLES

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 3, 20, 8, 30)
BENCH = """\
department parks "公园"
item parks.bench "座椅"
  ask loose yes-no "是否松动"
  route community  handle 1 workday
  finding loose "松动" when loose = yes
  example "松动"
    given loose = yes
    expect loose
"""
"""An item that needs no photograph."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demonstration of seed 1, its history ending at NOW."""
    folder = tmp_path_factory.mktemp("demo")
    build_demo(settings_of(folder), 1, now=lambda: NOW)
    return folder


def settings_of(folder: Path) -> Settings:
    return Settings(data=str(folder), pack_path=str(ROOT / "plugins"))


def rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "gewu.sqlite")) as database:
        return list(database.execute(sql))


def test_there_is_a_county_with_its_towns_villages_grids_people_and_places(built: Path) -> None:
    assert dict(rows(built, "SELECT tier, count(*) FROM areas GROUP BY tier")) == {
        "county": 1,
        "town": 3,
        "village": 12,
        "grid": 60,
    }
    assert rows(built, "SELECT count(*) FROM areas WHERE tier = 'grid' AND polygon = ''") == [(0,)]
    assert rows(built, "SELECT count(*) FROM places") == [(2000,)]
    assert {tier for (tier,) in rows(built, "SELECT DISTINCT tier FROM offices")} >= {
        "village",
        "town",
        "county",
    }
    assert {role for (role,) in rows(built, "SELECT DISTINCT role FROM users")} == set(ROLES)
    rostered = rows(built, "SELECT count(DISTINCT grid) FROM rosters")
    assert rostered == [(60,)]


def test_cases_stand_in_every_state_and_some_are_late(built: Path) -> None:
    counts = dict(rows(built, "SELECT state, count(*) FROM cases GROUP BY state"))
    assert set(counts) == set(STATE_WORDS), counts
    late = rows(built, f"SELECT count(*) FROM cases WHERE closed_at IS NULL AND due_at < '{NOW}'")
    assert late[0][0] > 0
    assert rows(built, "SELECT count(*) FROM journal WHERE kind = 'escalated'")[0][0] > 0
    assert counts["closed"] > 100
    assert rows(built, "SELECT count(*) FROM tasks WHERE ended_at IS NULL")[0][0] > 0
    assert rows(built, "SELECT count(*) FROM visits WHERE done_at IS NOT NULL")[0][0] > 100
    assert rows(built, "SELECT count(*) FROM visits WHERE done_at IS NULL")[0][0] > 100


SIDE_WAYS = {
    "settled", "unsettled", "refused", "informed", "voided", "merged", "joined", "added", "regraded", "check-asked",
    "check-answered", "assisted", "returned", "reworked", "extension-asked", "extended", "extension-denied",
    "parking-asked", "parked", "parking-denied", "resumed", "urged", "acknowledged", "escalated", "appealed",
    "appeal-granted", "reopened", "reminded", "overdue",
}  # fmt: skip
"""What a month of the town shows besides the main way."""


def test_the_month_shows_every_side_way(built: Path) -> None:
    happened = {kind for (kind,) in rows(built, "SELECT DISTINCT kind FROM journal")}
    assert happened >= SIDE_WAYS, SIDE_WAYS - happened


def test_nobody_is_ordered_again_while_an_order_on_the_same_case_is_open(built: Path) -> None:
    twice = """
        SELECT later."case" FROM tasks AS first JOIN tasks AS later
        ON later."case" = first."case" AND later.kind = first.kind AND later.number > first.number
        WHERE first.kind = 'urge' AND (first.ended_at IS NULL OR first.ended_at > later.asked_at)
    """
    assert rows(built, twice) == []
    assert rows(built, "SELECT count(*) FROM tasks WHERE kind = 'urge'")[0][0] > 20


def test_the_journal_is_whole_and_in_the_order_of_time(built: Path) -> None:
    # What the clock commands happens at its own moment, whenever the runner comes to it.
    by_people = "kind NOT IN ('resumed', 'unsettled') OR actor IS NOT NULL"
    moments = [at for (at,) in rows(built, f"SELECT at FROM journal WHERE {by_people} ORDER BY seq")]
    assert moments == sorted(moments)
    of_cases = rows(
        built, "SELECT subject, at FROM journal WHERE subject LIKE 'case:%' ORDER BY subject, seq"
    )
    assert of_cases == sorted(of_cases)
    assert moments[-1] <= f"{NOW}.000000"
    done = run("verify-journal", "--data", str(built))
    assert done.returncode == 0, done.stderr


def test_a_second_build_keeps_what_is_there(built: Path) -> None:
    head = rows(built, "SELECT seq, hash FROM journal_head")
    build_demo(settings_of(built), 2, progress=lambda share: pytest.fail("nothing is to be made"))
    assert rows(built, "SELECT seq, hash FROM journal_head") == head


def test_a_build_that_was_killed_leaves_nothing_behind_and_the_next_one_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(monkeypatch)
    live = history.live_through

    def die(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("gewu_admin.serving.live_through", die)
    with pytest.raises(KeyboardInterrupt):
        build_demo(settings_of(tmp_path), 1, now=lambda: NOW)
    assert not (tmp_path / "gewu.sqlite").exists()
    monkeypatch.setattr("gewu_admin.serving.live_through", live)
    build_demo(settings_of(tmp_path), 1, now=lambda: NOW)
    assert rows(tmp_path, "SELECT count(*) FROM areas WHERE tier = 'grid'") == [(60,)]
    assert not list(tmp_path.glob("building.sqlite*"))


def test_the_same_seed_tells_the_same_story_and_another_one_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(monkeypatch)

    def story(name: str, seed: int) -> list[tuple[object, ...]]:
        build_demo(settings_of(tmp_path / name), seed, now=lambda: NOW)
        return rows(tmp_path / name, "SELECT seq, hash FROM journal_head")

    first = story("a", 1)
    assert story("b", 1) == first
    assert story("c", 2) != first


def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "DAYS", 2)
    monkeypatch.setattr(town, "PLACES", 60)


# The process


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from gewu_admin.cli import main; main()", *arguments],
        cwd=ROOT, env=environment(arguments[-1]), capture_output=True, text=True, check=False,
    )  # fmt: skip


def environment(folder: str) -> dict[str, str]:
    """The packs of this checkout, and whatever lies beside the data folder."""
    packs = f"{ROOT / 'plugins'}{os.pathsep}{Path(folder).parent / 'packs'}"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GEWU_")}
    return {**inherited, "PYTHONPATH": ":".join(sys.path), "PYTHONUNBUFFERED": "1", "GEWU_PACK_PATH": packs}


class Demo:
    """`gewu demo` in a process of its own, ready when it has printed where it is."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from gewu_admin.cli import main; main()", "demo", "--data", str(folder), "--port", str(self.port)],
            cwd=ROOT, env=environment(str(folder)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        told = self.process.stderr.readline()
        while told and self.url not in told:
            told = self.process.stderr.readline()
        assert told, "the demonstration ended before it served"
        self.accounts = [self.process.stdout.readline().rstrip("\n").split("\t") for _ in ROLES]

    def stop(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        self.process.communicate(timeout=60)
        return self.process.returncode


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    """A copy of the built town."""
    (tmp_path / "packs/parks").mkdir(parents=True)
    (tmp_path / "packs/parks/department.gewu").write_text(BENCH, encoding="utf-8")
    target = tmp_path / "data"
    target.mkdir()
    with (
        closing(sqlite3.connect(built / "gewu.sqlite")) as source,
        closing(sqlite3.connect(target / "gewu.sqlite")) as copy,
    ):
        source.backup(copy)
    return target


@pytest.fixture
def demos(folder: Path) -> Iterator[list[Demo]]:
    started: list[Demo] = []
    yield started
    for each in started:
        each.process.kill()
        each.process.communicate()


def test_it_prints_an_account_for_every_role_and_each_of_them_can_sign_in(
    folder: Path, demos: list[Demo]
) -> None:
    demo = Demo(folder)
    demos.append(demo)
    assert {account[2] for account in demo.accounts} == set(ROLES)
    for name, password, _role, full_name in demo.accounts:
        with httpx.Client(base_url=demo.url, follow_redirects=True) as browser:
            token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/sign-in").text)
            assert token
            home = browser.post("/sign-in", data={"name": name, "password": password, "csrf_token": token[1]})
            assert home.status_code == 200
            assert "/sign-in" not in str(home.url)
            assert full_name in home.text or home.url.path == "/admin/"
    assert httpx.get(f"{demo.url}/readyz").json() == {"status": "ok", "problems": []}
    assert demo.stop(signal.SIGTERM) == 0


def test_a_kill_in_the_middle_of_200_submissions_loses_and_doubles_none(
    folder: Path, demos: list[Demo]
) -> None:
    """Power is cut while a worker's phone sends; after the restart it sends again whatever it is not sure of."""
    assert run("catalog", "publish", "--data", str(folder)).returncode == 0
    token = run("token", "worker1", "--data", str(folder)).stdout.strip()
    demo = Demo(folder)
    demos.append(demo)
    headers = {"Authorization": f"Bearer {token}"}
    grid = rows(
        folder,
        "SELECT lon, lat FROM places JOIN areas ON areas.id = places.grid WHERE areas.code = '441990101201001'",
    )[0]
    body = {"item": "parks.bench", "location": {"lon": grid[0], "lat": grid[1]}, "answers": {"loose": "yes"}}
    ids = [str(uuid.UUID(int=number, version=4)) for number in range(200)]
    acknowledged: dict[str, dict[str, object]] = {}
    halfway = threading.Event()

    def send_all(url: str, wanted: list[str]) -> None:
        with httpx.Client(base_url=url, headers=headers, timeout=30) as phone:
            for each in wanted:
                try:
                    answer = phone.put(f"/api/v1/submissions/{each}", json=body)
                except httpx.TransportError:
                    return
                assert answer.status_code in (200, 201), answer.text
                acknowledged[each] = answer.json()
                if len(acknowledged) == 90:
                    halfway.set()

    sender = threading.Thread(target=send_all, args=(demo.url, ids))
    sender.start()
    assert halfway.wait(120)
    demo.process.kill()
    sender.join(60)
    assert 90 <= len(acknowledged) < 200
    before = dict(acknowledged)

    second = Demo(folder)
    demos.append(second)
    kept = [each for (each,) in rows(folder, "SELECT id FROM submissions")]
    assert len(kept) == len(set(kept))
    assert set(before) <= set(kept), "what was acknowledged is there"
    send_all(second.url, ids)
    assert {each: acknowledged[each] for each in before} == before, "a repeat is given the receipt it had"
    marks = ",".join(f"'{each}'" for each in ids)
    assert rows(folder, f"SELECT count(*) FROM submissions WHERE id IN ({marks})") == [(200,)]
    cases = rows(folder, f"SELECT submission, count(*) FROM cases WHERE submission IN ({marks}) GROUP BY 1")
    assert dict(cases) == {each: len(acknowledged[each]["cases"]) for each in ids}  # type: ignore[arg-type]
    assert second.stop(signal.SIGTERM) == 0
    assert run("verify-journal", "--data", str(folder)).returncode == 0
