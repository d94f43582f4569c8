from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs_dsl import COVER, EXIT

from gewu_dsl import tree
from gewu_dsl.parse import parse
from gewu_dsl.words import KEYWORDS


def read(text):
    """The tree of a text without mistakes."""
    result = parse(text)
    assert not result.diagnostics, result.diagnostics[0].render("en", text)
    return result.tree


def read_item(body):
    return read(f'item a.b "t" {body}').declarations[0].body


def read_one(body):
    (statement,) = read_item(body)
    return statement


def read_condition(text):
    return read_one(f'must {text} "m"').condition


def codes_of(text):
    return [(each.code, each.line) for each in parse(text).diagnostics]


# What is read


def test_the_english_program_parses_whole():
    file = read(EXIT)
    assert [type(each).__name__ for each in file.declarations] == ["Department", "Place", "Item"]
    item = file.declarations[2]
    findings = [each for each in item.body if isinstance(each, tree.Finding)]
    assert [each.name.text for each in findings] == ["locked", "blocked", "lamp_bad"]
    assert [len(each.clauses) for each in findings] == [4, 5, 2]
    assert len(file.comments) == EXIT.count("#")
    assert file.language == "en"


def test_the_chinese_program_parses_whole():
    file = read(COVER)
    department, item = file.declarations
    assert department.body[0].tier == "county"
    route = item.body[2].clauses[0]
    assert [office.text for office in route.branches[0].value.offices] == ["节水中心", "community"]
    assert item.body[2].clauses[1].branches[0].value == tree.Duration(2, "hours")
    assert item.body[3].clauses[1].branches[0].value == tree.Duration(4, "work_hours")
    assert file.language == "zh"


def test_layout_and_language_of_the_keywords_mean_nothing():
    one = read('item a "t" handle 2 hours when x = 1 1 workday otherwise close "c" with photo at least 2')
    other = read("事项 a “t”\n处置\n2 紧急工作时 当 x=1\n1 workday 其他 结案 “c” 须附 照片 至少 2")
    assert one == other


def test_full_width_punctuation_letters_and_digits_are_read_as_half_width():
    wide = read(
        "事项　ａ．ｂ　“标题”　询问　ｘ　单选　（甲　“一”，乙，丙）　＂问＂　当　宽　＜＝　３．５　＃　注"
    )
    plain = read('事项 a.b "标题" 询问 x 单选 (甲 "一", 乙, 丙) "问" 当 宽 <= 3.5 # 注')
    assert wide == plain
    assert wide.comments[0].text == "注"


def test_strings_keep_full_width_characters_and_doubled_quotes_are_one():
    body = read_item('basis "（１）“甲”" basis “说 "好" ””完” basis "a""b"')
    assert [each.text for each in body] == ["（１）“甲”", '说 "好" ”完', 'a"b']


def test_a_keyword_inside_a_name_stays_part_of_the_name():
    item = read_item("情形 非法占道 “x” 当 非法占道 且 非 且听")
    assert item[0].when == tree.And((tree.Reference("非法占道"), tree.Not(tree.Reference("且听"))))


def test_file_the_step_and_file_the_type_do_not_meet():
    body = read_item('ask file file "q" optional file 15 minutes file automatically')
    assert isinstance(body[0], tree.Ask)
    assert body[0].type.kind == "file"
    assert body[1] == tree.Limit("file", (tree.Branch(tree.Duration(15, "minutes")),))
    assert body[2] == tree.Limit("file", (), True)


