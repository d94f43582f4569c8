from __future__ import annotations

import json
import re
from importlib import resources

import pytest

from gewu_dsl.codes import CODES, WORDS_AND_LAYOUT, explain
from gewu_dsl.diagnostics import Text, diagnose, has_errors, measure_width, render_excerpt, sort_diagnostics
from gewu_dsl.parse import parse, read_source
from gewu_dsl.tree import Span

HEADINGS = ["## 是什么 / What", "## 为什么 / Why", "## 错误 / Wrong", "## 正确 / Right"]


START = Span(1, 1, 1, 2)


def make(code="G101", span=START, zh="错", en="wrong", file="a.gewu", sheet=None):
    return diagnose(code, file, span, Text(zh, en), Text("改", "mend"), sheet)


def blocks_of(code):
    return re.findall(r"```gewu\n(.*?)```", explain(code), re.DOTALL)


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_code_has_a_page_with_the_fixed_headings(code):
    lines = explain(code).splitlines()
    assert lines[0].startswith(f"# {code} ")
    assert [line for line in lines if line.startswith("## ")] == HEADINGS
    assert len(blocks_of(code)) == 2


def test_a_page_belongs_to_a_code():
    pages = resources.files("gewu_dsl").joinpath("explain").iterdir()
    assert {page.name.removesuffix(".md") for page in pages} <= set(CODES)


@pytest.mark.parametrize("code", sorted(set(WORDS_AND_LAYOUT) - {"G108", "G113"}))
def test_the_wrong_example_of_a_page_gives_its_code_and_the_right_one_nothing(code):
    wrong, right = blocks_of(code)
    assert {each.code for each in parse(wrong).diagnostics} == {code}
    assert parse(right).diagnostics == ()


def test_bytes_that_are_not_utf8_give_g108_with_a_guess_at_the_encoding():
    text, problems = read_source("事项 a “标题”\n".encode("gb18030"), "a.gewu")
    assert [each.code for each in problems] == ["G108"]
    assert "GBK" in problems[0].help.zh
    parse(text)


def test_a_byte_order_mark_is_no_part_of_the_text():
    assert read_source(b"\xef\xbb\xbf# x") == ("# x", ())


def test_an_unknown_code_has_no_page():
    assert explain("G999") is None
    assert explain("../tree") is None


def test_json_has_the_agreed_keys_and_one_language():
    data = make(sheet={"answers": {"a": 1}}).to_json("en")
    assert json.loads(json.dumps(data)) == {
        "code": "G101", "severity": "error", "file": "a.gewu", "line": 1, "column": 1, "end_line": 1,
        "end_column": 2, "message": "wrong", "help": "mend", "counterexample": {"answers": {"a": 1}}, "fixes": [],
    }  # fmt: skip
    assert make().to_json("zh")["message"] == "错"


def test_an_underline_is_as_wide_as_the_chinese_above_it():
    problem = make(span=Span(1, 4, 1, 6))
    _number, line, carets = render_excerpt("询问 照片", problem)
    assert line == " 1 | 询问 照片"
    assert carets == "   |      ^^^^"


def test_an_excerpt_shows_the_place_in_a_very_long_line():
    source = "a" * 5000 + "错" + "b" * 5000
    shown = render_excerpt(source, make(span=Span(1, 5001, 1, 5002)))
    assert "错" in shown[1]
    assert len(shown[1]) < 140


def test_an_excerpt_survives_control_characters_and_places_outside_the_text():
    assert "\x00" not in "".join(render_excerpt("a\x00b\td", make()))
    assert render_excerpt("", make(span=Span(9, 1, 9, 2))) == []


def test_rendering_shows_the_place_the_words_and_the_counterexample():
    text = make(sheet={"answers": {"people": 40, "kinds": ["a", "b"]}, "context": {}}).render("en", "abc")
    assert "error G101" in text
    assert "a.gewu:1:1" in text
    assert "help: mend" in text
    assert "people = 40, kinds = (a, b)" in text


def test_width_counts_wide_characters_twice_and_combining_ones_not():
    assert measure_width("a照１") == 5
    assert measure_width("e\u0301") == 1


def test_diagnostics_are_sorted_by_place_and_said_once():
    late, early = make(span=Span(3, 1, 3, 2)), make(span=Span(1, 5, 1, 6))
    assert sort_diagnostics([late, early, late]) == [early, late]


def test_warnings_are_no_errors():
    assert has_errors([make()])
    assert not has_errors([])
