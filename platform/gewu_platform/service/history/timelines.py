"""The timeline of a case in plain words: who did what, and what changed by it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from gewu_dsl.model import Finding
from gewu_dsl.words import Language
from gewu_platform.core.clocks import RunningClock
from gewu_platform.core.derivation_words import reason_words
from gewu_platform.core.lifecycle import Event, State
from gewu_platform.core.naming import TIER_WORDS, clock_words
from gewu_platform.core.words import Words
from gewu_platform.records import journal
from gewu_platform.records.hot import cases as stored
from gewu_platform.records.hot import reports
from gewu_platform.records.hot.case_pages import number_cases
from gewu_platform.service.engine import Engine
from gewu_platform.service.history.event_words import Told, event_words, local_time, name_words
from gewu_platform.service.history.replaying import CLOCK_EVENTS, Along, clocks_in, event_in
from gewu_platform.service.views import FileView, TimelineEntry

LANGUAGES: tuple[Language, ...] = ("zh", "en")


def tell_timeline(
    engine: Engine, finding: Finding, along: Along, evidence: Sequence[FileView]
) -> tuple[TimelineEntry, ...]:
    """All entries of a case of `finding` in words, the oldest first, with the files that came along.

    Inside a transaction.
    """
    actors = {entry.actor for entry, _, _ in along if entry.actor is not None}
    names = stored.name_users(engine.store, sorted(actors))
    files = {file.sha256: file for file in evidence}
    told = []
    for entry, words in tell_entries(engine, finding, along):
        event: Any = entry.body.get("event", {})
        given = [files[one["sha256"]] for one in event.get("evidence", ()) if one.get("sha256") in files]
        told.append(TimelineEntry(
            entry.seq, entry.at, entry.kind, entry.actor, name_words(names, entry.actor),
            words, event.get("reason"), event.get("note"), tuple(given),
        ))  # fmt: skip
    return tuple(told)


def tell_entries(engine: Engine, finding: Finding, along: Along) -> Iterator[tuple[journal.Entry, Words]]:
    """The entries of one case, from its report on, each in words. Inside a transaction."""
    events = [event_in(entry) for entry, _, _ in along]
    offices = reports.name_offices(engine.store, sorted(_offices_of(events)))
    cases = number_cases(
        engine.store, sorted({event.case for event in events if event and event.case is not None})
    )
    running: dict[int, RunningClock] = {}
    for (entry, before, after), event in zip(along, events, strict=True):
        changed = clocks_in(entry)
        moves = [] if entry.kind in _SAYS_DATES else _moves(engine, finding, running, changed)
        running |= {clock.number: clock for clock in changed}
        told = Told(event, before, after, offices, cases) if event else None
        yield entry, _joined([_words(engine, finding, entry, told, after), *moves])


def _words(engine: Engine, finding: Finding, entry: journal.Entry, told: Told | None, after: State) -> Words:
    if entry.kind == "reported":
        on_site = after.state == "on_site"
        return Words("上报，待当场整改", "reported it, to be settled on the spot") if on_site else _REPORTED
    if "event" not in entry.body and entry.kind in CLOCK_EVENTS:
        return _clock_event(engine, finding, entry)
    if told is None:
        raise KeyError(entry.kind)
    words = event_words(told)
    return _joined([words, _adjustment(engine, finding, entry)] if entry.kind == "adjusted" else [words])


_REPORTED = Words("上报", "reported it")
_SAYS_DATES = frozenset({"adjusted"})
"""Events whose own words name the old and the new dates already."""


def _clock_event(engine: Engine, finding: Finding, entry: journal.Entry) -> Words:
    """What the sweep found: `body` names the clock by its step, its stage and its due time."""
    body: Any = entry.body
    step, due_at = (
        clock_words(finding, body["step"], body.get("stage")),
        datetime.fromisoformat(body["due_at"]),
    )
    due = local_time(due_at, engine.zone)
    tier = TIER_WORDS.get(body.get("tier") or "", Words("", ""))
    past = entry.at > due_at
    return {
        "reminded": Words(f"提醒：{step.zh}将于 {due} 到期", f"reminded: “{step.en}” is due at {due}"),
        "overdue": Words(f"{step.zh}超期（{due} 到期）", f"“{step.en}” is overdue (was due at {due})"),
        "escalated": Words(
            f"{step.zh}{'已超期' if past else '将到期'}（{due}），升级至{tier.zh}",
            f"escalated it to the {tier.en}: “{step.en}” {'was' if past else 'is'} due at {due}",
        ),
    }[entry.kind]


def _adjustment(engine: Engine, finding: Finding, entry: journal.Entry) -> Words:
    """From which version of the calendar to which, what moved, and the days that made it."""
    body: Any = entry.body
    told = [Words(f"日历 {body['from']} → {body['to']}", f"calendar {body['from']} → {body['to']}")]
    told += [_day_change(change) for change in body.get("days", ())]
    moved = [
        _moved(engine, clock_words(finding, change["step"], change.get("stage")), *_dues(change))
        for change in body.get("changes", ())
        if change["old_due"] != change["new_due"]
    ]
    return _joined([*told, *(moved or [Words("到期时间不变", "nothing is due at another time")])])


def _dues(change: Mapping[str, str]) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(change["old_due"]), datetime.fromisoformat(change["new_due"])


def _day_change(change: Mapping[str, str]) -> Words:
    """`2027-01-04 由工作日改为节假日（元旦）`."""
    zh, en = ([reason_words(change[key], language) for key in ("before", "after")] for language in LANGUAGES)
    return Words(f"{change['day']} 由{zh[0]}改为{zh[1]}", f"{change['day']} is {en[1]} instead of {en[0]}")


def _moves(
    engine: Engine, finding: Finding, before: Mapping[int, RunningClock], changed: Sequence[RunningClock]
) -> list[Words]:
    """What an event did to clocks that ran already: stopped them, let them go on, moved their end."""
    told = []
    for clock in changed:
        old, step = before.get(clock.number), clock_words(finding, clock.step, clock.stage)
        if old is None or clock.ended_at is not None:
            continue
        if old.paused_at is None and clock.paused_at is not None:
            told.append(Words(f"{step.zh}暂停计时", f"the clock of “{step.en}” stands still"))
        if old.due_at != clock.due_at:
            told.append(_moved(engine, step, old.due_at, clock.due_at))
    return told


def _moved(engine: Engine, step: Words, old: datetime, new: datetime) -> Words:
    was, now = local_time(old, engine.zone), local_time(new, engine.zone)
    return Words(f"{step.zh}到期由 {was} 改为 {now}", f"“{step.en}” is due at {now} instead of {was}")


def _offices_of(events: Sequence[Event | None]) -> set[int]:
    found = {event.office for event in events if event}
    found |= {task.office for event in events if event for task in event.opens}
    return {office for office in found if office is not None}


def _joined(parts: Sequence[Words]) -> Words:
    return Words("；".join(part.zh for part in parts), "; ".join(part.en for part in parts))
