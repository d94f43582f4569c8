"""Signing in and out, the way home, and the language of the pages."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response

from gewu_platform.api.current import caller_or_none, engine
from gewu_platform.service.problems import Problem
from gewu_platform.service.town import people
from gewu_platform.web.forms import posted_texts
from gewu_platform.web.identity import SignedIn
from gewu_platform.web.menu import landing_of
from gewu_platform.web.words import LANGUAGES

pages = Blueprint("entrance", __name__)


@pages.get("/")
def home() -> Response:
    """Each role begins where its work is."""
    person = caller_or_none()
    return redirect(landing_of(person) if person else url_for("entrance.sign_in"))


@pages.get("/sign-in")
def sign_in() -> str | Response:
    if caller_or_none() is not None:
        return redirect(url_for("entrance.home"))
    return render_template("sign_in.html", name="", next=request.args.get("next", ""), problem=None)


@pages.post("/sign-in")
def enter() -> Response | tuple[str, int]:
    """Sign in; a refusal says on the page what happens after several of them."""
    texts = posted_texts()
    name, target = texts.get("name", "").strip(), texts.get("next", "")
    try:
        caller = people.sign_in(engine(), name, texts.get("password", ""), request.remote_addr or "")
    except Problem as problem:
        return render_template("sign_in.html", name=name, next=target, problem=problem), problem.status
    chosen = session.get("language")
    session.clear()
    if chosen in LANGUAGES:
        session["language"] = chosen
        people.set_language(engine(), caller, chosen)
    session.permanent = True
    login_user(SignedIn(caller))
    return redirect(safe_target(target) or landing_of(caller))


@pages.post("/sign-out")
def sign_out() -> Response:
    logout_user()
    session.clear()
    return redirect(url_for("entrance.sign_in"))


@pages.post("/language/<chosen>")
def choose_language(chosen: str) -> Response:
    if chosen not in LANGUAGES:
        raise Problem("not-found")
    session["language"] = chosen
    person = caller_or_none()
    if person is not None:
        people.set_language(engine(), person, chosen)
    return redirect(safe_target(request.form.get("next", "")) or url_for("entrance.home"))


def safe_target(target: str) -> str | None:
    """`target` if it is a path of this site; a redirect elsewhere is how people are fished."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    return target
