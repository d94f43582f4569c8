"""What every answer carries against abuse: security headers, hardened cookies, rate limits."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, g, request, session
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_talisman import Talisman

from gewu_platform.service.problems import Problem

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
"""No inline script, no inline style, nothing from elsewhere."""

SMALL, LARGE = 12 * 2**20, 64 * 2**20
"""Bytes a request may have: one file or any body; and a form that brings several files."""

WITH_FILES = frozenset({"worker.send", "cases.command"})
"""Endpoints that take forms with several files."""

EVERYTHING, SIGNING_IN = "6000 per minute", "20 per minute"


def init_protection(site: Flask, *, secure: bool) -> None:
    """Headers on every answer; `secure` adds HTTPS redirects, HSTS and the Secure mark on cookies."""
    site.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_NAME="gewu",
        PERMANENT_SESSION_LIFETIME=12 * 3600,
    )
    Talisman(
        site,
        force_https=secure,
        strict_transport_security=secure,
        session_cookie_secure=secure,
        frame_options="DENY",
        content_security_policy=None,
        referrer_policy="same-origin",
        permissions_policy={"geolocation": "(self)", "camera": "(self)", "microphone": "(self)"},
    )
    site.after_request(_set_policy)
    site.before_request(_bound_request)


def init_limits(site: Flask) -> None:
    """Rate limits, once the routes are there: by person where one is signed in, else by address."""
    limiter = Limiter(_counted_as, app=site, default_limits=[EVERYTHING], storage_uri="memory://")
    limiter.request_filter(_is_cheap)
    by_address = limiter.limit(SIGNING_IN, key_func=get_remote_address, override_defaults=False)
    views: dict[str, Any] = site.view_functions
    views["entrance.enter"] = by_address(views["entrance.enter"])


def _set_policy(response: Response) -> Response:
    """What a view said about itself stands: stored files are under a stricter policy."""
    response.headers.setdefault("Content-Security-Policy", POLICY)
    if request.endpoint != "static" and "Cache-Control" not in response.headers:
        response.cache_control.no_store = True
    return response


def _bound_request() -> None:
    """Bound the body before anything reads it, and refuse NUL, which no database keeps in a text."""
    request.max_content_length = LARGE if request.endpoint in WITH_FILES else SMALL
    texts = [request.path, *(text for pair in request.args.items(multi=True) for text in pair)]
    if any("\0" in text for text in texts):
        raise Problem(
            "invalid-request", "地址里有不能使用的字符。", "The address contains an unusable character."
        )


def _counted_as() -> str:
    """A person by session or token; a stranger by address."""
    token_caller = g.get("token_caller")
    return str(session.get("_user_id") or (token_caller and token_caller.id) or get_remote_address())


def _is_cheap() -> bool:
    return request.path.startswith(("/static/", "/healthz", "/readyz", "/metrics"))
