"""Rows that are well formed and yet look wrong: a number that a mouse dragged down a column."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from gewu_dsl.diagnostics import Text
from gewu_item_catalog.spreadsheets.entries import Entry
from gewu_item_catalog.spreadsheets.notes import Note

_COLUMNS = {"finding": 3, "closing": 3, "basis": 3, "limit": 4, "check": 3}
"""The columns that should not count up, and how many rows in a row make a suspicion."""
_NUMBER = re.compile(r"\d+")
_FEWEST_WORDS = 4
_MOST_SHOWN = 6


def find_dragged(entries: Sequence[Entry]) -> Iterator[Note]:
    """Texts of one column that are the same but for one number which goes up by one from row to row: 2cm, 3cm, 4cm."""
    for column, shortest in _COLUMNS.items():
        alike: dict[tuple[str, str, int], list[tuple[Entry, int]]] = {}
        for entry in entries:
            for skeleton, place, number in _skeletons(entry[column], column):
                alike.setdefault((entry.sheet, skeleton, place), []).append((entry, number))
        for rows in alike.values():
            yield from _notes_on(rows, column, shortest)


def _skeletons(text: str, column: str) -> Iterator[tuple[str, int, int]]:
    """The text with one of its numbers taken out, for each of them."""
    for place, match in enumerate(_NUMBER.finditer(text)):
        rest = f"{text[: match.start()]}#{text[match.end() :]}"
        words = sum(each.isalpha() for each in rest)
        if (words >= _FEWEST_WORDS or column == "limit") and len(match[0]) < 9:
            yield rest, place, int(match[0])


def _notes_on(rows: Sequence[tuple[Entry, int]], column: str, shortest: int) -> Iterator[Note]:
    """A run that counts up; its numbers that most of the others have are not what is wrong."""
    usual, times = Counter(number for _, number in rows).most_common(1)[0]
    for run in _runs(rows, shortest):
        numbers = [str(number) for _, number in run[:_MOST_SHOWN]] + ["……"] * (len(run) > _MOST_SHOWN)
        zh, en = "、".join(numbers), ", ".join(numbers)
        odd = [pair for pair in run if not (times > 1 and pair[1] == usual)]
        for entry, number in odd:
            message = Text(
                f"逐行加一（{zh}），像是拖动填充出来的",
                f"counts up from row to row ({en}), as drag-fill does",
            )
            if times > 1:
                message = Text(f"{message.zh}；其他行是 {usual}", f"{message.en}; the others say {usual}")
            done = Text(f"照写 {number}", f"written as it is: {number}")
            yield entry.note("dragged", "look", message, done, about=column)


def _runs(rows: Iterable[tuple[Entry, int]], shortest: int) -> Iterator[list[tuple[Entry, int]]]:
    run: list[tuple[Entry, int]] = []
    for pair in rows:
        if run and pair[1] != run[-1][1] + 1:
            if len(run) >= shortest:
                yield run
            run = []
        run.append(pair)
    if len(run) >= shortest:
        yield run
