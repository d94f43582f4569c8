"""Cases: lists behind every number, one case on one page, its rectification notice, and the commands given on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response as AnyResponse

from gewu_platform.api.current import caller, engine
from gewu_platform.api.queries import case_query
from gewu_platform.core.zones import to_local
from gewu_platform.service.desk import cases
from gewu_platform.service.desk.case_views import CaseView, CommandView
from gewu_platform.service.loop import handling
from gewu_platform.service.loop.signatures import STAFF, Signature, Signing, read_signing
from gewu_platform.service.permissions import may, require
from gewu_platform.service.problems import Problem
from gewu_platform.service.reports import attachments
from gewu_platform.service.town import organisation
from gewu_platform.web.embedding import embed_json
from gewu_platform.web.forms import posted_texts
from gewu_platform.web.handed_in import SIGNER, STORED, hand_in, keep_stored
from gewu_platform.web.pages.entrance import safe_target
from gewu_platform.web.words import language

pages = Blueprint("cases", __name__)

Stored = Sequence[tuple[str, Mapping[str, str]]]

PAGE = 100
MAIN = ("settle", "accept", "file", "dispatch", "confirm", "handle", "verify", "close", "resume")
"""Commands that bring a case forward, the usual one of a state before the other; those that send it elsewhere follow."""

PROVING = frozenset({"settle", "handle", "confirm", "verify", "close"})
"""Commands with which the evidence for closing is handed in."""

ANSWERING = {
    "pre_check": ("answer",),
    "post_check": ("answer",),
    "assist": ("assist",),
    "extend": ("grant", "deny"),
    "park": ("grant", "deny"),
    "appeal": ("grant", "deny"),
    "urge": ("acknowledge",),
}
"""With which commands each kind of task is answered."""


@pages.get("/cases", endpoint="cases")
@login_required
def search() -> str:
    """The cases behind a number or a filter: the most urgent first, or page by page in the order of their ids."""
    rows = cases.list_cases(engine(), caller(), **case_query(request.args), limit=PAGE + 1)
    query = {name: value for name, value in request.args.items() if value and name != "limit"}
    more = len(rows) > PAGE
    after = (rows[PAGE - 1].id if "after" in query else 0) if more else None
    return render_template(
        "cases.html", cases=rows[:PAGE], after=after, query=query, urging=caller().role == "supervisor"
    )


@pages.get("/cases/<int:case_id>")
@login_required
def case(case_id: int) -> str:
    """One case on one page; `do` names the command whose form is wanted."""
    return _show(case_id)


@pages.get("/cases/<int:case_id>/notice")
@login_required
def notice(case_id: int) -> str:
    """整改通知书: what has to be put right, on which basis and by when, with the signatures handed in so far."""
    view = cases.read_case(engine(), caller(), case_id)
    signing = read_signing(engine(), caller(), case_id)
    return render_template("rectification.html", view=view, boxes=_signature_boxes(view, signing))


@pages.post("/cases/<int:case_id>/commands/<command>")
@login_required
def command(case_id: int, command: str) -> AnyResponse | tuple[str, int]:
    """Give one command, once for each task named; what is missing is said on the page, and what was typed and uploaded
    is kept.
    """
    require(caller(), "cases.command")
    texts = posted_texts()
    arguments: dict[str, Any] = {
        name: text
        for name, text in texts.items()
        if name not in ("next", "task", STORED) and not name.startswith(SIGNER)
    }
    evidence: list[dict[str, str]] = []
    try:
        evidence = hand_in(case_id, texts)
        if evidence:
            arguments["evidence"] = evidence
        if "into" in arguments:  # its number, its id, or the address of its page
            arguments["into"] = arguments["into"].strip().rstrip("/").rpartition("/")[2]
        for task in request.form.getlist("task") or [""]:
            view = handling.run_command(engine(), caller(), case_id, command, {**arguments, "task": task})
    except Problem as problem:
        if problem.status in (401, 404):
            raise
        return _show(case_id, problem, command, keep_stored(evidence)), problem.status
    state = view.row.state_words.text(language())
    done = next((each.words.text(language()) for each in view.commands if each.command == command), command)
    flash(
        gettext("%(command)s：已办理，案件现在：%(state)s", command=done[:1].upper() + done[1:], state=state),
        "success",
    )
    return redirect(safe_target(texts.get("next", "")) or url_for("cases.case", case_id=case_id), 303)


@pages.get("/files/<sha256>")
@login_required
def file(sha256: str) -> Response:
    """A stored file, never as a page: its type comes from an allow-list and browsers may not guess another."""
    stored = attachments.read_file(engine(), caller(), sha256)
    shown = stored.media_type.startswith("image/")
    response = send_file(
        stored.path, mimetype=stored.media_type, max_age=86_400, etag=sha256, as_attachment=not shown,
        download_name=f"{sha256[:12]}.{stored.media_type.rpartition('/')[2]}",
    )  # fmt: skip
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.cache_control.private = True
    response.cache_control.public = False
    return response


def _show(
    case_id: int, problem: Problem | None = None, failed: str | None = None, stored: Stored = ()
) -> str:
    view = cases.read_case(engine(), caller(), case_id, why=True)
    possible, barred = _sort_commands(view)
    today = to_local(engine().now(), engine().zone).date()
    return render_template(
        "case.html", view=view, possible=possible, barred=barred, main=MAIN, answering=ANSWERING,
        proving_commands=PROVING, may_sign=_may_sign(view), problem=problem, failed=failed, stored=stored,
        typed=request.form, wanted=request.args.get("do"), tomorrow=today + timedelta(days=1),
        in_a_year=today + timedelta(days=365), map=embed_json(_map_of(view)),
    )  # fmt: skip


def _may_sign(view: CaseView) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Who may sign as a worker or a handler, where closing asks for it."""
    asked = {line.by for line in view.closing.lines if line.kind == "signature"} if view.closing else set()
    return read_signing(engine(), caller(), view.row.id).may_sign if asked.intersection(STAFF) else {}


