"""What an editor offers for the parser's mistakes: only what the parser itself went on with, or what is certain."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from difflib import SequenceMatcher

from gewu_dsl.diagnostics import Edit, Fix, Text
from gewu_dsl.fixes import append, end_of, part, replace
from gewu_dsl.parse.lexing import Token
from gewu_dsl.phrases import Phrases
from gewu_dsl.tree import Span
from gewu_dsl.words import KEYWORDS, SPELLINGS, Language, spell

Fixes = tuple[Fix, ...]

_BARE = re.compile(r"[^\W\d]\w*(\.\w+)*|\d+")
_SMALLER = {"HOURS": ("MINUTES", 60), "DAYS": ("HOURS", 24)}
"""Units of the clock and what they are made of; how long a working day is, the calendar says."""


def either_unit(token: Token, *units: str) -> Fixes:
    """An ambiguous unit is one of those it may mean."""
    return tuple(replace(token.span, spell(unit, "zh")) for unit in units)


def smaller_unit(amount: Token, unit: Token) -> Fixes:
    """`0.5 hours` in minutes, where that is a whole number of them."""
    smaller, times = _SMALLER.get(unit.kind, ("", 0))
    whole = Decimal(amount.text) * times
    if not smaller or whole != whole.to_integral_value() or whole == 0:
        return ()
    keyword = KEYWORDS[smaller]
    word = keyword.en[whole == 1] if unit.text.isascii() else keyword.zh[0]
    text = f"{int(whole)} {word}"
    span = Span(amount.line, amount.column, unit.line, unit.span.end_column, amount.start, unit.end)
    return (replace(span, text),)


def quote(token: Token, language: Language) -> Fixes:
    """Words in the quotes of the language."""
    return (replace(token.span, Phrases(language).quote(token.text)),)


def close(token: Token, language: Language) -> Fixes:
    """A string whose end is certain: it stops at another kind of quote, or nothing in it can be a keyword."""
    words = token.text.split()
    mixed = token.end - token.start == len(token.text) + 2
    if not mixed and ("#" in token.text or any(word in SPELLINGS for word in words[1:])):
        return ()
    return quote(token._replace(text=token.text.strip()), language)


def own_symbol(token: Token, meant: str, language: Language) -> Fixes:
    """The sign or the keyword for what other languages write so."""
    text = f" {spell(f'_{meant.upper()}', language)} " if meant.isalpha() else meant
    return (replace(token.span, text),)


def blank(token: Token) -> Fixes:
    """A blank in the place of what means nothing."""
    return (Fix(Text("换成空格", "put a blank there"), (Edit(token.span, " "),)),)


def dot(token: Token) -> Fixes:
    return (replace(token.span, "."),)


def split(token: Token, length: int) -> Fixes:
    """A blank behind a keyword."""
    at = part(token.span, length, length)
    return (Fix(Text("中间加一个空格", "put a blank between them"), (Edit(at, " "),)),)


def set_apart(token: Token, keyword: str) -> Fixes:
    """Blanks around the last occurrence of a keyword inside a word."""
    start = token.text.rfind(keyword)
    end = start + len(keyword)
    edits = [Edit(part(token.span, start, start), " ")]
    if end < len(token.text):
        edits.append(Edit(part(token.span, end, end), " "))
    return (Fix(Text("前后加空格", "put blanks around it"), tuple(edits)),)


def digits(token: Token, length: int, number: str) -> Fixes:
    return (replace(part(token.span, 0, length), number),)


def meant(token: Token, word: str, expected: list[str], fits: Callable[[str], bool]) -> Fixes:
    """What the parser took a misspelt word for, then what else is as like it and `fits` what comes next."""
    likeness = _likeness(word, token.text)
    spellings = [
        each for kind in expected if kind in KEYWORDS for each in KEYWORDS[kind].en + KEYWORDS[kind].zh
    ]
    alike = [each for each in spellings if each != word and _likeness(each, token.text) == likeness > 0]
    return tuple(replace(token.span, each) for each in (word, *filter(fits, alike)))


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio()


def comma(token: Token, last: Token | None, language: Language) -> Fixes:
    """A comma behind the last word."""
    span = end_of(last.span) if last else part(token.span, 0, 0)
    return (append(span, "，" if language == "zh" else ","),)


def stand_in(token: Token, expected: list[str], language: Language) -> Fixes:
    """For a token that fits nothing: a comma between conditions is `and` or `or`, a quoted name stands bare."""
    if token.kind == "_COMMA" and "_AND" in expected:
        return tuple(replace(token.span, f" {spell(each, language)} ") for each in ("_AND", "_OR"))
    if token.kind == "STRING" and _stands_bare(token.text, expected):
        return (replace(token.span, token.text),)
    return ()


def _stands_bare(text: str, expected: list[str]) -> bool:
    if not _BARE.fullmatch(text):
        return False
    if text.isdecimal():
        return "INT" in expected
    spellings = {each.id for each in SPELLINGS.get(text, ()) if len(each.parts) == 1}
    return bool(spellings & set(expected)) or ("NAME" in expected and not spellings)
