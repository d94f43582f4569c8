"""Working calendars in the back office: their versions, and an editor that shows a year on one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from flask import flash, redirect, request
from flask_admin import expose
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms import HiddenField, IntegerField, StringField, TextAreaField

from gewu_admin.back_office.calendar_drafts import (
    HOLIDAY_WORDS,
    WEEKDAY_TITLES,
    Draft,
    draft_of,
    laid_over,
    months_of,
    read_draft,
)
from gewu_admin.back_office.pony_view import PonyModelView
from gewu_platform.api.current import engine
from gewu_platform.core.calendar_changes import changed_days
from gewu_platform.core.calendar_files import FIRST_YEAR, LAST_YEAR, Listing
from gewu_platform.core.calendars import WEEKDAYS, Calendar, CalendarError
from gewu_platform.core.derivation_words import reason_words
from gewu_platform.core.naming import CLOCK_WORDS
from gewu_platform.core.zones import to_local
from gewu_platform.service.problems import Fault, Problem
from gewu_platform.service.timing import calendars
from gewu_platform.service.timing.adjusting import Adjusted, Move, import_calendar, preview_import
from gewu_platform.service.timing.calendar_ics import read_calendar_file
from gewu_platform.service.timing.clockwork import DEFAULT_CALENDAR
from gewu_platform.web.words import language

SHOWN_MOVES = 200
"""How many deadlines a preview lists; it counts them all."""


class CalendarPage(FlaskForm):
    code = StringField(lazy_gettext("代码"))
    year = IntegerField(lazy_gettext("年份"))
    confirmed_until = StringField(lazy_gettext("安排确认到"))
    mon = StringField(WEEKDAY_TITLES["mon"])
    tue = StringField(WEEKDAY_TITLES["tue"])
    wed = StringField(WEEKDAY_TITLES["wed"])
    thu = StringField(WEEKDAY_TITLES["thu"])
    fri = StringField(WEEKDAY_TITLES["fri"])
    sat = StringField(WEEKDAY_TITLES["sat"])
    sun = StringField(WEEKDAY_TITLES["sun"])
    days = TextAreaField(lazy_gettext("放假与调休"))
    rest = HiddenField()
    file = FileField(lazy_gettext("从文件读入"))

    def draft(self) -> Draft:
        """What was typed, as it was typed."""
        weeks = {weekday: self[weekday].data or "" for weekday in WEEKDAYS}
        return Draft(
            (self.code.data or "").strip(),
            self.year.data or 0,
            self.confirmed_until.data or "",
            weeks,
            self.days.data or "",
            self.rest.data or "",
        )

    def show(self, draft: Draft) -> None:
        """Fill the fields with a draft."""
        self.code.data, self.year.data = draft.code, draft.year
        self.confirmed_until.data, self.days.data, self.rest.data = (
            draft.confirmed_until,
            draft.days,
            draft.rest,
        )
        for weekday in WEEKDAYS:
            self[weekday].data = draft.weeks[weekday]


class CalendarView(PonyModelView):
    """Versions are added, never changed: only provisional deadlines move, each told in its case."""

    entity_name = "Calendar"
    read_case = "calendars.read"
    change_case = "calendars.change"
    details = ("body",)
    newest_first = True
    readers = {
        "code": None,
        "version": None,
        "confirmed_until": None,
        "created_at": lambda calendar: f"{to_local(calendar.created_at, engine().zone):%Y-%m-%d %H:%M}",
    }
    column_labels = {
        "code": lazy_gettext("代码"),
        "version": lazy_gettext("版本"),
        "confirmed_until": lazy_gettext("确认到"),
        "created_at": lazy_gettext("写入时间"),
        "body": lazy_gettext("内容"),
    }
    column_filters = ("code",)

    @property
    def can_create(self) -> bool:
        return self._changes()

    def more_values(self, entity: Any) -> Mapping[str, object]:
        return {"body": entity.body}

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Response | str:
        """A year of a calendar to edit; nothing typed is lost, whatever is wrong with it."""
        if not self.can_create:
            return redirect(self.get_url(".index_view"))
        form = CalendarPage()
        if request.method == "GET":
            calendar = _base(request.args.get("code", DEFAULT_CALENDAR))
            form.show(draft_of(calendar, _year(request.args.get("year")), language()))
            return self._page(form)
        done: list[Adjusted] = []
        if not form.validate():
            flash(gettext("页面已过期，请再试一次"), "error")
        elif self.attempt(form, lambda: done.extend(self._obey(form))) and "save" in request.form:
            flash(_saved_words(done[0]), "success")
            return redirect(self.get_url(".index_view"))
        return self._page(form, done[0] if done else None)

    def _obey(self, form: CalendarPage) -> Sequence[Adjusted]:
        """What the pressed button asks for: another year, a file's days, a preview, or the new version."""
        draft = form.draft()
        calendar = read_draft(draft)
        if "save" in request.form:
            return [import_calendar(engine(), self.person(), calendar)]
        year = draft.year
        if "turn" in request.form:
            year = _year(request.form["turn"])
        elif "load" in request.form:
            calendar, year = laid_over(calendar, _uploaded(), year)
        form.show(draft_of(calendar, year, language()))
        return [preview_import(engine(), self.person(), calendar)] if "preview" in request.form else []

    def _page(self, form: CalendarPage, done: Adjusted | None = None) -> str:
        year = form.year.data if _is_year(form.year.data) else _year(None)
        return str(
            self.render(
                "back_office/calendar.html",
                form=form,
                year=year,
                months=months_of(year),
                weekdays=WEEKDAY_TITLES,
                codes=[row.code for row in calendars.list_newest(engine())],
                holiday_words=HOLIDAY_WORDS,
                preview=None if done is None else _preview(done),
            )
        )


