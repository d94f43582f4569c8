"""What an item means for one case: decide, deadline."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gewu_admin.cli.opening import DATA, missing_database, opened, settings_for
from gewu_admin.cli.output import AS_JSON, Command, Failure, Usage, print_json, read_moment
from gewu_dsl.words import Language

if TYPE_CHECKING:
    from gewu_platform.core.calendars import Calendar

FILE = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


@click.command("decide", cls=Command)
@click.argument("path", type=click.Path(path_type=Path))
@click.argument("item")
@click.option(
    "--answers", required=True, type=FILE, help="JSON 对象，- 为标准输入 / a JSON object, - for stdin"
)
@click.option(
    "--context", "context_file", type=FILE, help="JSON 对象：place、area、reporter… / a JSON object"
)
@click.option("--at", help="上报的当地时间 / when it was reported, e.g. 2026-02-13T16:00")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON（默认） / print JSON (the default)")
@click.option("--words", "in_words", is_flag=True, help="用文字输出 / print it in words")
@click.pass_obj
def decide(
    language: Language,
    path: Path,
    item: str,
    answers: Path,
    context_file: Path | None,
    at: str | None,
    as_json: bool,
    in_words: bool,
) -> None:
    """对一份填报作出判定，连同每个选择的依据。

    Decide one filled form and print the decision with its trace.

    \b
    例 / Example:
      gewu decide plugins/parks parks.bench --answers answers.json --json
      gewu decide plugins/parks parks.bench --answers answers.json --words
    """
    from gewu_admin.cli.units import compile_to_try
    from gewu_dsl.answers import check_answers, normalise_answers
    from gewu_dsl.decision import Decision
    from gewu_dsl.rules import compile_rules

    sheet = _read_object(answers)
    context = _read_object(context_file) if context_file else {}
    moment = None if at is None else read_moment(at)
    compiled, department, unit = compile_to_try(path, item)
    if moment is not None:
        context = _reported_at(context, moment)
    rules = compile_rules(compiled.item, compiled.lines, compiled.version)
    clean = normalise_answers(compiled.item, sheet)
    # A blank answer is a case of its own in the language; what is there has to be an answer.
    refused = check_answers(rules, clean, context, partial=True)
    decision = (
        Decision(compiled.item.name, compiled.version, refused=tuple(refused))
        if refused
        else rules.decide(clean, context)
    )
    if in_words and not as_json:
        from gewu_admin.cli.decision_words import decision_words

        click.echo(decision_words(decision, compiled.item, department, language, unit.result.kinds))
    else:
        print_json(decision.to_json())


def _reported_at(context: dict[str, Any], moment: datetime) -> dict[str, Any]:
    from gewu_platform.service.timing.calendar_seed import seed_calendar

    worked = seed_calendar(range(moment.year, moment.year + 1)).is_workday(moment.date())
    reported = context.get("reported")
    known = reported if isinstance(reported, dict) else {}
    return {
        **context,
        "reported": {"on_workday": "yes" if worked else "no", **known, "at": moment.isoformat()},
    }


def _read_object(file: Path) -> dict[str, Any]:
    try:
        with click.open_file(str(file), encoding="utf-8") as stream:
            value = json.loads(stream.read())
    except (OSError, ValueError, RecursionError) as error:
        raise Usage(f"{file}: 不是 JSON / not JSON: {error}") from error
    if not isinstance(value, dict):
        raise Usage(f"{file}: 必须是一个 JSON 对象 / must hold one JSON object")
    return value


@click.command("deadline", cls=Command)
@click.option("--from", "start", required=True, help="当地时间 / local time, e.g. 2026-02-13T16:00")
@click.option("--limit", required=True, help='照事项里的写法 / as in an item: "1 workday", "2 紧急工作时"')
@click.option(
    "--pause", "pauses", multiple=True, help="A..B，可重复：其间停表 / repeatable: the clock stands still"
)
@click.option(
    "--extend",
    "extensions",
    type=click.IntRange(0, 100),
    default=0,
    help="延期几次 / how often it was extended",
)
@click.option(
    "--calendar", help="日历的文件（JSON、ICS、CSV）或代码 / a calendar's file (JSON, ICS, CSV) or code [cn]"
)
@AS_JSON
@DATA
@click.pass_obj
def deadline(
    language: Language,
    start: str,
    limit: str,
    pauses: tuple[str, ...],
    extensions: int,
    calendar: str | None,
    as_json: bool,
    data: str | None,
) -> None:
    """推算一个到期时间，逐段说明怎样得出。

    Print one due time and how it is derived. With --data or a code, the calendar is that of the installation.

    \b
    例 / Example:
      gewu deadline --from 2026-02-13T16:00 --limit "1 workday"
      gewu deadline --from 2026-02-13T16:00 --limit "1 workday" --pause 2026-02-14T09:00..2026-02-25T10:00 --extend 1
    """
    from gewu_platform.core.derivation_words import describe
    from gewu_platform.core.derivations import derive
    from gewu_platform.core.limits import LimitError, parse_limit

    begin, stops = read_moment(start), [_pause(each) for each in pauses]
    try:
        legs = [parse_limit(limit)] * (1 + extensions)
        derivation = derive(begin, legs, _calendar(calendar, data, begin, language), stops)
    except LimitError as error:
        raise Usage(error.words.text(language)) from error
    except OverflowError as error:
        raise Usage(f"{limit}: 到期在 9999 年以后 / due after the year 9999") from error
    except ValueError as error:
        raise Usage(str(error)) from error
    published = derivation.to_json()
    if as_json:
        keys = ("due", "provisional", "counted", "skipped", *(["legs"] if extensions else []))
        print_json({key: published[key] for key in keys})
        return
    for line in describe(published, language):
        click.echo(line)


def _calendar(name: str | None, data: str | None, begin: datetime, language: Language) -> Calendar:
    """The calendar of a file, of a code in the database, or the one every installation begins with."""
    from gewu_admin.cli.calendars import read_file
    from gewu_platform.core.calendar_files import with_listed
    from gewu_platform.core.calendars import Calendar
    from gewu_platform.service.timing.calendar_seed import FIRST_YEAR, last_known_year, seed_calendar

    seeded = seed_calendar(range(min(FIRST_YEAR, begin.year), max(last_known_year(), begin.year) + 2))
    if name is not None and Path(name).is_file():
        try:
            read = read_file(Path(name), language, data)
        except Failure as failure:
            raise Usage(failure.message) from failure
        return read if isinstance(read, Calendar) else with_listed(seeded, read, read.years)
    if (name or data) and not missing_database(settings_for(data)):
        with opened(data) as engine:
            from gewu_platform.service.timing.calendars import read_calendar

            return read_calendar(engine, name or seeded.code)
    if name not in (None, seeded.code):
        raise Usage(f"{name}: 没有这个日历文件或代码 / no such calendar file or code")
    return seeded


def _pause(text: str) -> tuple[datetime, datetime]:
    first, dots, second = text.partition("..")
    if not dots:
        raise Usage(f"{text}: 写成 起..止 / write FROM..TO")
    begin, end = read_moment(first), read_moment(second)
    if end <= begin:
        raise Usage(f"{text}: 止要晚于起 / the end must be after the start")
    return begin, end


COMMANDS = (decide, deadline)
