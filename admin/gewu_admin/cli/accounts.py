"""Accounts and tokens: user add, list, disable; token."""

from __future__ import annotations

import sys

import click

from gewu_admin.cli.opening import DATA, opened
from gewu_admin.cli.output import AS_JSON, Command, Family, Usage, pick, print_json, say
from gewu_dsl.words import Language
from gewu_platform.service.caller import ROLES, SYSTEM


@click.group("user", cls=Family)
def user() -> None:
    """账号：新建、列出、停用。

    Accounts: add, list, disable.

    \b
    例 / Example:
      gewu user list --json
    """


@user.command("add")
@click.argument("name")
@click.option("--full-name", required=True, help="姓名 / the person's name")
@click.option("--role", required=True, type=click.Choice(ROLES), help="角色 / what they do")
@click.option("--department", default="", help="部门代码 / department code")
@click.option("--area", "areas", multiple=True, help="区域代码，可重复 / area code, repeatable")
@click.option(
    "--office", "offices", multiple=True, help="部门.机构@区域，可重复 / department.code@area, repeatable"
)
@click.option(
    "--grid", "grids", multiple=True, help="入格网格代码，可重复 / grid code, repeatable: a worker's roster"
)
@click.option(
    "--password", help="密码；省略则询问，或读标准输入 / asked for, or read from stdin, when left out"
)
@DATA
@click.pass_obj
def add(
    language: Language,
    name: str,
    full_name: str,
    role: str,
    department: str,
    areas: tuple[str, ...],
    offices: tuple[str, ...],
    grids: tuple[str, ...],
    password: str | None,
    data: str | None,
) -> None:
    """新建账号。

    Make an account.

    \b
    例 / Example:
      gewu user add li --full-name 李强 --role handler --office parks.station@441900101
    """
    secret = _ask_password(language) if password is None else password
    with opened(data) as engine:
        from gewu_platform.service.town import people

        made = people.add_user(
            engine,
            SYSTEM,
            name=name,
            full_name=full_name,
            role=role,
            password=secret,
            department=department,
            areas=areas,
            offices=offices,
            grids=grids,
        )
    say(pick(language, f"已建立账号 {made.name}。", f"account {made.name} made."))


def _ask_password(language: Language) -> str:
    """Asked twice at a terminal, else the first line of standard input, so that scripts need not show it."""
    if sys.stdin.isatty():
        words = pick(language, "密码", "Password")
        return str(click.prompt(words, hide_input=True, confirmation_prompt=True, err=True))
    secret = sys.stdin.readline().rstrip("\r\n")
    if not secret:
        raise Usage(
            "缺少密码：--password，或从标准输入给出 / a password is needed: --password, or a line on stdin"
        )
    return secret


@user.command("list")
@AS_JSON
@DATA
@click.pass_obj
def list_accounts(language: Language, as_json: bool, data: str | None) -> None:
    """列出账号及其角色、区域和机构。

    List accounts with their roles, areas and offices.

    \b
    例 / Example:
      gewu user list --json
    """
    with opened(data) as engine:
        from gewu_platform.service.town import people

        users = people.list_users(engine, SYSTEM)
    if as_json:
        print_json(
            [
                {
                    "name": each.name,
                    "role": each.role,
                    "areas": list(each.areas),
                    "offices": list(each.offices),
                    "active": each.active,
                }
                for each in users
            ]
        )
        return
    for each in users:
        state = "" if each.active else pick(language, "（停用）", " (disabled)")
        where = ", ".join([*each.areas, *each.offices, *each.grids])
        click.echo(f"{each.name}\t{each.role}\t{each.full_name}\t{where}{state}")


@user.command("disable")
@click.argument("name")
@DATA
@click.pass_obj
def disable(language: Language, name: str, data: str | None) -> None:
    """停用账号；其登录和令牌立即失效。

    Disable an account; its sessions and tokens end at once.

    \b
    例 / Example:
      gewu user disable li
    """
    with opened(data) as engine:
        from gewu_platform.service.town import people

        people.disable_user(engine, SYSTEM, name)
    say(pick(language, f"已停用 {name}。", f"{name} disabled."))


@click.command("token", cls=Command)
@click.argument("name", metavar="USER")
@DATA
def token(name: str, data: str | None) -> None:
    """输出某账号的新接口令牌；只显示这一次，库里只存其哈希。

    Print a new API token of a user; it is shown once and stored only as a hash.

    \b
    例 / Example:
      gewu token worker1
    """
    with opened(data) as engine:
        from gewu_platform.service.town import people

        secret = people.issue_token(engine, SYSTEM, name)
    click.echo(secret)


COMMANDS = (user, token)
