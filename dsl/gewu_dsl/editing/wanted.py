"""Which kind of name a statement wants next, from what was read of it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from gewu_dsl.editing.reading import Reading

Role = Literal[
    "", "office", "kind", "department", "question", "finding", "stage", "unit", "given", "expression", "value"
]


class Wanted(NamedTuple):
    """`role` is empty where a name is made up, or none may stand. `subject` is what a value is held against: a name as
    written, or the terminal of a built-in fact."""

    role: Role
    subject: str = ""


_BEHIND: dict[str, Role] = {
    "_ROUTE": "office", "_ELSE": "office", "_WITH_OFFICES": "office", "_UNDER": "office",
    "_FOR": "kind", "_ITEM": "department", "_REFUSED": "question", "_EXPECT": "finding", "_GIVEN": "given",
    "_UNIT": "unit", "_WHEN": "expression", "_AND": "expression", "_OR": "expression", "_NOT": "expression",
    "_MUST": "expression", "_EXCLUDE": "expression", "PLUS": "expression", "MINUS": "expression",
    "STAR": "expression", "SLASH": "expression", "_LPAR": "expression",
    "EQ_ORDER": "value", "_INCLUDES": "value", "_BETWEEN": "value", "_AND_TO": "value", "_EQ": "value",
}  # fmt: skip
_LISTS: dict[str, Role] = {
    "_WITH_OFFICES": "office", "_FOR": "kind", "_REFUSED": "question", "_EXPECT": "finding", "_GIVEN": "given",
}  # fmt: skip
_RELATIONS = frozenset(("_EQ", "EQ_ORDER", "_INCLUDES", "_IN", "_BETWEEN", "_AND_TO"))
_SUBJECTS = frozenset(("NAME", "_SEVERITY", "_FINDING"))
_TYPES = frozenset(("ONE_OF", "ANY_OF"))


def find_wanted(reading: Reading) -> Wanted:
    """What a name at this place would be."""
    if "NAME" not in reading.expected or not reading.taken:
        return Wanted("")
    kinds = [kind for kind, _ in reading.taken]
    last = kinds[-1]
    if last == "_STAGE":
        return Wanted("stage" if kinds[0] == "_EXAMPLE" else "")
    if last == "_EQ" and kinds[0] == "_LET" and kinds.count("_EQ") == 1:
        return Wanted("expression")
    if last in ("_COMMA", "_LPAR") and (opened := _open_parenthesis(kinds)) is not None:
        return _inside(reading, opened)
    if last == "_COMMA":
        listing = next((kind for kind in reversed(kinds) if kind in _LISTS), "")
        return Wanted(_LISTS.get(listing, ""))
    role: Role = _BEHIND.get(last, "office" if kinds[0] == "_ROUTE" else "")
    return Wanted(role, _subject(reading, len(kinds) - 1)) if role == "value" else Wanted(role)


def _open_parenthesis(kinds: list[str]) -> int | None:
    depth = 0
    for index in range(len(kinds) - 1, -1, -1):
        depth += {"_RPAR": 1, "_LPAR": -1}.get(kinds[index], 0)
        if depth < 0:
            return index
    return None


def _inside(reading: Reading, opened: int) -> Wanted:
    """A name in parentheses: a new choice, one of the values of a list, or a part of an expression."""
    before = reading.taken[opened - 1][0] if opened else ""
    if before in _TYPES:
        return Wanted("")
    if before in ("_IN", "_EQ"):
        return Wanted("value", _subject(reading, opened - 1))
    return Wanted("expression")


def _subject(reading: Reading, index: int) -> str:
    """What stands before the relation that is at, or before, `index`."""
    while index > 0 and reading.taken[index][0] not in _RELATIONS - {"_AND_TO"}:
        index -= 1
    kind, token = reading.taken[index - 1] if index > 0 else ("", None)
    if token is None or kind not in _SUBJECTS:
        return ""
    return token.text if kind == "NAME" else kind
