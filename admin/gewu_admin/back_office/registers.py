"""What the back office shows of the registers, the calendars and the journal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar, cast

from flask import request, url_for
from flask_admin import expose
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import SelectChoice

from gewu_admin.back_office import forms
from gewu_admin.back_office.fields import area_id
from gewu_admin.back_office.filters import YES_NO
from gewu_admin.back_office.pony_view import Choices, PonyModelView, Row
from gewu_dsl.model import PlaceKind
from gewu_platform.api.current import engine
from gewu_platform.core.zones import to_local
from gewu_platform.service.history.journal_words import entry_words
from gewu_platform.service.town import places
from gewu_platform.web.question_forms import register_form
from gewu_platform.web.words import language

ATTRIBUTES = "attributes."
"""Before an attribute's name in a form, as in the faults that use cases tell."""


class PlaceView(PonyModelView):
    entity_name = "Place"
    read_case = "places.survey"
    change_case = "places.change"
    create_form_class = forms.NewPlace
    edit_form_class = forms.ChangedPlace
    details = ("attributes",)
    readers = {
        "code": None,
        "kind": None,
        "name": None,
        "address": None,
        "grid": lambda place: place.grid.code,
        "active": None,
    }
    column_labels = {
        "code": lazy_gettext("编号"),
        "kind": lazy_gettext("台账"),
        "name": lazy_gettext("名称"),
        "address": lazy_gettext("地址"),
        "grid": lazy_gettext("网格"),
        "active": lazy_gettext("启用"),
        "attributes": lazy_gettext("属性"),
    }
    column_searchable_list = ("code", "name", "address")
    column_filters = ("kind", "active")

    def filter_choices(self) -> Choices:
        return {"active": YES_NO}

    def more_values(self, entity: Any) -> Mapping[str, object]:
        kind = engine().catalogue.kinds.get(entity.kind)
        known = json.loads(entity.attributes)
        public = [each for each in kind.attributes if not each.private and each.name in known] if kind else []
        return {
            "attributes": "；".join(
                f"{each.label}：{places.in_words(each, known[each.name])}" for each in public
            ),
            "known": {each.name: known[each.name] for each in public},
            "register": entity.kind,
            "kind_title": kind.label if kind else entity.kind,
        }

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        """What there is to ask depends on the register, so that is chosen first."""
        if self.can_create and _chosen_register() is None:
            return self.render("back_office/registers.html", kinds=engine().catalogue.kinds.values())
        return super().create_view()

    def create_form(self, obj: object = None) -> FlaskForm:
        kind = _chosen_register()
        assert kind is not None
        form = register_form(kind, forms.NewPlace, ATTRIBUTES)(kind=kind.kind)
        form.kind.choices = [SelectChoice(kind.kind, kind.label)]
        return form

    def edit_form(self, obj: Row | None = None) -> FlaskForm:
        """Public attributes as they are; private ones blank, whether they are known or not."""
        kind = engine().catalogue.kinds.get(str(obj.register)) if obj else None
        if obj is None or kind is None:
            return super().edit_form(obj)
        known = cast(Mapping[str, Any], obj.known)
        values = {f"{ATTRIBUTES}{name}": value for name, value in known.items()}
        form = register_form(kind, forms.ChangedPlace, ATTRIBUTES)(obj=obj, data=values)
        form.partial = True  # what is private and known stays blank; the use case sees the whole
        for each in kind.attributes:
            if each.private:
                field = form.answer_field(each.name)
                field.description = lazy_gettext("隐私，不显示；留空则不变")
                field.validators, field.flags.required = (), False
        return form

    def create_model(self, form: Any) -> bool:
        return self.attempt(
            form,
            lambda: places.add_place(
                engine(),
                self.person(),
                places.NewPlace(
                    kind=form.kind.data,
                    name=form.name.data,
                    grid=area_id(form.grid.data, "grid"),
                    address=form.address.data or "",
                    lon=form.lon.data,
                    lat=form.lat.data,
                    attributes=form.answers(),
                ),
            ),
        )

    def update_model(self, form: Any, model: Row) -> bool:
        kind = engine().catalogue.kinds.get(str(model.register))
        public = [each.name for each in kind.attributes if not each.private] if kind else []
        attributes = {**dict.fromkeys(public), **form.answers()} if kind else None
        return self.attempt(
            form,
            lambda: places.change_place(
                engine(),
                self.person(),
                model.id,
                name=form.name.data,
                address=form.address.data or "",
                attributes=attributes,
                active=form.active.data,
            ),
        )


def _chosen_register() -> PlaceKind | None:
    """The register that a place is entered in, as the request names it; the only one there is goes without saying."""
    kinds = engine().catalogue.kinds
    only = next(iter(kinds)) if len(kinds) == 1 else ""
    return kinds.get(request.values.get("kind", only))


def _moment(value: Any) -> str:
    return to_local(value, engine().zone).strftime("%Y-%m-%d %H:%M:%S") if value else ""


class JournalView(PonyModelView):
    """The journal: nothing can be added, changed or taken away here or anywhere else."""

    entity_name = "Entry"
    read_case = "journal.read"
    newest_first = True
    details = ("previous", "hash")
    readers = {
        "seq": None,
        "at": lambda entry: _moment(entry.at),
        "actor": lambda entry: _actor(entry.actor),
        "kind": lambda entry: (
            f"{entry_words(entry.kind, json.loads(entry.body)).text(language())} ({entry.kind})"
        ),
        "subject": None,
        "body": None,
    }
    column_labels = {
        "seq": lazy_gettext("序号"),
        "at": lazy_gettext("时间"),
        "actor": lazy_gettext("操作人"),
        "kind": lazy_gettext("动作"),
        "subject": lazy_gettext("对象"),
        "body": lazy_gettext("内容"),
        "previous": lazy_gettext("上一条校验值"),
        "hash": lazy_gettext("校验值"),
    }
    column_searchable_list = ("subject", "kind")
    column_filters = ("kind", "subject")
    column_formatters = {
        "subject": lambda view, context, row, name: _subject_link(str(row.subject)),
        "body": lambda view, context, row, name: _folded(str(row.body)),
    }
    column_formatters_detail: ClassVar[Mapping[str, Any]] = {}
    column_formatters_export: ClassVar[Mapping[str, Any]] = {}

    def more_values(self, entity: Any) -> Mapping[str, object]:
        return {"previous": entity.previous, "hash": entity.hash}


def _subject_link(subject: str) -> str:
    """`case:7` leads to the case's page; nothing else has one."""
    kind, _, number = subject.partition(":")
    if kind != "case" or not number.isdecimal():
        return subject
    return Markup('<a href="{}">{}</a>').format(url_for("cases.case", case_id=int(number)), subject)


def _folded(body: str) -> str:
    """What an entry holds, to be unfolded: most of its readers want the words beside it."""
    return Markup("<details><summary>{}</summary>{}</details>").format(lazy_gettext("展开"), body)


def _actor(user: int | None) -> str:
    """Who acted, by account; the system has none. Inside a transaction."""
    if user is None:
        return "系统" if language() == "zh" else "system"
    known = engine().store.db.User.get(id=user)
    return known.name if known else str(user)
