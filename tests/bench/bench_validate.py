"""Validating the answers to twenty questions against the published schema: one good sheet, one with five mistakes.

Beside it jsonschema-rs, which is what the published validator runs on, jsonschema, and, as the limit, msgspec with a
struct written for this one form.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from statistics import median
from typing import Annotated, Any, Literal

import jsonschema
import jsonschema_rs
import msgspec
import pytest
from bench.figures import Figure, measure, ratio

from gewu_dsl.compiler import compile_text
from gewu_dsl.emit.json_schema import answers_schema
from gewu_dsl.rules import compile_rules
from gewu_platform.service.catalogue.publishing import Published

SHEETS = 1000
TEXT = """\
department safety "安监站"
item safety.site "工地检查"
  ask state one of (running "在建", idle "停工", done "完工") "工地状态"
  ask kind one of (house "房屋", road "道路", pipe "管网") "工程类别"
  ask owner text "建设单位" at most 60
  ask builder text "施工单位" at most 60
  ask people integer "现场人数" from 0 to 5000
  ask cranes integer "塔吊台数" from 0 to 50
  ask floors integer "层数" from 0 to 120
  ask depth decimal "基坑深度" unit m from 0 to 60
  ask height decimal "脚手架高度" unit m from 0 to 300
  ask noise decimal "噪声" from 0 to 200
  ask begun date "开工日期"
  ask parts any of (edge "临边", hole "洞口", net "安全网", pit "基坑") "查了哪些部位"
  check fence "围挡是否完好"
  check net_ok "安全网是否完好"
  check lift "升降机是否有合格证"
  check power "配电箱是否上锁"
  check helmets "是否佩戴安全帽"
  check dust "是否有降尘措施"
  check road "出入口是否硬化"
  ask note text "说明" optional at most 200
  severity minor  route community  handle 3 workdays  close "整改到位"
"""
Check = Literal["yes", "no", "na"]
Firm = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


def _number(kind: type, most: int) -> Any:
    return Annotated[kind, msgspec.Meta(ge=0, le=most)]


class Site(msgspec.Struct, forbid_unknown_fields=True):
    """The form as msgspec has it."""

    state: Literal["running", "idle", "done"]
    kind: Literal["house", "road", "pipe"]
    owner: Firm
    builder: Firm
    people: _number(int, 5000)
    cranes: _number(int, 50)
    floors: _number(int, 120)
    depth: _number(float, 60)
    height: _number(float, 300)
    noise: _number(float, 200)
    begun: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    parts: list[Literal["edge", "hole", "net", "pit"]]
    fence: Check
    net_ok: Check
    lift: Check
    power: Check
    helmets: Check
    dust: Check
    road: Check
    note: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None


GOOD: dict[str, Any] = {
    "state": "running", "kind": "house", "owner": "城建公司", "builder": "一建公司", "people": 45, "cranes": 2,
    "floors": 18, "depth": 6.5, "height": 54.2, "noise": 61.0, "begun": "2026-01-05", "parts": ["edge", "net"],
    "fence": "yes", "net_ok": "no", "lift": "yes", "power": "yes", "helmets": "no", "dust": "na", "road": "yes",
    "note": "三号楼北侧",
}  # fmt: skip
BAD = {**GOOD, "people": -1, "state": "closed", "begun": "5 January", "fence": "maybe", "extra": 1}
BLAMED = {"people", "state", "begun", "fence", "extra"}


def test_answers_are_validated_as_fast_as_by_a_compiled_schema(note: Callable[[Figure], None]) -> None:
    published = _published()
    schema = answers_schema(published.item)
    assert len(published.item.questions) == 20
    rust, python = jsonschema_rs.Draft202012Validator(schema), jsonschema.Draft202012Validator(schema)
    for sheet, blamed in ((GOOD, set()), (BAD, BLAMED)):
        assert {fault.where for fault in published.faults(sheet)} == blamed
        assert rust.is_valid(sheet) == python.is_valid(sheet) == (not blamed)
    assert msgspec.to_builtins(msgspec.convert(GOOD, Site)) == GOOD
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(BAD, Site)

    good, faults, convert, errors = _copies(GOOD), published.faults, msgspec.convert, rust.iter_errors
    ours, limit, peer, slow = measure(
        [
            lambda: [faults(sheet) for sheet in good],
            lambda: [convert(sheet, Site) for sheet in good],
            lambda: [rust.is_valid(sheet) for sheet in good],
            lambda: [python.is_valid(sheet) for sheet in good[:50]],
        ],
        SHEETS,
    )
    sides = ("msgspec", median(limit)), ("jsonschema-rs", median(peer))
    note(
        Figure("validate: a good sheet", median(ours), *sides, "ours ÷ jsonschema-rs", ratio(ours, peer), 1.1)
    )
    sides = ("msgspec", median(limit)), ("jsonschema", median(slow) * SHEETS / 50)
    times = ratio(slow, ours) * SHEETS / 50
    # 99 µs where jsonschema-rs took 1.12.
    note(
        Figure("validate: a good sheet", median(ours), *sides, "jsonschema ÷ ours", times, 80, at_least=True)
    )

    bad = _copies(BAD)
    ours, peer = measure(
        [lambda: [faults(sheet) for sheet in bad], lambda: [list(errors(sheet)) for sheet in bad]], SHEETS
    )
    beside = ("jsonschema-rs", median(peer))
    job = "validate: every fault of a bad sheet"
    note(Figure(job, median(ours), None, beside, "ours ÷ jsonschema-rs", ratio(ours, peer), 0.5))


def _copies(sheet: dict[str, Any]) -> list[dict[str, Any]]:
    return [json.loads(json.dumps(sheet)) for _ in range(SHEETS)]


def _published() -> Published:
    result = compile_text(TEXT)
    assert not result.has_errors, result.diagnostics
    compiled = result.item("safety.site")
    return Published(
        item=compiled.item,
        version=compiled.version,
        lines=compiled.lines,
        rules=compile_rules(compiled.item, compiled.lines),
        validator=jsonschema_rs.Draft202012Validator(answers_schema(compiled.item)),
        department="safety",
        file=compiled.file,
        source=TEXT,
    )
