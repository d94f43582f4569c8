"""Slips that are read as what was meant: several words of prose for one of ours, words that are one too many."""

from __future__ import annotations

from typing import NamedTuple

from gewu_dsl.diagnostics import Fix, Text
from gewu_dsl.fixes import delete, replace
from gewu_dsl.parse import guesses
from gewu_dsl.parse.lexing import SYMBOLS, Token, span_between
from gewu_dsl.tree import Span
from gewu_dsl.words import KEYWORDS, Language, spell


class Slip(NamedTuple):
    """`size` tokens to be read as `tokens`, and what is said of it."""

    size: int
    tokens: list[Token]
    span: Span
    said: tuple[Text, Text]
    fixes: tuple[Fix, ...]


_PHRASES: dict[tuple[str, ...], str] = {
    ("为空",): "IS_BLANK",
    ("为", "空"): "IS_BLANK",
    ("是", "空"): "IS_BLANK",
    ("没有填",): "IS_BLANK",
    ("没填",): "IS_BLANK",
    ("未填",): "IS_BLANK",
    ("is", "empty"): "IS_BLANK",
    ("不为空",): "IS_ANSWERED",
    ("不", "为", "空"): "IS_ANSWERED",
    ("填了",): "IS_ANSWERED",
    ("is", "greater", "than"): ">",
    ("is", "more", "than"): ">",
    ("is", "less", "than"): "<",
    ("is", "not"): "!=",
    ("greater", "than"): ">",
    ("less", "than"): "<",
    ("working", "day"): "WORKDAYS",
    ("working", "days"): "WORKDAYS",
    ("business", "day"): "WORKDAYS",
    ("business", "days"): "WORKDAYS",
    ("calendar", "days"): "DAYS",
    ("working", "hours"): "WORK_HOURS",
}
_LONGEST_PHRASE = max(map(len, _PHRASES))
MEASURE_WORDS = frozenset("张个人名次件份条只盏处枚台辆家户")
_TAILS = ("以内", "之内", "内")


def find_slip(tokens: list[Token], at: int, expected: list[str], language: Language) -> Slip | None:
    """The slip that begins with the word at `at`, where one of `expected` may stand."""
    if (phrase := _find_phrase(tokens, at, expected, language)) is not None:
        return phrase
    token = tokens[at]
    before = tokens[at - 1] if at else None
    if before is None or before.line != token.line:
        return None
    if token.text in guesses.SUPERFLUOUS and "OPTIONAL" in expected:
        return _leave_out(token, len(token.text), superfluous(token.text))
    counted = before.kind == "INT" and token.text[0] in MEASURE_WORDS and "MONTH" not in expected
    rest_is_word = any(_is_word(token.text[1:].removesuffix(end), expected) for end in ("", *_TAILS))
    if counted and (len(token.text) == 1 or rest_is_word):
        return _leave_out(token, 1, measure_word(token.text[0]))
    if (end := next((end for end in _TAILS if token.text.endswith(end)), None)) is not None:
        return _cut_tail(token, end, expected)
    if (sign := guesses.split_comparison(token.text, expected)) is not None:
        written, meant = sign
        head = token._replace(text=meant, kind=SYMBOLS[meant], end=token.start + len(written))
        number = token.text[len(written) :]
        rest = token._replace(
            text=number, kind="INT", start=head.end, column=token.column + len(written), first=False
        )
        return Slip(
            1, [head, rest], token.span, prose(written, meant), (replace(token.span, f"{meant} {number}"),)
        )
    return None


def _cut_tail(token: Token, end: str, expected: list[str]) -> Slip | None:
    word = token.text.removesuffix(end)
    if word and not _is_word(word, expected):
        return None
    kept = token._replace(text=word, end=token.end - len(end))
    rest = token._replace(start=kept.end, column=token.column + len(word)).span
    return Slip(1, [kept] if word else [], rest, tail(end), (delete(rest),))


def _find_phrase(tokens: list[Token], at: int, expected: list[str], language: Language) -> Slip | None:
    words = tuple(token.text for token in tokens[at : at + _LONGEST_PHRASE])
    for size in range(len(words), 0, -1):
        meant = _PHRASES.get(words[:size], "")
        if SYMBOLS.get(meant, meant) not in expected:
            continue
        first = tokens[at]
        span = span_between(first, tokens[at + size - 1])
        spelling = meant if meant in SYMBOLS else spell(meant, language)
        read = [
            first._replace(text=part, kind=SYMBOLS.get(part, "NAME"), end=tokens[at + size - 1].end)
            for part in spelling.split(" ")
        ]
        return Slip(size, read, span, prose(" ".join(words[:size]), spelling), (replace(span, spelling),))
    return None


def _is_word(text: str, expected: list[str]) -> bool:
    return any(text in KEYWORDS[each].zh for each in expected if each in KEYWORDS)


def _leave_out(token: Token, length: int, said: tuple[Text, Text]) -> Slip:
    head = token._replace(end=token.start + length).span
    rest = token._replace(
        text=token.text[length:], start=token.start + length, column=token.column + length, first=False
    )
    return Slip(1, [rest] if rest.text else [], head, said, (delete(head),))


def prose(written: str, meant: str) -> tuple[Text, Text]:
    return (
        Text(
            f"这里不写“{written}”：一个意思只有一种写法，谁读都一样。",
            f"`{written}` is not the word here: one thing is written in one way, so that all read the same.",
        ),
        Text(f"写“{meant}”。", f"write `{meant}`."),
    )


def superfluous(written: str) -> tuple[Text, Text]:
    return (
        Text(
            f"不用写“{written}”，题目本来就是必填的。",
            f"`{written}` is not written: every question is required.",
        ),
        Text("去掉它；可以不填的题才写“选填”。", "leave it out; only mark what is `optional`."),
    )


def measure_word(written: str) -> tuple[Text, Text]:
    return (
        Text(f"数字后面不写量词“{written}”。", f"No measure word `{written}` stands behind a number."),
        Text(f"去掉“{written}”。", f"leave `{written}` out."),
    )


def tail(written: str) -> tuple[Text, Text]:
    return (
        Text(
            f"时限本来就是“多久之内”，不写“{written}”。",
            f"A limit always means within: `{written}` is not written.",
        ),
        Text(f"去掉“{written}”。", f"leave `{written}` out."),
    )
