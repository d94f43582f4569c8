"""Users: who they are, how they prove it, and what they answer for."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pony.orm import select

from gewu_platform.records import journal
from gewu_platform.records.hot.reports import path_ids
from gewu_platform.service.caller import ROLES, SYSTEM, Caller
from gewu_platform.service.engine import Engine
from gewu_platform.service.permissions import reaches, require
from gewu_platform.service.problems import Fault, Problem, not_found
from gewu_platform.service.texts import tidy
from gewu_platform.service.town.credentials import (
    new_session_key,
    new_token,
    password_faults,
    proves,
    token_hash,
)
from gewu_platform.service.town.users import UserView, caller_from, require_over, user_view

FAILURES = 5
"""Wrong passwords in a row after which an account locks."""

LOCKED_FOR = timedelta(minutes=15)

_NAME = re.compile(r"[\w.@-]{2,64}")


# Proving who one is


def sign_in(engine: Engine, name: str, password: str, address: str) -> Caller:
    """The caller whose name and password these are; their `session_key` belongs into the session.

    Problem `not-signed-in`, with the same words and after the same work whether the name is unknown, the password wrong, or
    the account locked or disabled, so that nobody learns which names exist. `address` is kept in the journal.
    """
    db = engine.store.db
    with engine.store.transaction():
        user = db.User.get(name=name) if _NAME.fullmatch(name) else None
        known = None if user is None else (user.id, user.password_hash)
    proved = proves(engine.passwords, known[1] if known else _decoy(engine), password)
    if known is None:
        raise _refused()
    caller = engine.store.retrying(lambda: _note_attempt(engine, known[0], password, proved, address))
    if caller is None:
        raise _refused()
    return caller


def caller_of(engine: Engine, user_id: int, session_key: str) -> Caller:
    """The caller of a session; Problem `not-signed-in` where it ended or the user was disabled."""
    with engine.store.transaction():
        user = engine.store.db.User.get(id=user_id)
        if user is None or not user.active or not hmac.compare_digest(user.session_key, session_key):
            raise _session_ended()
        return caller_from(user)


def caller_of_token(engine: Engine, secret: str) -> Caller:
    """The caller of an API token; Problem `not-signed-in` where it is unknown, revoked or its user disabled."""
    with engine.store.transaction():
        token = engine.store.db.Token.get(secret_hash=token_hash(secret))
        if token is None or token.revoked_at is not None or not token.user.active:
            raise _session_ended()
        return caller_from(token.user)


def caller_named(engine: Engine, name: str) -> Caller:
    """An active user as a caller, for whoever runs the machine. Problem `not-found`."""
    with engine.store.transaction():
        user = _user(engine, name)
        if not user.active:
            raise not_found(f"可用的用户 {name}", f"active user {name}")
        return caller_from(user)


def _note_attempt(engine: Engine, user_id: int, password: str, proved: bool, address: str) -> Caller | None:
    """What an attempt changes; None where it is refused. A success while locked is refused like any other."""
    now, user = engine.now(), engine.store.db.User[user_id]
    if not user.active or (user.locked_until is not None and now < user.locked_until):
        return None
    if not proved:
        user.failed_sign_ins += 1
        locks = user.failed_sign_ins >= FAILURES
        if locks:
            user.failed_sign_ins, user.locked_until = 0, now + LOCKED_FOR
        _enter(engine, SYSTEM, user, "account-locked" if locks else "sign-in-failed", {"address": address})
        return None
    user.failed_sign_ins, user.locked_until = 0, None
    if engine.passwords.check_needs_rehash(user.password_hash):
        user.password_hash = engine.passwords.hash(password)
    caller = caller_from(user)
    _enter(engine, caller, user, "signed-in", {"address": address})
    return caller


def _decoy(engine: Engine) -> str:
    """A hash nobody has the password of: an unknown name costs as much work as a known one."""
    key = ("decoy",)
    if key not in engine.cache:
        engine.cache[key] = engine.passwords.hash(new_session_key())
    return str(engine.cache[key])


# Users


def add_user(
    engine: Engine,
    caller: Caller,
    *,
    name: str,
    full_name: str,
    role: str,
    password: str,
    department: str = "",
    phone: str = "",
    language: str = "zh",
    areas: Iterable[str] = (),
    offices: Iterable[str] = (),
    grids: Iterable[str] = (),
) -> UserView:
    """A new user, who answers for `areas`, works in `offices` and is rostered in `grids` (for workers only).

    Areas and grids go by code, offices by `department.code@area`, built-in ones by `code@area`.

    Problem `invalid-body` with every fault, `clash` for a name that is taken, `not-allowed` outside the caller's areas.
    """
    require(caller, "users.change")
    full_name, phone = tidy(full_name), tidy(phone)
    faults = _faults(name, full_name, role, password, department)
    if grids and role != "worker":
        faults.append(
            Fault("grids", "workers-only", "只有网格员可以入网格", "Only a worker is rostered in grids")
        )
    if faults:
        raise Problem("invalid-body", errors=faults)
    password_hash = engine.passwords.hash(password)

    def work() -> UserView:
        db = engine.store.db
        if db.User.exists(name=name):
            raise Problem("clash", f"用户名 {name} 已被使用", f"The name {name} is taken")
        user = db.User(
            name=name, full_name=full_name, role=role, department=department, phone=phone, language=language,
            password_hash=password_hash, session_key=new_session_key(),
            areas=[_reached(engine, caller, area) for area in areas],
            offices=[_office(engine, caller, office) for office in offices],
        )  # fmt: skip
        for grid in grids:
            db.Roster(user=user, grid=_reached(engine, caller, grid, tier="grid"))
        db.flush()
        require_over(engine, caller, user)
        view = user_view(user)
        _enter(engine, caller, user, "user-added", {
            "name": name, "full_name": full_name, "role": role, "department": department, "areas": list(view.areas),
            "offices": list(view.offices), "grids": list(view.grids),
        })  # fmt: skip
        return view

    return engine.store.retrying(work)


def list_users(engine: Engine, caller: Caller) -> list[UserView]:
    """Every user, by name."""
    require(caller, "users.read")
    db = engine.store.db
    with engine.store.transaction():
        users = (
            select(u for u in db.User)
            .order_by(db.User.name)
            .prefetch(db.User.areas, db.User.offices, db.User.roster)
        )
        return [user_view(user) for user in users]


def disable_user(engine: Engine, caller: Caller, name: str) -> UserView:
    """From now on the user cannot sign in; their sessions and tokens end. Nobody disables themselves."""
    return _set_active(engine, caller, name, active=False)


def enable_user(engine: Engine, caller: Caller, name: str) -> UserView:
    """Lets a disabled user sign in again."""
    return _set_active(engine, caller, name, active=True)


def assign_user(
    engine: Engine,
    caller: Caller,
    name: str,
    *,
    areas: Iterable[str] | None = None,
    offices: Iterable[str] | None = None,
) -> UserView:
    """Give the user these areas and offices instead of those they have; None leaves them as they are."""
    require(caller, "users.change")

    def work() -> UserView:
        user = _managed(engine, caller, name)
        before = user_view(user)
        if areas is not None:
            user.areas = [_reached(engine, caller, area) for area in areas]
        if offices is not None:
            user.offices = [_office(engine, caller, office) for office in offices]
        after = user_view(user)
        _enter(engine, caller, user, "user-assigned", {
            "areas": [list(before.areas), list(after.areas)], "offices": [list(before.offices), list(after.offices)],
        })  # fmt: skip
        return after

    return engine.store.retrying(work)


def set_language(engine: Engine, caller: Caller, language: str) -> Caller:
    """The language in which the caller reads from now on."""
    if language not in ("zh", "en"):
        raise Problem(
            "invalid-body", errors=[Fault("language", "unknown", "语言只能是 zh 或 en", "zh or en")]
        )

    def work() -> None:
        user = engine.store.db.User[caller.id]
        if user.language != language:
            user.language = language
            _enter(engine, caller, user, "language-set", {"language": language})

    engine.store.retrying(work)
    return replace(caller, language=language)


def set_password(engine: Engine, caller: Caller, name: str, password: str, old: str | None = None) -> None:
    """A new password; every session of the user ends. One's own needs the `old` one, another's the roster's permission."""
    own = name == caller.name and caller.id is not None
    if not own:
        require(caller, "users.change")
    faults = password_faults(name, password)
    if faults:
        raise Problem("invalid-body", errors=faults)
    if own:
        with engine.store.transaction():
            stored = _user(engine, name).password_hash
        if not proves(engine.passwords, stored, old or ""):
            raise Problem(
                "invalid-body", errors=[Fault("old", "wrong", "原密码不对", "The old password is wrong")]
            )
    password_hash = engine.passwords.hash(password)

    def work() -> None:
        user = _managed(engine, caller, name)
        user.password_hash, user.session_key = password_hash, new_session_key()
        user.failed_sign_ins, user.locked_until = 0, None
        _enter(engine, caller, user, "password-set", {})

    engine.store.retrying(work)


