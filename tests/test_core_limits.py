from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gewu_dsl.model import Duration
from gewu_platform.core.limits import LimitError, minute_of_day, parse_limit

counted = st.builds(
    Duration,
    st.sampled_from(["minutes", "hours", "work_hours", "workdays", "days"]),
    st.integers(1, 100_000),
)
clock_times = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
by = st.one_of(
    st.builds(
        lambda at, day: Duration("by", at=at, day=day),
        clock_times,
        st.sampled_from(["today", "next_workday"]),
    ),
    st.builds(lambda at, n: Duration("by", n, at, "after_workdays"), clock_times, st.integers(1, 100_000)),
)


@given(counted | by)
def test_the_canonical_text_reads_back(limit: Duration) -> None:
    assert parse_limit(str(limit)) == limit


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("1 工作日", "1 workday"),
        ("2 紧急工作时", "2 hours"),
        ("4工作时", "4 work hours"),
        ("15 分钟", "15 minutes"),
        ("３ 自然日", "3 days"),
        ("３个工作日", "3 workdays"),
        ("  1   WORK   hour ", "1 work hour"),
        ("1 day", "1 day"),
        ("于 18:00 下一工作日", "by 18:00 next workday"),
        ("于18：00次工作日", "by 18:00 next workday"),
        ("于 9:00 当日", "by 09:00 today"),
        ("于 １８：００ 满 ２ 工作日", "by 18:00 after 2 workdays"),
        ("by 8:30 today", "by 08:30 today"),
    ],
)
def test_both_languages_and_full_width_digits_are_read(written: str, canonical: str) -> None:
    assert str(parse_limit(written)) == canonical


@pytest.mark.parametrize("written", ["3 小时", "3小时", "3 个小时", "2 h", "2h"])
def test_ambiguous_hours_name_the_two_choices(written: str) -> None:
    with pytest.raises(LimitError, match=r"紧急工作时.*工作时") as refused:
        parse_limit(written)
    assert "“hours”" in refused.value.words.en
    assert "“work hours”" in refused.value.words.en


@pytest.mark.parametrize("written", ["3 天", "3天", "2 d", "2 day"])
def test_ambiguous_days_name_the_two_choices(written: str) -> None:
    with pytest.raises(LimitError, match=r"工作日.*自然日") as refused:
        parse_limit(written)
    assert "“workdays”" in refused.value.words.en
    assert "“days”" in refused.value.words.en


@pytest.mark.parametrize(
    "written",
    [
        "", "workday", "3", "0 workdays", "-1 workdays", "1.5 workdays", "3 weeks", "三 工作日", "1000000 minutes",
        "99999999999999999999 days", "by", "by 18:00", "by 24:00 today", "by 12:60 today", "by 18:00 after 0 workdays",
        "by 18:00 tomorrow", "于 18:00", "于 25:00 当日", "1 workday 2 hours",
    ],
)  # fmt: skip
def test_anything_else_is_refused_in_both_languages(written: str) -> None:
    with pytest.raises(LimitError) as refused:
        parse_limit(written)
    assert refused.value.words.zh
    assert refused.value.words.en


@given(st.text(max_size=20))
def test_no_text_makes_it_stumble(text: str) -> None:
    try:
        limit = parse_limit(text)
    except LimitError:
        return
    assert parse_limit(str(limit)) == limit


@pytest.mark.parametrize(("text", "minute"), [("00:00", 0), ("08:30", 510), ("8:30", 510), ("24:00", 1440)])
def test_a_time_of_day_is_minutes_from_midnight(text: str, minute: int) -> None:
    assert minute_of_day(text) == minute


@pytest.mark.parametrize("text", ["", "8", "8:3", "24:01", "12:60", "-1:00", "123:00", "aa:bb"])
def test_other_texts_are_no_time_of_day(text: str) -> None:
    with pytest.raises(ValueError, match="no time of day"):
        minute_of_day(text)
