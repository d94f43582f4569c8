"""What a view asks the running request for: the engine and who is calling."""

from __future__ import annotations

from typing import cast

from flask import current_app, g, request
from flask_login import current_user

from gewu_platform.service.caller import Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.problems import Problem


def engine() -> Engine:
    """The engine this site runs on."""
    return cast(Engine, current_app.extensions["gewu_engine"])


def caller() -> Caller:
    """Who is calling, by session or by token; Problem `not-signed-in` when nobody is."""
    token_caller = g.get("token_caller")
    if token_caller is not None:
        return cast(Caller, token_caller)
    if not current_user.is_authenticated:
        raise Problem("not-signed-in")
    return cast(Caller, current_user.caller)


def caller_or_none() -> Caller | None:
    """Who is calling, or None before signing in."""
    try:
        return caller()
    except Problem:
        return None


def wants_json() -> bool:
    """Whether the answer is for a program: anything under /api, or a client that asks for JSON only."""
    return request.path.startswith("/api/") or (
        "application/json" in request.accept_mimetypes.values() and not request.accept_mimetypes.accept_html
    )