def sign_out_everywhere(engine: Engine, caller: Caller) -> None:
    """Every session of the caller ends; API tokens stay."""

    def work() -> None:
        user = engine.store.db.User[caller.id]
        user.session_key = new_session_key()
        _enter(engine, caller, user, "signed-out-everywhere", {})

    engine.store.retrying(work)


# Tokens


def issue_token(engine: Engine, caller: Caller, name: str) -> str:
    """A new API token of the user: shown this once, kept only as a hash. One's own; the machine's owner gives others theirs."""
    if name != caller.name:
        require(caller, "tokens.issue")
    secret = new_token()

    def work() -> str:
        user = _user(engine, name)
        token = engine.store.db.Token(user=user, secret_hash=token_hash(secret), created_at=engine.now())
        engine.store.db.flush()
        _enter(engine, caller, user, "token-issued", {"token": token.id})
        return secret

    return engine.store.retrying(work)


def revoke_tokens(engine: Engine, caller: Caller, name: str) -> int:
    """Ends every API token of the user; how many there were."""
    if name != caller.name:
        require(caller, "users.change")

    def work() -> int:
        user = _managed(engine, caller, name)
        waiting = [token for token in user.tokens if token.revoked_at is None]
        for token in waiting:
            token.revoked_at = engine.now()
        _enter(engine, caller, user, "tokens-revoked", {"tokens": sorted(token.id for token in waiting)})
        return len(waiting)

    return engine.store.retrying(work)


