"""What lies on the desks: a handler's inbox, the queue of a centre, and several cases commanded at once."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask_babel import gettext
from flask_login import login_required

from gewu_platform.api.current import caller, engine
from gewu_platform.core.naming import STATE_WORDS
from gewu_platform.core.words import Words
from gewu_platform.service.desk import cases, task_lists
from gewu_platform.service.loop import handling
from gewu_platform.service.permissions import require
from gewu_platform.service.problems import Problem
from gewu_platform.service.views import CaseRow
from gewu_platform.web.forms import posted_texts

pages = Blueprint("desks", __name__)

INBOX = 500
PAGE = 100
WAITING = {
    "acceptor": ("reported", "accepted", "returned", "handled", "settled", "verified"),
    "dispatcher": ("filed", "returned"),
}
"""The states in which a case waits for each role of a centre; others look at what the acceptor sees."""

BATCHED = {
    "reported": "accept",
    "accepted": "file",
    "filed": "dispatch",
    "verified": "close",
    "settled": "close",
}
"""The command that a centre gives to many cases of a state at once: as a rule nothing is to be added to it."""

BATCHABLE = frozenset({*BATCHED.values(), "urge"})
LONGEST_ID = 19
"""Digits of the largest id there can be."""


@dataclass(frozen=True, slots=True)
class Section:
    """The cases of one state, the command for many of them if there is one, and what to look out for, by case."""

    state: str
    words: Words
    cases: list[CaseRow]
    command: str | None
    hints: dict[int, str]


@pages.get("/inbox")
@login_required
def inbox() -> str:
    """What a handler's offices have to do, what runs out first at the top."""
    who = caller()
    held = cases.list_cases(engine(), who, step="handle", limit=INBOX)
    return render_template(
        "inbox.html",
        orders=task_lists.open_tasks(engine(), who, ["urge"]),
        cases=[case for case in held if case.state != "parked" and _mine(case)],
        parked=[case for case in held if case.state == "parked" and _mine(case)],
        assisting=task_lists.open_tasks(engine(), who, ["assist"]),
        asked=task_lists.awaited_tasks(engine(), who, ["extend", "park", "appeal"]),
        answered=task_lists.answered_tasks(engine(), who, ["extend", "park"]),
    )


@pages.get("/queue")
@login_required
def queue() -> str:
    """Requests to decide, then one section for each state that waits for this role, most urgent first; checks at the end."""
    who = caller()
    states = WAITING.get(who.role, WAITING["acceptor"])
    return render_template(
        "queue.html",
        sections=[_section(state) for state in states],
        page=PAGE,
        orders=task_lists.open_tasks(engine(), who, ["urge"]),
        requests=task_lists.open_tasks(engine(), who, ["extend", "park", "appeal"]),
        checks=task_lists.awaited_tasks(engine(), who, ["pre_check", "post_check"]),
        answered=task_lists.answered_tasks(engine(), who, ["pre_check", "post_check"]),
    )


@pages.post("/cases/commands/<command>")
@login_required
def batch(command: str) -> str:
    """Give one command to each chosen case, and say of each what came of it; one refusal holds up no other."""
    require(caller(), "cases.command")
    if command not in BATCHABLE:
        raise Problem("not-found")
    chosen = [
        int(text)
        for text in request.form.getlist("case")
        if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID
    ]
    texts = {name: text for name, text in posted_texts().items() if name in ("note", "reason")}
    results = handling.run_commands(engine(), caller(), chosen, command, texts)
    rows = task_lists.cases_among(engine(), caller(), [each.case for each in results])
    return render_template("batch.html", command=command, results=results, rows=rows, texts=texts)


def _section(state: str) -> Section:
    rows = cases.list_cases(engine(), caller(), state=state, limit=PAGE + 1)
    doubtful = rows[:PAGE] if state in ("reported", "accepted") else []
    command = BATCHED.get(state) if caller().role in ("acceptor", "dispatcher") else None
    alike = task_lists.count_alike(engine(), caller(), doubtful)
    hints = {
        case: gettext("同一处同样的问题还有 %(count)s 件在办", count=count) for case, count in alike.items()
    }
    return Section(state, STATE_WORDS[state], rows, command, hints)


def _mine(case: CaseRow) -> bool:
    """Whether the case lies with an office of the caller; they also see those they only assist."""
    return caller().role != "handler" or case.office in caller().offices
