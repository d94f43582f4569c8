"""What keeps running: serve, work, demo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gewu_admin.cli.opening import DATA, missing_database, settings_for
from gewu_admin.cli.output import Command, Failure, Usage, pick, progress_of, say
from gewu_dsl.words import Language

if TYPE_CHECKING:
    from gewu_admin.demo.town import Account

PORT = click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="端口 / port"
)
HOST = click.option("--host", default="127.0.0.1", show_default=True, help="地址 / address to listen at")


@click.command("serve", cls=Command)
@HOST
@PORT
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 256), help="线程数 / threads")
@DATA
@click.pass_obj
def serve(language: Language, host: str, port: int, threads: int, data: str | None) -> None:
    """运行网站；旁边另运行 gewu work。

    Serve the site; run `gewu work` beside it.

    \b
    例 / Example:
      gewu serve --host 0.0.0.0 --port 8000
    """
    settings = settings_for(data)
    _need_data(missing_database(settings))
    from gewu_admin.serving import NotReady, run_site

    try:
        run_site(settings, host, port, threads)
    except NotReady as error:
        raise Failure(error.words.text(language)) from error


@click.command("work", cls=Command)
@DATA
@click.pass_obj
def work(language: Language, data: str | None) -> None:
    """运行后台任务：到期处理、消息、巡查安排。收到 SIGTERM 或 SIGINT 后做完手头的再停。

    Run the jobs: sweep due timers, deliver notices, plan visits. SIGTERM or SIGINT ends it after what is under way.

    \b
    例 / Example:
      gewu work
    """
    settings = settings_for(data)
    _need_data(missing_database(settings))
    from gewu_admin.serving import NotReady, run_jobs

    try:
        run_jobs(settings)
    except NotReady as error:
        raise Failure(error.words.text(language)) from error


@click.command("demo", cls=Command)
@HOST
@PORT
@click.option(
    "--seed", default=1, show_default=True, help="同一种子得到同一城镇 / the same seed makes the same town"
)
@DATA
@click.pass_obj
def demo(language: Language, host: str, port: int, seed: int, data: str | None) -> None:
    """在一个进程里运行一个有一个月历史的示例城镇，并输出各角色的账号。

    Serve a town with a month of history, everything in one process; prints the accounts.

    \b
    例 / Example:
      gewu demo --port 8080
    """
    settings = settings_for(data)
    from gewu_admin.serving import NotReady, run_demo

    def announce(accounts: tuple[Account, ...]) -> None:
        for account in accounts:
            click.echo(f"{account.name}\t{account.password}\t{account.role}\t{account.full_name}")
        shown = f"[{host}]" if ":" in host else host
        say(pick(language, f"打开 http://{shown}:{port}", f"open http://{shown}:{port}"))

    making = pick(language, "正在建立示例城镇和一个月的历史", "making a town with a month of history")
    try:
        run_demo(settings, host, port, seed, progress=progress_of(making), announce=announce)
    except NotReady as error:
        raise Failure(error.words.text(language)) from error
    except OverflowError as error:
        raise Usage(str(error)) from error


def _need_data(missing: object) -> None:
    if missing is not None:
        raise Failure(f"{missing}: 还没有数据，先运行 gewu init / no data yet, run gewu init first")


COMMANDS = (demo, serve, work)
