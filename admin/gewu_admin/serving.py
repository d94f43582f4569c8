"""Keeping a site and its jobs running until somebody stops them."""

from __future__ import annotations

import errno
import os
import signal
import socket
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import structlog
import waitress
from filelock import FileLock

from gewu_admin.app import create_app, open_engine
from gewu_admin.demo.history import DAYS, live_through
from gewu_admin.demo.town import Account, build_town, demo_accounts
from gewu_admin.logs import set_up_logs
from gewu_admin.packs import load_packs
from gewu_admin.settings import Settings
from gewu_platform.core.words import Words
from gewu_platform.core.zones import to_local
from gewu_platform.jobs.runner import Runner, make_huey
from gewu_platform.records.store import Store
from gewu_platform.service.clock_source import utc_now
from gewu_platform.service.engine import Engine

log = structlog.get_logger()

CONNECTIONS = 1000
"""Open at once: a browser keeps up to six for two minutes, and whoever comes after the last one waits that long."""


class NotReady(Exception):
    """What is asked for cannot be served yet; `words` say what to do."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.words = Words(zh, en)


def run_site(settings: Settings, host: str, port: int, threads: int) -> None:
    """Serve the site alone; the jobs run elsewhere. NotReady where the schema is one of before."""
    check_address(host, port)
    engine = _open_migrated(settings)
    _serve(create_app(settings, engine), host, port, threads)


def run_jobs(settings: Settings) -> None:
    """Run the jobs alone, until SIGTERM or SIGINT; what is under way is finished first."""
    set_up_logs(settings.log)
    engine = _open_migrated(settings)
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: told.set())
    jobs = Runner(make_huey(settings.queue_url, engine))
    log.info("working", queue=settings.queue.partition("://")[0])
    jobs.start()
    told.wait()
    jobs.stop()
    log.info("stopped")


def run_demo(
    settings: Settings,
    host: str,
    port: int,
    seed: int,
    *,
    progress: Callable[[float], None],
    announce: Callable[[tuple[Account, ...]], None],
) -> None:
    """A town with history, its site and its jobs in one process; made on the first start, kept on every later one.

    `progress` is told from 0 to 1 how much of a new town is made, `announce` the accounts just before the first request
    is taken.
    """
    check_address(host, port)
    set_up_logs("warning")
    build_demo(settings, seed, progress=progress)
    engine = open_engine(settings)
    engine.store.migrate()
    site = create_app(replace(settings, log="warning"), engine, demo=True)
    jobs = Runner(make_huey(settings.queue_url, engine))
    jobs.start()
    try:
        _serve(site, host, port, threads=8, ready=lambda: announce(demo_accounts(engine)))
    finally:
        jobs.stop()


def check_address(host: str, port: int) -> None:
    """NotReady where nobody can listen at the address, before any longer work is begun."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        zh = "端口已被占用，换一个：--port" if taken else f"不能监听：{error}"
        en = "the port is taken, choose another with --port" if taken else f"cannot listen there: {error}"
        raise NotReady(f"{host}:{port} {zh}", f"{host}:{port} {en}") from error


def build_demo(
    settings: Settings,
    seed: int,
    *,
    progress: Callable[[float], None] = lambda share: None,
    now: Callable[[], datetime] = utc_now,
) -> None:
    """Make the town unless it is there. It is built aside and moved into place whole, so a kill leaves none or all.

    `now` tells the moment that its history ends at. Whoever comes second waits and finds it made.
    """
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    with FileLock(settings.data_folder / "building.lock"):
        target = _database_file(settings)
        if target is None:
            _build_into(replace(open_engine(settings), now=now), seed, progress)
            return
        if target.exists():
            return
        aside = target.with_name("building.sqlite")
        for leftover in target.parent.glob("building.sqlite*"):
            leftover.unlink()
        engine = open_engine(replace(settings, database=f"sqlite:///{aside}"), load_packs(settings))
        _hurry(engine.store)
        _build_into(replace(engine, now=now), seed, progress)
        with closing(sqlite3.connect(aside)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("PRAGMA journal_mode = DELETE")
        with aside.open("rb+") as whole:
            os.fsync(whole)
        aside.replace(target)


def _hurry(store: Store) -> None:
    """Nothing that is built aside need outlive a power cut: it is written down once, at the end."""
    store.close()
    store.db.on_connect(provider="sqlite")(
        lambda db, connection: connection.execute("PRAGMA synchronous = OFF")
    )


def _build_into(engine: Engine, seed: int, progress: Callable[[float], None]) -> None:
    try:
        engine.store.migrate()
        if demo_accounts(engine):
            return
        progress(0.0)
        # The town is there a day before its history begins, so that the journal reads in the order of time.
        founded = engine.now() - timedelta(days=DAYS + 1)
        before = replace(engine, now=lambda: founded)
        town = build_town(before, seed, to_local(founded, engine.zone).date())
        live_through(engine, town, seed, progress)
        progress(1.0)
    finally:
        engine.store.close()


def _database_file(settings: Settings) -> Path | None:
    """The SQLite file of the settings; None for another database."""
    url = settings.database_url
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


def _open_migrated(settings: Settings) -> Engine:
    engine = open_engine(settings)
    if engine.store.unapplied():
        raise NotReady(
            "数据库结构不是最新，先运行 gewu migrate", "the schema is not up to date, run gewu migrate"
        )
    return engine


def _serve(
    site: object, host: str, port: int, threads: int, ready: Callable[[], None] = lambda: None
) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are finished first."""
    server = make_server(site, host, port, threads)
    signal.signal(signal.SIGTERM, _stop)
    try:
        ready()
        server.run()
    except (KeyboardInterrupt, SystemExit):
        log.info("stopping")
    finally:
        server.close()


def make_server(site: object, host: str, port: int, threads: int) -> Any:
    """A server that listens and is not running yet, for as many as CONNECTIONS browsers and phones that keep theirs open."""
    return waitress.create_server(
        site, host=host, port=port, threads=threads, connection_limit=CONNECTIONS,
        asyncore_use_poll=True,  # `select` takes no descriptor above 1023
        ident="gewu",
    )  # fmt: skip


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)
