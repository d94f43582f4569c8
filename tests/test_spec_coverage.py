"""No word of the language without a program in the manual that uses it and says what comes of it."""

from __future__ import annotations

import dataclasses
import re
from typing import Any, get_args

import pytest
from test_spec import PROGRAMS, Program

from gewu_dsl import tree
from gewu_dsl.identifiers import PATTERNS
from gewu_dsl.parse import parse
from gewu_dsl.parse.lexing import scan
from gewu_dsl.words import AMBIGUOUS_WORDS, FACT_WORDS, HISTORY_WORDS, KEYWORDS, OFFICE_WORDS

NODES = {
    each
    for each in vars(tree).values()
    if isinstance(each, type) and issubclass(each, tree.Node) and each is not tree.Node
}
VALUES: dict[tuple[type, str], tuple[Any, ...]] = {
    (tree.Office, "tier"): get_args(tree.Tier),
    (tree.Rung, "to"): (None, *get_args(tree.Tier)),
    (tree.LevelWord, "level"): get_args(tree.Level),
    (tree.Limit, "step"): get_args(tree.Step),
    (tree.Escalate, "step"): get_args(tree.Step),
    (tree.Duration, "unit"): get_args(tree.Unit),
    (tree.Rate, "period"): get_args(tree.Period),
    (tree.Type, "kind"): get_args(tree.TypeKind),
    (tree.By, "day"): ("today", "next_workday", "after"),
    (tree.Evidence, "kind"): ("photo", "video", "note", "signature"),
    (tree.Evidence, "by"): (None, "owner", "worker", "handler"),
    (tree.Fact, "path"): (*FACT_WORDS, "severity", "finding"),
    (tree.History, "kind"): tuple(HISTORY_WORDS),
    (tree.Is, "state"): ("blank", "answered", "hazard"),
    (tree.Compare, "operator"): ("=", "!=", "<", "<=", ">", ">="),
    (tree.Arithmetic, "operator"): ("+", "-", "*", "/"),
    (tree.Matching, "pattern"): tuple(PATTERNS),
    (tree.Hazard, "answer"): ("yes", "no"),
    (tree.Word, "word"): ("yes", "no", "na", "minor", "major", "critical"),
    (tree.ExpectedValue, "aspect"): (
        "severity",
        "route",
        "with",
        "under",
        "on_site",
        "stage",
        *get_args(tree.Step),
    ),
}


def has_effect(program: Program) -> bool:
    """Whether the page says what comes of a program: a decision, a model, mistakes, or examples that are run."""
    return bool(program.claims or program.mistakes) or "expect" in program.text or "预期" in program.text


TREES = [parse(each.text).tree for each in PROGRAMS if has_effect(each)]
USED = [node for each in TREES for node in tree.walk(each)]


@pytest.mark.parametrize(
    "node", sorted(NODES, key=lambda each: each.__name__), ids=lambda each: each.__name__
)
def test_every_construct_is_in_the_manual(node: type) -> None:
    comments = [comment for each in TREES for comment in each.comments]
    assert any(isinstance(each, node) for each in (*USED, *comments))


@pytest.mark.parametrize(("node", "field"), VALUES, ids=lambda each: getattr(each, "__name__", each))
def test_every_value_of_a_construct_is_in_the_manual(node: type, field: str) -> None:
    seen = {getattr(each, field) for each in USED if isinstance(each, node)}
    assert set(VALUES[node, field]) - seen == set()


def test_the_values_named_here_are_all_there_are() -> None:
    """A field of words that a node gains has to be named above."""
    for node in NODES:
        for each in dataclasses.fields(node):
            if (
                re.search(r"\bLiteral\[|^(Tier|Level|Step|Unit|Period|TypeKind)\b", str(each.type))
                and (node, each.name) not in VALUES
            ):
                pytest.fail(f"{node.__name__}.{each.name}")


def test_every_built_in_office_is_in_the_manual() -> None:
    routes = [each for each in USED if isinstance(each, tree.Route)]
    names = {
        name.text
        for each in routes
        for name in (
            *(office for branch in each.branches for office in branch.value.offices),
            *each.co_handlers,
            *((each.supervisor,) if each.supervisor else ()),
        )
    }
    assert set(OFFICE_WORDS) - names == set()


@pytest.mark.parametrize("keyword", sorted(KEYWORDS.keys() - {each.id for each in AMBIGUOUS_WORDS}))
def test_every_keyword_is_in_the_manual(keyword: str) -> None:
    """In one language or the other, word by word as it is scanned."""
    spelled = {
        tuple(token.text for token in scan(each, [])) for each in KEYWORDS[keyword].en + KEYWORDS[keyword].zh
    }
    for each in PROGRAMS:
        words = [token.text for token in scan(each.text, [])]
        for parts in spelled:
            if any(tuple(words[at : at + len(parts)]) == parts for at in range(len(words))):
                return
    pytest.fail(f"no program uses {sorted(spelled)}")
