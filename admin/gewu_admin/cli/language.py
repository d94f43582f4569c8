"""Commands of the language: check, explain, format."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gewu_admin.cli.output import AS_JSON, Command, Failure, Usage, pick, print_json, say
from gewu_dsl.words import Language

if TYPE_CHECKING:
    from gewu_admin.cli.units import Unit

PATHS = click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))


@click.command("check", cls=Command)
@PATHS
@AS_JSON
@click.option(
    "--coverage",
    is_flag=True,
    help="另外说明示例没有走到的规定，并建议示例 / also say what no example reaches, and propose examples",
)
@click.option(
    "--pairs",
    is_flag=True,
    help="--coverage，连同选项的两两组合 / --coverage, and examples for pairs of choices, too",
)
@click.pass_obj
def check(language: Language, paths: tuple[Path, ...], as_json: bool, coverage: bool, pairs: bool) -> None:
    """检查文件、部门包或装着部门包的目录；有错误则退出码为 1。

    Check files, packs or folders of packs; exit 1 when there are errors. With --coverage the proposed examples are printed
    as text; --json then prints an object with `diagnostics` and `coverage`.

    \b
    例 / Example:
      gewu check plugins/*
      gewu check plugins/parks --coverage
    """
    from gewu_admin.cli.units import compile_paths

    coverage = coverage or pairs
    units = compile_paths(paths)
    shown = [
        (unit.sources.get(each.file), replace(each, file=unit.path_of(each.file)))
        for unit in units
        for each in unit.diagnostics
        if each.file in unit.chosen or each.file not in unit.sources
    ]
    errors = sum(each.severity == "error" for _, each in shown)
    rows = _coverage(units, pairs, language) if coverage else []
    if as_json:
        told = [each.to_json(language) for _, each in shown]
        print_json({"diagnostics": told, "coverage": rows} if coverage else told)
    else:
        # Errors last, beside the figures: on a terminal that is where people look.
        for source, each in sorted(shown, key=lambda pair: pair[1].severity == "error"):
            say(f"{each.render(language, source)}\n")
        files = sum(len(unit.chosen) for unit in units)
        items = sum(compiled.file in unit.chosen for unit in units for compiled in unit.result.items)
        warnings = len(shown) - errors
        say(
            pick(
                language,
                f"{files} 个文件，{items} 个事项：{errors} 个错误，{warnings} 个提醒。",
                f"{files} files, {items} items: {errors} errors, {warnings} warnings.",
            )
        )
        if coverage:
            from gewu_admin.cli.coverage import show_coverage

            show_coverage(rows, language)
    if errors:
        sys.exit(1)


def _coverage(units: list[Unit], pairs: bool, language: Language) -> list[dict[str, Any]]:
    from gewu_admin.cli.coverage import coverage_rows

    return coverage_rows(units, pairs=pairs, language=language)


@click.command("explain", cls=Command)
@click.argument("code")
@click.pass_obj
def explain_code(language: Language, code: str) -> None:
    """输出一个诊断代码的说明：是什么、为什么、错误和正确的写法。

    Print the page of a diagnostic's code: what, why, wrong and right.

    \b
    例 / Example:
      gewu explain G401
    """
    from gewu_dsl.codes import CODES, explain

    page = explain(code.upper())
    if page is None:
        near = ", ".join(known for known in CODES if known[:2] == code.upper()[:2]) or ", ".join(CODES)
        raise Usage(
            pick(language, f"没有代码 {code}。已有：{near}", f"there is no code {code}; known: {near}")
        )
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(page))
    else:
        click.echo(page.rstrip("\n"))


@click.command("format", cls=Command)
@PATHS
@click.option(
    "--words",
    type=click.Choice(["zh", "en"]),
    help="关键词改用这种语言 / rewrite every keyword in this language",
)
@click.option(
    "--check",
    "only_check",
    is_flag=True,
    help="不改动，有要改的则退出码 1 / change nothing; exit 1 if a file would change",
)
@click.pass_obj
def format_files(language: Language, paths: tuple[Path, ...], words: Any, only_check: bool) -> None:
    """重排文件；编译出的事项逐字节不变。

    Lay files out anew; the compiled items stay byte for byte the same.

    \b
    例 / Example:
      gewu format plugins/parks --words zh
    """
    from gewu_dsl.diagnostics import has_errors
    from gewu_dsl.format import format_tree
    from gewu_dsl.parse import parse, read_source

    changed, broken = 0, 0
    for file in _files(paths):
        before, problems = read_source(file.read_bytes(), file.as_posix())
        parsed = parse(before, file.as_posix())
        diagnostics = [*problems, *parsed.diagnostics]
        if has_errors(diagnostics):
            broken += 1
            for each in diagnostics:
                say(each.render(language, before))
            continue
        after = format_tree(parsed.tree, words)
        if after != before:
            changed += 1
            say(file.as_posix())
            if not only_check:
                _replace_text(file, after)
    if broken:
        raise Failure(
            pick(
                language,
                f"{broken} 个文件有错误，没有改动。",
                f"{broken} files have errors and were left as they were.",
            )
        )
    if only_check and changed:
        sys.exit(1)


def _replace_text(file: Path, text: str) -> None:
    """All of the new text or all of the old, whatever happens in between."""
    aside = file.with_name(f".{file.name}.new")
    aside.write_text(text, encoding="utf-8", newline="\n")
    aside.chmod(file.stat().st_mode)
    aside.replace(file)


def _files(paths: tuple[Path, ...]) -> list[Path]:
    from gewu_admin.cli.units import texts_among

    files: list[Path] = []
    for path in texts_among(list(paths)):
        if not path.exists():
            raise Usage(f"{path}: 没有这个文件或文件夹 / no such file or folder")
        files += sorted(path.rglob("*.gewu")) if path.is_dir() else [path]
    return files


COMMANDS = (check, explain_code, format_files)
