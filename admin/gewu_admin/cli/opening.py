"""What every command that touches data begins with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gewu_admin.cli.output import Failure, Usage
from gewu_admin.settings import Settings, SettingsError, read_settings

if TYPE_CHECKING:
    from gewu_platform.service.engine import Engine

DATA = click.option(
    "--data",
    metavar="DIR",
    help="数据目录：嵌入数据库、文件、密钥 / folder of the embedded database, files and keys [gewu-data]",
)


def settings_for(data: str | None) -> Settings:
    """The settings in force, `--data` above all others; Usage for one that cannot be used."""
    try:
        return read_settings({"data": data})[0]
    except SettingsError as error:
        raise Usage(str(error)) from error


@contextmanager
def opened(data: str | None, *, make: bool = False) -> Iterator[Engine]:
    """The engine over an up-to-date database, closed again afterwards. With `make`, what is missing is made.

    Failure where there is no data yet, or a schema of before; whatever a use case refuses is a Failure, too.
    """
    from gewu_admin.app import open_engine
    from gewu_admin.logs import set_up_logs
    from gewu_platform.service.problems import Problem

    settings = settings_for(data)
    set_up_logs("warning")
    if not make and (missing := missing_database(settings)):
        raise Failure(f"{missing}: 还没有数据，先运行 gewu init / no data yet, run gewu init first")
    try:
        engine = open_engine(settings)
    except Exception as error:
        raise Failure(f"{settings.database_shown}: 数据库打不开 / cannot be opened: {error}") from error
    try:
        if make:
            engine.store.migrate()
        elif engine.store.unapplied():
            raise Failure(
                "数据库结构不是最新，先运行 gewu migrate / the schema is not up to date, run gewu migrate"
            )
        yield engine
    except Problem as problem:
        raise Failure(told(problem)) from problem
    finally:
        engine.store.close()


def missing_database(settings: Settings) -> Path | None:
    """The SQLite file of the settings where there is none; None for one that is there, or on a server."""
    if not settings.database_url.startswith("sqlite:///"):
        return None
    file = Path(settings.database_url.removeprefix("sqlite:///"))
    return None if file.is_file() else file


def told(problem: object) -> str:
    """A use case's refusal as one message, every fault with its place, in the language of this run."""
    from gewu_platform.service.problems import Problem

    assert isinstance(problem, Problem)
    language = click.get_current_context().obj or "zh"
    faults = [f"{fault.where}: {fault.message(language)}".removeprefix(": ") for fault in problem.errors]
    return "\n  ".join([problem.detail(language), *faults])
