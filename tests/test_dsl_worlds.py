"""Reports found with what is claimed of them, or proved not to exist."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from counterexamples import item_of, registers_of
from hypothesis import given
from hypothesis import strategies as st
from tables_dsl import random_table

from gewu_dsl import model
from gewu_dsl.lower.expressions import lower_condition
from gewu_dsl.parse import parse
from gewu_dsl.resolve import resolve
from gewu_dsl.worlds import Fails, Holds, Open, Undecided, World, Worlds, domains
from gewu_dsl.worlds.bounds import bounds_of_term
from gewu_dsl.worlds.domains import Range
from gewu_dsl.worlds.settling import compute

FORM = """department x "X"
place flat "Flat"
  ask grade one of (good, bad) "Grade"
  ask uses any of (home, shop, store) "Uses" optional
  ask rooms integer "Rooms" from 1 to 50
place stall "Stall"
  ask rooms integer "Rows" from 1 to 5
item x.y "Y"
  for flat, stall
  ask a decimal "A" from 0 to 10
  ask b decimal "B" from 0 to 10
  ask c decimal "C" from 0 to 10
  ask i integer "I" from 0 to 9
  ask j integer "J" from 0 to 9 optional
  ask k any of (p, q, r, s) "K" at least 2 at most 3
  ask w date "W" from 2026-01-01 to 2026-12-31
  ask o one of (u, v) "O" optional
  ask deep integer "Deep" when o = u
  ask deeper integer "Deeper" when deep > 3
  ask tel text "Tel" matching "phone"
  ask f photo "F" at least 2 at most 4
  must i + 1 > 3 "I is too small"
  exclude i = 9 "Nine"
  route community  handle 1 day
  finding g "G" when a > 5
    severity critical when i > 7  major when i > 5
  finding h "H" when b > 5
    severity minor
  {}
