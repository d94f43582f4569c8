"""Whether this installation can do its work now."""

from __future__ import annotations

import os

from gewu_platform.service.engine import Engine


def readiness(engine: Engine) -> list[str]:
    """What stands in the way, in English for whoever runs the machine; empty when ready. Needs no caller: it tells no data."""
    problems = []
    try:
        waiting = engine.store.unapplied()
        if waiting:
            problems.append(f"database: migrations to apply: {', '.join(waiting)}")
        else:
            with engine.store.transaction():
                engine.store.execute("SELECT seq FROM journal_head WHERE id = 1").fetchone()
    except Exception as error:  # noqa: BLE001 - whatever the driver says is the answer
        problems.append(f"database: {type(error).__name__}: {error}")
    if not (engine.files.is_dir() and os.access(engine.files, os.W_OK)):
        problems.append(f"files: {engine.files} is not a folder one can write to")
    return problems
