"""Tokens through the tables: which keyword a word is, and how to go on behind a mistake.

A word is a keyword where the grammar allows that keyword, else a name. After a mistake the statement is given up
(or kept, where it was already whole) and the machine goes on at the next statement; what else is wrong on the
same line is not reported, for it is most likely the same mistake.
"""

from __future__ import annotations

from gewu_dsl.diagnostics import Text
from gewu_dsl.parse import errors
from gewu_dsl.parse.builder import TreeBuilder
from gewu_dsl.parse.lexing import FOREIGN_SYMBOLS, SYMBOLS, Token, scan
from gewu_dsl.parse.tables import END, Pending, Reduction, Tables
from gewu_dsl.tree import Span, Words
from gewu_dsl.words import SPELLINGS, STATEMENT_IDS, Spelling

MOST_DIAGNOSTICS = 200
DEEPEST_PARENTHESES = 32
MOST_OPERATORS = 100
_OPERATORS = frozenset(("PLUS", "MINUS", "STAR", "SLASH", "_NOT"))
_NAMING = frozenset(("_DEPARTMENT", "_PLACE", "_ITEM", "_OFFICE", "_ASK", "_CHECK", "_LET", "_FINDING"))
_IN_EXAMPLES = frozenset(
    ("_SEVERITY", "_ON_SITE", "_ROUTE", "ACCEPT", "FILE_STEP", "DISPATCH", "HANDLE", "VERIFY", "_STAGE")
)


class Lost:
    """A statement given up: its keyword and, where it declares something, the name."""

    def __init__(self, keyword: str, name: str | None, span: Span) -> None:
        self.keyword = keyword
        self.name = name
        self.span = span


