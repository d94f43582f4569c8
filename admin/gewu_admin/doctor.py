"""`gewu doctor`: everything that has to work, looked at one by one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from gewu_admin.app import open_engine
from gewu_admin.packs import load_packs
from gewu_admin.settings import Settings, unknown_variables
from gewu_platform.core.words import Words
from gewu_platform.jobs.runner import make_queue
from gewu_platform.service import health
from gewu_platform.service.caller import SYSTEM
from gewu_platform.service.catalogue import office_gaps
from gewu_platform.service.engine import Engine
from gewu_platform.service.history import auditing
from gewu_platform.service.timing import calendars
from gewu_platform.web.assets import AssetsMissing, read_manifest

SPACE = 500 * 2**20
"""Free bytes below which photographs may soon find no room."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: whether it works, and what was seen or is to be done."""

    name: str
    ok: bool
    words: Words


def examine(settings: Settings) -> list[Check]:
    """Every check, in the order in which things depend on each other; one that fails does not hide the next.

    Nothing is made that is not there.
    """
    checks = [
        _guard("settings", _check_settings),
        _guard("front end", _check_front_end),
        _guard("packs", lambda: _check_packs(settings)),
        _guard("data folder", lambda: _check_folder(settings)),
        _guard("key", lambda: _check_key(settings)),
        _guard("queue", lambda: _check_queue(settings)),
    ]
    return [*checks, *_examine_database(settings)]


def _examine_database(settings: Settings) -> Iterator[Check]:
    file = settings.database_url.removeprefix("sqlite:///")
    if file != settings.database_url and not Path(file).is_file():
        yield Check(
            "database", False, Words(f"没有 {file}：运行 gewu init", f"there is no {file}: run gewu init")
        )
        return
    try:
        engine = open_engine(settings, load_packs(settings), make=False)
    except Exception as error:  # noqa: BLE001 - whatever keeps a database from opening is what the reader wants to see
        yield Check("database", False, Words(f"打不开：{error}", f"cannot be opened: {error}"))
        return
    try:
        first = _guard("database", lambda: _check_database(engine))
        yield first
        if first.ok:
            yield _guard("calendar", lambda: _check_calendar(engine))
            yield _guard("offices", lambda: _check_offices(engine))
            yield _guard("journal", lambda: _check_journal(engine))
    finally:
        engine.store.close()


