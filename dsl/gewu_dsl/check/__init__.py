"""What is wrong with a resolved compilation: one function, one check, one code, one page in `explain/`.

`NAMES_CHECKS` look at everything that has names of its own (items, registers, the defaults of departments),
`ITEM_CHECKS` and `UNIT_CHECKS` at one item and at all files together. `MEANING_CHECKS` run on items in which the
others found no error, for they need their meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from gewu_dsl.check import clauses, decisions, declarations, examples, forms, names, places, size, types, zero
from gewu_dsl.check.decisions import Meaning
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
    "G702": examples.findings_have_an_example,
}
UNIT_CHECKS: dict[str, Callable[[Unit], Iterable[Remark]]] = {
    "G207": names.items_belong_to_a_department,
    "G209": declarations.names_are_declared_once,
    "G213": declarations.offices_are_used,
    "G214": declarations.offices_are_declared_once,
    "G215": declarations.patterns_are_known,
    "G216": declarations.choices_and_stages_are_declared_once,
    "G319": forms.statements_are_written_once,
    "G801": declarations.items_are_declared_once,
}
MEANING_CHECKS: dict[str, Callable[[Meaning], Iterable[Remark]]] = {
    "G401": decisions.branches_leave_no_gap,
    "G402": decisions.branches_end_in_otherwise,
}


def check_unit(unit: Unit) -> list[Diagnostic]:
    """Everything that can be said without lowering."""
    found = list(_run(UNIT_CHECKS, unit, ""))
    for table in _tables(unit):
        found += _run(NAMES_CHECKS, table, table.file)
    for item in unit.items:
        found += _run(ITEM_CHECKS, item, item.file)
    return found


def check_meaning(meaning: Meaning) -> list[Diagnostic]:
    """What is wrong with the decisions of an item that has no other error."""
    return list(_run(MEANING_CHECKS, meaning, meaning.scope.file))


def _tables(unit: Unit) -> Iterator[Names]:
    yield from (department.names for department in unit.departments.values() if department.node is not None)
    yield from (register.names for register in unit.registers.values() if register.names is not None)
    yield from (item.names for item in unit.items)


def _run(
    checks: Mapping[str, Callable[[T], Iterable[Remark]]], subject: T, file: str
) -> Iterator[Diagnostic]:
    for code, check in checks.items():
        for remark in check(subject):
            place = file if remark.file is None else remark.file
            yield diagnose(code, place, remark.span, remark.message, remark.help, remark.counterexample)