"""


def worlds(claim: str = "") -> tuple[Worlds, model.Expression]:
    """The worlds of the form, with a condition in its words."""
    text = FORM.format(f"verify 1 day when {claim or 'i = 3'}")
    item = item_of(text)
    condition = item.finding("h").limits["verify"][0].when
    assert condition is not None
    return Worlds(item, registers_of(text)), condition


def find(claim: str, **more: Any) -> World | Undecided | None:
    some, condition = worlds(claim)
    found = some.find(Holds(condition), **more)
    assert some.is_impossible(Holds(condition), **more) == (found is None)
    return found


def seen(claim: str, **more: Any) -> dict[str, Any]:
    """What the report that is found answers and brings with it."""
    found = find(claim, **more)
    assert isinstance(found, World), found
    return {**found.answers, **found.context}


def test_a_world_is_a_report_that_may_be_submitted() -> None:
    answers = seen("deeper > 2")
    assert (answers["o"], answers["deep"] > 3, answers["deeper"] > 2) == ("u", True, True)
    assert answers["i"] > 2
    assert (len(answers["k"]), len(answers["f"])) == (2, 2)
    assert "j" not in answers


@pytest.mark.parametrize(
    "claim",
    [
        "i < 3",
        "i = 2.5",
        "a > 10",
        "a < b and b < c and c < a",
        "i + j > 18",
        "i * 2 = 7",
        "deeper > 2 and o = v",
        "k includes p and k includes q and k includes r and k includes s",
        "not (k includes p or k includes q or k includes r)",
        "w < 2026-01-01",
        "w > 2026-05-01 and w < 2026-05-02",
        "tel = “abc”",
        "f < 2",
        "f = 2.5",
        "reported.month > 12",
        "reported.hour = 24",
        "area.class != A and area.class != B and area.class != C",
        "place.kind = stall and place.rooms > 5",
        "place.kind = stall and place.grade = good",
        "cases_in(30 days) > 5 and cases_in(90 days) < 3",
        "cases_in(30 days) > 5 and cases_in(90 days) < cases_in(30 days)",
        "open_cases < 0",
        "a + b > 20",
        "a * b < 0",
        "a / (i + 1) > 10",
    ],
)
def test_what_cannot_be_is_proved_not_to_be(claim: str) -> None:
    assert find(claim) is None


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("i = 3", {"i": 3}),
        ("a > 0.3 and a < 0.31", {"a": 0.301}),
        ("a = 2.5 and b = a * 2", {"b": 5}),
        ("i * j = 35 and i < j", {"i": 5, "j": 7}),
        ("a * 3 = 4.5", {"a": 1.5}),
        ("a + b + c = 30", {"a": 10, "b": 10, "c": 10}),
        ("k includes p and k includes q and not k includes r", {"k": ["p", "q"]}),
        ("w > 2026-05-01 and w < 2026-05-03", {"w": "2026-05-02"}),
        ("f = 4", {"f": ["1", "2", "3", "4"]}),
        ("tel = “13900139000”", {"tel": "13900139000"}),
        (
            "reported.weekday = 7 and not reported.on_workday",
            {"reported.weekday": 7, "reported.on_workday": "no"},
        ),
        ("reporter.role = inspector", {"reporter.role": "inspector"}),
        ("place.kind = flat and place.uses includes shop", {"place.kind": "flat", "place.uses": ["shop"]}),
        ("place.rooms > 5", {"place.kind": "flat", "place.rooms": 6}),
        ("visits_in(7 days) > 2", {"visits_in(7 days)": 3}),
    ],
)
def test_what_can_be_is_shown(claim: str, expected: dict[str, Any]) -> None:
    found = seen(claim)
    assert {name: found.get(name) for name in expected} == expected


def test_a_longer_look_back_never_counts_less() -> None:
    found = seen("cases_in(30 days) > 5 and cases_in(90 days) < 9 and cases_in(7 days) <= 2")
    assert found["cases_in(7 days)"] <= 2 < 5 < found["cases_in(30 days)"] <= found["cases_in(90 days)"] < 9


def test_reals_prove_nothing_that_doubles_break() -> None:
    assert not isinstance(find("a = 0.1 and b = 0.2 and a + b = 0.3"), World)
    assert isinstance(find("a = 0.1 and b = 0.2 and a + b > 0.3"), World)
    assert isinstance(find("a * b * c > 0.001 and c * b * a <= 0.001"), World | Undecided)
    assert find("a * b > 7.3 and a * b <= 7.3") is None
    assert find("a / 3 > 1.1 and a < 3.3") is None


def test_the_same_question_has_the_same_answer() -> None:
    assert len({str(find("a * b * c = 17.25 and a + b = c")) for _ in range(3)}) == 1


def test_blanks_are_left_only_where_they_must_be() -> None:
    found = find("j is blank")
    assert isinstance(found, World)
    assert found.blanks == ("j",)
    found = find("i < 5 or j > 3")
    assert isinstance(found, World)
    assert found.blanks == ()


def test_a_finding_is_decided_as_severe_as_asked_for() -> None:
    some, _ = worlds()
    for level, least in (("critical", 8), ("major", 6)):
        found = some.find(finding="g", severity=level)
        assert isinstance(found, World)
        assert found.answers["i"] >= least
        assert found.answers["a"] > 5
    assert some.find(finding="g", severity="minor") is None
    assert some.find(finding="h", severity="major") is None


def test_claims_may_read_the_severity_and_the_finding() -> None:
    some, condition = worlds("severity = minor and finding = h")
    assert isinstance(some.find(Holds(condition), finding="h"), World)
    assert some.find(Holds(condition), finding="g") is None
    assert some.find(Holds(condition)) is None


def test_nothing_is_excluded_where_a_finding_is_decided() -> None:
    assert isinstance(find("i = 9"), World)
    assert find("i = 9", finding="h") is None


def test_musts_may_be_broken_where_that_is_asked_for() -> None:
    some, condition = worlds("i + 1 > 3")
    assert some.find(Fails(condition)) is None
    broken = some.find(Fails(condition), submitted=False)
    assert isinstance(broken, World)
    assert broken.answers["i"] < 3
    assert broken.decision.refused


def test_an_open_condition_is_false_or_unknown() -> None:
    some, condition = worlds("j > 3")
    found = some.find(Open(condition))
    assert isinstance(found, World)
    assert found.answers.get("j", 0) <= 3
    _, blank = worlds("j is blank")
    assert isinstance(some.find(Open(condition), Holds(blank)), World)
    assert some.find(Fails(condition), Holds(blank)) is None


def test_claims_may_compare_with_what_the_item_never_does() -> None:
    some, _ = worlds()
    for number in (1.25, 7.75):
        claims = [model.Compare(sign, model.Answer("b"), model.Constant(number)) for sign in (">=", "<=")]
        found = some.find(*map(Holds, claims))
        assert isinstance(found, World)
        assert found.answers["b"] == number


def test_an_item_for_no_register_may_be_reported_from_nowhere() -> None:
    text = 'department x "X"\nitem x.y "Y"\n  ask a yes-no "A"\n  route community\n  handle 1 day when open_cases {}\n  finding f "F" when a\n'
    for claim, expected in (("is blank", None), ("> 2", 3)):
        item = item_of(text.format(claim))
        condition = item.finding("f").limits["handle"][0].when
        assert condition is not None
        found = Worlds(item, {}).find(Holds(condition))
        assert isinstance(found, World | None)
        assert (found.context.get("open_cases") if found else 3) == expected


def test_a_search_that_is_too_long_is_given_up() -> None:
    asks = "".join(f'  ask q{n} one of (a, b, c) "Q"\n' for n in range(60))
    pigeons = " and ".join(f"not (q{n} = q{m})" for n in range(12) for m in range(n))
    text = f'department x "X"\nitem x.y "Y"\n{asks}  route community  handle 1 day\n  finding f "F" when {pigeons}\n'
    assert Worlds(item_of(text), {}).find(finding="f") in (None, Undecided())


def test_an_expression_of_the_source_is_claimed_as_it_is_lowered() -> None:
    text = FORM.format("verify 1 day")
    names = resolve({"": parse(text).tree}).items[0].names
    shown = names.fields["deep"].shown_when
    assert shown is not None
    some = Worlds(item_of(text), registers_of(text))
    assert isinstance(some.find(Holds(lower_condition(shown, names))), World)


NUMBERS = st.one_of(st.integers(-20, 20), st.sampled_from([0.1, 0.3, 0.30000000000000004, 2.5, 1e308, 2**53]))


@given(
    st.sampled_from(["integer", "decimal"]),
    st.lists(NUMBERS, max_size=5),
    NUMBERS,
    st.sampled_from(["<", "<=", "=", "!=", ">", ">="]),
)
def test_parts_are_whole_and_nobody_can_tell_their_values_apart(
    scale: domains.Scale, constants: list[float], asked: float, operator: Any
) -> None:
    low, high = (-10, 10) if scale == "integer" else (-10.0, 10.0)
    domain = domains.ranged(scale, low, high, [*constants, asked])
    parts = [part for part in domain.parts if isinstance(part, Range)]
    assert all(one.high < other.low for one, other in pairwise(parts))
    assert (parts[0].low, parts[-1].high) == (low, high)
    chosen = domain.chosen(domain.where(operator, asked))
    for part in parts:
        ends = {domains.ordered(operator, end, asked) for end in (part.low, part.high)}
        assert ends == {part in chosen}


TERMS = st.recursive(
    st.one_of(
        st.sampled_from([model.Answer("a"), model.Answer("i")]),
        st.sampled_from([0.1, 3, -2.5, 7]).map(model.Constant),
    ),
    lambda inner: st.one_of(
        st.builds(model.Negate, inner),
        st.builds(model.Arithmetic, st.sampled_from(["+", "-", "*", "/"]), inner, inner),
    ),
    max_leaves=6,
)


@given(TERMS, st.floats(0.5, 10), st.integers(1, 9))
def test_bounds_hold_for_what_is_computed(term: model.Expression, a: float, i: int) -> None:
    bounds = bounds_of_term(term, {model.Answer("a"): (0.5, 10.0), model.Answer("i"): (1, 9)}.__getitem__)
    number = compute(term, {model.Answer("a"): a, model.Answer("i"): i})
    assert (number is None and not bounds.total) or bounds.low <= number <= bounds.high


def test_a_walk_along_branches_proves_what_asking_anew_proves() -> None:
    proved = 0
    for item in (random_table(seed, arithmetic=False) for seed in range(60)):
        asked = Worlds(item, {})
        for finding in item.findings:
            walk, passed = asked.walk(finding.name), list[Open]()
            for branch in finding.severity:
                here = () if branch.when is None else (Holds(branch.when),)
                never = walk.is_impossible(*here)
                assert never == asked.is_impossible(*passed, *here, finding=finding.name)
                proved += never
                if branch.when is not None:
                    passed.append(Open(branch.when))
                    walk.assume(passed[-1])
    assert proved > 5
