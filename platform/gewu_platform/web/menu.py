"""What each role finds in its menu, and where it lands after signing in."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, request, url_for
from flask_babel import lazy_gettext

from gewu_platform.api.current import caller_or_none, engine
from gewu_platform.service.caller import Caller
from gewu_platform.service.telling import notices

TITLES = {
    "worker.today": lazy_gettext("今日"),
    "worker.choose": lazy_gettext("上报"),
    "worker.mine": lazy_gettext("我的"),
    "desks.inbox": lazy_gettext("待办"),
    "desks.queue": lazy_gettext("中心队列"),
    "board.board": lazy_gettext("看板"),
    "cases.cases": lazy_gettext("案件"),
    "items.index": lazy_gettext("事项"),
    "/admin/": lazy_gettext("后台"),
}

MENUS: dict[str, tuple[str, ...]] = {
    "worker": ("worker.today", "worker.choose", "worker.mine"),
    "handler": ("desks.inbox", "cases.cases", "items.index"),
    "acceptor": ("desks.queue", "cases.cases", "items.index"),
    "dispatcher": ("desks.queue", "cases.cases", "items.index"),
    "supervisor": ("board.board", "cases.cases", "items.index"),
    "author": ("items.index", "/admin/"),
    "approver": ("items.index", "/admin/"),
    "roster": ("/admin/", "items.index"),
    "auditor": ("/admin/", "cases.cases", "items.index"),
}
"""The first is where the role lands."""

ROLE_TITLES = {
    "worker": lazy_gettext("网格员"),
    "acceptor": lazy_gettext("受理员"),
    "dispatcher": lazy_gettext("派遣员"),
    "handler": lazy_gettext("处置人员"),
    "supervisor": lazy_gettext("督查"),
    "author": lazy_gettext("部门编写人"),
    "approver": lazy_gettext("部门审批人"),
    "roster": lazy_gettext("人员管理"),
    "auditor": lazy_gettext("审计"),
}


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of a menu."""

    url: str
    title: str
    current: bool


def init_menu(site: Flask) -> None:
    """Give templates the menu, the person and the count of unread notices."""
    site.jinja_env.globals.update(
        menu_of=menu_of,
        current_caller=caller_or_none,
        role_title=lambda role: str(ROLE_TITLES.get(role, role)),
        unread_count=_count_unread,
    )


def menu_of(caller: Caller) -> list[Link]:
    """The entries of this person's menu."""
    return [
        Link(_url(name), str(TITLES[name]), request.path == _url(name)) for name in MENUS.get(caller.role, ())
    ]


def landing_of(caller: Caller) -> str:
    """Where this person begins."""
    names = MENUS.get(caller.role, ("items.index",))
    return _url(names[0])


def _url(name: str) -> str:
    return name if name.startswith("/") else url_for(name)


def _count_unread() -> int:
    person = caller_or_none()
    return notices.count_unread(engine(), person) if person else 0
