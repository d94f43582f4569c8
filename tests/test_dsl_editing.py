"""What an editor asks about texts: names, completion, hovering, the outline."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs_dsl import EXIT

from gewu_dsl.artifact import to_json
from gewu_dsl.codes import CODES, explain
from gewu_dsl.compiler import compile_sources
from gewu_dsl.diagnostics import has_errors
from gewu_dsl.editing import (
    Analysis,
    Analyst,
    Refusal,
    Renaming,
    analyse,
    complete,
    fold,
    hover,
    outline,
    rename,
)
from gewu_dsl.editing.meanings import MEANINGS
from gewu_dsl.words import FACT_WORDS, HISTORY_WORDS, KEYWORDS

SPEC = Path(__file__).parent / "spec"
BLOCK = re.compile(r"^```gewu\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROGRAMS = [
    text for page in sorted(SPEC.glob("*.md")) for text in BLOCK.findall(page.read_text(encoding="utf-8"))
]

PARK = {
    "department.gewu": "部门 园林 “园林局”\n  机构 大队 “养护大队” 级别 县\n台账 公园 “公园”\n  询问 星级 单选（好 “三星”，差 “一星”） “星级”\n",
    "tree.gewu": """\
事项 园林.树 “树木”
  适用 公园
  询问 树高 数值 “树有多高” 单位 m 从 0 到 50
  询问 病害 多选（虫 “虫害”，枯 “枯死”） “有什么病害” 选填
  检查 支撑 “支撑是否完好”
  计算 高大 = 树高 > 20
  等级 重大 当 高大  较大 当 台账.星级 = 好  一般 其他
  派往 大队 否则 属地
  处置 2 紧急工作时 当 等级 = 重大  3 工作日 其他
  情形 生病 “树木有病害” 当 病害 包含 虫
    阶段 方案 “治虫方案” 1 工作日
  示例 “虫”
    已知 树高 = 3，病害 = 虫，支撑 = 否，台账.星级 = 差
    预期 生病 等级 一般 派往 园林.大队，支撑
