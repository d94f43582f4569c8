"""The back office under `/admin/`: Flask-Admin for people at a desk."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, Flask, g, request
from flask_admin import Admin, AdminIndexView, expose
from flask_admin.theme import Bootstrap4Theme
from flask_babel import lazy_gettext

from gewu_admin.back_office.calendars import CalendarView
from gewu_admin.back_office.organisation import AreaView, OfficeView, UserView
from gewu_admin.back_office.registers import JournalView, PlaceView
from gewu_admin.back_office.telling import DeliveryView, WebhookView
from gewu_platform.api.current import caller_or_none, engine
from gewu_platform.service.engine import Engine
from gewu_platform.service.permissions import may
from gewu_platform.service.problems import Problem
from gewu_platform.web.identity import ask_to_sign_in

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; style-src 'self' 'unsafe-inline'; script-src-attr 'unsafe-inline'; script-src 'self' 'nonce-{nonce}'"
)
"""Flask-Admin's own pages set styles and a few handlers inline; everything else stays as strict as elsewhere."""

OPENS = ("users.read", "journal.read", "calendars.read", "packs.read", "webhooks.read")
"""Any of these opens the first page."""


class Overview(AdminIndexView):
    """The packs and how they stand."""

    def is_accessible(self) -> bool:
        person = caller_or_none()
        return person is not None and any(may(person, use_case) for use_case in OPENS)

    def inaccessible_callback(self, name: str, **arguments: Any) -> Any:
        if caller_or_none() is None:
            return ask_to_sign_in()
        raise Problem("not-allowed")

    @expose()
    def index(self) -> str:
        return str(self.render("back_office/index.html", packs=engine().catalogue.packs))


def add_back_office(site: Flask, engine: Engine) -> None:
    """Put the back office on the site."""
    site.register_blueprint(Blueprint("back_office", __name__, template_folder="../templates"))
    admin = Admin(
        site,
        name=lazy_gettext("格物后台"),
        url="/admin",
        index_view=Overview(name=lazy_gettext("部门包"), url="/admin"),
        theme=Bootstrap4Theme(base_template="back_office/base.html"),
        csp_nonce_generator=_nonce,
    )
    admin.add_view(UserView(lazy_gettext("人员"), "users"))
    admin.add_view(OfficeView(lazy_gettext("机构"), "offices"))
    admin.add_view(AreaView(lazy_gettext("区域与网格"), "areas"))
    admin.add_view(PlaceView(lazy_gettext("台账"), "places"))
    admin.add_view(CalendarView(lazy_gettext("工作日历"), "calendars"))
    admin.add_view(WebhookView(lazy_gettext("推送地址"), "webhooks"))
    admin.add_view(DeliveryView(lazy_gettext("推送记录"), "deliveries"))
    admin.add_view(JournalView(lazy_gettext("日志"), "journal"))
    site.after_request(_relax_policy)
    _speak_chinese(site)


def _speak_chinese(site: Flask) -> None:
    """Flask-Admin's own texts are kept under another name of the same language."""
    babel = site.extensions["babel"]
    choose = babel.locale_selector

    def choose_here() -> str:
        chosen = str(choose())
        return "zh_Hans_CN" if chosen == "zh" and request.path.startswith("/admin/") else chosen

    babel.locale_selector = choose_here


def _nonce() -> str:
    if "admin_nonce" not in g:
        g.admin_nonce = secrets.token_urlsafe(16)
    return str(g.admin_nonce)


def _relax_policy(response: Any) -> Any:
    if request.path.startswith("/admin/") and "/static/" not in request.path:
        response.headers["Content-Security-Policy"] = POLICY.format(nonce=_nonce())
    return response
