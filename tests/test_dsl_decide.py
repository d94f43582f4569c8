"""Decisions: which findings, how severe, whose, by when, and why."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from items_by_hand import BLOCKED, COMMUNITY, COVER, FIRE_EXIT, answered
from naive import Naive
from strategies_model import contexts, items, quick, sheets

from gewu_dsl.model import (
    Answer,
    Arithmetic,
    Branch,
    Compare,
    Constant,
    Derived,
    Duration,
    Fact,
    Finding,
    IsBlank,
    Item,
    Let,
    Must,
    Question,
    Route,
)
from gewu_dsl.rules import compile_rules, normalise_context
from gewu_dsl.rules.source import clauses_of, condition_of

LINES = {"finding.locked": 33, "finding.locked.severity.0": 35, "finding.locked.route.0": 36}
RULES = compile_rules(FIRE_EXIT, LINES)
MANY_BEHIND_A_LOCK = {"exit": "locked", "people": 40, "shot": ["a.jpg"], "lamp": "yes"}


def names(answers: dict[str, Any], context: dict[str, Any] | None = None) -> list[str]:
    return [finding.name for finding in RULES.decide(answers, context).findings]


def test_a_decision_has_the_published_shape() -> None:
    decision = json.loads(json.dumps(RULES.decide(MANY_BEHIND_A_LOCK).to_json(), ensure_ascii=False))
    assert {key: decision[key] for key in ("item", "version", "excluded", "refused")} == {
        "item": "fire.exit", "version": RULES.version, "excluded": None, "refused": [],
    }  # fmt: skip
    (locked,) = decision["findings"]
    assert locked["name"] == "locked"
    assert locked["severity"] == "critical"
    assert locked["route"] == {"handler": "fire.brigade", "with": ["community"], "under": "town"}
    assert locked["limits"] == {"accept": "15 minutes", "handle": "2 hours"}
    assert (locked["stages"], locked["on_site"]) == ([], None)
    assert locked["close"] == {
        "text": "通道恢复畅通", "with": ["photo>=1", "signature:owner>=1", "signature:worker>=2"],
    }  # fmt: skip
    severity = {
        "clause": "severity",
        "line": 35,
        "branch": 1,
        "because": "people > 30",
        "saw": {"people": 40},
    }
    assert severity in locked["trace"]


def test_the_trace_tells_every_clause_in_the_order_of_deciding() -> None:
    (locked,) = RULES.decide({**MANY_BEHIND_A_LOCK, "people": 3}).findings
    told = [(reason.clause, reason.branch, reason.because, dict(reason.saw)) for reason in locked.trace]
    assert told == [
        ("finding", 1, "exit = locked", {"exit": "locked"}),
        ("severity", 2, "otherwise", {"people": 3}),
        ("route", 2, "otherwise", {"severity": "major"}),
        ("accept", 1, "otherwise", {}),
        ("handle", 2, "otherwise", {"severity": "major"}),
    ]
    assert [reason.line for reason in locked.trace] == [33, None, None, None, None]


def test_the_trace_shows_lets_history_and_what_they_read() -> None:
    answers = {"exit": "blocked", "people": 40, "width": 2, "lamp": "yes"}
    (blocked,) = RULES.decide(answers, {"cases_in": {"30": 1}}).findings
    reason = next(reason for reason in blocked.trace if reason.clause == "severity")
    assert reason.because == "crowd > 10 and cases_in(30 days) > 0"
    assert reason.saw == {"crowd": 20, "people": 40, "width": 2, "cases_in(30 days)": 1}


def test_fallbacks_stages_and_on_site_limits_are_told() -> None:
    (locked,) = RULES.decide({**MANY_BEHIND_A_LOCK, "people": None}).findings
    assert locked.route.to_json() == {
        "handler": "fire.station", "with": ["community"], "under": "town", "else": ["county"],
    }  # fmt: skip
    (blocked,) = RULES.decide({"exit": "blocked", "width": 1, "lamp": "na"}).to_json()["findings"]
    assert blocked["on_site"] == "30 minutes"
    assert blocked["stages"] == [{"name": "clearing", "label": "清理", "limit": "4 hours"}]


def test_a_blank_falls_to_otherwise() -> None:
    (locked,) = RULES.decide({"exit": "locked"}).findings
    assert locked.severity == "major"


def test_a_clause_no_branch_of_which_applies_is_absent() -> None:
    (blocked,) = RULES.decide({"exit": "blocked", "lamp": "yes"}).findings
    assert blocked.severity is None
    assert "severity" not in [reason.clause for reason in blocked.trace]


def test_nothing_found_is_no_finding() -> None:
    decision = RULES.decide({"exit": "clear", "people": 3, "lamp": "yes"})
    assert (decision.findings, decision.refused, decision.excluded) == ((), (), None)


def test_a_check_is_a_hazard_only_by_its_hazardous_answer() -> None:
    assert [names({"lamp": answer}) for answer in ("yes", "no", "na")] == [[], ["lamp_bad"], []]


def test_findings_are_independent_and_come_in_the_order_of_the_item() -> None:
    assert names({"lamp": "no", "exit": "locked"}) == ["locked", "lamp_bad"]


def test_an_answer_to_a_hidden_question_is_dropped() -> None:
    refused = RULES.decide({"exit": "blocked", "width": 0.1}).refused
    assert [(problem.question, problem.code, problem.message) for problem in refused] == [
        ("width", "must", "净宽小于 0.3 米请核对单位")
    ]
    assert not RULES.decide({"exit": "locked", "width": 0.1}).refused


def test_dropping_one_answer_may_hide_another() -> None:
    chain = tuple(
        Question(f"q{i}", "yes_no", f"q{i}", when=answered(f"q{i - 1}", "yes") if i else None)
        for i in range(5)
    )
    rules = compile_rules(Item("a.b", "a", "t", questions=tuple(reversed(chain))))
    answers = {f"q{i}": "yes" for i in range(5)}
    assert set(rules.read(answers, {})) == {f"q{i}" for i in range(5)}
    assert rules.read({**answers, "q0": "no"}, {}) == {"q0": "no"}


def test_a_refusal_leaves_no_findings() -> None:
    decision = RULES.decide({"exit": "blocked", "width": 0.1, "lamp": "no"})
    assert decision.refused
    assert decision.findings == ()


def test_excluded_is_told_with_its_reason_and_makes_no_case() -> None:
    decision = RULES.decide(MANY_BEHIND_A_LOCK, {"place": {"grade": "barred"}})
    assert (decision.excluded, decision.findings) == ("已停租", ())


def test_a_must_is_shown_at_every_question_it_concerns() -> None:
    item = Item(
        "a.b", "a", "t", questions=(Question("low", "integer", "低"), Question("high", "integer", "高")),
        musts=(Must(Compare("<=", Answer("low"), Answer("high")), "低不得大于高", ("low", "high")),),
    )  # fmt: skip
    rules = compile_rules(item)
    assert [refused.question for refused in rules.decide({"low": 3, "high": 2}).refused] == ["low", "high"]
    assert not rules.decide({"low": 3}).refused


def test_picked_findings_are_those_the_worker_picked() -> None:
    rules = compile_rules(COVER)
    decision = rules.decide({"shot": 2, "finding": ["broken"]})
    assert [(finding.name, str(finding.limits["handle"])) for finding in decision.findings] == [
        ("broken", "4 work hours")
    ]
    assert decision.findings[0].trace[0].because == "finding includes broken"
    assert decision.findings[0].trace[0].saw == {"finding": ["broken"]}
    assert rules.decide({"shot": 2}).findings == ()


def test_a_default_clause_reads_the_finding_being_decided() -> None:
    when = Compare("=", Fact("finding"), Constant("locked"))
    findings = tuple(
        replace(finding, severity=(Branch("critical", when), Branch("minor")))
        for finding in FIRE_EXIT.findings
    )
    decision = compile_rules(replace(FIRE_EXIT, findings=findings)).decide({"exit": "locked", "lamp": "no"})
    assert [finding.severity for finding in decision.findings] == ["critical", "minor"]
    assert decision.findings[1].trace[1].saw == {"finding": "lamp_bad"}


def test_a_let_that_reads_the_severity_is_blank_before_the_severity_is_known() -> None:
    let = Let("grave", Compare(">=", Fact("severity"), Constant("major")))
    finding = Finding(
        "f", "f", answered("q", "yes"), False,
        (Branch("minor", Derived("grave")), Branch("critical", IsBlank(Derived("grave"))), Branch("minor")),
        (Branch(Route(("town",)), Derived("grave")), COMMUNITY), {},
    )  # fmt: skip
    item = Item("a.b", "a", "t", questions=(Question("q", "yes_no", "q"),), lets=(let,), findings=(finding,))
    (decided,) = compile_rules(item).decide({"q": "yes"}).findings
    assert (decided.severity, decided.route.handler) == ("critical", "town")


def test_lets_may_double_many_times_without_the_rules_growing_so() -> None:
    lets = [Let("let0", Arithmetic("+", Answer("n"), Answer("n")))]
    for index in range(1, 40):
        before = Derived(f"let{index - 1}")
        lets.append(Let(f"let{index}", Arithmetic("+", before, before)))
    must = Must(Compare("<", Derived("let39"), Constant(10)), "过大", ("n",))
    item = Item("a.b", "a", "t", questions=(Question("n", "integer", "n"),), lets=tuple(lets), musts=(must,))
    rules = compile_rules(item)
    assert len(rules.source) < 20_000
    assert rules.decide({"n": 1}).refused


def test_names_cannot_become_code() -> None:
    evil = "x'); raise SystemExit(1)\n#"
    finding = replace(BLOCKED, name=evil, when=answered(evil, "{0}\\' or True"))
    item = replace(
        FIRE_EXIT, name=evil, questions=(Question(evil, "text", "?"),), findings=(finding,), lets=()
    )
    (decided,) = compile_rules(item).decide({evil: "{0}\\' or True"}).findings
    assert decided.name == evil


@quick(60)
@given(st.data())
def test_decisions_agree_with_a_naive_reading(data: st.DataObject) -> None:
    item = data.draw(items())
    rules = compile_rules(item)
    for _ in range(3):
        answers = data.draw(sheets(item, wrong=True))
        context = normalise_context(data.draw(contexts()))
        sheet = rules.read(answers, context)
        expected = []
        for index, finding in enumerate(item.findings):
            condition = condition_of(finding)
            facts: dict[str, Any] = {"finding": finding.name}
            if condition is not None and Naive(item, sheet, context, facts).truth(condition) is not True:
                continue
            outcome = [index]
            for clause, branches in clauses_of(finding):
                naive = Naive(item, sheet, context, facts)
                holding = (i for i, b in enumerate(branches) if b.when is None or naive.truth(b.when) is True)
                outcome.append(next(holding, -1))
                if clause == "severity" and outcome[-1] >= 0:
                    facts["severity"] = branches[outcome[-1]].value
            expected.append(tuple(outcome))
        assert rules.choices(sheet, context) == expected
        json.dumps(rules.decide(answers, context).to_json(), allow_nan=False)


def test_the_context_may_be_nested_or_flat() -> None:
    nested = {
        "place": {"kind": "rental", "lift": True, "uses": ["shop"]}, "area": {"class": "A"}, "open_cases": 2,
        "reported": {"at": "2026-02-14T16:00", "on_workday": True}, "cases_in": {"30": 2}, "unknown": 1,
    }  # fmt: skip
    flat = normalise_context(nested)
    assert flat == {
        "place.kind": "rental", "place.lift": "yes", "place.uses": ("shop",), "area.class": "A", "open_cases": 2,
        "reported.on_workday": "yes", "reported.month": 2, "reported.weekday": 6, "reported.hour": 16,
        "cases_in.30": 2,
    }  # fmt: skip
    assert normalise_context(flat) == flat
    assert normalise_context({"cases_in(30 days)": 2, "visits_in(7 days)": 1}) == {
        "cases_in.30": 2,
        "visits_in.7": 1,
    }


def test_a_given_moment_wins_over_none_and_what_is_given_wins_over_it() -> None:
    at = datetime(2026, 2, 13, 16)
    assert normalise_context(None, at) == {"reported.month": 2, "reported.weekday": 5, "reported.hour": 16}
    assert normalise_context({"reported": {"month": 7, "at": "nonsense"}}, at)["reported.month"] == 7
    assert normalise_context({"reported": {"at": "nonsense"}, "open_cases": "many", "area": 3}) == {}


@pytest.mark.parametrize(("count", "expected"), [(0, []), (2, ["f"]), (["a"], ["f"]), ([], []), (True, [])])
def test_attached_files_are_read_as_their_number_and_none_is_a_blank(count: Any, expected: list[str]) -> None:
    finding = Finding(
        "f", "f", Compare(">=", Answer("shot"), Constant(1)), False, (), (COMMUNITY,),
        {"handle": (Branch(Duration("days", 1)),)},
    )  # fmt: skip
    item = Item("a.b", "a", "t", questions=(Question("shot", "photo", "照片"),), findings=(finding,))
    decision = compile_rules(item).decide({"shot": count})
    assert [decided.name for decided in decision.findings] == expected
