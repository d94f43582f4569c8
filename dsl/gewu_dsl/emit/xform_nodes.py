"""Where answers, lets and facts stand in an OpenRosa instance, and under which ASCII names.

    /data/exit                  an answer
    /data/shot/file1 … fileN    an attached question: one node a file, and their number in /data/shot/count
    /data/derived/load          a let that computes something
    /data/context/place_grade_text
                                a fact, once for each kind it is read as, since an instance knows nothing but text

JavaRosa, which runs a form on a phone, takes ASCII letters only in the names of nodes (its lexer of XPath asks for
letters with case), so a question named in Chinese gets a number: `q3`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from gewu_dsl.model import ATTACHED, Item, Question
from gewu_dsl.truth import Kind

ROOT = "data"
SLOTS = 9
"""How many files a phone takes where the question does not say; a signature is one."""

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_RESERVED = frozenset({"meta", "context", "derived", "notes", "and", "or", "div", "mod"})


def node_names(item: Item) -> dict[str, str]:
    """The node of every question, by the question's name: the name itself where it may be one."""
    return _ascii_names([question.name for question in item.questions], "q")


def slots(question: Question) -> int:
    """How many files an attached question has room for on a phone."""
    usual = 1 if question.type == "signature" else SLOTS
    return max(question.at_least or 1, usual if question.at_most is None else question.at_most)


def number_text(value: float) -> str:
    """A number in digits alone, as XPath 1.0 and `xsd:decimal` want it; reading it gives the same double."""
    return format(Decimal(repr(value)), "f").removesuffix(".0")


class Nodes:
    """The paths of an item's form. A fact has a node from the moment its path is asked for."""

    def __init__(self, item: Item) -> None:
        self.names = node_names(item)
        self.lets = _ascii_names([let.name for let in item.lets], "let")
        self._attached = {question.name for question in item.questions if question.type in ATTACHED}
        self._places: dict[str, str] = {}
        self.facts: dict[str, tuple[str, Kind]] = {}

    def answer(self, question: str) -> str:
        """The answer to a question; for an attached one how many files there are."""
        path = self.question(question)
        return f"{path}/count" if question in self._attached else path

    def question(self, question: str) -> str:
        return f"/{ROOT}/{self.names[question]}"

    def files(self, question: Question) -> list[str]:
        """The node of every file an attached question has room for."""
        return [
            f"{self.question(question.name)}/{slot_name(index)}" for index in range(1, slots(question) + 1)
        ]

    def let(self, name: str) -> str:
        return f"/{ROOT}/derived/{self.lets[name]}"

    def fact(self, name: str, kind: Kind) -> str:
        """A fact of the context by its flat name (`place.grade`, `cases_in.30`), read as `kind`."""
        group, _, inner = name.partition(".")
        node = name.replace(".", "_")
        if group == "place":
            plain = inner if _PLAIN.fullmatch(inner) else str(len(self._places) + 1)
            node = f"{self._places.setdefault(name, f'place_{plain}')}_{kind}"
        self.facts.setdefault(node, (name, kind))
        return f"/{ROOT}/context/{node}"


def slot_name(index: int) -> str:
    """The node of an attached question's file, counted from 1."""
    return f"file{index}"


def fact_text(value: Any, kind: Kind) -> str:
    """A fact as its node holds it; empty where it is of another kind."""
    if isinstance(value, bool):
        return ""
    match kind, value:
        case "number", int() | float():
            return number_text(value)
        case "text", str():
            return value
        case "list", list() | tuple():
            return " ".join(value)
    return ""


def fact_texts(facts: Mapping[str, tuple[str, Kind]], context: Mapping[str, Any]) -> dict[str, str]:
    """What every node of `Nodes.facts` holds under a flat context."""
    return {node: fact_text(context.get(name), kind) for node, (name, kind) in facts.items()}


def _ascii_names(names: Iterable[str], prefix: str) -> dict[str, str]:
    names = list(names)
    kept = {name for name in names if _may_be_node(name)}
    nodes: dict[str, str] = {}
    for position, name in enumerate(names, 1):
        node = name if name in kept else f"{prefix}{position}"
        while node != name and node in kept:
            node += "_"
        nodes[name] = node
    return nodes


def _may_be_node(name: str) -> bool:
    return _PLAIN.fullmatch(name) is not None and name not in _RESERVED and not name.lower().startswith("xml")
