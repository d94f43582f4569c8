"""A deadline that can be re-added by hand: every window counted, everything skipped, and why.

Derivations walk the calendar day by day. They share with `deadlines` what a limit counts and nothing of how it is
computed, so that the two check each other. Counted, paused and skipped time together are the whole time from the
start to the due time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal, NamedTuple

from gewu_dsl.model import Duration
from gewu_dsl.render import limit_words
from gewu_dsl.words import Language
from gewu_platform.core.calendars import Calendar
from gewu_platform.core.clock import DAY, MINUTE
from gewu_platform.core.courses import Pause, course_of, in_order

Kind = Literal["counted", "paused", "skipped"]
Reason = Literal[
    "always", "workday", "make-up workday", "weekend", "holiday", "lunch", "outside hours", "pause"
]


class Span(NamedTuple):
    """A stretch of the time from start to due. `name` is the holiday's, or what a make-up workday makes up for."""

    start: datetime
    end: datetime
    kind: Kind
    reason: Reason
    name: str = ""

    @property
    def minutes(self) -> float:
        """Its length; an int where it is whole minutes."""
        minutes, rest = divmod(self.end - self.start, MINUTE)
        return minutes + rest / MINUTE if rest else minutes


@dataclass(frozen=True, slots=True)
class Derivation:
    """Why a limit that begins at `start` is due at `due`; `spans` fill the time between without a gap."""

    start: datetime
    limit: Duration
    due: datetime
    provisional: bool
    calendar: Calendar
    spans: tuple[Span, ...]

    @property
    def counted(self) -> tuple[Span, ...]:
        return tuple(span for span in self.spans if span.kind == "counted")

    @property
    def skipped(self) -> tuple[tuple[date, Span], ...]:
        """Each day on which something did not count, pauses included, with the span it belongs to."""
        return tuple((day, span) for span in self.spans if span.kind != "counted" for day in _days_of(span))

    @property
    def makeup_days(self) -> tuple[tuple[date, str], ...]:
        """Each make-up workday that counted, and its name."""
        spans = (span for span in self.counted if span.reason == "make-up workday")
        return tuple(dict.fromkeys((span.start.date(), span.name) for span in spans))

    def to_json(self) -> dict[str, object]:
        """A value for `json.dumps`: moments in ISO 8601 local time, lengths in minutes.

        `counted` is `[[from, to, minutes], …]` and `skipped` `[[date, reason], …]`; a holiday's reason ends in its
        name. `timeline` is both in one, in order, with the length of what did not count.
        """
        skipped = dict.fromkeys((day.isoformat(), _reason_text(span)) for day, span in self.skipped)
        return {
            "from": self.start.isoformat(),
            "limit": str(self.limit),
            "due": self.due.isoformat(),
            "provisional": self.provisional,
            "counted": [
                [span.start.isoformat(), span.end.isoformat(), span.minutes] for span in self.counted
            ],
            "skipped": [list(pair) for pair in skipped],
            "makeup_days": [[day.isoformat(), name] for day, name in self.makeup_days],
            "calendar": {
                "code": self.calendar.code,
                "version": self.calendar.version,
                "confirmed_until": self.calendar.confirmed_until.isoformat(),
            },
            "timeline": [
                {
                    "from": span.start.isoformat(),
                    "to": span.end.isoformat(),
                    "kind": span.kind,
                    "reason": _reason_text(span),
                    "minutes": span.minutes,
                }
                for span in self.spans
            ],
        }


def derive(start: datetime, limit: Duration, calendar: Calendar, pauses: Iterable[Pause] = ()) -> Derivation:
    """The derivation of the deadline that `deadlines.due` gives for the same arguments; raises what that raises."""
    course, ordered = course_of(start, limit, calendar), in_order(pauses)
    spans: list[Span] = []
    remaining = course.amount
    for span in _paused(_spans(start, course.calendar), ordered):
        length = span.end - span.start
        if span.kind == "counted" and length >= remaining:
            _append(spans, span._replace(end=span.start + remaining))
            break
        if span.kind == "counted":
            remaining -= length
        _append(spans, span)
    due = spans[-1].end
    provisional = course.by_calendar and calendar.is_provisional(due.date())
    return Derivation(start, limit, due, provisional, calendar, tuple(spans))


def _append(spans: list[Span], span: Span) -> None:
    """Adds `span`, as part of the last one where it merely goes on past midnight."""
    last = spans[-1] if spans else None
    if last and last.end == span.start and last[2:] == span[2:]:
        spans[-1] = last._replace(end=span.end)
    else:
        spans.append(span)


def _spans(start: datetime, calendar: Calendar | None) -> Iterator[Span]:
    """All time from `start` on, without pauses; no calendar means that all of it counts."""
    midnight = datetime(start.year, start.month, start.day)
    while True:
        for opens, closes, kind, reason, name in _day(midnight.date(), calendar):
            begins, ends = max(start, midnight + opens * MINUTE), midnight + closes * MINUTE
            if begins < ends:
                yield Span(begins, ends, kind, reason, name)
        midnight += DAY


