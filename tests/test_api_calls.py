"""The calls of `/api/v1` as the contract has them: shapes, statuses, and what a caller is told when it is refused."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from site_help import make_site, photo, put_report, sign_in, with_token

from gewu_platform.service.engine import Engine

WITH_OFFSET = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+08:00")
WHOLE = {"bins": "mixed", "weight": 60, "shot": ["shot-1.jpg"], "lid": "yes"}


@pytest.fixture
def site(engine: Engine) -> Flask:
    return make_site(engine)


@pytest.fixture
def worker(site: Flask, engine: Engine) -> Any:
    return with_token(site, engine, "worker1")


def is_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem document of a refusal."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    document: dict[str, Any] = answer.json
    assert document["code"] == code
    assert document["status"] == status
    assert document["type"] == f"urn:gewu:problem:{code}"
    assert document["title"]
    assert document["detail"]
    assert document["request_id"] == answer.headers["X-Request-ID"]
    return document


def give(client: Any, case: int, command: str, **arguments: Any) -> Any:
    return client.post(f"/api/v1/cases/{case}/commands", json={"command": command, **arguments})


# Items


def test_items_come_with_title_and_version_page_by_page(worker: Any) -> None:
    listed = worker.get("/api/v1/items").json
    assert [item["name"] for item in listed["items"]] == ["sanitation.litter", "sanitation.waste"]
    assert listed["after"] is None
    first = worker.get("/api/v1/items?limit=1").json
    assert [item["name"] for item in first["items"]] == ["sanitation.litter"]
    second = worker.get(f"/api/v1/items?limit=1&after={first['after']}").json
    assert [item["name"] for item in second["items"]] == ["sanitation.waste"]


def test_an_item_has_its_questions_findings_and_version(worker: Any) -> None:
    item = worker.get("/api/v1/items/sanitation.waste").json
    assert [question["name"] for question in item["questions"]][:2] == ["bins", "weight"]
    assert {finding["name"] for finding in item["findings"]} == {"mixed", "missing", "lid"}
    listed = worker.get("/api/v1/items").json["items"]
    assert item["version"] == next(each["version"] for each in listed if each["name"] == "sanitation.waste")
    is_problem(worker.get("/api/v1/items/no.such"), 404, "not-found")


def test_the_schema_takes_what_the_form_takes(worker: Any) -> None:
    schema = worker.get("/api/v1/items/sanitation.waste/schema").json
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    assert validator.is_valid(WHOLE)
    assert not validator.is_valid({**WHOLE, "bins": "other"})


# Submissions


def test_a_form_is_taken_once_and_its_receipt_given_again(worker: Any) -> None:
    submission = str(uuid4())
    first = put_report(worker, submission)
    assert first.status_code == 201
    receipt = first.json
    assert {"id", "received_at", "version", "cases"} <= set(receipt)
    assert receipt["id"] == submission
    assert WITH_OFFSET.fullmatch(receipt["received_at"])
    (case,) = receipt["cases"]
    assert {"id", "finding", "severity", "office", "state", "due"} <= set(case)
    assert (case["finding"], case["severity"], case["office"]) == ("mixed", "major", "sanitation.bureau")
    assert case["state"] == "reported"
    assert all(WITH_OFFSET.fullmatch(due) for due in case["due"].values())
    assert "handle" in case["due"]
    again = put_report(worker, submission)
    assert again.status_code == 200
    assert again.json == receipt
    assert len(worker.get("/api/v1/cases").json["cases"]) == 1


def test_another_form_under_the_same_id_is_refused(worker: Any, site: Flask, engine: Engine) -> None:
    submission = str(uuid4())
    assert put_report(worker, submission).status_code == 201
    is_problem(put_report(worker, submission, answers={**WHOLE, "weight": 61}), 409, "clash")
    other = with_token(site, engine, "worker2")
    body = {"item": "sanitation.waste", "place": "shop-1", "answers": WHOLE}
    is_problem(other.put(f"/api/v1/submissions/{submission}", json=body), 409, "clash")


def test_every_refused_answer_is_named_in_the_callers_language(worker: Any) -> None:
    answers = {"bins": "mixed", "weight": 501, "lid": "perhaps"}
    refused = put_report(worker, answers=answers)
    document = is_problem(refused, 422, "invalid-answers")
    told = {each["question"]: each for each in document["errors"]}
    assert set(told) == {"weight", "lid", "shot"}
    assert "500" in told["weight"]["message"]
    assert all(each["code"] for each in told.values())
    assert worker.get("/api/v1/cases").json["cases"] == []


def test_a_body_that_is_none_is_a_problem_and_nothing_is_kept(worker: Any) -> None:
    address = f"/api/v1/submissions/{uuid4()}"
    deep = "[" * 200 + "]" * 200
    for text in (
        "", "null", "[]", "7", "{", '{"answers": NaN}', '{"answers": Infinity}', '{"answers": 1e999}',
        '{"item": "a", "answers": {"x": ' + deep + "}}", "[" * 100_000, '{"item": "a\\u0000b", "answers": {}}',
        '{"item": "a", "answers": {"\\ud800": 1}}', '{"item": "a", "answers": {"x": ' + "9" * 5000 + "}}",
    ):  # fmt: skip
        is_problem(worker.put(address, data=text, content_type="application/json"), 422, "invalid-body")
    for body in (
        {"item": "sanitation.waste"},
        {"item": 1, "answers": {}},
        {"item": "x", "answers": {}, "more": 1},
    ):
        assert is_problem(worker.put(address, json=body), 422, "invalid-body")["errors"]
    is_problem(worker.put("/api/v1/submissions/no-uuid", json={}), 404, "not-found")


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_worker_reports_only_in_rostered_grids(site: Flask, engine: Engine) -> None:
    elsewhere = with_token(site, engine, "worker3")
    is_problem(put_report(elsewhere), 403, "not-allowed")
    assert put_report(elsewhere, place="shop-4").status_code == 201


def test_many_forms_have_a_result_each(worker: Any) -> None:
    good, twice, bad = str(uuid4()), str(uuid4()), str(uuid4())
    for each in (good, twice):
        assert put_file(worker, each).status_code == 201
    form = {"item": "sanitation.waste", "place": "shop-1", "answers": WHOLE}
    sent = [
        {"id": good, **form},
        {"id": twice, **form},
        {"id": twice, **form},
        {"id": bad, **form, "answers": {}},
        {"id": "no-uuid", **form},
        "none",
        {"id": good, **form, "place": "shop-2"},
    ]
    answer = worker.post("/api/v1/submissions", json={"submissions": sent})
    assert answer.status_code == 200
    results = answer.json["results"]
    assert [each["status"] for each in results] == [201, 201, 200, 422, 422, 422, 409]
    assert results[0]["receipt"]["id"] == good
    assert results[3]["problem"]["code"] == "invalid-answers"
    assert results[6]["problem"]["code"] == "clash"
    assert len(worker.get("/api/v1/cases").json["cases"]) == 2


def test_more_than_two_hundred_forms_at_once_are_refused(worker: Any) -> None:
    for wrong in ([], "x", None, [{}] * 201):
        is_problem(worker.post("/api/v1/submissions", json={"submissions": wrong}), 422, "invalid-body")
    assert len(worker.post("/api/v1/submissions", json={"submissions": [{}] * 200}).json["results"]) == 200


def put_file(client: Any, submission: str, **more: Any) -> Any:
    return client.put(
        f"/api/v1/submissions/{submission}/files/shot-1.jpg", data=photo(), content_type="image/jpeg", **more
    )


def test_a_file_is_checked_by_its_digest(worker: Any) -> None:
    submission = str(uuid4())
    right = hashlib.sha256(photo()).hexdigest()
    stored = put_file(worker, submission, headers={"X-Content-SHA256": right})
    assert stored.status_code == 201
    assert stored.json == {
        "sha256": right,
        "name": "shot-1.jpg",
        "size": len(photo()),
        "media_type": "image/jpeg",
    }
    is_problem(put_file(worker, submission, headers={"X-Content-SHA256": "0" * 64}), 422, "invalid-body")


# Cases


def test_cases_are_listed_page_by_page_and_by_filter(worker: Any) -> None:
    ids = [put_report(worker).json["cases"][0]["id"] for _ in range(3)]
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        page = worker.get(f"/api/v1/cases?limit=2&after={after}").json
        seen += [case["id"] for case in page["cases"]]
        after = page["after"]
    assert seen == ids
    assert len(worker.get("/api/v1/cases?state=reported").json["cases"]) == 3
    assert worker.get("/api/v1/cases?state=closed").json == {"cases": [], "after": None}
    assert len(worker.get("/api/v1/cases?order=due&limit=2").json["cases"]) == 2
    (case, *_) = worker.get("/api/v1/cases").json["cases"]
    assert WITH_OFFSET.fullmatch(case["opened_at"])
    assert case["state_words"] == "待受理"


@pytest.mark.parametrize(
    "query",
    ["state=nowhere", "colour=red", "office=x", "limit=0", "limit=201", "after=-1", "town=１", "overdue=perhaps",
     "closed_since=yesterday", "closed_since=0001-01-01T00:00:00%2B14:00", "order=random", "task=dance", "severity=bad", "escalated_to=moon",
     "late=perhaps"],
)  # fmt: skip
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_filter_that_cannot_be_used_is_said(worker: Any, query: str) -> None:
    is_problem(worker.get(f"/api/v1/cases?{query}"), 400, "invalid-query")


def test_a_case_goes_through_the_loop_by_commands(site: Flask, engine: Engine, worker: Any) -> None:
    case = put_report(worker).json["cases"][0]["id"]
    acceptor, dispatcher = with_token(site, engine, "acceptor1"), with_token(site, engine, "dispatcher1")
    handler, other = with_token(site, engine, "handler2"), with_token(site, engine, "worker2")
    early = is_problem(give(handler, case, "close"), 404, "not-found")  # not yet at the handler's office
    assert early
    early = is_problem(give(acceptor, case, "close"), 409, "not-possible-now")
    assert early["possible_in"] == ["verified", "settled"]
    states = []
    for client, command in (
        (acceptor, "accept"), (acceptor, "file"), (dispatcher, "dispatch"), (handler, "handle"), (handler, "confirm"),
        (other, "verify"),
    ):  # fmt: skip
        done = give(client, case, command)
        assert done.status_code == 200, done.text
        states.append(done.json["row"]["state"])
    assert states == ["accepted", "filed", "dispatched", "handling", "handled", "verified"]
    lacking = is_problem(give(acceptor, case, "close"), 409, "not-possible-now")
    assert len(lacking["errors"]) == 2
    events = worker.get(f"/api/v1/cases/{case}/events").json["events"]
    assert [each["kind"] for each in events] == [
        "reported", "accepted", "filed", "dispatched", "handling", "confirmed", "verified",
    ]  # fmt: skip
    assert all(WITH_OFFSET.fullmatch(each["at"]) for each in events)
    later = worker.get(f"/api/v1/cases/{case}/events?after={events[-2]['seq']}").json["events"]
    assert [each["kind"] for each in later] == ["verified"]


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_command_that_cannot_be_given_says_why(site: Flask, engine: Engine, worker: Any) -> None:
    case = put_report(worker).json["cases"][0]["id"]
    acceptor = with_token(site, engine, "acceptor1")
    is_problem(acceptor.post(f"/api/v1/cases/{case}/commands", json={}), 422, "invalid-body")
    is_problem(give(acceptor, case, "dance"), 422, "invalid-body")
    is_problem(give(acceptor, case, "refuse"), 422, "invalid-body")  # a reason is needed
    is_problem(give(acceptor, case, "accept", colour="red"), 422, "invalid-body")
    is_problem(give(worker, case, "accept"), 403, "not-allowed")
    is_problem(give(acceptor, 10**9, "accept"), 404, "not-found")


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_refusal_of_the_loop_has_a_code_of_its_own(site: Flask, engine: Engine, worker: Any) -> None:
    case = put_report(worker).json["cases"][0]["id"]
    acceptor, dispatcher = with_token(site, engine, "acceptor1"), with_token(site, engine, "dispatcher1")
    handler = with_token(site, engine, "handler2")

    def reason(answer: Any, status: int, code: str) -> Any:
        return is_problem(answer, status, code)["reason"]

    assert reason(give(acceptor, case, "file"), 409, "not-possible-now") == "not-possible-now"
    assert reason(give(worker, case, "accept"), 403, "not-allowed") == "not-allowed"
    assert reason(give(acceptor, case, "refuse"), 422, "invalid-body") == "reason-missing"
    for client, command in ((acceptor, "accept"), (acceptor, "file"), (dispatcher, "dispatch")):
        assert give(client, case, command).status_code == 200
    assert reason(give(dispatcher, case, "grant"), 409, "not-possible-now") == "request-missing"
    asked = give(handler, case, "park", reason="施工", until="2020-01-01")
    assert reason(asked, 422, "invalid-body") == "argument-wrong"
    assert [each["question"] for each in asked.json["errors"]] == ["until"]
    for client, command in ((handler, "handle"), (handler, "confirm"), (worker, "verify")):
        assert give(client, case, command).status_code == 200
    assert reason(give(acceptor, case, "close"), 409, "not-possible-now") == "evidence-missing"


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_many_cases_take_one_command_and_each_has_a_result(site: Flask, engine: Engine, worker: Any) -> None:
    ids = [put_report(worker).json["cases"][0]["id"] for _ in range(3)]
    acceptor = with_token(site, engine, "acceptor1")
    give(acceptor, ids[1], "refuse", reason="重复")
    answer = acceptor.post("/api/v1/cases/commands", json={"command": "accept", "cases": [*ids, 10**9]})
    assert answer.status_code == 200
    results = answer.json["results"]
    assert [(each["case"], each["status"]) for each in results] == [
        (ids[0], 200), (ids[1], 409), (ids[2], 200), (10**9, 404),
    ]  # fmt: skip
    assert (results[0]["state"], results[1]["problem"]["reason"]) == ("accepted", "not-possible-now")
    assert results[3]["problem"]["code"] == "not-found"


@pytest.mark.parametrize("cases", [None, [], "1", [1.5], [True], [-1], list(range(201))])
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_batch_that_names_no_cases_is_refused(site: Flask, engine: Engine, cases: Any) -> None:
    acceptor = with_token(site, engine, "acceptor1")
    batch = {"command": "accept", "cases": cases}
    is_problem(acceptor.post("/api/v1/cases/commands", json=batch), 422, "invalid-body")
    is_problem(acceptor.post("/api/v1/cases/commands", json={"cases": [1]}), 422, "invalid-body")


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_a_receipt_names_similar_cases_and_a_report_can_be_added_to_one(worker: Any) -> None:
    first = put_report(worker).json["cases"][0]
    (line,) = put_report(worker).json["cases"]
    assert (line["added"], [each["id"] for each in line["similar"]]) == (False, [first["id"]])
    assert WITH_OFFSET.fullmatch(line["similar"][0]["opened_at"])
    added = put_report(worker, add_to={"mixed": first["id"]})
    assert added.status_code == 201, added.text
    assert [(each["id"], each["added"]) for each in added.json["cases"]] == [(first["id"], True)]
    gone = is_problem(put_report(worker, add_to={"mixed": 10**9}), 422, "invalid-body")
    assert [(each["question"], each["code"]) for each in gone["errors"]] == [("add_to.mixed", "unknown")]


def test_tasks_and_lateness_are_filters(site: Flask, engine: Engine, worker: Any) -> None:
    case, other = (put_report(worker).json["cases"][0]["id"] for _ in range(2))
    acceptor = with_token(site, engine, "acceptor1")
    for command in ("accept", "check"):
        assert give(acceptor, case, command).status_code == 200

    def listed(client: Any, query: str) -> list[int]:
        return [each["id"] for each in client.get(f"/api/v1/cases?{query}").json["cases"]]

    assert listed(worker, "task=pre_check") == listed(acceptor, "paused=1") == [case]
    assert listed(acceptor, "paused=0&open=1") == [other]
    assert listed(acceptor, "task=pre_check") == [], "it is asked of the worker"
    assert listed(acceptor, "late=1") == listed(acceptor, "parked=true") == listed(acceptor, "exempt=1") == []
    assert listed(acceptor, "item=sanitation.waste&severity=major") == [case, other]
    assert listed(acceptor, "severity=minor") == []


def test_why_names_the_rule_the_office_and_the_calendar(worker: Any) -> None:
    case = put_report(worker).json["cases"][0]["id"]
    why = worker.get(f"/api/v1/cases/{case}/why").json
    assert why["basis"] == ["《生活垃圾分类办法》第十条"]
    assert {"route", "severity"} <= {choice["clause"] for choice in why["choices"]}
    assert all(choice["words"] for choice in why["choices"])
    (counting, *_) = why["deadlines"]
    assert counting["lines"]["zh"]
    assert counting["lines"]["en"]
    assert WITH_OFFSET.fullmatch(counting["due_at"])


# The rest


def test_visits_places_and_figures_are_what_the_screens_show(
    site: Flask, engine: Engine, worker: Any
) -> None:
    put_report(worker)
    assert worker.get("/api/v1/visits").json == {"visits": [], "after": None}
    is_problem(worker.get("/api/v1/visits?day=tomorrow"), 400, "invalid-query")
    places = worker.get("/api/v1/places").json["places"]
    assert [place["code"] for place in places] == ["shop-1", "shop-2"]
    assert "13800138000" not in json.dumps(places)
    assert [each["code"] for each in worker.get("/api/v1/places?search=面馆").json["places"]] == ["shop-2"]
    supervisor = with_token(site, engine, "supervisor1")
    figures = supervisor.get("/api/v1/figures").json
    (row,) = figures["rows"]
    assert (row["department"], row["town_name"], row["open"]["value"]) == ("sanitation", "北镇", 1)
    assert row["on_time_rate"] is None
    assert WITH_OFFSET.fullmatch(figures["since"])
    is_problem(supervisor.get("/api/v1/figures?since=2026-03-02&until=2026-03-01"), 400, "invalid-query")


def test_every_number_of_the_figures_lists_exactly_its_cases(site: Flask, engine: Engine, clock: Any) -> None:
    worker, acceptor = with_token(site, engine, "worker1"), with_token(site, engine, "acceptor1")
    ids = [put_report(worker).json["cases"][0]["id"] for _ in range(3)]
    give(acceptor, ids[0], "refuse", reason="重复")
    clock.advance(days=2)
    put_report(worker)
    supervisor = with_token(site, engine, "supervisor1")
    figures = supervisor.get("/api/v1/figures").json
    counted = 0
    for row in (*figures["rows"], figures["total"]):
        for name in ("open", "overdue", "at_risk", "closed", "handled", "on_time", "parked", "escalated"):
            listed = supervisor.get("/api/v1/cases", query_string=row[name]["query"])
            assert listed.status_code == 200, listed.text
            assert len(listed.json["cases"]) == row[name]["value"], (name, row)
            counted += row[name]["value"]
    assert counted
    for holder in figures["holders"]:
        listed = supervisor.get("/api/v1/cases", query_string=holder["open"]["query"])
        assert len(listed.json["cases"]) == holder["open"]["value"] > 0


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_whatever_goes_wrong_under_api_is_a_problem_document(site: Flask, worker: Any) -> None:
    is_problem(worker.get("/api/v1/nothing"), 404, "not-found")
    is_problem(worker.delete("/api/v1/items"), 405, "wrong-method")
    stranger = site.test_client()
    is_problem(stranger.get("/api/v1/items"), 401, "not-signed-in")
    is_problem(
        stranger.get("/api/v1/items", headers={"Authorization": "Bearer nonsense"}), 401, "not-signed-in"
    )


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_problems_speak_the_callers_language(site: Flask) -> None:
    stranger = site.test_client()
    assert stranger.get("/api/v1/items", headers={"Accept-Language": "en"}).json["title"] == "Not signed in"
    assert stranger.get("/api/v1/items", headers={"Accept-Language": "zh-CN"}).json["title"] == "未登录"
    client = sign_in(site, "worker1")
    client.post("/language/en")
    assert client.get("/api/v1/nothing").json["title"] == "Not found"
