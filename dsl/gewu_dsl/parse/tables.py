"""The LALR tables that the machine runs over."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from gewu_dsl.parse.builder import TreeBuilder
from gewu_dsl.parse.lexing import OTHER_TERMINALS
from gewu_dsl.words import KEYWORDS, SPELLINGS, Spelling

END = "$END"
TERMINALS = (*KEYWORDS, *OTHER_TERMINALS)


class Rule(NamedTuple):
    """A rule seen from its end: its name, how many values it takes off the stack, and what becomes of them.

    `stay` are the places of the values that are left, counted from the top of the stack; None where `gather` has to
    find them. `method` makes a node of these; without one they stay a list, which the rule around it takes in. With
    `alone` a single value stands for the rule itself (a `?rule`, and a `_rule` that never holds more).
    """

    origin: str
    size: int
    method: Callable[..., Any] | None
    alone: bool
    stay: tuple[int, ...] | None
    parts: tuple[Any, ...]

    def gather(self, values: list[Any]) -> list[Any]:
        """The values that stay. An entry of `parts` is a place on the stack, such a place in a list for a list to be
        taken in, or None for an optional part that was left out."""
        found: list[Any] = []
        for part in self.parts:
            if type(part) is not list:
                found.append(None if part is None else values[part])
            elif found:
                found += values[part[0]]
            else:
                # The list of a `_rule` belongs to nobody else: what repeats grows in place.
                found = values[part[0]]
        return found


class Words(dict[str, str | tuple[Spelling, ...]]):
    """What the first words of keywords may mean in one state, each found out when it is first met: the terminal, or
    where it takes the words behind it to tell, the spellings in the order in which they are tried."""

    def __init__(self, row: Mapping[str, object]) -> None:
        super().__init__()
        self.row = row

    def __missing__(self, word: str) -> str | tuple[Spelling, ...]:
        spellings = tuple(
            each for each in (*SPELLINGS[word], Spelling((word,), "NAME")) if each.id in self.row
        )
        if spellings and len(spellings[0].parts) > 1:
            self[word] = spellings
        else:
            self[word] = spellings[0].id if spellings else "NAME"
        return self[word]


class Tables(NamedTuple):
    """`shifts[state][symbol]` is the next state (terminals and rules alike), `reductions[state][terminal]`
    the rule that ends before that terminal; `rows` are both in one.

    LALR tables let a rule end before terminals that are refused afterwards: these are in `doubtful[state]`. `sure` are
    stacks of states with a terminal that were found to take it nevertheless. `words[state][word]` for every word that
    begins a keyword.
    """

    start: int
    shifts: list[dict[str, int]]
    reductions: list[dict[str, Rule]]
    rows: list[dict[str, Any]]
    doubtful: list[frozenset[str]]
    sure: set[tuple[int | str, ...]]
    words: list[Words]


@cache
def load_tables() -> Tables:
    """The tables from their file; worked out by lark (a fifth of a second) where that is not of this grammar."""
    data = json.loads(_read("tables.json"))
    if data["of"] != fingerprint():
        from gewu_dsl.parse.lalr import build_tables

        data = build_tables()
    rules = [_read_rule(*each) for each in data["rules"]]
    symbols = [each.split() for each in data["symbols"]]
    shifts: list[dict[str, int]] = [{} for _ in data["rows"]]
    reductions: list[dict[str, Rule]] = [{} for _ in data["rows"]]
    for state, row in enumerate(data["rows"]):
        for target, those in row:
            if target >= 0:
                shifts[state].update(dict.fromkeys(symbols[those], target))
            else:
                reductions[state].update(dict.fromkeys(symbols[those], rules[-1 - target]))
    rows: list[dict[str, Any]] = [
        {**shift, **reduction} for shift, reduction in zip(shifts, reductions, strict=True)
    ]
    doubtful = [frozenset(symbols[those]) for those in data["doubtful"]]
    return Tables(0, shifts, reductions, rows, doubtful, set(), list(map(Words, rows)))


def fingerprint() -> str:
    """What the tables are made of, as a hash."""
    return hashlib.sha256("\n".join((read_grammar(), *TERMINALS)).encode()).hexdigest()[:16]


def read_grammar() -> str:
    return _read("grammar.lark")


def _read(name: str) -> str:
    return resources.files("gewu_dsl.parse").joinpath(name).read_text(encoding="utf-8")


def _read_rule(origin: str, method: str, size: int, parts: list[Any], alone: bool) -> Rule:
    maker = getattr(TreeBuilder, method) if method else None
    stay = tuple(parts) if all(type(part) is int for part in parts) else None
    return Rule(origin, size, maker, alone, stay, tuple(parts))