def test_words_of_several_words_stand_over_any_white_space():
    body = read_item(
        'ask a yes - no "q" ask b one\n of (c) "q" on\tsite 3  work\n hours handle by 17:00 next  workday'
    )
    assert body[0].type.kind == "yes_no"
    assert body[1].type.kind == "one_of"
    assert body[2].limit == tree.Duration(3, "work_hours")
    assert body[3].branches[0].value == tree.By(1020, "next_workday")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("15 分钟", tree.Duration(15, "minutes")),
        ("1 hour", tree.Duration(1, "hours")),
        ("2紧急工作时", tree.Duration(2, "hours")),
        ("3 自然日", tree.Duration(3, "days")),
        ("于 ９：０５ 当天", tree.By(545, "today")),
        ("by 18:00 after 2 workdays", tree.By(1080, "after", 2)),
        ("于 18:00 满 2 工作日", tree.By(1080, "after", 2)),
    ],
)
def test_durations_are_read(text, value):
    assert read_one(f"handle {text}").branches[0].value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a = 1 and b or c", tree.Or((tree.And((tree.Compare("=", tree.Reference("a"), tree.Number(1)),
                                                tree.Reference("b"))), tree.Reference("c")))),
        ("not a and b", tree.And((tree.Not(tree.Reference("a")), tree.Reference("b")))),
        ("1 + 2 * 3 < -4.50", tree.Compare("<", tree.Arithmetic("+", tree.Number(1), tree.Arithmetic(
            "*", tree.Number(2), tree.Number(3))), tree.Number(Decimal("-4.50")))),
        ("a between 1 and 2 and b", tree.And((tree.Between(tree.Reference("a"), tree.Number(1), tree.Number(2)),
                                              tree.Reference("b")))),
        ("a 介于 1 和 2 且 b", tree.And((tree.Between(tree.Reference("a"), tree.Number(1), tree.Number(2)),
                                       tree.Reference("b")))),
        ("a in (x, 3, yes)", tree.In(tree.Reference("a"), (tree.Reference("x"), tree.Number(3), tree.Word("yes")))),
        ("a includes x", tree.Includes(tree.Reference("a"), tree.Reference("x"))),
        ("a is blank", tree.Is(tree.Reference("a"), "blank")),
        ("a 为 已填", tree.Is(tree.Reference("a"), "answered")),
        ("灯 为 隐患", tree.Is(tree.Reference("灯"), "hazard")),
        ("severity = 重大", tree.Compare("=", tree.Fact("severity"), tree.Word("critical"))),
        ("finding = 缺失", tree.Compare("=", tree.Fact("finding"), tree.Reference("缺失"))),
        ("台账.等级 = 严管", tree.Compare("=", tree.PlaceAttribute("等级"), tree.Reference("严管"))),
        ("place.kind = rental", tree.Compare("=", tree.Fact("place.kind"), tree.Reference("rental"))),
        ("cases_in(30 days) > 2", tree.Compare(">", tree.History("cases_in", tree.Duration(30, "days")),
                                               tree.Number(2))),
        ("巡查数（９０自然日）≥２", tree.Compare(">=", tree.History("visits_in", tree.Duration(90, "days")),
                                       tree.Number(2))),
        ("f(a, 1)", tree.Call(tree.Name("f"), (tree.Reference("a"), tree.Number(1)))),
        ("a < 2026-03-01", tree.Compare("<", tree.Reference("a"), tree.Date(__import__("datetime").date(2026, 3, 1)))),
        ("a < 17:30", tree.Compare("<", tree.Reference("a"), tree.Time(1050))),
    ],
)  # fmt: skip
def test_expressions_are_read(text, value):
    assert read_condition(text) == value


def test_a_choice_called_like_a_level_keeps_what_was_written():
    body = read_item("询问 规模 单选 （重大 “大”， 一般 “小”） “规模” 必须 规模 = 重大 “m”")
    assert body[0].type.choices[0].name.text == "重大"
    assert body[1].condition.right.written == "重大"


def test_visits_are_read_in_either_order():
    one = read_one("visit 2 a month when place.grade = a 1 a year otherwise")
    other = read_one("巡查 每月 2 次 当 台账.grade = a   每年 1 其他")
    assert one == other
    assert one.branches[0].value == tree.Rate(2, "month")


def test_an_escalation_and_evidence_are_read():
    body = read_item(
        "督办 处置 达到 80％ 提醒 达到 100% 升至 镇 超期 1 工作日 升至 县 "
        "结案 “c” 须附 照片 至少 2， 2 签名 由 网格员， 说明"
    )
    assert [(rung.percent, rung.to) for rung in body[0].rungs] == [
        (80, None),
        (100, "town"),
        (None, "county"),
    ]
    assert body[1].evidence == (
        tree.Evidence("photo", 2), tree.Evidence("signature", 2, "worker"), tree.Evidence("note"),
    )  # fmt: skip


