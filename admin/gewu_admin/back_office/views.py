"""What the back office shows: people, offices, areas, places, calendars, and the journal to read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import SelectChoice

from gewu_admin.back_office import forms
from gewu_admin.back_office.filters import YES_NO
from gewu_admin.back_office.forms import TIER_TITLES, listed
from gewu_admin.back_office.pony_view import PonyModelView, Row
from gewu_platform.api.current import engine
from gewu_platform.core.calendars import Calendar, CalendarError
from gewu_platform.core.zones import to_local
from gewu_platform.service import calendars, organisation, people, places
from gewu_platform.service.caller import ROLES
from gewu_platform.service.problems import Fault, Problem
from gewu_platform.web.menu import ROLE_TITLES
from gewu_platform.web.words import language

Choices = Mapping[str, Sequence[tuple[str, Any]]]
ROLE_CHOICES = [(role, ROLE_TITLES[role]) for role in ROLES]
TIER_CHOICES = list(TIER_TITLES.items())


class UserView(PonyModelView):
    entity_name = "User"
    read_case = "users.read"
    change_case = "users.change"
    create_form_class = forms.NewUser
    edit_form_class = forms.ChangedUser
    readers = {
        "name": None,
        "full_name": None,
        "role": None,
        "department": None,
        "areas": lambda user: ", ".join(sorted(area.code for area in user.areas)),
        "offices": lambda user: ", ".join(sorted(_office_name(office) for office in user.offices)),
        "grids": lambda user: ", ".join(sorted(row.grid.code for row in user.roster)),
        "active": None,
    }
    column_labels = {
        "name": lazy_gettext("账号"),
        "full_name": lazy_gettext("姓名"),
        "role": lazy_gettext("角色"),
        "department": lazy_gettext("部门"),
        "areas": lazy_gettext("负责区域"),
        "offices": lazy_gettext("机构"),
        "grids": lazy_gettext("网格"),
        "active": lazy_gettext("启用"),
    }
    column_choices = {"role": ROLE_CHOICES}
    column_searchable_list = ("name", "full_name")
    column_filters = ("role", "department", "active")

    def filter_choices(self) -> Choices:
        return {"role": ROLE_CHOICES, "active": YES_NO}

    def more_values(self, entity: Any) -> Mapping[str, object]:
        return {"role_title": str(ROLE_TITLES.get(entity.role, entity.role))}

    def create_model(self, form: forms.NewUser) -> bool:
        return self.attempt(
            form,
            lambda: people.add_user(
                engine(),
                self.person(),
                name=form.name.data,
                full_name=form.full_name.data,
                role=form.role.data,
                password=form.password.data,
                department=form.department.data or "",
                areas=listed(form.areas.data),
                offices=listed(form.offices.data),
                grids=listed(form.grids.data),
            ),
        )

    def update_model(self, form: forms.ChangedUser, model: Row) -> bool:
        def work() -> None:
            name = str(model.values["name"])
            people.assign_user(
                engine(),
                self.person(),
                name,
                areas=listed(form.areas.data),
                offices=listed(form.offices.data),
            )
            self._roster(name, listed(str(model.values["grids"])), listed(form.grids.data))
            if form.password.data:
                people.set_password(engine(), self.person(), name, form.password.data)
            if form.active.data != model.values["active"]:
                change = people.enable_user if form.active.data else people.disable_user
                change(engine(), self.person(), name)

        return self.attempt(form, lambda: engine().store.retrying(work))

    def _roster(self, name: str, before: Sequence[str], after: Sequence[str]) -> None:
        for codes, change in (
            ([code for code in before if code not in after], organisation.unroster_worker),
            ([code for code in after if code not in before], organisation.roster_worker),
        ):
            for code in codes:
                change(engine(), self.person(), name, _area(code, "grids"))


def _office_name(office: Any) -> str:
    code = f"{office.department}.{office.code}" if office.department else office.code
    return f"{code}@{office.area.code}"


def _area(code: str | None, where: str) -> int:
    """The id of the area of that code; a Problem at the field where there is none."""
    try:
        return organisation.area_by_code(engine(), code or "").id
    except Problem as problem:
        raise Problem("invalid-body", errors=[Fault(where, "unknown", problem.zh, problem.en)]) from problem


class OfficeView(PonyModelView):
    entity_name = "Office"
    read_case = "areas.read"
    change_case = "offices.change"
    create_form_class = forms.NewOffice
    edit_form_class = forms.ChangedOffice
    readers = {
        "department": None,
        "code": None,
        "title": None,
        "tier": None,
        "area": lambda office: office.area.code,
        "active": None,
    }
    column_labels = {
        "department": lazy_gettext("部门"),
        "code": lazy_gettext("代码"),
        "title": lazy_gettext("名称"),
        "tier": lazy_gettext("层级"),
        "area": lazy_gettext("区域"),
        "active": lazy_gettext("启用"),
    }
    column_choices = {"tier": TIER_CHOICES}
    column_searchable_list = ("title", "code")
    column_filters = ("department", "tier", "active")

    def filter_choices(self) -> Choices:
        return {"tier": TIER_CHOICES, "active": YES_NO}

    def more_values(self, entity: Any) -> Mapping[str, object]:
        return {"name": _office_name(entity)}

    def create_model(self, form: forms.NewOffice) -> bool:
        return self.attempt(
            form,
            lambda: organisation.add_office(
                engine(),
                self.person(),
                department=form.department.data or "",
                code=form.code.data,
                title=form.title.data,
                area=_area(form.area.data, "area"),
            ),
        )

    def update_model(self, form: forms.ChangedOffice, model: Row) -> bool:
        return self.attempt(
            form,
            lambda: organisation.change_office(
                engine(), self.person(), model.id, title=form.title.data, active=form.active.data
            ),
        )


class AreaView(PonyModelView):
    entity_name = "Area"
    read_case = "areas.read"
    change_case = "areas.change"
    create_form_class = forms.NewArea
    edit_form_class = forms.ChangedArea
    details = ("polygon",)
    readers = {
        "code": None,
        "name": None,
        "tier": None,
        "area_class": None,
        "parent": lambda area: area.parent.code if area.parent else "",
    }
    column_labels = {
        "code": lazy_gettext("代码"),
        "name": lazy_gettext("名称"),
        "tier": lazy_gettext("层级"),
        "area_class": lazy_gettext("类别"),
        "parent": lazy_gettext("上级"),
        "polygon": lazy_gettext("边界"),
    }
    column_choices = {"tier": TIER_CHOICES}
    column_searchable_list = ("code", "name")
    column_filters = ("tier", "area_class")

    def filter_choices(self) -> Choices:
        return {"tier": TIER_CHOICES}

    def more_values(self, entity: Any) -> Mapping[str, object]:
        return {"polygon": entity.polygon or "", "tier_title": str(TIER_TITLES[entity.tier])}

    def create_model(self, form: forms.NewArea) -> bool:
        return self.attempt(
            form,
            lambda: organisation.add_area(
                engine(),
                self.person(),
                code=form.code.data,
                name=form.name.data,
                tier=form.tier.data,
                parent=_area(form.parent.data, "parent") if form.parent.data else None,
                area_class=form.area_class.data,
                polygon=_json(form.polygon.data, "polygon"),
            ),
        )

    def update_model(self, form: forms.ChangedArea, model: Row) -> bool:
        return self.attempt(
            form,
            lambda: organisation.change_area(
                engine(),
                self.person(),
                model.id,
                name=form.name.data,
                area_class=form.area_class.data,
                polygon=_json(form.polygon.data, "polygon"),
            ),
        )


def _json(text: str | None, where: str) -> Any:
    """A JSON object typed into a field, None for nothing; a Problem at the field for anything else."""
    if not text or not text.strip():
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        zh, en = f"不是 JSON：{error}", f"not JSON: {error}"
        raise Problem("invalid-body", errors=[Fault(where, "type", zh, en)]) from error
    if not isinstance(value, dict):
        zh, en = "须为一个 JSON 对象", "one JSON object is needed"
        raise Problem("invalid-body", errors=[Fault(where, "type", zh, en)])
    return value


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
        public = {each.name for each in kind.attributes if not each.private} if kind else set()
        known = json.loads(entity.attributes)
        open_ = {name: value for name, value in known.items() if name in public}
        return {
            "attributes": json.dumps(open_, ensure_ascii=False, indent=1) if open_ else "",
            "kind_title": kind.label if kind else entity.kind,
        }

    def create_form(self, obj: object = None) -> FlaskForm:
        form = super().create_form(obj)
        form.kind.choices = [
            SelectChoice(kind.kind, kind.label) for kind in engine().catalogue.kinds.values()
        ]
        return form

    def create_model(self, form: forms.NewPlace) -> bool:
        return self.attempt(
            form,
            lambda: places.add_place(
                engine(),
                self.person(),
                places.NewPlace(
                    kind=form.kind.data,
                    name=form.name.data,
                    grid=_area(form.grid.data, "grid"),
                    address=form.address.data or "",
                    lon=form.lon.data,
                    lat=form.lat.data,
                    attributes=_json(form.attributes.data, "attributes") or {},
                ),
            ),
        )

    def update_model(self, form: forms.ChangedPlace, model: Row) -> bool:
        return self.attempt(
            form,
            lambda: places.change_place(
                engine(),
                self.person(),
                model.id,
                name=form.name.data,
                address=form.address.data or "",
                attributes=_json(form.attributes.data, "attributes"),
                active=form.active.data,
            ),
        )


class CalendarView(PonyModelView):
    """Versions are added, never changed: running cases keep the one they began with."""

    entity_name = "Calendar"
    read_case = "calendars.read"
    change_case = "calendars.change"
    create_form_class = forms.NewCalendar
    details = ("body",)
    newest_first = True
    readers = {
        "code": None,
        "version": None,
        "confirmed_until": None,
        "created_at": lambda calendar: _moment(calendar.created_at),
    }
    column_labels = {
        "code": lazy_gettext("代码"),
        "version": lazy_gettext("版本"),
        "confirmed_until": lazy_gettext("确认到"),
        "created_at": lazy_gettext("写入时间"),
        "body": lazy_gettext("内容"),
    }
    column_filters = ("code",)

    def more_values(self, entity: Any) -> Mapping[str, object]:
        return {"body": entity.body}

    def create_form(self, obj: object = None) -> FlaskForm:
        form = super().create_form(obj)
        if form.body.data is None:
            form.body.data = _next_version()
        return form

    def create_model(self, form: forms.NewCalendar) -> bool:
        def work() -> None:
            try:
                calendar = Calendar.from_json(_json(form.body.data, "body"))
            except CalendarError as error:
                faults = [Fault("body", "form", each.zh, each.en) for each in error.problems]
                raise Problem("invalid-body", errors=faults) from error
            try:
                calendars.add_calendar(engine(), self.person(), calendar)
            except Problem as problem:
                zh, en = problem.zh, problem.en
                raise Problem("invalid-body", errors=[Fault("body", problem.code, zh, en)]) from problem

        return self.attempt(form, work)


def _next_version() -> str:
    """What is edited to become the next version; nothing where there is no calendar yet."""
    try:
        newest = calendars.read_calendar(engine(), calendars.DEFAULT_CALENDAR)
    except Problem:
        return ""
    return _to_edit(replace(newest, version=newest.version + 1).to_json())


def _to_edit(draft: Mapping[str, object]) -> str:
    """JSON with one day of the week or the year a line, as people edit it."""
    parts = []
    for key, value in draft.items():
        if isinstance(value, dict):
            lines = [
                f"  {json.dumps(name)}: {json.dumps(each, ensure_ascii=False)}"
                for name, each in value.items()
            ]
            parts.append(f' "{key}": {{\n' + ",\n".join(lines) + "\n }")
        else:
            parts.append(f' "{key}": {json.dumps(value, ensure_ascii=False)}')
    return "{\n" + ",\n".join(parts) + "\n}"


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
        "kind": None,
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

    def more_values(self, entity: Any) -> Mapping[str, object]:
        return {"previous": entity.previous, "hash": entity.hash}


def _actor(user: int | None) -> str:
    """Who acted, by account; the system has none. Inside a transaction."""
    if user is None:
        return "系统" if language() == "zh" else "system"
    known = engine().store.db.User.get(id=user)
    return known.name if known else str(user)
