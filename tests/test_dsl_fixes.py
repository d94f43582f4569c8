"""Quick fixes: each removes the mistake it is offered for, and makes no other."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gewu_dsl import fixes
from gewu_dsl.check import MEANING_CHECKS
from gewu_dsl.codes import CODES, explain
from gewu_dsl.compiler import Result, compile_text
from gewu_dsl.diagnostics import Diagnostic, Fix, has_errors
from gewu_dsl.editing import analyse
from gewu_dsl.parse.lexing import scan
from gewu_dsl.words import SPELLINGS, is_chinese

SPEC = Path(__file__).parent / "spec"
BLOCK = re.compile(r"^```gewu\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CLEAN = [
    text
    for page in sorted(SPEC.glob("*.md"))
    for text in BLOCK.findall(page.read_text(encoding="utf-8"))
    if not has_errors(compile_text(text).diagnostics)
]


def errors_of(result: Result) -> Counter[str]:
    return Counter(each.code for each in result.diagnostics if each.severity == "error")


def fixes_of(result: Result, code: str | None = None) -> list[tuple[Diagnostic, Fix]]:
    return [(each, fix) for each in result.diagnostics if code in (None, each.code) for fix in each.fixes]


def first_fix(text: str, code: str) -> str:
    """The text after the first fix offered for a mistake."""
    result = compile_text(text)
    return fixes.apply(text, next(fix for _, fix in fixes_of(result, code)))


# Meaning is looked at only where nothing else is wrong: what it shows then was there before.
@pytest.mark.parametrize("code", CODES)
def test_the_fixes_on_a_codes_page_put_it_right(code: str) -> None:
    text = BLOCK.findall(explain(code) or "")[0]
    before = compile_text(text)
    count = Counter(each.code for each in before.diagnostics)
    for each, fix in fixes_of(before):
        after = compile_text(fixes.apply(text, fix))
        assert Counter(found.code for found in after.diagnostics)[each.code] < count[each.code], fix.title
        assert not set(errors_of(after) - errors_of(before)) - set(MEANING_CHECKS), fix.title


WITH_FIXES = [
    "G101", "G102", "G103", "G104", "G105", "G201", "G202", "G203", "G205", "G208", "G212", "G213", "G301", "G305",
    "G306", "G310", "G311", "G312", "G313", "G319", "G321", "G322", "G402",
]  # fmt: skip


@pytest.mark.parametrize("code", WITH_FIXES)
def test_what_can_be_put_right_comes_with_a_fix(code: str) -> None:
    assert fixes_of(compile_text(BLOCK.findall(explain(code) or "")[0]), code)


def item(*lines: str) -> str:
    head = "部门 园林 “园林局”\n  机构 大队 “大队” 级别 县\n事项 园林.树 “树”\n  派往 大队\n  处置 3 工作日\n"
    return head + "".join(f"  {line}\n" for line in lines)


@pytest.mark.parametrize(
    ("code", "wrong", "right"),
    [
        ("G101", "询问 高 数值 “高” 不填 必填", None),
        ("G101", "询问 高 数值 “高” 单位 m 必填", "询问 高 数值 “高” 单位 m"),
        ("G101", "询问 高 数值 “高” 至少 两", "询问 高 数值 “高” 至少 2"),
        ("G101", "编号 一号", "编号 “一号”"),
        ("G101", "适用 甲 乙", "适用 甲， 乙"),
        ("G101", "必须 高 > 1，高 < 9 “高”", "必须 高 > 1 且 高 < 9 “高”"),
        ("G104", "编号 ‘一’", "编号 “一”"),
        ("G104", "编号 “一\"", "编号 “一”"),
        ("G105", "必须 高 == 1 “高”", "必须 高 = 1 “高”"),
        ("G105", "必须 高 > 1&&高 < 9 “高”", "必须 高 > 1 且 高 < 9 “高”"),
        ("G105", "派往 园林。大队", "派往 园林.大队"),
        ("G109", "处置 0.5 紧急工作时", "处置 30 分钟"),
        ("G109", "当场整改 1.5 自然日", "当场整改 36 紧急工作时"),
        ("G211", "计算 近 = 案件树（高）", "计算 近 = 案件数（高）"),
        ("G215", "询问 电话 文本 “电话” 格式 “phon”", "询问 电话 文本 “电话” 格式 “phone”"),
        ("G308", "检查 灯 “灯亮”\n  必须 灯 “灯”", "检查 灯 “灯亮”\n  必须 灯 为 隐患 “灯”"),
    ],
)  # fmt: skip
def test_a_fix_writes_what_was_meant(code: str, wrong: str, right: str | None) -> None:
    if right is None:
        assert fixes_of(compile_text(item(wrong)), code)
    else:
        assert first_fix(item(wrong), code) == item(right)


def test_a_string_without_an_end_is_closed_only_where_the_end_is_certain() -> None:
    assert not fixes_of(compile_text(item("询问 高 数值 “高 单位 m")), "G104")
    assert first_fix(item("编号 “一"), "G104") == item("编号 “一”")


def test_a_fix_speaks_the_language_of_its_file() -> None:
    text = 'department parks "Parks"\nitem parks.tree "Tree"\n  since 2026-05-01 until 2026-01-01\n  route towm\n'
    assert "since 2026-01-01 until 2026-05-01" in first_fix(text, "G313")
    assert "route town" in first_fix(text, "G203")


def test_deleting_a_statement_takes_its_line_along() -> None:
    text = item("计算 高度 = 1", "情形 死 “死树”")
    assert first_fix(text, "G212") == item("情形 死 “死树”")


def test_json_carries_the_edits_with_their_places() -> None:
    [found] = [each for each in compile_text(item("核查 1 天")).diagnostics if each.code == "G102"]
    shown = json.loads(json.dumps(found.to_json("en")))["fixes"]
    assert [each["title"] for each in shown] == ["change it to: 工作日", "change it to: 自然日"]
    [edit] = shown[0]["edits"]
    assert item("核查 1 天")[edit["start"] : edit["end"]] == "天"
    assert (edit["line"], edit["column"], edit["end_column"], edit["text"]) == (6, 8, 9, "工作日")


# A right program with one slip


def garble(word: str, at: int) -> str:
    """One character lost, two swapped, or one doubled."""
    index = at % len(word)
    if at % 3 == 0 and len(word) > 2:
        return word[:index] + word[index + 1 :]
    if at % 3 == 1 and index + 1 < len(word) and word[index] != word[index + 1]:
        return word[:index] + word[index + 1] + word[index] + word[index + 2 :]
    return word[:index] + word[index] + word[index:]


OF_MEANING = {"G701", *MEANING_CHECKS}
"""A likely word need not be the right one: then the item is another one, and its examples notice."""
FOREIGN = {"=": "==", ">=": "=>", "<=": "=<", "!=": "<>", ",": " ", "，": " "}
AMBIGUOUS = {"工作日": "天", "自然日": "天", "工作时": "小时", "紧急工作时": "小时"}


@st.composite
def slips(draw: st.DrawFn) -> str:
    """A program without errors but for one word or sign that is spoilt."""
    text = draw(st.sampled_from(CLEAN))
    spans: list[tuple[int, int]] = []
    kind = draw(st.sampled_from(["name", "keyword", "glue", "sign", "quote", "unit"]))
    tokens = list(scan(text, []))
    words = [each for each in tokens if each.kind == "NAME"]
    if kind == "name":
        spans = [(each.start, each.end) for each in analyse({"": text}).occurrences if not each.declares]
    elif kind == "keyword":
        spans = [(each.start, each.end) for each in words if each.text in SPELLINGS and len(each.text) > 1]
    elif kind == "glue":
        spans = [
            (each.end, behind.start)
            for each, behind in pairwise(tokens)
            if each.text in SPELLINGS and is_chinese(each.text) and text[each.end : behind.start] == " "
        ]
    elif kind == "sign":
        spans = [(each.start, each.end) for each in tokens if each.kind in ("_EQ", "EQ_ORDER", "_COMMA")]
    elif kind == "quote":
        spans = [(each.end - 1, each.end) for each in tokens if each.kind == "STRING"]
    else:
        spans = [(each.start, each.end) for each in words if each.text in AMBIGUOUS]
    if not spans:
        return text
    start, end = draw(st.sampled_from(spans))
    word = text[start:end]
    if kind in ("name", "keyword"):
        new = garble(word, draw(st.integers(0, 11)))
    elif kind == "sign":
        new = FOREIGN.get(word, word)
    else:
        new = AMBIGUOUS.get(word, "")
    return text[:start] + new + text[end:]


@settings(max_examples=100, deadline=None)
@given(slips())
def test_after_one_slip_every_fix_removes_its_mistake_and_one_of_them_makes_no_other(text: str) -> None:
    before = compile_text(text)
    unreadable = [each for each in before.diagnostics if each.code < "G2"]
    for each in (
        unreadable or before.diagnostics
    ):  # where a statement is lost, its names are missed and guessed at
        made: list[set[str]] = []
        for fix in each.fixes:
            after = compile_text(fixes.apply(text, fix))
            left = {(found.code, found.line, found.column) for found in after.diagnostics}
            assert (each.code, each.line, each.column) not in left, fix.title
            made.append(set(errors_of(after)) - set(errors_of(before)) - OF_MEANING)
        assert not each.fixes or set() in made, made
