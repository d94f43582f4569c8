"""What the parser says: in words of the language at every place where something can be wrong."""

from __future__ import annotations

import re

import pytest

from gewu_dsl.parse import errors, parse
from gewu_dsl.parse.lexing import Token
from gewu_dsl.parse.tables import END, load_tables
from gewu_dsl.words import KEYWORDS

STATES = range(len(load_tables().rows))
TERMINAL = re.compile(r"(?<![A-Za-z])_?[A-Z]{2,}(_[A-Z]+)*(?![A-Za-z-])|\{|_[A-Z]+")
"""What a terminal of the grammar, or a placeholder that was not filled, would look like in a sentence."""


def expected_in(state: int) -> list[str]:
    row = load_tables().rows[state]
    return [each for each in errors.TERMINALS if each in row]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("NAME", "甲"), ("NAME", "如果"), ("NAME", "否则"), ("NAME", "和"), ("NAME", "周"), ("NAME", "h"), ("NAME", "次日"),
        ("STRING", "甲"), ("INT", "3"), ("_EQ", "="), ("_RPAR", ")"), ("_COMMA", ","), ("SLASH", "/"), ("PERCENT", "%"),
    ],
)  # fmt: skip
def test_no_state_of_the_parser_speaks_of_terminals(kind, text, language):
    token = Token(kind, text, 0, len(text), 1, 1, False)
    for state in STATES:
        expected = expected_in(state)
        if expected:
            said = [*errors.unexpected(token, expected, language), *errors.unfinished(expected, language)]
            for sentence in (part for each in said for part in each):
                assert sentence
                assert not TERMINAL.search(sentence), sentence


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_may_stand_is_said_in_words_of_the_files_language(language):
    other = "en" if language == "zh" else "zh"
    foreign = {each.spell(other) for each in KEYWORDS.values()} - {
        each.spell(language) for each in KEYWORDS.values()
    }
    for state in STATES:
        if expected := expected_in(state):
            for text in errors.describe_expected(expected, language):
                quoted = re.findall(r"[“`]([^”`]+)[”`]", text)
                assert not foreign & set(quoted), text


def test_the_end_is_no_word_to_be_shown():
    for text in ("事项", "事项 a", "事项 a “t” 询问", "事项 a “t” 必须 (", 'item a "t" since'):
        for each in parse(text).diagnostics:
            assert END not in "".join((*each.message, *each.help))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("必须 甲 是 乙 “m”", "必须 甲 = 乙 “m”"),
        ("必须 甲 为 空 “m”", "必须 甲 为 未填 “m”"),
        ("必须 甲 大于30 “m”", "必须 甲 > 30 “m”"),
        ("必须 甲 > 3人 “m”", "必须 甲 > 3 “m”"),
        ("处置 3个工作日内", "处置 3 工作日"),
        ("处置 1 working day", "处置 1 workday"),
        ("询问 甲 图片 “q” 至少 2 张", "询问 甲 照片 “q” 至少 2"),
        ("询问 甲 小数 “q” 从 0 至 3", "询问 甲 数值 “q” 从 0 到 3"),
        ("示例 “e” 已知 甲：3 预期 无", "示例 “e” 已知 甲 = 3 预期 无"),
    ],
)
def test_a_slip_is_reported_and_read_as_meant(written, meant):
    result = parse(f"事项 a “t” {written}")
    assert {each.code for each in result.diagnostics} <= {"G101", "G105"}
    assert result.diagnostics
    expected = parse(f"事项 a “t” {meant}")
    assert expected.diagnostics == ()
    assert result.tree == expected.tree
