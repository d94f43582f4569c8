"""Deciding one report: 12 routing, 4 severity and 4 limit rules over 22 answers, some of them blank.

Beside it the same rules written by hand in Python, and as decision tables of the Zen engine. What goes in is the same
mapping for all three; the sheets are checked to be read as they stand.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from functools import partial
from statistics import median
from typing import Any

import zen
from bench.figures import Figure, measure, ratio

from gewu_dsl.compiler import compile_text
from gewu_dsl.rules import Rules, compile_rules

Sheet = dict[str, Any]
Evaluate = Callable[..., dict[str, Any]]
Test = Mapping[str, str]
"""Tests that must all hold, by question, as the Zen engine writes the cells of a table: `> 3`, `'a', 'b'`."""

SHEETS = 1000
CHOICES = {
    "seen": ("yes", "no"),
    "exit": ("clear", "blocked", "locked"),
    "use": ("shop", "workshop", "storage", "dwelling", "school"),
    "cable": ("good", "worn", "bare"),
    "gas": ("nothing", "piped", "bottled"),
    "alarm": ("yes", "no"),
    "hydrant": ("yes", "no"),
    "roof": ("tile", "metal", "thatch"),
    "stairs": ("one", "two", "more"),
    "lamp": ("yes", "no"),
    "doors": ("wood", "steel"),
    "signs": ("yes", "no"),
    "guard": ("yes", "no"),
}
NUMBERS = {
    "floors": 30,
    "people": 200,
    "width": 4,
    "bottles": 12,
    "area": 2000,
    "tenants": 40,
    "year": 2026,
    "height": 100,
}
SEVERITY: tuple[tuple[str, Test], ...] = (
    ("critical", {"people": "> 50", "exit": "'locked'"}),
    ("critical", {"gas": "'bottled'", "bottles": "> 5"}),
    ("major", {"cable": "'bare'"}),
    ("minor", {}),
)
ROUTE: tuple[tuple[str, Test], ...] = (
    ("o1", {"severity": "'critical'", "use": "'school'"}),
    ("o2", {"severity": "'critical'"}),
    ("o3", {"gas": "'bottled'"}),
    ("o4", {"cable": "'worn', 'bare'", "use": "'dwelling'"}),
    ("o5", {"cable": "'bare'"}),
    ("o6", {"exit": "'locked'"}),
    ("o7", {"exit": "'blocked'", "width": "< 1"}),
    ("o8", {"use": "'storage'", "area": "> 500"}),
    ("o9", {"floors": ">= 8"}),
    ("o10", {"alarm": "'no'", "hydrant": "'no'"}),
    ("o11", {"tenants": "> 10", "use": "'dwelling'"}),
    ("o12", {}),
)
HANDLE: tuple[tuple[str, Test], ...] = (
    ("2 hours", {"severity": "'critical'"}),
    ("4 work hours", {"severity": "'major'", "people": "> 10"}),
    ("1 workday", {"exit": "'blocked', 'locked'"}),
    ("3 workdays", {}),
)


def decide_by_hand(sheet: Sheet) -> list[tuple[int, int, int, int]]:
    """What a programmer would write for this one item; the limit of what compiling it can reach."""
    get = sheet.get
    if get("seen") != "yes":
        return []
    exit_, gas, cable = get("exit"), get("gas"), get("cable")
    people = get("people")
    if exit_ == "locked" and people is not None and people > 50:
        severity = 0
    elif gas == "bottled" and (bottles := get("bottles")) is not None and bottles > 5:
        severity = 1
    elif cable == "bare":
        severity = 2
    else:
        severity = 3
    if severity < 2:
        route = 0 if get("use") == "school" else 1
        return [(0, severity, route, 0)]
    if gas == "bottled":
        route = 2
    elif cable in ("worn", "bare") and get("use") == "dwelling":
        route = 3
    elif cable == "bare":
        route = 4
    elif exit_ == "locked":
        route = 5
    elif exit_ == "blocked" and (width := get("width")) is not None and width < 1:
        route = 6
    elif (use := get("use")) == "storage" and (area := get("area")) is not None and area > 500:
        route = 7
    elif (floors := get("floors")) is not None and floors >= 8:
        route = 8
    elif get("alarm") == "no" and get("hydrant") == "no":
        route = 9
    elif use == "dwelling" and (tenants := get("tenants")) is not None and tenants > 10:
        route = 10
    else:
        route = 11
    if severity == 2 and people is not None and people > 10:
        return [(0, severity, route, 1)]
    return [(0, severity, route, 2 if exit_ in ("blocked", "locked") else 3)]


def test_rules_decide_as_fast_as_if_written_by_hand(note: Callable[[Figure], None]) -> None:
    rules, evaluate = compile_rules(*_compiled()), _tables()
    sheets = _sheets(random.Random(1))
    assert all(rules.read(sheet, {}) == sheet for sheet in sheets)
    _check_agreement(rules, evaluate, sheets)

    choices, decide = rules.choices, rules.decide
    traced = {"trace": True}
    generated, by_hand, zen_plain, full, zen_traced = measure(
        [
            lambda: [choices(sheet, {}) for sheet in sheets],
            lambda: [decide_by_hand(sheet) for sheet in sheets],
            lambda: [evaluate(sheet) for sheet in sheets],
            lambda: [decide(sheet, {}) for sheet in sheets],
            lambda: [evaluate(sheet, traced) for sheet in sheets],
        ],
        SHEETS,
    )
    hand, plain, with_trace = (median(each) for each in (by_hand, zen_plain, zen_traced))
    job = "decide: the choices alone"
    sides = ("by hand", hand), ("Zen tables", plain)
    note(Figure(job, median(generated), *sides, "ours ÷ by hand", ratio(generated, by_hand), 1.25))
    note(Figure(job, median(generated), *sides, "Zen ÷ ours", ratio(zen_plain, generated), 20, at_least=True))
    job = "decide: read, refuse, decide, say why"
    sides = ("by hand", hand), ("Zen tables, traced", with_trace)
    note(Figure(job, median(full), *sides, "Zen ÷ ours", ratio(zen_traced, full), 20, at_least=True))


def _check_agreement(rules: Rules, evaluate: Evaluate, sheets: list[Sheet]) -> None:
    deciding = set()
    for sheet in sheets:
        outcome = rules.choices(sheet, {})
        assert outcome == decide_by_hand(sheet)
        findings = rules.decide(sheet, {}).findings
        told = [
            (each.severity, each.route.handler, *(str(limit) for limit in each.limits.values()))
            for each in findings
        ]
        there = evaluate(sheet)["result"]
        assert told == (
            [(there["severity"], f"safety.{there['route']}", there["handle"])]
            if sheet.get("seen") == "yes"
            else []
        )
        deciding |= {(clause, branch) for each in outcome for clause, branch in enumerate(each[1:])}
    assert len(deciding) == len(SEVERITY) + len(ROUTE) + len(HANDLE), "some rule decides on no sheet"


def _sheets(chance: random.Random) -> list[Sheet]:
    """Sheets on which about a third of the answers are blank, and most report something."""

    def fill() -> Sheet:
        drawn: Sheet = {name: chance.choice(options) for name, options in CHOICES.items()}
        drawn["seen"] = "no" if chance.random() < 0.1 else "yes"
        drawn |= {name: chance.randint(0, most) for name, most in NUMBERS.items()}
        drawn["note"] = "近门处"
        return {
            name: drawn[name] for name in _questions() if name == "seen" or chance.random() < _given(name)
        }

    return [fill() for _ in range(SHEETS)]


def _given(name: str) -> float:
    return 0.4 if name in ("cable", "gas", "bottles") else 0.65


def _questions() -> list[str]:
    return [*CHOICES, *NUMBERS, "note"]


def _compiled() -> tuple[Any, Mapping[str, int]]:
    result = compile_text(_text())
    assert not result.has_errors, result.diagnostics
    compiled = result.item("safety.unsafe")
    assert len(compiled.item.questions) == 22
    return compiled.item, compiled.lines


def _text() -> str:
    lines = ['department safety "安监站"']
    lines += [f'  office {name} "{name}" at town' for name, _ in ROUTE]
    lines += ['item safety.unsafe "不安全场所"', '  basis "《安全生产法》"']
    for name, options in CHOICES.items():
        listed = ", ".join(f'{option} "{option}"' for option in options)
        lines.append(f'  ask {name} one of ({listed}) "{name}" optional')
    lines += [f'  ask {name} integer "{name}" from 0 to {most} optional' for name, most in NUMBERS.items()]
    lines += ['  ask note text "说明" optional', '  finding unsafe "不安全" when seen = yes']
    for clause, branches, prefix in (
        ("severity", SEVERITY, ""),
        ("route", ROUTE, "safety."),
        ("handle", HANDLE, ""),
    ):
        written = (
            f"{prefix}{value} " + (f"when {_condition(test)}" if test else "otherwise")
            for value, test in branches
        )
        lines.append(f"    {clause} " + "\n      ".join(written))
    return "\n".join(lines) + "\n"


def _condition(test: Test) -> str:
    return " and ".join(f"{question} {_comparison(cell)}" for question, cell in test.items())


def _comparison(cell: str) -> str:
    if cell.startswith("'"):
        plain = cell.replace("'", "")
        return f"in ({plain})" if "," in plain else f"= {plain}"
    return cell


def _tables() -> Evaluate:
    """Three tables, each answering with its first row that holds; nothing is passed on that nobody asks for.

    A content that a loader hands out is compiled once. `create_decision` takes five times as long at every evaluation.
    """
    places = [
        {"id": name, "type": f"{name}Node", "name": name, "position": {"x": 0, "y": 0}}
        for name in ("input", "output")
    ]
    tables = [
        _table(name, rows) for name, rows in (("severity", SEVERITY), ("route", ROUTE), ("handle", HANDLE))
    ]
    flow = [("input", "severity")]
    flow += [(source, table) for table in ("route", "handle") for source in ("input", "severity")]
    flow += [(table, "output") for table in ("severity", "route", "handle")]
    edges = [
        {"id": f"{source}-{target}", "sourceId": source, "targetId": target, "type": "edge"}
        for source, target in flow
    ]
    content = zen.ZenDecisionContent(json.dumps({"nodes": [*places, *tables], "edges": edges}))
    return partial(zen.ZenEngine({"loader": lambda _: content}).evaluate, "unsafe")


def _table(name: str, rows: tuple[tuple[str, Test], ...]) -> dict[str, Any]:
    columns = sorted({question for _, test in rows for question in test})
    return {
        "id": name, "type": "decisionTableNode", "name": name, "position": {"x": 0, "y": 0},
        "content": {
            "hitPolicy": "first",
            "inputs": [{"id": column, "name": column, "field": column} for column in columns],
            "outputs": [{"id": "out", "name": name, "field": name}],
            "rules": [
                {"_id": str(index), **{column: test.get(column, "") for column in columns}, "out": f"'{value}'"}
                for index, (value, test) in enumerate(rows)
            ],
        },
    }  # fmt: skip