def test_a_route_has_alternatives_co_handlers_and_a_supervisor():
    route = read_one("派往 甲 否则 属地 当 x = 1 乙 其他 协办 丙, 权属单位 主管 丁")
    assert [[office.text for office in branch.value.offices] for branch in route.branches] == [
        ["甲", "community"],
        ["乙"],
    ]
    assert [office.text for office in route.co_handlers] == ["丙", "owner"]
    assert route.supervisor.text == "丁"


def test_examples_state_answers_facts_and_expectations():
    body = read_item(
        'example "1" given finding = missing, place.grade = a, open_cases = 2, kinds = (a, b), n = -3 '
        "expect missing severity minor handle 2 hours with town stage s 3 days, other "
        'example "2" expect nothing example "3" expect excluded example "4" expect refused width, n'
    )
    given = body[0].given
    assert given[0] == tree.Given(tree.Fact("finding"), (tree.Reference("missing"),))
    assert given[3].values == (tree.Reference("a"), tree.Reference("b"))
    assert given[4].values == (tree.Number(-3),)
    assert [value.aspect for value in body[0].expect.findings[0].values] == [
        "severity",
        "handle",
        "with",
        "stage",
    ]
    assert [type(each.expect).__name__ for each in body[1:]] == [
        "ExpectNothing",
        "ExpectExcluded",
        "ExpectRefused",
    ]


def test_spans_count_characters_and_offsets():
    text = "# 注\n事项 井盖 “上水”\n  询问 照片 照片 “拍清”\n"
    ask = read(text).declarations[0].body[0]
    assert (ask.span.line, ask.span.column, ask.span.end_line, ask.span.end_column) == (3, 3, 3, 16)
    assert text[ask.span.start : ask.span.end] == "询问 照片 照片 “拍清”"
    assert text[ask.name.span.start : ask.name.span.end] == "照片"


def test_an_empty_text_is_an_empty_file():
    assert read("").declarations == ()
    assert read("  \n# only a comment").comments[0].text == "only a comment"


# Mistakes


def test_all_mistakes_of_a_file_are_reported_each_once_and_the_rest_is_read():
    text = """事项 甲 “标题”
  询问照片 照片 “拍清”
  询问 宽度 数值 “净宽” 从 0 倒 10
  询问 数量 整树 “数量”
  询问 人数 整数 “人数” 选填
  情形 缺失 “缺失” 当 人数 > 3且数量 < 4
    等级 重大 当 人数 > 3  较大
    处置 2 小时   结案 “恢复” 须附 照骗
    派往：节水中心
  示例 “一”
    已知 人数 == 3
    预期 缺失 处置 3 天
"""
    assert codes_of(text) == [
        ("G103", 2), ("G101", 3), ("G101", 4), ("G103", 6), ("G110", 7), ("G102", 8), ("G101", 8), ("G105", 9),
        ("G105", 11), ("G102", 12),
    ]  # fmt: skip
    result = parse(text)
    body = result.tree.declarations[0].body
    assert [each.name.text for each in body if isinstance(each, tree.Ask)] == ["照片", "数量", "人数"]
    assert result.lost == {"宽度"}


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ('ask a deciml "q"', "decimal"),
        ('chek a "q"', "check"),
        ("serverity minor", "severity"),
        ("Handle 3 workdays", "handle"),
        ("处理 3 工作日", "处置"),
    ],
)
def test_a_misspelt_keyword_is_offered_and_read_as_meant(line, offered):
    result = parse(f'item a "t"\n  {line}')
    assert [each.code for each in result.diagnostics] == ["G101"]
    assert offered in result.diagnostics[0].help.zh
    assert len(result.tree.declarations[0].body) == 1


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("必须 甲 大于 3 “m”", "必须 甲 > 3 “m”"),
        ("必须 甲 不低于 3 并且 乙 等于 丙 “m”", "必须 甲 >= 3 且 乙 = 丙 “m”"),
        ("等级 重大 如果 甲 = 3 较大 否则", "等级 重大 当 甲 = 3 较大 其他"),
        ("询问 甲 单选 （一 “1” 二 “2”） “q”", "询问 甲 单选 （一 “1”， 二 “2”） “q”"),
        ("示例 “e” 已知 甲 = 1 乙 = 2 预期 无", "示例 “e” 已知 甲 = 1， 乙 = 2 预期 无"),
    ],
)
def test_prose_and_missing_commas_are_reported_and_read_as_meant(written, meant):
    result = parse(f"事项 a “t” {written}")
    assert {each.code for each in result.diagnostics} == {"G101"}
    assert result.tree == read(f"事项 a “t” {meant}")


