"""Limits, offices and names as standards write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gewu_dsl import tree
from gewu_dsl.compiler import compile_text
from gewu_dsl.model import Duration
from gewu_dsl.render import limit_words
from gewu_item_catalog.spreadsheets.identifiers import claim_name, name_for
from gewu_item_catalog.spreadsheets.limits import Habits, read_limit
from gewu_item_catalog.spreadsheets.numerals import read_numeral
from gewu_item_catalog.spreadsheets.offices import Offices, Register, guess_tier, is_blank, read_offices

UNTOLD, WORK, URGENT = Habits(), Habits("work", "work"), Habits("urgent", "natural")


def one(text: str, habits: Habits = UNTOLD, unit: str = "") -> str:
    """The only limit a text has, as `2 work_hours`; the kind of note where there is none."""
    reading = read_limit(text, habits, unit)
    if reading.why is not None:
        return reading.why[0]
    [case] = reading.cases
    value = case.value
    return (
        f"{value.amount} {value.unit}"
        if isinstance(value, tree.Duration)
        else f"by {value.minutes} {value.day}"
    )


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("4工作时", "4 work_hours"), ("4 个工作小时", "4 work_hours"), ("1个工作日", "1 workdays"), ("３个工作日内。", "3 workdays"),
        ("2紧急工作时", "2 hours"), ("24 小时（紧急）", "24 hours"), ("4小时(工作时)", "4 work_hours"), ("3天（自然日）", "3 days"),
        ("30分钟", "30 minutes"), ("半自然日", "12 hours"), ("1.5紧急工作时", "90 minutes"), ("两周", "14 days"),
        ("二十四紧急工作时", "24 hours"), ("within five working days", "5 workdays"), ("2 business days", "2 workdays"),
        ("不超过 10 个工作日", "10 workdays"), ("下一工作日 18:00 前", "by 1080 next_workday"),
        ("当日 17:30 前", "by 1050 today"), ("2 个工作日后 12:00 前", "by 720 after"),
    ],
)  # fmt: skip
def test_a_limit_that_says_its_clock_is_read_without_being_told_anything(text: str, limit: str) -> None:
    assert one(text) == limit


@pytest.mark.parametrize("text", ["2小时", "2h", "2个小时", "2 hours", "２小时"])
def test_hours_are_never_guessed(text: str) -> None:
    assert one(text) == "limit_ambiguous"
    assert one(text, WORK) == "2 work_hours"
    assert one(text, URGENT) == "2 hours"


@pytest.mark.parametrize("text", ["3天", "3日", "3 days", "三天"])
def test_days_are_never_guessed(text: str) -> None:
    assert one(text) == "limit_ambiguous"
    assert one(text, WORK) == "3 workdays"
    assert one(text, URGENT) == "3 days"


@pytest.mark.parametrize(
    "text", ["", "即时", "0天", "1.5工作日", "半个工作日", "1个月", "按合同", "5", "2紧急工作日", "99999工作日", "当日 25:00 前", "次日"]
)  # fmt: skip
def test_what_cannot_be_a_limit_waits(text: str) -> None:
    assert one(text, WORK) in ("limit_unread", "limit_missing")


def test_at_once_is_as_long_as_somebody_says() -> None:
    assert one("立即处置", Habits(at_once=tree.Duration(30, "minutes"))) == "30 minutes"


def test_a_number_alone_takes_the_unit_of_its_column() -> None:
    assert one("5", unit="工作日") == "5 workdays"
    assert one("5", unit="天") == "limit_ambiguous"


def test_of_a_range_the_later_end_is_taken_and_that_is_said() -> None:
    for text in ("2-4工作时", "2~4工作时", "2工作时至4工作时"):
        assert one(text) == "4 work_hours"
        assert [kind for kind, _ in read_limit(text).said] == ["limit_range"]


def test_words_beside_a_limit_are_said() -> None:
    for text, word in (("1紧急工作时制止", "制止"), ("种植季节15工作日", "种植季节")):
        [(kind, said)] = read_limit(text).said
        assert kind == "limit_words"
        assert word in said.zh


@pytest.mark.parametrize(
    ("text", "cases"),
    [
        ("一般3工作日,重大1工作日", {"minor": 3, "critical": 1}),
        ("一般：3个工作日；较大：2个工作日；重大：1个工作日", {"minor": 3, "major": 2, "critical": 1}),
        ("3工作日（一般），1工作日（重大）", {"minor": 3, "critical": 1}),
        ("A类1工作日，B类2工作日，C类5工作日", {"A": 1, "B": 2, "C": 5}),
        ("一类区域1工作日 二类区域2工作日", {"A": 1, "B": 2}),
    ],
)
def test_limits_by_level_or_class_are_told_apart(text: str, cases: dict[str, int]) -> None:
    found = {case.level or case.area: case.value.amount for case in read_limit(text).cases}  # type: ignore[union-attr]
    assert found == cases


@pytest.mark.parametrize(
    "text", ["3工作日或5工作日", "一般1工作日 一般2工作日", "重大1工作日，A类2工作日", "1工作日，重大2工作日"]
)
def test_several_limits_that_do_not_say_what_for_wait(text: str) -> None:
    assert one(text) == "limit_unread"


@given(st.sampled_from(["minutes", "hours", "work_hours", "workdays", "days"]), st.integers(1, 9999))
def test_every_limit_printed_in_words_is_read_back(unit: str, amount: int) -> None:
    assert one(limit_words(Duration(unit, amount))) == f"{amount} {unit}"  # type: ignore[arg-type]


@given(st.text("0123456789一二十百半天日小时工作紧急般重大类A（）,，-至:前内h ", max_size=14))
def test_no_text_makes_the_reader_fail(text: str) -> None:
    reading = read_limit(text, WORK)
    assert bool(reading.cases) != (reading.why is not None)


@pytest.mark.parametrize(
    ("text", "number"),
    [("十", 10), ("二十四", 24), ("一百零五", 105), ("两", 2), ("半", 0.5), ("一一", None)],
)
def test_chinese_numerals(text: str, number: float | None) -> None:
    found = read_numeral(text)
    assert (None if found is None else float(found)) == number


# Offices


@pytest.mark.parametrize(
    ("cells", "offices"),
    [
        (("供水中心", "", ""), Offices(("供水中心",))),
        (
            ("供水中心；产权单位", "", "城市管理局/水务局"),
            Offices(("供水中心",), ("owner",), ("城市管理局", "水务局")),
        ),
        (("处置:甲；乙 | 主管:丙", "", ""), Offices(("甲",), ("乙",), ("丙",))),
        (("甲 否则 属地", "乙、丙", ""), Offices(("甲", "community"), ("乙", "丙"))),
        (("所属街道/执法队", "", "—"), Offices(("town",), ("执法队",))),
        (("甲、甲", "甲", ""), Offices(("甲",))),
        (("/", "", ""), Offices()),
    ],
)
def test_who_handles_assists_and_supervises(cells: tuple[str, str, str], offices: Offices) -> None:
    assert read_offices(*cells) == offices


@pytest.mark.parametrize(
    ("title", "tier"), [("城市管理局", "county"), ("东街街道办事处", "town"), ("镇街环卫所", "town"), ("向阳社区", "village"), ("市水务局", "city"), ("市政中心", "county")]
)  # fmt: skip
def test_the_tier_of_a_new_office_is_guessed_from_its_name(title: str, tier: str) -> None:
    assert guess_tier(title) == tier


def test_offices_that_the_department_has_keep_their_codes() -> None:
    register = Register({"供水中心": "water", "water": "water"})
    assert [register.code_of(each).text for each in ("供水中心", "water", "owner", "照片", "照片")] == [
        "water", "water", "owner", "照片2", "照片2",
    ]  # fmt: skip
    assert list(register.added) == ["照片"]


def test_a_dash_says_nothing() -> None:
    assert all(map(is_blank, ["", "/", "——", "无", " - "]))
    assert not is_blank("属地")


# Names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("缺失/移位/开裂且有安全隐患", "缺失"), ("破损超过25cm²", "破损超过25cm"), ("total loss", "total_loss"), ("5G基站", "_5G基站"),
        ("照片", "照片2"), ("ΑВС箱", "箱"), ("ﬁre", "fire"), ("when", "when_2"), ("！！！", "事项2"), ("堵塞面积达1/3以上", "堵塞面积达1_3以上"),
    ],
)  # fmt: skip
def test_names_are_short_and_never_a_word_of_the_language(text: str, name: str) -> None:
    assert name_for(text, set()) == name


def test_a_name_that_is_taken_gets_a_number() -> None:
    taken: set[str] = set()
    assert [name_for("缺失", taken) for _ in range(3)] == ["缺失", "缺失2", "缺失3"]
    assert claim_name("lost", "缺失", taken) == "lost"
    assert claim_name("lost", "缺失", taken) == "缺失4"
    assert claim_name("派往", "缺失", taken) == "缺失5"


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_every_text_gives_names_that_an_item_and_its_findings_can_bear(texts: list[str]) -> None:
    taken: set[str] = set()
    names = [name_for(text, taken) for text in texts]
    findings = "\n".join(f"情形 {name} “x” 处置 1 工作日" for name in names)
    examples = "\n".join(f"示例 “x” 已知 情形 = {name} 预期 {name} 派往 属地" for name in names)
    result = compile_text(f"部门 d “D”\n事项 d.{names[0]} “x”\n派往 属地\n{findings}\n{examples}\n")
    assert [each.code for each in result.diagnostics if each.severity == "error"] == []
    assert [each.name for each in result.items[0].item.findings] == names