def _sort_commands(view: CaseView) -> tuple[list[CommandView], list[CommandView]]:
    """What may be done now, the next step first, without what answers a task; and what may not."""
    if not may(caller(), "cases.command"):
        return [], []
    asked = {name for task in view.tasks if task.mine and not task.ended_at for name in ANSWERING[task.kind]}
    possible = [each for each in view.commands if each.possible and each.command not in asked]
    possible.sort(key=lambda each: MAIN.index(each.command) if each.command in MAIN else len(MAIN))
    return possible, [each for each in view.commands if not each.possible]


def _signature_boxes(view: CaseView, signing: Signing) -> list[tuple[str, list[Signature | None]]]:
    """Whose signatures stand on the notice, with blanks for those to come: as closing asks, else two workers' and the
    owner's.
    """
    lines = view.closing.lines if view.closing else ()
    asked = [(line.by or "owner", line.needed) for line in lines if line.kind == "signature"]
    boxes = []
    for by, needed in asked or [("worker", 2), ("owner", 1)]:
        given: list[Signature | None] = [each for each in signing.signed if each.by == by]
        boxes.append((by, given + [None] * (needed - len(given))))
    return boxes


def _map_of(view: CaseView) -> dict[str, Any]:
    """The case's grid, the grids beside it, and where it was found, as GeoJSON."""
    grids = organisation.grids_around(engine(), caller(), view.row.grid)
    features = [
        _feature(grid.polygon, label=grid.name, **({"light": "green"} if grid.id == view.row.grid else {}))
        for grid in grids
        if grid.polygon
    ]
    if view.lon is not None and view.lat is not None:
        light = view.row.light if view.row.light in ("yellow", "red") else None
        point = {"type": "Point", "coordinates": [view.lon, view.lat]}
        features.append(
            _feature(
                point, label=view.row.place_name or view.row.title, **({"light": light} if light else {})
            )
        )
    return {"type": "FeatureCollection", "features": features}


def _feature(geometry: Any, **properties: str) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}
