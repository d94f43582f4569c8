"""Whatever is entered into the journal anywhere can be read in plain words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from gewu_platform.core.duties import rows
from gewu_platform.service.history import journal_words
from gewu_platform.service.history.event_words import EVENT_WORDS
from gewu_platform.service.history.journal_words import KIND_WORDS, entry_words
from gewu_platform.service.history.replaying import CLOCK_EVENTS

SOURCES = Path(journal_words.__file__).parents[4]
ENTERING = {"append", "Happening", "_enter", "_decide"}
"""Calls that enter something, its kind among their arguments."""


def entered_kinds() -> Iterator[tuple[str, str]]:
    """Every literal kind that some call enters, with the file it stands in."""
    for folder in ("platform/gewu_platform", "admin/gewu_admin"):
        for file in (SOURCES / folder).rglob("*.py"):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                for kind in _kinds_in(node):
                    yield kind, file.name


def _kinds_in(node: ast.AST) -> Iterator[str]:
    if not isinstance(node, ast.Call):
        return
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name == "append" and not _is_journal(node.func):
        return
    if name in ENTERING:
        yield from (kind for argument in node.args for kind in _literals(argument) if _is_kind(kind))
    if name == "append_all":
        for element in ast.walk(node):
            if isinstance(element, ast.Tuple) and len(element.elts) == 4:
                yield from _literals(element.elts[1])


def _is_journal(func: ast.expr) -> bool:
    return isinstance(func, ast.Attribute) and getattr(func.value, "id", "") == "journal"


def _literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)


def _is_kind(text: str) -> bool:
    return text.replace("-", "").isalpha() and text.islower()


def test_every_kind_that_is_entered_anywhere_has_words() -> None:
    found = dict(entered_kinds())
    assert {"user-added", "file-stored", "delivery-resent", "reported", "submitted", "calendar"} <= set(found)
    assert {kind: file for kind, file in found.items() if kind not in KIND_WORDS} == {}


def test_every_event_of_the_loop_has_words_on_the_timeline_and_in_the_journal() -> None:
    kinds = {duty.event for _, duty in rows()} | {"joined", "added", "adjusted", "resumed", "unsettled"}
    assert kinds <= set(EVENT_WORDS)
    assert set(EVENT_WORDS) | CLOCK_EVENTS | {"reported"} <= set(KIND_WORDS)


def test_words_are_there_in_both_languages_and_differ() -> None:
    assert all(words.zh and words.en and words.zh != words.en for words in KIND_WORDS.values())
    assert len({words.zh for words in KIND_WORDS.values()}) == len(KIND_WORDS)


def test_an_entry_says_what_people_said_and_an_unknown_kind_goes_by_its_name() -> None:
    words = entry_words("parked", {"event": {"reason": "等雨停"}})
    assert (words.zh, words.en) == ("挂账：等雨停", "parked: 等雨停")
    assert entry_words("something-new", {}).zh == "something-new"
