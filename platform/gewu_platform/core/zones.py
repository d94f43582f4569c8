"""Between storage and wall: naive UTC in records, naive local wall time in this package, one configured zone.

Only the edges convert. In a zone with daylight saving, a wall time that occurs twice means its first occurrence, and
one that is skipped means the moment as far after the jump.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def to_local(moment: datetime, zone: ZoneInfo) -> datetime:
    """The wall time in `zone` of a naive UTC `moment`."""
    return _naive(moment).replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None, fold=0)


def to_utc(wall: datetime, zone: ZoneInfo) -> datetime:
    """The naive UTC moment of a `wall` time in `zone`."""
    return _naive(wall).replace(tzinfo=zone, fold=0).astimezone(UTC).replace(tzinfo=None)


def with_offset(moment: datetime, zone: ZoneInfo) -> str:
    """A naive UTC `moment` as ISO 8601 with the offset of `zone`, for callers outside."""
    return _naive(moment).replace(tzinfo=UTC).astimezone(zone).isoformat()


def from_offset(text: str, zone: ZoneInfo) -> datetime:
    """The naive UTC moment of ISO 8601 `text`; without an offset it is wall time in `zone`. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return to_utc(moment, zone) if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def _naive(moment: datetime) -> datetime:
    if moment.tzinfo is not None:
        raise ValueError(f"a naive moment is expected, not {moment.isoformat()}")
    return moment
