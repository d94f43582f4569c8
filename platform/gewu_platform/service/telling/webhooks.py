"""Webhooks as the back office keeps them: which systems are told of what, and the letters that did not arrive."""

from __future__ import annotations

import json
import secrets
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

from gewu_platform.records import journal
from gewu_platform.records.hot import deliveries as stored
from gewu_platform.records.store import LARGEST_ID
from gewu_platform.service.caller import Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.permissions import require
from gewu_platform.service.problems import Fault, Problem, not_found
from gewu_platform.service.telling.notice_words import DIGEST, WORDS
from gewu_platform.service.telling.posting import SECRET_PREFIX
from gewu_platform.service.texts import tidy

KINDS: tuple[str, ...] = tuple(kind for kind in WORDS if kind != DIGEST)
"""What a webhook can be told of: every kind of message, each case by itself."""

LONGEST_URL = 500


def add_webhook(
    engine: Engine, caller: Caller, *, name: str, url: str, kinds: Sequence[str] = (), department: str = ""
) -> tuple[int, str]:
    """Tell another system from now on; its id, and the secret it knows us by, which is shown this once.

    `kinds` of message (none: all of KINDS) of one `department` (none: of all). Problem not-allowed, invalid-body.
    """
    require(caller, "webhooks.change")
    secret = _new_secret()

    def work() -> int:
        db = engine.store.db
        values = _checked(engine, name=name, url=url, kinds=kinds, department=department)
        if db.Webhook.get(name=values["name"]) is not None:
            raise _invalid("name", "已有同名的推送地址", "there is a webhook of this name")
        hook = db.Webhook(**values, secret=secret, created_at=engine.now())
        db.flush()
        _enter(engine, caller, "webhook-added", f"webhook:{hook.id}", values)
        return int(hook.id)

    return engine.store.retrying(work), secret


def change_webhook(
    engine: Engine,
    caller: Caller,
    webhook: int,
    *,
    url: str,
    kinds: Sequence[str],
    department: str,
    active: bool,
    new_secret: bool = False,
) -> str | None:
    """Change where and of what a system is told, or that it is; its secret where a new one is asked for.

    What waits for it already goes to the new address. Problem not-found, not-allowed, invalid-body.
    """
    require(caller, "webhooks.change")
    secret = _new_secret() if new_secret else None

    def work() -> None:
        hook = engine.store.db.Webhook.get(id=webhook) if 0 < webhook <= LARGEST_ID else None
        if hook is None:
            raise not_found(f"推送地址 {webhook}", f"webhook {webhook}")
        values = _checked(engine, name=hook.name, url=url, kinds=kinds, department=department)
        hook.set(**values, active=active)
        if secret is not None:
            hook.secret = secret
        said = {**values, "active": active, **({"secret": "new"} if secret else {})}
        _enter(engine, caller, "webhook-changed", f"webhook:{webhook}", said)

    engine.store.retrying(work)
    return secret


def resend(engine: Engine, caller: Caller, delivery: int) -> None:
    """Try a dead or dropped letter again, for another day, under the same id. Problem not-found, not-possible-now."""
    _decide(engine, caller, delivery, "delivery-resent", stored.revive_delivery)


def drop(engine: Engine, caller: Caller, delivery: int) -> None:
    """Try a letter no more. Problem not-found, not-possible-now."""
    _decide(engine, caller, delivery, "delivery-dropped", stored.drop_delivery)


def _decide(engine: Engine, caller: Caller, delivery: int, kind: str, change: Callable[..., bool]) -> None:
    require(caller, "webhooks.change")

    def work() -> None:
        letter = engine.store.db.Delivery.get(id=delivery) if 0 < delivery <= LARGEST_ID else None
        if letter is None:
            raise not_found(f"推送 {delivery}", f"delivery {delivery}")
        body = {"key": letter.key, "webhook": letter.webhook.name, "error": letter.error}
        if not change(engine.store, delivery, engine.now()):
            raise Problem(
                "not-possible-now",
                "这条推送现在不能这样处理",
                "This delivery is not in a state to do that with",
            )
        _enter(engine, caller, kind, f"delivery:{delivery}", body)

    engine.store.retrying(work)


def _checked(engine: Engine, *, name: str, url: str, kinds: Sequence[str], department: str) -> dict[str, str]:
    name = tidy(name)
    if not name or len(name) > 100:
        raise _invalid("name", "须填写，最多 100 个字", "is needed, of 100 characters at most")
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise _invalid(
            "kinds", f"没有这种消息：{unknown[0]}", f"there is no such kind of message: {unknown[0]}"
        )
    if department and department not in {pack.code for pack in engine.catalogue.packs}:
        raise _invalid("department", "没有这个部门", "there is no such department")
    _check_url(url)
    return {"name": name, "url": url, "kinds": json.dumps(sorted(set(kinds))), "department": department}


def _check_url(url: str) -> None:
    """What stands between us and another machine is looked at when it is told; here only what is no address at all."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _invalid("url", f"不是网址：{error}", f"no address: {error}") from error
    plain = url.isascii() and url.isprintable() and " " not in url
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or port == 0
        or not plain
        or len(url) > LONGEST_URL
    ):
        raise _invalid("url", "须为 http:// 或 https:// 网址", "an http:// or https:// address is needed")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise _invalid("url", "网址中不能有账号或 #", "an address has no account and no # here")


def _new_secret() -> str:
    return SECRET_PREFIX + b64encode(secrets.token_bytes(32)).decode()


def _invalid(where: str, zh: str, en: str) -> Problem:
    return Problem("invalid-body", errors=[Fault(where, "form", zh, en)])


def _enter(engine: Engine, caller: Caller, kind: str, subject: str, body: Mapping[str, object]) -> None:
    journal.append(engine.store, engine.now(), caller.id, kind, subject, body)
