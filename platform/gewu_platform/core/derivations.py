"""A deadline that can be re-added by hand: every window counted, everything skipped, and why.

Derivations walk the calendar day by day. They share with `deadlines` what a limit counts and nothing of how it is
computed, so that the two check each other. Counted, paused and skipped time together are the whole time from the
start to the due time, and what is counted in a leg adds up to its limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from gewu_dsl.model import Duration
from gewu_platform.core.calendars import Calendar
from gewu_platform.core.clock import DAY, MINUTE
from gewu_platform.core.courses import Course, Limits, Pause, course_of, in_order
from gewu_platform.core.deadlines import is_provisional
from gewu_platform.core.zones import to_local, to_utc

Kind = Literal["counted", "paused", "skipped"]
Reason = Literal[
    "always", "workday", "make-up workday", "weekend", "holiday", "lunch", "outside hours", "pause"
]


class Span(NamedTuple):
    """A stretch of the time from start to due, in the leg of that number, from 0.

    `name` is the holiday's, what a make-up workday makes up for, or why the clock was paused.
    """

    start: datetime
    end: datetime
    kind: Kind
    reason: Reason
    name: str = ""
    leg: int = 0

    @property
    def minutes(self) -> float:
        """Its length; an int where it is whole minutes."""
        minutes, rest = divmod(self.end - self.start, MINUTE)
        return minutes + rest / MINUTE if rest else minutes


@dataclass(frozen=True, slots=True)
class Derivation:
    """Why a limit that begins at `start`, with its extensions, is due at `due`.

    `spans` fill the time between without a gap. Moments are naive local wall time, or naive UTC where there is a `zone`;
    its JSON is in wall time in any case.
    """

    start: datetime
    limits: tuple[Duration, ...]
    due: datetime
    provisional: bool
    calendar: Calendar
    spans: tuple[Span, ...]
    zone: ZoneInfo | None = None

    @property
    def counted(self) -> tuple[Span, ...]:
        return tuple(span for span in self.spans if span.kind == "counted")

    @property
    def skipped(self) -> tuple[tuple[date, Span], ...]:
        """Each day on which something did not count, pauses included, with the span it belongs to."""
        return tuple((day, span) for span in self.spans if span.kind != "counted" for day in self._days(span))

    @property
    def makeup_days(self) -> tuple[tuple[date, str], ...]:
        """Each make-up workday that counted, and its name."""
        spans = (span for span in self.counted if span.reason == "make-up workday")
        return tuple(dict.fromkeys((self.wall(span.start).date(), span.name) for span in spans))

    @property
    def legs(self) -> tuple[tuple[Duration, datetime, datetime], ...]:
        """Each leg: its limit, its start and its end."""
        ends: dict[int, datetime] = {span.leg: span.end for span in self.spans}
        starts = [self.start, *(ends[leg] for leg in range(len(self.limits) - 1))]
        return tuple((limit, starts[leg], ends[leg]) for leg, limit in enumerate(self.limits))

    def wall(self, moment: datetime) -> datetime:
        """A moment of this derivation as local wall time."""
        return moment if self.zone is None else to_local(moment, self.zone)

    def to_json(self) -> dict[str, object]:
        """A value for `json.dumps`: moments in ISO 8601 local time, lengths in minutes.

        `counted` is `[[from, to, minutes], …]` and `skipped` `[[date, reason], …]`; a holiday's reason ends in its
        name, a pause's in its cause. `legs` are the limit and its extensions. `timeline` is all of it in order, with the
        length of what did not count.
        """
        skipped = dict.fromkeys((day.isoformat(), _reason_text(span)) for day, span in self.skipped)
        return {
            "from": self._iso(self.start),
            "limit": str(self.limits[0]),
            "due": self._iso(self.due),
            "provisional": self.provisional,
            "counted": [[self._iso(span.start), self._iso(span.end), span.minutes] for span in self.counted],
            "skipped": [list(pair) for pair in skipped],
            "makeup_days": [[day.isoformat(), name] for day, name in self.makeup_days],
            "legs": [
                {"limit": str(limit), "from": self._iso(start), "due": self._iso(end)}
                for limit, start, end in self.legs
            ],
            "calendar": {
                "code": self.calendar.code,
                "version": self.calendar.version,
                "confirmed_until": self.calendar.confirmed_until.isoformat(),
            },
            "timeline": [
                {
                    "from": self._iso(span.start),
                    "to": self._iso(span.end),
                    "kind": span.kind,
                    "reason": _reason_text(span),
                    "minutes": span.minutes,
                    "leg": span.leg,
                }
                for span in self.spans
            ],
        }

    def _iso(self, moment: datetime) -> str:
        return self.wall(moment).isoformat()

    def _days(self, span: Span) -> Iterator[date]:
        day, end = self.wall(span.start).date(), self.wall(span.end)
        while datetime(day.year, day.month, day.day) < end:
            yield day
            day += DAY


def derive(
    start: datetime,
    limits: Limits,
    calendar: Calendar,
    pauses: Iterable[Pause] = (),
    zone: ZoneInfo | None = None,
    causes: Sequence[str] = (),
) -> Derivation:
    """The derivation of the deadline that `deadlines.due` gives for the same arguments; raises what that raises.

    `causes` say why each of the `pauses` was, in their order; what is missing stays unsaid.
    """
    pauses = list(pauses)
    stops = _named(pauses, causes)
    in_order(pauses)
    legs = (limits,) if isinstance(limits, Duration) else tuple(limits)
    spans: list[Span] = []
    moment, provisional = start, False
    for leg, limit in enumerate(legs):
        course = course_of(moment, limit, calendar, zone)
        for span in _leg(course, stops, zone):
            _append(spans, span._replace(leg=leg))
        moment = spans[-1].end
        provisional = provisional or is_provisional(course, moment, calendar, zone)
    if not legs:
        raise ValueError("a deadline has at least one limit")
    return Derivation(start, legs, moment, provisional, calendar, tuple(spans), zone)


class _Stop(NamedTuple):
    begins: datetime
    ends: datetime
    cause: str


def _named(pauses: Sequence[Pause], causes: Sequence[str]) -> list[_Stop]:
    """The pauses in order, each with its cause."""
    texts = [*causes, *[""] * (len(pauses) - len(causes))]
    return sorted(_Stop(begins, ends, cause) for (begins, ends), cause in zip(pauses, texts, strict=False))


def _leg(course: Course, stops: list[_Stop], zone: ZoneInfo | None) -> Iterator[Span]:
    """The spans from the start of a leg to its end."""
    remaining = course.amount
    for span in _paused(_spans(course.start, course.calendar, zone), stops):
        length = span.end - span.start
        if span.kind == "counted" and length >= remaining:
            yield span._replace(end=span.start + remaining)
            return
        if span.kind == "counted":
            remaining -= length
        yield span


def _append(spans: list[Span], span: Span) -> None:
    """Adds `span`, as part of the last one where it merely goes on past midnight."""
    last = spans[-1] if spans else None
    if last and last.end == span.start and last[2:] == span[2:]:
        spans[-1] = last._replace(end=span.end)
    else:
        spans.append(span)


def _spans(start: datetime, calendar: Calendar | None, zone: ZoneInfo | None) -> Iterator[Span]:
    """All time from `start` on, without pauses; no calendar means that all of it counts."""
    day = (to_local(start, zone) if zone else start).date()
    midnight, position = datetime(day.year, day.month, day.day), start
    while True:
        for _, closes, kind, reason, name in _day(midnight.date(), calendar):
            ends = midnight + closes * MINUTE
            if zone:
                ends = to_utc(ends, zone)
            if position < ends:
                yield Span(position, ends, kind, reason, name)
                position = ends
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


def _paused(spans: Iterator[Span], stops: list[_Stop]) -> Iterator[Span]:
    """`spans` with the pauses cut out of what counts."""
    for span in spans:
        if span.kind != "counted":
            yield span
            continue
        position, end = span.start, span.end
        for stop in stops:
            begins, ends = max(stop.begins, position), min(stop.ends, end)
            if begins >= ends:
                continue
            if position < begins:
                yield span._replace(start=position, end=begins)
            yield Span(begins, ends, "paused", "pause", stop.cause)
            position = ends
        if position < end:
            yield span._replace(start=position)


def _reason_text(span: Span) -> str:
    return f"{span.reason}: {span.name}" if span.name else span.reason
