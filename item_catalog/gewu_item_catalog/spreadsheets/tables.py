"""What every spreadsheet is to the importer, whatever file it came in: sheets of rows of texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from gewu_dsl.diagnostics import Text

MOST_BYTES = 20_000_000
"""Of a file; a standard of 10,000 rows has about one."""
MOST_UNPACKED = 150_000_000
"""Of what an XLSX file unpacks to: a zip bomb is refused before it is unpacked."""
MOST_ROWS = 20_000
MOST_COLUMNS = 200


class Unreadable(Exception):
    """The file cannot be imported at all; `text` says why and what to do, for the person who chose it."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True, slots=True)
class Row:
    """`number` is what a spreadsheet program shows beside it, from 1. `cells` are texts with their line breaks, without
    surrounding blanks, a merged cell's text in each of its places. `faults` tells of cells (by index) that have no
    value and why."""

    number: int
    cells: tuple[str, ...]
    hidden: bool = False
    faults: Mapping[int, Text] = field(default_factory=dict)

    def cell(self, index: int) -> str:
        """The text at a column's index from 0, empty behind the last one."""
        return self.cells[index] if index < len(self.cells) else ""

    @property
    def is_empty(self) -> bool:
        return not any(self.cells) and not self.faults


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    rows: tuple[Row, ...]
    hidden: bool = False
    hidden_columns: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Workbook:
    """`said` is what the reader had to find out by itself (an encoding, a separator)."""

    sheets: tuple[Sheet, ...]
    said: tuple[Text, ...] = ()


def letter_of(index: int) -> str:
    """A column's letters: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def index_of(letters: str) -> int:
    """The other way round; ValueError for what is no column."""
    index = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z":
            raise ValueError(letters)
        index = index * 26 + ord(letter) - ord("A") + 1
    if not 0 < index <= MOST_COLUMNS:
        raise ValueError(letters)
    return index - 1


def clean(text: str) -> str:
    """A cell's text on one line: blanks around it, line breaks and characters that nobody sees say nothing."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join("".join(map(_seen, text)).split())


def _seen(character: str) -> str:
    kind = unicodedata.category(character)
    if kind in ("Cf", "Cs", "Cn"):  # marks of direction, joiners, halves of characters
        return ""
    return " " if kind in ("Cc", "Zl", "Zp") else character


def clean_lines(text: str) -> str:
    """A cell's text with its line breaks, each line as `clean` leaves it."""
    if "\n" not in text and "\r" not in text:
        return clean(text)
    return "\n".join(line for each in text.splitlines() if (line := clean(each)))


def essence(text: str) -> str:
    """What two texts have in common that differ in blanks, full-width forms, case or the punctuation behind them."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return "".join(plain.split()).rstrip("。.;,、:")


def harmless(text: str) -> str:
    """A text that no spreadsheet program takes for a formula: what begins like one gets an apostrophe in front."""
    return f"'{text}" if _FORMULA.match(text) else text


def without_apostrophe(text: str) -> str:
    """The text that `harmless` was given."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


_FORMULA = re.compile(r"'*[=+\-@\t\r]")