def _set_active(engine: Engine, caller: Caller, name: str, active: bool) -> UserView:
    require(caller, "users.change")
    if name == caller.name:
        raise Problem("not-possible-now", "不能停用自己", "Nobody disables themselves")

    def work() -> UserView:
        user = _managed(engine, caller, name)
        if user.active != active:
            user.active, user.session_key = active, new_session_key()
            _enter(engine, caller, user, "user-enabled" if active else "user-disabled", {})
        return user_view(user)

    return engine.store.retrying(work)


def _user(engine: Engine, name: str) -> Any:
    user = engine.store.db.User.get(name=name) if _NAME.fullmatch(name) else None
    if user is None:
        raise not_found(f"用户 {name}", f"user {name}")
    return user


def _managed(engine: Engine, caller: Caller, name: str) -> Any:
    """The user's row, where the user is the caller or answers for nothing that is not the caller's."""
    user = _user(engine, name)
    if user.id != caller.id:
        require_over(engine, caller, user)
    return user


def _reached(engine: Engine, caller: Caller, code: str, tier: str | None = None) -> Any:
    area = engine.store.db.Area.get(code=code) if tidy(code) else None
    if area is None or (tier is not None and area.tier != tier):
        raise not_found(f"区域 {code}", f"{tier or 'area'} {code}")
    if not reaches(caller, path_ids(area.path)):
        raise Problem("not-allowed", f"{area.name}不在您负责的区域内", f"{area.name} lies outside your areas")
    return area


def _office(engine: Engine, caller: Caller, name: str) -> Any:
    full, _, at = name.partition("@")
    department, _, code = full.rpartition(".")
    area = _reached(engine, caller, at)
    office = engine.store.db.Office.get(department=department, code=code, area=area) if code else None
    if office is None:
        raise not_found(f"机构 {name}", f"office {name}")
    return office


def _enter(engine: Engine, caller: Caller, user: Any, kind: str, body: dict[str, object]) -> None:
    journal.append(engine.store, engine.now(), caller.id, kind, f"user:{user.id}", body)


def _faults(name: str, full_name: str, role: str, password: str, department: str) -> list[Fault]:
    faults = password_faults(name, password)
    if not _NAME.fullmatch(name):
        faults.append(
            Fault(
                "name",
                "form",
                "用户名为 2 到 64 个字母、数字或 . _ @ -",
                "2 to 64 letters, digits or . _ @ -",
            )
        )
    if not full_name:
        faults.append(Fault("full_name", "missing", "请填写姓名", "A full name is needed"))
    if role not in ROLES:
        faults.append(Fault("role", "unknown", f"没有角色 {role}", f"There is no role {role}"))
    if role in ("author", "approver") and not department:
        faults.append(Fault("department", "missing", "请填写所属部门", "This role belongs to a department"))
    return faults


def _refused() -> Problem:
    return Problem(
        "not-signed-in",
        f"用户名或密码不对。连续 {FAILURES} 次失败后，账号锁定 15 分钟。",
        f"The name or the password is wrong. After {FAILURES} failures in a row an account is locked for 15 minutes.",
    )


def _session_ended() -> Problem:
    return Problem("not-signed-in", "请重新登录", "Please sign in again")
