"""What the back office shows of other systems that are told: webhooks, and the letters that did not arrive."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import flash
from flask_admin.actions import action
from flask_babel import gettext, lazy_gettext

from gewu_admin.back_office import forms
from gewu_admin.back_office.filters import YES_NO
from gewu_admin.back_office.pony_view import Choices, PonyModelView, Row
from gewu_platform.api.current import engine
from gewu_platform.core.zones import to_local
from gewu_platform.service.problems import Problem
from gewu_platform.service.telling import webhooks
from gewu_platform.web.words import language

STATES = (
    ("waiting", lazy_gettext("待推送")),
    ("delivered", lazy_gettext("已送达")),
    ("dead", lazy_gettext("未送达")),
    ("dropped", lazy_gettext("已放弃")),
)


class WebhookView(PonyModelView):
    """Where messages go. A secret is shown once, when it is made."""

    entity_name = "Webhook"
    read_case = "webhooks.read"
    change_case = "webhooks.change"
    create_form_class = forms.NewWebhook
    edit_form_class = forms.ChangedWebhook
    readers = {
        "name": None,
        "url": None,
        "department": None,
        "kinds": lambda hook: " ".join(json.loads(hook.kinds)),
        "active": None,
        "dead": lambda hook: hook.deliveries.filter(lambda letter: letter.state == "dead").count(),
    }
    column_labels = {
        "name": lazy_gettext("名称"),
        "url": lazy_gettext("网址"),
        "department": lazy_gettext("部门"),
        "kinds": lazy_gettext("消息种类"),
        "active": lazy_gettext("启用"),
        "dead": lazy_gettext("未送达"),
    }
    column_searchable_list = ("name", "url")
    column_filters = ("department", "active")

    def filter_choices(self) -> Choices:
        return {"active": YES_NO}

    def create_model(self, form: forms.NewWebhook) -> bool:
        def work() -> None:
            _, secret = webhooks.add_webhook(
                engine(),
                self.person(),
                name=form.name.data,
                url=form.url.data,
                kinds=(form.kinds.data or "").split(),
                department=form.department.data or "",
            )
            _show(secret)

        return self.attempt(form, work)

    def update_model(self, form: forms.ChangedWebhook, model: Row) -> bool:
        def work() -> None:
            secret = webhooks.change_webhook(
                engine(),
                self.person(),
                model.id,
                url=form.url.data,
                kinds=(form.kinds.data or "").split(),
                department=form.department.data or "",
                active=form.active.data,
                new_secret=form.new_secret.data,
            )
            if secret is not None:
                _show(secret)

        return self.attempt(form, work)


class DeliveryView(PonyModelView):
    """Every letter with how it stands. What did not arrive within a day waits here for somebody to decide."""

    entity_name = "Delivery"
    read_case = "webhooks.read"
    change_case = "webhooks.change"
    newest_first = True
    details = ("key", "body", "ended_at")
    readers = {
        "webhook": lambda letter: letter.webhook.name,
        "kind": None,
        "case_id": None,
        "state": None,
        "attempts": None,
        "created_at": lambda letter: _moment(letter.created_at),
        "next_at": lambda letter: _moment(letter.next_at),
        "error": None,
    }
    column_labels = {
        "webhook": lazy_gettext("推送地址"),
        "kind": lazy_gettext("种类"),
        "case_id": lazy_gettext("案件"),
        "state": lazy_gettext("状态"),
        "attempts": lazy_gettext("尝试次数"),
        "created_at": lazy_gettext("写入时间"),
        "next_at": lazy_gettext("下次尝试"),
        "error": lazy_gettext("错误"),
        "key": lazy_gettext("标识"),
        "body": lazy_gettext("内容"),
        "ended_at": lazy_gettext("结束时间"),
    }
    column_choices = {"state": STATES}
    column_filters = ("state", "kind")

    def filter_choices(self) -> Choices:
        return {"state": STATES}

    def more_values(self, entity: Any) -> Mapping[str, object]:
        return {"key": entity.key, "body": entity.body, "ended_at": _moment(entity.ended_at)}

    def is_action_allowed(self, name: str) -> bool:
        return self._changes() and bool(super().is_action_allowed(name))

    @action("resend", lazy_gettext("重新推送"))
    def resend(self, ids: Sequence[str]) -> None:
        self._each(ids, webhooks.resend)

    @action("drop", lazy_gettext("放弃"), lazy_gettext("放弃后不再推送，确定吗？"))
    def drop(self, ids: Sequence[str]) -> None:
        self._each(ids, webhooks.drop)

    def _each(self, ids: Sequence[str], change: Callable[..., None]) -> None:
        done = 0
        for each in ids:
            try:
                change(engine(), self.person(), self._key(each))
            except (Problem, ValueError) as error:
                flash(error.detail(language()) if isinstance(error, Problem) else str(error), "error")
            else:
                done += 1
        flash(gettext("已处理 %(count)s 条", count=done), "success")


def _show(secret: str) -> None:
    flash(gettext("签名密钥，只显示这一次：%(secret)s", secret=secret), "success")


def _moment(value: Any) -> str:
    return to_local(value, engine().zone).strftime("%Y-%m-%d %H:%M:%S") if value else ""
