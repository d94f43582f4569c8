"""Departments and what is published of them: pack check, list, new; catalog status, publish, replay."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gewu_admin.cli.coverage_words import gap_document, say_coverage
from gewu_admin.cli.opening import DATA, opened, settings_for
from gewu_admin.cli.output import AS_JSON, Failure, Family, Usage, pick, print_json, say
from gewu_dsl.words import Language
from gewu_platform.service.caller import SYSTEM

if TYPE_CHECKING:
    from gewu_item_catalog.catalogue import LoadedPack


@click.group("pack", cls=Family)
def pack() -> None:
    """部门包，一个部门一个文件夹：检查、列出、新建。

    Departments, one folder each: check, list, new.

    \b
    例 / Example:
      gewu pack list
    """


@pack.command("check")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@AS_JSON
@click.pass_obj
def check(language: Language, folder: Path, as_json: bool) -> None:
    """单独检查一个部门包，并与部门包路径上的其他包比对。

    Check one folder as a department's pack, alone and beside the packs on the pack path.

    \b
    例 / Example:
      gewu pack check plugins/parks
    """
    from gewu_item_catalog.catalogue import admit, load_catalogue
    from gewu_item_catalog.packs import find_packs, read_pack

    others = [
        each.root for each in find_packs(settings_for(None).pack_paths) if each.root != folder.resolve()
    ]
    loaded = admit(load_catalogue(others), read_pack(folder)).packs[-1]
    if as_json:
        print_json([each.to_json(language) for each in loaded.diagnostics])
    else:
        _show(loaded, language)
    if not loaded.accepted:
        sys.exit(1)


@pack.command("list")
@AS_JSON
@DATA
@click.pass_obj
def list_packs(language: Language, as_json: bool, data: str | None) -> None:
    """列出部门包路径上的部门包；没有采用的附原因。

    List the packs on the pack path; a refused one with why.

    \b
    例 / Example:
      gewu pack list
    """
    from gewu_admin.packs import load_packs

    packs = load_packs(settings_for(data)).packs
    if as_json:
        print_json(
            [
                {
                    "code": each.code,
                    "path": str(each.path),
                    "version": each.version,
                    "accepted": each.accepted,
                    "items": [compiled.item.name for compiled in each.items],
                    "diagnostics": [problem.to_json(language) for problem in each.diagnostics],
                }
                for each in packs
            ]
        )
        return
    for each in packs:
        _show(each, language)


def _show(loaded: LoadedPack, language: Language) -> None:
    state = pick(language, "可用", "accepted") if loaded.accepted else pick(language, "未采用", "refused")
    count = pick(language, f"{len(loaded.items)} 个事项", f"{len(loaded.items)} items")
    click.echo(f"{loaded.code}\t{loaded.version}\t{state}\t{count}\t{loaded.path}")
    for each in loaded.diagnostics:
        if each.severity == "error":
            say(each.render(language, loaded.sources.get(each.file)))


_SKELETON = """\
部门 {code} “{name}”
  机构 office “{name}” 级别 县

事项 {code}.first “第一个事项”
  编号 “{code}-001”
  依据 “填写法规或标准的条款”
  询问 photo 照片 “现场照片” 至少 1 至多 3
  询问 damaged 是否题 “是否损坏”
  情形 damaged “设施损坏” 当 damaged = 是
    等级 一般
    派往 {code}.office
    处置 3 工作日
    结案 “修复” 须附 照片
  示例 “损坏”
    已知 photo = 1，damaged = 是
    预期 damaged 处置 3 工作日
  示例 “完好”
    已知 photo = 1，damaged = 否
    预期 无
