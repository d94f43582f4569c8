from __future__ import annotations

import pytest

from gewu_dsl.parse import parse
from gewu_dsl.parse.lexing import OTHER_TERMINALS
from gewu_dsl.parse.tables import load_tables
from gewu_dsl.words import (
    FACT_WORDS,
    HISTORY_WORDS,
    KEYWORDS,
    OFFICE_WORDS,
    SPELLINGS,
    STATEMENT_IDS,
    read_fact,
    read_history,
    read_office,
    read_place_attribute,
)


def test_every_keyword_has_a_spelling_in_both_languages_but_the_ambiguous_units():
    for keyword in KEYWORDS.values():
        assert keyword.zh
        assert keyword.en or keyword.id.startswith("AMBIGUOUS")


def test_every_keyword_and_terminal_is_used_by_the_grammar():
    used = {symbol for actions in load_tables().shifts for symbol in actions}
    assert set(KEYWORDS) | set(OTHER_TERMINALS) <= used


def test_one_spelling_never_means_two_keywords_at_one_place():
    tables = load_tables()
    for spellings in SPELLINGS.values():
        for one in spellings:
            for other in spellings:
                if one.parts == other.parts and one.id != other.id:
                    for shifts in tables.shifts:
                        assert not (one.id in shifts and other.id in shifts), (one, other)


def test_every_statement_word_begins_a_statement():
    tables = load_tables()
    assert set(tables.shifts[tables.start]) >= STATEMENT_IDS


def test_no_keyword_of_several_words_hides_a_shorter_one():
    for spellings in SPELLINGS.values():
        lengths = [len(each.parts) for each in spellings]
        assert lengths == sorted(lengths, reverse=True)


@pytest.mark.parametrize(("path", "zh"), FACT_WORDS.items())
def test_a_fact_is_read_in_either_language(path, zh):
    assert read_fact(path) == read_fact(zh) == path


def test_a_fact_may_mix_the_languages_and_an_unknown_one_is_none():
    assert read_fact("区域.class") == "area.class"
    assert read_fact("区域.颜色") is None
    assert read_fact("exit") is None


def test_offices_history_and_attributes_are_read_in_either_language():
    assert [read_office(zh) for zh in OFFICE_WORDS.values()] == list(OFFICE_WORDS)
    assert [read_history(zh) for zh in HISTORY_WORDS.values()] == list(HISTORY_WORDS)
    assert read_place_attribute("台账.管理等级") == "管理等级"
    assert read_place_attribute("place") is None
    assert read_office("节水中心") == "节水中心"


@pytest.mark.parametrize("keyword", [each for each in KEYWORDS.values() if each.en], ids=lambda each: each.id)
def test_a_keyword_may_name_a_question(keyword):
    for spelling in (*keyword.en, *keyword.zh):
        if " " not in spelling and "-" not in spelling:
            result = parse(f'item a "t" ask {spelling} {spelling_of_photo(spelling)} "q" at least 2')
            assert not result.diagnostics, spelling
            assert result.tree.declarations[0].body[0].name.text == spelling


def spelling_of_photo(spelling):
    return "照片" if spelling == "photo" else "photo"
