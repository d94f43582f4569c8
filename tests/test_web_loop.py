"""What each person finds of the loop on their pages: tasks, requests, checks, orders, batches and the notice to sign."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from conftest import Databases
from flask import Flask
from loop_help import give
from river_help import found, opened_river, proof, under_way
from sample_town import Clock
from site_help import make_site, photo, sign_in

from gewu_platform.service.engine import Engine


@pytest.fixture
def engine(databases: Databases, clock: Clock, tmp_path: Path) -> Iterator[Engine]:
    yield from opened_river(databases, "sqlite", clock, tmp_path)


@pytest.fixture
def site(engine: Engine) -> Flask:
    return make_site(engine)


def text_of(page: str) -> str:
    """What a reader sees of a page, without its head."""
    body = re.sub(r"<script.*?</script>|<svg.*?</svg>", " ", page.partition("<body")[2], flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


def part_of(page: str, name: str) -> str:
    """What a reader sees of the section with this id."""
    return text_of("<body" + page.partition(f'id="{name}"')[2].partition("</section>")[0])


def post(client: Any, case: int, command: str, **fields: Any) -> str:
    """Give a command as its form does; the page it leads to."""
    sent = client.post(f"/cases/{case}/commands/{command}", data=fields)
    assert sent.status_code == 303, text_of(sent.text)
    return text_of(client.get(sent.location).text)


def test_a_request_for_time_is_decided_where_it_is_listed(site: Flask, engine: Engine) -> None:
    case = under_way(engine)
    handler = sign_in(site, "bureau1")
    assert "申请延期：已办理" in post(handler, case, "extend", reason="雨天不能施工")
    assert "申请中，等待答复" in text_of(handler.get("/inbox").text)
    dispatcher = sign_in(site, "dispatcher1")
    asked = part_of(dispatcher.get("/queue").text, "requests")
    for words in ("延期申请", "雨天不能施工", "此前同类申请 0 次", "bureau1", "批准", "驳回"):
        assert words in asked, words
    task = re.search(r'name="task" value="(\d+)"', dispatcher.get("/queue").text)
    assert task is not None
    post(dispatcher, case, "grant", task=task[1], next="/queue")
    assert "等您审批的申请" not in text_of(dispatcher.get("/queue").text)
    assert "已批准" in part_of(handler.get("/inbox").text, "answered")


def test_a_second_extension_says_that_one_was_asked_for_before_and_goes_to_the_supervisor(
    site: Flask, engine: Engine
) -> None:
    case = under_way(engine)
    for _ in range(2):
        give(engine, "bureau1", case, "extend", reason="再要一期")
        give(engine, "supervisor1", case, "grant") if _ == 0 else None
    assert "requests" not in sign_in(site, "dispatcher1").get("/queue").text
    assert "此前同类申请 1 次" in part_of(sign_in(site, "supervisor1").get("/board").text, "requests")


def test_denying_without_a_word_is_refused_and_says_what_to_do(site: Flask, engine: Engine) -> None:
    case = under_way(engine)
    give(engine, "bureau1", case, "extend", reason="雨天不能施工")
    dispatcher = sign_in(site, "dispatcher1")
    refused = dispatcher.post(f"/cases/{case}/commands/deny", data={"next": "/queue"})
    assert refused.status_code == 422
    page = text_of(refused.text)
    assert "没有办成，案件没有改动" in page
    assert "改好后请再点一次" in page


def test_a_parked_case_says_until_when_and_whose_clock_stands_still(
    site: Flask, engine: Engine, clock: Clock
) -> None:
    case = under_way(engine)
    handler = sign_in(site, "bureau1")
    assert 'type="date"' in handler.get(f"/cases/{case}").text
    post(handler, case, "park", reason="等汛期过去", until="2026-06-30")
    page = text_of(sign_in(site, "dispatcher1").get(f"/cases/{case}").text)
    assert "申请挂账到 2026-06-30" in page
    post(sign_in(site, "dispatcher1"), case, "grant")
    clock.advance(hours=3)
    html = handler.get(f"/cases/{case}").text
    assert "挂账到 2026-06-30，期限暂停计算" in text_of(html)
    assert "挂账中，恢复后接着办的 县河道管理中心 已挂账 3 小时 0 分" in text_of(html)
    assert 'data-light="paused"' in html
    board = part_of(sign_in(site, "supervisor1").get("/board").text, "holders")
    assert "在办中已挂账、暂不计时的： 1" in board
    inbox = handler.get("/inbox").text
    assert "挂账到 2026-06-30" in part_of(inbox, "parked")
    assert "没有等您处置的案件" in part_of(inbox, "mine")
    post(handler, case, "resume")
    assert 'data-light="paused"' not in handler.get(f"/cases/{case}").text


def test_a_co_handler_finds_the_task_and_answers_it_with_what_was_done(site: Flask, engine: Engine) -> None:
    case = under_way(engine)
    helper = sign_in(site, "station1")
    assert "协办任务" in part_of(helper.get("/inbox").text, "assisting")
    page = helper.get(f"/cases/{case}").text
    assert f'action="/cases/{case}/commands/assist"' in page
    assert f'action="/cases/{case}/commands/confirm"' not in page
    post(helper, case, "assist", note="围挡已设好", photo=(BytesIO(photo()), "a.jpg"))
    assert 'id="assisting"' not in helper.get("/inbox").text
    assert "围挡已设好" in text_of(sign_in(site, "bureau1").get(f"/cases/{case}").text)


def test_a_check_goes_to_the_worker_and_its_answer_comes_back_to_the_centre(
    site: Flask, engine: Engine, clock: Clock
) -> None:
    case = found(engine, "dump", by="worker1")
    give(engine, "acceptor1", case, "accept")
    acceptor = sign_in(site, "acceptor1")
    post(acceptor, case, "check", note="看看是不是还在")
    assert "看看是不是还在" in part_of(acceptor.get("/queue").text, "checks")
    clock.advance(minutes=10)
    worker = sign_in(site, "worker1")
    today = worker.get("/today").text
    assert "请您到现场看" in text_of(today)
    assert "看看是不是还在" in text_of(today)
    assert "还剩 20分钟" in text_of(today).replace(" 分钟", "分钟").replace("还剩20", "还剩 20")
    page = worker.get(f"/cases/{case}").text
    assert "不属实" in page
    post(worker, case, "answer", result="no", note="已经没有了")
    assert "请您到现场看" not in text_of(worker.get("/today").text)
    answered = part_of(acceptor.get("/queue").text, "checks")
    assert "已反馈" in answered
    assert "不属实 已经没有了" in answered
    clock.advance(hours=2)
    assert "已超期" not in part_of(acceptor.get("/queue").text, "checks"), "it was answered in time"
    assert "不属实 已经没有了" in text_of(acceptor.get(f"/cases/{case}").text)


def test_an_order_is_urged_from_the_list_acknowledged_and_seen_as_received(
    site: Flask, engine: Engine
) -> None:
    cases = [under_way(engine), under_way(engine)]
    supervisor = sign_in(site, "supervisor1")
    html = supervisor.get("/cases").text
    assert html.count('type="checkbox" name="case"') == 2
    done = supervisor.post(
        "/cases/commands/urge", data={"case": [*map(str, cases), "999"], "note": "今天办完"}
    )
    assert "办成 2 件，没有办成 1 件" in text_of(done.text)
    assert "今天办完" in part_of(supervisor.get("/board").text, "ladder")
    handler = sign_in(site, "bureau1")
    inbox = handler.get("/inbox").text
    assert "今天办完" in part_of(inbox, "orders")
    post(supervisor, cases[0], "urge", note="再催一次")
    inbox = handler.get("/inbox").text
    assert "签收（2 次督办）" in part_of(inbox, "orders")
    tasks = re.findall(
        r'name="task" value="(\d+)"', inbox.partition(f"/cases/{cases[0]}/commands/acknowledge")[2]
    )[:2]
    post(handler, cases[0], "acknowledge", task=tasks, next="/inbox")
    assert part_of(handler.get("/inbox").text, "orders").count("今天办完") == 1
    assert "已签收" in part_of(supervisor.get("/board").text, "ladder")


def test_many_cases_are_dispatched_at_once_and_each_says_what_came_of_it(site: Flask, engine: Engine) -> None:
    cases = [found(engine, "dump") for _ in range(3)]
    for case in cases[:2]:
        give(engine, "acceptor1", case, "accept")
        give(engine, "acceptor1", case, "file")
    dispatcher = sign_in(site, "dispatcher1")
    html = dispatcher.get("/queue").text
    assert html.count('type="checkbox" name="case"') == 2
    page = dispatcher.post("/cases/commands/dispatch", data={"case": [str(case) for case in cases]}).text
    assert "办成 2 件，没有办成 1 件" in text_of(page)
    assert "待受理" in text_of(page) or "待派遣" in text_of(page)
    assert re.search(rf'name="case" value="{cases[2]}"', page)
    assert "待处置 · 县河道管理中心" in text_of(page)
    assert "没有选择案件" in text_of(dispatcher.post("/cases/commands/dispatch").text)
    assert dispatcher.post("/cases/commands/void", data={"case": str(cases[0])}).status_code == 404


def test_a_batch_with_numbers_of_no_case_does_the_others_and_one_too_large_does_nothing(
    site: Flask, engine: Engine
) -> None:
    case = found(engine, "dump")
    acceptor = sign_in(site, "acceptor1")
    no_case = ["0", "-1", "x", "9" * 19, "9" * 5000]
    page = acceptor.post("/cases/commands/accept", data={"case": [*no_case, str(case)]})
    assert (page.status_code, "办成 1 件，没有办成 2 件" in text_of(page.text)) == (200, True)
    give(engine, "acceptor1", case, "file")
    many = acceptor.post(
        "/cases/commands/urge", data={"case": [str(each) for each in range(case, case + 300)]}
    )
    assert many.status_code == 422, "not the first two hundred of them without a word"
    assert "一次最多 200 件" in text_of(many.text)


def test_a_likely_double_is_hinted_at_and_merged_with_one_tap(site: Flask, engine: Engine) -> None:
    first, second = found(engine, "dump"), found(engine, "dump")
    acceptor = sign_in(site, "acceptor1")
    assert part_of(acceptor.get("/queue").text, "reported").count("同一处同样的问题还有 1 件在办") == 2
    html = acceptor.get(f"/cases/{second}").text
    assert "可能重复的案件" in html
    form = re.search(
        rf'commands/merge">.*?name="into" value="{first}".*?name="reason" value="([^"]+)"', html, re.DOTALL
    )
    assert form is not None
    page = post(acceptor, second, "merge", into=str(first), reason=form[1])
    assert "已并入另一个案件" in page
    assert "并入本案的" in text_of(acceptor.get(f"/cases/{first}").text)
    third = found(engine, "dump")
    number = re.search(r"\d{4}-?\d+", text_of(acceptor.get(f"/cases/{first}").text))
    assert number is not None
    wrong = acceptor.post(f"/cases/{third}/commands/merge", data={"into": "nowhere", "reason": "重复"})
    assert wrong.status_code == 422
    post(acceptor, third, "merge", into=f"http://localhost/cases/{first}", reason="重复")


def test_what_is_settled_on_the_spot_is_asked_for_today_and_audited_by_the_centre(
    site: Flask, engine: Engine
) -> None:
    case = found(engine, "waste", by="worker1")
    worker = sign_in(site, "worker1")
    today = worker.get("/today").text
    assert f'href="/cases/{case}?do=settle#act"' in today
    assert f'action="/cases/{case}/commands/settle"' in worker.get(f"/cases/{case}?do=settle").text
    early = worker.post(f"/cases/{case}/commands/settle", data={"note": "捡走了"})
    assert early.status_code == 409
    assert "还缺" in text_of(early.text)
    post(worker, case, "settle", note="捡走了", photo=(BytesIO(photo()), "a.jpg"))
    settled = part_of(sign_in(site, "acceptor1").get("/queue").text, "settled")
    assert "当场整改，请审核" in settled
    assert "岸边垃圾" in settled


def test_uploaded_evidence_survives_a_refused_command(site: Flask, engine: Engine) -> None:
    case = under_way(engine)
    handler = sign_in(site, "bureau1")
    files = {"photo": (BytesIO(photo()), "a.jpg"), "signature:owner": (BytesIO(photo("red")), "b.png")}
    refused = handler.post(
        f"/cases/{case}/commands/confirm", data={**files, "signer:owner": "刘业主", "note": "清完了"}
    )
    assert refused.status_code == 409
    stored = sorted({unescape(each) for each in re.findall(r'name="stored" value="([^"]+)"', refused.text)})
    assert len(stored) == 2
    assert "已上传的 2 份文件还在" in text_of(refused.text)
    assert "您刚才写的：清完了" in text_of(refused.text)
    page = post(handler, case, "handle", stored=stored, note="清完了")
    assert "照片 2 份 已有 1" in page
    broken = handler.post(f"/cases/{case}/commands/handle", data={"stored": "[1"})
    assert broken.status_code == 400


def test_the_notice_names_what_to_do_by_when_and_carries_the_signatures_in_their_boxes(
    site: Flask, engine: Engine
) -> None:
    case = under_way(engine)
    handler = sign_in(site, "bureau1")
    blank = handler.get(f"/cases/{case}/notice").text
    assert blank.count("<h2>") == 3
    for words in (
        "整改通知书",
        "《河道管理条例》第二十四条",
        "倾倒渣土",
        "清运完毕",
        "以前",
        "年 月 日",
        "业主签名",
        "网格员签名 2",
    ):
        assert words in text_of(blank), words
    signed = {
        "signature:worker": (BytesIO(photo("red")), "a.png"), "signer:worker": "worker1",
        "signature:worker:2": (BytesIO(photo("blue")), "b.png"), "signer:worker:2": "worker4",
        "signature:owner": (BytesIO(photo("green")), "c.png"), "signer:owner": "刘业主",
    }  # fmt: skip
    post(handler, case, "handle", **signed)
    notice = handler.get(f"/cases/{case}/notice").text
    boxes = notice.partition('class="gewu-signatures"')[2]
    assert boxes.count("<img") == 3
    for name in ("张网格", "worker4", "刘业主"):
        assert name in text_of("<body" + boxes), name
    assert "年 月 日" not in text_of("<body" + boxes)


def test_who_had_the_case_and_how_long_stands_on_its_page(site: Flask, engine: Engine, clock: Clock) -> None:
    case = found(engine, "dump")
    clock.advance(minutes=20)
    give(engine, "acceptor1", case, "accept")
    clock.advance(hours=1)
    page = text_of(sign_in(site, "supervisor1").get(f"/cases/{case}").text)
    held = page.partition("谁办了多久")[2].partition("经过")[0]
    assert "20 分" in held
    assert "1 小时 0 分" in held
    assert "→ 现在" in held


def test_a_late_case_may_be_appealed_and_the_supervisor_decides(
    site: Flask, engine: Engine, clock: Clock
) -> None:
    case = under_way(engine)
    for helper in ("station1", "handler3"):
        give(engine, helper, case, "assist", note="好了")
    clock.advance(days=20)
    give(engine, "bureau1", case, "handle", evidence=proof())
    give(engine, "bureau1", case, "confirm")
    give(engine, "worker1", case, "verify")
    give(engine, "acceptor1", case, "close")
    handler = sign_in(site, "bureau1")
    page = post(handler, case, "appeal", reason="台风停工")
    assert "处置曾超期" in page
    supervisor = sign_in(site, "supervisor1")
    assert "台风停工" in part_of(supervisor.get("/board").text, "requests")
    page = post(supervisor, case, "grant", next="/board")
    assert "不计入考核" in text_of(handler.get(f"/cases/{case}").text)
