"""axe finds nothing on any page, in light and in dark, and everything a thumb has to hit is large enough."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from browser_help import Person, person_at, running_chromium, served
from loop_help import dispatched, report
from playwright.sync_api import Browser
from sample_town import Clock
from site_help import make_site

from gewu_platform.service import visits
from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.engine import Engine

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)]

AXE = Path(__file__).parent.parent / "platform/frontend/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SMALLER_THAN_A_THUMB = """
[...document.querySelectorAll('a, button, input, select, summary, textarea')].filter((each) => {
  const { width, height } = each.getBoundingClientRect();
  const inText = each.closest('p, dd, td, .text-secondary:not(.gewu-tap)');
  const hidden = getComputedStyle(each).visibility === 'hidden' || each.matches('.visually-hidden, :disabled, .gewu-skip');
  return width && height && height < 43.5 && !inText && !hidden && !/radio|checkbox/.test(each.type);
}).map((each) => each.outerHTML.slice(0, 120))
"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def address(engine: Engine, clock: Clock) -> Iterator[str]:
    """A site with visits that are late, a case at an office and one that waits to be accepted."""
    visits.plan_month(engine, SYSTEM, "2026-03")
    dispatched(engine)
    clock.advance(hours=3)
    report(engine)
    with served(make_site(engine)) as where:
        yield where


def complaints(person: Person, path: str) -> list[str]:
    """What axe says of a page, and what on it is too small to hit."""
    person.go(path)
    for closed in person.page.locator("details:not([open]):not([data-menu]) > summary").all():
        if closed.is_visible():
            closed.click()
    found = run_axe(person)
    told = [f"{path}: {each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]
    return told + [f"{path}: too small: {each}" for each in person.page.evaluate(SMALLER_THAN_A_THUMB)]


def run_axe(person: Person) -> list[dict[str, Any]]:
    """Evaluated from outside, which the page's own policy neither sees nor forbids."""
    person.page.evaluate(AXE.read_text(encoding="utf-8") + ";0")
    found: list[dict[str, Any]] = person.page.evaluate(
        "tags => axe.run(document, { runOnly: tags }).then((result) => result.violations)", RULES
    )
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_and_a_thumb_find_nothing_on_any_page(
    chromium: Browser, address: str, clock: Clock, scheme: Literal["light", "dark"]
) -> None:
    if not AXE.is_file():
        if os.environ.get("CI"):
            pytest.fail("axe-core is not installed: run `make frontend`")
        pytest.skip("needs axe-core: run `make frontend`")
    told: list[str] = []
    for name, paths in {
        None: ("/sign-in",),
        "worker1": (
            "/today",
            "/report",
            "/report/sanitation.waste?place=shop-1",
            "/report/sanitation.litter",
            "/mine",
        ),
        "handler2": ("/inbox", "/cases/1", "/notices", "/items", "/items/sanitation.waste"),
        "acceptor1": ("/queue", "/cases/2"),
        "supervisor1": ("/board", "/cases", "/nowhere"),
    }.items():
        with person_at(chromium, address, clock, 390) as person:
            person.page.emulate_media(color_scheme=scheme)
            if name:
                person.sign_in(name)
            for path in paths:
                told += complaints(person, path)
    assert told == []
