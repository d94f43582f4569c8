"""The browser's conditions, run in Node beside the Python rules they must equal."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from items_by_hand import FIRE_EXIT
from strategies_model import contexts, items, quick, sheets

from gewu_dsl.emit.javascript import conditions_module
from gewu_dsl.model import Item
from gewu_dsl.rules import compile_rules, normalise_context, read_sheet

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="needs Node: no `node` on the PATH")

RUNNER = """
import { readFileSync } from "node:fs";
const told = [];
for (const { module, sheets } of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
  const m = await import(module);
  told.push(sheets.map(([a, c]) => ({
    shown: Object.keys(m.shown).map((q) => [q, m.shown[q](a, c)]),
    musts: m.musts.map((must) => must.refused(a, c)),
    excludes: m.excludes.map((exclude) => exclude.excluded(a, c)),
    kept: Object.keys(m.sheet(a, c)),
    visible: m.visible(a, c),
  })));
}
process.stdout.write(JSON.stringify(told));
"""


def run_in_node(folder: Path, cases: list[tuple[Item, list[tuple[dict[str, Any], dict[str, Any]]]]]) -> Any:
    plan = []
    for index, (item, pairs) in enumerate(cases):
        module = folder / f"item{index}.mjs"
        module.write_text(conditions_module(item), encoding="utf-8")
        plan.append({"module": module.as_uri(), "sheets": pairs})
    (folder / "run.mjs").write_text(RUNNER, encoding="utf-8")
    (folder / "plan.json").write_text(json.dumps(plan, default=list), encoding="utf-8")
    command = [str(NODE), str(folder / "run.mjs"), str(folder / "plan.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def told_by_python(item: Item, answers: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    rules = compile_rules(item)
    raw, kept = read_sheet(item, answers), rules.read(answers, context)
    return {
        "shown": [[name, test(raw, context)] for name, test in rules._shown.items()],
        "musts": [test(raw, context) for test in rules._musts.values()],
        "excludes": [test(raw, context) for test in rules._excludes.values()],
        "kept": [question.name for question in item.questions if question.name in kept],
        "visible": list(rules.shown(kept, context)),
    }


@needs_node
def test_the_browser_agrees_with_python_on_two_thousand_conditions(tmp_path: Path) -> None:
    cases: list[tuple[Item, list[tuple[dict[str, Any], dict[str, Any]]]]] = []

    @quick(180)
    @given(st.data())
    def collect(data: st.DataObject) -> None:
        item = data.draw(items())
        pairs = data.draw(
            st.lists(st.tuples(sheets(item), contexts().map(normalise_context)), min_size=6, max_size=9)
        )
        cases.append((item, pairs))

    collect()
    compared = 0
    for (item, pairs), told in zip(cases, run_in_node(tmp_path, cases), strict=True):
        for (answers, context), browser in zip(pairs, told, strict=True):
            expected = told_by_python(item, answers, context)
            assert {**browser, "shown": sorted(browser["shown"])} == {
                **expected,
                "shown": sorted(expected["shown"]),
            }
            compared += sum(len(expected[kind]) for kind in ("shown", "musts", "excludes"))
    assert compared >= 2_000


@needs_node
def test_answers_of_a_wrong_type_are_blank_in_the_browser_too(tmp_path: Path) -> None:
    wrong: list[dict[str, Any]] = [
        {"exit": 3, "people": "40", "width": True, "shot": "a.jpg", "lamp": ["no"]},
        {"exit": "", "people": 2**60, "width": None, "shot": 0, "lamp": False},
        {"exit": "blocked", "width": 0.1, "people": [], "shot": {}, "lamp": "na"},
    ]
    pairs = [(answers, {"place.grade": grade}) for answers in wrong for grade in ("barred", 7)]
    for (answers, context), browser in zip(
        pairs, run_in_node(tmp_path, [(FIRE_EXIT, pairs)])[0], strict=True
    ):
        expected = told_by_python(FIRE_EXIT, answers, context)
        assert {kind: browser[kind] for kind in ("musts", "excludes", "visible")} == {
            kind: expected[kind] for kind in ("musts", "excludes", "visible")
        }


@needs_node
def test_the_module_tells_what_is_required_and_limited(tmp_path: Path) -> None:
    module = tmp_path / "item.mjs"
    module.write_text(conditions_module(FIRE_EXIT), encoding="utf-8")
    script = f"const m = await import({module.as_uri()!r}); console.log(JSON.stringify([m.required, m.limits, m.musts]))"
    command = [str(NODE), "--input-type=module", "-e", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")
    required, limits, musts = json.loads(done.stdout)
    assert required == {"exit": True, "width": True, "people": True, "shot": True, "lamp": True}
    assert limits["width"] == {"min": 0, "max": 10}
    assert limits["shot"] == {"atLeast": 1, "atMost": 9}
    assert limits["owner_id"]["pattern"].startswith("^")
    assert musts == [{"message": "净宽小于 0.3 米请核对单位", "questions": ["width"]}]


def test_the_module_needs_no_eval_and_is_plain_ascii() -> None:
    text = conditions_module(FIRE_EXIT)
    assert text.isascii()
    assert "eval" not in text
    assert "Function" not in text
