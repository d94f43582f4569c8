"""The grammar through lark, and what the parser needs of the result as plain data: what `tables.json` holds.

`python -m gewu_dsl.parse.lalr` writes that file anew (`make tables`), so that nobody who runs a parser waits for a
grammar to be worked out, or needs lark loaded.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from lark import Lark
from lark.grammar import Rule, Symbol, Terminal
from lark.lexer import Lexer
from lark.parsers.lalr_analysis import Shift

from gewu_dsl.parse.builder import TreeBuilder
from gewu_dsl.parse.tables import END, TERMINALS, fingerprint, read_grammar

Row = dict[str, int]


class _NoLexer(Lexer):
    """Tokens come from `lexing.scan`; lark only wants to be told of a lexer."""

    def __init__(self, configuration: Any) -> None:
        del configuration

    def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[Any]:
        raise NotImplementedError


def read_by_lark(**options: Any) -> Lark:
    """Lark's own parser of the grammar."""
    grammar = f"{read_grammar()}\n%declare {' '.join(TERMINALS)}\n"
    return Lark(grammar, parser="lalr", **{"lexer": _NoLexer, **options})


def build_tables() -> dict[str, Any]:
    """The automaton, its states and rules in an order that only depends on the grammar.

    A row tells for a state which symbols lead to the state behind them, and as `-1 - n` before which of them rule n
    ends; `doubtful` are the terminals of each row that may be refused after the rule has ended. Both name sets of symbols
    by their place in `symbols`.
    """
    conf: Any = read_by_lark().parse_interactive().parser_state.parse_conf
    order = _order_states(conf)
    rules: dict[Rule, int] = {}
    rows: list[Row] = [{} for _ in order]
    for state, number in order.items():
        for symbol, (action, argument) in sorted(conf.states[state].items()):
            target = order[argument] if action is Shift else -1 - rules.setdefault(argument, len(rules))
            rows[number][str(symbol)] = target
    rows[order[conf.end_state]][END] = order[conf.end_state]
    single = _find_single(rules)
    symbols: dict[str, int] = {}

    def number_of(those: Iterable[str]) -> int:
        return symbols.setdefault(" ".join(those), len(symbols))

    return {
        "rules": [_describe(rule, single) for rule in rules],
        "rows": [
            [
                [target, number_of(each for each in row if row[each] == target)]
                for target in dict.fromkeys(row.values())
            ]
            for row in rows
        ],
        "doubtful": [number_of(each) for each in _find_doubtful(rows, list(rules))],
        "symbols": list(symbols),
    }


def _order_states(conf: Any) -> dict[int, int]:
    """A number for every state, by the symbols that lead to it from the start, which is 0."""
    order = {conf.start_state: 0}
    waiting = [conf.start_state]
    for state in waiting:
        for _, (action, argument) in sorted(conf.states[state].items()):
            if action is Shift and argument not in order:
                order[argument] = len(order)
                waiting.append(argument)
    return order


def _describe(rule: Rule, single: set[str]) -> list[Any]:
    """What `tables.read_rule` makes a rule of."""
    stay: list[int | list[int] | None] = []
    at = -len(rule.expansion)
    for is_empty in rule.options.empty_indices or [False] * len(rule.expansion):
        if is_empty:
            stay.append(None)
            continue
        symbol = rule.expansion[at]
        if symbol.name.startswith("_") and not symbol.is_term and symbol.name not in single:
            stay.append([at])
        elif not _is_left_out(symbol):
            stay.append(at)
        at += 1
    name = str(rule.origin.name)
    method = rule.alias or (name if hasattr(TreeBuilder, name) else "")
    return [
        name,
        method,
        len(rule.expansion),
        stay,
        name in single or (rule.options.expand1 and not rule.alias),
    ]


def _is_left_out(symbol: Symbol) -> bool:
    return isinstance(symbol, Terminal) and symbol.filter_out


def _find_single(rules: Iterable[Rule]) -> set[str]:
    """The rules without a method that hold exactly one value however they are written: the value stands for them."""
    ways: dict[str, list[list[Any]]] = {}
    for rule in rules:
        if str(rule.origin.name).startswith("_"):
            kept = [each for each in rule.expansion if not _is_left_out(each)]
            ways.setdefault(str(rule.origin.name), []).append(kept)
    single = set(ways)
    before = 0
    while len(single) != before:
        before = len(single)
        single = {name for name in single if all(_is_single(way, single) for way in ways[name])}
    return single


def _is_single(kept: list[Any], single: set[str]) -> bool:
    return len(kept) == 1 and (not kept[0].name.startswith("_") or kept[0].name in single)


def _find_doubtful(rows: list[Row], rules: list[Rule]) -> list[list[str]]:
    """LALR merges states, so that a rule may end before a terminal that the states below it then refuse. Every other
    terminal of a row is certain to be taken, and need not be tried first."""
    before: list[set[int]] = [set() for _ in rows]
    for state, row in enumerate(rows):
        for target in row.values():
            if target >= 0:
                before[target].add(state)
    ends: list[tuple[int, str, set[int]]] = []
    for state, row in enumerate(rows):
        behind = {n: _states_behind(state, rules[-1 - n], rows, before) for n in row.values() if n < 0}
        ends += [(state, terminal, behind[n]) for terminal, n in row.items() if n < 0]
    doubtful: list[set[str]] = [set() for _ in rows]
    is_growing = True
    while is_growing:
        is_growing = False
        for state, terminal, states in ends:
            if terminal not in doubtful[state] and any(
                terminal not in rows[each] or terminal in doubtful[each] for each in states
            ):
                doubtful[state].add(terminal)
                is_growing = True
    return [sorted(each) for each in doubtful]


def _states_behind(state: int, rule: Rule, rows: list[Row], before: list[set[int]]) -> set[int]:
    """Every state the automaton may be in after the rule has ended in `state`."""
    below = {state}
    for _ in rule.expansion:
        below = {earlier for each in below for earlier in before[each]}
    name = str(rule.origin.name)
    return {rows[each][name] for each in below if name in rows[each]}


def write_tables() -> None:
    """Put the tables beside the grammar, a line for each state and each rule."""
    tables: dict[str, Any] = {"of": fingerprint(), **build_tables()}
    parts = [f"{json.dumps(name)}: {_print(content)}" for name, content in tables.items()]
    text = "{\n" + ",\n".join(parts) + "\n}\n"
    Path(__file__).with_name("tables.json").write_text(text, encoding="utf-8")


def _print(content: Any) -> str:
    if not isinstance(content, list):
        return json.dumps(content)
    return "[\n" + ",\n".join(json.dumps(each, separators=(",", ":")) for each in content) + "\n]"


if __name__ == "__main__":
    write_tables()
