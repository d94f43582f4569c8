"""The back office in a real browser: it is looked at, filled in, and its policy is broken by nothing."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
import waitress
from sample_town import PASSWORD

from gewu_admin.back_office import add_back_office
from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.engine import Engine
from gewu_platform.service.town import people
from gewu_platform.web.site import SiteOptions, create_site

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium"),
    pytest.mark.parametrize("dialect", ["sqlite"]),
]


@pytest.fixture
def address(engine: Engine) -> Iterator[str]:
    site = create_site(engine, SiteOptions(secret_key="k" * 40))
    add_back_office(site, engine)
    server = waitress.create_server(site, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(10)


def test_a_roster_keeper_finds_adds_and_changes_people_without_a_word_from_the_console(
    engine: Engine, address: str
) -> None:
    from playwright.sync_api import sync_playwright

    said: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        with closing(browser):
            page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="zh-CN")
            page.on(
                "console",
                lambda message: (
                    message.type in ("error", "warning") and said.append(f"{page.url} {message.text}")
                ),
            )
            page.on(
                "response",
                lambda answer: answer.status >= 400 and said.append(f"{answer.status} {answer.url}"),
            )
            page.on("pageerror", lambda error: said.append(f"{page.url} {error}"))
            page.goto(f"{address}/sign-in")
            page.fill("#name", "roster1")
            page.fill("#password", PASSWORD)
            page.press("#password", "Enter")
            page.wait_for_url("**/admin/")
            assert page.evaluate("document.documentElement.lang") == "zh-CN"

            page.click("nav >> text=人员")
            page.wait_for_url("**/admin/users/")
            page.click("text=添加筛选器")
            page.wait_for_selector(".field-filters", state="visible")
            page.click(".field-filters >> text=角色")
            page.click("text=应用")
            page.wait_for_load_state()
            page.click("text=创建")
            page.fill("#name", "x")
            page.fill("#full_name", "新人")
            page.fill("#password", "correct horse")
            page.click("text=保存 >> nth=0")
            assert "用户名" in page.inner_text(".invalid-feedback >> nth=0")
            assert page.input_value("#full_name") == "新人"
            page.fill("#name", "worker8")
            page.fill("#password", "correct horse")
            page.fill("#grids", "g2")
            page.click("text=保存 >> nth=0")
            page.wait_for_url("**/admin/users/**")

            for section in ("offices", "areas", "places", "calendars"):
                for view in ("", "new/", "details/?id=1"):
                    page.goto(f"{address}/admin/{section}/{view}")
                    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
                    assert wide <= 0, f"{section}/{view} is wider than the screen"
    assert said == []
    assert any(each.name == "worker8" and each.grids == ("g2",) for each in people.list_users(engine, SYSTEM))
