"""The stack one would write in an afternoon, for `bench_ingest`: Flask, Pony and jsonschema, one route, four tables.

It takes the same reports, checks them against the same published schema, decides by an `if`, counts workdays one by
one, and commits as durably (WAL, synchronous FULL) before it answers. It has no rights beyond the token, no grids,
no journal chain, no timers, no outbox, no headers, no log.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import waitress
from flask import Flask, Response, jsonify, request
from jsonschema import Draft202012Validator
from pony.orm import Database, PrimaryKey, Required, Set, db_session

from gewu_dsl.emit.json_schema import answers_schema
from gewu_item_catalog.catalogue import load_catalogue

PACKS = Path(__file__).parent.parent / "packs"
THREADS = 8
TOKEN = "plain-token"
NOW = datetime(2026, 3, 2, 9, 0)
ACCEPT = timedelta(minutes=30)
"""Handling is foreseen from the end of what accepting may take."""

db = Database()


class User(db.Entity):
    name = Required(str)
    token = Required(str, unique=True)
    submissions = Set("Submission")


class Submission(db.Entity):
    id = PrimaryKey(str)
    user = Required(User)
    item = Required(str)
    place = Required(str)
    answers = Required(str)
    receipt = Required(str)
    received_at = Required(datetime)
    cases = Set("Case")


class Case(db.Entity):
    submission = Required(Submission)
    finding = Required(str)
    severity = Required(str)
    office = Required(str)
    state = Required(str)
    due_at = Required(datetime, index=True)
    events = Set("Event")


class Event(db.Entity):
    case = Required(Case)
    kind = Required(str)
    at = Required(datetime)


def main(folder: Path) -> None:
    @db.on_connect(provider="sqlite")
    def durable(_: Database, connection: object) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")

    db.bind(provider="sqlite", filename=str(folder / "plain.sqlite"), create_db=True, timeout=30)
    db.generate_mapping(create_tables=True)
    with db_session:
        User(name="worker1", token=hashlib.sha256(TOKEN.encode()).hexdigest())
    item = load_catalogue([PACKS]).items["sanitation.waste"].item
    server = waitress.create_server(
        _site(Draft202012Validator(answers_schema(item))), host="127.0.0.1", port=0, threads=THREADS
    )
    sys.__stdout__.write(json.dumps({"port": server.effective_port, "token": TOKEN}) + "\n")
    sys.__stdout__.flush()
    server.run()


def _site(validator: Draft202012Validator) -> Flask:
    site = Flask(__name__)

    @site.put("/submissions/<uuid:submission>")
    def put(submission: object) -> tuple[Response, int]:
        body = request.get_json()
        faults = [error.message for error in validator.iter_errors(body["answers"])]
        if faults:
            return jsonify(errors=faults), 422
        # The lock first: a reader that turns writer loses against another writer.
        with db_session(immediate=True):
            return _take_in(str(submission), body)

    @site.get("/bench/spent")
    def spent() -> Response:
        return jsonify(time.process_time())

    return site


def _take_in(uuid: str, body: dict[str, object]) -> tuple[Response, int]:
    secret = request.headers["Authorization"].removeprefix("Bearer ")
    user = User.get(token=hashlib.sha256(secret.encode()).hexdigest())
    if user is None:
        return jsonify(error="who are you"), 401
    known = Submission.get(id=uuid)
    if known is not None:
        return jsonify(json.loads(known.receipt)), 200
    decided = _decide(body["answers"])
    cases = [
        {
            "finding": finding,
            "severity": severity,
            "office": office,
            "due": {"handle": due.isoformat() + "+08:00"},
        }
        for finding, severity, office, due in decided
    ]
    receipt = {"id": uuid, "cases": cases}
    submission = Submission(
        id=uuid, user=user, item=body["item"], place=body["place"], answers=json.dumps(body["answers"]),
        receipt=json.dumps(receipt), received_at=NOW,
    )  # fmt: skip
    for finding, severity, office, due in decided:
        case = Case(
            submission=submission,
            finding=finding,
            severity=severity,
            office=office,
            state="reported",
            due_at=due,
        )
        Event(case=case, kind="reported", at=NOW)
    return jsonify(receipt), 201


def _decide(answers: dict[str, object]) -> list[tuple[str, str, str, datetime]]:
    found = []
    if answers["bins"] == "none":
        found.append(("missing", "minor", "sanitation.station", NOW + ACCEPT + timedelta(hours=2)))
    if answers["lid"] == "no":
        found.append(("lid", "minor", "community", _workdays(NOW + ACCEPT, 3)))
    return found


def _workdays(start: datetime, days: int) -> datetime:
    """From nine in the morning `days` workdays on; good enough for this bench's own clock."""
    while days:
        start += timedelta(days=1)
        days -= start.weekday() < 5
    return start


if __name__ == "__main__":
    main(Path(sys.argv[1]))
