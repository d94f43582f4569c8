"""The side ways of the loop in a real browser: more time, parking, co-handlers, checks, orders, and signatures on the screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser_help import Person, person_at, running_chromium, served
from conftest import Databases
from loop_help import give
from playwright.sync_api import Browser, expect
from river_help import found, opened_river, under_way
from sample_town import Clock
from site_help import make_site, photo

from gewu_platform.service.engine import Engine

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def engine(databases: Databases, dialect: str, clock: Clock, tmp_path: Path) -> Iterator[Engine]:
    yield from opened_river(databases, dialect, clock, tmp_path)


@pytest.fixture
def address(engine: Engine) -> Iterator[str]:
    with served(make_site(engine)) as where:
        yield where


def picture(name: str = "IMG_1.JPG", colour: str = "teal") -> dict[str, Any]:
    return {"name": name, "mimeType": "image/jpeg", "buffer": photo(colour)}


def sign_on_screen(person: Person, by: str, name: str) -> None:
    """Draw a signature with a finger where the form asks for one of `by`, and write whose it is."""
    box = person.page.locator("fieldset[data-signing]", has=person.page.locator(f'[name="signature:{by}"]'))
    if not box.is_visible():
        person.page.locator("summary", has_text="签名（还缺").click()
    box.locator("[data-sign]").click()
    canvas = box.locator("canvas")
    canvas.scroll_into_view_if_needed()
    place = canvas.bounding_box()
    assert place is not None
    mouse = person.page.mouse
    mouse.move(place["x"] + 30, place["y"] + 40)
    mouse.down()
    for step in range(2 + len(by)):
        mouse.move(place["x"] + 40 + 12 * step, place["y"] + 40 + 30 * (step % 2))
    mouse.up()
    person.page.wait_for_function(
        "name => document.querySelector(`[name='${name}']`).files.length === 1", arg=f"signature:{by}"
    )
    named = box.locator(f'[name="signer:{by}"]')
    if by == "owner":
        named.fill(name)
    else:
        named.select_option(name)


@pytest.mark.parametrize(("dialect", "width"), [("sqlite", 390), ("postgresql", 1280)], indirect=["dialect"])
def test_more_time_parking_a_co_handler_a_check_and_the_way_to_the_end(
    chromium: Browser, address: str, clock: Clock, engine: Engine, width: int
) -> None:
    case = under_way(engine)
    give(engine, "handler3", case, "assist", note="已劝离")
    complaints: list[str] = []

    def at_work(person: Person, name: str) -> Person:
        person.complaints = complaints
        person.sign_in(name)
        return person

    with (
        person_at(chromium, address, clock, width) as handler,
        person_at(chromium, address, clock, width) as dispatcher,
    ):
        at_work(handler, "bureau1")
        at_work(dispatcher, "dispatcher1")
        handler.page.locator(f'a[href="/cases/{case}"]').click()
        handler.command("extend", {"reason": "雨天不能施工"})
        dispatcher.go("/queue")
        asked = dispatcher.page.locator("#requests")
        expect(asked).to_contain_text("雨天不能施工")
        asked.locator("button", has_text="批准").click()
        expect(dispatcher.page.locator(".alert-success")).to_be_visible()
        handler.go(f"/cases/{case}")
        expect(handler.page.locator("main")).to_contain_text("延期 1 次")
        handler.command("park", {"reason": "等汛期过去", "until": "2026-06-30"})
        dispatcher.go(f"/cases/{case}")
        dispatcher.command("grant")
        expect(dispatcher.page.locator("#clock")).to_contain_text("挂账到 2026-06-30")
        handler.go(f"/cases/{case}")
        handler.command("resume")
        expect(handler.page.locator("#clock")).to_contain_text("还剩")

    with person_at(chromium, address, clock, width) as helper:
        at_work(helper, "station1")
        helper.page.locator("#assisting a").first.click()
        helper.command("assist", {"note": "围挡已设好"}, photo=[picture("fence.jpg", "olive")])

    with person_at(chromium, address, clock, width) as handler:
        at_work(handler, "bureau1")
        handler.page.locator(f'#mine a[href="/cases/{case}"]').click()
        sign_on_screen(handler, "worker", "worker1")
        sign_on_screen(handler, "worker:2", "worker4")
        sign_on_screen(handler, "owner", "刘业主")
        handler.command("handle", photo=[picture("a.jpg"), picture("b.jpg", "navy")])
        handler.command("confirm")
        handler.go(f"/cases/{case}/notice")
        expect(handler.page.locator(".gewu-signatures img")).to_have_count(3)
        expect(handler.page.locator(".gewu-signatures")).to_contain_text("刘业主")

    with person_at(chromium, address, clock, width) as acceptor:
        at_work(acceptor, "acceptor1")
        acceptor.go(f"/cases/{case}")
        acceptor.command("check", {"note": "看看清干净没有"})
    with person_at(chromium, address, clock, width) as worker:
        at_work(worker, "worker1")
        worker.page.locator(f'#checks ~ .list-group a[href="/cases/{case}"]').first.click()
        worker.command("answer", {"result": "yes", "note": "清干净了"}, photo=[picture("clean.jpg", "green")])
        worker.command("verify")
    with person_at(chromium, address, clock, width) as acceptor:
        at_work(acceptor, "acceptor1")
        acceptor.page.locator("#verified input[name=case]").check()
        expect(acceptor.page.locator("#verified [data-chosen]")).to_have_text("1")
        acceptor.page.locator("#verified form > .gewu-bulk button").click()
        expect(acceptor.page.locator("main")).to_contain_text("办成 1 件，没有办成 0 件")
        acceptor.go(f"/cases/{case}")
        expect(acceptor.page.locator(".badge", has_text="已结案")).to_be_visible()
    assert complaints == []


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize("width", [390, 1280])
def test_an_order_goes_out_from_the_list_and_its_receipt_comes_back(
    chromium: Browser, address: str, clock: Clock, engine: Engine, width: int
) -> None:
    case, other = under_way(engine), under_way(engine)
    with person_at(chromium, address, clock, width) as supervisor:
        supervisor.sign_in("supervisor1")
        supervisor.go("/cases?open=1")
        supervisor.page.locator("[data-choose-all]").check()
        expect(supervisor.page.locator("[data-chosen]")).to_have_text("2")
        supervisor.page.fill("#note", "今天下班前办完")
        supervisor.page.locator(".gewu-bulk button").click()
        expect(supervisor.page.locator("main")).to_contain_text("办成 2 件，没有办成 0 件")
        with person_at(chromium, address, clock, width) as handler:
            handler.sign_in("bureau1")
            orders = handler.page.locator("#orders")
            expect(orders).to_contain_text("今天下班前办完")
            orders.locator("button", has_text="签收").first.click()
            expect(handler.page.locator(".alert-success")).to_be_visible()
            expect(handler.page.locator("#orders .gewu-asked")).to_have_count(1)
            assert handler.complaints == []
        supervisor.go("/board")
        expect(supervisor.page.locator("#ladder")).to_contain_text("已签收")
        expect(supervisor.page.locator("#ladder")).to_contain_text("还没有签收")
        assert supervisor.complaints == []
    assert {case, other}


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_signature_without_a_name_opens_where_the_name_is_missing(
    chromium: Browser, address: str, clock: Clock, engine: Engine
) -> None:
    case = under_way(engine)
    with person_at(chromium, address, clock, 390) as handler:
        handler.sign_in("bureau1")
        handler.go(f"/cases/{case}")
        handler.page.set_input_files('[name="signature:owner"]', picture())
        name = handler.page.locator('[name="signer:owner"]')
        expect(name).to_be_hidden()
        handler.page.locator('form[action$="/handle"] > button').click()
        expect(name).to_be_visible()
        expect(name).to_be_focused()


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_without_a_network_a_command_waits_on_the_page_and_nothing_typed_is_lost(
    chromium: Browser, address: str, clock: Clock, engine: Engine
) -> None:
    case = under_way(engine)
    with person_at(chromium, address, clock, 390) as handler:
        handler.sign_in("bureau1")
        handler.go(f"/cases/{case}")
        form = handler.page.locator('form[action$="/commands/handle"]')
        form.locator("[name=note]").fill("已清理一半")
        handler.context.set_offline(True)
        form.locator("button:not([type=button])").click()
        expect(form.locator("[data-command-status]")).to_contain_text("没有发出")
        handler.context.set_offline(False)
        form.locator("button:not([type=button])").click()
        expect(handler.page.locator(".alert-success")).to_be_visible()
        expect(handler.page.locator("main")).to_contain_text("已清理一半")


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_the_same_thing_seen_twice_is_added_to_the_open_case(
    chromium: Browser, address: str, clock: Clock, engine: Engine
) -> None:
    case = found(engine, "waste", by="worker4")
    give(engine, "worker4", case, "unsettle")
    with person_at(chromium, address, clock, 390) as worker:
        worker.sign_in("worker1")
        worker.go("/report/river.bank")
        page = worker.page
        page.wait_for_selector("form[novalidate]")
        page.context.grant_permissions(["geolocation"])
        page.context.set_geolocation({"longitude": 113.705, "latitude": 23.005})
        page.click("[data-locate]")
        page.check('[name=finding][value="waste"]')
        page.fill("[name=size]", "10")
        page.set_input_files("[name=shot]", picture())
        offered = page.locator(f'[data-preview] input[data-add-to][value="{case}"]')
        offered.check()
        page.click(".gewu-send button")
        page.wait_for_url("**/receipts/*")
        expect(page.locator("main")).to_contain_text("没有另立新案")
        page.locator(".list-group-item").click()
        assert re.search(rf"/cases/{case}$", page.url)
        expect(page.locator("main")).to_contain_text("又有 1 次同样的上报")
