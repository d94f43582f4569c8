"""Working calendars: show, check, import."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gewu_admin.cli.opening import DATA, missing_database, opened, settings_for
from gewu_admin.cli.output import AS_JSON, Failure, Family, Usage, pick, print_json, say
from gewu_dsl.words import Language

if TYPE_CHECKING:
    from gewu_platform.core.calendars import Calendar

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group("calendar", cls=Family)
def calendar() -> None:
    """工作日历：查看、检查、导入。

    Working calendars: show, check, import.

    \b
    例 / Example:
      gewu calendar show
    """


@calendar.command("show")
@click.argument("code", default="cn")
@AS_JSON
@DATA
@click.pass_obj
def show(language: Language, code: str, as_json: bool, data: str | None) -> None:
    """显示现用的日历；还没有数据时，显示安装时会写入的那一份。JSON 可改后导入。

    Show the calendar in use, or the one an installation begins with. Its JSON can be edited and imported.

    \b
    例 / Example:
      gewu calendar show cn --json > cn.json
    """
    shown = _find(code, data)
    if as_json:
        print_json(shown.to_json())
        return
    click.echo(f"{shown.code}\t{shown.version}\t{shown.confirmed_until}")
    for day, special in shown.days.items():
        kind = pick(language, {"holiday": "放假", "workday": "上班"}[special.kind], special.kind)
        click.echo(f"{day}\t{kind}\t{special.name}")


def _find(code: str, data: str | None) -> Calendar:
    if not missing_database(settings_for(data)):
        with opened(data) as engine:
            from gewu_platform.service.calendars import read_calendar

            return read_calendar(engine, code)
    if code != "cn":
        raise Failure(f"{code}: 没有这个日历 / no such calendar")
    from gewu_platform.service.calendar_seed import seed_calendar

    return seed_calendar()


@calendar.command("check")
@FILE
@click.pass_obj
def check(language: Language, file: Path) -> None:
    """检查一个日历文件，指出每一处错误。

    Check a calendar's file and name everything that is wrong with it.

    \b
    例 / Example:
      gewu calendar check cn.json
    """
    read = _read(file, language)
    workdays = sum(special.kind == "workday" for special in read.days.values())
    holidays = len(read.days) - workdays
    say(
        pick(
            language,
            f"{read.code} 第 {read.version} 版：放假 {holidays} 天，调休上班 {workdays} 天，确认到 {read.confirmed_until}。",
            f"{read.code} version {read.version}: {holidays} holidays, {workdays} make-up workdays, "
            f"confirmed until {read.confirmed_until}.",
        )
    )


@calendar.command("import")
@FILE
@DATA
@click.pass_obj
def import_file(language: Language, file: Path, data: str | None) -> None:
    """把一个日历文件写成新的一版；在办案件保持开始时的版本。

    Write a calendar's file as a new version; running cases keep the version they began with.

    \b
    例 / Example:
      gewu calendar import cn.json
    """
    read = _read(file, language)
    with opened(data) as engine:
        from gewu_platform.service.calendars import add_calendar
        from gewu_platform.service.caller import SYSTEM

        add_calendar(engine, SYSTEM, read)
    say(
        pick(
            language,
            f"已写入 {read.code} 第 {read.version} 版。",
            f"{read.code} version {read.version} written.",
        )
    )


def _read(file: Path, language: Language) -> Calendar:
    from gewu_platform.core.calendars import Calendar, CalendarError

    try:
        return Calendar.from_json(json.loads(file.read_text(encoding="utf-8")))
    except CalendarError as error:
        raise Failure("\n  ".join([str(file), *(each.text(language) for each in error.problems)])) from error
    except (OSError, ValueError, RecursionError) as error:
        raise Usage(f"{file}: 不是 JSON / not JSON: {error}") from error


COMMANDS = (calendar,)
