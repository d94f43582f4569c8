"""From a planned visit to a closed case in a real browser, at the width of a phone and of a desk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

import pytest
from browser_help import Person, person_at, running_chromium, served
from playwright.sync_api import Browser, expect
from sample_town import Clock
from site_help import make_site, photo

from gewu_platform.core.zones import to_utc
from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.engine import Engine
from gewu_platform.service.town import people, visits

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def address(engine: Engine, clock: Clock) -> Iterator[str]:
    """A site on the morning of the first visit that worker1 has to make this month."""
    visits.plan_month(engine, SYSTEM, "2026-03")
    worker = people.caller_named(engine, "worker1")
    clock.advance(days=29)
    first = min(row.planned_on for row in visits.visits_of(engine, worker, clock.at.date()))
    clock.at = to_utc(datetime.combine(first, time(9, 0)), engine.zone)
    with served(make_site(engine)) as where:
        yield where


def picture(name: str = "IMG_1.JPG", colour: str = "teal") -> dict[str, Any]:
    return {"name": name, "mimeType": "image/jpeg", "buffer": photo(colour)}


def status(person: Person) -> Any:
    return person.page.locator("[data-form-status]")


def fill_in(person: Person) -> None:
    """Heavy mixed waste: one finding, for the county's bureau."""
    page = person.page
    page.wait_for_selector("form[novalidate]")
    expect(page.locator('[data-question="weight"]')).to_be_hidden()
    page.check('[name=bins][value="mixed"]')
    expect(page.locator('[data-question="weight"]')).to_be_visible()
    page.fill("[name=weight]", "501")
    expect(page.locator('[data-question="weight"] [data-error]')).to_have_text("不能大于 500")
    page.fill("[name=weight]", "60")
    page.set_input_files("[name=shot]", picture())
    expect(page.locator('[data-question="shot"] img')).to_have_count(1)
    page.check('[name=lid][value="yes"]')
    expect(page.locator("section[data-preview]")).to_contain_text("县环卫中心")
    expect(page.locator("section[data-preview] time")).to_be_visible()


@pytest.mark.parametrize(("dialect", "width"), [("sqlite", 390), ("postgresql", 1280)], indirect=["dialect"])
def test_a_visit_becomes_a_case_that_others_handle_verify_and_close(
    chromium: Browser, address: str, clock: Clock, width: int
) -> None:
    complaints: list[str] = []

    def at_work(person: Person, name: str) -> Person:
        person.complaints = complaints
        person.sign_in(name)
        return person

    with person_at(chromium, address, clock, width) as worker:
        at_work(worker, "worker1")
        worker.page.locator(".list-group-item").first.click()
        fill_in(worker)
        worker.page.click(".gewu-send button")
        worker.page.wait_for_url("**/receipts/*")
        expect(worker.page.locator("h1")).to_contain_text("已收到")
        worker.check_page()
        worker.page.locator(".list-group-item").click()
        case = int(re.search(r"/cases/(\d+)", worker.page.url)[1])  # type: ignore[index]
        expect(worker.page.locator(".gewu-map path")).not_to_have_count(0)
        worker.go("/today")
        expect(worker.page.locator("main")).to_contain_text("今日已完成")

    with person_at(chromium, address, clock, width) as acceptor:
        at_work(acceptor, "acceptor1")
        acceptor.page.locator("#reported .list-group-item").click()
        acceptor.command("accept")
        acceptor.command("file")
    with person_at(chromium, address, clock, width) as dispatcher:
        at_work(dispatcher, "dispatcher1")
        dispatcher.page.locator("#filed .list-group-item").click()
        dispatcher.command("dispatch")
    with person_at(chromium, address, clock, width) as handler:
        at_work(handler, "handler2")
        handler.page.locator(".list-group-item").click()
        signed = {"signature_owner": [picture("c.jpg", "navy")], "photo": [picture("a.jpg", "olive")]}
        handler.command("handle", {"signer:owner": "柳掌柜"}, **signed)
        handler.command("confirm")
    with person_at(chromium, address, clock, width) as worker:
        at_work(worker, "worker1")
        worker.page.locator(f'a[href="/cases/{case}"]').click()
        worker.command("verify")
    with person_at(chromium, address, clock, width) as acceptor:
        at_work(acceptor, "acceptor1")
        acceptor.page.locator("#verified .list-group-item").click()
        acceptor.command("close")
        expect(acceptor.page.locator(".badge", has_text="已结案")).to_be_visible()
        expect(acceptor.page.locator("main")).to_contain_text("☑")
    with person_at(chromium, address, clock, width) as supervisor:
        at_work(supervisor, "supervisor1")
        closed = supervisor.page.locator("tbody tr", has_text="环卫所").locator("td").last
        expect(closed).to_have_text("1")
        closed.locator("a").click()
        expect(supervisor.page.locator(f'a[href="/cases/{case}"]')).to_be_visible()
        supervisor.check_page()
    assert complaints == []


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_report_without_a_network_waits_and_is_sent_once(
    chromium: Browser, address: str, clock: Clock, engine: Engine
) -> None:
    with person_at(chromium, address, clock, 390) as worker:
        worker.sign_in("worker1")
        worker.go("/report/sanitation.waste?place=shop-1")
        fill_in(worker)
        worker.page.reload()
        expect(status(worker)).to_have_text("已恢复上次未提交的草稿")
        expect(worker.page.locator("[name=weight]")).to_have_value("60")
        worker.context.set_offline(True)
        worker.page.click(".gewu-send button")
        expect(status(worker)).to_have_text("已存在手机上，联网后自动发送")
        worker.context.set_offline(False)
        worker.page.wait_for_url("**/receipts/*")
        worker.go("/mine")
        expect(worker.page.locator("section.card")).to_have_count(1)
        expect(worker.page.locator("[data-gewu-queue]")).to_be_hidden()
    with engine.store.transaction():
        assert engine.store.execute("SELECT count(*) FROM submissions").fetchone()[0] == 1


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_command_that_lacks_something_says_so_and_keeps_what_was_typed(
    chromium: Browser, address: str, clock: Clock
) -> None:
    with person_at(chromium, address, clock, 390) as worker:
        worker.sign_in("worker1")
        worker.go("/report/sanitation.waste?place=shop-1")
        fill_in(worker)
        worker.page.click(".gewu-send button")
        worker.page.wait_for_url("**/receipts/*")
    with person_at(chromium, address, clock, 390) as acceptor:
        acceptor.sign_in("acceptor1")
        acceptor.page.locator("#reported a.list-group-item-action").click()
        acceptor.command("accept")
        acceptor.page.locator("summary", has_text="调整等级").click()
        form = acceptor.page.locator('form[action$="/regrade"]')
        form.evaluate("form => { form.noValidate = true }")
        form.locator("[name=severity]").select_option("critical")
        form.locator("button").click()
        expect(acceptor.page.locator(".alert-danger")).to_contain_text("案件没有改动")
        expect(form.locator("[name=severity]")).to_have_value("critical")
        acceptor.command("void", {"reason": "重复上报"})
        expect(acceptor.page.locator(".badge", has_text="已作废")).to_be_visible()
    with person_at(chromium, address, clock, 390) as worker:
        worker.sign_in("worker1")
        worker.go("/mine")
        expect(worker.page.locator("main")).to_contain_text("重复上报")