class Machine:
    """Runs once over the tokens of one text; statements and diagnostics go to `builder`."""

    def __init__(self, tables: Tables, tokens: list[Token], builder: TreeBuilder, words: Words) -> None:
        self.tables = tables
        self.tokens = tokens
        self.builder = builder
        self.words = words
        self.lost: list[Lost] = []
        self.at = 0
        self.quiet_line = 0
        self._reset()

    def _reset(self) -> None:
        self.states = [self.tables.start]
        self.values: list[object] = []
        self.firsts: list[Token] = []
        self.begin = self.at
        self.keyword = ""
        self.last: Token | None = None
        self.depth = self.operators = 0

    def run(self) -> None:
        """Parse to the end, whatever the text."""
        tokens = self.tokens
        while self.at < len(tokens):
            token = tokens[self.at]
            kind, size = self._classify(token)
            if kind != token.kind:
                token = self._retype(token, kind, size)
            if self._feed(kind, token):
                self.last = token
                self._count(kind)
                self.at += size
                if self._is_too_deep():
                    self._report("G106", token.span, *errors.too_deep())
                    self._recover(token)
            else:
                self._refuse(token, kind)
        end = self._end_token()
        if not self._feed(END, end):
            self._refuse(end, END)

    # --- one token ---

    def _classify(self, token: Token) -> tuple[str, int]:
        """The terminal that a token is here, and of how many tokens."""
        kind = token.kind
        if kind == "NAME":
            spellings = SPELLINGS.get(token.text)
            return self._choose(token, spellings) if spellings else ("NAME", 1)
        if kind == "UNCLOSED":
            self._report("G104", token.span, *errors.unclosed(token.text))
            return "STRING", 1
        if kind == "SYMBOL":
            meant = FOREIGN_SYMBOLS[token.text]
            self._report("G105", token.span, *errors.foreign_symbol(token.text, meant))
            return SYMBOLS.get(meant) or f"_{meant.upper()}", 1
        return kind, 1

    def _choose(self, token: Token, spellings: tuple[Spelling, ...]) -> tuple[str, int]:
        state = self.states[-1]
        shifts, reductions = self.tables.shifts[state], self.tables.reductions[state]
        options: list[tuple[str, int]] = []
        for parts, kind in spellings:
            if (kind in shifts or kind in reductions) and (len(parts) == 1 or self._follow(parts)):
                options.append((kind, len(parts)))
        if "NAME" in shifts or "NAME" in reductions:
            options.append(("NAME", 1))
        if len(options) > 1:
            return next((option for option in options if self.can_take(option[0], self.states)), options[0])
        return options[0] if options else ("NAME", 1)

    def _follow(self, parts: tuple[str, ...]) -> bool:
        here = self.tokens[self.at : self.at + len(parts)]
        return len(here) == len(parts) and all(t.text == part for t, part in zip(here, parts, strict=True))

    def _retype(self, token: Token, kind: str, size: int) -> Token:
        if size == 1:
            return token._replace(kind=kind)
        end = self.tokens[self.at + size - 1].end
        return token._replace(kind=kind, end=end)

    def can_take(self, kind: str, states: list[int]) -> bool:
        """Whether the grammar allows `kind` after `states`."""
        return self._advance(kind, states) is not None

    def _advance(self, kind: str, states: list[int]) -> list[int] | None:
        """The states after `kind`, all rules that end before it ended; None where it cannot stand."""
        stack = states[:]
        shifts, reductions = self.tables.shifts, self.tables.reductions
        while kind not in shifts[stack[-1]]:
            reduction = reductions[stack[-1]].get(kind)
            if reduction is None:
                return None
            if reduction.size:
                del stack[-reduction.size :]
            stack.append(shifts[stack[-1]][reduction.origin])
        stack.append(shifts[stack[-1]][kind])
        return stack

    def _feed(self, kind: str, token: Token) -> bool:
        """Take a token; False, and nothing has happened, where it cannot stand."""
        shifts, reductions = self.tables.shifts, self.tables.reductions
        if kind not in shifts[self.states[-1]] and not self.can_take(kind, self.states):
            return False
        while True:
            state = self.states[-1]
            target = shifts[state].get(kind)
            if target is not None:
                if not self.values or (len(self.values) == 1 and type(self.values[0]) is not Token):
                    self.begin, self.keyword = self.at, kind
                    self.depth = self.operators = 0
                self.states.append(target)
                self.values.append(token)
                self.firsts.append(token)
                return True
            self._reduce(reductions[state][kind], token)

    def _reduce(self, reduction: Reduction, ahead: Token) -> None:
        size = reduction.size
        if size:
            parts = self.values[-size:]
            first = self.firsts[-size]
            del self.values[-size:], self.firsts[-size:], self.states[-size:]
        else:
            parts, first = [], ahead
        value = reduction.shape(parts)
        if type(value) is Pending:
            last = self.last or first
            column = last.column + last.end - last.start
            span = Span(first.line, first.column, last.line, column, first.start, last.end)
            value = value.method(self.builder, span, value.children)
        self.states.append(self.tables.shifts[self.states[-1]][reduction.origin])
        self.values.append(value)
        self.firsts.append(first)

    def _count(self, kind: str) -> None:
        if kind == "_LPAR":
            self.depth += 1
        elif kind == "_RPAR":
            self.depth -= 1
        elif kind in _OPERATORS:
            self.operators += 1

    def _is_too_deep(self) -> bool:
        return self.depth > DEEPEST_PARENTHESES or self.operators > MOST_OPERATORS

    # --- mistakes ---

    def _report(self, code: str, span: Span, message: Text, help: Text) -> None:
        if span.line > self.quiet_line and len(self.builder.diagnostics) < MOST_DIAGNOSTICS:
            self.builder.report(code, span, message, help)

    def _refuse(self, token: Token, kind: str) -> None:
        """Report a token that cannot stand here; put it right where that is safe, else give up the statement."""
        if kind == "UNKNOWN":
            self._report("G105", token.span, *errors.unknown_symbol(token.text))
            self.at += 1
            return
        silent = token.line <= self.quiet_line or len(self.builder.diagnostics) >= MOST_DIAGNOSTICS
        if silent:
            self._recover(token)
            return
        if early := self._find_swallowed():
            self._give_back(early)
            return
        expected = [each for each in errors.TERMINALS if self.can_take(each, self.states)]
        if kind == "NAME" and self._put_right(token, expected):
            return
        previous = self.last
        glued = previous and previous.kind == "NAME" and errors.find_glued(previous.text, expected)
        if previous and glued:
            self._report("G103", previous.span, *errors.glued_inside(previous.text, glued))
        elif previous and (kind == END or (token.first and self._starts_statement(self.at))):
            self._report("G110", previous.span, *errors.unfinished(expected, self.words))
        else:
            self._report("G101", token.span, *errors.unexpected(token, expected, self.words))
        self._recover(token)

    def _find_swallowed(self) -> int | None:
        """The word that begins the line at hand, where it was read as part of the statement before it but begins
        a statement of its own."""
        index = min(self.at, len(self.tokens) - 1)
        while index > self.begin and not self.tokens[index].first:
            index -= 1
        if self.begin < index < self.at and self._starts_statement(index, self.keyword == "_EXAMPLE"):
            return index if self._reads_on(index) else None
        return None

    def _reads_on(self, index: int) -> bool:
        """Whether the token behind a statement's first word can follow it."""
        if index + 1 >= len(self.tokens):
            return False
        following = self.tokens[index + 1]
        kinds = [following.kind, *(spelling.id for spelling in SPELLINGS.get(following.text, ()))]
        for parts, kind in SPELLINGS[self.tokens[index].text]:
            if kind in STATEMENT_IDS and len(parts) == 1:
                after = [self.tables.start, self.tables.shifts[self.tables.start][kind]]
                return any(self.can_take(each, after) for each in kinds)
        return False

    def _give_back(self, index: int) -> None:
        """Go back to a word that begins a statement; the one before it lacks its end."""
        states, self.states = self.states, self._states_before(index)
        expected = [each for each in errors.TERMINALS if self.can_take(each, self.states)]
        self.states = states
        self._report("G110", self.tokens[index - 1].span, *errors.unfinished(expected, self.words))
        self.lost.append(self._lose())
        self.at = index
        self._reset()

    def _states_before(self, index: int) -> list[int]:
        """The states before the token at `index` was taken, from the values that were read before it."""
        start = self.tokens[index].start
        kept = 1 + sum(1 for first in self.firsts if first.start < start)
        return self.states[:kept]

    def _put_right(self, token: Token, expected: list[str]) -> bool:
        """Split a keyword from the name glued to it; read a misspelt keyword as what was meant."""
        if split := errors.split_glued(token.text, expected):
            keyword, rest = split
            self._report("G103", token.span, *errors.glued(keyword, rest))
            self.tokens[self.at : self.at + 1] = _split(token, len(keyword))
            return True
        if meant := errors.find_meant(token.text, expected, self.words):
            self._report("G101", token.span, *errors.misspelt(token.text, meant))
            self.tokens[self.at : self.at + 1] = [
                token._replace(text=part, kind=SYMBOLS.get(part, "NAME")) for part in meant.split(" ")
            ]
            return True
        after_comma = None if token.first else self._advance("_COMMA", self.states)
        if after_comma and self.can_take("NAME", after_comma):
            self._report("G101", token.span, *errors.missing_comma(token.text))
            self.tokens.insert(self.at, token._replace(kind="_COMMA", text=",", end=token.start))
            return True
        return False

    def _recover(self, token: Token) -> None:
        """Keep the statement if it is whole, else note what is lost; go on at the next statement."""
        failed = self.at
        if self.values and self.can_take(END, self.states):
            self._feed(END, token)
        elif self.keyword and self.begin < len(self.tokens):
            self.lost.append(self._lose())
        self.quiet_line = max(self.quiet_line, token.line if token.kind != END else self.quiet_line)
        self.at = self._find_statement(failed)
        if self.at == failed and token.kind != END:
            self.quiet_line = token.line - 1
        self._reset()

    def _lose(self) -> Lost:
        first = self.tokens[self.begin]
        name = None
        if self.keyword in _NAMING and self.begin + 1 < len(self.tokens):
            following = self.tokens[self.begin + 1]
            name = following.text if following.kind == "NAME" else None
        return Lost(self.keyword, name, first.span)

    def _find_statement(self, failed: int) -> int:
        """The index to go on from: the failed token if it begins a statement on a line of its own, else the next
        word that begins a statement."""
        example = self.keyword == "_EXAMPLE"
        start = failed
        if failed <= self.begin or failed >= len(self.tokens) or not self.tokens[failed].first:
            start = failed + 1
        for index in range(start, len(self.tokens)):
            if self.tokens[index].kind == "NAME" and self._starts_statement(index, example):
                return index
        return len(self.tokens)

    def _starts_statement(self, index: int, after_example: bool = False) -> bool:
        if index >= len(self.tokens):
            return False
        for parts, kind in SPELLINGS.get(self.tokens[index].text, ()):
            if kind in STATEMENT_IDS and not (after_example and kind in _IN_EXAMPLES):
                here = self.tokens[index : index + len(parts)]
                if tuple(token.text for token in here) == parts:
                    return True
        return False

    def _end_token(self) -> Token:
        if not self.tokens:
            return Token(END, "", 0, 0, 1, 1, True)
        last = self.tokens[-1]
        return Token(END, "", last.end, last.end, last.line, last.column + last.end - last.start, True)


def _split(token: Token, length: int) -> list[Token]:
    """A token cut in two behind `length` characters; the rest is scanned again (`2工作日`)."""
    head = token._replace(text=token.text[:length], end=token.start + length)
    rest = [
        each._replace(
            start=head.end + each.start,
            end=head.end + each.end,
            line=token.line,
            column=token.column + length + each.column - 1,
            first=False,
        )
        for each in scan(token.text[length:], [])
    ]
    return [head, *rest]
