"""Standards as spreadsheets: import, export."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from gewu_admin.cli.output import AS_JSON, Command, Failure, Usage, pick, print_json, say
from gewu_dsl.words import Language

if TYPE_CHECKING:
    from gewu_item_catalog.spreadsheets.importing import Imported
    from gewu_item_catalog.spreadsheets.limits import Habits
    from gewu_item_catalog.spreadsheets.notes import Note
    from gewu_item_catalog.spreadsheets.plans import Options

MOST_SHOWN = 100
"""Of notes on a terminal; `--report` has all of them."""


@click.command("import", cls=Command)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--department", required=True, help="部门代码 / code of the department")
@click.option("--name", help="部门名称，新部门用 / the department's name, where it is new")
@click.option(
    "--out",
    default="items",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="写到这个文件夹 / folder to write to",
)
@click.option(
    "--hours",
    type=click.Choice(["urgent", "work"]),
    help="“小时”是紧急工作时还是工作时 / what 小时 means: hours of the clock or work hours",
)
@click.option(
    "--days",
    type=click.Choice(["work", "natural"]),
    help="“天”是工作日还是自然日 / what 天 means: workdays or natural days",
)
@click.option("--at-once", help='“即时”是多久，如 "30 分钟" / what 即时 allows, e.g. "30 minutes"')
@click.option(
    "--handle", help='没有写时限的行用它，如 "3 工作日" / the limit of rows without one, e.g. "3 workdays"'
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="名称=字母",
    help="指定哪一列是什么，如 立案条件=D，可多次 / which column is what, e.g. finding=D; repeatable",
)
@click.option("--header", type=click.IntRange(1), help="表头在第几行 / which row the headers are in")
@click.option(
    "--sheet", "sheets", multiple=True, help="只读这张表，可多次 / read this sheet only; repeatable"
)
@click.option("--dry-run", is_flag=True, help="不写文件 / write no file")
@click.option("--force", is_flag=True, help="替换已有的同名文件 / replace files that are there already")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="把全部说明写成 .csv 或 .json / write every note to a .csv or .json file",
)
@AS_JSON
@click.pass_obj
def import_standard(
    language: Language,
    file: Path,
    department: str,
    name: str | None,
    out: Path,
    hours: Literal["urgent", "work"] | None,
    days: Literal["work", "natural"] | None,
    at_once: str | None,
    handle: str | None,
    columns: tuple[str, ...],
    header: int | None,
    sheets: tuple[str, ...],
    dry_run: bool,
    force: bool,
    report: Path | None,
    as_json: bool,
) -> None:
    """把 XLSX 或 CSV 的标准写成 .gewu 文件，逐行交代去向；有行没有收录则退出码为 1。

    Write a standard in XLSX or CSV as .gewu files and account for every row; exit 1 when rows were left out.

    \b
    例 / Example:
      gewu import 标准.xlsx --department parks --name 公园管理中心 --out plugins/parks --hours work --days work
    """
    from gewu_item_catalog.spreadsheets.folders import read_existing
    from gewu_item_catalog.spreadsheets.importing import import_workbook

    if report is not None and report.suffix.lower() not in (".csv", ".json"):
        raise Usage(f"{report}: 写成 .csv 或 .json / write .csv or .json")
    options = _options(department, name, hours, days, at_once, handle, file.stem)
    chosen = _columns(columns)
    workbook = _workbook(language, file, sheets)
    existing = read_existing(out, department)
    imported = import_workbook(workbook, file.name, options, chosen, header, existing)
    if force:
        existing = read_existing(out, department, imported.files)
        imported = import_workbook(workbook, file.name, options, chosen, header, existing)
    for text in workbook.said:
        say(text.in_words(language))
    _show_notes(language, imported.notes)
    if report is not None:
        _write_report(language, report, imported.notes)
    if not dry_run:
        _place(language, out, imported, declared=existing.declared, force=force)
    if as_json:
        print_json(_summary(language, imported))
    _show_counts(language, imported, out, dry_run=dry_run)
    if any(note.weight == "left_out" for note in imported.notes):
        sys.exit(1)


def _options(
    department: str,
    name: str | None,
    hours: Literal["urgent", "work"] | None,
    days: Literal["work", "natural"] | None,
    at_once: str | None,
    handle: str | None,
    stem: str,
) -> Options:
    from gewu_item_catalog.spreadsheets.identifiers import LEGAL, RESERVED
    from gewu_item_catalog.spreadsheets.limits import Habits
    from gewu_item_catalog.spreadsheets.plans import Options

    if not LEGAL.fullmatch(department) or department.lower() in RESERVED:
        raise Usage(f"{department}: 不能作部门代码 / no code for a department")
    plain = Habits(hours, days)
    habits = Habits(hours, days, None if at_once is None else _limit("--at-once", at_once, plain))
    fallback = None if handle is None else _limit("--handle", handle, plain)
    return Options(department, (name or "").strip("“”") or department, habits, fallback, stem)


def _limit(option: str, text: str, habits: Habits) -> Any:
    from gewu_item_catalog.spreadsheets.limits import read_limit

    reading = read_limit(text, habits)
    if len(reading.cases) != 1 or reading.said:
        raise Usage(
            f"{option} {text}: 写成“3 工作日”“2 紧急工作时” / write e.g. “3 workdays”, “2 work hours”"
        )
    return reading.cases[0].value


def _columns(columns: Sequence[str]) -> dict[str, int]:
    from gewu_item_catalog.spreadsheets.columns import FIELDS, field_of
    from gewu_item_catalog.spreadsheets.tables import index_of

    chosen = {}
    for each in columns:
        name, _, letter = each.partition("=")
        field = name if name in FIELDS else field_of(name)[0]
        try:
            index = index_of(letter.strip())
        except ValueError as error:
            raise Usage(f"--column {each}: 写成“立案条件=D” / write e.g. finding=D") from error
        if not field:
            known = "、".join(spellings[0] for spellings in FIELDS.values())
            raise Usage(f"--column {each}: 没有“{name}”这一项；可用：{known} / unknown column")
        chosen[field] = index
    return chosen


def _workbook(language: Language, file: Path, sheets: Sequence[str]) -> Any:
    from gewu_item_catalog.spreadsheets.reading import read_workbook
    from gewu_item_catalog.spreadsheets.tables import Unreadable, Workbook

    try:
        workbook = read_workbook(file.read_bytes(), file.stem)
    except Unreadable as error:
        raise Failure(f"{file}: {error.text.in_words(language)}") from error
    if not sheets:
        return workbook
    known = {sheet.name for sheet in workbook.sheets}
    for wanted in sheets:
        if wanted not in known:
            raise Usage(
                f"--sheet {wanted}: 没有这张表；有 / no such sheet; there are {'、'.join(sorted(known))}"
            )
    return Workbook(tuple(each for each in workbook.sheets if each.name in sheets), workbook.said)


def _show_notes(language: Language, notes: Sequence[Note]) -> None:
    from gewu_item_catalog.spreadsheets.notes import KINDS, WEIGHTS

    shown = [note for note in notes if note.weight != "info"]
    for note in shown[:MOST_SHOWN]:
        place = f"{note.sheet} {note.column}{note.row or ''}".strip()
        cell = f" “{note.cell[:40]}”" if note.cell else ""
        weight, kind = WEIGHTS[note.weight].in_words(language), KINDS[note.kind].in_words(language)
        say(
            f"{place}\t{weight}\t{kind}{cell}: {note.message.in_words(language)} → {note.done.in_words(language)}"
        )
    more = len(shown) - MOST_SHOWN
    if more > 0:
        say(pick(language, f"…… 还有 {more} 条，见 --report", f"… and {more} more, see --report"))


def _write_report(language: Language, file: Path, notes: Sequence[Note]) -> None:
    from gewu_item_catalog.spreadsheets.reports import report_csv, report_json

    write = report_json if file.suffix.lower() == ".json" else report_csv
    file.write_text(write(notes, language), encoding="utf-8", newline="")


def _place(language: Language, out: Path, imported: Imported, *, declared: bool, force: bool) -> None:
    from gewu_item_catalog.spreadsheets.folders import existing_among, place_files

    if declared and imported.new_offices:
        lines = "\n".join(f"  机构 {each.code} “{each.title}” 级别 县" for each in imported.new_offices)
        raise Failure(
            pick(
                language,
                f"什么也没有写。部门里还没有这些机构，先加上（级别请核对）：\n{lines}",
                f"nothing was written. The department lacks these offices; add them first (mind the tiers):\n{lines}",
            )
        )
    there = existing_among(out, imported.files)
    if there and not force:
        names = "、".join(there)
        raise Failure(
            pick(
                language,
                f"什么也没有写：{out} 里已有 {names}。换一个文件夹，或加 --force 替换。",
                f"nothing was written: {out} already holds {names}. Choose another folder, or replace with --force.",
            )
        )
    try:
        place_files(out, imported.files)
    except OSError as error:
        raise Failure(f"{out}: {error.strerror}") from error


def _summary(language: Language, imported: Imported) -> dict[str, Any]:
    return {
        "rows": dict(imported.rows),
        "items": imported.items,
        "findings": imported.findings,
        "questions": imported.questions,
        "files": list(imported.files),
        "report": [note.to_json(language) for note in imported.notes],
    }


def _show_counts(language: Language, imported: Imported, out: Path, *, dry_run: bool) -> None:
    rows = imported.rows
    looks = sum(note.weight == "look" for note in imported.notes)
    say(
        pick(
            language,
            f"{sum(rows.values())} 行：表头和标题 {rows['heading']}，收录 {rows['landed']}，重复 {rows['repeated']}，"
            f"未收录 {rows['left_out']}；请核对 {looks} 处。",
            f"{sum(rows.values())} rows: {rows['heading']} headers and titles, {rows['landed']} landed, "
            f"{rows['repeated']} repeated, {rows['left_out']} left out; {looks} places to look at.",
        )
    )
    made = pick(
        language,
        f"{imported.items} 个事项，{imported.findings} 个情形，{imported.questions} 个问题",
        f"{imported.items} items, {imported.findings} findings, {imported.questions} questions",
    )
    files = "、".join(imported.files)
    where = (
        pick(language, f"没有写文件（{files}）", f"no file written ({files})")
        if dry_run
        else f"{out}: {files}"
    )
    say(f"{made}。{where}" if language == "zh" else f"{made}. {where}")


@click.command("export", cls=Command)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--to",
    "target",
    type=click.Choice(["xlsx", "csv"]),
    help="默认看 --out 的后缀 / else from the suffix of --out",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="写到这个文件，- 为标准输出 / file to write to, - for stdout",
)
@click.option("--force", is_flag=True, help="替换已有的文件 / replace a file that is there already")
@click.pass_obj
def export_standard(
    language: Language, paths: tuple[Path, ...], target: str | None, out: Path, force: bool
) -> None:
    """把事项写成标准的表，一行一个情形；导入不回来的逐条说明。

    Write items as the table of a standard, one row a finding; what an import would not bring back is told.

    \b
    例 / Example:
      gewu export plugins/parks --out 公园.xlsx
    """
    from gewu_admin.cli.units import compile_paths
    from gewu_dsl.diagnostics import has_errors
    from gewu_item_catalog.spreadsheets.exporting import HEADERS, export_items
    from gewu_item_catalog.spreadsheets.table_files import write_csv, write_xlsx

    target = target or out.suffix.lower().removeprefix(".")
    if target not in ("xlsx", "csv"):
        raise Usage(f"{out}: 用 --to 说明写成 xlsx 还是 csv / say --to xlsx or --to csv")
    if out.exists() and str(out) != "-" and not force:
        raise Failure(f"{out}: 已经有这个文件，加 --force 替换 / exists already, replace with --force")
    units = compile_paths(paths)
    for unit in units:
        if has_errors(unit.diagnostics):
            raise Failure(
                f"{unit.root}: 没有通过检查，先运行 gewu check / does not compile, run gewu check {unit.root}"
            )
    items = [each for unit in units for each in unit.result.items if each.file in unit.chosen]
    departments = {each.code: each for unit in units for each in unit.result.departments}
    table = export_items(items, departments, [kind for unit in units for kind in unit.result.kinds])
    title = "、".join(each.title for each in departments.values())
    data = write_csv(HEADERS, table.rows) if target == "csv" else write_xlsx(HEADERS, table.rows, title)
    _write_bytes(out, data)
    for each in table.one_way:
        say(f"{each.item} {each.finding}".strip() + f": {each.what.in_words(language)}")
    say(
        pick(
            language,
            f"{len(items)} 个事项，{len(table.rows)} 行：{out}",
            f"{len(items)} items, {len(table.rows)} rows: {out}",
        )
    )


def _write_bytes(out: Path, data: bytes) -> None:
    if str(out) == "-":
        sys.stdout.buffer.write(data)
        return
    aside = out.with_name(f".{out.name}.new")
    try:
        aside.write_bytes(data)
        aside.replace(out)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise Failure(f"{out}: {error.strerror}") from error


COMMANDS = (import_standard, export_standard)
