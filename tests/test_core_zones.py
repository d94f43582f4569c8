from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gewu_platform.core.zones import from_offset, to_local, to_utc, with_offset

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))
def test_local_and_back_is_the_same_moment(moment: datetime) -> None:
    assert to_utc(to_local(moment, SHANGHAI), SHANGHAI) == moment
    assert from_offset(with_offset(moment, SHANGHAI), BERLIN) == moment


def test_shanghai_is_eight_hours_ahead() -> None:
    assert to_local(datetime(2026, 2, 13, 16), SHANGHAI) == datetime(2026, 2, 14, 0)
    assert with_offset(datetime(2026, 2, 13, 16), SHANGHAI) == "2026-02-14T00:00:00+08:00"


def test_a_wall_time_that_occurs_twice_means_the_first_and_a_skipped_one_jumps_on() -> None:
    assert to_utc(datetime(2026, 10, 25, 2, 30), BERLIN) == datetime(2026, 10, 25, 0, 30)
    assert to_local(to_utc(datetime(2026, 3, 29, 2, 30), BERLIN), BERLIN) == datetime(2026, 3, 29, 3, 30)


def test_text_without_offset_is_wall_time() -> None:
    assert from_offset("2026-02-14T00:00", SHANGHAI) == datetime(2026, 2, 13, 16)
    assert from_offset("2026-02-14T00:00Z", SHANGHAI) == datetime(2026, 2, 14)


@pytest.mark.parametrize("convert", [to_local, to_utc, with_offset])
def test_a_moment_that_bears_a_zone_already_is_refused(convert: object) -> None:
    with pytest.raises(ValueError, match="naive"):
        convert(datetime(2026, 1, 1, tzinfo=UTC), SHANGHAI)  # type: ignore[operator]
