"""A real Chromium, and a site served to it as it is served to people."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import waitress
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from sample_town import PASSWORD, Clock
from waitress import wasyncore

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
MISSING = (
    "needs Chromium on PATH: apt-get install chromium fonts-noto-cjk (`make browser` does it where it may)"
)


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """The browser; without one the test is skipped with a line that says what to install, and under CI it fails."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def served(site: Flask) -> Iterator[str]:
    """The address at which `site` is served from a thread of its own."""
    server = waitress.create_server(site, host="127.0.0.1", port=0, threads=8)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
        thread.join(20)
        server.task_dispatcher.shutdown()
    assert not thread.is_alive()


@dataclass
class Person:
    """One person at one browser. What the browser complains about is kept, and is a failure in the end."""

    context: BrowserContext
    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)
        self.check_page()

    def sign_in(self, name: str) -> None:
        self.go("/sign-in")
        self.page.fill("#name", name)
        self.page.fill("#password", PASSWORD)
        self.page.click("form.card button")
        expect(self.page.locator("header")).to_be_visible()
        self.check_page()

    def command(self, name: str, texts: dict[str, str] | None = None, **files: object) -> None:
        """Give a command of the case that is open, with what its form asks for: texts by name, files by kind of evidence."""
        form = self.page.locator(f'form[action$="/commands/{name}"]')
        if not form.is_visible():
            self.page.locator("details", has=form).locator("> summary").last.click()
        form.evaluate("form => form.querySelectorAll('details').forEach((each) => { each.open = true })")
        for field_name, text in (texts or {}).items():
            fields = form.locator(f'[name="{field_name}"]')
            if fields.first.get_attribute("type") == "radio":
                form.locator(f'[name="{field_name}"][value="{text}"]').check()
            else:
                fields.fill(text)
        for kind, content in files.items():
            form.locator(f'input[name="{kind.replace("_", ":")}"]').set_input_files(content)  # type: ignore[arg-type]
        form.locator("button:not([type=button])").click()
        expect(self.page.locator(".alert-success")).to_be_visible()
        self.check_page()

    def check_page(self) -> None:
        """Nothing sticks out sideways."""
        over = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert over <= 0, f"{self.page.url} is {over} px too wide"


@contextmanager
def person_at(browser: Browser, address: str, clock: Clock, width: int) -> Iterator[Person]:
    """Somebody with a screen of `width` pixels, whose clock agrees with the server's."""
    context = browser.new_context(viewport={"width": width, "height": 844}, locale="zh-CN")
    context.set_default_timeout(15_000)
    context.clock.set_fixed_time(f"{clock.at.isoformat()}Z")
    page = context.new_page()
    person = Person(context, page, address)
    page.on("pageerror", lambda error: person.complaints.append(str(error)))
    page.on("console", lambda said: person.complaints.append(said.text) if said.type == "error" else None)
    try:
        yield person
    finally:
        context.close()
