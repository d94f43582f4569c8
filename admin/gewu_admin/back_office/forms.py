"""The forms of the back office. What cannot be changed any more is shown, not asked."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FloatField,
    PasswordField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from gewu_platform.service.caller import ROLES
from gewu_platform.web.menu import ROLE_TITLES

TIER_TITLES = {
    "city": lazy_gettext("市"),
    "county": lazy_gettext("县区"),
    "town": lazy_gettext("镇街"),
    "village": lazy_gettext("村社区"),
    "grid": lazy_gettext("网格"),
}
CLASSES = [SelectChoice("", "—"), *(SelectChoice(each, each) for each in "ABC")]
CODES = lazy_gettext("多个代码用逗号或空格隔开")
JSON_ROWS = {"rows": 8, "spellcheck": "false", "class": "text-monospace"}


def shown(title: Any) -> StringField:
    """A field to be read: sent along, so that it is still there beside a mistake, and looked at by nobody."""
    return StringField(title, render_kw={"readonly": True, "tabindex": "-1"})


class NewUser(FlaskForm):
    name = StringField(lazy_gettext("账号"), [InputRequired(), Length(max=64)])
    full_name = StringField(lazy_gettext("姓名"), [InputRequired(), Length(max=64)])
    role = SelectField(
        lazy_gettext("角色"), choices=[SelectChoice(role, ROLE_TITLES[role]) for role in ROLES]
    )
    department = StringField(lazy_gettext("部门代码"), [Optional(), Length(max=64)])
    areas = StringField(lazy_gettext("负责区域代码"), [Optional()], description=CODES)
    offices = StringField(
        lazy_gettext("所在机构"),
        [Optional()],
        description=lazy_gettext("部门.机构@区域代码，如 parks.station@441990101"),
    )
    grids = StringField(lazy_gettext("入格网格代码"), [Optional()], description=CODES)
    password = PasswordField(
        lazy_gettext("密码"), [InputRequired(), Length(max=200)], render_kw={"autocomplete": "new-password"}
    )


class ChangedUser(FlaskForm):
    name = shown(lazy_gettext("账号"))
    full_name = shown(lazy_gettext("姓名"))
    role_title = shown(lazy_gettext("角色"))
    areas = StringField(lazy_gettext("负责区域代码"), [Optional()], description=CODES)
    offices = StringField(
        lazy_gettext("所在机构"),
        [Optional()],
        description=lazy_gettext("部门.机构@区域代码，如 parks.station@441990101"),
    )
    grids = StringField(lazy_gettext("入格网格代码"), [Optional()], description=CODES)
    password = PasswordField(
        lazy_gettext("新密码"),
        [Optional(), Length(max=200)],
        description=lazy_gettext("留空则不变"),
        render_kw={"autocomplete": "new-password"},
    )
    active = BooleanField(lazy_gettext("启用"))


class NewOffice(FlaskForm):
    department = StringField(
        lazy_gettext("部门代码"),
        [Optional()],
        description=lazy_gettext("留空为属地、镇街、区县中心这类通用机构"),
    )
    code = StringField(lazy_gettext("机构代码"), [InputRequired()])
    title = StringField(lazy_gettext("名称"), [InputRequired(), Length(max=100)])
    area = StringField(lazy_gettext("所在区域代码"), [InputRequired()])


class ChangedOffice(FlaskForm):
    name = shown(lazy_gettext("机构"))
    title = StringField(lazy_gettext("名称"), [InputRequired(), Length(max=100)])
    active = BooleanField(lazy_gettext("启用"))


class NewArea(FlaskForm):
    code = StringField(lazy_gettext("代码"), [InputRequired(), Length(max=32)])
    name = StringField(lazy_gettext("名称"), [InputRequired(), Length(max=100)])
    tier = SelectField(lazy_gettext("层级"), choices=[SelectChoice(*each) for each in TIER_TITLES.items()])
    parent = StringField(lazy_gettext("上级区域代码"), [Optional()])
    area_class = SelectField(lazy_gettext("区域类别"), choices=CLASSES)
    calendar = SelectField(lazy_gettext("工作日历"), [Optional()])
    polygon = TextAreaField(
        lazy_gettext("边界"),
        [Optional()],
        description=lazy_gettext("GeoJSON 多边形，先经度后纬度"),
        render_kw=JSON_ROWS,
    )


class ChangedArea(FlaskForm):
    code = shown(lazy_gettext("代码"))
    tier_title = shown(lazy_gettext("层级"))
    name = StringField(lazy_gettext("名称"), [InputRequired(), Length(max=100)])
    area_class = SelectField(lazy_gettext("区域类别"), choices=CLASSES)
    calendar = SelectField(lazy_gettext("工作日历"), [Optional()])
    polygon = TextAreaField(
        lazy_gettext("边界"),
        [Optional()],
        description=lazy_gettext("GeoJSON 多边形，先经度后纬度"),
        render_kw=JSON_ROWS,
    )


class NewPlace(FlaskForm):
    kind = SelectField(lazy_gettext("台账"))
    name = StringField(lazy_gettext("名称"), [InputRequired(), Length(max=200)])
    grid = StringField(lazy_gettext("网格代码"), [InputRequired()])
    address = StringField(lazy_gettext("地址"), [Optional(), Length(max=200)])
    lon = FloatField(lazy_gettext("经度"), [Optional(), NumberRange(-180, 180)])
    lat = FloatField(lazy_gettext("纬度"), [Optional(), NumberRange(-90, 90)])


class ChangedPlace(FlaskForm):
    code = shown(lazy_gettext("编号"))
    kind_title = shown(lazy_gettext("台账"))
    name = StringField(lazy_gettext("名称"), [InputRequired(), Length(max=200)])
    address = StringField(lazy_gettext("地址"), [Optional(), Length(max=200)])
    active = BooleanField(lazy_gettext("启用"))


class NewWebhook(FlaskForm):
    name = StringField(lazy_gettext("名称"), [InputRequired(), Length(max=100)])
    url = StringField(
        lazy_gettext("网址"),
        [InputRequired(), Length(max=500)],
        description=lazy_gettext("https://… 或 http://…；内网地址须先打开设置 private_webhooks"),
    )
    department = StringField(
        lazy_gettext("部门代码"), [Optional(), Length(max=64)], description=lazy_gettext("留空为所有部门")
    )
    kinds = StringField(
        lazy_gettext("消息种类"),
        [Optional(), Length(max=1000)],
        description=lazy_gettext("如 overdue escalate closed，用空格隔开；留空为全部"),
    )


class ChangedWebhook(NewWebhook):
    name = shown(lazy_gettext("名称"))
    active = BooleanField(lazy_gettext("启用"))
    new_secret = BooleanField(lazy_gettext("换一个新的签名密钥"))
