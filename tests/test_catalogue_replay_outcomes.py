"""Deciding whole columns of reports gives, report by report, what deciding each on its own gives."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from items_by_hand import FIRE_EXIT
from strategies_model import contexts, items, quick, sheets

from gewu_dsl.model import Item
from gewu_dsl.rules import compile_rules, normalise_context
from gewu_item_catalog.replay import outcomes as outcomes_module
from gewu_item_catalog.replay.columns import Columns
from gewu_item_catalog.replay.outcomes import Outcomes, decide_columns, drop_hidden

Report = tuple[dict[str, Any], dict[str, Any]]


def decided_by_columns(item: Item, reports: list[Report]) -> list[tuple[bool, int, list[tuple[int, ...]]]]:
    columns = Columns(item, reports)
    drop_hidden(item, columns)
    found = decide_columns(item, columns)
    return [_row(found, place) for place in range(len(reports))]


def _row(found: Outcomes, place: int) -> tuple[bool, int, list[tuple[int, ...]]]:
    findings = [
        (index, *(int(branches[place]) for branches in each.branches.values()))
        for index, each in enumerate(found.findings)
        if each.holds[place]
    ]
    return bool(found.refused[place]), int(found.excluded[place]), findings


def decided_one_by_one(item: Item, reports: list[Report]) -> list[tuple[bool, int, list[tuple[int, ...]]]]:
    rules = compile_rules(item)
    rows = []
    for answers, context in reports:
        facts = normalise_context(context)
        sheet = rules.read(answers, facts)
        excluded = next((index for index, test in rules._excludes.items() if test(sheet, facts)), -1)
        rows.append((bool(rules.refusals(sheet, facts)), excluded, rules.choices(sheet, facts)))
    return rows


@quick(120)
@given(st.data())
def test_columns_and_single_reports_are_decided_alike(data: st.DataObject) -> None:
    item = data.draw(items())
    reports = data.draw(st.lists(st.tuples(sheets(item), contexts()), max_size=15))
    assert decided_by_columns(item, reports) == decided_one_by_one(item, reports)


@pytest.mark.parametrize("size", [0, 1, 6, 7, 8, 21])
def test_reports_are_decided_alike_in_whichever_block_they_lie(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcomes_module, "_BLOCK", 7)
    exits, people = ("clear", "blocked", "locked", None), (3, 30, 31, None)
    reports: list[Report] = [
        ({"exit": exits[place % 4], "people": people[place % 3], "width": place / 10}, {})
        for place in range(size)
    ]
    assert decided_by_columns(FIRE_EXIT, reports) == decided_one_by_one(FIRE_EXIT, reports)
