"""What a form asks in vain: held against every sheet that can be filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gewu_dsl.answers import check_answers, shown_questions
from gewu_dsl.codes import explain
from gewu_dsl.compiler import compile_text
from gewu_dsl.diagnostics import Diagnostic
from gewu_dsl.lower import lower_item
from gewu_dsl.model import Item
from gewu_dsl.parse import parse
from gewu_dsl.resolve import resolve
from gewu_dsl.rules import compile_rules

HEAD = 'department d "D"\nitem d.x "X"\n  route community handle 1 day\n'
FINDING = '  finding f "F"\n'
VALUES: dict[str, tuple[Any, ...]] = {"s": ("a", "b", "c"), "t": ("yes", "no"), "n": (0, 1, 2, 3)}
TYPES = {"s": "one of (a, b, c)", "t": "yes-no", "n": "integer"}
RANGES = {"s": "", "t": "", "n": "from 0 to 3"}

leaves = st.one_of(
    st.builds("s = {}".format, st.sampled_from("abc")),
    st.builds("s != {}".format, st.sampled_from("abc")),
    st.sampled_from(["t", "not t", "t is answered", "n is answered", "s is answered", "n is blank"]),
    st.builds("n {} {}".format, st.sampled_from(["=", "<", ">=", "!="]), st.integers(-1, 4)),
)


def conditions(names: str) -> st.SearchStrategy[str]:
    """Conditions that read none but these questions."""
    leaf = leaves.filter(lambda text: text.removeprefix("not ")[0] in names)
    return st.recursive(
        leaf,
        lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner),
        max_leaves=3,
    )


@st.composite
def forms(draw: st.DrawFn) -> str:
    """Three questions, each shown by those before it, and up to three musts."""
    lines = []
    names = draw(st.permutations("stn"))
    for index, name in enumerate(names):
        when = draw(st.none() | conditions("".join(names[:index]))) if index else None
        optional = draw(st.booleans())
        shown = f"when {when}" if when else ""
        lines.append(f'  ask {name} {TYPES[name]} "Q" {RANGES[name]} {"optional" * optional} {shown}')
    lines += [f'  must {draw(conditions("stn"))} "No"' for _ in range(draw(st.integers(0, 3)))]
    return "\n".join(lines) + "\n"


class Sheet(NamedTuple):
    """A whole sheet: what it answers and shows, and which musts refuse it."""

    answers: dict[str, Any]
    shown: tuple[str, ...]
    broken: frozenset[int]


def sheets(item: Item) -> Iterator[Sheet]:
    """Every sheet on which nothing but musts is wrong."""
    rules = compile_rules(item)
    for values in product(*((None, *VALUES[name]) for name in VALUES)):
        answers = {name: value for name, value in zip(VALUES, values, strict=True) if value is not None}
        answers["finding"] = ["f"]
        read = rules.read(answers, {})
        if set(read) == set(answers) and all(each.code == "must" for each in check_answers(rules, answers)):
            broken = frozenset(index for index, test in rules._musts.items() if test(read, {}))
            yield Sheet(answers, shown_questions(rules, answers), broken)


def at(text: str, found: list[Diagnostic], code: str) -> set[str]:
    """What stands at the mistakes of this code."""
    lines = text.split("\n")
    return {lines[each.line - 1].split()[1] for each in found if each.code == code}


@given(forms())
@settings(max_examples=60, deadline=None)
def test_what_is_said_of_a_form_is_so_for_all_its_sheets(form: str) -> None:
    text = HEAD + form + FINDING
    found = [each for each in compile_text(text).diagnostics if each.code.startswith("G6")]
    item = lower_item(resolve({"t": parse(text, "t").tree}).items[0])[0]
    every = list(sheets(item))
    good = [sheet for sheet in every if not sheet.broken]
    musts = range(len(item.musts))

    assert any(each.code == "G602" for each in found) == (not good)
    refusing = {index for index in musts if any(index in sheet.broken for sheet in every)}
    assert sum(each.code == "G603" for each in found) == len(item.musts) - len(refusing)
    hidden = {name for name in VALUES if good and not any(name in sheet.shown for sheet in good)}
    assert at(text, found, "G601") == hidden
    unpicked = {
        choice for choice in "abc"
        if good and any(sheet.answers.get("s") == choice for sheet in every)
        and not any(sheet.answers.get("s") == choice for sheet in good)
        and any("s" in must.questions for must in item.musts)
    }  # fmt: skip
    assert len([each for each in found if each.code == "G604"]) == len(unpicked)
    assert all(shows(text, each) for each in found if each.counterexample is not None)


FIXED = """  ask s one of (a, b, c) "S"
  ask n integer "N" from 0 to 9
  ask shot photo "Shot" when s = a
  ask note text "Note" optional
