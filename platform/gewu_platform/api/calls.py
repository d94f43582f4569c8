"""The calls of `/api/v1`, each one use case."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, jsonify, request
from flask_babel import get_locale

from gewu_dsl.artifact import to_json
from gewu_dsl.emit.json_schema import answers_schema
from gewu_platform.api.bodies import json_body
from gewu_platform.api.current import caller, engine
from gewu_platform.api.documents import document, figures_document, problem_document, receipt_document
from gewu_platform.api.lists import answer_page, from_after
from gewu_platform.api.openapi import describe_api
from gewu_platform.api.queries import case_query, page_limit, read_day, read_number, read_period
from gewu_platform.service.catalogue import publishing
from gewu_platform.service.desk import board, cases
from gewu_platform.service.loop import handling
from gewu_platform.service.permissions import require
from gewu_platform.service.problems import Problem
from gewu_platform.service.reports import attachments, reporting
from gewu_platform.service.town import places, visits

calls = Blueprint("api", __name__, url_prefix="/api/v1")
MOST_AT_ONCE = 200


def _answer(value: Any) -> Response:
    return jsonify(document(value, engine().zone, _language()))


def _language() -> str:
    return "en" if str(get_locale()) == "en" else "zh"


@calls.get("/openapi.json")
def openapi() -> Response:
    """This description. It tells no data and needs no caller."""
    return jsonify(describe_api())


@calls.get("/items")
def list_items() -> Response:
    """The published items in force, by name."""
    rows = publishing.list_items(engine(), caller())
    return answer_page("items", from_after(rows, _name, request.args, str), _name, engine(), _language())


@calls.get("/items/<name>")
def read_item(name: str) -> Response:
    """One published item with its questions, findings and version."""
    require(caller(), "items.read")
    published = publishing.published_item(engine(), name)
    return jsonify({**to_json(published.item), "version": published.version})


@calls.get("/items/<name>/schema")
def read_schema(name: str) -> Response:
    """The JSON Schema of the answers to one item."""
    require(caller(), "items.read")
    return jsonify(answers_schema(publishing.published_item(engine(), name).item))


@calls.put("/submissions/<uuid:submission>")
def put_submission(submission: object) -> tuple[Response, int]:
    """One filled form: 201 the first time, 200 the same again, 409 another under the same id."""
    receipt, created = reporting.submit_report(engine(), caller(), str(submission), json_body(request))
    return jsonify(receipt_document(receipt, engine().zone)), 201 if created else 200


@calls.post("/submissions")
def post_submissions() -> Response:
    """Up to 200 filled forms; each has a result of its own, a refused one does not hold up the others."""
    require(caller(), "report.submit")
    submissions = json_body(request).get("submissions")
    if not isinstance(submissions, list) or not 1 <= len(submissions) <= MOST_AT_ONCE:
        raise Problem(
            "invalid-body",
            f"submissions 须为 1 到 {MOST_AT_ONCE} 份填报。",
            f"submissions must be a list of 1 to {MOST_AT_ONCE} filled forms.",
        )
    return jsonify({"results": [_submit_one(each) for each in submissions]})


def _submit_one(body: Any) -> dict[str, Any]:
    try:
        if not isinstance(body, dict) or not isinstance(body.get("id"), str):
            raise Problem("invalid-body", "每份填报须带 id。", "Each filled form must carry an id.")
        content = {name: value for name, value in body.items() if name != "id"}
        receipt, created = reporting.submit_report(engine(), caller(), body["id"], content)
    except Problem as problem:
        return {"status": problem.status, "problem": problem_document(problem, _language(), request.path, "")}
    return {"status": 201 if created else 200, "receipt": receipt_document(receipt, engine().zone)}


@calls.put("/submissions/<uuid:submission>/files/<name>")
def put_file(submission: object, name: str) -> tuple[Response, int]:
    """An attachment, before the form that names it; `X-Content-SHA256`, where sent, must be its digest."""
    stored = attachments.store_file(
        engine(),
        caller(),
        str(submission),
        name,
        cast(BinaryIO, request.stream),
        request.mimetype,
        request.headers.get("X-Content-SHA256"),
    )
    return _answer(stored), 201


@calls.get("/cases")
def list_cases() -> Response:
    """Cases by any filter, page by page in the order of their ids; with `order=due`, the most urgent alone."""
    limit = page_limit(request.args)
    query = case_query(request.args)
    if request.args.get("order", "id") not in ("id", "due"):
        raise Problem("invalid-query", "order 只能是 id 或 due", "order is id or due")
    if request.args.get("order") == "due":
        rows = cases.list_cases(engine(), caller(), **{**query, "after": None}, limit=limit)
        return jsonify({"cases": document(rows, engine().zone, _language()), "after": None})
    rows = cases.list_cases(engine(), caller(), **{"after": 0, **query}, limit=limit)
    return answer_page("cases", rows, _id, engine(), _language())


@calls.get("/cases/<int:case_id>")
def read_case(case_id: int) -> Response:
    """One case with its place, files, clocks, timeline and the commands possible now."""
    return _answer(cases.read_case(engine(), caller(), case_id))


@calls.get("/cases/<int:case_id>/events")
def read_events(case_id: int) -> Response:
    """What happened to a case, in order."""
    rows = cases.case_events(engine(), caller(), case_id)
    return answer_page("events", from_after(rows, _seq, request.args, _number), _seq, engine(), _language())


@calls.get("/cases/<int:case_id>/why")
def read_why(case_id: int) -> Response:
    """Why this office, this severity and these deadlines."""
    return _answer(cases.explain_case(engine(), caller(), case_id))


@calls.post("/cases/<int:case_id>/commands")
def post_command(case_id: int) -> Response:
    """Give one command; 409 names the states in which it is possible, `reason` what is against it."""
    body = json_body(request)
    command = body.pop("command", None)
    if not isinstance(command, str):
        raise Problem("invalid-body", "请写明 command。", "Say which command.")
    return _answer(handling.run_command(engine(), caller(), case_id, command, body))


@calls.post("/cases/commands")
def post_commands() -> Response:
    """Give one command to up to 200 cases; each has a result of its own, a refused one does not hold up the others."""
    require(caller(), "cases.command")
    body = json_body(request)
    command, wanted = body.pop("command", None), body.pop("cases", None)
    if not isinstance(command, str):
        raise Problem("invalid-body", "请写明 command。", "Say which command.")
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= MOST_AT_ONCE or not all(map(_is_id, wanted)):
        raise Problem(
            "invalid-body",
            f"cases 须为 1 到 {MOST_AT_ONCE} 个案件 id。",
            f"cases must be a list of 1 to {MOST_AT_ONCE} case ids.",
        )
    results = handling.run_commands(engine(), caller(), wanted, command, body)
    return jsonify({"results": [_result(each) for each in results]})


def _result(result: handling.CommandResult) -> dict[str, Any]:
    if result.problem is None:
        return {"case": result.case, "number": result.number, "status": 200, "state": result.state}
    problem = problem_document(result.problem, _language(), request.path, "")
    return {"case": result.case, "status": result.problem.status, "problem": problem}


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


@calls.get("/visits")
def list_visits() -> Response:
    """The caller's visits of a `day`, today if it is not given, and those that are late by then."""
    rows = visits.visits_of(engine(), caller(), read_day(request.args, "day", engine().now()))
    return answer_page("visits", from_after(rows, _id, request.args, _number), _id, engine(), _language())


@calls.get("/places")
def list_places() -> Response:
    """Places of the caller's areas: of one `kind`, with `search` in name or code."""
    limit = page_limit(request.args)
    rows = places.list_places(
        engine(),
        caller(),
        kind=request.args.get("kind") or None,
        search=request.args.get("search", ""),
        after=_number(request.args.get("after") or "0"),
        limit=limit,
    )
    return answer_page("places", rows, _id, engine(), _language())


@calls.get("/figures")
def read_figures() -> Response:
    """On time, overdue and at risk by department and town from `since` to `until`, both included; who holds what now."""
    since, until = read_period(request.args, engine().now())
    return jsonify(
        figures_document(board.read_board(engine(), caller(), since, until), engine().zone, _language())
    )


def _id(row: Any) -> int:
    return int(row.id)


def _seq(row: Any) -> int:
    return int(row.seq)


def _name(row: Any) -> str:
    return str(row.name)


def _number(text: str) -> int:
    return read_number("after", text)
