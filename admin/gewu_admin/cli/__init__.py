"""The command `gewu`: one module for each family of commands, loaded when one of them is used."""

from __future__ import annotations

import difflib
import importlib
import io
import locale
import os
import sys
from collections.abc import Mapping

import click

from gewu_admin.cli.output import HELP_OPTIONS, LANGUAGE, Failure, Usage, language_of

COMMANDS: Mapping[str, tuple[str, str, str]] = {
    "check": ("language", "检查事项文本", "check the text of items"),
    "explain": ("language", "解释一个诊断代码", "explain a diagnostic's code"),
    "format": ("language", "重排文本，换关键词语言", "lay texts out anew, in either language"),
    "compile": ("compiling", "输出编译结果", "print an output of the compiler"),
    "decide": ("deciding", "对一份填报作出判定", "decide one filled form"),
    "deadline": ("deciding", "推算一个到期时间", "derive one deadline"),
    "lsp": ("editing", "编辑器的语言服务", "the language server for editors"),
    "import": ("spreadsheets", "把 XLSX、CSV 的标准写成事项", "write a spreadsheet's standard as items"),
    "export": ("spreadsheets", "把事项写成 XLSX、CSV 的表", "write items as a spreadsheet"),
    "pack": ("catalogue", "部门包：检查、列出、新建", "departments: check, list, new"),
    "catalog": ("catalogue", "事项版本：状态、发布、重演", "versions of items: status, publish, replay"),
    "calendar": ("calendars", "工作日历：查看、检查、导入", "working calendars: show, check, import"),
    "demo": ("running", "运行一个示例城镇", "run a town with history"),
    "serve": ("running", "运行网站", "run the web server"),
    "work": ("running", "运行后台任务", "run the jobs"),
    "init": ("data", "建立数据目录", "set up the data folder"),
    "migrate": ("data", "升级数据库结构", "bring the database's schema up to date"),
    "doctor": ("data", "逐项检查运行条件", "look at everything that has to work"),
    "config": ("data", "显示设置及来源", "print the settings and their origins"),
    "verify-journal": ("data", "校验日志的哈希链", "walk the journal's hash chain"),
    "user": ("accounts", "账号：新建、列出、停用", "accounts: add, list, disable"),
    "token": ("accounts", "发放接口令牌", "print an API token of a user"),
    "plan": ("timing", "安排一个月的巡查", "plan the visits of a month"),
    "sweep": ("timing", "处理当前到期的事", "do what is due now"),
}
"""Each command's module, and what it does in Chinese and English."""


class Gewu(click.Group):
    """The root: it knows every command by name and loads only the one that is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"gewu_admin.cli.{COMMANDS[cmd_name][0]}")
        commands: tuple[click.Command, ...] = module.COMMANDS
        return next(command for command in commands if command.name == cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            language = language_of(ctx)
            near = ", ".join(difflib.get_close_matches(args[0], COMMANDS, 3))
            known = near or ", ".join(COMMANDS)
            raise Usage(
                f"没有命令 {args[0]}。可用：{known}"
                if language == "zh"
                else f"there is no command {args[0]}; try {known}"
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        chosen = 1 if language_of(ctx) == "zh" else 2
        with formatter.section("命令" if chosen == 1 else "Commands"):
            formatter.write_dl([(name, row[chosen]) for name, row in COMMANDS.items()])


@click.group(cls=Gewu, context_settings={"help_option_names": HELP_OPTIONS, "max_content_width": 110})
@LANGUAGE
@click.version_option(package_name="gewu-grid", prog_name="gewu")
@click.pass_context
def gewu(context: click.Context) -> None:
    """格物：把入格事项写成文本。写一个事项，检查它，让一个城镇按它运转。

    Gewu: grid items as text. Write an item, check it, run a town on it.

    \b
    例 / Example:
      gewu check plugins/*
    """
    context.obj = context.obj or language_of_environment()


def language_of_environment(environment: Mapping[str, str] = os.environ) -> str:
    """`en` where the environment asks for English, else `zh`."""
    for name in ("GEWU_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name, "")
        if value:
            return "en" if locale.normalize(value).lower().startswith("en") else "zh"
    return "zh"


def main() -> None:
    """Run the command; what is wrong becomes one line on stderr and exit status 1 or 2, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(
                errors="backslashreplace"
            )  # a terminal in another encoding still gets its answer
    sys.exit(_run())


def _run() -> int:
    try:
        status = gewu.main(standalone_mode=False, obj=language_of_environment())
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if os.environ.get("GEWU_LOG") == "debug":
            raise
        Failure(f"{type(error).__name__}: {error}").show()
        return 1
    return status if isinstance(status, int) else 0
