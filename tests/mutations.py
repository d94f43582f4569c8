"""Programs gone wrong: grammar-aware and byte-level mutations of right ones, the same for the same seed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

from programs_dsl import COVER, EXIT

from gewu_dsl.parse import read_source
from gewu_dsl.parse.lexing import scan
from gewu_dsl.words import KEYWORDS

PAGES = Path(__file__).parent / "spec"
BLOCK = re.compile(r"^```gewu\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROGRAMS = [COVER, EXIT] + [
    block for page in sorted(PAGES.glob("*.md")) for block in BLOCK.findall(page.read_text(encoding="utf-8"))
]
SHORT = [program for program in PROGRAMS if len(program) <= 450]
PIECES = [spelling for keyword in KEYWORDS.values() for spelling in (*keyword.en, *keyword.zh)]
PIECES += [
    "(", ")", ",", "=", "%", "“", "”", '"', "‘", "\n", "#", "：", "；", "。", "3", "0.5", "三",
    "2026-13-40", "25:61", "&&", "==", "甲", "x.y", "9" * 40, "(" * 60, "not " * 120, "-" * 50, "。" * 9,
    "1 / 0", "date", "台账.", ".", "\x00", "\u202e", "\u200b", "\ufeff", "\xa0", "\u3000", "\u0430",
    "\uf900", "😀", "\ud800", "\t", "\r\n", "\u2028",
]  # fmt: skip
CODECS = ["gb18030", "utf-16", "utf-16-le", "utf-8-sig", "big5"]


def mutate(seed: int) -> str:
    """The text of one program with one to four things wrong with it."""
    chance = Random(seed)
    text = chance.choice(PROGRAMS if chance.random() < 0.1 else SHORT)
    for _ in range(chance.randint(1, 4)):
        text = chance.choice(_MUTATIONS)(text, chance)
    return text[:20_000]


def mutants(first: int, count: int) -> Iterator[str]:
    return map(mutate, range(first, first + count))


def _in_tokens(text: str, chance: Random) -> str:
    """A token is left out, doubled, put elsewhere, replaced by a word of the language or by another program's."""
    tokens = scan(text, [])
    if not tokens:
        return text + chance.choice(PIECES)
    one, other = chance.choice(tokens), chance.choice(tokens)
    written = text[one.start : one.end]
    match chance.randrange(6):
        case 0:
            return text[: one.start] + text[one.end :]
        case 1:
            return f"{text[: one.end]} {written} {text[one.end :]}"
        case 2:
            one, other = sorted((one, other), key=lambda token: token.start)
            middle = text[one.end : other.start]
            first, second = text[one.start : one.end], text[other.start : other.end]
            return text[: one.start] + second + middle + first + text[max(one.end, other.end) :]
        case 3:
            return text[: one.start] + chance.choice(PIECES) + text[one.end :]
        case 4:
            return f"{text[: one.start]}{chance.choice(PIECES)} {text[one.start :]}"
        case _:
            donor = chance.choice(PROGRAMS)
            taken = chance.choice(scan(donor, []))
            return text[: one.start] + donor[taken.start : taken.end] + text[one.end :]


def _in_lines(text: str, chance: Random) -> str:
    """Lines are lost, doubled, joined, moved, or come from another program."""
    lines = text.split("\n")
    here, there = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(4):
        case 0:
            del lines[here]
        case 1:
            lines.insert(there, lines[here])
        case 2:
            lines[here : here + 2] = ["".join(lines[here : here + 2])]
        case _:
            lines.insert(here, chance.choice(chance.choice(PROGRAMS).split("\n")))
    return "\n".join(lines)


def _in_characters(text: str, chance: Random) -> str:
    """Characters are lost or put in; the text is cut off or joined with another."""
    at = chance.randint(0, len(text))
    match chance.randrange(4):
        case 0:
            return text[:at] + text[at + chance.randint(1, 12) :]
        case 1:
            return text[:at] + chance.choice(PIECES) + text[at:]
        case 2:
            return text[:at]
        case _:
            other = chance.choice(PROGRAMS)
            return text[:at] + other[chance.randint(0, len(other)) :]


def _in_bytes(text: str, chance: Random) -> str:
    """Bits flip, bytes are lost, or the file was saved in another encoding."""
    if chance.randrange(4) == 0:
        data = text.encode(chance.choice(CODECS), "replace")
    else:
        data = text.encode("utf-8", "replace")
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(data) + 1)
            data = (
                data[:at]
                + bytes([chance.randrange(256)]) * chance.randint(0, 2)
                + data[at + chance.randint(0, 2) :]
            )
    return read_source(data)[0]


_MUTATIONS = (_in_tokens, _in_tokens, _in_tokens, _in_lines, _in_characters, _in_bytes)
