"""Names of items and findings from the words of a standard: legal, short, never a keyword, never twice."""

from __future__ import annotations

import re
import unicodedata

from gewu_dsl.words import FACT_WORDS, HISTORY_WORDS, KEYWORDS, OFFICE_WORDS, PLACE_HEAD

_WORDS = {
    part
    for spelling in (
        *(each for keyword in KEYWORDS.values() for each in keyword.en + keyword.zh),
        *FACT_WORDS, *FACT_WORDS.values(), *HISTORY_WORDS, *HISTORY_WORDS.values(),
        *OFFICE_WORDS, *OFFICE_WORDS.values(), *PLACE_HEAD,
    )
    for part in re.split(r"[\s.\-]", spelling)
}  # fmt: skip
RESERVED = frozenset({each.lower() for each in _WORDS})
_CLAUSE_END = re.compile(r"[,，。.;；:：(（)）、|!?？！\[\]【】《》“”\"]+|(?<!\d)/|/(?!\d)")
_SHORT = 6
LEGAL = re.compile(r"[^\W\d]\w*")


def name_for(
    text: str, taken: set[str], *, longest: int = 12, otherwise: str = "事项", choice: bool = False
) -> str:
    """A name for `text`, its first clause where it is long; added to `taken`. A number stands behind it where it is
    taken or, but for a choice, a word of the language."""
    clauses = [part for part in (_letters(each) for each in _CLAUSE_END.split(text)) if part]
    whole = _letters(text)
    short = _SHORT if longest <= 12 else longest
    base = whole if len(whole) <= short else next((each for each in clauses if len(each) > 1), whole)
    base = base[: longest * 2 if base.isascii() else longest].rstrip("_") or otherwise
    if not LEGAL.match(base):
        base = f"_{base}"
    name, number = base, 1
    while name in taken or (name.lower() in RESERVED and not choice):
        number += 1
        name = f"{base}_{number}" if base[-1].isdigit() or base.isascii() else f"{base}{number}"
    taken.add(name)
    return name


def _letters(text: str) -> str:
    """Letters and plain digits; what stands between words of Latin letters becomes one `_`."""
    joined = ""
    for word in "".join(map(_letter, text)).split():
        between = "_" if joined and joined[-1].isascii() and word[0].isascii() else ""
        joined += between + word
    return joined.lower() if joined.isascii() else joined


def _letter(character: str) -> str:
    """The character by its usual code; a blank for what is no letter, or looks like another alphabet's."""
    if character in "0123456789_":
        return character
    if not character.isalpha():
        return " "
    usual = unicodedata.normalize("NFKC", character)
    return " " if _LOOKALIKE.search(usual) or not usual.isalpha() else usual


_LOOKALIKE = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")


def claim_name(wanted: str, text: str, taken: set[str], *, longest: int = 12) -> str:
    """`wanted` where it is a legal name that nobody has, else a name for `text`."""
    if LEGAL.fullmatch(wanted) and wanted.lower() not in RESERVED and wanted not in taken:
        taken.add(wanted)
        return wanted
    return name_for(text, taken, longest=longest)
