"""axe finds nothing on any page, in light and in dark, and everything a thumb has to hit is large enough."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import pytest
from browser_help import Person, person_at, running_chromium, served
from conftest import Databases
from loop_help import dispatched, give, report
from playwright.sync_api import Browser
from river_help import found, opened_river, under_way
from sample_town import Clock
from site_help import make_site

from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.engine import Engine
from gewu_platform.service.timing import sweeping
from gewu_platform.service.town import visits

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

OPEN_ALL = "document.querySelectorAll('details:not([data-menu])').forEach((each) => { each.open = true })"


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
    person.page.evaluate(OPEN_ALL)
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
    need_axe()
    pages = {
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
    }
    assert complaints_of(chromium, address, clock, scheme, 390, pages) == []


@pytest.fixture
def busy(dialect: str, databases: Databases, clock: Clock, tmp_path: Path) -> Iterator[str]:
    """A site on which everybody has been asked something: more time, parking, a check, help, an order, a double."""
    for engine in opened_river(databases, dialect, clock, tmp_path):
        first, second, third = (under_way(engine) for _ in range(3))
        give(engine, "bureau1", first, "extend", reason="雨天不能施工")
        give(engine, "supervisor1", first, "urge", note="今天办完")
        give(engine, "bureau1", second, "park", reason="等汛期过去", until="2026-06-30")
        give(engine, "dispatcher1", second, "grant")
        give(engine, "supervisor1", third, "urge", note="今天办完")
        give(engine, "bureau1", third, "acknowledge")
        asked, _, _ = (found(engine, kind, by="worker1") for kind in ("dump", "dump", "waste"))
        give(engine, "acceptor1", asked, "accept")
        give(engine, "acceptor1", asked, "check", note="看看是不是还在")
        clock.advance(days=4)
        sweeping.sweep(engine)
        found(engine, "waste", by="worker1")
        with served(make_site(engine)) as where:
            yield where


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_axe_and_a_thumb_find_nothing_where_something_is_asked(
    chromium: Browser, busy: str, clock: Clock, scheme: Literal["light", "dark"], width: int
) -> None:
    need_axe()
    pages = {
        "bureau1": ("/inbox", "/cases/1", "/cases/2", "/cases/1/notice"),
        "acceptor1": ("/queue", "/cases/5"),
        "dispatcher1": ("/queue", "/cases/1"),
        "supervisor1": ("/board", "/cases"),
        "worker1": ("/today", "/cases/4", "/cases/7?do=settle"),
    }
    assert complaints_of(chromium, busy, clock, scheme, width, pages) == []


def need_axe() -> None:
    if not AXE.is_file():
        if os.environ.get("CI"):
            pytest.fail("axe-core is not installed: run `make frontend`")
        pytest.skip("needs axe-core: run `make frontend`")


def complaints_of(
    chromium: Browser, address: str, clock: Clock, scheme: Literal["light", "dark"], width: int,
    pages: Mapping[str | None, Sequence[str]],
) -> list[str]:  # fmt: skip
    """What is wrong with the pages that each person opens."""
    told: list[str] = []
    for name, paths in pages.items():
        with person_at(chromium, address, clock, width) as person:
            person.page.emulate_media(color_scheme=scheme)
            if name:
                person.sign_in(name)
            for path in paths:
                told += complaints(person, path)
    return told
