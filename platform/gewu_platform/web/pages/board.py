"""The supervisor's board: on time, overdue and at risk, department by department and town by town."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, render_template, request
from flask_login import login_required

from gewu_platform.api.current import caller, engine
from gewu_platform.api.queries import read_days, read_period
from gewu_platform.service.desk import board as boards
from gewu_platform.service.desk import task_lists
from gewu_platform.service.desk.task_lists import ListedTask

pages = Blueprint("board", __name__)


@pages.get("/board")
@login_required
def board() -> str:
    """The last 30 days unless `since` and `until` (both days included) say otherwise."""
    now = engine().now()
    since, until = read_days(request.args, now)
    shown = boards.read_board(engine(), caller(), *read_period(request.args, now))
    who = caller()
    return render_template(
        "board.html",
        board=shown,
        since=since,
        until=until,
        requests=task_lists.open_tasks(engine(), who, ["extend", "park", "appeal"]),
        orders_out=_newest(task_lists.awaited_tasks(engine(), who, ["urge"])),
        orders_back=_newest(reversed(task_lists.answered_tasks(engine(), who, ["urge"]))),
    )


def _newest(tasks: Iterable[ListedTask]) -> list[ListedTask]:
    """The last task of each case, the last of all in front."""
    return list(reversed({task.case.id: task for task in tasks}.values()))
