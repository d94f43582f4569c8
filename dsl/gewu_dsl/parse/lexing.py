"""Text to tokens: what the words mean is decided later, where the parser knows what may stand.

Full-width punctuation, letters and digits are read as half-width everywhere but in strings and comments.
"""

from __future__ import annotations

import re
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
        return span_between(self, self)


# Tokens and spans are made by the hundred for every item; a named tuple's own constructor takes twice as long.
_make = tuple.__new__


def span_between(first: Token, last: Token) -> Span:
    """From the beginning of one token to the end of another."""
    _, _, start, end, line, column, _ = last
    return _make(Span, (first[4], first[5], line, column + end - start, first[2], end))


_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_HALF_WIDTH |= {0x3000: 0x20, ord("、"): ord(","), ord("×"): ord("*"), ord("÷"): ord("/"), ord("−"): ord("-")}
_HALF_WIDTH[0xFF02] = 0xFF02  # a full-width quote closes only its like

_FULL_WIDTH = re.compile(f"[{''.join(map(chr, _HALF_WIDTH))}]")

# Blanks belong to what is behind them, be it the end; the commonest kinds stand first.
_TOKEN = re.compile(
    r"""
    (?:[^\S\n]|[;\ufeff\u200b\u2060])*+
    (?:
      (?P<NAME>[^\W\d]\w*+(?:\.\w+)*+ | [℃℉‰Ω㎀-㏿]+[²³]?)
    | (?P<NEWLINE>\n[\s;\ufeff\u200b\u2060]*+)
    | (?P<STRING>"[^"\n]*(?:""[^"\n]*)*"? | “[^”\n]*(?:””[^”\n]*)*”? | ＂[^＂\n]*(?:＂＂[^＂\n]*)*＂? | ”[^\n]*)
    | (?P<SYMBOL>==|!=|<>|<=|>=|=<|=>|&&|\|\||[=<>≤≥≠()+*/,%\-&|:〈〉《》≦≧【】\[\]])
    | (?P<DATE_VALUE>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?![0-9A-Za-z_]))
    | (?P<TIME_VALUE>[0-9]{1,2}:[0-9]{2}(?![0-9A-Za-z_]))
    | (?P<FLOAT>[0-9]+\.[0-9]+)
    | (?P<INT>[0-9]+)
    | (?P<COMMENT>\#[^\n]*)
    | (?P<MISQUOTED>‘[^’\n]*’ | '[^'\n]*' | 「[^」\n]*」 | 『[^』\n]*』)
    | (?P<UNKNOWN>[^\s\w"“”＂‘'「『\#;()+*/,%\-=<>≤≥≠&|:〈〉《》≦≧【】\[\]]+ | .)
    | (?P<END>\Z)
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_KINDS = ("", *_TOKEN.groupindex)

SYMBOLS = {
    "=": "_EQ", "!=": "EQ_ORDER", "≠": "EQ_ORDER", "<": "EQ_ORDER", "<=": "EQ_ORDER", "≤": "EQ_ORDER",
    ">": "EQ_ORDER", ">=": "EQ_ORDER", "≥": "EQ_ORDER", "(": "_LPAR", ")": "_RPAR", ",": "_COMMA",
    "+": "PLUS", "-": "MINUS", "*": "STAR", "/": "SLASH", "%": "PERCENT",
}  # fmt: skip
SAME_SYMBOLS = {"≠": "!=", "≤": "<=", "≥": ">="}
# What people of other languages type, and what it means here.
FOREIGN_SYMBOLS = {
    "==": "=", "<>": "!=", "=<": "<=", "=>": ">=", ":": "=", "&&": "and", "||": "or", "&": "and", "|": "or", "〈": "<", "《": "<",
    "〉": ">", "》": ">", "≦": "<=", "≧": ">=", "【": "(", "[": "(", "】": ")", "]": ")",
}  # fmt: skip
OTHER_TERMINALS = (
    "NAME", "STRING", "INT", "FLOAT", "DATE_VALUE", "TIME_VALUE", *dict.fromkeys(SYMBOLS.values()),
)  # fmt: skip


def scan(
    text: str, comments: list[Comment], begin: int = 0, end: int | None = None, line: int = 1
) -> list[Token]:
    """The tokens of `text` without blanks; comments are put in `comments`. Never fails.

    With `begin` and `end` only what stands there, whole lines of which the first has the number `line`.
    """
    written = text[begin:end]
    plain = _FULL_WIDTH.sub(_narrow, written)
    tokens: list[Token] = []
    line_start, first = 0, True
    for match in _TOKEN.finditer(plain):
        index = match.lastindex or 0
        kind, (at, behind) = _KINDS[index], match.span(index)
        if kind == "NEWLINE":
            line += plain.count("\n", at, behind)
            line_start, first = plain.rindex("\n", at, behind) + 1, True
            continue
        if kind == "END":
            break
        start, stop, column = begin + at, begin + behind, at - line_start + 1
        if kind == "STRING":
            token = _read_string(written[at:behind], start, line, column, first)
        elif kind == "COMMENT":
            span = Span(line, column, line, column + stop - start, start, stop)
            comments.append(Comment(written[at + 1 : behind].strip(), first, span=span))
            continue
        elif kind == "MISQUOTED":
            token = Token(kind, written[at + 1 : behind - 1], start, stop, line, column, first)
        else:
            word = plain[at:behind]
            if kind == "SYMBOL":
                kind, word = SYMBOLS.get(word, kind), SAME_SYMBOLS.get(word, word)
            token = _make(Token, (kind, word, start, stop, line, column, first))
        first = False
        tokens.append(token)
    return tokens


def _narrow(match: re.Match[str]) -> str:
    return chr(_HALF_WIDTH[ord(match.group())])


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
