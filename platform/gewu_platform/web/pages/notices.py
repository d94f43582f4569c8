"""The in-app inbox of reminders and escalations."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from gewu_platform.api.current import caller, engine
from gewu_platform.service import notices

pages = Blueprint("notices", __name__)


@pages.get("/notices")
@login_required
def inbox() -> str:
    return render_template("notices.html", notices=notices.notices_of(engine(), caller()))


@pages.post("/notices/read")
@login_required
def read_all() -> Response:
    notices.mark_read(engine(), caller())
    return redirect(url_for("notices.inbox"), 303)
