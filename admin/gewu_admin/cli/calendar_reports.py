"""What an import of a calendar changed, or would change, told at the command line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from gewu_admin.cli.output import pick
from gewu_dsl.words import Language

if TYPE_CHECKING:
    from gewu_platform.core.calendar_changes import DayChange
    from gewu_platform.core.calendars import Calendar
    from gewu_platform.service.timing.adjusting import Adjusted, Move


def report_json(done: Adjusted, before: Calendar | None, zone: ZoneInfo) -> dict[str, Any]:
    """A value for `json.dumps`: the version, the days that differ from the one before, each deadline with its ends."""
    from gewu_platform.core.zones import with_offset

    return {
        "code": done.calendar.code,
        "version": done.version,
        "new": done.is_new,
        "confirmed_until": done.calendar.confirmed_until.isoformat(),
        "cases": done.cases,
        "moved": done.moved,
        "days": [change.to_json() for change in _days(done, before)],
        "deadlines": [
            {
                "case": move.number,
                "step": move.step,
                "stage": move.stage,
                "old_due": with_offset(move.old_due, zone),
                "new_due": with_offset(move.new_due, zone),
            }
            for move in done.moves
        ],
    }


def report_lines(
    done: Adjusted, before: Calendar | None, zone: ZoneInfo, language: Language, *, dry_run: bool
) -> Iterator[str]:
    """The same in words, one line each."""
    from gewu_platform.core.derivation_words import reason_words

    name, version = done.calendar.code, done.version
    for change in _days(done, before):
        old, new = (reason_words(reason, language) for reason in (change.before, change.after))
        yield f"  {change.day}  {old} → {new}"
    if before and before.windows != done.calendar.windows:
        yield pick(language, "  每周的工作时段不同", "  the windows of the week differ")
    for move in done.moves:
        yield _move_line(move, zone, language)
    if not done.is_new:
        yield pick(
            language,
            f"{name} 第 {version} 版已有，没有变化。",
            f"{name} version {version} is there already: nothing new.",
        )
    elif dry_run:
        yield pick(
            language,
            f"将写入 {name} 第 {version} 版（未写入）。",
            f"{name} version {version} would be written.",
        )
    else:
        yield pick(language, f"已写入 {name} 第 {version} 版。", f"{name} version {version} written.")
    until = done.calendar.confirmed_until
    yield pick(
        language,
        f"安排确认到 {until}；{done.cases} 个案件重算，{done.moved} 个到期时间变动。",
        f"Confirmed until {until}; {done.cases} cases measured again, {done.moved} deadlines moved.",
    )


def _days(done: Adjusted, before: Calendar | None) -> tuple[DayChange, ...]:
    from gewu_platform.core.calendar_changes import changed_days

    return () if before is None else changed_days(before, done.calendar)


def _move_line(move: Move, zone: ZoneInfo, language: Language) -> str:
    from gewu_platform.core.naming import CLOCK_WORDS
    from gewu_platform.core.zones import to_local

    old, new = (f"{to_local(moment, zone):%Y-%m-%d %H:%M}" for moment in (move.old_due, move.new_due))
    step = CLOCK_WORDS[move.step].text(language) if move.step in CLOCK_WORDS else move.step
    what = f"{step} {move.stage}" if move.stage else step
    if old == new:
        return f"  {move.number}  {what}  {old}  " + pick(language, "不变，已确定", "unchanged, certain now")
    return f"  {move.number}  {what}  {old} → {new}"
