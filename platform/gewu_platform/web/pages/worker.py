"""The worker's three places: Today, Report, Mine; the generated form and its receipt."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import login_required
from markupsafe import Markup
from werkzeug.wrappers import Response

from gewu_dsl.answers import answers_from_form
from gewu_dsl.emit.html import form_html
from gewu_dsl.model import ATTACHED, Item
from gewu_platform.api.current import caller, engine
from gewu_platform.core.zones import to_local
from gewu_platform.service.catalogue import publishing
from gewu_platform.service.catalogue.publishing import ItemRow, Published
from gewu_platform.service.desk import cases, task_lists
from gewu_platform.service.permissions import require
from gewu_platform.service.problems import Problem
from gewu_platform.service.reports import attachments, reporting
from gewu_platform.service.town import organisation, places, visits
from gewu_platform.service.town.places import PlaceRecord
from gewu_platform.web.embedding import embed_json
from gewu_platform.web.forms import posted_files, posted_texts
from gewu_platform.web.words import language

pages = Blueprint("worker", __name__)

RECENT = 4


@dataclass(frozen=True, slots=True)
class Draft:
    """A form as it is shown: what was typed and what is wrong with it, when it was sent without scripts."""

    submission: str
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


@pages.get("/today")
@login_required
def today() -> str:
    """Orders, what is to be settled on the spot, checks asked for, what is due today, and cases to verify."""
    day = to_local(engine().now(), engine().zone).date()
    return render_template(
        "today.html",
        day=day,
        visits=visits.visits_of(engine(), caller(), day),
        orders=task_lists.open_tasks(engine(), caller(), ["urge"]),
        on_site=cases.list_cases(engine(), caller(), state="on_site"),
        checks=task_lists.open_tasks(engine(), caller(), ["pre_check", "post_check"]),
        to_verify=[case for case in cases.list_cases(engine(), caller(), state="handled") if not case.paused],
    )


@pages.get("/report")
@login_required
def choose() -> str:
    """Pick an item; with a place, only the items inspected there."""
    require(caller(), "report.submit")
    place = _place_named(request.args.get("place"))
    items = publishing.list_items(engine(), caller())
    if place is not None:
        items = [each for each in items if not each.kinds or place.kind in each.kinds]
    return render_template("choose_item.html", items=items, recent=_recent(items), place=place)


@pages.get("/report/<item>")
@login_required
def fill(item: str) -> str:
    """The form of one item, or first the places it is inspected at."""
    return _show(publishing.published_item(engine(), item), Draft(str(uuid.uuid4())))


@pages.post("/report/<item>")
@login_required
def send(item: str) -> Response | tuple[str, int]:
    """The form sent without scripts; the page with scripts talks to the API instead."""
    texts = posted_texts()
    published = publishing.published_item(engine(), item, texts.get("version"))
    submission = texts.get("submission") or str(uuid.uuid4())
    answers = answers_from_form(published.item, request.form)
    body: dict[str, Any] = {"item": item, "version": published.version}
    body |= {name: texts[name] for name in ("place", "grid") if texts.get(name)}
    try:
        body["answers"] = answers | _store_files(published.item, submission)
        reporting.submit_report(engine(), caller(), submission, body)
    except Problem as problem:
        if problem.status not in (413, 415, 422):
            raise
        errors = {each.where: each.message(language()) for each in problem.errors} or {
            "": problem.detail(language())
        }
        return _show(published, Draft(submission, answers, errors)), problem.status
    return redirect(url_for("worker.receipt", submission=submission), 303)


@pages.get("/receipts/<submission>")
@login_required
def receipt(submission: str) -> str:
    """What came of one form."""
    return render_template("receipt.html", receipt=reporting.receipt(engine(), caller(), submission))


@pages.get("/mine")
@login_required
def mine() -> str:
    """What the worker sent, and how it stands."""
    return render_template("mine.html", submissions=reporting.submissions_of(engine(), caller()))


def _recent(items: Sequence[ItemRow]) -> list[ItemRow]:
    """Those of `items` that the worker reported last, the latest in front."""
    by_name = {each.name: each for each in items}
    sent = dict.fromkeys(each.item for each in reporting.submissions_of(engine(), caller(), 20))
    return [by_name[name] for name in sent if name in by_name][:RECENT]


def _show(published: Published, draft: Draft) -> str:
    place = _place_named(request.values.get("place"))
    item = published.item
    if item.kinds and place is None:
        search = request.args.get("q", "").strip()
        found = places.places_of_kinds(engine(), caller(), item.kinds, search)
        return render_template("choose_place.html", item=item, places=found, search=search)
    form = form_html(item, language=language(), values=draft.values, errors=draft.errors)
    return render_template(
        "form.html",
        item=item,
        version=published.version,
        place=place,
        grids=organisation.grids_of(engine(), caller()),
        submission=draft.submission,
        failed=draft.errors,
        attached=ATTACHED,
        form=Markup(form),  # noqa: S704 - escaped by the emitter
        context=embed_json(
            reporting.form_context(engine(), caller(), item.name, place.code if place else None)
        ),
    )


def _place_named(code: str | None) -> PlaceRecord | None:
    return places.place_by_code(engine(), caller(), code) if code else None


def _store_files(item: Item, submission: str) -> dict[str, list[str]]:
    attached = {question.name for question in item.questions if question.type in ATTACHED}
    names: dict[str, list[str]] = {}
    for question, name, stream in posted_files():
        if question in attached:
            attachments.store_file(engine(), caller(), submission, name, stream)
            names.setdefault(question, []).append(name)
    return names