""",
}  # fmt: skip
TREE = PARK["tree.gewu"]


def at(words: str, text: str = TREE) -> int:
    """The offset of `|` in an excerpt of the text."""
    before, _, behind = words.partition("|")
    assert text.count(before + behind) == 1, words
    return text.index(before + behind) + len(before)


def offered(before: str, *, text: str = "", kind: str | None = None) -> list[str]:
    """What is offered where `before` breaks off; `text` is what stands above it."""
    whole = text + before
    analysis = analyse({**PARK, "tree.gewu": whole})
    return [each.text for each in complete(analysis, "tree.gewu", len(whole)) if kind in (None, each.kind)]


def hovered(words: str, language: str = "zh") -> str:
    found = hover(analyse(PARK), "tree.gewu", at(words))
    assert found is not None
    return found.text.in_words(language)


# Names


def places(words: str) -> list[tuple[str, int]]:
    analysis = analyse(PARK)
    occurrence = analysis.occurrence_at("tree.gewu", at(words))
    assert occurrence is not None
    return [
        (each.file, PARK[each.file].count("\n", 0, each.start) + 1)
        for each in analysis.occurrences_like(occurrence)
    ]


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("询问 树|高", [3, 6, 13]),
        ("计算 高|大", [6, 7]),
        ("病害 包含 |虫", [4, 10, 13]),
        ("情形 生|病", [10, 14]),
        ("检查 支|撑", [5, 13, 14]),
    ],
)
def test_a_name_is_found_wherever_it_is_read(words: str, lines: list[int]) -> None:
    assert places(words) == [("tree.gewu", line) for line in lines]


def test_names_are_found_across_files() -> None:
    assert places("派往 大|队 否则") == [("department.gewu", 2), ("tree.gewu", 8), ("tree.gewu", 14)]
    assert places("适用 公|园") == [("department.gewu", 3), ("tree.gewu", 2)]
    assert places("当 台账.星|级") == [("department.gewu", 4), ("tree.gewu", 7), ("tree.gewu", 13)]
    assert places("台账.星级 = |好") == [("department.gewu", 4), ("tree.gewu", 7)]


def test_a_built_in_office_and_a_keyword_have_no_declaration() -> None:
    analysis = analyse(PARK)
    assert analysis.occurrence_at("tree.gewu", at("否则 属|地")) is None
    assert analysis.occurrence_at("tree.gewu", at("适|用 公园")) is None


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([*PROGRAMS, EXIT]), st.integers(0, 10_000), st.integers(0, 10_000))
def test_every_question_can_be_asked_anywhere_in_a_torn_text(text: str, start: int, place: int) -> None:
    start %= len(text) + 1
    torn = text[:start] + text[start + 7 :]
    analysis = analyse({"": torn})
    place %= len(torn) + 1
    complete(analysis, "", place)
    hover(analysis, "", place)
    rename(analysis, "", place, "x")
    tree = analysis.parsed[""].tree
    assert all(entry.name for entry in outline(tree))
    assert all(each.first < each.last for each in fold(tree))
    spans = [(each.file, each.start, each.end) for each in analysis.occurrences]
    assert all(one[2] <= other[1] for one, other in pairwise(spans))


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from([*PROGRAMS, EXIT]),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 9)), max_size=4),
)
def test_after_edits_an_analyst_says_what_a_new_one_says(text: str, edits: list[tuple[int, int]]) -> None:
    analyst = Analyst()
    analyst.analyse({"": text})
    for place, length in edits:
        place %= len(text) + 1
        text = text[:place] + text[place + length :]
        kept, fresh = analyst.analyse({"": text}), analyse({"": text})
        assert kept.occurrences == fresh.occurrences
        assert kept.parsed[""].diagnostics == fresh.parsed[""].diagnostics


# Renaming


def renamed(words: str, name: str) -> dict[str, str] | str:
    """The texts after renaming, or why not, in English."""
    found = rename(analyse(PARK), "tree.gewu", at(words), name)
    return found.reason.en if isinstance(found, Refusal) else applied(PARK, found)


def applied(sources: dict[str, str], renaming: Renaming) -> dict[str, str]:
    texts = dict(sources)
    for file, edits in renaming.edits.items():
        for start, end, new in sorted(edits, reverse=True):
            texts[file] = texts[file][:start] + new + texts[file][end:]
    return texts


def test_an_office_is_renamed_in_every_file_and_behind_its_department() -> None:
    texts = renamed("派往 大|队 否则", "总队")
    assert isinstance(texts, dict)
    assert "机构 总队 “养护大队”" in texts["department.gewu"]
    assert "派往 总队 否则" in texts["tree.gewu"]
    assert "园林.总队" in texts["tree.gewu"]


@pytest.mark.parametrize(
    ("words", "name", "reason"),
    [
        ("询问 树|高", "当", "`当` is a keyword."),
        ("询问 树|高", "树 高", "`树 高` is no name: letters, digits and underscores, not a digit first."),
        ("询问 树|高", "2米", "`2米` is no name: letters, digits and underscores, not a digit first."),
        ("询问 树|高", "病害", "would be taken for something else"),
        ("询问 树|高", "高大", "would be taken for something else"),
        ("病害 包含 |虫", "枯", "would be taken for something else"),
        ("园林.|树", "木", "open cases know it"),
        ("适|用 公园", "木", "There is no name here"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_the_reason(words: str, name: str, reason: str) -> None:
    found = renamed(words, name)
    assert isinstance(found, str)
    assert reason in found


def spell_back(value: object, new: str, old: str) -> object:
    if isinstance(value, dict):
        return {spell_back(key, new, old): spell_back(each, new, old) for key, each in value.items()}
    if isinstance(value, list):
        return [spell_back(each, new, old) for each in value]
    return re.sub(rf"(?<!\w){new}(?!\w)", old, value) if isinstance(value, str) else value


SOUND = [{"": text} for text in PROGRAMS if not has_errors(compile_sources({"": text}).diagnostics)] + [PARK]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SOUND), st.data())
def test_what_is_renamed_compiles_to_the_same_items_but_for_that_name(
    sources: dict[str, str], data: st.DataObject
) -> None:
    analysis: Analysis = analyse(sources)
    chosen = data.draw(st.sampled_from(analysis.occurrences))
    found = rename(analysis, chosen.file, chosen.start, "全新名")
    if isinstance(found, Refusal):
        assert chosen.symbol.kind in ("department", "item", "concept")
        return
    before, after = compile_sources(sources), compile_sources(applied(sources, found))
    assert [each.code for each in after.diagnostics] == [each.code for each in before.diagnostics]
    assert [spell_back(to_json(each.item), "全新名", chosen.symbol.name) for each in after.items] == [
        to_json(each.item) for each in before.items
    ]
    assert spell_back(repr(after.departments), "全新名", chosen.symbol.name) == repr(before.departments)
    assert spell_back(repr(after.kinds), "全新名", chosen.symbol.name) == repr(before.kinds)


# Completion


def test_offices_are_offered_where_a_case_is_routed() -> None:
    head = "事项 园林.树 “树木”\n  "
    assert offered(head + "派往 ", kind="office")[:2] == ["大队", "权属单位"]
    assert "园林.大队" in offered(head + "派往 大队 否则 ", kind="office")
    assert not offered(head + "派往 ", kind="question")


def test_the_choices_of_a_question_are_offered_beside_it() -> None:
    head = TREE[: TREE.index("  情形")]
    assert offered("  必须 病害 包含 ", text=head, kind="choice") == ["虫", "枯"]
    assert offered("  必须 台账.星级 属于（好，", text=head, kind="choice") == ["好", "差"]
    assert offered("  必须 等级 >= ", text=head, kind="keyword") == ["一般", "较大", "重大"]
    assert offered("  必须 支撑 = ", text=head, kind="keyword")[:3] == ["是", "否", "不适用"]
    assert offered("  示例 “x” 已知 病害 = ", text=head, kind="choice") == ["虫", "枯"]


def test_questions_lets_and_facts_are_offered_in_a_condition() -> None:
    found = offered("  必须 树", text=TREE[: TREE.index("  情形")])
    assert {"树高", "病害", "支撑", "高大", "台账.星级", "在办案件", "案件数", "非"} <= set(found)
    assert "询问" not in found


def test_findings_and_stages_are_offered_where_they_are_expected() -> None:
    assert offered("  示例 “二”\n    预期 ", text=TREE, kind="finding") == ["生病", "支撑"]
    assert offered("  示例 “二”\n    预期 生病 阶段 ", text=TREE, kind="stage") == ["方案"]
    assert offered("  示例 “二”\n    预期 拒收 ", text=TREE, kind="question")[:2] == ["树高", "病害"]


def test_kinds_departments_and_types_are_offered() -> None:
    assert offered("事项 ", kind="department") == ["园林."]
    assert offered("事项 园林.树 “树”\n  适用 ", kind="kind") == ["公园"]
    assert {"整数", "单选", "照片"} <= set(offered("事项 园林.树 “树”\n  询问 甲 "))
    assert offered("事项 园林.树 “树”\n  询问 ") == []


def test_only_statements_that_belong_there_are_offered() -> None:
    assert {"机构", "受理"} <= set(offered("部门 园林 “园林局”\n  "))
    assert "询问" not in offered("部门 园林 “园林局”\n  ")
    assert "机构" not in offered("事项 园林.树 “树”\n  ")
    assert set(offered("")) == {"department", "place", "item"}


def test_keywords_are_offered_in_the_language_of_the_file_and_found_in_the_other() -> None:
    english = 'item parks.tree "Tree"\n  rou'
    assert "route" in offered(english)
    whole = TREE + "  rou"
    found = complete(analyse({**PARK, "tree.gewu": whole}), "tree.gewu", len(whole))
    assert [each.text for each in found if each.filter == "route"] == ["派往"]


def test_nothing_is_offered_inside_a_string_or_a_comment() -> None:
    assert offered("事项 园林.树 “树") == []
    assert offered("事项 园林.树 “树” # 派往 ") == []


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(SOUND[:-1]), st.integers(0, 10_000))
def test_what_was_written_next_had_been_offered(sources: dict[str, str], place: int) -> None:
    text = sources[""]
    analysis = analyse(sources)
    reads = [
        each
        for each in analysis.occurrences
        if not each.declares and each.symbol.kind not in ("item", "concept")
    ]
    if not reads:
        return
    chosen = reads[place % len(reads)]
    texts = [each.text for each in complete(analysis, "", chosen.start)]
    word = text[chosen.start : chosen.end]
    assert any(each.rpartition(".")[2] == word or each.startswith(f"{word}.") for each in texts), (
        word,
        texts,
    )


# Hovering


def test_hovering_says_what_a_name_is() -> None:
    assert hovered("询问 树|高") == "**树高** · 问题 · 数值 0–50 m “树有多高”\n\n用在 2 处"
    assert "- 虫 虫害" in hovered("当 病|害 包含", "en")
    assert hovered("病害 包含 |虫") == "**虫** · 选项 · 虫害\n\n用在 2 处"
    assert "养护大队（县）" in hovered("派往 大|队 否则")
    assert "`树高 > 20`" in hovered("计算 高|大")
    assert "树木有病害" in hovered("情形 生|病")


def test_hovering_says_how_a_duration_is_counted() -> None:
    assert "夜里和节假日照算" in hovered("处置 |2 紧急")
    assert "working time only" in hovered("3 工|作日 其他", "en")


def test_hovering_tells_a_keyword_from_a_name_by_where_it_stands() -> None:
    assert hovered("|适用 公园").startswith("**适用**")
    assert hovered("当 等|级 = 重大").startswith("**等级**")


def test_hovering_explains_a_code_in_a_comment() -> None:
    text = "# 见 G402\n"
    found = hover(analyse({"": text}), "", 6)
    assert found is not None
    assert found.text.zh == f"G402 {CODES['G402'].zh}"


def test_every_keyword_with_a_meaning_exists_and_its_page_does() -> None:
    known = {*KEYWORDS, *FACT_WORDS, *HISTORY_WORDS}
    assert set(MEANINGS) <= known
    assert {*FACT_WORDS, *HISTORY_WORDS} <= set(MEANINGS)
    assert all((SPEC / f"{each.page}.md").is_file() for each in MEANINGS.values())
    assert all(
        re.search(r"[\u4e00-\u9fff]", each.text.zh) and each.text.en.replace("–", "-").isascii()
        for each in MEANINGS.values()
    )


# The outline


def test_the_outline_has_what_is_declared() -> None:
    [entry] = outline(analyse(PARK).parsed["tree.gewu"].tree)
    assert (entry.kind, entry.name, entry.detail) == ("item", "园林.树", "树木")
    assert [(each.kind, each.name) for each in entry.children] == [
        ("question", "树高"), ("question", "病害"), ("question", "支撑"), ("let", "高大"), ("finding", "生病"),
        ("example", "虫"),
    ]  # fmt: skip


def test_declarations_findings_examples_sections_and_comments_fold() -> None:
    text = "# 一\n# 二\n" + TREE.replace("  询问 树高", "  分组 “树”\n  询问 树高")
    folds = fold(analyse({"": text}).parsed[""].tree)
    assert [tuple(each) for each in folds] == [
        (1, 2, True), (3, 17, False), (5, 9, False), (13, 14, False), (15, 17, False)
    ]  # fmt: skip


def test_a_page_of_every_code_can_be_analysed() -> None:
    for code in CODES:
        for text in BLOCK.findall(explain(code) or ""):
            assert analyse({"": text}).occurrences or "事项" not in text or code.startswith("G1")
