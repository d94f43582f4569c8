"""Which clause counts, in which order lets come, what a parser's loss forgives."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from strategies_dsl import files

from gewu_dsl import tree
from gewu_dsl.parse import parse
from gewu_dsl.resolve import resolve
from gewu_dsl.resolve.clauses import collect_clauses, inherit
from gewu_dsl.resolve.items import order_lets
from gewu_dsl.resolve.scopes import ItemScope

DAY, HOUR = tree.Duration(1, "workdays"), tree.Duration(1, "hours")


def limit(step: str, value: tree.Duration) -> tree.Limit:
    return tree.Limit(step, (tree.Branch(value),))  # type: ignore[arg-type]


def stage(name: str) -> tree.Stage:
    return tree.Stage(tree.Name(name), name, DAY)


def item(body: str) -> ItemScope:
    return resolve({"": parse(f'department streets "S"\nitem streets.x "X"\n{body}').tree}).items[0]


def test_a_clause_replaces_the_default_of_its_own_kind_only() -> None:
    outer = collect_clauses([limit("accept", DAY), limit("handle", DAY), tree.Close("done")])
    inner = collect_clauses([limit("handle", HOUR)])
    both = inherit(outer, inner)
    assert both.limits == {"accept": limit("accept", DAY), "handle": limit("handle", HOUR)}
    assert both.closing == tree.Close("done")


def test_stages_and_a_handling_limit_replace_each_other() -> None:
    staged, limited = collect_clauses([stage("plan")]), collect_clauses([limit("handle", DAY)])
    assert inherit(limited, staged).limits == {}
    assert inherit(limited, staged).stages == (stage("plan"),)
    assert inherit(staged, limited).stages == ()
    assert inherit(collect_clauses([stage("plan"), limit("handle", DAY)]), collect_clauses([])).stages != ()


def test_a_clause_written_again_in_one_body_is_kept_apart() -> None:
    clauses = collect_clauses([limit("handle", DAY), limit("handle", HOUR), limit("accept", DAY)])
    assert clauses.limits["handle"] == limit("handle", DAY)
    assert clauses.twice == (limit("handle", HOUR),)


def test_an_escalation_replaces_the_default_of_its_step() -> None:
    def escalate(step: str, percent: int) -> tree.Escalate:
        return tree.Escalate(step, (tree.Rung(percent, None, None),))  # type: ignore[arg-type]

    outer = collect_clauses([escalate("handle", 80), escalate("verify", 80)])
    both = inherit(outer, collect_clauses([escalate("handle", 50)]))
    assert both.ladder == {"handle": escalate("handle", 50), "verify": escalate("verify", 80)}


def test_lets_come_after_those_they_read() -> None:
    scope = item("  let a = b + c\n  let b = c + 1\n  let c = d\n  ask d integer “D”")
    assert scope.let_order == ("c", "b", "a")
    assert scope.circular == ()


def test_a_circle_is_found_and_what_reads_it_is_not_part_of_it() -> None:
    scope = item("  let a = b + 1\n  let b = a + 1\n  let c = a + 1\n  let d = 1\n  let e = e")
    assert [let.name.text for let in scope.circular] == ["a", "b", "e"]
    assert scope.let_order == ("d",)


def test_a_check_that_a_let_names_makes_no_finding() -> None:
    body = '  check lamp "L"\n  check door "D"\n  let dark = lamp is hazard\n  finding f "F" when dark'
    assert list(item(body).findings) == ["f", "door"]


@pytest.mark.parametrize(
    ("body", "optional"),
    [
        ('  finding f "F"', False),
        ('  finding f "F"\n  finding g "G"', False),
        ('  finding f "F"\n  ask n integer "N"\n  finding g "G" when n > 1', True),
        ('  check lamp "L"\n  finding f "F"', True),
        ('  for park\n  finding f "F"', True),
    ],
)
def test_picking_is_required_only_where_it_is_all_a_report_can_do(body: str, optional: bool) -> None:
    assert item(body).names.fields["finding"].optional is optional


def test_findings_by_their_answers_make_no_question() -> None:
    assert "finding" not in item('  ask n integer "N"\n  finding g "G" when n > 1').names.fields


def test_names_the_parser_lost_are_not_missed() -> None:
    text = 'department streets "S"\nitem streets.x "X"\n  finding f "F" when width > 3 and height > 3'
    parsed = {"": parse(text).tree}
    missed = [miss.name for miss in resolve(parsed).items[0].names.misses]
    assert missed == ["width", "height"]
    forgiven = resolve(parsed, lost=frozenset({"width"})).items[0].names
    assert [miss.name for miss in forgiven.misses] == ["height"]
    assert forgiven.forgiven


@settings(max_examples=60, deadline=None)
@given(files())
def test_every_name_in_an_expression_is_bound_or_missed(file: tree.File) -> None:
    for scope in resolve({"": file}).items:
        names = scope.names
        missed = {id(miss.span) for miss in names.misses}
        for site in names.sites:
            for part in tree.walk(site.expression):
                if isinstance(part, tree.Reference | tree.Word | tree.Fact | tree.PlaceAttribute):
                    known = id(part) in names.bound or id(part) in names.sorts
                    inside_call = any(
                        part in tree.walk(call)
                        for call in tree.walk(site.expression)
                        if isinstance(call, tree.Call)
                    )
                    assert known or inside_call or id(part.span) in missed


def test_order_does_not_matter_to_a_chain_of_lets() -> None:
    lets = {
        name: tree.Let(tree.Name(name), tree.Reference(other))
        for name, other in zip("abcd", "bcde", strict=True)
    }
    assert order_lets(lets) == (("d", "c", "b", "a"), ())
    assert order_lets(dict(reversed(lets.items()))) == (("d", "c", "b", "a"), ())
