"""Cases: a handler's inbox, lists behind every number, one case on one page, and the commands given on it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response as AnyResponse

from gewu_platform.api.current import caller, engine
from gewu_platform.api.queries import case_query
from gewu_platform.service import attachments, cases, handling, organisation
from gewu_platform.service.permissions import require
from gewu_platform.service.problems import Problem
from gewu_platform.service.views import CaseView
from gewu_platform.web.embedding import embed_json
from gewu_platform.web.forms import posted_files, posted_texts
from gewu_platform.web.words import language

pages = Blueprint("cases", __name__)

PAGE = 100
INBOX = 500
MAIN = frozenset({"accept", "file", "dispatch", "handle", "confirm", "verify", "close"})
"""Commands that bring a case forward; they come before those that send it elsewhere."""


@pages.get("/inbox")
@login_required
def inbox() -> str:
    """What a handler's offices have to handle, what runs out first at the top."""
    return render_template(
        "inbox.html", cases=cases.list_cases(engine(), caller(), step="handle", limit=INBOX)
    )


@pages.get("/cases", endpoint="cases")
@login_required
def search() -> str:
    """The cases behind a number or a filter: the most urgent first, or page by page in the order of their ids."""
    rows = cases.list_cases(engine(), caller(), **case_query(request.args), limit=PAGE + 1)
    query = {name: value for name, value in request.args.items() if value and name != "limit"}
    more = len(rows) > PAGE
    after = (rows[PAGE - 1].id if "after" in query else 0) if more else None
    return render_template("cases.html", cases=rows[:PAGE], after=after, query=query)


@pages.get("/cases/<int:case_id>")
@login_required
def case(case_id: int) -> str:
    """One case on one page."""
    return _show(case_id)


@pages.post("/cases/<int:case_id>/commands/<command>")
@login_required
def command(case_id: int, command: str) -> AnyResponse | tuple[str, int]:
    """Give one command; what is missing is said on the page, with what was typed kept."""
    require(caller(), "cases.command")
    arguments: dict[str, Any] = dict(posted_texts())
    try:
        arguments["evidence"] = _store_evidence(case_id)
        view = handling.run_command(engine(), caller(), case_id, command, arguments)
    except Problem as problem:
        if problem.status in (401, 404):
            raise
        return _show(case_id, problem, command), problem.status
    state = view.row.state_words.text(language())
    flash(gettext("已办理，案件现在：%(state)s", state=state), "success")
    return redirect(url_for("cases.case", case_id=case_id), 303)


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


def _store_evidence(case_id: int) -> list[dict[str, str]]:
    """Uploads named after the kind of evidence they are: `photo`, `signature:owner` …"""
    evidence: list[dict[str, str]] = []
    for kind, name, stream in posted_files():
        stored = attachments.store_evidence(engine(), caller(), case_id, name, stream)
        evidence.append({"kind": kind, "name": name, "sha256": stored.sha256})
    return evidence


def _show(case_id: int, problem: Problem | None = None, failed: str | None = None) -> str:
    view = cases.read_case(engine(), caller(), case_id)
    possible = sorted(
        (each for each in view.commands if each.possible), key=lambda each: each.command not in MAIN
    )
    barred = [each for each in view.commands if not each.possible]
    return render_template(
        "case.html", view=view, possible=possible, barred=barred, main=MAIN, problem=problem, failed=failed,
        typed=request.form, map=embed_json(_map_of(view)),
    )  # fmt: skip


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
