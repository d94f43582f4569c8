"""What examples show of an item, and the examples proposed for the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from items_by_hand import FIRE_EXIT
from strategies_model import contexts, items, quick, sheets

from gewu_dsl.answers import check_answers
from gewu_dsl.compiler import compile_text
from gewu_dsl.model import Answer, Compare, Constant, Fact, Item
from gewu_dsl.render import expression_words
from gewu_dsl.rules import compile_rules, normalise_context
from gewu_dsl.truth import Truth
from gewu_item_catalog.coverage.boundaries import Boundary, boundaries_of
from gewu_item_catalog.coverage.mutants import mutants_of, score
from gewu_item_catalog.coverage.pairs import PairRow
from gewu_item_catalog.coverage.proposals import Proposal, Unshown, propose
from gewu_item_catalog.coverage.targets import Target, cover, reached_by, targets_of
from gewu_item_catalog.coverage.wording import example_text, reason_words

TEXT = """
department parks "公园管理中心"
  office crew "养护队" at town
place garden "公园"
  ask rank one of (plain "普通", listed "重点") "等级"
  ask lamps integer "灯数" from 0 to 100
item parks.lamp "园灯"
  for garden
  ask dark integer "不亮的灯" from 0 to 50
  ask pole one of (upright "完好", leaning "倾斜") "灯杆"
  ask wire yes-no "电线裸露" when pole = leaning
  ask depth decimal "基座裂缝" unit cm from 0 to 9 optional
  must depth < 5.5 "裂缝 5.5cm 以上请拍照报修"
  exclude dark = 1 and pole = upright "只有一盏不亮，夜班已知"
  route parks.crew  handle 3 workdays
  finding unlit "灯不亮" when dark > 2
    severity major when dark >= 10 or place.rank = listed   minor otherwise
  finding live "漏电风险" when wire = yes
    severity critical
    handle 2 hours
  example "倾斜"
    given dark = 0, pole = leaning, wire = yes
    expect live severity critical
