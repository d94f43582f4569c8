"""The supervisor's board: on time, overdue and at risk, department by department and town by town."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask_login import login_required

from gewu_platform.api.current import caller, engine
from gewu_platform.api.queries import read_days, read_period
from gewu_platform.service import board as boards

pages = Blueprint("board", __name__)


@pages.get("/board")
@login_required
def board() -> str:
    """The last 30 days unless `since` and `until` (both days included) say otherwise."""
    now = engine().now()
    since, until = read_days(request.args, now)
    shown = boards.read_board(engine(), caller(), *read_period(request.args, now))
    return render_template("board.html", board=shown, since=since, until=until)
