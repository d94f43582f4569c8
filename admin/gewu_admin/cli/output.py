"""What commands print: data on stdout, everything said to a person on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import datetime
from typing import IO, Any

import click

from gewu_dsl.words import Language

HELP_OPTIONS = ["-h", "--help"]


class Failure(click.ClickException):
    """The work failed; the message is for the person."""

    exit_code = 1

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"gewu: {self.format_message()}", file=file or sys.stderr)


class Usage(Failure):
    """Arguments that cannot be used."""

    exit_code = 2


def language_of(context: click.Context) -> Language:
    """The language that this run's messages are in."""
    return "en" if context.find_root().obj == "en" or context.obj == "en" else "zh"


def _choose(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.obj = value


LANGUAGE = click.option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    expose_value=False,
    is_eager=True,
    callback=_choose,
    help="提示语言，默认看 LANG / language of messages, else from LANG",
)


class Command(click.Command):
    """A command that takes `--lang` after its name, too."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        LANGUAGE(self)


class Family(click.Group):
    """Commands with a first name in common."""

    command_class = Command


AS_JSON = click.option("--json", "as_json", is_flag=True, help="输出 JSON / print JSON")


def print_json(value: Any) -> None:
    """One JSON document on stdout, readable Chinese kept as it is."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def say(message: str) -> None:
    """A line for the person at the terminal."""
    click.echo(message, err=True)


def progress_of(work: str) -> Callable[[float], None]:
    """Somebody to tell how much of long work is done, from 0 to 1: a bar on a terminal, else one line at its start."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    bar = Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console)

    def tell(share: float) -> None:
        if not console.is_terminal:
            if share == 0:
                say(f"{work}…")
            return
        if not bar.tasks:
            bar.start()
            bar.add_task(work, total=1.0)
        bar.update(bar.tasks[0].id, completed=share)
        if share >= 1:
            bar.stop()

    return tell


def pick(language: Language, zh: str, en: str) -> str:
    """The sentence in the person's language."""
    return zh if language == "zh" else en


def read_moment(text: str) -> datetime:
    """Local time as people type it; Usage for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Usage(f"{text}: 不是时间 / not a time, e.g. 2026-02-13T16:00") from error
    if moment.tzinfo is not None:
        raise Usage(f"{text}: 请写当地时间，不带时区 / write local time without an offset")
    if not 2000 <= moment.year <= 2100:
        raise Usage(f"{text}: 只支持 2000 到 2100 年 / only the years from 2000 to 2100")
    return moment
