"""What the back office shows of people, offices and areas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import SelectChoice

from gewu_admin.back_office import forms
from gewu_admin.back_office.fields import area_id, read_codes, read_json
from gewu_admin.back_office.filters import YES_NO
from gewu_admin.back_office.forms import TIER_TITLES
from gewu_admin.back_office.pony_view import Choices, PonyModelView, Row
from gewu_platform.api.current import engine
from gewu_platform.service.caller import ROLES
from gewu_platform.service.timing import calendars
from gewu_platform.service.town import organisation, people
from gewu_platform.web.menu import ROLE_TITLES

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
                areas=read_codes(form.areas.data),
                offices=read_codes(form.offices.data),
                grids=read_codes(form.grids.data),
            ),
        )

    def update_model(self, form: forms.ChangedUser, model: Row) -> bool:
        def work() -> None:
            name = str(model.values["name"])
            people.assign_user(
                engine(),
                self.person(),
                name,
                areas=read_codes(form.areas.data),
                offices=read_codes(form.offices.data),
            )
            self._roster(name, read_codes(str(model.values["grids"])), read_codes(form.grids.data))
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
                change(engine(), self.person(), name, area_id(code, "grids"))


def _office_name(office: Any) -> str:
    code = f"{office.department}.{office.code}" if office.department else office.code
    return f"{code}@{office.area.code}"


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
                area=area_id(form.area.data, "area"),
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
        "calendar": None,
        "parent": lambda area: area.parent.code if area.parent else "",
    }
    column_labels = {
        "code": lazy_gettext("代码"),
        "name": lazy_gettext("名称"),
        "tier": lazy_gettext("层级"),
        "area_class": lazy_gettext("类别"),
        "calendar": lazy_gettext("工作日历"),
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

    def create_form(self, obj: object = None) -> FlaskForm:
        return _offering_calendars(super().create_form(obj))

    def edit_form(self, obj: object = None) -> FlaskForm:
        return _offering_calendars(super().edit_form(obj))

    def create_model(self, form: forms.NewArea) -> bool:
        def work() -> None:
            area = organisation.add_area(
                engine(),
                self.person(),
                code=form.code.data,
                name=form.name.data,
                tier=form.tier.data,
                parent=area_id(form.parent.data, "parent") if form.parent.data else None,
                area_class=form.area_class.data,
                polygon=read_json(form.polygon.data, "polygon"),
            )
            calendars.choose_calendar(engine(), self.person(), area.id, form.calendar.data or "")

        return self.attempt(form, lambda: engine().store.retrying(work))

    def update_model(self, form: forms.ChangedArea, model: Row) -> bool:
        def work() -> None:
            organisation.change_area(
                engine(),
                self.person(),
                model.id,
                name=form.name.data,
                area_class=form.area_class.data,
                polygon=read_json(form.polygon.data, "polygon"),
            )
            calendars.choose_calendar(engine(), self.person(), model.id, form.calendar.data or "")

        return self.attempt(form, lambda: engine().store.retrying(work))


def _offering_calendars(form: FlaskForm) -> FlaskForm:
    """The form with every calendar there is to choose from."""
    codes = [row.code for row in calendars.list_newest(engine())]
    form.calendar.choices = [
        SelectChoice("", lazy_gettext("同上级区域")), *(SelectChoice(code, code) for code in codes),
    ]  # fmt: skip
    return form