"""


def item_and_registers(text: str = TEXT) -> tuple[Item, dict[str, Any]]:
    result = compile_text(text)
    assert not result.has_errors, result.diagnostics
    return result.items[0].item, {kind.kind: kind for kind in result.kinds}


def proposals(item: Item, registers: dict[str, Any], **options: bool) -> list[Proposal]:
    found = list(propose(item, registers, **options))
    assert not [each for each in found if isinstance(each, Unshown)]
    return [each for each in found if isinstance(each, Proposal)]


def test_the_targets_are_what_a_report_can_lead_to() -> None:
    item, _ = item_and_registers()
    assert list(targets_of(item)) == [
        Target("must", index=0), Target("exclude", index=0), Target("nothing"),
        Target("finding", ("unlit",)), Target("branch", ("unlit",), "severity", 0),
        Target("branch", ("unlit",), "severity", 1), Target("finding", ("live",)),
    ]  # fmt: skip


def test_an_example_reaches_its_finding_and_no_more() -> None:
    item, _ = item_and_registers()
    assert cover(item, compile_rules(item)).reached == {Target("finding", ("live",))}


def test_a_list_written_once_for_several_findings_is_covered_once() -> None:
    text = TEXT.replace("route parks.crew", "route parks.crew when dark > 3   owner otherwise")
    item, _ = item_and_registers(text)
    listed = [each for each in targets_of(item) if each.clause == "route"]
    assert [(each.findings, each.index) for each in listed] == [
        (("unlit", "live"), 0),
        (("unlit", "live"), 1),
    ]


def test_both_sides_of_every_number_are_boundaries() -> None:
    item, _ = item_and_registers()
    assert [(each.name, each.value) for each in boundaries_of(item)] == [
        ("depth", 5.5), ("depth", 5.4), ("dark", 1), ("dark", 0), ("dark", 2), ("dark", 3), ("dark", 10), ("dark", 9),
    ]  # fmt: skip


def test_a_boundary_is_beside_a_slip_that_only_it_shows() -> None:
    item, _ = item_and_registers()
    told = {(each.name, each.value): expression_words(each.slip, item) for each in boundaries_of(item)}
    assert told["depth", 5.5] == "depth <= 5.5"
    assert told["depth", 5.4] == "depth < 5.4"
    assert told["dark", 3] == "dark > 3"
    assert told["dark", 9] == "dark >= 9 or place.rank = listed"


def test_numbers_that_nobody_can_answer_are_no_boundaries() -> None:
    text = TEXT.replace("dark >= 10", "place.lamps > 0 and (dark >= 50 or dark > 49)")
    values = {(each.name, each.value) for each in boundaries_of(item_and_registers(text)[0])}
    assert {("place.lamps", 0), ("place.lamps", 1), ("dark", 49), ("dark", 50)} <= values
    assert ("dark", 51) not in values


def test_the_proposals_make_the_examples_reach_everything() -> None:
    """Put into the text as they are printed, they hold, and nothing more is proposed."""
    item, registers = item_and_registers()
    for language in ("zh", "en"):
        written = "\n".join(example_text(item, each, language) for each in proposals(item, registers))
        result = compile_text(f"{TEXT}\n{written}\n")
        assert [each for each in result.diagnostics if each.severity == "error"] == []
        covered = result.items[0].item
        coverage = cover(covered, compile_rules(covered))
        assert coverage.missing == ()
        assert proposals(covered, registers) == []


def test_no_sheet_is_proposed_twice() -> None:
    """Ten lamps are the `severity` of most of them and a boundary at once."""
    item, registers = item_and_registers()
    sheets = [(each.answers, each.context) for each in proposals(item, registers, pairs=True)]
    assert [sheet for sheet in sheets if sheet[0] == {"dark": 10}] == [({"dark": 10}, {})]
    assert not [sheet for sheet in sheets if sheets.count(sheet) > 1]


def test_a_proposal_says_what_it_is_for_in_the_words_of_the_form() -> None:
    item, registers = item_and_registers()
    texts = [example_text(item, each, "zh") for each in proposals(item, registers)]
    assert "  示例 “不亮的灯 = 9”\n    已知 dark = 9" in "\n".join(texts)
    assert texts[0] == "  示例 “裂缝 5.5cm 以上请拍照报修”\n    已知 depth = 5.5\n    预期 拒收 depth"
    assert texts[1] == "  示例 “只有一盏不亮，夜班已知”\n    已知 dark = 1, pole = upright\n    预期 不采集"


def test_what_cannot_be_shown_is_said_to_be_impossible() -> None:
    item, registers = item_and_registers()
    unlit = item.finding("unlit")
    dark = Compare("<", Answer("dark"), Constant(2))
    never = replace(unlit, severity=(replace(unlit.severity[0], when=dark), unlit.severity[1]))
    impossible = replace(item, findings=(never, *item.findings[1:]))
    unshown = [each for each in propose(impossible, registers) if isinstance(each, Unshown)]
    assert unshown == [Unshown(Target("branch", ("unlit",), "severity", 0), impossible=True)]


def test_rows_of_pairs_give_every_pair_that_a_form_can_give() -> None:
    item, registers = item_and_registers()
    rows = [
        each.reason for each in proposals(item, registers, pairs=True) if isinstance(each.reason, PairRow)
    ]
    rules = compile_rules(item)
    seen = set()
    for row in rows:
        assert check_answers(rules, row.answers, row.context) == []
        chosen = dict(row.pairs)
        seen |= {(one, other) for one in chosen.items() for other in chosen.items() if one < other}
    assert (("place.rank", "listed"), ("pole", "leaning")) in seen
    assert (("pole", "leaning"), ("wire", "no")) in seen
    assert not any(dict(pair).get("wire") and dict(pair).get("pole") == "upright" for pair in seen)
    assert "灯杆 = 倾斜" in " ".join(reason_words(item, row, "zh") for row in rows)


def _is_legal(item: Item) -> bool:
    """Whether nothing is read before it is known, which the compiler refuses and the strategy does not."""
    early = [(None, each.condition) for each in (*item.musts, *item.excludes)]
    early += [(None, question.when) for question in item.questions if question.when is not None]
    early += [(None, finding.when) for finding in item.findings if finding.when is not None]
    early += [
        (finding.name, b.when) for finding in item.findings for b in finding.severity if b.when is not None
    ]
    unknown = {None: {Fact("severity"), Fact("finding")}}
    truth = Truth(item)
    return all(
        unknown.get(finding, {Fact("severity")}).isdisjoint(truth.leaves(condition))
        for finding, condition in early
    )


@quick(60)
@given(st.data())
def test_a_proposal_shows_what_it_is_for_and_the_impossible_is_not_met(data: st.DataObject) -> None:
    item = data.draw(items().filter(_is_legal))
    rules = compile_rules(item)
    targets = tuple(targets_of(item))
    impossible = set()
    for each in propose(item, {}, rules):
        if isinstance(each, Unshown):
            impossible |= {each.reason} if each.impossible else set()
        elif isinstance(each.reason, Target):
            assert each.reason in reached_by(item, rules, targets, each.answers, each.context)
        elif isinstance(each.reason, Boundary) and isinstance(each.reason.leaf, Answer):
            read = rules.read(each.answers, normalise_context(each.context))
            assert read[each.reason.name] == each.reason.value
    known = {"open_cases": 0, "cases_in": {"30": 0}}
    fixed = {"place": {}, "reported": {"at": "2026-02-13T16:00"}}
    nowhere = contexts().map(
        lambda each: {**known, **each, "cases_in": {"30": 0, **each.get("cases_in", {})}, **fixed}
    )
    for answers, context in data.draw(st.lists(st.tuples(sheets(item), nowhere), max_size=10)):
        if not check_answers(rules, answers, context):
            met = impossible & reached_by(item, rules, targets, answers, context)
            assert not met, repr((met, answers, context))


def test_examples_that_reach_everything_notice_what_those_of_one_branch_miss() -> None:
    item, registers = item_and_registers()
    written = "\n".join(example_text(item, each, "en") for each in proposals(item, registers, pairs=True))
    full = compile_text(f"{TEXT}\n{written}\n").items[0].item
    before, after = score(item, registers), score(full, registers)
    assert before.share < 0.5
    assert after.share > 0.9, [each.change for each in after.missed]


@pytest.mark.parametrize("change", [
    "depth <= 5.5", "without must 0", "without exclude 0", "unlit: dark >= 2", "unlit: severity: without branch 0",
    "unlit: severity: dark >= 10 and place.rank = listed", "live: handle: another outcome 0",
])  # fmt: skip
def test_a_mutant_is_one_small_change(change: str) -> None:
    item, _ = item_and_registers()
    mutants = {each.change: each.item for each in mutants_of(item)}
    assert mutants[change] != item


def test_every_mutant_differs_from_its_item() -> None:
    assert all(each.item != FIRE_EXIT for each in mutants_of(FIRE_EXIT))
