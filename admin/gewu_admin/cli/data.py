"""The installation and its data: config, init, migrate, doctor, verify-journal."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import click

from gewu_admin.cli.coverage_words import say_coverage
from gewu_admin.cli.opening import DATA, missing_database, opened, settings_for
from gewu_admin.cli.output import AS_JSON, Command, Failure, Usage, pick, print_json, progress_of, say
from gewu_admin.settings import SettingsError, read_settings
from gewu_dsl.words import Language
from gewu_platform.service.caller import SYSTEM


@click.command("config", cls=Command)
@AS_JSON
@DATA
def config(as_json: bool, data: str | None) -> None:
    """显示每项设置及其来源。

    Print every setting and where its value came from.

    \b
    例 / Example:
      gewu config
    """
    try:
        _, origins = read_settings({"data": data})
    except SettingsError as error:
        raise Usage(str(error)) from error
    if as_json:
        print_json([{"name": each.name, "value": each.shown, "source": each.source} for each in origins])
        return
    for each in origins:
        click.echo(f"{each.name} = {each.shown!r}\t({each.source})")


@click.command("init", cls=Command)
@DATA
@click.pass_obj
def init(language: Language, data: str | None) -> None:
    """建立数据目录：数据库、密钥、工作日历、已发布的事项。可重复运行。

    Set up the data folder: database, key, working calendar, published items. Safe to repeat.

    \b
    例 / Example:
      gewu init --data gewu-data
    """
    settings = settings_for(data)
    with opened(data, make=True) as engine:
        from gewu_admin.app import secret_key
        from gewu_platform.service.catalogue import publishing
        from gewu_platform.service.timing import calendars

        secret_key(settings)
        calendars.seed_calendars(engine, SYSTEM)
        done = publishing.publish_catalogue(engine, SYSTEM)
    say(
        pick(
            language,
            f"已就绪，发布 {len(done.new)} 个事项。",
            f"ready, {len(done.new)} items published.",
        )
    )
    say_coverage(done.coverage, language)
    if done.refused:
        codes = ", ".join(done.refused)
        raise Failure(
            pick(language, f"没有采用：{codes}；运行 gewu pack list", f"refused: {codes}; run gewu pack list")
        )


@click.command("migrate", cls=Command)
@DATA
@click.pass_obj
def migrate(language: Language, data: str | None) -> None:
    """把数据库结构升级到最新。

    Bring the database's schema up to date.

    \b
    例 / Example:
      gewu migrate
    """
    settings = settings_for(data)
    if missing := missing_database(settings):
        raise Failure(f"{missing}: 还没有数据，先运行 gewu init / no data yet, run gewu init first")
    with opened(data, make=True):
        say(pick(language, "数据库已是最新。", "the database is up to date."))


@click.command("doctor", cls=Command)
@AS_JSON
@DATA
@click.pass_obj
def doctor(language: Language, as_json: bool, data: str | None) -> None:
    """逐项检查运行条件，并说明怎样修复。有一项不行则退出码为 1。

    Look at everything that has to work, and say what to do about what does not; exit 1 if anything does not.

    \b
    例 / Example:
      gewu doctor
    """
    from gewu_admin.doctor import examine
    from gewu_admin.logs import set_up_logs

    set_up_logs("warning")
    checks = examine(settings_for(data))
    if as_json:
        print_json(
            [{"name": each.name, "ok": each.ok, "detail": each.words.text(language)} for each in checks]
        )
    else:
        for each in checks:
            click.echo(f"{'✓' if each.ok else '✗'} {each.name}: {each.words.text(language)}")
    if not all(each.ok for each in checks):
        sys.exit(1)


@click.command("verify-journal", cls=Command)
@click.option(
    "--projections",
    is_flag=True,
    help="由日志重算每个案件的行、时钟、任务与计时器，与库中比对 / make every case again from the journal and compare",
)
@click.option(
    "--known",
    metavar="SEQ:HASH",
    multiple=True,
    help="库外留存的某条的哈希，可多次给出 / the hash of an entry that was noted elsewhere, may be repeated",
)
@AS_JSON
@DATA
@click.pass_obj
def verify_journal(
    language: Language, as_json: bool, data: str | None, projections: bool, known: tuple[str, ...]
) -> None:
    """逐条校验日志的哈希链；有断开处则指出第一处，退出码为 1。

    Walk the journal's hash chain; exit 1 and name the first broken link, if there is one. What a chain cannot show on
    its own (an end rewritten with hashes that fit, head and all) shows against a hash noted elsewhere: keep the line
    this prints.

    \b
    例 / Example:
      gewu verify-journal --projections --known 1200:9f2c…
    """
    with opened(data) as engine:
        from gewu_platform.service.history import auditing

        verdict = auditing.verify_journal(engine, SYSTEM, _read_known(known))
        compared = None
        if projections and verdict.whole:
            told = progress_of(pick(language, "重算投影", "making projections again"))
            compared = auditing.verify_projections(engine, SYSTEM, told)
    broken = verdict.broken
    difference = compared.difference if compared else None
    if as_json:
        body: dict[str, Any] = {"entries": verdict.entries, "head": verdict.head, "whole": verdict.whole}
        body["broken"] = broken.seq if broken else None
        if compared is not None:
            body |= {"cases": compared.cases, "older": compared.older,
                     "difference": asdict(difference) if difference else None}  # fmt: skip
        print_json(body)
    if broken is not None:
        raise Failure(broken.words.text(language))
    if difference is not None:
        raise Failure(difference.words.text(language))
    if not as_json:
        say(pick(
            language,
            f"日志完整，共 {verdict.entries} 条，末条 {verdict.entries}:{verdict.head}。",
            f"the journal is whole, {verdict.entries} entries; the last is {verdict.entries}:{verdict.head}.",
        ))  # fmt: skip
        if compared is not None:
            say(_alike(language, compared.cases, compared.older))


def _read_known(known: Sequence[str]) -> dict[int, str]:
    """`1200:9f2c…` as number and hash."""
    found = {}
    for text in known:
        seq, _, link = text.partition(":")
        if not seq.isascii() or not seq.isdigit() or not link:
            raise click.BadParameter(f"{text}: SEQ:HASH", param_hint="--known")
        found[int(seq)] = link
    return found


def _alike(language: Language, cases: int, older: int) -> str:
    left = pick(language, f"；另有 {older} 件早于此版，未比对", f"; {older} older ones were left out")
    alike = pick(
        language, f"{cases} 个案件按日志重算，与库中一致", f"{cases} cases made again are as they are stored"
    )
    return alike + (left if older else "")


COMMANDS = (config, init, migrate, doctor, verify_journal)
