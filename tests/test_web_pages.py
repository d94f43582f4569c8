"""The pages as each role meets them, also without scripts."""

from __future__ import annotations

import gzip
import json
import re
from base64 import b64encode
from hashlib import sha256
from html import unescape
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from loop_help import PROOF, dispatched, give, handled, report, settle
from sample_town import Clock
from site_help import make_site, photo, put_report, sign_in

from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.engine import Engine
from gewu_platform.service.telling.notices import drain_outbox
from gewu_platform.service.timing import sweeping
from gewu_platform.service.town import visits
from gewu_platform.web.embedding import embed_json

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@pytest.fixture
def site(engine: Engine) -> Flask:
    settle(engine)
    return make_site(engine)


def text_of(page: str) -> str:
    """What a reader sees of a page, without its head."""
    body = re.sub(r"<script.*?</script>|<svg.*?</svg>", " ", page.partition("<body")[2], flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


def shown(client: Any, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return text_of(answer.text)


# The worker


def test_today_lists_visits_and_then_says_they_are_done(site: Flask, engine: Engine, clock: Clock) -> None:
    worker = sign_in(site, "worker1")
    assert "今天的巡查都做完了" in shown(worker, "/today")
    visits.plan_month(engine, SYSTEM, "2026-03")
    clock.advance(days=29)
    worker = sign_in(site, "worker1")
    page = worker.get("/today").text
    assert "已逾期" in page
    links = re.findall(r'href="(/report/sanitation.waste\?place=shop-[12]&amp;visit=\d+)"', page)
    assert links
    assert worker.get(unescape(links[0])).status_code == 200


def test_cases_to_verify_stand_on_the_days_page(site: Flask, engine: Engine) -> None:
    case = handled(engine)
    assert f'href="/cases/{case}"' in sign_in(site, "worker2").get("/today").text
    assert f'href="/cases/{case}"' not in sign_in(site, "worker3").get("/today").text


def test_what_was_reported_last_is_offered_first(site: Flask) -> None:
    worker = sign_in(site, "worker1")
    assert "最近用过" not in shown(worker, "/report")
    put_report(worker)
    page = shown(worker, "/report")
    assert page.index("最近用过") < page.index("垃圾分类投放") < page.index("道路垃圾")


def test_at_a_place_only_its_items_are_offered(site: Flask) -> None:
    worker = sign_in(site, "worker1")
    page = worker.get("/report?place=shop-1").text
    assert 'href="/report/sanitation.waste?place=shop-1"' in page
    assert worker.get("/report?place=nowhere").status_code == 404
    assert worker.get("/report?place=shop-4").status_code == 403


def test_an_item_of_a_register_asks_for_the_place_first(site: Flask) -> None:
    worker = sign_in(site, "worker1")
    page = shown(worker, "/report/sanitation.waste")
    assert "在哪个场所" in page
    assert "柳记杂货" in page
    assert "杉木家具" not in page
    assert "柳街面馆" not in shown(worker, "/report/sanitation.waste?q=柳记")
    assert "没有这样的场所" in shown(worker, "/report/sanitation.waste?q=没有")


def fields(**more: Any) -> dict[str, Any]:
    return {"submission": str(uuid4()), "bins": "mixed", "weight": "60", "lid": "yes", **more}


def test_the_form_works_without_scripts(site: Flask) -> None:
    worker = sign_in(site, "worker1")
    sheet = fields(place="shop-1", shot=(BytesIO(photo()), "IMG.JPG"))
    sent = worker.post("/report/sanitation.waste", data=sheet)
    assert sent.status_code == 303, text_of(sent.text)
    page = shown(worker, sent.location)
    assert "已收到" in page
    assert "县环卫中心" in page
    case = re.search(r"/cases/(\d+)", worker.get(sent.location).text)
    assert case is not None
    assert 'alt="照片 1"' in worker.get(case[0]).text


def test_without_scripts_a_mistake_stands_at_its_question_and_answers_stay(site: Flask) -> None:
    worker = sign_in(site, "worker1")
    sent = worker.post("/report/sanitation.waste", data=fields(place="shop-1", weight="501"))
    assert sent.status_code == 422
    assert re.search(r'name="weight"[^>]*value="501(\.0)?"', sent.text), re.findall(
        r"<input[^>]*weight[^>]*>", sent.text
    )
    assert re.search(r'id="q-weight-error"[^>]*>[^<]*500', sent.text)
    assert re.search(r'id="q-shot-error"[^>]*>[^<]+', sent.text)
    assert "还有 2 处要改" in sent.text
    assert "照片等请重新选择" in sent.text
    wrong = fields(place="shop-1", shot=(BytesIO(b"<html>"), "IMG.JPG"))
    assert "只接受照片" in worker.post("/report/sanitation.waste", data=wrong).text


def test_what_is_found_on_the_way_is_reported_by_grid(site: Flask) -> None:
    worker = sign_in(site, "worker1")
    page = worker.get("/report/sanitation.litter").text
    assert re.findall(r'<option value="([^"]*)"', page)[:3] == ["", "g1", "g2"]
    sheet = {"submission": str(uuid4()), "grid": "g2", "finding": "pile", "shot": (BytesIO(photo()), "a.jpg")}
    sent = worker.post("/report/sanitation.litter", data=sheet)
    assert sent.status_code == 303, text_of(sent.text)
    assert "柳村二网格" in shown(worker, "/cases")


def test_the_page_of_a_form_carries_what_its_conditions_read_and_nothing_private(site: Flask) -> None:
    page = sign_in(site, "worker1").get("/report/sanitation.waste?place=shop-1").text
    found = re.search(r'id="gewu-context">(.*?)</script>', page)
    assert found is not None
    context = json.loads(found[1])
    assert context["place.grade"] == "plain"
    assert "place.phone" not in context
    assert "13800138000" not in page


@pytest.mark.usefixtures("dialect")
def test_data_in_a_page_cannot_end_its_element() -> None:
    value = {"a": "</script><!-- & <b>"}
    assert not set("<>&") & set(embed_json(value))
    assert json.loads(embed_json(value)) == value


def preview(client: Any, answers: dict[str, Any]) -> str:
    answer = client.post("/items/sanitation.waste/preview", json={"place": "shop-1", "answers": answers})
    assert answer.status_code == 200, answer.text
    return text_of("<body" + answer.text)


def test_the_preview_says_where_it_will_go_and_by_when(site: Flask) -> None:
    worker = sign_in(site, "worker1")
    shot = {"shot": ["a.jpg"], "lid": "yes"}
    heavy = preview(worker, {"bins": "mixed", "weight": 60, **shot})
    assert "县环卫中心" in heavy
    assert re.search(r"处置期限 2026-03-\d\d \d\d:\d\d", heavy)
    assert "填完必答题后" in preview(worker, {"bins": "mixed"})
    assert "不采集：少量混投，当场提醒" in preview(worker, {"bins": "mixed", "weight": 0.5, **shot})
    assert "没有发现问题" in preview(worker, {"bins": "sorted", "lid": "yes"})


def test_conditions_of_a_version_may_be_kept_for_ever(site: Flask) -> None:
    worker = sign_in(site, "worker1")
    address = re.search(
        r'data-conditions="([^"]+)"', worker.get("/report/sanitation.waste?place=shop-1").text
    )
    assert address is not None
    script = worker.get(address[1])
    assert script.mimetype == "text/javascript"
    assert "immutable" in script.headers["Cache-Control"]
    assert worker.get("/items/sanitation.waste/0000/conditions.js").status_code == 404


def test_mine_says_how_each_report_stands_and_why_it_came_back(site: Flask, engine: Engine) -> None:
    worker = sign_in(site, "worker1")
    assert "还没有上报过" in shown(worker, "/mine")
    case = report(engine).cases[0].id
    assert "待受理" in shown(worker, "/mine")
    give(engine, "acceptor1", case, "refuse", reason="照片看不清")
    assert "没有办理，原因：照片看不清" in shown(worker, "/mine")


# The others


def test_the_inbox_holds_what_the_office_has_to_handle_and_no_more(site: Flask, engine: Engine) -> None:
    handler = sign_in(site, "handler2")
    assert "没有待办案件" in shown(handler, "/inbox")
    case = dispatched(engine)
    assert f'href="/cases/{case}"' in handler.get("/inbox").text
    assert f'href="/cases/{case}"' not in sign_in(site, "handler1").get("/inbox").text
    give(engine, "handler2", case, "handle")
    give(engine, "handler2", case, "confirm")
    assert "没有待办案件" in shown(handler, "/inbox")


def test_a_case_says_everything_on_one_page(site: Flask, engine: Engine) -> None:
    case = dispatched(engine)
    handler = sign_in(site, "handler2")
    html = handler.get(f"/cases/{case}").text
    page = text_of(html)
    for words in ("垃圾混投", "待处置", "柳记杂货", "《生活垃圾分类办法》第十条", "已分类投放", "为什么是这个机构", "为什么是这个期限",
                  "经过", "业主签名 1 份", "还剩"):  # fmt: skip
        assert words in page, words
    assert "13800138000" not in html
    assert re.search(r'action="/cases/\d+/commands/handle"', html)
    assert not re.search(r'action="/cases/\d+/commands/close"', html)
    assert re.search(r"<button[^>]*disabled>结案</button>", html)
    assert 'name="signature:owner"' in html
    found = re.search(r'id="case-map">(.*?)</script>', html)
    assert found is not None
    kinds = [feature["geometry"]["type"] for feature in json.loads(found[1])["features"]]
    assert kinds == ["Polygon", "Polygon", "Point"]


def test_evidence_is_handed_in_with_the_command(site: Flask, engine: Engine) -> None:
    case = dispatched(engine)
    handler = sign_in(site, "handler2")
    files = {
        "photo": [(BytesIO(photo("red")), "a.jpg"), (BytesIO(photo("blue")), "b.jpg")],
        "signature:owner": (BytesIO(photo()), ""),
    }
    done = handler.post(f"/cases/{case}/commands/handle", data={"note": "已清理", **files})
    assert done.status_code == 303, text_of(done.text)
    page = shown(handler, done.location)
    assert "已办理，案件现在：处置中" in page
    assert "已清理" in page
    assert "照片 1 份 已有 2" in page


def test_what_a_command_lacks_is_said_and_what_was_typed_stays(site: Flask, engine: Engine) -> None:
    case = dispatched(engine)
    handler = sign_in(site, "handler2")
    refused = handler.post(f"/cases/{case}/commands/park", data={"until": "2026-06-30"})
    assert refused.status_code == 422
    page = text_of(refused.text)
    assert "案件没有改动" in page
    assert re.search(r'name="until"[^>]*value="2026-06-30"', refused.text)
    early = handler.post(f"/cases/{case}/commands/confirm")
    assert early.status_code == 409
    assert "处置中" in text_of(early.text)
    assert handler.post("/cases/999/commands/handle").status_code == 404


def test_a_dispatcher_may_name_another_office(site: Flask, engine: Engine, office: Any) -> None:
    case = report(engine).cases[0].id
    give(engine, "acceptor1", case, "accept")
    give(engine, "acceptor1", case, "file")
    dispatcher = sign_in(site, "dispatcher1")
    html = dispatcher.get(f"/cases/{case}").text
    assert "县环卫中心 · 按事项规定" in html
    station = office("sanitation.station@north")
    sent = dispatcher.post(f"/cases/{case}/commands/dispatch", data={"office": str(station)})
    assert sent.status_code == 303
    assert "北镇环卫站" in shown(dispatcher, f"/cases/{case}")


def test_the_queue_has_a_section_for_each_state_that_waits(site: Flask, engine: Engine) -> None:
    case = report(engine).cases[0].id
    acceptor = sign_in(site, "acceptor1")
    html = acceptor.get("/queue").text
    reported = html.partition('id="reported"')[2].partition("</section>")[0]
    assert f'href="/cases/{case}"' in reported
    assert html.count("这里没有等待办理的案件") == 5
    assert "待派遣" in shown(sign_in(site, "dispatcher1"), "/queue")


def test_every_number_of_the_board_opens_exactly_its_cases(site: Flask, engine: Engine, clock: Clock) -> None:
    supervisor = sign_in(site, "supervisor1")
    assert "这段时间没有案件" in shown(supervisor, "/board")
    on_time = handled(engine)
    give(engine, "worker2", on_time, "verify", evidence=PROOF)
    give(engine, "acceptor1", on_time, "close")
    late = dispatched(engine)
    clock.advance(days=9)
    give(engine, "handler2", late, "handle")
    give(engine, "handler2", late, "confirm")
    report(engine)
    supervisor = sign_in(site, "supervisor1")
    page = supervisor.get("/board").text
    links = re.findall(r'href="(/cases\?[^"]+)">([\d.]+%?)</a>', page)
    assert len(links) >= 6
    assert "50.0%" in {number for _, number in links}
    for address, number in links:
        listed = len(re.findall(r'href="/cases/\d+"', supervisor.get(unescape(address)).text))
        assert listed == (1 if number.endswith("%") else int(number)), (address, number)
    assert "这段时间没有案件" not in shown(supervisor, "/board?since=2026-03-01&until=2026-03-31")
    assert supervisor.get("/board?since=soon").status_code == 400


def test_a_list_of_many_cases_is_turned_page_by_page(site: Flask, engine: Engine) -> None:
    cases = sorted(report(engine).cases[0].id for _ in range(103))
    supervisor = sign_in(site, "supervisor1")
    page = supervisor.get("/cases?open=1")
    assert "这里是最先到期的 100 件" in page.text
    seen: list[int] = []
    address = unescape(re.findall(r'href="(/cases\?[^"]*after=0[^"]*)"', page.text)[0])
    while address:
        page = supervisor.get(address)
        seen += [int(number) for number in re.findall(r'href="/cases/(\d+)"', page.text)]
        following = re.findall(r'href="(/cases\?[^"]*after=[^"]*)"', page.text)
        address = unescape(following[0]) if following else ""
    assert seen == cases
    assert "没有符合条件的案件" in shown(supervisor, "/cases?state=closed")
    assert supervisor.get("/cases?colour=red").status_code == 400


def test_reminders_arrive_and_are_read(site: Flask, engine: Engine, clock: Clock) -> None:
    handler = sign_in(site, "handler2")
    assert "没有通知" in shown(handler, "/notices")
    dispatched(engine)
    drain_outbox(engine)
    clock.advance(days=3)
    sweeping.sweep(engine)
    drain_outbox(engine)
    handler = sign_in(site, "handler2")
    html = handler.get("/notices").text
    assert re.search(r"通知，\d 条未读", html)
    assert "已超期" in text_of(html)
    unread = int(re.findall(r"通知，(\d+) 条未读", html)[0])
    opened = handler.get(re.findall(r'href="(/notices/\d+)"', html)[0])
    assert re.fullmatch(r"/cases/\d+", opened.location)
    assert f"通知，{unread - 1} 条未读" in handler.get("/notices").text
    assert handler.post("/notices/read").location == "/notices"
    assert "通知，0 条未读" in handler.get("/notices").text


def test_an_items_page_prints_its_standard(site: Flask) -> None:
    html = sign_in(site, "author1").get("/items/sanitation.waste").text
    page = text_of(html)
    assert html.count("<!doctype") == 1
    assert "<style" not in html
    for words in ("HW-001", "《生活垃圾分类办法》第十条", "垃圾混投", "工作时", "商铺", "打印"):
        assert words in page, words


def test_an_items_form_on_paper_is_one_click_away_and_brings_one_style_along(site: Flask) -> None:
    author = sign_in(site, "author1")
    assert 'href="/items/sanitation.waste/sheet"' in author.get("/items/sanitation.waste").text
    answer = author.get("/items/sanitation.waste/sheet")
    (style,) = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "检查人签名" in answer.text
    assert author.get("/items/no.such/sheet").status_code == 404


def test_what_is_not_there_gets_a_page_that_says_so(site: Flask) -> None:
    worker = sign_in(site, "worker1")
    for path in (
        "/nowhere",
        "/cases/999",
        "/items/no.such",
        "/receipts/none",
        f"/receipts/{uuid4()}",
        "/files/none",
    ):
        answer = worker.get(path)
        assert answer.status_code in (404, 422), path
        assert answer.mimetype == "text/html"
        page = text_of(answer.text)
        assert "回到首页" in page
        assert answer.headers["X-Request-ID"] in page


def test_operators_see_health_readiness_and_metrics(site: Flask, engine: Engine) -> None:
    client = site.test_client()
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json == {"status": "ok", "problems": []}
    engine.files.rmdir()
    unready = client.get("/readyz")
    assert unready.status_code == 503
    assert "files" in unready.json["problems"][0]
    assert 'gewu_requests_total{endpoint="observing.readyz",status="503"} 1.0' in client.get("/metrics").text


def test_all_that_the_form_needs_for_its_first_paint_is_below_a_hundred_kilobytes(site: Flask) -> None:
    worker = sign_in(site, "worker1")
    worker.environ_base["HTTP_ACCEPT_ENCODING"] = "gzip"
    page = worker.get("/report/sanitation.waste?place=shop-1")
    assert page.headers["Content-Encoding"] == "gzip"
    html = gzip.decompress(page.data).decode()
    addresses = re.findall(r'<(?:script|link)[^>]*(?:src|href)="(/[^"]+)"', html)
    assert {address.rpartition(".")[2] for address in addresses} == {"js", "css", "svg"}
    assert len(addresses) >= 4
    weight = len(page.data) + sum(len(worker.get(address).data) for address in addresses)
    assert weight < 95_000, "the conditions of a long form need the rest"