def _day(day: date, calendar: Calendar | None) -> Iterator[tuple[int, int, Kind, Reason, str]]:
    """A day from 0 to 1440 minutes in pieces that count and pieces that do not."""
    if calendar is None:
        yield 0, 1440, "counted", "always", ""
        return
    special, windows = calendar.days.get(day), calendar.windows_on(day)
    name = special.name if special else ""
    if not windows:
        yield 0, 1440, "skipped", "holiday" if special else "weekend", name
        return
    edge = 0
    for start, end in windows:
        if edge < start:
            yield edge, start, "skipped", "lunch" if edge else "outside hours", ""
        yield start, end, "counted", "make-up workday" if special else "workday", name
        edge = end
    if edge < 1440:
        yield edge, 1440, "skipped", "outside hours", ""


def _paused(spans: Iterator[Span], pauses: list[Pause]) -> Iterator[Span]:
    """`spans` with the pauses cut out of what counts."""
    for span in spans:
        if span.kind != "counted":
            yield span
            continue
        position, end = span.start, span.end
        for begins, ends in pauses:
            begins, ends = max(begins, position), min(ends, end)
            if begins >= ends:
                continue
            if position < begins:
                yield span._replace(start=position, end=begins)
            yield Span(begins, ends, "paused", "pause")
            position = ends
        if position < end:
            yield span._replace(start=position)


def _days_of(span: Span) -> Iterator[date]:
    day = span.start.date()
    while datetime(day.year, day.month, day.day) < span.end:
        yield day
        day += DAY


def _reason_text(span: Span) -> str:
    return f"{span.reason}: {span.name}" if span.name else span.reason


_REASONS: dict[Language, dict[Reason, str]] = {
    "zh": {
        "always": "全天计时",
        "workday": "工作日",
        "make-up workday": "调休上班",
        "weekend": "周末",
        "holiday": "节假日",
        "lunch": "午休",
        "outside hours": "非工作时间",
        "pause": "暂停计时",
    },
    "en": {
        "always": "the clock never stops",
        "workday": "workday",
        "make-up workday": "make-up workday",
        "weekend": "weekend",
        "holiday": "holiday",
        "lunch": "lunch break",
        "outside hours": "outside working hours",
        "pause": "clock paused",
    },
}
_WEEKDAYS: dict[Language, tuple[str, ...]] = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}


def describe(derivation: Derivation, language: Language) -> list[str]:
    """The derivation in plain words, one line a step, with a running total that ends at the whole limit."""
    chinese, limit = language == "zh", limit_words(derivation.limit, language)
    start, end = _moment(derivation.start, language), _moment(derivation.due, language)
    lines = [f"自 {start} 起，时限 {limit}" if chinese else f"From {start}, limit {limit}"]
    total: float = 0
    for span in derivation.spans:
        stretch, why = _stretch(span, language), _REASONS[language][span.reason]
        if span.name:
            why = f"{why}（{span.name}）" if chinese else f"{why} ({span.name})"
        if span.kind != "counted":
            lines.append(f"不计 {stretch}：{why}" if chinese else f"Skipped {stretch}: {why}")
            continue
        total += span.minutes
        part, whole = _number(span.minutes), _number(total)
        lines.append(
            f"计入 {stretch}：{why}，{part} 分钟，累计 {whole} 分钟"
            if chinese
            else f"Counted {stretch}: {why}, {part} minutes, {whole} so far"
        )
    lines.append(f"到期 {end}" if chinese else f"Due {end}")
    lines.append(_certainty(derivation, language))
    return lines


def _certainty(derivation: Derivation, language: Language) -> str:
    calendar = derivation.calendar
    if language == "zh":
        source = f"日历 {calendar.code} 第 {calendar.version} 版，放假安排已确认至 {calendar.confirmed_until}"
        return f"{source}；此后的安排尚未公布，到期时间为暂定" if derivation.provisional else source
    source = (
        f"Calendar {calendar.code}, version {calendar.version}, confirmed until {calendar.confirmed_until}"
    )
    return f"{source}; days beyond are not published yet: provisional" if derivation.provisional else source


def _stretch(span: Span, language: Language) -> str:
    if span.end - span.start == DAY and span.start.time() == span.end.time() == time():
        return _day_name(span.start, language)
    if span.end.time() == time() and span.start.time() == time():
        last = _day_name(span.end - DAY, language)
        return f"{_day_name(span.start, language)} {'至' if language == 'zh' else 'to'} {last}"
    same_day = span.start.date() == span.end.date()
    end = _clock_time(span.end) if same_day else _moment(span.end, language)
    return f"{_moment(span.start, language)} – {end}"


def _moment(moment: datetime, language: Language) -> str:
    return f"{_day_name(moment, language)}{'' if language == 'zh' else ' '}{_clock_time(moment)}"


def _day_name(moment: datetime, language: Language) -> str:
    weekday = _WEEKDAYS[language][moment.weekday()]
    return f"{moment.date()}（{weekday}）" if language == "zh" else f"{moment.date()} ({weekday})"


def _number(minutes: float) -> str:
    return f"{minutes:.2f}".rstrip("0").rstrip(".")


def _clock_time(moment: datetime) -> str:
    return moment.strftime("%H:%M:%S" if moment.second else "%H:%M")
