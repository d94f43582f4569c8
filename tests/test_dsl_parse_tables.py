"""The parser's own loop over its tables, beside lark's parser of the same grammar."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import pytest
from lark import UnexpectedToken
from programs_dsl import COVER, EXIT

from gewu_dsl.parse import lalr, read_passage
from gewu_dsl.parse.builder import TreeBuilder
from gewu_dsl.parse.lexing import _TOKEN, scan
from gewu_dsl.parse.machine import Machine
from gewu_dsl.parse.tables import END, fingerprint, load_tables
from gewu_dsl.tree import NOWHERE, Span
from gewu_dsl.words import SPELLINGS

TABLES = json.loads(resources.files("gewu_dsl.parse").joinpath("tables.json").read_text(encoding="utf-8"))
PACKS = sorted((Path(__file__).parent.parent / "plugins").rglob("*.gewu"))


def test_the_tables_are_those_of_the_grammar():
    assert TABLES["of"] == fingerprint(), "python -m gewu_dsl.parse.lalr writes them anew"
    assert {"of": fingerprint(), **json.loads(json.dumps(lalr.build_tables()))} == TABLES


def test_tables_of_another_grammar_are_worked_out_anew(monkeypatch):
    monkeypatch.setattr("gewu_dsl.parse.tables.fingerprint", lambda: "another")
    assert load_tables.__wrapped__().shifts == load_tables().shifts


class Building:
    """Lets lark build with the methods of the builder: statements as `parse` reads them, without their places."""

    def __init__(self):
        self.builder = TreeBuilder("")

    def __getattr__(self, rule):
        if rule.startswith("_"):
            raise AttributeError(rule)
        method = getattr(TreeBuilder, rule)
        return lambda children: method(self.builder, NOWHERE, children)


class Word(NamedTuple):
    """A token for lark and the builder alike."""

    type: str
    text: str
    span: Span = NOWHERE

    @property
    def kind(self):
        return self.type


BUILDING = Building()
BUILDER = lalr.read_by_lark(transformer=BUILDING)
JUDGE = lalr.read_by_lark()


def read_by_lark(text):
    """The statements of a text; a word is the first of its keywords that lark's parser does not refuse, else a name."""
    BUILDING.builder = TreeBuilder("")
    parser, judge = BUILDER.parse_interactive(), JUDGE.parse_interactive()
    tokens = scan(text, [])
    at = 0
    while at < len(tokens):
        kind, word = tokens[at].kind, tokens[at].text
        meanings = [
            each for each in SPELLINGS.get(word, ()) if kind == "NAME" and _stands_at(tokens, at, each)
        ]
        parts, meant = next(
            each for each in [*meanings, ((word,), kind)] if not _refuses(judge, Word(each[1], word))
        )
        for each in (judge, parser):
            each.feed_token(Word(meant, word))
        at += len(parts)
    parser.feed_token(Word(END, ""))
    return BUILDING.builder.statements


def _refuses(judge, word):
    try:
        judge.copy(deepcopy_values=False).feed_token(word)
    except UnexpectedToken:
        return True
    return False


def _stands_at(tokens, at, spelling):
    return [each.text for each in tokens[at : at + len(spelling.parts)]] == list(spelling.parts)


def read_by_machine(text):
    builder = TreeBuilder("")
    Machine(load_tables(), text, scan(text, []), builder, "en").run()
    assert not builder.diagnostics
    return builder.statements


@pytest.mark.parametrize(
    "text", [EXIT, COVER, *(path.read_text(encoding="utf-8") for path in PACKS)], ids=range(2 + len(PACKS))
)
def test_lark_reads_the_same_statements(text):
    if read_passage(text, "").diagnostics:
        pytest.skip("a text with mistakes")
    assert read_by_machine(text) == read_by_lark(text)


def test_blanks_are_one_match_wherever_they_stand():
    """Looking for a token from each of them anew would take the square of their number."""
    assert next(_TOKEN.finditer(" ;" * 1000)).end() == 2000
    assert scan("\n" * 1000 + " " * 1000, []) == []
