"""The LALR tables: lark reads the grammar once, the machine runs over what comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from lark import Lark
from lark.lexer import Lexer
from lark.parsers.lalr_analysis import Shift

from gewu_dsl.parse.builder import TreeBuilder
from gewu_dsl.parse.lexing import OTHER_TERMINALS
from gewu_dsl.words import KEYWORDS

END = "$END"


class Reduction(NamedTuple):
    """A rule seen from its end: its name, how many values it takes, what makes one of them."""

    origin: str
    size: int
    shape: Callable[[list[Any]], Any]


class Pending(NamedTuple):
    """A rule's values in its final shape, with the builder's method that makes a node of them."""

    method: Callable[..., Any]
    children: list[Any]


class Tables(NamedTuple):
    """`shifts[state][symbol]` is the next state (terminals and rules alike), `reductions[state][terminal]`
    the rule that ends before that terminal."""

    start: int
    shifts: list[dict[str, int]]
    reductions: list[dict[str, Reduction]]


class _NoLexer(Lexer):
    """Tokens come from `lexing.scan`; lark only wants to be told of a lexer."""

    def __init__(self, configuration: Any) -> None:
        del configuration

    def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[Any]:
        raise NotImplementedError


class _Shapes:
    """Gives lark, for every rule that is a method of the builder, a callback that only keeps the values."""

    def __getattr__(self, name: str) -> Callable[[list[Any]], Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        method = getattr(TreeBuilder, name)

        def keep(children: list[Any]) -> Pending:
            return Pending(method, children)

        return keep


@cache
def load_tables() -> Tables:
    """The tables, built on first use (about a fifth of a second)."""
    grammar = resources.files("gewu_dsl.parse").joinpath("grammar.lark").read_text(encoding="utf-8")
    declared = " ".join((*KEYWORDS, *OTHER_TERMINALS))
    shapes: Any = _Shapes()
    lark = Lark(f"{grammar}\n%declare {declared}\n", parser="lalr", lexer=_NoLexer, transformer=shapes)
    conf: Any = lark.parse_interactive().parser_state.parse_conf
    reductions: dict[Any, Reduction] = {}
    size = max(conf.states) + 1
    tables = Tables(conf.start_state, [{} for _ in range(size)], [{} for _ in range(size)])
    for state, actions in conf.states.items():
        for symbol, (action, argument) in actions.items():
            if action is Shift:
                tables.shifts[state][str(symbol)] = argument
            else:
                if argument not in reductions:
                    reductions[argument] = Reduction(
                        str(argument.origin.name), len(argument.expansion), conf.callbacks[argument]
                    )
                tables.reductions[state][str(symbol)] = reductions[argument]
    tables.shifts[conf.end_state][END] = conf.end_state
    return tables