"""


def codes(lines: str) -> list[str]:
    found = compile_text(f"{HEAD}{FIXED}{lines}\n{FINDING}").diagnostics
    return [each.code for each in found if each.code.startswith("G6")]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ('  must n > 9 "No"', ["G602"]),
        ('  must n > 5 "No"\n  must n < 3 "No"', ["G602"]),
        ('  must n < 10 "No"', ["G603"]),
        ('  must s != c "No"', ["G604"]),
        ('  must shot is answered "No"', ["G605"]),
        ('  must shot is answered or n < 3 "No"', ["G605"]),
        ('  ask deep text "Deep" when n > 9', ["G601"]),
        ('  let sum = n + n\n  ask deep text "Deep" when sum > 18', ["G601"]),
        ('  must s != c "No"\n  ask deep text "Deep" when s = c', ["G601", "G604"]),
        ('  ask m integer "M" from 0 to 3\n  ask deep text "Deep" when m > n and n > 2', ["G601"]),
    ],
)
def test_what_is_asked_in_vain(lines: str, expected: list[str]) -> None:
    assert sorted(codes(lines)) == expected


@pytest.mark.parametrize(
    "lines",
    [
        '  must n > 8 "No"', '  must n > 2 "No"\n  must n < 5 "No"', '  must s != c or n > 3 "No"',
        '  must shot is answered or s != a or n < 3 "No"',  # never refuses where it is not shown
        '  must note is answered "No"', '  ask deep text "Deep" when n > 8 and s = c',
        '  ask day date "Day" from 2026-01-01 to 2026-12-31',
    ],
)  # fmt: skip
def test_what_is_asked_with_reason(lines: str) -> None:
    assert set(codes(lines)) <= ({"G603"} if "s != a" in lines else set())


def test_a_range_of_dates_refuses_by_itself_and_is_no_must_of_the_author() -> None:
    day = '  ask day date "Day" from 2026-01-01 to 2026-12-31\n'
    assert codes(day + '  must day >= 2025-01-01 "No"') == ["G603"]
    assert codes(day + '  must day >= 2027-01-01 "No"') == ["G602"]


def shows(text: str, mistake: Diagnostic) -> bool:
    """Whether the runtime does with the sheet of a mistake what the mistake says."""
    assert mistake.counterexample is not None
    item = lower_item(resolve({"t": parse(text, "t").tree}).items[0])[0]
    rules = compile_rules(item)
    answers, context = mistake.counterexample["answers"], mistake.counterexample["context"]
    refused = check_answers(rules, answers, context)
    shown = shown_questions(rules, answers, context)
    line = text.split("\n")[mistake.line - 1].split()
    match mistake.code:
        case "G501":
            found = rules.decide(answers, context).findings
            said = [
                f"A {each.severity} case is given {limit},"
                for each in found
                for limit in each.limits.values()
            ]
            return not refused and any(mistake.message.en.startswith(each) for each in said)
        case "G601":
            return not refused and line[1] not in shown
        case "G603":
            return not refused
        case "G605":
            hidden = {each.question for each in refused} - set(shown)
            return bool(hidden) and {each.code for each in refused} == {"must"}
    return {each.code for each in refused} == {"must"}


@pytest.mark.parametrize("code", ["G501", "G601", "G602", "G603", "G604", "G605"])
def test_the_sheet_shows_the_mistake(code: str) -> None:
    wrong = re.findall(r"^```gewu\n(.*?)^```$", explain(code) or "", re.MULTILINE | re.DOTALL)[0]
    mistakes = [each for each in compile_text(wrong).diagnostics if each.code == code]
    assert mistakes
    assert all(shows(wrong, each) for each in mistakes)


def test_a_form_that_can_never_be_sent_is_told_once() -> None:
    assert codes('  must n > 9 and s = a "No"\n  ask deep text "Deep" when n > 20') == ["G602"]
