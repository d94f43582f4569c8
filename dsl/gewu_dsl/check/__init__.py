"""What is wrong with a resolved compilation: one function, one check, one code, one page in `explain/`.

`NAMES_CHECKS` look at everything that has names of its own (items, registers, the defaults of departments),
`ITEM_CHECKS` and `UNIT_CHECKS` at one item and at all files together. `PART_CHECKS` look at statements wherever these
stand: they are given each item, and all that is no item, as if that were the whole compilation. `MEANING_CHECKS` run
on items in which the others found no error, for they need their meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from gewu_dsl.check import (
    clauses,
    comparisons,
    decisions,
    declarations,
    departments,
    examples,
    excludes,
    findings,
    forms,
    inversions,
    ladders,
    limits,
    musts,
    names,
    places,
    questions,
    reach,
    size,
    types,
    zero,
)
from gewu_dsl.check.meaning import Meaning
from gewu_dsl.check.remarks import Remark
from gewu_dsl.diagnostics import Diagnostic, diagnose
from gewu_dsl.resolve.binding import Names
from gewu_dsl.resolve.scopes import ItemScope, Unit

T = TypeVar("T")

NAMES_CHECKS: dict[str, Callable[[Names], Iterable[Remark]]] = {
    "G201": names.names_are_questions_or_lets,
    "G202": names.choices_belong_to_their_question,
    "G203": names.offices_exist,
    "G204": names.place_kinds_are_declared,
    "G205": names.attributes_are_in_the_register,
    "G206": places.attributes_are_certain,
    "G208": names.findings_and_stages_exist,
    "G211": names.functions_are_known,
    "G301": types.compared_values_are_of_one_sort,
    "G302": types.only_ordered_values_are_ordered,
    "G303": types.arithmetic_is_on_numbers,
    "G304": types.units_agree,
    "G305": types.any_of_answers_are_asked_with_includes,
    "G306": types.includes_asks_an_any_of_answer,
    "G307": types.only_checks_are_hazards,
    "G308": types.conditions_are_conditions,
    "G309": zero.divisors_are_never_zero,
    "G310": forms.modifiers_fit_the_question,
    "G311": forms.ranges_run_upwards,
    "G312": forms.counts_run_upwards,
    "G317": clauses.nothing_is_read_before_it_is_known,
    "G606": questions.ranges_hold_an_answer,
    "G607": questions.counts_can_be_reached,
    "G608": questions.counts_ask_for_something,
    "G609": questions.questions_do_not_wait_for_each_other,
    "G320": types.options_are_written_values,
    "G322": types.periods_are_in_days,
}
ITEM_CHECKS: dict[str, Callable[[ItemScope], Iterable[Remark]]] = {
    "G210": declarations.lets_are_not_circular,
    "G212": declarations.lets_are_used,
    "G217": size.expressions_stay_small,
    "G313": forms.periods_in_force_end_after_they_start,
    "G314": clauses.findings_have_a_route,
    "G315": clauses.findings_have_a_handling_limit,
    "G316": clauses.visits_say_what_is_visited,
    "G318": forms.musts_concern_a_question,
    "G321": examples.given_values_fit,
    "G502": limits.stages_end_within_the_whole,
    "G503": limits.stages_run_forwards,
    "G504": limits.settling_is_shorter_than_handling,
    "G505": limits.waiting_is_shorter_than_handling,
    "G510": limits.visits_take_place,
    "G610": questions.forms_lead_to_something,
    "G611": questions.evidence_is_asked_for_once,
    "G702": examples.findings_have_an_example,
    "G802": departments.handlers_are_ones_own,
    "G804": departments.alternatives_differ,
    "G805": departments.offices_have_one_role,
}
UNIT_CHECKS: dict[str, Callable[[Unit], Iterable[Remark]]] = {
    "G207": names.items_belong_to_a_department,
    "G209": declarations.names_are_declared_once,
    "G213": declarations.offices_are_used,
    "G214": declarations.offices_are_declared_once,
    "G506": ladders.escalations_watch_a_limit,
    "G801": declarations.items_are_declared_once,
}
PART_CHECKS: dict[str, Callable[[Unit], Iterable[Remark]]] = {
    "G215": declarations.patterns_are_known,
    "G216": declarations.choices_and_stages_are_declared_once,
    "G319": forms.statements_are_written_once,
    "G507": ladders.rungs_are_within_their_limit,
    "G508": ladders.rungs_change_something,
    "G509": ladders.rungs_are_in_order,
    "G803": departments.escalations_reach_somebody,
}
MEANING_CHECKS: dict[str, Callable[[Meaning], Iterable[Remark]]] = {
    "G401": decisions.branches_leave_no_gap,
    "G402": decisions.branches_end_in_otherwise,
    "G403": reach.branches_can_be_reached,
    "G404": reach.otherwise_can_be_reached,
    "G405": findings.findings_can_be_found,
    "G406": comparisons.comparisons_can_hold,
    "G407": comparisons.comparisons_can_fail,
    "G408": excludes.excludes_leave_something,
    "G409": excludes.excludes_can_hold,
    "G410": findings.findings_come_apart,
    "G411": findings.findings_can_be_absent,
    "G412": reach.branches_do_not_wait_for_a_blank,
    "G413": reach.neighbours_differ,
    "G414": excludes.some_place_is_left,
    "G501": inversions.graver_is_not_slower,
    "G601": musts.questions_are_shown,
    "G602": musts.musts_can_be_met,
    "G603": musts.musts_can_refuse,
    "G604": musts.choices_can_be_picked,
    "G605": musts.musts_ask_for_what_is_shown,
}


def check_unit(unit: Unit) -> list[Diagnostic]:
    """What can be said about all files together, and about departments and registers."""
    found = list(_run(UNIT_CHECKS, unit, ""))
    found += _run(PART_CHECKS, replace(unit, items=[]), "")
    for table in _tables(unit):
        found += _check_names(table)
    return found


def check_item(scope: ItemScope) -> list[Diagnostic]:
    """What can be said about one item without lowering it; other items have no part in it."""
    found = list(_run(PART_CHECKS, Unit({}, {}, [scope]), ""))
    found += _check_names(scope.names)
    found += _run(ITEM_CHECKS, scope, scope.file)
    return found


def check_meaning(meaning: Meaning) -> list[Diagnostic]:
    """What is wrong with the decisions of an item that has no other error."""
    found = list(_run(MEANING_CHECKS, meaning, meaning.scope.file))
    if any(each.code == "G605" for each in found):  # what it refuses in vain is not missing anywhere else
        return [each for each in found if each.code not in ("G405", "G411")]
    return found


def _tables(unit: Unit) -> Iterator[Names]:
    yield from (department.names for department in unit.departments.values() if department.node is not None)
    yield from (register.names for register in unit.registers.values() if register.names is not None)


def _check_names(names: Names) -> list[Diagnostic]:
    """Whoever is told that something cannot be read yet need not be told that it would not fit either."""
    found = list(_run(NAMES_CHECKS, names, names.file))
    early = [each for each in found if each.code == "G317"]
    return [
        each
        for each in found
        if each.code not in ("G301", "G308") or not any(_encloses(each, cause) for cause in early)
    ]


def _encloses(outer: Diagnostic, inner: Diagnostic) -> bool:
    first, last = (inner.line, inner.column), (inner.end_line, inner.end_column)
    return (outer.line, outer.column) <= first and last <= (outer.end_line, outer.end_column)


def _run(
    checks: Mapping[str, Callable[[T], Iterable[Remark]]], subject: T, file: str
) -> Iterator[Diagnostic]:
    for code, check in checks.items():
        for remark in check(subject):
            place = file if remark.file is None else remark.file
            yield diagnose(
                code, place, remark.span, remark.message, remark.help, remark.counterexample, remark.fixes
            )
