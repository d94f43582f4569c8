"""Items as people read them: the list, the printed page of one, and what a browser needs to run its form."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

from flask import Blueprint, Response, render_template, request
from flask_login import login_required
from markupsafe import Markup

from gewu_dsl.emit.handbook import handbook_body
from gewu_dsl.emit.inspection_sheet import STYLE, inspection_sheet_html
from gewu_dsl.emit.javascript import conditions_module
from gewu_platform.api.bodies import json_body
from gewu_platform.api.current import caller, engine
from gewu_platform.service.catalogue import publishing
from gewu_platform.service.reports import reporting
from gewu_platform.web.protection import POLICY
from gewu_platform.web.words import language

pages = Blueprint("items", __name__)

YEAR = 31_536_000
SHEET_STYLE = f"sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}"
"""The one style that a printed form may bring along."""


@pages.get("/items")
@login_required
def index() -> str:
    """Every published item, by department."""
    return render_template("items.html", items=publishing.list_items(engine(), caller()))


@pages.get("/items/<name>")
@login_required
def handbook(name: str) -> str:
    """事项规范 of one item, ready to print."""
    published = publishing.published_item(engine(), name)
    item = published.item
    department = publishing.department_of(engine(), item.department)
    places = tuple(engine().catalogue.kinds.values())
    body = Markup(handbook_body(item, department, language(), places=places))  # noqa: S704 - escaped by the emitter
    return render_template("handbook.html", item=item, version=published.version, body=body)


@pages.get("/items/<name>/sheet")
@login_required
def sheet(name: str) -> Response:
    """检查表 of one item: its form on paper, a page of its own that prints as it stands."""
    item = publishing.published_item(engine(), name).item
    department = publishing.department_of(engine(), item.department)
    places = tuple(engine().catalogue.kinds.values())
    response = Response(inspection_sheet_html(item, department, language(), places=places))
    response.headers["Content-Security-Policy"] = f"{POLICY}; style-src '{SHEET_STYLE}'"
    return response


@pages.get("/items/<name>/<version>/conditions.js")
@login_required
def conditions(name: str, version: str) -> Response:
    """The compiled conditions of one version; it never changes, so a browser may keep it."""
    published = publishing.published_item(engine(), name, version)
    response = Response(conditions_module(published.item), mimetype="text/javascript")
    response.cache_control.max_age = YEAR
    response.cache_control.private = True
    response.cache_control.immutable = True
    return response


@pages.post("/items/<name>/preview")
@login_required
def preview(name: str) -> str:
    """Where these answers would go and by when, as a fragment of the form's page."""
    body = json_body(request)
    version = body.pop("version", None)
    shown = reporting.preview_report(engine(), caller(), name, version, body)
    return render_template("_preview.html", preview=shown)