def test_hours_and_days_in_chinese_are_ambiguous_and_read_on():
    result = parse("事项 a “t” 处置 2 小时 核查 1 天 立案 3 日")
    assert [each.code for each in result.diagnostics] == ["G102"] * 3
    assert "紧急工作时" in result.diagnostics[0].help.zh
    assert "自然日" in result.diagnostics[1].help.zh
    assert len(result.tree.declarations[0].body) == 3


def test_a_message_says_what_may_stand_there_in_the_authors_language():
    (chinese,) = parse("事项 a “t” 询问 b 整数 “q” 从 1 甲 3").diagnostics
    assert "“到”" in chinese.help.zh
    (english,) = parse('item a "t" ask b integer "q" from 1 x 3').diagnostics
    assert "`to`" in english.help.en
    assert "“to”" in english.help.zh


def test_no_message_ever_names_a_terminal():
    terminals = [each for each in KEYWORDS if len(each) > 3]
    for cut in range(0, len(EXIT), 23):
        for each in parse(EXIT[:cut] + " ) " + EXIT[cut:]).diagnostics:
            for text in (*each.message, *each.help):
                assert not any(f"{terminal} " in text for terminal in terminals), text


def test_a_statement_broken_off_names_what_is_missing_and_gives_the_next_one_back():
    text = 'item a "t"\n  must width >\n  finding x "f"\n    route\n    handle 2 hours\n'
    result = parse(text)
    assert [(each.code, each.line) for each in result.diagnostics] == [("G110", 2), ("G110", 4)]
    (finding,) = result.tree.declarations[0].body
    assert finding.clauses == (tree.Limit("handle", (tree.Branch(tree.Duration(2, "hours")),)),)


def test_a_keyword_glued_behind_a_name_is_pointed_at():
    (problem,) = parse("事项 a “t” 询问 现场照片 “q”").diagnostics
    assert problem.code == "G103"
    assert "现场 照片" in problem.help.zh


@pytest.mark.parametrize("written", ["‘标题’", "'标题'", "「标题」", "标题", "＇标题＇"])
def test_a_string_in_other_quotes_or_none_is_one_mistake_and_read_on(written):
    result = parse(f"事项 a {written}\n  编号 “1”")
    assert [(each.code, each.line) for each in result.diagnostics] in ([("G104", 1)], [("G101", 1)])
    assert "“标题”" in result.diagnostics[0].help.zh
    (item,) = result.tree.declarations
    assert (item.title, len(item.body)) == ("标题", 1)


def test_bare_words_where_a_string_belongs_end_at_the_next_keyword():
    result = parse("事项 a “t”\n 情形 f 《破损》 超过 3 处 当 b = c\n  处置 1 工作日 结案 修好 须附 照片")
    assert codes_of("事项 a “t”\n 情形 f 破损 当 b = c") == [("G101", 2)]
    assert [(each.code, each.line) for each in result.diagnostics] == [("G101", 2), ("G101", 3)]
    (finding,) = result.tree.declarations[0].body
    assert finding.label == "《破损》 超过 3 处"
    assert finding.when is not None
    assert finding.clauses[-1].text == "修好"


