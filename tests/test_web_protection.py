"""What every answer carries against abuse, and what nobody can do to somebody else's session."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
import structlog
from flask import Flask
from sample_town import PASSWORD
from site_help import USER_OF, csrf_of, make_site, photo, put_report, sign_in

from gewu_platform.service.desk import board
from gewu_platform.service.engine import Engine
from gewu_platform.service.town import people

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)

TEMPLATES = Path(__file__).parent.parent / "platform/gewu_platform/web/templates"
PAGES = (
    "/sign-in",
    "/today",
    "/report",
    "/mine",
    "/items",
    "/items/sanitation.waste",
    "/notices",
    "/cases",
    "/nowhere",
)


@pytest.fixture
def site(engine: Engine) -> Flask:
    return make_site(engine)


@pytest.mark.usefixtures("dialect")
def test_no_template_writes_script_or_style_inline() -> None:
    for file in TEMPLATES.glob("*.html"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=|javascript:", text), file.name
        for script in re.findall(r"<script[^>]*>", text):
            assert " src=" in script or 'type="application/json"' in script, file.name


def test_every_page_is_under_the_strict_policy(site: Flask) -> None:
    client = sign_in(site, "worker1")
    for path in (*PAGES, "/healthz", "/api/v1/items", "/static/icon.svg"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy, path
        assert "unsafe" not in policy, path
        assert "object-src 'none'" in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["X-Frame-Options"] == "DENY", path
        assert headers["Referrer-Policy"] == "same-origin", path


def test_a_page_of_somebody_signed_in_is_kept_by_no_cache(site: Flask) -> None:
    client = sign_in(site, "worker1")
    for path in ("/today", "/api/v1/items"):
        assert client.get(path).headers["Cache-Control"] == "no-store"
    assert "no-store" not in client.get("/static/icon.svg").headers.get("Cache-Control", "")


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(engine: Engine) -> None:
    for secure in (False, True):
        site = make_site(engine, secure=secure)
        answer = site.test_client().get("/sign-in", base_url="https://gewu.example")
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert ("Secure" in cookie) == secure
        assert ("Strict-Transport-Security" in answer.headers) == secure
    assert make_site(engine, secure=True).test_client().get("/sign-in").location.startswith("https://")


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "evil",
    ],
)
def test_signing_in_leads_to_no_other_site(site: Flask, target: str) -> None:
    client = site.test_client()
    token = csrf_of(client.get("/sign-in"))
    answer = client.post(
        "/sign-in", data={"name": "worker1", "password": PASSWORD, "next": target, "csrf_token": token}
    )
    assert answer.location == "/today"


def test_signing_in_leads_back_to_where_one_wanted_to_go(site: Flask) -> None:
    client = site.test_client()
    asked = client.get("/cases?state=closed")
    assert asked.location == "/sign-in?next=/cases?state%3Dclosed"
    page = client.get(asked.location)
    assert 'value="/cases?state=closed"' in page.text
    answer = client.post(
        "/sign-in",
        data={
            "name": "worker1",
            "password": PASSWORD,
            "next": "/cases?state=closed",
            "csrf_token": csrf_of(page),
        },
    )
    assert answer.location == "/cases?state=closed"


def test_five_wrong_passwords_lock_the_account_and_the_page_says_so(site: Flask) -> None:
    client = site.test_client()
    token = csrf_of(client.get("/sign-in"))
    for _ in range(5):
        answer = client.post("/sign-in", data={"name": "worker1", "password": "wrong", "csrf_token": token})
        assert answer.status_code == 401
        assert "15 分钟" in answer.text
        assert 'value="worker1"' in answer.text
        assert "wrong" not in answer.text
    right = client.post("/sign-in", data={"name": "worker1", "password": PASSWORD, "csrf_token": token})
    assert right.status_code == 401


def test_trying_many_names_from_one_address_is_slowed_down(site: Flask) -> None:
    client = site.test_client()
    token = csrf_of(client.get("/sign-in"))
    statuses = [
        client.post("/sign-in", data={"name": f"n{number}", "password": "x", "csrf_token": token}).status_code
        for number in range(21)
    ]
    assert statuses[:20] == [401] * 20
    assert statuses[20] == 429
    answer = client.post("/sign-in", data={"name": "worker1", "password": PASSWORD, "csrf_token": token})
    assert "请等一分钟再试" in answer.text
    assert answer.headers["Retry-After"] == "60"
    assert client.get("/sign-in").status_code == 200


def test_a_session_ends_with_its_user_and_with_a_new_password(site: Flask, engine: Engine) -> None:
    first, second = sign_in(site, "worker1"), sign_in(site, "worker2")
    people.disable_user(engine, people.caller_named(engine, "roster1"), "worker1")
    assert first.get("/today").location.startswith("/sign-in")
    people.set_password(engine, people.caller_named(engine, "roster1"), "worker2", "another good one 9")
    assert second.get("/today").location.startswith("/sign-in")


def test_signing_out_ends_the_session_on_this_browser(site: Flask) -> None:
    client = sign_in(site, "worker1")
    assert client.post("/sign-out").location == "/sign-in"
    assert client.get("/today").location.startswith("/sign-in")


def test_an_uploaded_file_is_never_a_page(site: Flask) -> None:
    client = sign_in(site, "worker1")
    case = put_report(client).json["cases"][0]["id"]
    kept = client.get(f"/api/v1/cases/{case}").json["photos"][0]["sha256"]
    answer = client.get(f"/files/{kept}")
    assert answer.data == photo()
    assert answer.mimetype == "image/jpeg"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "private" in answer.headers["Cache-Control"]
    assert "public" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "content", [b"<html><script>alert(1)</script>", b"<svg xmlns='http://www.w3.org/2000/svg'/>"]
)
def test_markup_is_not_taken_as_a_photo(site: Flask, content: bytes) -> None:
    client = sign_in(site, "worker1")
    address = "/api/v1/submissions/9b2c5a4e-3a51-4f9c-8d5c-0d6b7f1b9a10/files/shot-1.jpg"
    answer = client.put(address, data=content, content_type="image/jpeg")
    assert answer.status_code == 415
    assert answer.json["code"] == "wrong-type"


def test_a_body_that_is_too_large_is_refused_before_it_is_read(site: Flask) -> None:
    client = sign_in(site, "worker1")
    address = "/api/v1/submissions/9b2c5a4e-3a51-4f9c-8d5c-0d6b7f1b9a10"
    for path in (address, f"{address}/files/shot-1.jpg"):
        answer = client.put(path, data=b"0" * (12 * 2**20 + 1), content_type="image/jpeg")
        assert answer.status_code == 413, path
        assert answer.mimetype == "application/problem+json"
        assert answer.json["code"] == "too-large"


def test_an_unforeseen_error_shows_its_number_and_nothing_else(
    site: Flask, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: object) -> None:
        raise ZeroDivisionError("the secret inside")

    client = sign_in(site, "supervisor1")
    monkeypatch.setattr(board, "read_board", fail)
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        page = client.get("/board", headers={"X-Request-ID": "req-7"})
        document = client.get("/api/v1/figures")
    assert page.status_code == document.status_code == 500
    assert page.headers["X-Request-ID"] == "req-7"
    assert "req-7" in page.text
    assert document.mimetype == "application/problem+json"
    assert document.json["code"] == "unexpected"
    assert document.json["request_id"] == document.headers["X-Request-ID"]
    for answer in (page, document):
        assert "secret" not in answer.text
        assert "Traceback" not in answer.text
    assert {entry["request_id"] for entry in logs} == {"req-7", document.headers["X-Request-ID"]}
    assert [entry["event"] for entry in logs].count("unexpected") == 2


def test_a_request_id_from_outside_is_kept_only_where_it_is_plain(site: Flask) -> None:
    client = site.test_client()
    assert client.get("/healthz", headers={"X-Request-ID": "a-1._Z"}).headers["X-Request-ID"] == "a-1._Z"
    for strange in ("a b", "x" * 65, "<b>"):
        given = client.get("/healthz", headers={"X-Request-ID": strange}).headers["X-Request-ID"]
        assert re.fullmatch(r"[0-9a-f]{16}", given)


def test_an_address_with_a_nul_in_it_is_refused_and_never_reaches_the_database(site: Flask) -> None:
    client = sign_in(site, "supervisor1")
    for path in ("/items/%00", "/cases?department=%00", "/api/v1/places?search=a%00b"):
        assert client.get(path).status_code == 400, path
    worker = sign_in(site, "worker1")
    sent = worker.post("/report/sanitation.litter", data={"note": "a\0b"})
    assert sent.status_code == 400


def test_an_id_no_database_can_hold_is_not_there(site: Flask) -> None:
    client = sign_in(site, "supervisor1")
    for path in (f"/cases/{10**30}", f"/api/v1/cases/{10**30}/events"):
        assert client.get(path).status_code == 404, path


@pytest.mark.parametrize("role", sorted(USER_OF))
def test_every_role_lands_on_a_page_of_its_own(site: Flask, role: str) -> None:
    client = sign_in(site, USER_OF[role])
    landing = client.get("/").location
    if not landing.startswith("/admin"):
        assert client.get(landing).status_code == 200


def test_pages_are_packed_for_whoever_can_unpack_them(site: Flask) -> None:
    client = sign_in(site, "worker1")
    plain = client.get("/report")
    packed = client.get("/report", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data) / 2
    assert "道路垃圾" in gzip.decompress(packed.data).decode()
    assert "Accept-Encoding" in packed.vary
    assert "Accept-Encoding" in plain.vary
