"""Working calendars: show, check, import."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gewu_admin.cli.calendar_reports import report_json, report_lines
from gewu_admin.cli.opening import DATA, missing_database, opened, settings_for
from gewu_admin.cli.output import AS_JSON, Failure, Family, Usage, pick, print_json, say
from gewu_dsl.words import Language

if TYPE_CHECKING:
    from gewu_platform.core.calendar_files import Listing
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
@click.option(
    "--to", "form", type=click.Choice(("list", "json", "ics", "csv")), default="list", show_default=True,
    help="输出成什么 / in which form",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="同 --to json / the same as --to json")
@DATA
@click.pass_obj
def show(language: Language, code: str, form: str, as_json: bool, data: str | None) -> None:
    """显示现用的日历；还没有数据时，显示安装时会写入的那一份。JSON、ICS、CSV 都可改后导入。

    Show the calendar in use, or the one an installation begins with. JSON, ICS and CSV can be edited and imported.

    \b
    例 / Example:
      gewu calendar show cn --json > cn.json
      gewu calendar show cn --to ics > cn.ics
    """
    shown = _find(code, data)
    match "json" if as_json else form:
        case "json":
            print_json(shown.to_json())
        case "ics":
            from gewu_platform.service.timing.calendar_ics import write_ics

            click.echo(write_ics(shown, datetime.now(UTC).replace(tzinfo=None, microsecond=0)), nl=False)
        case "csv":
            from gewu_platform.core.calendar_files import write_csv

            click.echo(write_csv(shown, chinese=language == "zh").encode(), nl=False)
        case _:
            click.echo(f"{shown.code}\t{shown.version}\t{shown.confirmed_until}")
            for day, special in shown.days.items():
                kind = pick(language, {"holiday": "放假", "workday": "上班"}[special.kind], special.kind)
                click.echo(f"{day}\t{kind}\t{special.name}")


def _find(code: str, data: str | None) -> Calendar:
    if not missing_database(settings_for(data)):
        with opened(data) as engine:
            from gewu_platform.service.timing.calendars import read_calendar

            return read_calendar(engine, code)
    if code != "cn":
        raise Failure(f"{code}: 没有这个日历 / no such calendar")
    from gewu_platform.service.timing.calendar_seed import seed_calendar

    return seed_calendar()


@calendar.command("check")
@FILE
@click.pass_obj
def check(language: Language, file: Path) -> None:
    """检查一个日历文件（JSON、ICS 或 CSV），指出每一处错误。

    Check a calendar's file (JSON, ICS or CSV) and name everything that is wrong with it.

    \b
    例 / Example:
      gewu calendar check cn.json
      gewu calendar check 2027.ics
    """
    from gewu_platform.core.calendars import Calendar

    read = read_file(file, language)
    if isinstance(read, Calendar):
        holidays, workdays = _count(special.kind for special in read.days.values())
        say(
            pick(
                language,
                f"{read.code} 第 {read.version} 版：放假 {holidays} 天，调休上班 {workdays} 天，确认到 {read.confirmed_until}。",
                f"{read.code} version {read.version}: {holidays} holidays, {workdays} make-up workdays, "
                f"confirmed until {read.confirmed_until}.",
            )
        )
        return
    _say_notes(read, language)
    for year in read.years:
        holidays, workdays = _count(listed.kind for listed in read.days if listed.day.year == year)
        say(
            pick(
                language,
                f"{year} 年：放假 {holidays} 天，调休上班 {workdays} 天。",
                f"{year}: {holidays} holidays, {workdays} make-up workdays.",
            )
        )


def _count(kinds: Iterable[str]) -> tuple[int, int]:
    """How many holidays and how many make-up workdays."""
    listed = list(kinds)
    return listed.count("holiday"), listed.count("workday")


@calendar.command("import")
@FILE
@click.option("--code", help="写入哪个日历 / which calendar; the file's own, or cn")
@click.option(
    "--year",
    "years",
    type=int,
    multiple=True,
    help="只取这一年，可重复 / only the days of that year; repeatable",
)
@click.option(
    "--confirmed-until",
    "confirmed",
    type=click.DateTime(["%Y-%m-%d"]),
    help="安排确认到哪天 / the last certain day",
)
@click.option("--dry-run", is_flag=True, help="只说明会怎样 / only tell what would happen")
@AS_JSON
@DATA
@click.pass_obj
def import_file(
    language: Language,
    file: Path,
    code: str | None,
    years: tuple[int, ...],
    confirmed: datetime | None,
    dry_run: bool,
    as_json: bool,
    data: str | None,
) -> None:
    """把一个日历文件写成下一版，并按新安排重算暂定的到期时间；确定的到期时间不变。

    Write a file as the calendar's next version. JSON is a whole calendar; ICS and CSV (date,kind,name) list the days of
    a year and replace that year's; a year that follows the confirmed ones becomes confirmed. Deadlines that were
    provisional are measured again, each told in its case; no other deadline moves. Repeating it changes nothing.

    \b
    例 / Example:
      gewu calendar import 2027.ics --dry-run
      gewu calendar import 2027.csv --year 2027 --confirmed-until 2027-12-31
    """
    read = read_file(file, language, data)
    with opened(data) as engine:
        from gewu_platform.core.calendars import Calendar
        from gewu_platform.service.caller import SYSTEM
        from gewu_platform.service.timing.adjusting import import_calendar, preview_import
        from gewu_platform.service.timing.calendars import draft_calendar, find_calendar

        draft = draft_calendar(engine, read, code, years, confirmed.date() if confirmed else None)
        before = find_calendar(engine, draft.code)
        done = (preview_import if dry_run else import_calendar)(engine, SYSTEM, draft)
        zone = engine.zone
    if as_json:
        print_json(report_json(done, before, zone))
        return
    if not isinstance(read, Calendar):
        _say_notes(read, language)
    for line in report_lines(done, before, zone, language, dry_run=dry_run):
        say(line)


def _say_notes(read: Listing, language: Language) -> None:
    for note in read.notes:
        say(note.text(language))


def read_file(file: Path, language: Language, data: str | None = None) -> Calendar | Listing:
    """What a calendar's file holds; Failure with everything that is wrong with it."""
    from gewu_platform.core.calendars import CalendarError
    from gewu_platform.service.timing.calendar_ics import read_calendar_file

    try:
        return read_calendar_file(file.read_bytes(), settings_for(data).zone)
    except CalendarError as error:
        raise Failure("\n  ".join([str(file), *(each.text(language) for each in error.problems)])) from error
    except OSError as error:
        raise Usage(f"{file}: {error.strerror}") from error


COMMANDS = (calendar,)
