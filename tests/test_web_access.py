"""Who may open what: every route of the site with every role and without one, against the table written here."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from site_help import USER_OF, csrf_of, make_site, put_report, sign_in, with_token

from gewu_platform.service.engine import Engine

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)

OPEN = "open"
EVERYBODY = frozenset(USER_OF)
READERS = frozenset({"worker", "handler", "acceptor", "dispatcher", "supervisor", "auditor"})
WORKER = frozenset({"worker"})
GIVERS = frozenset({"worker", "handler", "acceptor", "dispatcher", "supervisor"})
CENTRE = frozenset({"acceptor", "dispatcher", "supervisor", "auditor"})
VISITORS = WORKER | CENTRE
STORERS = frozenset({"worker", "handler", "acceptor"})

ACCESS: dict[str, Any] = {
    "GET /": OPEN,
    "GET /healthz": OPEN,
    "GET /readyz": OPEN,
    "GET /metrics": OPEN,
    "GET /sign-in": OPEN,
    "POST /sign-in": OPEN,
    "POST /sign-out": OPEN,
    "POST /language/<chosen>": OPEN,
    "GET /static/<path:filename>": OPEN,
    "GET /api/v1/openapi.json": OPEN,
    "GET /today": VISITORS,
    "GET /report": WORKER,
    "GET /report/<item>": WORKER,
    "POST /report/<item>": WORKER,
    "GET /receipts/<submission>": VISITORS,
    "GET /mine": VISITORS,
    "GET /items": EVERYBODY,
    "GET /items/<name>": EVERYBODY,
    "GET /items/<name>/sheet": EVERYBODY,
    "GET /items/<name>/<version>/conditions.js": EVERYBODY,
    "POST /items/<name>/preview": WORKER,
    "GET /inbox": READERS,
    "GET /cases": READERS,
    "GET /cases/<int:case_id>": READERS,
    "GET /cases/<int:case_id>/notice": READERS,
    "POST /cases/<int:case_id>/commands/<command>": GIVERS,
    "POST /cases/commands/<command>": GIVERS,
    "GET /files/<sha256>": READERS,
    "GET /queue": READERS,
    "GET /board": CENTRE,
    "GET /notices": EVERYBODY,
    "GET /notices/<int:notice_id>": EVERYBODY,
    "POST /notices/read": EVERYBODY,
    "GET /api/v1/items": EVERYBODY,
    "GET /api/v1/items/<name>": EVERYBODY,
    "GET /api/v1/items/<name>/schema": EVERYBODY,
    "PUT /api/v1/submissions/<uuid:submission>": WORKER,
    "POST /api/v1/submissions": WORKER,
    "PUT /api/v1/submissions/<uuid:submission>/files/<name>": STORERS,
    "GET /api/v1/cases": READERS,
    "GET /api/v1/cases/<int:case_id>": READERS,
    "GET /api/v1/cases/<int:case_id>/events": READERS,
    "GET /api/v1/cases/<int:case_id>/why": READERS,
    "POST /api/v1/cases/<int:case_id>/commands": GIVERS,
    "POST /api/v1/cases/commands": GIVERS,
    "GET /api/v1/visits": VISITORS,
    "GET /api/v1/places": READERS | {"roster"},
    "GET /api/v1/figures": CENTRE,
}
"""Route → open, or the roles that may. A route that is not here fails the first test."""

ARGUMENTS = {
    "<chosen>": "zh",
    "<path:filename>": "icon.svg",
    "<item>": "sanitation.litter",
    "<name>": "sanitation.litter",
    "<version>": "none",
    "<submission>": str(uuid4()),
    "<uuid:submission>": str(uuid4()),
    "<int:case_id>": "999",
    "<int:notice_id>": "999",
    "<command>": "accept",
    "<sha256>": "0" * 64,
}


@pytest.fixture
def site(engine: Engine) -> Flask:
    return make_site(engine)


def routes(site: Flask) -> list[str]:
    return sorted(
        f"{method} {rule.rule}"
        for rule in site.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    )


def call(client: FlaskClient, route: str) -> Any:
    method, path = route.split()
    for argument, value in ARGUMENTS.items():
        path = path.replace(argument, value)
    body = {"json": {"command": "accept", "answers": {}}} if "/api/" in path or "preview" in path else {}
    if path == "/api/v1/submissions":
        body = {"json": {"submissions": [{"id": str(uuid4())}]}}
    return client.open(path, method=method, **(body if method != "GET" else {}))


def test_every_route_stands_in_the_table(site: Flask) -> None:
    assert routes(site) == sorted(ACCESS)


def test_without_signing_in_only_open_routes_answer(site: Flask) -> None:
    token = csrf_of(site.test_client().get("/sign-in"))
    assert token
    for route in routes(site):
        client = site.test_client()
        client.environ_base["HTTP_X_CSRFTOKEN"] = csrf_of(client.get("/sign-in"))
        answer = call(client, route)
        if ACCESS[route] == OPEN:
            assert answer.status_code in (200, 302, 401), route  # 401: a sign-in without a name
        elif "/api/" in route:
            assert answer.status_code == 401, route
            assert answer.json["code"] == "not-signed-in"
        else:
            assert answer.status_code == 302, route
            assert answer.location.startswith("/sign-in"), route


@pytest.mark.parametrize("role", sorted(USER_OF))
def test_a_role_reaches_exactly_its_routes(site: Flask, role: str) -> None:
    client = sign_in(site, USER_OF[role])
    for route in routes(site):
        if ACCESS[route] == OPEN:
            continue
        status = call(client, route).status_code
        assert status not in (401, 500), f"{route}: {status}"
        assert (status != 403) == (role in ACCESS[route]), f"{role} {route}: {status}"


@pytest.mark.parametrize("role", sorted(USER_OF))
def test_a_token_reaches_what_its_user_reaches_and_needs_no_csrf(
    site: Flask, engine: Engine, role: str
) -> None:
    client = with_token(site, engine, USER_OF[role])
    for route in routes(site):
        if "/api/" not in route or ACCESS[route] == OPEN:
            continue
        status = call(client, route).status_code
        assert status not in (400, 401, 500), f"{route}: {status}"
        assert (status != 403) == (role in ACCESS[route]), f"{role} {route}: {status}"


def test_no_change_by_cookie_without_its_csrf_token(site: Flask) -> None:
    client = sign_in(site, "worker1")
    changing = [route for route in routes(site) if not route.startswith("GET")]
    assert len(changing) >= 10
    for given in (None, "forged"):
        if given is None:
            client.environ_base.pop("HTTP_X_CSRFTOKEN")
        else:
            client.environ_base["HTTP_X_CSRFTOKEN"] = given
        for route in changing:
            answer = call(client, route)
            assert answer.status_code == 400, route
            if "/api/" in route:
                assert answer.json["code"] == "csrf"


def test_a_token_of_another_session_does_not_serve(site: Flask) -> None:
    mine, other = sign_in(site, "worker1"), sign_in(site, "worker2")
    mine.environ_base["HTTP_X_CSRFTOKEN"] = other.environ_base["HTTP_X_CSRFTOKEN"]
    assert mine.post("/notices/read").status_code == 400


def test_what_lies_outside_ones_areas_is_not_there(site: Flask) -> None:
    worker = sign_in(site, "worker1")
    sent = put_report(worker)
    case = sent.json["cases"][0]["id"]
    picture = worker.get(f"/api/v1/cases/{case}").json["photos"][0]["sha256"]
    for name in ("worker3", "handler4", "acceptor2"):
        client = sign_in(site, name)
        for path in (
            f"/cases/{case}",
            f"/api/v1/cases/{case}",
            f"/files/{picture}",
            f"/receipts/{sent.json['id']}",
        ):
            status = client.get(path).status_code
            assert status in (403, 404), f"{name} {path}"
        given = client.post(f"/api/v1/cases/{case}/commands", json={"command": "accept"})
        assert given.status_code == 404, name
    assert worker.get(f"/files/{picture}").status_code == 200
