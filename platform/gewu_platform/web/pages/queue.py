"""The centre's queue: what waits to be accepted, filed, dispatched, checked or closed in the caller's areas."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_login import login_required

from gewu_platform.api.current import caller, engine
from gewu_platform.core.naming import STATE_WORDS
from gewu_platform.service import cases

pages = Blueprint("queue", __name__)

PAGE = 100
WAITING = {
    "acceptor": ("reported", "accepted", "returned", "handled", "verified"),
    "dispatcher": ("filed", "returned"),
}
"""The states in which a case waits for each role of a centre; others look at what the acceptor sees."""


@pages.get("/queue")
@login_required
def queue() -> str:
    """One section for each state that waits for this role, most urgent first."""
    states = WAITING.get(caller().role, WAITING["acceptor"])
    sections = [
        (state, STATE_WORDS[state], cases.list_cases(engine(), caller(), state=state, limit=PAGE + 1))
        for state in states
    ]
    return render_template("queue.html", sections=sections, page=PAGE)
