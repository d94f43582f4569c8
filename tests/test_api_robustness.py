"""Whatever a caller sends, the answer is an answer: taken or refused with a problem document, never a failure inside."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from site_help import make_site, put_report, with_token

from gewu_platform.core.duties import DUTIES
from gewu_platform.service.engine import Engine
from gewu_platform.service.loop.command_arguments import ARGUMENTS

MANY = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=True, allow_infinity=True)
    | st.text(max_size=12)
    | st.sampled_from(
        ["mixed", "none", "yes", "shop-1", "g1", "2026-03-02T09:00:00+08:00", "0001-01-01", "9" * 400]
    )
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
QUESTIONS = st.sampled_from(["bins", "weight", "shot", "lid", "owner_phone", "note", "finding", ""])
BODIES = st.fixed_dictionaries(
    {"answers": st.dictionaries(QUESTIONS, VALUES, max_size=6) | VALUES},
    optional={
        "item": st.sampled_from(["sanitation.waste", "sanitation.litter", "no.such"]) | VALUES,
        "version": VALUES,
        "place": st.sampled_from(["shop-1", "shop-4", "nowhere"]) | VALUES,
        "grid": st.sampled_from(["g1", "g4", "north"]) | VALUES,
        "location": st.fixed_dictionaries({"lon": VALUES, "lat": VALUES}) | VALUES,
        "reported_at": VALUES,
        "files": VALUES,
        "add_to": st.dictionaries(st.sampled_from(["mixed", "pile", ""]), VALUES, max_size=2) | VALUES,
        "more": VALUES,
    },
)


@pytest.fixture
def client(engine: Engine) -> Any:
    return with_token(make_site(engine), engine, "worker1")


def is_answered(answer: Any) -> None:
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.mimetype == "application/problem+json"
        assert answer.json["status"] == answer.status_code
        assert answer.json["detail"]


@MANY
@given(body=BODIES)
@example(
    body={"item": "sanitation.litter", "grid": "g1", "answers": {"finding": "pile", "shot": ["a\ud800"]}}
)
def test_any_report_is_taken_or_refused(client: Any, body: dict[str, Any]) -> None:
    address = f"/api/v1/submissions/{uuid4()}"
    first = client.put(address, data=json.dumps(body), content_type="application/json")
    is_answered(first)
    again = client.put(address, data=json.dumps(body), content_type="application/json")
    assert again.status_code == (200 if first.status_code == 201 else first.status_code)


@MANY
@given(
    command=st.sampled_from(sorted(DUTIES)) | VALUES,
    arguments=st.dictionaries(st.sampled_from([*sorted(ARGUMENTS), "more"]), VALUES, max_size=4),
)
def test_any_command_is_done_or_refused(
    engine: Engine, client: Any, command: Any, arguments: dict[str, Any]
) -> None:
    case = put_report(client).json["cases"][0]["id"]
    acceptor = with_token(client.application, engine, "acceptor1")
    body = json.dumps({**arguments, "command": command})
    is_answered(acceptor.post(f"/api/v1/cases/{case}/commands", data=body, content_type="application/json"))


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@MANY
@given(
    cases=st.lists(st.integers(0, 2**70) | VALUES, max_size=4) | VALUES,
    command=st.sampled_from(["accept", "merge", "urge"]) | VALUES,
    into=VALUES,
)
def test_any_batch_is_done_or_refused(
    engine: Engine, client: Any, cases: Any, command: Any, into: Any
) -> None:
    acceptor = with_token(client.application, engine, "acceptor1")
    body = json.dumps({"command": command, "cases": cases, "into": into, "reason": "重复"})
    answer = acceptor.post("/api/v1/cases/commands", data=body, content_type="application/json")
    is_answered(answer)
    for result in answer.json.get("results", ()):
        assert result["status"] < 500


@MANY
@given(
    path=st.sampled_from(["cases", "places", "visits", "items", "figures"]),
    query=st.dictionaries(
        st.sampled_from(
            [
                "limit",
                "after",
                "state",
                "town",
                "overdue",
                "closed_since",
                "search",
                "day",
                "since",
                "order",
                "task",
                "late",
                "severity",
                "item",
                "escalated_to",
            ]
        ),
        st.text(max_size=10)
        | st.integers().map(str)
        | st.sampled_from(["2026-03-02", "0", "1", "9999-12-31T23:59"]),
        max_size=3,
    ),
)
def test_any_question_is_answered(engine: Engine, client: Any, path: str, query: dict[str, str]) -> None:
    asking = "&".join(f"{name}={quote(text, errors='surrogatepass')}" for name, text in query.items())
    caller = with_token(client.application, engine, "supervisor1")
    is_answered(caller.get(f"/api/v1/{path}?{asking}"))


@MANY
@given(
    content=st.binary(max_size=200) | st.binary(max_size=60).map(lambda tail: b"\xff\xd8\xff" + tail),
    name=st.text(min_size=1, max_size=20),
)
def test_any_bytes_are_kept_as_a_file_or_refused(client: Any, content: bytes, name: str) -> None:
    address = f"/api/v1/submissions/{uuid4()}/files/{quote(name, safe='', errors='replace')}"
    is_answered(client.put(address, data=content, content_type="image/jpeg"))
