"""The command `compile`: every output of the compiler for one item. A new output is one line of `TARGETS`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from gewu_admin.cli.output import Command, Usage, pick
from gewu_admin.cli.units import Unit, compile_all, compile_one
from gewu_dsl.model import Compiled, Department
from gewu_dsl.names import Known
from gewu_dsl.stages import TITLES, Stage, stage_text
from gewu_dsl.words import Language


@dataclass(frozen=True, slots=True)
class Job:
    """The item to print, whose it is, what it was compiled with, and the reader's language."""

    compiled: Compiled
    department: Department
    unit: Unit
    language: Language


def _artifact(compiled: Compiled) -> dict[str, Any]:
    from gewu_dsl.artifact import to_json

    return {"version": compiled.version, **to_json(compiled.item)}


def _json(job: Job) -> str:
    return _document(_artifact(job.compiled))


def _json_schema(job: Job) -> str:
    from gewu_dsl.emit.json_schema import answers_schema

    return _document(answers_schema(job.compiled.item))


def _artifact_schema(_: Job | None) -> str:
    """The same for every item."""
    from gewu_dsl.emit.artifact_schema import artifact_schema

    return _document(artifact_schema(versioned=True))


def _html(job: Job) -> str:
    from gewu_dsl.emit.html import page_html

    return page_html(job.compiled.item, job.language)


def _handbook(job: Job) -> str:
    from gewu_dsl.emit.handbook import handbook_html

    return handbook_html(job.compiled.item, job.department, job.language, places=job.unit.result.kinds)


def _dmn(job: Job) -> str:
    from gewu_dsl.emit.dmn import dmn_xml

    return dmn_xml(job.compiled.item, job.language, places=job.unit.result.kinds)


def _sheet(job: Job) -> str:
    from gewu_dsl.emit.inspection_sheet import inspection_sheet_html

    return inspection_sheet_html(
        job.compiled.item, job.department, job.language, places=job.unit.result.kinds
    )


def _xform(job: Job) -> str:
    from gewu_dsl.emit.xform import xform

    return xform(job.compiled.item, job.compiled.version)


def _stages(job: Job, chosen: Sequence[Stage]) -> str:
    """The stages asked for; each under its heading where there are several."""
    known = Known(kinds=job.unit.result.kinds)
    texts = [stage_text(stage, job.compiled, job.unit.sources, known) for stage in chosen]
    if len(chosen) == 1:
        return texts[0]
    headings = [pick(job.language, *TITLES[stage]) for stage in chosen]
    return "\n\n".join(f"== {heading} ==\n\n{text}" for heading, text in zip(headings, texts, strict=True))


TARGETS: Mapping[str, Callable[[Job], str]] = {
    "json": _json,
    "json-schema": _json_schema,
    "artifact-schema": _artifact_schema,
    "dmn": _dmn,
    "html": _html,
    "handbook": _handbook,
    "sheet": _sheet,
    "xform": _xform,
}
"""What can be printed of an item, by the name that `--to` takes."""


@click.command("compile", cls=Command)
@click.argument("path", type=click.Path(path_type=Path))
@click.argument("item", required=False)
@click.option(
    "--to",
    "target",
    type=click.Choice([*TARGETS]),
    default="json",
    show_default=True,
    help="输出种类 / which output",
)
@click.option(
    "--stages", is_flag=True, help="改为输出编译的每个阶段 / print every stage of the compiler instead"
)
@click.option("--stage", type=click.Choice([*TITLES]), help="只输出这个阶段 / print this stage only")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="写入文件 / write to a file, not to stdout"
)
@click.pass_obj
def compile_item(
    language: Language,
    path: Path,
    item: str | None,
    target: str,
    stages: bool,
    stage: Stage | None,
    out: Path | None,
) -> None:
    """输出一个事项的编译结果；不写事项时，JSON 输出其中全部事项。

    Print one output of the compiler for an item; with JSON and no item named, of every item of PATH.

    \b
    例 / Example:
      gewu compile plugins/parks parks.bench --to json-schema
      gewu compile plugins/parks parks.bench --stage tree
    """
    if target == "artifact-schema":
        text = _artifact_schema(None)
    elif stage or stages:
        text = _stages(Job(*compile_one(path, item), language), [stage] if stage else [*TITLES])
    elif item is None and target == "json":
        artifacts = [_artifact(each) for each in compile_all(path)]
        text = _document(artifacts[0] if len(artifacts) == 1 else artifacts)
    else:
        text = TARGETS[target](Job(*compile_one(path, item), language))
    _write(text, out)


def _document(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _write(text: str, out: Path | None) -> None:
    text = text.rstrip("\n")
    if out is None:
        click.echo(text)
        return
    try:
        out.write_text(f"{text}\n", encoding="utf-8", newline="\n")
    except OSError as error:
        raise Usage(f"{out}: 不能写入 / cannot be written: {error.strerror}") from error


COMMANDS = (compile_item,)
