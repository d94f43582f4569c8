"""The editor of working calendars: a year on a page, previewed and saved as a new version, nothing typed lost."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date, datetime
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from loop_help import LIGHT, count, dispatched, row_of
from sample_town import Clock
from test_admin_back_office import client_of, errors_in, site, token_in

from gewu_platform.core.calendars import Calendar, SpecialDay, Window
from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.engine import Engine
from gewu_platform.service.timing.calendar_ics import write_ics
from gewu_platform.service.timing.calendars import add_calendar, find_calendar, read_calendar

__all__ = ["client_of", "site"]
PAGE = "/admin/calendars/new/"
pytestmark = pytest.mark.parametrize("dialect", ["sqlite"])
"""What is written is tested on both databases beside `adjusting`."""


@pytest.fixture
def client(client_of: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_of("roster1")


def fields_of(page: str) -> dict[str, str]:
    """The form as a browser would send it."""
    form = page[page.index('id="calendar"') :]
    found = {
        name: unescape(value)
        for name, value in re.findall(r'<input class="form-control[^>]*name="(\w+)" value="([^"]*)"', form)
    }
    for name in ("rest", "days"):
        text = re.search(rf'<textarea[^>]*name="{name}"[^>]*>(.*?)</textarea>', form, re.DOTALL)
        assert text
        found[name] = unescape(text[1])
    year = re.search(r'name="year" value="(\d+)"', form)
    assert year
    return {"csrf_token": token_in(page), "year": year[1], **found}


def press(client: FlaskClient, page: str, button: str, value: str = "1", **changes: Any) -> Any:
    return client.post(
        PAGE, data={**fields_of(page), **changes, button: value}, content_type="multipart/form-data"
    )


def opened(client: FlaskClient, year: int = 2027, code: str = "cn") -> str:
    answer = client.get(f"{PAGE}?code={code}&year={year}")
    assert answer.status_code == 200
    return str(answer.text)


def test_a_year_is_on_one_page_with_every_day_of_it(client: FlaskClient) -> None:
    page = opened(client, 2026)
    days = re.findall(r'data-day="(\d{4}-\d{2}-\d{2})"', page)
    assert (len(days), days[0], days[-1]) == (365, "2026-01-01", "2026-12-31")
    fields = fields_of(page)
    assert "2026-02-14,上班,春节调休" in fields["days"]
    assert "2027" not in fields["days"]
    assert (fields["mon"], fields["sat"]) == ("08:00-12:00 14:00-18:00", "")


def test_a_day_is_saved_as_a_new_version_that_keeps_all_else(engine: Engine, client: FlaskClient) -> None:
    before = read_calendar(engine, "cn")
    answer = press(client, opened(client), "save", days="2027-01-04,放假,元旦", confirmed_until="2027-12-31")
    assert answer.status_code == 302
    after = read_calendar(engine, "cn")
    assert (after.version, after.confirmed_until, after.windows) == (2, date(2027, 12, 31), before.windows)
    assert [day for day in after.days if day.year == 2027] == [date(2027, 1, 4)]
    assert {day for day in after.days if day.year != 2027} == {day for day in before.days if day.year != 2027}
    assert "第 2 版" in client.get("/admin/calendars/").text


def test_windows_of_each_weekday_are_typed_as_people_write_them(engine: Engine, client: FlaskClient) -> None:
    press(
        client,
        opened(client),
        "save",
        mon="8:30－12:00，13：00—17:30".replace("－", "-"),
        sat="09:00 - 11:00",
    )
    windows = read_calendar(engine, "cn").windows
    assert windows[0] == (Window(510, 720), Window(780, 1050))
    assert windows[5] == (Window(540, 660),)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"days": "2027-01-04,放假,元旦\n2027-02-30,放假,x"}, "第 2 行"),
        ({"days": "2027-01-04,半天,元旦"}, "半天"),
        ({"days": "2026-01-04,放假,去年"}, "不在 2027 年"),
        ({"mon": "8点到12点"}, "08:00-12:00"),
        ({"mon": "08:00-12:00 11:00-14:00"}, "互不重叠"),
        (dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ""), "永远不会到期"),
        ({"confirmed_until": "明年"}, "日期"),
        ({"code": "有 空格"}, "字母或汉字"),
    ],
)
def test_a_mistake_is_told_at_its_field_and_nothing_typed_is_lost(
    engine: Engine, client: FlaskClient, changes: dict[str, str], words: str
) -> None:
    page = opened(client)
    kept = {"tue": "10:00-11:00", "days": "2027-01-05,放假,我的", **changes}
    answer = press(client, page, "save", **kept)
    assert answer.status_code == 200
    assert any(words in unescape(error) for error in errors_in(answer.text)), errors_in(answer.text)
    shown = fields_of(answer.text)
    assert {name: shown[name] for name in kept} == kept
    assert read_calendar(engine, "cn").version == 1


def test_turning_to_another_year_keeps_what_was_typed(engine: Engine, client: FlaskClient) -> None:
    page = press(client, opened(client), "turn", "2028", days="2027-01-04,放假,元旦").text
    assert fields_of(page)["year"] == "2028"
    page = press(client, page, "turn", "2027", days="2028-05-01,放假,劳动节").text
    assert fields_of(page)["days"] == "2027-01-04,放假,元旦"
    press(client, page, "save")
    assert {day for day in read_calendar(engine, "cn").days if day.year > 2026} == {
        date(2027, 1, 4),
        date(2028, 5, 1),
    }


def test_a_preview_shows_days_and_deadlines_and_writes_nothing(
    engine: Engine, client: FlaskClient, clock: Clock
) -> None:
    clock.at = datetime(2026, 12, 31, 8)
    case = dispatched(engine, LIGHT)
    entries = count(engine, "journal")
    page = press(
        client,
        opened(client),
        "preview",
        days="2027-01-01,放假,元旦\n2027-01-04,放假,元旦",
        confirmed_until="2027-12-31",
    ).text
    assert "2027-01-04 16:00" in page
    assert "2027-01-05 16:00" in page
    assert row_of(engine, case)["number"] in page
    assert "节假日（元旦）" in page
    assert (count(engine, "journal"), read_calendar(engine, "cn").version) == (entries, 1)
    assert press(client, page, "save").status_code == 302
    assert row_of(engine, case)["due_at"] == datetime(2027, 1, 5, 8)


def test_a_published_file_is_read_into_the_page(engine: Engine, client: FlaskClient) -> None:
    ics = write_ics(
        Calendar("x", 1, date(2027, 12, 31), {date(2027, 2, 6): SpecialDay("workday", "春节")}), engine.now()
    )
    page = press(client, opened(client, 2026), "load", file=(io.BytesIO(ics), "2027.ics")).text
    assert (fields_of(page)["year"], fields_of(page)["days"]) == ("2027", "2027-02-06,上班,春节")
    assert fields_of(page)["confirmed_until"] == "2027-12-31"
    broken = press(client, page, "load", file=(io.BytesIO("日期,类型\n什么,放假".encode()), "x.csv")).text
    assert any("第 2 行" in error for error in errors_in(broken))
    assert fields_of(broken)["days"] == "2027-02-06,上班,春节"
    assert errors_in(press(client, page, "load").text) == ["请选择文件"]


def test_who_saves_on_an_older_version_is_told_and_loses_nothing(engine: Engine, client: FlaskClient) -> None:
    page = opened(client)
    add_calendar(engine, SYSTEM, Calendar("cn", 2, date(2026, 12, 31)))
    answer = press(client, page, "save", days="2027-01-04,放假,元旦")
    assert answer.status_code == 200
    assert "已有第 2 版" in unescape(answer.text)
    assert fields_of(answer.text)["days"] == "2027-01-04,放假,元旦"
    assert read_calendar(engine, "cn").version == 2


def test_another_code_makes_another_calendar(engine: Engine, client: FlaskClient) -> None:
    page = opened(client, code="学校")
    assert press(client, page, "save", days="2027-07-15,放假,暑假").status_code == 302
    found = find_calendar(engine, "学校")
    assert found is not None
    assert (found.version, date(2027, 7, 15) in found.days) == (1, True)
    assert read_calendar(engine, "cn").version == 1


def test_names_with_commas_and_quotes_survive_the_page(engine: Engine, client: FlaskClient) -> None:
    days = {date(2027, 1, 4): SpecialDay("holiday", '元旦, "补" <休>')}
    add_calendar(engine, SYSTEM, Calendar("cn", 2, date(2026, 12, 31), days))
    page = opened(client)
    assert press(client, page, "save", confirmed_until="2027-12-31").status_code == 302
    assert read_calendar(engine, "cn").days == days


def test_the_page_speaks_english_too(client: FlaskClient) -> None:
    token = token_in(opened(client))
    client.post("/language/en", data={"csrf_token": token, "next": "/admin/"})
    page = opened(client, 2026)
    assert "Edit a working calendar" in page
    assert "2026-02-14,workday," in fields_of(page)["days"]


@pytest.mark.parametrize("name", ["supervisor1", "auditor1"])
def test_whoever_only_reads_calendars_does_not_edit_them(
    engine: Engine,
    client_of: Callable[[str], FlaskClient],
    name: str,
) -> None:
    reader = client_of(name)
    assert reader.get("/admin/calendars/").status_code == 200
    assert reader.get(PAGE).status_code == 302
    token = token_in(reader.get("/notices").text)
    assert reader.post(PAGE, data={"csrf_token": token, "save": "1"}).status_code == 302
    assert read_calendar(engine, "cn").version == 1


def test_a_damaged_page_is_refused_without_an_error(client: FlaskClient) -> None:
    for rest in ("", "{", '{"code": 1}'):
        answer = press(client, opened(client), "save", rest=rest)
        assert answer.status_code == 200
        assert "已损坏" in answer.text
    for year in ("x", "99999", "-1", ""):
        answer = press(client, opened(client), "turn", "x", year=year)
        assert answer.status_code == 200
