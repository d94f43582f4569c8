"""The in-app inbox of reminders and escalations."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from gewu_platform.api.current import caller, engine
from gewu_platform.service.problems import Problem
from gewu_platform.service.telling import notices

pages = Blueprint("notices", __name__)


@pages.get("/notices")
@login_required
def inbox() -> str:
    return render_template("notices.html", notices=notices.notices_of(engine(), caller()))


@pages.get("/notices/<int:notice_id>")
@login_required
def read_one(notice_id: int) -> Response:
    """The case that one of the newest notices is about; the notice counts as read from then on."""
    found = [each for each in notices.notices_of(engine(), caller()) if each.id == notice_id]
    if not found:
        raise Problem("not-found")
    notices.mark_read(engine(), caller(), notice_id)
    case = found[0].case_id
    return redirect(url_for("cases.case", case_id=case) if case else url_for("notices.inbox"))


@pages.post("/notices/read")
@login_required
def read_all() -> Response:
    notices.mark_read(engine(), caller())
    return redirect(url_for("notices.inbox"), 303)
