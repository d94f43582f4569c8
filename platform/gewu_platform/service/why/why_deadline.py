"""Why each clock of a case ends when it does: where its limit comes from, what it counted, and what moved its end since."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gewu_dsl.model import PlaceKind
from gewu_dsl.render import limit_words
from gewu_platform.core.clocks import CHECK_LIMIT, RunningClock
from gewu_platform.core.derivation_words import CAUSE_WORDS, describe
from gewu_platform.core.limits import parse_limit
from gewu_platform.core.naming import SEVERITY_WORDS, clock_words
from gewu_platform.core.words import Words
from gewu_platform.records.hot.rows import Row
from gewu_platform.records.journal import Entry
from gewu_platform.service.catalogue.publishing import Published
from gewu_platform.service.engine import Engine
from gewu_platform.service.history.event_words import local_time, name_words, said_words
from gewu_platform.service.history.replaying import clocks_in
from gewu_platform.service.loop.case_files import CaseFile
from gewu_platform.service.why.choice_words import choices_of, where_words
from gewu_platform.service.why.why_views import Choice, Counting


def countings(
    engine: Engine, case: CaseFile, published: Published, kinds: Sequence[PlaceKind], entries: Sequence[Entry],
    rows: Sequence[Row], people: Mapping[int, str], choices: Sequence[Choice],
) -> tuple[Counting, ...]:  # fmt: skip
    """One for every clock the case ever had, the oldest first; `choices` are those of its decision as it is now."""
    told = clock_histories(engine, entries, people)
    decided = {
        # Most clocks have their limit from the decision that still holds, which is in words already.
        number: choices
        if decision["trace"] == case.decision["trace"]
        else choices_of(published, case.finding, kinds, decision["trace"])
        for number, decision in _decisions(case, entries).items()
    }
    own = _other_calendar(case, published)
    return tuple(
        _counting(
            engine,
            case,
            row,
            _joined(
                _definition(case, published, decided.get(row["number"], ()), row),
                own if row["limit_text"] else None,
            ),
            tuple(told.get(row["number"], ())),
        )
        for row in rows
    )


def _decisions(case: CaseFile, entries: Sequence[Entry]) -> dict[int, Mapping[str, Any]]:
    """By the number of the clock, the decision that gave it the limit it has: another severity decides anew."""
    found: dict[int, Mapping[str, Any]] = {}
    decision: Mapping[str, Any] = case.decision
    for entry in entries:
        body: Any = entry.body
        if entry.kind == "reported":
            decision = json.loads(body["case"]["decision"])
        decision = body.get("decision", decision)
        found |= {clock.number: decision for clock in clocks_in(entry)}
    return found


def clock_histories(
    engine: Engine, entries: Sequence[Entry], people: Mapping[int, str]
) -> dict[int, list[Words]]:
    """By the number of the clock, everything that changed it after it began, in words."""
    known: dict[int, RunningClock] = {}
    told: dict[int, list[Words]] = {}
    for entry in entries:
        for clock in clocks_in(entry):
            before = known.get(clock.number)
            if before is not None:
                lines = _changes(engine, entry, before, clock, people)
                told.setdefault(clock.number, []).extend(lines)
            known[clock.number] = clock
    return told


def _changes(
    engine: Engine, entry: Entry, old: RunningClock, new: RunningClock, people: Mapping[int, str]
) -> Iterator[Words]:
    """What one entry did to a clock, with who did it and why."""
    who, said = name_words(people, entry.actor), said_words(entry.body)
    due = Words(
        f"，到期改为 {local_time(new.due_at, engine.zone)}",
        f", due {local_time(new.due_at, engine.zone)} from then on",
    )
    moved = due if new.due_at != old.due_at else Words("", "")
    at = local_time(entry.at, engine.zone)

    def line(zh: str, en: str, end: Words = moved) -> Words:
        return Words(f"{at} {zh}{end.zh}（{who.zh}）{said.zh}", f"{at} {en}{end.en} ({who.en}){said.en}")

    if len(new.pauses) > len(old.pauses):
        cause = CAUSE_WORDS.get(new.causes[-1] if new.causes else "", Words("暂停", "paused"))
        since, until = (local_time(moment, engine.zone) for moment in new.pauses[-1])
        yield line(
            f"继续计时：{since} 至 {until} 不计（{cause.zh}）",
            f"goes on: {since} to {until} does not count ({cause.en})",
        )
    elif old.paused_at is None and new.paused_at is not None:
        cause = CAUSE_WORDS.get(new.paused_for, Words("暂停", "paused"))
        yield line(f"暂停计时（{cause.zh}）", f"stands still ({cause.en})")
    if len(new.limits) > len(old.limits):
        limit = parse_limit(new.limits[-1])
        number = len(new.limits) - 1
        yield line(
            f"第 {number} 次延期，再计 {limit_words(limit, 'zh')}",
            f"extension {number}, once more {limit_words(limit, 'en')}",
        )
    if new.limits and old.limits and new.limits[0] != old.limits[0]:
        yield line(*_relimited(entry, old, new))
    if new.calendar != old.calendar:
        yield line(
            f"日历由 {old.calendar} 换为 {new.calendar}", f"calendar {new.calendar} for {old.calendar}"
        )
    if old.ended_at is None and new.ended_at is not None:
        late = (new.paused_at or new.ended_at) > new.due_at
        yield line(
            "停止计时" + ("，已超期" if late else "，未超期"), "ends, late" if late else "ends in time"
        )


def _relimited(entry: Entry, old: RunningClock, new: RunningClock) -> tuple[str, str]:
    """Another limit, as another severity has it."""
    event: Any = entry.body.get("event", {})
    severity = SEVERITY_WORDS.get(event.get("severity", ""), Words("", ""))
    before, after = parse_limit(old.limits[0]), parse_limit(new.limits[0])
    return (
        f"等级调整为{severity.zh}，时限由 {limit_words(before, 'zh')} 改为 {limit_words(after, 'zh')}",
        f"severity {severity.en}: limit {limit_words(after, 'en')} instead of {limit_words(before, 'en')}",
    )


def _definition(case: CaseFile, published: Published, choices: Sequence[Choice], row: Row) -> Words:
    """Where the limit comes from: its line in the item and the basis, or the rule of the platform."""
    step = row["step"]
    if step == "park":
        return Words(
            "挂账到批准的日期自行恢复", "a parked case goes on by itself on the day that was granted"
        )
    if step == "check":
        minutes = limit_words(parse_limit(CHECK_LIMIT), "zh"), CHECK_LIMIT
        return Words(
            f"核实、核查各限 {minutes[0]}（城市管理标准）",
            f"a check before filing or after handling takes {minutes[1]} (city management standard)",
        )
    basis = "；".join(published.item.basis)
    clause = "handle" if step == "assist" else step
    chosen = next((choice for choice in choices if choice.clause == clause), None)
    if row["stage"] is not None or chosen is None:
        line = published.lines.get(f"finding.{case.finding.name}")
        where = where_words(line, published.file)
        words = Words("按事项定义", "as the item has it") if where is None else where
    else:
        words = chosen.words
    if step == "assist":
        words = Words(f"协办与承办同限。{words.zh}", f"assisting takes as long as handling. {words.en}")
    return Words(f"{words.zh}；依据：{basis}", f"{words.en}; basis: {basis}") if basis else words


def _other_calendar(case: CaseFile, published: Published) -> Words | None:
    """That the calendar which the item names was not there when the case began."""
    wanted = published.item.calendar
    if wanted is None or wanted == case.calendar.code:
        return None
    return Words(
        f"事项指定的日历“{wanted}”当时没有导入，按“{case.calendar.code}”计",
        f"the item's calendar “{wanted}” had not been imported: counted by “{case.calendar.code}”",
    )


def _joined(words: Words, more: Words | None) -> Words:
    return words if more is None else Words(f"{words.zh}；{more.zh}", f"{words.en}; {more.en}")


def _counting(
    engine: Engine, case: CaseFile, row: Row, definition: Words, history: tuple[Words, ...]
) -> Counting:
    derivation, step = json.loads(row["derivation"]), clock_words(case.finding, row["step"], row["stage"])
    start, end = (local_time(row[name], engine.zone) for name in ("started_at", "due_at"))
    if row["limit_text"]:
        limit = parse_limit(row["limit_text"])
        zh = f"{step.zh}时限 {limit_words(limit, 'zh')}，自 {start} 起，到期 {end}"
        en = f"{step.en}: {limit_words(limit, 'en')} from {start}, due {end}"
    else:
        zh, en = f"{step.zh}自 {start} 起，至 {end}", f"{step.en} from {start} until {end}"
    if row["paused_at"] is not None and row["ended_at"] is None:
        zh, en = f"{zh}（现停止计时）", f"{en} (stands still now)"
    if row["provisional"]:
        zh, en = f"{zh}（节假日安排未公布，暂定）", f"{en} (provisional: holidays not published yet)"
    lines = {language: tuple(describe(derivation, language)) for language in ("zh", "en")} if derivation else {
        "zh": (zh,), "en": (en,)
    }  # fmt: skip
    return Counting(
        row["step"], row["stage"], row["task"], row["limit_text"], row["due_at"], row["ended_at"], row["provisional"],
        row["calendar"], Words(zh, en), definition, history, lines, derivation,
    )  # fmt: skip
