"""Whatever an author types or pastes is answered with diagnostics: never an exception, never a place outside."""

from __future__ import annotations

import os
import resource
import time

import pytest
from mutations import mutants

from gewu_dsl.codes import CODES
from gewu_dsl.compiler import compile_text
from gewu_dsl.diagnostics import Diagnostic
from gewu_dsl.format import format_tree
from gewu_dsl.parse import LARGEST, parse, read_source


def assert_sound(text: str, diagnostics: tuple[Diagnostic, ...]) -> None:
    """Each diagnostic has a code, words, a place inside the text, and can be printed."""
    lines = text.split("\n")
    for each in diagnostics:
        assert each.code in CODES
        assert each.message.zh
        assert each.message.en
        assert 1 <= each.line <= each.end_line <= len(lines), each
        assert 1 <= each.column <= len(lines[each.line - 1]) + 1, each
        assert each.end_column <= len(lines[each.end_line - 1]) + 1, each
        for words in ("zh", "en"):
            each.render(words, text).encode("utf-8")
        for fix in each.fixes:
            assert all(0 <= edit.span.start <= edit.span.end <= len(text) for edit in fix.edits), each


@pytest.mark.parametrize("first", range(0, 20_000, 5_000))
def test_no_mutation_of_a_program_breaks_the_parser_or_the_formatter(first: int) -> None:
    for text in mutants(first, 5_000):
        result = parse(text, "x")
        assert_sound(text, result.diagnostics[:3])
        if not result.diagnostics:
            format_tree(result.tree)


def test_no_mutation_of_a_program_breaks_the_compiler() -> None:
    for text in mutants(20_000, 600):
        assert_sound(text, compile_text(text, "x").diagnostics)


@pytest.mark.soak
def test_a_million_mutations_are_all_answered_within_a_second_each() -> None:
    """`GEWU_SOAK_MUTANTS` and `GEWU_SOAK_FROM` say how many and from which on."""
    count, first = (
        int(os.environ.get("GEWU_SOAK_MUTANTS", "1000000")),
        int(os.environ.get("GEWU_SOAK_FROM", "20600")),
    )
    slowest = 0.0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number, text in enumerate(mutants(first, count), first):
        start = time.process_time()
        result = parse(text, "x") if number % 20 else compile_text(text, "x")
        taken = time.process_time() - start
        assert_sound(text, result.diagnostics)
        assert taken < 1, (number, taken)
        slowest = max(slowest, taken)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"{count} mutants, slowest {slowest:.3f} s, grown by {grown // 1024} MiB")  # noqa: T201
    assert grown < 300 * 1024


@pytest.mark.parametrize(
    "text", ["x" * 10_000_000, "询问 一 二\n" * 2_000_000, "\x00" * 10_000_000], ids=["word", "lines", "nul"]
)
def test_ten_megabytes_are_refused_unread(text: str) -> None:
    assert len(text) > LARGEST
    assert [each.code for each in compile_text(text).diagnostics] == ["G113"]


@pytest.mark.parametrize(
    ("codec", "said"),
    [("gb18030", "GB18030"), ("gbk", "GB18030"), ("utf-16", "UTF-16"), ("utf-16-be", "另存为 UTF-8")],
)
def test_another_encoding_is_named(codec: str, said: str) -> None:
    source = "事项 城管.招牌 “招牌松动”\n".encode(codec)
    text, problems = read_source(source)
    assert [each.code for each in problems] == ["G108"]
    assert said in problems[0].help.zh
    assert_sound(text, (*problems, *parse(text).diagnostics))


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u200f", "\u061c"])
@pytest.mark.parametrize("place", ["# 注{}释\n编号 “1”", "编号 “甲{}乙”", "编号 {} “1”"])
def test_a_mark_of_direction_is_said_wherever_it_stands(mark: str, place: str) -> None:
    text = "事项 a “t”\n" + place.format(mark)
    (problem,) = parse(text).diagnostics
    assert problem.code == "G111"
    assert text.split("\n")[problem.line - 1][problem.column - 1] == mark
    assert f"U+{ord(mark):04X}" in problem.message.zh
    assert f"U+{ord(mark):04X}" in problem.message.en


@pytest.mark.parametrize("hidden", ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad"])
def test_an_invisible_character_inside_a_word_is_said_first(hidden: str) -> None:
    diagnostics = parse(f"事项 a “t”\n  必须 人{hidden}数 > 3 “m”").diagnostics
    assert diagnostics[0].code == "G111"
    assert "G111" not in [each.code for each in parse(f"事项 a “t”{hidden}\n 编号 “1{hidden}”").diagnostics]


@pytest.mark.parametrize(
    ("declared", "used", "plain"),
    [
        ("exit", "\u0435xit", "exit"),
        ("cop", "\u0441\u043e\u0440", "cop"),
        ("更新", "\uf901新", "更新"),
        ("Bus", "\u0392us", "Bus"),
    ],
)
def test_a_name_that_looks_like_another_is_said(declared: str, used: str, plain: str) -> None:
    text = f"事项 a “t”\n 询问 {declared} 整数 “q”\n 必须 {used} > 3 “m”"
    assert [each.code for each in parse(text).diagnostics] == ["G112"]
    assert plain in parse(text).diagnostics[0].help.zh


@pytest.mark.parametrize("name", ["площадь", "αβγ", "été", "面积", "m²", "㎡"])
def test_a_name_of_one_alphabet_is_a_name(name: str) -> None:
    assert parse(f"事项 a “t”\n 计算 {name} = 1").diagnostics == ()


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x9b"])
def test_a_control_character_is_named_wherever_it_stands(character: str) -> None:
    for text in (f'department d "x{character}y"\n', f'department{character} d "x"\n', f"# {character}\n"):
        found = [each for each in parse(text, "x").diagnostics if each.code == "G111"]
        assert [each.message.en.count(f"U+{ord(character):04X}") for each in found] == [1]
