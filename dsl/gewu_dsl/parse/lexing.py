"""Text to tokens: what the words mean is decided later, where the parser knows what may stand.

Full-width punctuation, letters and digits are read as half-width everywhere but in strings and comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from gewu_dsl.tree import Comment, Span


class Token(NamedTuple):
    """`kind` is a terminal of the grammar, `text` what it says (a string without its quotes).

    `first` when it begins its line. Kinds `UNCLOSED`, `MISQUOTED` and `UNKNOWN` are mistakes; `NAME` may turn out a
    keyword.
    """

    kind: str
    text: str
    start: int
    end: int
    line: int
    column: int
    first: bool

    @property
    def span(self) -> Span:
        length = self.end - self.start
        return Span(self.line, self.column, self.line, self.column + length, self.start, self.end)


_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_HALF_WIDTH |= {0x3000: 0x20, ord("、"): ord(","), ord("×"): ord("*"), ord("÷"): ord("/"), ord("−"): ord("-")}
_HALF_WIDTH[0xFF02] = 0xFF02  # a full-width quote closes only its like

_TOKEN = re.compile(
    r"""
      (?P<BLANK>[\s;\ufeff\u200b\u2060]+)
    | (?P<COMMENT>\#[^\n]*)
    | (?P<STRING>"[^"\n]*(?:""[^"\n]*)*"? | “[^”\n]*(?:””[^”\n]*)*”? | ＂[^＂\n]*(?:＂＂[^＂\n]*)*＂? | ”[^\n]*)
    | (?P<MISQUOTED>‘[^’\n]*’ | '[^'\n]*' | 「[^」\n]*」 | 『[^』\n]*』)
    | (?P<DATE_VALUE>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?![0-9A-Za-z_]))
    | (?P<TIME_VALUE>[0-9]{1,2}:[0-9]{2}(?![0-9A-Za-z_]))
    | (?P<FLOAT>[0-9]+\.[0-9]+)
    | (?P<INT>[0-9]+)
    | (?P<NAME>[^\W\d]\w*(?:\.\w+)* | [℃℉‰Ω㎀-㏿]+[²³]?)
    | (?P<SYMBOL>==|!=|<>|<=|>=|=<|=>|&&|\|\||[=<>≤≥≠()+*/,%\-&|〈〉《》≦≧【】\[\]])
    | (?P<UNKNOWN>[^\s\w"“”＂‘'「『\#;()+*/,%\-=<>≤≥≠&|〈〉《》≦≧【】\[\]]+ | .)
    """,
    re.VERBOSE | re.DOTALL,
)

SYMBOLS = {
    "=": "_EQ", "!=": "EQ_ORDER", "≠": "EQ_ORDER", "<": "EQ_ORDER", "<=": "EQ_ORDER", "≤": "EQ_ORDER",
    ">": "EQ_ORDER", ">=": "EQ_ORDER", "≥": "EQ_ORDER", "(": "_LPAR", ")": "_RPAR", ",": "_COMMA",
    "+": "PLUS", "-": "MINUS", "*": "STAR", "/": "SLASH", "%": "PERCENT",
}  # fmt: skip
SAME_SYMBOLS = {"≠": "!=", "≤": "<=", "≥": ">="}
# What people of other languages type, and what it means here.
FOREIGN_SYMBOLS = {
    "==": "=", "<>": "!=", "=<": "<=", "=>": ">=", "&&": "and", "||": "or", "&": "and", "|": "or", "〈": "<", "《": "<",
    "〉": ">", "》": ">", "≦": "<=", "≧": ">=", "【": "(", "[": "(", "】": ")", "]": ")",
}  # fmt: skip
OTHER_TERMINALS = (
    "NAME", "STRING", "INT", "FLOAT", "DATE_VALUE", "TIME_VALUE", *dict.fromkeys(SYMBOLS.values()),
)  # fmt: skip


def scan(text: str, comments: list[Comment]) -> Iterator[Token]:
    """The tokens of `text` without blanks; comments are put in `comments`. Never fails."""
    plain = text.translate(_HALF_WIDTH)
    line, line_start, first = 1, 0, True
    for match in _TOKEN.finditer(plain):
        kind, start, end = match.lastgroup or "", match.start(), match.end()
        if kind == "BLANK":
            newlines = plain.count("\n", start, end)
            if newlines:
                line += newlines
                line_start, first = plain.rindex("\n", start, end) + 1, True
            continue
        column = start - line_start + 1
        if kind == "COMMENT":
            words = text[start + 1 : end].strip()
            comments.append(
                Comment(words, first, span=Span(line, column, line, column + end - start, start, end))
            )
            continue
        if kind == "STRING":
            token = _read_string(text[start:end], start, line, column, first)
        elif kind == "MISQUOTED":
            token = Token(kind, text[start + 1 : end - 1], start, end, line, column, first)
        else:
            word = match.group()
            token = Token(
                SYMBOLS.get(word, kind), SAME_SYMBOLS.get(word, word), start, end, line, column, first
            )
        first = False
        yield token


_CLOSING = {'"': '"', "“": "”", "＂": "＂"}
_ANY_QUOTE = re.compile('["“”＂]')


def _read_string(written: str, start: int, line: int, column: int, first: bool) -> Token:
    """A string; one that is not closed is taken to end at another kind of quote, or with its line."""
    quote = _CLOSING.get(written[0])
    body = written[1:-1]
    if quote and len(written) > 1 and written[-1] == quote and body.count(quote) % 2 == 0:
        return Token(
            "STRING", body.replace(quote * 2, quote), start, start + len(written), line, column, first
        )
    other = _ANY_QUOTE.search(written, 1)
    words = written[: other.end()] if other else written.rstrip()
    text = words[1:-1] if other else words[1:]
    return Token("UNCLOSED", text, start, start + len(words), line, column, first)
