"""Taking in one report over HTTP, durably: from the bytes of the request to the receipt.

Each report opens one case. Beside it an endpoint of the same server that stores nothing (the limit), and a plain
Flask + Pony + jsonschema stack that stores as durably but does a fraction of the work. Every server is a process of
its own with its own SQLite file, the client is another one; bursts of requests take turns.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from uuid import uuid4

from bench.figures import Figure, ratio
from bench.ingest_ours import SHOPS

HERE = Path(__file__).parent
ROUNDS = 7
BURSTS = {1: 60, 16: 240}
"""Requests a burst, by connections."""
AT_ONCE = 50


@dataclass
class Side:
    """One of the things compared, and what it took so far: seconds a report, of wall time by connections."""

    process: subprocess.Popen[str]
    port: int
    token: str
    path: str
    wall: dict[int, list[float]] = field(default_factory=lambda: {count: [] for count in BURSTS})
    spent: list[float] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    decided: set[tuple[str, ...]] = field(default_factory=set)
    stored: int = 0


def test_a_report_costs_little_more_than_its_request(
    note: Callable[[Figure], None], remark: Callable[[str], None], tmp_path: Path
) -> None:
    with ExitStack() as stack:
        client = stack.enter_context(_running("ingest_client.py", tmp_path / "client.log"))
        ours = _serve(stack, "ingest_ours.py", tmp_path, "/api/v1/submissions/")
        plain = _serve(stack, "ingest_plain.py", tmp_path, "/submissions/")
        nothing = Side(ours.process, ours.port, ours.token, "/bench/nothing/")
        batches: list[float] = []
        for turn in range(ROUNDS + 1):
            for side in (ours, nothing, plain):
                for connections, count in BURSTS.items():
                    _burst(client, side, connections, count, keep=bool(turn))
            batches += [_batch(client, ours)] if turn else []
    _check_agreement(ours, plain, tmp_path)
    _note_all(note, ours, nothing, plain, batches)
    remark(
        f"ingest: 99 of 100 answered within {_slowest(ours)} at {max(BURSTS)} connections, nothing stored "
        f"{_slowest(nothing)}, plain stack {_slowest(plain)}; 60 ms are wanted of a machine with nothing else to do"
    )


def _note_all(
    note: Callable[[Figure], None], ours: Side, nothing: Side, plain: Side, batches: list[float]
) -> None:
    for connections in BURSTS:
        mine, limit, peer = (side.wall[connections] for side in (ours, nothing, plain))
        sides = ("nothing stored", median(limit)), ("plain stack", median(peer))
        job = f"ingest: one PUT, {connections} connection" + "s" * (connections > 1)
        share = ratio(limit, mine)
        note(Figure(job, median(mine), *sides, "nothing stored ÷ ours", share, 0.6, at_least=True))
    sides = ("nothing stored", median(nothing.spent)), ("plain stack", median(plain.spent))
    share = ratio(nothing.spent, ours.spent)
    job = "ingest: processor time of one PUT"
    note(Figure(job, median(ours.spent), *sides, "nothing stored ÷ ours", share, 0.6, at_least=True))
    # Every report of the bench is of one finding, at shops that stand at one point: the worst there is.
    grown = median(ours.spent[-2:]) / median(ours.spent[:2])
    job = "ingest: the last among all that are open"
    note(Figure(job, median(ours.spent[-2:]), None, None, "last ÷ first bursts", grown, 1.5))
    peer = plain.wall[1]
    job = f"ingest: one of {AT_ONCE} reports in a POST"
    sides = None, ("plain stack", median(peer))
    note(Figure(job, median(batches), *sides, "plain ÷ ours", ratio(peer, batches), 20, at_least=True))


def _slowest(side: Side) -> str:
    return f"{quantiles(side.took, n=100)[98] * 1000:.0f} ms"


def _burst(client: subprocess.Popen[str], side: Side, connections: int, count: int, *, keep: bool) -> None:
    before = _ask(client, side, "GET", ["/bench/spent"], [None])["answers"][0]
    paths = [side.path + str(uuid4()) for _ in range(count)]
    bodies = [_report(n) for n in range(count)]
    told = _ask(client, side, "PUT", paths, bodies, connections)
    after = _ask(client, side, "GET", ["/bench/spent"], [None])["answers"][0]
    assert told["statuses"] == [201]
    assert len(told["answers"]) == count
    side.stored += count
    side.decided |= {_decided(case) for answer in told["answers"] for case in answer["cases"]}
    if keep:
        side.wall[connections].append(told["seconds"] / count)
        if connections == max(BURSTS):
            side.took += told["took"]
            side.spent.append((after - before) / count)


def _batch(client: subprocess.Popen[str], side: Side) -> float:
    reports = [{"id": str(uuid4()), **_report(n)} for n in range(AT_ONCE)]
    told = _ask(client, side, "POST", ["/api/v1/submissions"], [{"submissions": reports}])
    results = told["answers"][0]["results"]
    assert [result["status"] for result in results] == [201] * AT_ONCE
    side.stored += AT_ONCE
    side.decided |= {_decided(case) for result in results for case in result["receipt"]["cases"]}
    return float(told["seconds"]) / AT_ONCE


def _decided(case: dict[str, Any]) -> tuple[str, ...]:
    return case["finding"], case["severity"], case["due"]["handle"]


def _report(n: int) -> dict[str, Any]:
    answers = {"bins": "sorted", "lid": "no", "owner_phone": "13800138000"}
    return {"item": "sanitation.waste", "place": f"bench-{n % SHOPS}", "answers": answers}


def _check_agreement(ours: Side, plain: Side, folder: Path) -> None:
    """Both kept every report they acknowledged, and decided the same."""
    assert ours.decided == plain.decided
    assert len(ours.decided) == 1
    for side, name, tables in (
        (ours, "ours", ("submissions", "cases")),
        (plain, "plain", ("Submission", '"Case"')),
    ):
        with closing(sqlite3.connect(folder / f"{name}.sqlite")) as connection:
            for table in tables:
                assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (side.stored,)


def _ask(
    client: subprocess.Popen[str],
    side: Side,
    method: str,
    paths: list[str],
    bodies: list[Any],
    connections: int = 1,
) -> dict[str, Any]:
    assert client.stdin is not None
    assert client.stdout is not None
    command = {"port": side.port, "token": side.token, "method": method, "paths": paths, "bodies": bodies}
    client.stdin.write(json.dumps({**command, "connections": connections}) + "\n")
    client.stdin.flush()
    told: dict[str, Any] = json.loads(client.stdout.readline())
    return told


def _serve(stack: ExitStack, script: str, folder: Path, path: str) -> Side:
    log = folder / f"{script}.log"
    process = stack.enter_context(_running(script, log, str(folder)))
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, f"{script} did not start:\n{log.read_text()}"
    told = json.loads(line)
    return Side(process, told["port"], told["token"], path)


@contextmanager
def _running(script: str, log: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(HERE / script), *arguments]
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()
