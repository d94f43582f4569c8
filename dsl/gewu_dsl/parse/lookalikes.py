"""Characters that cannot be seen, and names that look like others: what a reader of the text cannot find.

Source of the rule: Unicode Technical Standard 39 (mixed scripts, confusable characters) and the attack known as
Trojan Source, where marks of direction show a text in another order than it is read in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from gewu_dsl.diagnostics import Diagnostic, Text, diagnose
from gewu_dsl.fixes import delete, replace
from gewu_dsl.parse.lexing import Token
from gewu_dsl.tree import Span
from gewu_dsl.words import SPELLINGS

_DIRECTIONS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_CONTROLS = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
_HIDDEN = re.compile(rf"[{_DIRECTIONS}{_CONTROLS}]|(?<=\w)[\u00ad\u200b-\u200d\u2060\ufeff](?=\w)")
_DIRECTION = re.compile(f"[{_DIRECTIONS}]")
_CONTROL = re.compile(f"[{_CONTROLS}]")

# Letters of other alphabets that look like Latin ones, and what they look like.
_LATIN = dict(
    zip(
        "аАеЕоОрРсСуУхХіІјЈѕЅԁһԛԝВКМНТαΑΒΕΖΗΙΚΜΝοΟρΡΤΥΧνι",
        "aAeEoOpPcCyYxXiIjJsSdhqwBKMHTaABEZHIKMNoOpPTYXvi",
        strict=True,
    )
)
_FOREIGN = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")
_LETTER = re.compile(r"[A-Za-z]")
# One character under two codes: ideographs for old systems, radicals, ligatures, mathematical letters.
_DOUBLE = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\ufb00-\ufb06\U0001d400-\U0001d7ff\U0002f800-\U0002fa1f]")


def find_hidden(text: str, file: str, begin: int, end: int, line: int) -> Iterator[Diagnostic]:
    """Marks of direction and control characters anywhere, and invisible characters inside a word, in the lines of `text`
    from `begin` to `end`, the first of which has the number `line`."""
    for match in _HIDDEN.finditer(text, begin, end):
        start = match.start()
        row = line + text.count("\n", begin, start)
        column = start - text.rfind("\n", 0, start)
        span = Span(row, column, row, column + 1, start, start + 1)
        shown = f"U+{ord(match.group()):04X} {unicodedata.name(match.group(), '')}".rstrip()
        message = _message_for(match.group())
        yield diagnose(
            "G111",
            file,
            span,
            Text(*(each.format(shown) for each in message)),
            _DELETE,
            fixes=(delete(span),),
        )


def _message_for(character: str) -> Text:
    if _DIRECTION.match(character):
        return _BACKWARDS
    return _DEVICE if _CONTROL.match(character) else _INSIDE


def find_suspects(tokens: list[Token]) -> list[Token]:
    """Names with letters of another alphabet than most, or a character's second code."""
    names = [token for token in tokens if token.kind == "NAME" and not token.text.isascii()]
    return [token for token in names if _FOREIGN.search(token.text) or _DOUBLE.search(token.text)]


def find_lookalikes(suspects: list[Token], tokens: list[Token], file: str) -> Iterator[Diagnostic]:
    """Names that mix alphabets, are written with a character's second code, or look like another name."""
    if not suspects:
        return
    known = {token.text for token in tokens if token.kind == "NAME"} | SPELLINGS.keys()
    for token in suspects:
        plain = _look(token.text)
        mixed = _FOREIGN.search(token.text) and _LETTER.search(token.text)
        if plain != token.text and (mixed or _DOUBLE.search(token.text) or plain in known):
            odd = next(each for each in token.text if _look(each) != each)
            zh = f"“{token.text}”里的“{odd}”是 U+{ord(odd):04X}，看起来像“{_look(odd)}”，却是另一个字：两个名字看不出分别。"
            en = f"`{odd}` in `{token.text}` is U+{ord(odd):04X}: it looks like `{_look(odd)}` and is another character."
            help = Text(f"换输入法重打：{plain}", f"type it anew: {plain}")
            yield diagnose("G112", file, token.span, Text(zh, en), help, fixes=(replace(token.span, plain),))


def _look(text: str) -> str:
    """A name as it looks: each character as the common one of the same shape."""
    plain = "".join(_LATIN.get(each, each) for each in text)
    return _DOUBLE.sub(lambda match: unicodedata.normalize("NFKC", match.group()), plain)


_BACKWARDS = Text(
    "这里有一个看不见的方向符号（{}），它让屏幕上的顺序和程序读到的不一样。",
    "An invisible mark of direction stands here ({}): what is shown is not the order in which it is read.",
)
_DEVICE = Text(
    "这里有一个看不见的控制字符（{}），它不是文字，打印和传送时会坏事。",
    "An invisible control character stands here ({}): it is no text, and spoils what is printed or sent.",
)
_INSIDE = Text(
    "这个词中间有一个看不见的字符（{}），程序读到的是两个词。",
    "An invisible character ({}) stands inside this word, which is read as two.",
)
_DELETE = Text(
    "删掉它：把前后两个字一起删掉重打。", "delete it: remove the characters around it and type them anew."
)
