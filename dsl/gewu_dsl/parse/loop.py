"""The inner loop of the parser: tokens taken as long as the tables alone tell what becomes of them.

It does what `Machine.run` does a token at a time, without asking: what may be refused, and what has to be told from the
states below, it leaves to the machine. Nearly every token of a text without mistakes is taken here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gewu_dsl.parse.lexing import Token, span_between
from gewu_dsl.parse.tables import Rule
from gewu_dsl.words import SPELLINGS, Spelling

if TYPE_CHECKING:
    from gewu_dsl.parse.machine import Machine

DEEPEST_PARENTHESES = 32
MOST_OPERATORS = 100
OPERATORS = frozenset(("PLUS", "MINUS", "STAR", "SLASH", "_NOT"))
_COUNTED = OPERATORS | {"_LPAR", "_RPAR"}


def run_on(machine: Machine) -> None:
    """Take tokens up to the first that needs a closer look.

    Everything the loop touches is a local variable, and stacks are written in place: this is where parsing spends its
    time. Keywords that leave nothing in the tree (`_…`) are not retyped.
    """
    tokens, builder = machine.tokens, machine.builder
    _, _, _, rows, doubtful, sure, words = machine.tables
    states, values, firsts = machine.states, machine.values, machine.firsts
    last: Any = machine.last
    at, count = machine.at, len(tokens)
    before = kind = ""
    while at < count:
        token = tokens[at]
        kind, size = token[0], 1
        if kind == "NAME" and token[1] in SPELLINGS:
            meant = words[states[-1]][token[1]]
            kind, size = (meant, 1) if isinstance(meant, str) else _choose(meant, tokens, at)
        state = states[-1]
        step = rows[state].get(kind)
        if step is None or (kind in _COUNTED and not _may_go_deeper(machine, kind)):
            break
        is_doubted = type(step) is Rule and kind in doubtful[state]
        if is_doubted and (*states, kind) not in sure and not machine.ahead.is_sure(kind, states):
            break
        while type(step) is Rule:
            origin, taken, method, alone, stay, _ = step
            if (
                taken > 1 or not alone
            ):  # else a level of an expression with nothing of its own: only the state changes
                parts = step.gather(values) if stay is None else [values[place] for place in stay]
                if taken > 1:
                    del values[1 - taken :], firsts[1 - taken :], states[1 - taken :]
                if alone and len(parts) == 1:
                    values[-1] = parts[0]
                else:
                    values[-1] = method(builder, span_between(firsts[-1], last), parts) if method else parts
            states[-1] = state = rows[states[-2]][origin]
            step = rows[state][kind]
        if size > 1 or (kind != token[0] and kind[0] != "_"):
            token = machine.retype(token, kind, tokens[at + size - 1])
        if len(values) < 2 and not (values and type(values[0]) is Token):
            machine.begin_statement(at, kind)
        states.append(step)
        values.append(token)
        firsts.append(token)
        last, before = token, kind
        at += size
    machine.at = at
    machine.last = last
    if last is not None and before and last.kind != before:
        machine.last = last._replace(kind=before)


def _choose(spellings: tuple[Spelling, ...], tokens: list[Token], at: int) -> tuple[str, int]:
    """The first of the keywords whose words stand here."""
    for parts, kind in spellings:
        size = len(parts)
        if size == 1 or tuple([token[1] for token in tokens[at : at + size]]) == parts:
            return kind, size
    return "NAME", 1


def _may_go_deeper(machine: Machine, kind: str) -> bool:
    """Count a parenthesis or an operator, unless one more is too many."""
    if machine.depth >= DEEPEST_PARENTHESES or machine.operators >= MOST_OPERATORS:
        return False
    machine.count(kind)
    return True
