"""Questions that nobody can answer, and forms of which nothing comes."""

from __future__ import annotations

import pytest

from gewu_dsl.compiler import compile_text
from gewu_dsl.fixes import apply

FORM = 'department d "D"\nitem d.x "X"\n  ask s one of (a, b, c) "S"\n  %s\n  route community handle 1 day\n'
FINDING = '  finding f "F" when s = a\n'


def codes(questions: str) -> list[str]:
    found = compile_text(FORM % questions + FINDING).diagnostics
    return [each.code for each in found if each.code.startswith("G6")]


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ('ask q integer "Q" from 0.2 to 0.8', "G606"),
        ('ask q integer "Q" from 1.1 to 1.9', "G606"),
        ('ask q any of (a, b) "Q" at least 3', "G607"),
        ('ask q any of (a, b) "Q" at most 0', "G607"),
        ('ask q photo "Q" at most 0', "G607"),
        ('ask q photo "Q" at least 0', "G608"),
        ('ask q photo "Q" at least 0 at most 3 optional', "G608"),
        ('ask q integer "Q" when q > 3', "G609"),
        ('let y = q > 3\n  ask q integer "Q" when y', "G609"),
        ('close "Done" with photo, photo at least 2', "G611"),
        ('close "Done" with signature by owner, 2 signatures by owner', "G611"),
    ],
)
def test_what_nobody_can_fill_in(question: str, code: str) -> None:
    assert codes(question) == [code]


@pytest.mark.parametrize(
    "question",
    [
        'ask q integer "Q" from 0.2 to 1.8', 'ask q integer "Q" from 1 to 1', 'ask q decimal "Q" from 0.2 to 0.8',
        'ask q any of (a, b) "Q" at least 2', 'ask q photo "Q" at least 1 at most 1', 'ask q text "Q" at most 1',
        'ask q integer "Q" when r = yes\n  ask r yes-no "R"',  # a later one may show an earlier one
        'ask q integer "Q" when s = a\n  ask r yes-no "R" when q > 3 and s != b',
        'close "Done" with photo, video, signature by owner, 2 signatures by worker',
    ],
)  # fmt: skip
def test_what_can_be_filled_in(question: str) -> None:
    assert codes(question) == []


def test_every_question_of_a_circle_is_told() -> None:
    circle = 'ask p yes-no "P" when r = no\n  ask q yes-no "Q" when p = no\n  ask r yes-no "R" when q = no'
    assert codes(circle) == ["G609"] * 3
    assert codes(circle + '\n  ask t text "T" when r = yes') == ["G609"] * 3, (
        "what only reads the circle is not in it"
    )
    assert codes('ask p yes-no "P" when p is blank') == ["G609"], "answered, it would vanish"


def test_a_long_circle_names_a_few_of_its_questions() -> None:
    circle = "\n  ".join(f'ask q{index} yes-no "Q" when q{(index + 1) % 40} = no' for index in range(40))
    found = [each for each in compile_text(FORM % circle + FINDING).diagnostics if each.code == "G609"]
    assert len(found) == 40
    assert "depends on q1, q2, q3, …, and" in found[0].message.en
    assert "“q0、q1、q2……”" in found[39].message.zh


def test_two_circles_are_told_apart() -> None:
    one = 'ask a yes-no "A" when b = no\n  ask b yes-no "B" when a = no'
    other = 'ask c yes-no "C" when d = no and a = no\n  ask d yes-no "D" when c = no'
    found = compile_text(FORM % f"{one}\n  {other}" + FINDING).diagnostics
    said = [each.message.en.partition(",")[0] for each in found if each.code == "G609"]
    assert said == [
        "Whether `a` is shown depends on b", "Whether `b` is shown depends on a",
        "Whether `c` is shown depends on d", "Whether `d` is shown depends on c",
    ]  # fmt: skip


def test_a_circle_through_the_question_of_findings() -> None:
    text = FORM % 'ask q yes-no "Q" when finding includes g' + '  finding g "G"\n'
    assert "G609" not in [each.code for each in compile_text(text).diagnostics]


@pytest.mark.parametrize(
    "body",
    ["", '  basis "Law"', '  ask q text "Q"\n  route community', '  ask q integer "Q"\n  exclude q > 3 "No"'],
)
def test_forms_of_which_nothing_comes(body: str) -> None:
    assert [each.code for each in compile_text(f'department d "D"\nitem d.x "X"\n{body}\n').diagnostics] == [
        "G610"
    ]


def test_a_form_that_only_collects_data_is_right() -> None:
    assert compile_text('department d "D"\nitem d.x "X"\n  ask q text "Q"\n').diagnostics == ()
    checks = 'department d "D"\nitem d.x "X"\n  check q "Q"\n  route community handle 1 day\n'
    assert [each.code for each in compile_text(checks).diagnostics] == ["G702"]


@pytest.mark.parametrize(
    ("question", "right"),
    [
        ('ask q integer "Q" from 0.2 to 0.8', 'ask q decimal "Q" from 0.2 to 0.8'),
        ('ask q any of (a, b) "Q" at least 3', 'ask q any of (a, b) "Q" at least 2'),
        ('ask q photo "Q" at most 0', 'ask q photo "Q"'),
        ('ask q photo "Q" at least 0', 'ask q photo "Q" optional'),
        ('ask q photo "Q" at least 0 optional', 'ask q photo "Q" optional'),
        ('close "Done" with photo, video, photo at least 2', 'close "Done" with photo at least 2, video'),
        (
            'close "Done" with 2 signatures by owner, signature by owner',
            'close "Done" with 2 signatures by owner',
        ),
    ],
)
def test_the_fix_is_what_was_meant(question: str, right: str) -> None:
    text = FORM % question + FINDING
    (mistake,) = [each for each in compile_text(text).diagnostics if each.code.startswith("G6")]
    assert apply(text, mistake.fixes[0]) == FORM % right + FINDING
