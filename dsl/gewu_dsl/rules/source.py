"""The rules of an item printed as one Python module.

A chain of branches is a `while True:` left by `break`: it costs nothing, and unlike `elif` leaves room for computing a
value between two branches.
"""

from __future__ import annotations

from typing import Any

from gewu_dsl.model import (
    STEPS,
    Answer,
    Branches,
    Constant,
    Derived,
    Expression,
    Fact,
    Finding,
    Includes,
    Item,
)
from gewu_dsl.rules.block import Block
from gewu_dsl.truth import Form, Truth

_HEADER = (
    "from gewu_dsl.rules.values import add, divide, items, multiply, negate, number, scalar, subtract, text"
)


def condition_of(finding: Finding) -> Expression | None:
    """When a finding holds; a picked one holds where the answer `finding` includes it."""
    return Includes(Answer("finding"), Constant(finding.name)) if finding.picked else finding.when


def clauses_of(finding: Finding) -> tuple[tuple[str, Branches[Any]], ...]:
    """The choices of a finding in the order in which they are made: severity, route, then every step with a limit."""
    limits = [(step, finding.limits[step]) for step in STEPS if step in finding.limits]
    return (("severity", finding.severity), ("route", finding.route), *limits)


def python_source(item: Item) -> str:
    """A module with `choices`, `derived`, `shown`, `musts`, `excludes` and `applies`; `a` is a sheet, `c` a context.

    `choices(a, c)` gives for every finding that holds a tuple: its index, then the index of the deciding branch of each
    of its clauses, -1 where none applies. `derived(a, c, severity, finding)` gives the value of every `let`; without any
    it is None. The others map a question, or an index, to a function of `a` and `c`: is it shown, is it refused, is it
    excluded, is it for here.
    """
    truth = Truth(item)
    block = Block(truth)
    block.put("out = []")
    for index, finding in enumerate(item.findings):
        _finding(block, index, finding)
    block.put("return out")
    shown: list[tuple[str | int, Form]] = [
        (question.name, truth.certainly_true(question.when))
        for question in item.questions
        if question.when is not None
    ]
    lines = [
        _HEADER,
        *_function("choices(a, c)", block),
        *_derived(truth, item),
        *_conditions(truth, "shown", shown),
        *_conditions(
            truth, "musts", [(i, truth.certainly_false(m.condition)) for i, m in enumerate(item.musts)]
        ),
        *_conditions(
            truth, "excludes", [(i, truth.certainly_true(e.condition)) for i, e in enumerate(item.excludes)]
        ),
        *_conditions(
            truth, "applies", [] if item.applies is None else [(0, truth.certainly_true(item.applies))]
        ),
    ]
    return "\n".join(lines) + "\n"


def _function(head: str, block: Block) -> list[str]:
    body = "\n".join(block.lines)
    names = [
        f"    {name} = {mapping}.get" for name, mapping in (("g", "a"), ("h", "c")) if f"{name}(" in body
    ]
    return ["", "", f"def {head}:", *names, *block.lines]


def _finding(block: Block, index: int, finding: Finding) -> None:
    block.put(f"# {finding.name!a}")
    block.within(repr(finding.name), "None")
    condition = condition_of(finding)
    certain = set(block.at_hand)
    if condition is not None:
        test = block.test(block.truth.certainly_true(condition))
        certain = block.at_hand | test.always
        block.put(f"if {test.text}:")
        block.indent += 1
        block.at_hand |= test.true
    clauses = clauses_of(finding)
    later = [branch.when for _, branches in clauses[1:] for branch in branches if branch.when is not None]
    keep = any(Fact("severity") in block.truth.leaves(condition) for condition in later)
    for answer in _shared(block.truth, clauses):
        block.value(answer, block.truth.kind(answer))
    chosen: list[str] = []
    for position, (_, branches) in enumerate(clauses):
        chosen.append(_clause(block, f"b{position}", branches, keep and position == 0))
        if position == 0:
            block.within(repr(finding.name), "severity")
    block.put(f"out.append(({index}, {', '.join(chosen)}))")
    block.indent = 1
    block.at_hand = certain


def _shared(truth: Truth, clauses: tuple[tuple[str, Branches[Any]], ...]) -> list[Answer]:
    """The answers that several clauses read: reading them first is cheaper than in each clause anew."""
    readers: dict[Answer, int] = {}
    for _, branches in clauses:
        conditions = [branch.when for branch in branches if branch.when is not None]
        leaves = dict.fromkeys(leaf for condition in conditions for leaf in truth.leaves(condition))
        for leaf in leaves:
            if isinstance(leaf, Answer):
                readers[leaf] = readers.get(leaf, 0) + 1
    return [answer for answer, count in readers.items() if count > 1]


def _clause(block: Block, name: str, branches: Branches[Any], keep_severity: bool) -> str:
    """Statements that choose a branch; the variable with its index, or the index where there is nothing to choose."""

    def decide(position: int, *, alone: bool = False) -> None:
        if not alone:
            block.put(f"{name} = {position}")
        if keep_severity:
            block.put(f"severity = {branches[position].value if position >= 0 else None!r}")

    if not branches or branches[0].when is None:
        only = 0 if branches else -1
        decide(only, alone=True)
        return f"{only}"
    block.put("while True:")
    block.indent += 1
    certain: set[str] | None = None
    for position, branch in enumerate(branches):
        if branch.when is None:
            decide(position)
            break
        test = block.test(block.truth.certainly_true(branch.when))
        certain = block.at_hand | test.always if certain is None else certain
        block.put(f"if {test.text}:")
        block.indent += 1
        decide(position)
        block.put("break")
        block.indent -= 1
        block.at_hand |= test.false
    else:
        decide(-1)
    block.put("break")
    block.indent -= 1
    block.at_hand = certain or set()
    return name


def _derived(truth: Truth, item: Item) -> list[str]:
    if not item.lets:
        return ["", "", "derived = None"]
    block = Block(truth)
    block.within("finding", "severity")
    lets = [Derived(let.name) for let in item.lets]
    pairs = ", ".join(f"{let.name!r}: {block.value(let, truth.kind(let))}" for let in lets)
    block.put(f"return {{{pairs}}}")
    return _function("derived(a, c, severity, finding)", block)


def _conditions(truth: Truth, name: str, forms: list[tuple[str | int, Form]]) -> list[str]:
    lines: list[str] = []
    for index, (_, form) in enumerate(forms):
        block = Block(truth)
        block.put(f"return {block.test(form).text}")
        lines += _function(f"{name}_{index}(a, c)", block)
    pairs = ", ".join(f"{key!r}: {name}_{index}" for index, (key, _) in enumerate(forms))
    return [*lines, "", "", f"{name} = {{{pairs}}}"]
