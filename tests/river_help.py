"""A site over the sample town with the department of tests/packs_loop, whose findings run every way through the loop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

from conftest import Databases, _engine, _migrate, _opened
from loop_help import give, person, send
from loop_town import as_evidence, build_loop_town, loop_catalogue
from sample_town import Clock, middle_of
from site_help import photo

from gewu_platform.records.store import Store
from gewu_platform.service.engine import Engine
from gewu_platform.service.reports.attachments import path_of

PIECES = [
    ("photo", "p1"),
    ("photo", "p2"),
    ("signature:worker", "worker4"),
    ("signature:worker", "worker6"),
    ("signature:owner", "业主"),
]
"""All that closing a `dump` asks for."""


def opened_river(databases: Databases, dialect: str, clock: Clock, files: Path) -> Iterator[Engine]:
    """An engine in that town; `engine.now` is `clock`. What its people upload can also be looked at."""

    def fill(url: str) -> None:
        _migrate(url)
        store = Store(url)
        build_loop_town(_engine(store, loop_catalogue(), Clock(), files))
        store.close()

    for store in _opened(databases, databases.copy(dialect, "river", fill)):
        engine = _engine(store, loop_catalogue(), clock, files)
        for sha256 in ("e" * 64, *(each["sha256"] for each in proof())):
            picture = path_of(engine.files, sha256)
            picture.parent.mkdir(parents=True, exist_ok=True)
            picture.write_bytes(photo())
        yield engine


def found(
    engine: Engine, finding: str, size: int = 10, by: str = "worker4", grid: str = "g1", **more: Any
) -> int:
    """The id of the case that a report of `finding` opened."""
    lon, lat = middle_of(grid)
    body = {
        "item": "river.bank",
        "answers": {"finding": [finding], "size": size, "shot": ["a.jpg"]},
        "location": {"lon": lon, "lat": lat},
        **more,
    }
    receipt, _ = send(engine, person(engine, by), str(uuid4()), body)
    return int(receipt.cases[0].id)


def under_way(engine: Engine, finding: str = "dump", size: int = 10) -> int:
    """The id of a case that waits to be handled: a `dump` at the county's bureau, with a station to assist it."""
    case = found(engine, finding, size)
    for name, by in (("accept", "acceptor1"), ("file", "acceptor1"), ("dispatch", "dispatcher1")):
        give(engine, by, case, name)
    return case


def proof() -> list[dict[str, str]]:
    """The pieces as evidence that everybody of the town has uploaded."""
    return [as_evidence(piece) for piece in PIECES]
