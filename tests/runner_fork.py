"""Real runner processes, to be killed: `python runner_fork.py DATABASE QUEUE` forks one for every line it reads.

A line is a moment (the runner's clock stands there). The runner says its process id when it begins to work; an empty line is
answered with `gone` when all have ended, by themselves or not. Forked, a runner starts fast and is a process like any other.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from conftest import CHEAP, PACKS

from gewu_item_catalog.catalogue import Catalogue, load_catalogue
from gewu_platform.jobs import Runner, add_tasks, make_queue
from gewu_platform.records.store import Store
from gewu_platform.service.engine import Engine
from gewu_platform.service.telling import delivering
from gewu_platform.service.timing import sweeping


def main(database: str, queue: str) -> None:
    # Small steps, so that a kill falls between and into many transactions; a fork shares no thread and no connection.
    sweeping.BATCH = 3
    delivering.LEASE = timedelta(seconds=30)
    catalogue = load_catalogue([PACKS])
    signal.signal(signal.SIGCHLD, lambda *_: None)
    running: set[int] = set()
    for line in sys.stdin:
        if line.strip():
            runner = os.fork()
            if runner == 0:
                _run(database, queue, catalogue, datetime.fromisoformat(line.strip()))
            running.add(runner)
        else:
            for runner in running:
                os.waitpid(runner, 0)
            running.clear()
            _say("gone")


def _run(database: str, queue: str, catalogue: Catalogue, now: datetime) -> None:
    """Never returns: the fork must not go on as its parent."""
    try:
        _work(database, queue, catalogue, now)
    finally:
        if sys.exc_info()[0] is not None:
            traceback.print_exc()
        os._exit(0)


def _work(database: str, queue: str, catalogue: Catalogue, now: datetime) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    engine = Engine(Store(database), catalogue, Path(), lambda: now, zone, "zh", CHEAP, private_webhooks=True)
    huey = make_queue(queue)
    tasks = add_tasks(huey, engine)
    over = threading.Event()
    last = huey.task(name="over")(over.set)
    runner = Runner(huey)
    runner.start()
    _say(str(os.getpid()))
    # As the scheduler does every minute.
    for name in ("sweep", "carry", "deliver"):
        tasks[name]()
    last()
    over.wait(120)
    runner.stop()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:3])
