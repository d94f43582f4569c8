from __future__ import annotations

from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from programs_dsl import COVER, EXIT
from strategies_dsl import files

from gewu_dsl import tree
from gewu_dsl.format import format_tree
from gewu_dsl.parse import parse
from gewu_dsl.parse.lexing import scan


def reformat(text, words=None):
    result = parse(text)
    assert not result.diagnostics, result.diagnostics[0].render("en", text)
    return format_tree(result.tree, words)


@settings(max_examples=100, deadline=None)
@given(files(), st.sampled_from(["zh", "en"]))
def test_a_printed_tree_parses_to_itself_and_prints_the_same_again(file, words):
    text = format_tree(file, words)
    result = parse(text)
    assert not result.diagnostics, text
    assert result.tree == file, text
    assert format_tree(result.tree, words) == text


@pytest.mark.parametrize("program", [EXIT, COVER])
def test_a_program_survives_both_languages_and_back(program):
    before = parse(program).tree
    chinese = reformat(program, "zh")
    english = reformat(chinese, "en")
    assert parse(chinese).tree == parse(english).tree == before
    assert reformat(english, "zh") == chinese


@pytest.mark.parametrize("program", [EXIT, COVER])
def test_every_comment_is_kept_in_order_and_formatting_is_stable(program):
    once = reformat(program)
    assert [each.text for each in parse(once).tree.comments] == [
        each.text for each in parse(program).tree.comments
    ]
    assert reformat(once) == once


@pytest.mark.parametrize("character", ["\u2028", "\x0b", "\x85", "\r"])
def test_a_string_keeps_its_odd_blanks(character):
    text = reformat(f'item a "b{character}c"')
    assert parse(text).tree.declarations[0].title == f"b{character}c"


def test_without_words_a_file_keeps_the_language_of_most_of_its_keywords():
    assert reformat("事项 a “t” 处置 3 workdays 结案 “c”").startswith("事项 a “t”\n")
    assert "handle 3 workdays" in reformat('item a "t" 处置 3 workdays close "c"')


def test_layout_is_one_statement_a_line_aligned():
    assert reformat('item a "t" number "1" since 2026-01-01 severity minor route x finding f "f" handle 1 days '
                    'close "c" example "e" expect f handle 1 day') == (
        'item a "t"\n'
        '  number "1"\n'
        "  since  2026-01-01\n"
        "\n"
        "  severity minor\n"
        "  route    x\n"
        "\n"
        '  finding f "f"\n'
        "    handle 1 day\n"
        '    close  "c"\n'
        "\n"
        '  example "e"\n'
        "    expect f handle 1 day\n"
    )  # fmt: skip


def test_chinese_names_are_aligned_by_their_width():
    text = reformat("事项 a “t” 询问 照片 照片 “q” 询问 x 整数 “q”")
    assert "询问 照片 照片" in text
    assert "询问 x    整数" in text


def test_long_branches_stand_one_a_line():
    condition = " and ".join(f"question_{number} = 1" for number in range(4))
    text = reformat(f'item a "t" severity critical when {condition} major when {condition} minor otherwise')
    lines = text.splitlines()[1:]
    assert [line.split()[0] for line in lines] == ["severity", "major", "minor"]
    assert lines[1].index("major") == lines[0].index("critical")


COMMENTED = """\
# head

# the item
item a "t"  # title
  # why
  number "1"  # one
  # about the question

  # and this one
  ask x one of (y "1",  # the first
        # the second
        z "2") "q" optional  # free
  must x > 1  # inner
           and x < 3
       # the message
       "m"  # outer

  severity critical when x = y  # bad
           # and worse
               and x = z
           major otherwise
  # the last one before the blank

  finding f "f"
      # when
      when x = y  # then
"""


def test_comments_stay_where_they_stand():
    assert reformat(COMMENTED) == COMMENTED


@pytest.mark.parametrize("end", ["  # below\n", "# below\n", "\n# below\n", "  # one\n\n# other\n"])
def test_a_comment_close_under_the_last_statement_belongs_to_it_unless_it_begins_its_line(end):
    text = f'item a "t"\n  number "1"\n{end}'
    assert reformat(text) == text
    assert reformat(f'{text}\nitem b "t"\n') == f'{text}\nitem b "t"\n'


def test_empty_lines_around_comments_are_kept_and_are_never_two():
    text = reformat('item a "t"\n\n\n  # one\n\n\n  # two\n  number "1"\n\n\n\n  # three\n\n\n')
    assert text == 'item a "t"\n\n  # one\n\n  # two\n  number "1"\n\n# three\n'


NOTES = [" # {}\n", "\n# {}\n", "\n\n", "\n\n# {}\n\n", "\n  #{}\n\n", " "]


def sprinkle(text, chance):
    """Comments and empty lines between the tokens of a text: wherever white space may stand."""
    pieces, at = [], 0
    for token in [*scan(text, []), None]:
        while chance.random() < 0.1:
            pieces.append(chance.choice(NOTES).replace("{}", f"note {len(pieces)}"))
        end = len(text) if token is None else token.end
        pieces.append(text[at:end])
        at = end
    return "".join(pieces)


# What fails is short enough as it is drawn, and shrinking it would take minutes.
@settings(max_examples=100, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(files(), st.sampled_from(["zh", "en"]), st.sampled_from(["zh", "en"]), st.integers(0, 2**32))
def test_comments_anywhere_survive_in_order_and_change_nothing(file, before, after, seed):
    text = sprinkle(format_tree(file, before), Random(seed))
    written = parse(text)
    assert not written.diagnostics, text
    once = format_tree(written.tree, after)
    again = parse(once)
    assert not again.diagnostics, once
    assert again.tree == file, once
    assert [each.text for each in again.tree.comments] == [each.text for each in written.tree.comments], once
    assert format_tree(again.tree, after) == once
    assert "\n\n\n" not in once


def test_a_choice_called_like_a_level_is_not_translated_but_the_level_is():
    english = reformat(
        "事项 a “t” 询问 规模 单选 （重大 “大”， 小 “小”） “q” 必须 规模 = 重大 “m” 情形 f “f” 当 规模 = 小",
        "en",
    )
    assert "规模 = 重大" in english
    assert "severity = critical" in reformat("事项 a “t” 派往 x 当 等级 = 重大 y 其他", "en")


def test_a_word_beside_a_registers_attribute_stays_as_written():
    assert "place.grade = 一般" in reformat("事项 a “t” 必须 台账.grade = 一般 “m”", "en")


@pytest.mark.parametrize("text", ['say "x"', "说“好”", 'both " and ”', "”", '"', "", "“"])
@pytest.mark.parametrize("words", ["zh", "en"])
def test_any_quotes_in_a_string_survive(text, words):
    file = tree.File((tree.Item(tree.Name("a"), text),))
    assert parse(format_tree(file, words)).tree == file


def test_parentheses_stand_where_they_mean_something_and_where_and_meets_or():
    text = reformat('item a "t" must ((a = 1) and (b or c)) or not (d and (e * (f + 1)) > 2) "m"')
    assert 'must (a = 1 and (b or c)) or not (d and e * (f + 1) > 2) "m"' in text


def test_an_empty_file_prints_its_comments_only():
    assert format_tree(tree.File()) == ""
    assert reformat("#   alone  ") == "# alone\n"
