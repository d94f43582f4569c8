"""The job runner: periodic tasks on huey, each of them a use case that may run twice, late or never without harm.

Huey delivers a task at most once, so nothing is entrusted to its queue: what is due stands in the database, and a task
only says that it is time to look.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.consumer import Consumer

from gewu_platform.core.zones import to_local
from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.engine import Engine
from gewu_platform.service.telling.delivering import deliver_waiting
from gewu_platform.service.telling.notices import BATCH, drain_outbox
from gewu_platform.service.timing.adjusting import finish_adjusting
from gewu_platform.service.timing.sweeping import sweep
from gewu_platform.service.town.visits import plan_month

NAME = "gewu"

PLAN_AHEAD = timedelta(days=7)
"""How long before a month its visits are planned."""


class Runner:
    """The process, or the thread, that runs the tasks of a queue when their time comes.

    It has two workers, so that a webhook which does not answer holds up no sweep.
    """

    def __init__(self, huey: Huey) -> None:
        self._consumer = _Consumer(huey, workers=2, max_delay=1.0, graceful_signal="TERM")

    def run(self) -> None:
        """Run tasks until SIGTERM, which lets the one under way finish, or SIGINT."""
        self._consumer.listens = True
        self._consumer.run()

    def start(self) -> None:
        """Run tasks beside something else, in threads of this process, until `stop`."""
        self._consumer.start()

    def stop(self) -> None:
        """Let the task under way finish and return when nothing runs any more."""
        self._consumer.stop(graceful=True)


class _Consumer(Consumer):  # type: ignore[misc]
    """Huey's own, which leaves the process's signals alone unless it is all the process does."""

    listens = False

    def _set_signal_handlers(self) -> None:
        if self.listens:
            super()._set_signal_handlers()


def make_huey(url: str, engine: Engine) -> Huey:
    """The queue at `url` with the periodic tasks of `engine` on it; ValueError for a URL of no known queue."""
    huey = make_queue(url)
    add_tasks(huey, engine)
    return huey


def make_queue(url: str, *, immediate: bool = False) -> Huey:
    """The queue at `sqlite:///path`, `redis://…` or `postgresql://…`; ValueError for any other URL.

    `immediate` runs tasks where they are called, for one process and for tests.
    """
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        return SqliteHuey(NAME, filename=str(path), immediate=immediate, utc=True)
    if url.startswith(("redis://", "rediss://")):
        return RedisHuey(NAME, url=url, immediate=immediate, utc=True)
    if url.startswith("postgresql://"):
        return PostgresHuey(NAME, dsn=url, immediate=immediate, utc=True)
    raise ValueError(f"unknown queue {url!r}: sqlite:///path, redis://host or postgresql://user@host/name")


def add_tasks(huey: Huey, engine: Engine) -> dict[str, Callable[[], Any]]:
    """Register the periodic tasks on `huey`; each by its name, to be called by hand too."""

    def sweep_timers() -> None:
        sweep(engine)

    def carry_messages() -> None:
        while drain_outbox(engine).sent == BATCH:
            pass

    def tell_webhooks() -> None:
        deliver_waiting(engine)

    def adjust_deadlines() -> None:
        finish_adjusting(engine)

    def plan_visits() -> None:
        for month in months_to_plan(engine):
            plan_month(engine, SYSTEM, month)

    # A task that ran into an error is tried again at its next time; a queue full of retries would help nobody.
    each_minute, nightly = crontab(), crontab(minute="17", hour="18")
    return {
        "sweep": huey.periodic_task(each_minute, name="sweep")(sweep_timers),
        "carry": huey.periodic_task(each_minute, name="carry")(carry_messages),
        "deliver": huey.periodic_task(each_minute, name="deliver")(tell_webhooks),
        "adjust": huey.periodic_task(each_minute, name="adjust")(adjust_deadlines),
        "plan": huey.periodic_task(nightly, name="plan")(plan_visits),
    }


def months_to_plan(engine: Engine) -> tuple[str, ...]:
    """This month, and the next one once it is near."""
    today = to_local(engine.now(), engine.zone).date()
    return tuple(dict.fromkeys(f"{day:%Y-%m}" for day in (today, today + PLAN_AHEAD)))