def test_a_chinese_full_stop_inside_a_name_is_read_as_a_point():
    result = parse("事项 消防。出口 “t”")
    assert [each.code for each in result.diagnostics] == ["G105"]
    assert "消防.出口" in result.diagnostics[0].help.zh
    assert result.tree.declarations[0].name.text == "消防.出口"
    assert codes_of("事项 a “t”\n 派往 b。\n 处置 1 工作日。") == [("G105", 2), ("G105", 3)]


def test_misspelt_statements_are_all_reported_each_as_what_fits_there():
    text = "事项 a “t”\n 询门 b 整数 “q”\n 派住 c\n 处值 1 工作日\n 情型 f “f”\n 等极 一般\n 结按 “x”\n"
    diagnostics = parse(text).diagnostics
    assert [(each.code, each.line) for each in diagnostics] == [("G101", line) for line in range(2, 8)]
    for each, meant in zip(diagnostics, ["询问", "派往", "处置", "情形", "等级", "结案"], strict=True):
        assert meant in each.help.zh


def test_behind_a_mistake_the_next_misspelt_statement_is_still_seen():
    text = "事项 a “t”\n 询问 )\n 派住 c\n 等极 一般\n 处置 1 工作日"
    assert [line for _, line in codes_of(text)] == [2, 3, 4]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("必须 甲 〉 3 & 甲 ≦ 5 “m”", "必须 甲 > 3 且 甲 <= 5 “m”"),
        ("询问 甲 单选 【一 “1”、二 “2”】 “q”", "询问 甲 单选 （一 “1”， 二 “2”） “q”"),
        ("巡查 每月 两次", "巡查 每月 2 次"),
        ("处置 两 工作日", "处置 2 工作日"),
        ("自2026-01-01", "自 2026-01-01"),
        ("处置 于18:00当天", "处置 于 18:00 当天"),
        ("必须 甲 > 3 或者 甲 < 1 “m”", "必须 甲 > 3 或 甲 < 1 “m”"),
    ],
)
def test_signs_numerals_and_missing_blanks_are_reported_and_read_as_meant(written, meant):
    result = parse(f"事项 a “t” {written}")
    assert {each.code for each in result.diagnostics} <= {"G101", "G103", "G105"}
    assert result.diagnostics
    assert result.tree == read(f"事项 a “t” {meant}")


@pytest.mark.parametrize(
    ("written", "offered"),
    [
        ("必须 甲 不属于 （一） “m”", "非 a 属于"),
        ("必须 甲 > 3， 甲 < 5 “m”", "“且”"),
        ("检查 “是否完好”", "名称 “是否完好”"),
        ("派往 “大队”", "不加引号：大队"),
        ("等级 “重大”", "不加引号：重大"),
        ("处置 “1 工作日”", "不加引号：1 工作日"),
        ("巡查 每半年 1 次", "每年 2 次"),
        ("督办 处置 达到 80% 升至 街道", "街道、乡写“镇”"),
    ],
)
def test_a_help_says_how_it_is_written_here(written, offered):
    (problem,) = parse(f"事项 a “t” {written}").diagnostics
    assert offered in problem.help.zh


def test_what_a_question_always_is_need_not_be_said():
    (problem,) = parse("事项 a “t” 询问 b 整数 “q” 必填").diagnostics
    assert "选填" in problem.help.zh
    assert "必填" in problem.message.zh


def test_statements_in_a_row_under_a_department_are_one_mistake():
    text = (
        'department d "d"\n number "1"\n basis "b"\n ask x integer "x"\n office o "o" at town\n section "s"'
    )
    assert codes_of(text) == [("G107", 2), ("G107", 6)]


@pytest.mark.parametrize(
    "clause",
    ["handle 0 workdays", "handle 100001 days", "handle by 18:00 after 0 workdays", 'close "c" with 0 photo'],
)
def test_a_limit_that_no_deadline_can_be_computed_from_is_g109(clause):
    assert codes_of(f'item a "t" {clause}') == [("G109", 1)]


def test_the_plural_of_evidence_and_is_not_blank_are_read():
    assert read_one('close "c" with 2 photos, 1 note') == read_one('close "c" with 2 photo, note')
    assert read_condition("a is not blank") == read_condition("a is answered")


