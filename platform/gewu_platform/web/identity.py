"""Who is behind a request: a signed-in session, or an API token."""

from __future__ import annotations

from flask import Flask, Response, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin
from flask_wtf.csrf import CSRFProtect

from gewu_platform.api.current import engine, wants_json
from gewu_platform.service.caller import Caller
from gewu_platform.service.problems import Problem
from gewu_platform.service.town import people

csrf = CSRFProtect()
CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class SignedIn(UserMixin):
    """A caller as flask-login keeps it; the session holds the user's id and session key, never a role."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller

    def get_id(self) -> str:
        return f"{self.caller.id}:{self.caller.session_key}"


def init_identity(site: Flask) -> None:
    """Sessions through flask-login, CSRF on everything a cookie could authorise."""
    manager = LoginManager(site)
    manager.session_protection = "basic"  # a phone changes its address as it moves between cells
    manager.user_loader(_load)
    manager.unauthorized_handler(ask_to_sign_in)
    site.before_request(_read_token)
    site.config["WTF_CSRF_CHECK_DEFAULT"] = False
    site.config["WTF_CSRF_HEADERS"] = ["X-CSRFToken"]
    site.config["WTF_CSRF_SSL_STRICT"] = False  # no referrer reaches us from some phones' browsers
    # A token lives as long as its session: a form may stay open for a whole round.
    site.config["WTF_CSRF_TIME_LIMIT"] = None
    csrf.init_app(site)
    site.before_request(_guard_cookies)


def _load(session_id: str) -> SignedIn | None:
    user_id, _, key = session_id.partition(":")
    if not user_id.isdigit():
        return None
    try:
        return SignedIn(people.caller_of(engine(), int(user_id), key))
    except Problem:
        return None


def ask_to_sign_in() -> Response:
    """To the sign-in page and back; a Problem for programs."""
    if wants_json():
        raise Problem("not-signed-in")
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("entrance.sign_in", next=back))  # type: ignore[return-value]


def _read_token() -> None:
    header = request.headers.get("Authorization", "")
    if header.startswith("Bearer "):
        g.token_caller = people.caller_of_token(engine(), header.removeprefix("Bearer ").strip())


def _guard_cookies() -> None:
    """A token cannot be sent by a foreign page, a cookie can: only the latter needs the CSRF check."""
    if request.method not in CHANGES or g.get("token_caller") is not None:
        return
    if request.blueprint == "api" and "_user_id" not in session:
        return  # no cookie to ride on: the call itself asks who is calling
    csrf.protect()
