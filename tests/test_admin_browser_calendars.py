"""The editor of working calendars in a real browser: days are clicked, named, previewed and saved."""

from __future__ import annotations

from contextlib import closing
from datetime import date

from playwright.sync_api import sync_playwright
from sample_town import PASSWORD
from test_admin_browser import CHROMIUM, address, pytestmark

from gewu_platform.core.calendars import SpecialDay
from gewu_platform.service.engine import Engine
from gewu_platform.service.timing.calendars import read_calendar

__all__ = ["address", "pytestmark"]


def test_days_are_clicked_named_and_saved_without_a_word_from_the_console(
    engine: Engine,
    address: str,
) -> None:
    said: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        with closing(browser):
            page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="zh-CN")
            page.on(
                "console", lambda message: message.type in ("error", "warning") and said.append(message.text)
            )
            page.on("pageerror", lambda error: said.append(str(error)))
            page.goto(f"{address}/sign-in")
            page.fill("#name", "roster1")
            page.fill("#password", PASSWORD)
            page.press("#password", "Enter")
            page.wait_for_url("**/admin/")
            page.goto(f"{address}/admin/calendars/new/?year=2027")

            def label(day: str) -> str:
                return str(page.get_attribute(f'[data-day="{day}"]', "aria-label"))

            page.click('[data-day="2027-01-04"]')
            page.fill("#chosen-name", '元旦, "补休"')
            page.click('[data-day="2027-01-09"]')
            assert label("2027-01-04") == '2027-01-04 放假 元旦, "补休"'
            assert label("2027-01-09") == '2027-01-09 调休上班 元旦, "补休"'
            page.click('[data-day="2027-03-01"]')
            page.click('[data-day="2027-03-01"]')
            assert label("2027-03-01") == "2027-03-01 工作"
            assert label("2027-03-06") == "2027-03-06 周休"
            page.fill("#sat", "09:00-12:00")
            assert label("2027-03-06") == "2027-03-06 工作"
            page.fill("#mon", "早上")
            page.click("button:has-text('存为新的一版')")
            page.wait_for_selector(".is-invalid")
            assert label("2027-01-04") == '2027-01-04 放假 元旦, "补休"'
            page.fill("#mon", "08:00-12:00")
            page.click("button:has-text('预览') >> visible=true")
            page.wait_for_selector("#preview")
            assert "2027-01-09" in page.inner_text("#preview")
            page.click("button:has-text('存为新的一版')")
            page.wait_for_url("**/admin/calendars/")
            assert "第 2 版" in page.inner_text(".alert")
    assert said == []
    saved = read_calendar(engine, "cn")
    assert saved.days[date(2027, 1, 4)] == SpecialDay("holiday", '元旦, "补休"')
    assert saved.days[date(2027, 1, 9)].kind == "workday"
    assert date(2027, 3, 1) not in saved.days