def test_an_expectation_behind_a_broken_example_is_not_read_as_statements():
    text = 'item a "t"\n example "e" given x = )\n  expect f severity major handle 2 hours\n'
    assert codes_of(text) == [("G101", 2)]
    assert len(codes_of('item a "t"\n finding f "f"\n  expect f severity major handle 2 hours\n')) == 1


def test_a_torn_line_is_told_apart_from_one_that_was_put_right():
    assert parse('item a "t"\n must x > ) "m"').torn == {2}
    assert parse("事项 a “t”\n 必须 甲 大于 3 “m”").torn == frozenset()


def test_a_declaration_that_is_lost_does_not_accuse_its_statements():
    assert codes_of('item "t"\n  number "1"\n  handle 3 workdays\n') == [("G101", 1)]


def test_what_stands_behind_a_lost_finding_is_not_accused():
    assert codes_of('item a "t"\n finding x\n  handle 3 workdays\n  close "c"\n') == [("G110", 2)]


@pytest.mark.parametrize(
    "text",
    [
        'number "1"',
        'department d "t" handle 3 workdays',
        'place p "t" check c "q"',
        'item a "t" office o "o" at town',
        'item a "t" finding f "f" section "s" severity minor',
        'item a "t" handle automatically',
        'item a "t" route x under a under b',
    ],
)
def test_a_statement_in_the_wrong_place_is_g107(text):
    assert [code for code, _ in codes_of(text)] == ["G107"]


@pytest.mark.parametrize(
    "clause",
    ["since 2026-02-30", "handle by 25:00 today", "handle 2.5 hours", "handle 1234567890123456 days"],
)
def test_impossible_numbers_are_g109(clause):
    assert [code for code, _ in codes_of(f'item a "t" {clause}')] == ["G109"]


def test_a_string_without_its_end_ends_with_the_line():
    result = parse('item a "t"\n close "c\n number "1"\n')
    assert [each.code for each in result.diagnostics] == ["G104"]
    assert [type(each).__name__ for each in result.tree.declarations[0].body] == ["Close", "ItemNumber"]


def test_deep_nesting_is_refused_and_the_rest_is_read():
    text = 'item a "t"\n must ' + "(" * 5000 + '\n number "1"\n let x = ' + "not " * 500 + 'y\n basis "b"\n'
    result = parse(text)
    assert [each.code for each in result.diagnostics] == ["G106", "G106"]
    assert len(result.tree.declarations[0].body) == 2


def test_a_file_of_rubbish_is_capped():
    text = "事项 a “t”\n" + "询问 一 二\n" * 3000
    assert 0 < len(parse(text).diagnostics) <= 200


@pytest.mark.parametrize(
    "text",
    [
        "\x00" * 500,
        "\ud800\udfff" * 100,
        "”" * 20000,
        '"“' * 20000,
        "(" * 50000,
        "询问" * 20000,
        "9" * 50000,
        "＂",
        "#",
    ],
)
def test_strange_texts_are_survived(text):
    for each in parse(text, "x").diagnostics:
        each.render("zh", text).encode("utf-8")


PIECES = [spelling for keyword in KEYWORDS.values() for spelling in (*keyword.en, *keyword.zh)]
PIECES += [
    "(",
    ")",
    ",",
    "=",
    "%",
    "“",
    "”",
    '"',
    "\n",
    "#",
    "：",
    "3",
    "2026-13-40",
    "25:61",
    "&&",
    "甲",
    "\x00",
]
edits = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from(["", *PIECES])), min_size=1, max_size=6
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([EXIT, COVER]), edits)
def test_no_edit_of_a_program_breaks_the_parser(program, changes):
    text = program
    for where, cut, piece in changes:
        at = int(where * len(text))
        text = f"{text[:at]}{piece}{text[at + cut :]}"
    for each in parse(text, "x").diagnostics:
        assert each.line <= text.count("\n") + 1
        each.render("en", text)


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(), max_size=60) | st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join))
def test_no_text_breaks_the_parser(text):
    parse(text, "x")