def _guard(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - a broken part is a finding of the doctor, not an end of the examination
        return Check(name, False, Words(f"检查失败：{error}", f"the check itself failed: {error}"))


def _check_settings() -> Check:
    unknown = unknown_variables()
    if unknown:
        named = ", ".join(f"{name} ({near}?)" if near else name for name, near in unknown.items())
        return Check(
            "settings", False, Words(f"没有这些设置：{named}", f"these variables are no settings: {named}")
        )
    return Check("settings", True, Words("可用", "usable"))


def _check_front_end() -> Check:
    try:
        read_manifest()
    except AssetsMissing as error:
        return Check("front end", False, Words("页面资源没有构建：运行 make frontend", str(error)))
    return Check("front end", True, Words("页面资源已构建", "built"))


def _check_packs(settings: Settings) -> Check:
    packs = load_packs(settings).packs
    refused = [each.code for each in packs if not each.accepted]
    if not packs:
        where = settings.pack_path
        return Check("packs", False, Words(f"{where} 里没有部门包", f"no pack found on {where}"))
    if refused:
        return Check(
            "packs",
            False,
            Words(
                f"没有采用：{'、'.join(refused)}；运行 gewu pack list 看原因",
                f"refused: {', '.join(refused)}; see gewu pack list",
            ),
        )
    return Check("packs", True, Words(f"{len(packs)} 个部门包", f"{len(packs)} packs"))


def _check_folder(settings: Settings) -> Check:
    for folder in (settings.data_folder, settings.files_folder):
        if not folder.is_dir():
            return Check(
                "data folder",
                False,
                Words(f"没有 {folder}：运行 gewu init", f"there is no {folder}: run gewu init"),
            )
        if not os.access(folder, os.W_OK | os.X_OK):
            return Check("data folder", False, Words(f"{folder} 不可写", f"{folder} cannot be written to"))
        free = shutil.disk_usage(folder).free
        if free < SPACE:
            left = f"{free // 2**20} MB"
            return Check(
                "data folder", False, Words(f"{folder} 只剩 {left}", f"only {left} left for {folder}")
            )
    return Check(
        "data folder",
        True,
        Words(f"{settings.data_folder} 可写", f"{settings.data_folder} can be written to"),
    )


def _check_key(settings: Settings) -> Check:
    if given := os.environ.get("GEWU_SECRET_KEY"):
        if len(given) < 32:
            return Check(
                "key", False, Words("GEWU_SECRET_KEY 少于 32 个字符", "GEWU_SECRET_KEY is shorter than 32")
            )
        return Check("key", True, Words("来自 GEWU_SECRET_KEY", "from GEWU_SECRET_KEY"))
    file = settings.data_folder / "secret.key"
    if not file.is_file() or not file.read_text(encoding="ascii").strip():
        return Check(
            "key", False, Words(f"没有 {file}：运行 gewu init", f"there is no {file}: run gewu init")
        )
    if file.stat().st_mode & 0o077:
        return Check(
            "key", False, Words(f"{file} 别人也能读：chmod 600", f"others can read {file}: chmod 600")
        )
    return Check("key", True, Words("只有本账号可读", "readable by its owner only"))


def _check_queue(settings: Settings) -> Check:
    if not settings.data_folder.is_dir() and settings.queue == "sqlite":
        return Check("queue", False, Words("没有数据目录：运行 gewu init", "no data folder: run gewu init"))
    waiting = make_queue(settings.queue_url).pending_count()
    return Check("queue", True, Words(f"可用，{waiting} 个任务在等", f"reachable, {waiting} tasks waiting"))


def _check_database(engine: Engine) -> Check:
    problems = health.readiness(engine)
    if problems:
        return Check(
            "database",
            False,
            Words("；".join(problems) + "；运行 gewu migrate", "; ".join(problems) + "; run gewu migrate"),
        )
    return Check("database", True, Words("可用，结构为最新", "reachable and up to date"))


def _check_calendar(engine: Engine) -> Check:
    known = calendars.confirmed_until(engine)
    if known is None:
        return Check(
            "calendar", False, Words("没有工作日历：运行 gewu init", "no working calendar: run gewu init")
        )
    if known < engine.now().date() + timedelta(days=30):
        return Check(
            "calendar",
            False,
            Words(
                f"工作日历只确认到 {known}，之后的期限是暂定的：运行 gewu calendar import",
                f"confirmed until {known} only; later deadlines are provisional: run gewu calendar import",
            ),
        )
    if missing := office_gaps.read_coverage(engine, SYSTEM).calendars:
        return Check("calendar", False, missing[0].words)
    return Check("calendar", True, Words(f"确认到 {known}", f"confirmed until {known}"))


def _check_offices(engine: Engine) -> Check:
    """Whether every case that can be made finds somebody; what something else takes is told, too."""
    coverage = office_gaps.read_coverage(engine, SYSTEM)
    told = [gap.words for gap in coverage.gaps] + [office.words for office in coverage.idle]
    told += [Words(f"{area}没有任何机构", f"{area} has no office at all") for area in coverage.deserted]
    if not told:
        return Check(
            "offices", True, Words("每个网格都有机构接手", "every grid has the offices its cases go to")
        )
    more = (
        f"（共 {len(told)} 条：运行 gewu catalog status）",
        f" ({len(told)} in all: run gewu catalog status)",
    )
    first = told[-1] if coverage.deserted else told[0]
    rest = more if len(told) > 1 else ("", "")
    return Check("offices", not coverage.serious, Words(first.zh + rest[0], first.en + rest[1]))


def _check_journal(engine: Engine) -> Check:
    verdict = auditing.verify_journal(engine, SYSTEM)
    if verdict.broken is not None:
        return Check("journal", False, verdict.broken.words)
    return Check("journal", True, Words(f"完整，{verdict.entries} 条", f"whole, {verdict.entries} entries"))