"""


@pack.command("new")
@click.argument("code")
@click.argument("name")
@click.option("--out", default="plugins", show_default=True, type=click.Path(file_okay=False, path_type=Path))
@click.pass_obj
def new(language: Language, code: str, name: str, out: Path) -> None:
    """新建一个能通过检查的部门包，照着改写。

    Make a pack that passes the check, to be rewritten.

    \b
    例 / Example:
      gewu pack new parks 公园管理中心
    """
    from gewu_item_catalog.catalogue import Catalogue, admit
    from gewu_item_catalog.packs import Pack

    # A shell leaves Chinese quotes on, and they are what an author types around a title.
    name = name.strip("“”")
    folder, text = out / code, _SKELETON.format(code=code, name=name)
    if Path(code).name != code or code.startswith("."):
        raise Usage(pick(language, f"{code}: 部门代码要能作文件夹名", f"{code}: a code is a folder's name"))
    if folder.exists():
        raise Failure(pick(language, f"{folder} 已存在", f"{folder} is there already"))
    source = (("department.gewu", text.encode()),)
    draft = admit(Catalogue(), Pack(folder, "0.1.0", "", "", source)).packs[-1]
    if not draft.accepted:
        raise Usage(
            pick(
                language,
                f"{code} “{name}”: 代码要是一个名称，名称里不能有引号",
                f"{code} “{name}”: the code must be a name, and no quotes in the title",
            )
        )
    folder.mkdir(parents=True)
    (folder / "department.gewu").write_text(text, encoding="utf-8")
    (folder / "pack.toml").write_text('version = "0.1.0"\n', encoding="utf-8")
    say(
        pick(
            language,
            f"已建立 {folder}；改写后运行 gewu check {folder}",
            f"{folder} made; then gewu check {folder}",
        )
    )


@click.group("catalog", cls=Family)
def catalog() -> None:
    """事项的版本：状态、发布、重演。

    Versions of items: status, publish, replay.

    \b
    例 / Example:
      gewu catalog status
    """


@catalog.command("status")
@AS_JSON
@DATA
@click.pass_obj
def status(language: Language, as_json: bool, data: str | None) -> None:
    """已发布的事项，磁盘上的部门包会带来什么变化，以及哪些区域缺少要派往的机构。

    What is published, what the packs on disk would change, and where an office is missing that cases go to.

    \b
    例 / Example:
      gewu catalog status --json
    """
    with opened(data) as engine:
        from gewu_platform.service.catalogue import office_gaps, publishing

        rows = publishing.catalogue_status(engine, SYSTEM)
        coverage = office_gaps.read_coverage(engine, SYSTEM)
    if as_json:
        print_json(
            [
                {"item": each.item, "published": each.published, "on_disk": each.on_disk, "state": each.state}
                for each in rows
            ]
        )
    else:
        for each in rows:
            click.echo(f"{each.item}\t{each.published or '-'}\t{each.on_disk or '-'}\t{each.state}")
    say_coverage(coverage, language)


@catalog.command("publish")
@AS_JSON
@DATA
@click.pass_obj
def publish(language: Language, as_json: bool, data: str | None) -> None:
    """按磁盘上的部门包发布；在办案件保持原来的版本。缺少机构的区域逐一列出；有部门包没采用，或事项在哪里都派不出去，退出码为 1。

    Publish every accepted pack as it is on disk; running cases keep the versions they have. Areas without an office that
    cases go to are listed. Exit 1 if a pack is refused, or an item whose cases nobody anywhere could take.

    \b
    例 / Example:
      gewu catalog publish
    """
    with opened(data) as engine:
        from gewu_platform.service.catalogue import publishing

        done = publishing.publish_catalogue(engine, SYSTEM)
    if as_json:
        print_json(
            {
                "new": list(done.new),
                "unchanged": list(done.unchanged),
                "retired": list(done.retired),
                "refused": list(done.refused),
                "undispatchable": list(done.coverage.undispatchable),
                "missing": [gap_document(each, language) for each in done.coverage.gaps],
                "calendars": [each.code for each in done.coverage.calendars],
            }
        )
    else:
        say(
            pick(
                language,
                f"新发布 {len(done.new)}，未变 {len(done.unchanged)}，停用 {len(done.retired)}。",
                f"{len(done.new)} new, {len(done.unchanged)} unchanged, {len(done.retired)} retired.",
            )
        )
    say_coverage(done.coverage, language)
    if stuck := ", ".join(done.coverage.undispatchable):
        raise Failure(
            pick(
                language,
                f"没有发布，哪里都派不出去：{stuck}",
                f"not published, nobody could take them: {stuck}",
            )
        )
    if done.refused:
        codes = ", ".join(done.refused)
        raise Failure(
            pick(language, f"没有采用：{codes}；运行 gewu pack list", f"refused: {codes}; run gewu pack list")
        )


@catalog.command("replay")
@click.argument("item")
@AS_JSON
@DATA
@click.pass_obj
def replay(language: Language, item: str, as_json: bool, data: str | None) -> None:
    """磁盘上的新版本对已收到的填报会作出哪些不同的判定；只比较，不改动。

    What the version on disk would have decided differently about the forms received so far; changes nothing.

    \b
    例 / Example:
      gewu catalog replay parks.bench
    """
    with opened(data) as engine:
        from gewu_platform.service.catalogue import item_replay

        done = item_replay.replay_item(engine, SYSTEM, item)
    comparison = done.comparison
    if as_json:
        changes = [{**asdict(each), "example": done.forms[each.example]} for each in comparison.changes]
        print_json(
            {
                "item": done.item,
                "published": done.published,
                "on_disk": done.on_disk,
                "reports": comparison.reports,
                "alike": comparison.alike,
                "changes": changes,
            }
        )
        return
    say(
        pick(
            language,
            f"{comparison.reports} 份填报，{comparison.alike} 份判定不变（{done.published} → {done.on_disk}）。",
            f"{comparison.reports} forms, {comparison.alike} decided alike ({done.published} → {done.on_disk}).",
        )
    )
    for each in comparison.changes:
        where = f"{each.finding or ''}\t{each.clause}\t{each.before} → {each.after}"
        click.echo(f"{each.reports}\t{where}\t{done.forms[each.example]}")


COMMANDS = (pack, catalog)
