"""What the back office shows: people, offices, areas, places, calendars, and the journal to read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from gewu_admin.back_office.filters import YES_NO
from gewu_admin.back_office.pony_view import PonyModelView, Row
from gewu_platform.api.current import engine
from gewu_platform.core.calendars import Calendar, CalendarError
from gewu_platform.core.zones import to_local
from gewu_platform.service import calendars, organisation, people, places
from gewu_platform.service.caller import ROLES
from gewu_platform.service.problems import Fault, Problem
from gewu_platform.web.menu import ROLE_TITLES

TIER_TITLES = {
    "city": lazy_gettext("市"),
    "county": lazy_gettext("县区"),
    "town": lazy_gettext("镇街"),
    "village": lazy_gettext("村社区"),
    "grid": lazy_gettext("网格"),
}


def _moment(value: Any) -> str:
    return to_local(value, engine().zone).strftime("%Y-%m-%d %H:%M:%S") if value else ""


def _listed(text: str | None) -> list[str]:
    """Codes separated by commas, blanks or lines, in either width."""
    return (text or "").replace("，", " ").replace(",", " ").replace("、", " ").split()


class UserForm(FlaskForm):  # type: ignore[misc]
    name = StringField(lazy_gettext("账号"), [InputRequired(), Length(max=64)])
    full_name = StringField(lazy_gettext("姓名"), [InputRequired(), Length(max=64)])
    role = SelectField(lazy_gettext("角色"), choices=[(role, ROLE_TITLES[role]) for role in ROLES])
    department = StringField(lazy_gettext("部门代码"), [Optional(), Length(max=64)])
    areas = StringField(lazy_gettext("负责区域代码"), [Optional()])
    offices = StringField(lazy_gettext("所在机构（部门.机构@区域代码）"), [Optional()])
    grids = StringField(lazy_gettext("入格网格代码"), [Optional()])
    password = PasswordField(lazy_gettext("密码（修改时留空则不变）"), [Optional(), Length(max=200)])
    active = BooleanField(lazy_gettext("启用"), default=True)


class UserView(PonyModelView):
    entity_name = "User"
    read_case = "users.read"
    change_case = "users.change"
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
    column_searchable_list = ("name", "full_name")
    column_filters = ("role", "department", "active")

    def filter_choices(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        return {"role": [(role, ROLE_TITLES[role]) for role in ROLES], "active": YES_NO}

    def scaffold_form(self) -> type[FlaskForm]:
        return UserForm

    def create_model(self, form: UserForm) -> bool:
        return self.attempt(
            form,
            lambda: people.add_user(
                engine(),
                self.person(),
                name=form.name.data,
                full_name=form.full_name.data,
                role=form.role.data,
                password=form.password.data or "",
                department=form.department.data or "",
                areas=_listed(form.areas.data),
                offices=_listed(form.offices.data),
                grids=_listed(form.grids.data),
            ),
        )

    def update_model(self, form: UserForm, model: Row) -> bool:
        def work() -> None:
            name = str(model.values["name"])
            with engine().store.transaction(write=True):
                people.assign_user(
                    engine(),
                    self.person(),
                    name,
                    areas=_listed(form.areas.data),
                    offices=_listed(form.offices.data),
                    grids=_listed(form.grids.data),
                )
                if form.password.data:
                    people.set_password(engine(), self.person(), name, form.password.data)
                if form.active.data != model.values["active"]:
                    change = people.enable_user if form.active.data else people.disable_user
                    change(engine(), self.person(), name)

        return self.attempt(form, work)


def _office_name(office: Any) -> str:
    code = f"{office.department}.{office.code}" if office.department else office.code
    return f"{code}@{office.area.code}"


class OfficeForm(FlaskForm):  # type: ignore[misc]
    department = StringField(lazy_gettext("部门代码"), [Optional()])
    code = StringField(lazy_gettext("机构代码"), [InputRequired()])
    title = StringField(lazy_gettext("名称"), [InputRequired(), Length(max=100)])
    area = StringField(lazy_gettext("所在区域代码"), [InputRequired()])
    active = BooleanField(lazy_gettext("启用"), default=True)


class OfficeView(PonyModelView):
    entity_name = "Office"
    read_case = "areas.read"
    change_case = "offices.change"
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
    column_searchable_list = ("title", "code")
    column_filters = ("department", "tier", "active")

    def filter_choices(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        return {"tier": list(TIER_TITLES.items()), "active": YES_NO}

    def scaffold_form(self) -> type[FlaskForm]:
        return OfficeForm

    def create_model(self, form: OfficeForm) -> bool:
        return self.attempt(
            form,
            lambda: organisation.add_office(
                engine(),
                self.person(),
                department=form.department.data or "",
                code=form.code.data,
                title=form.title.data,
                area=organisation.area_by_code(engine(), form.area.data).id,
            ),
        )

    def update_model(self, form: OfficeForm, model: Row) -> bool:
        return self.attempt(
            form,
            lambda: organisation.change_office(
                engine(), self.person(), model.id, title=form.title.data, active=form.active.data
            ),
        )


class AreaForm(FlaskForm):  # type: ignore[misc]
    code = StringField(lazy_gettext("代码"), [InputRequired(), Length(max=32)])
    name = StringField(lazy_gettext("名称"), [InputRequired(), Length(max=100)])
    tier = SelectField(lazy_gettext("层级"), choices=list(TIER_TITLES.items()))
    parent = StringField(lazy_gettext("上级区域代码"), [Optional()])
    area_class = SelectField(lazy_gettext("区域类别"), choices=[("", "—"), ("A", "A"), ("B", "B"), ("C", "C")])
    polygon = TextAreaField(lazy_gettext("边界（GeoJSON）"), [Optional()])


class AreaView(PonyModelView):
    entity_name = "Area"
    read_case = "areas.read"
    change_case = "areas.change"
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
    }
    column_searchable_list = ("code", "name")
    column_filters = ("tier", "area_class")

    def filter_choices(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        return {"tier": list(TIER_TITLES.items())}

    def more_values(self, entity: Any) -> Mapping[str, object]:
        return {"polygon": entity.polygon or ""}

    def scaffold_form(self) -> type[FlaskForm]:
        return AreaForm

    def create_model(self, form: AreaForm) -> bool:
        def work() -> None:
            parent = organisation.area_by_code(engine(), form.parent.data).id if form.parent.data else None
            organisation.add_area(
                engine(),
                self.person(),
                code=form.code.data,
                name=form.name.data,
                tier=form.tier.data,
                parent=parent,
                area_class=form.area_class.data,
                polygon=_json(form.polygon.data, "polygon"),
            )

        return self.attempt(form, work)

    def update_model(self, form: AreaForm, model: Row) -> bool:
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
    """JSON typed into a field, None for nothing; Problem at the field for what is none."""
    if not text or not text.strip():
        return None
    try:
        return json.loads(text)
    except ValueError as error:
        raise Problem("invalid-body", errors=[Fault(where, "type", "不是 JSON", f"not JSON: {error}")]) from error


class PlaceForm(FlaskForm):  # type: ignore[misc]
    kind = StringField(lazy_gettext("台账"), [InputRequired()])
    name = StringField(lazy_gettext("名称"), [InputRequired(), Length(max=200)])
    grid = StringField(lazy_gettext("网格代码"), [InputRequired()])
    address = StringField(lazy_gettext("地址"), [Optional(), Length(max=200)])
    attributes = TextAreaField(lazy_gettext("属性（JSON）"), [Optional()])


class PlaceView(PonyModelView):
    entity_name = "Place"
    read_case = "places.survey"
    change_case = "places.change"
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
    }
    column_searchable_list = ("code", "name", "address")
    column_filters = ("kind", "active")

    def filter_choices(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        return {"active": YES_NO}

    def scaffold_form(self) -> type[FlaskForm]:
        return PlaceForm

    def create_model(self, form: PlaceForm) -> bool:
        def work() -> None:
            places.add_place(
                engine(),
                self.person(),
                places.NewPlace(
                    kind=form.kind.data,
                    name=form.name.data,
                    grid=organisation.area_by_code(engine(), form.grid.data).id,
                    address=form.address.data or "",
                    attributes=_json(form.attributes.data, "attributes") or {},
                ),
            )

        return self.attempt(form, work)


class CalendarForm(FlaskForm):  # type: ignore[misc]
    body = TextAreaField(lazy_gettext("日历（JSON）"), [InputRequired()])


class CalendarView(PonyModelView):
    entity_name = "Calendar"
    read_case = "calendars.read"
    change_case = "calendars.change"
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

    def scaffold_form(self) -> type[FlaskForm]:
        return CalendarForm

    def create_model(self, form: CalendarForm) -> bool:
        def work() -> None:
            try:
                calendar = Calendar.from_json(_json(form.body.data, "body"))
            except CalendarError as error:
                raise Problem("invalid-body", errors=[Fault("body", "type", str(error), str(error))]) from error
            calendars.add_calendar(engine(), self.person(), calendar)

        return self.attempt(form, work)


class JournalView(PonyModelView):
    """The journal: nothing can be added, changed or taken away here or anywhere else."""

    entity_name = "Entry"
    read_case = "journal.read"
    newest_first = True
    readers = {
        "seq": None,
        "at": lambda entry: _moment(entry.at),
        "actor": None,
        "kind": None,
        "subject": None,
        "body": None,
        "hash": lambda entry: entry.hash[:16],
    }
    column_labels = {
        "seq": lazy_gettext("序号"),
        "at": lazy_gettext("时间"),
        "actor": lazy_gettext("操作人"),
        "kind": lazy_gettext("事项"),
        "subject": lazy_gettext("对象"),
        "body": lazy_gettext("内容"),
        "hash": lazy_gettext("校验"),
    }
    column_searchable_list = ("subject", "kind")
    column_filters = ("kind", "subject")
