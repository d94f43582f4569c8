"""What a resolved text means."""

from __future__ import annotations

from decimal import Decimal

import pytest
from programs_dsl import EXIT

from gewu_dsl import model, tree
from gewu_dsl.compiler import Known, compile_text
from gewu_dsl.lower.expressions import lower_limit, read_constant
from gewu_dsl.model import Answer, Branch, Compare, Constant, Duration

HEAD = 'department streets "Streets"\n  office squad "Squad" at county\n'


def item(body: str, head: str = HEAD) -> model.Item:
    result = compile_text(f'{head}item streets.x "X"\n{body}')
    assert [each for each in result.diagnostics if each.severity == "error"] == []
    return result.items[0].item


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (tree.Number(3), 3),
        (tree.Number(Decimal("3.0")), 3),
        (tree.Number(Decimal("0.25")), 0.25),
        (tree.Time(485), "08:05"),
        (tree.String("x"), "x"),
    ],
)
def test_constants(written: tree.Number, meant: object) -> None:
    value = read_constant(written)
    assert value == meant
    assert type(value) is type(meant)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (tree.Duration(1, "workdays"), "1 workday"),
        (tree.Duration(2, "hours"), "2 hours"),
        (tree.Duration(4, "work_hours"), "4 work hours"),
        (tree.By(1080, "today"), "by 18:00 today"),
        (tree.By(540, "next_workday"), "by 09:00 next workday"),
        (tree.By(540, "after", 2), "by 09:00 after 2 workdays"),
    ],
)
def test_limits(written: tree.Duration, text: str) -> None:
    assert str(lower_limit(written)) == text


def test_a_yes_no_value_alone_means_yes() -> None:
    body = """  ask ok yes-no "OK"
  ask sure yes-no "Sure"
  let alias = sure
  let deep = not sure
  route squad  handle 1 workday
  finding f "F" when ok and not alias and deep and reported.on_workday
"""
    when = item(body).finding("f").when
    yes = Constant("yes")
    assert when == model.And(
        (
            Compare("=", Answer("ok"), yes),
            model.Not(Compare("=", model.Derived("alias"), yes)),
            model.Derived("deep"),
            Compare("=", model.Fact("reported.on_workday"), yes),
        )
    )


def test_a_check_makes_a_finding_from_the_defaults() -> None:
    made = item(
        '  check lamp "Lamp works"\n  severity major  route squad  handle 2 hours  close "Fixed"'
    ).finding("lamp")
    assert made == model.Finding(
        "lamp",
        "Lamp works",
        model.IsHazard("lamp"),
        False,
        (Branch("major"),),
        (Branch(model.Route(("streets.squad",))),),
        {"handle": (Branch(Duration("hours", 2)),)},
        closing=model.Closing("Fixed"),
    )


def test_filing_automatically_accepts_automatically() -> None:
    body = '  route squad  handle 1 workday\n  dispatch automatically  file automatically\n  finding f "F"'
    assert item(body).finding("f").automatic == ("accept", "file", "dispatch")


def test_an_automatic_step_drops_the_limit_it_inherits() -> None:
    head = f"{HEAD}  file 2 hours\n  dispatch 1 hour\n"
    finding = item('  route squad  handle 1 workday  file automatically\n  finding f "F"', head).finding("f")
    assert set(finding.limits) == {"dispatch", "handle"}


def test_the_last_stage_ends_handling_where_nothing_else_does() -> None:
    stages = '    stage plan "Plan" 3 workdays\n    stage done "Done" 20 days\n'
    finding = item(f'  route squad  handle 1 workday\n  finding f "F"\n{stages}').finding("f")
    assert finding.limits["handle"] == (Branch(Duration("days", 20)),)
    finding = item(f'  route squad\n  finding f "F"\n    handle 30 days\n{stages}').finding("f")
    assert finding.limits["handle"] == (Branch(Duration("days", 30)),)
    assert len(finding.stages) == 2


def test_a_must_names_the_questions_it_reads_even_through_lets() -> None:
    body = '  ask a integer "A"\n  ask b integer "B"\n  let sum = b + a\n  must sum < 9 and a > 1 "No"'
    assert item(body).musts[0].questions == ("a", "b")


def test_a_range_of_dates_is_a_must_before_those_written() -> None:
    body = '  ask day date "Day" from 2026-01-01 to 2026-12-31\n  ask n integer "N"\n  must n > 1 "No"'
    first, second = item(body).musts
    assert first.questions == ("day",)
    assert first.condition == model.Between(Answer("day"), Constant("2026-01-01"), Constant("2026-12-31"))
    assert second.message == "No"


def test_whole_numbers_mean_the_same_with_and_without_a_point() -> None:
    body = '  ask n decimal "N" from {} to 9\n  route squad handle 1 workday\n  finding f "F" when n > {}'
    assert item(body.format(1, 2)) == item(body.format("1.0", "2.00"))


def test_comments_and_layout_do_not_change_what_is_meant() -> None:
    known = Known(kinds=(model.PlaceKind("small_place", "", (model.Question("grade", "one_of", "", tuple(
        model.Choice(name, name) for name in ("lenient", "warned", "strict"))),)),))  # fmt: skip
    plain = " ".join(line.partition("#")[0] for line in EXIT.splitlines())
    one, other = compile_text(EXIT, known=known).items[0], compile_text(plain, known=known).items[0]
    assert one.version == other.version
    assert set(other.lines.values()) == {1}
    assert one.lines["finding.locked.severity.0"] == EXIT[: EXIT.index("severity critical")].count("\n") + 1


def test_the_made_question_stands_before_the_first_question_it_makes_appear() -> None:
    body = """
  询问 照片 照片 “现场照片” 至少 1
  询问 宽度 数值 “裂缝宽度” 当 情形 包含 开裂
  询问 备注 文本 “备注” 选填
  派往 squad 处置 1 工作日
  情形 开裂 “开裂”
  情形 缺失 “缺失”
"""
    assert [question.name for question in item(body).questions] == ["照片", "finding", "宽度", "备注"]