def _base(code: str) -> Calendar:
    """What is edited: the newest version, or, for a new code, the usual calendar under that code."""
    found = calendars.find_calendar(engine(), code)
    if found is not None:
        return found
    usual = calendars.find_calendar(engine(), DEFAULT_CALENDAR)
    if usual is not None:
        return replace(usual, code=code, version=1)
    return Calendar(code or DEFAULT_CALENDAR, 1, date(_year(None) - 1, 12, 31))


def _year(text: str | None) -> int:
    """The year asked for; otherwise this one, or from November on the next, whose arrangement is published by then."""
    if text and text.isdecimal() and _is_year(int(text)):
        return int(text)
    return (to_local(engine().now(), engine().zone) + timedelta(days=61)).year


def _is_year(year: int | None) -> bool:
    return year is not None and FIRST_YEAR <= year <= LAST_YEAR


def _uploaded() -> Calendar | Listing:
    """The calendar's file that was sent along. Problem `invalid-body` at its field."""
    upload = request.files.get("file")
    data = upload.read() if upload else b""
    if not data:
        raise Problem("invalid-body", errors=[Fault("file", "missing", "请选择文件", "Choose a file")])
    try:
        return read_calendar_file(data, engine().zone)
    except CalendarError as error:
        faults = [Fault("file", "form", problem.zh, problem.en) for problem in error.problems]
        raise Problem("invalid-body", errors=faults) from error


def _preview(done: Adjusted) -> Mapping[str, Any]:
    """What a preview shows: the days that differ from the newest version, and the deadlines that would move."""
    newest = calendars.find_calendar(engine(), done.calendar.code)
    changes = changed_days(newest, done.calendar) if newest else ()
    return {
        "done": done,
        "days": [(change.day, _reason(change.before), _reason(change.after)) for change in changes],
        "windows": newest is not None and newest.windows != done.calendar.windows,
        "moves": [
            (move.number, _step(move), _shown(move.old_due), _shown(move.new_due))
            for move in done.moves[:SHOWN_MOVES]
        ],
    }


def _reason(reason: str) -> str:
    return reason_words(reason, "en" if language() == "en" else "zh")


def _step(move: Move) -> str:
    words = CLOCK_WORDS[move.step].text(language())
    return f"{words} {move.stage}" if move.stage else words


def _shown(moment: datetime) -> str:
    return f"{to_local(moment, engine().zone):%Y-%m-%d %H:%M}"


def _saved_words(done: Adjusted) -> str:
    named = {"code": done.calendar.code, "version": done.version, "cases": done.cases, "moved": done.moved}
    if not done.is_new:
        return str(gettext("%(code)s 第 %(version)s 版已是这样，没有变化", **named))
    return str(
        gettext("已写入 %(code)s 第 %(version)s 版；%(cases)s 个案件重算，%(moved)s 个到期时间变动", **named)
    )
