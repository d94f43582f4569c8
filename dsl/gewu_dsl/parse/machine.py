"""Tokens through the tables: which keyword a word is, and how to go on behind a mistake.

A word is a keyword where the grammar allows that keyword, else a name. After a mistake the statement is given up
(or kept, where it was already whole) and the machine goes on at the next statement; what else is wrong on the
same line is not reported, for it is most likely the same mistake.
"""

from __future__ import annotations

from gewu_dsl.diagnostics import Fix, Text
from gewu_dsl.parse import errors, guesses, repairs
from gewu_dsl.parse.builder import TreeBuilder
from gewu_dsl.parse.lexing import FOREIGN_SYMBOLS, SYMBOLS, Token, scan, span_between
from gewu_dsl.parse.lookahead import Lookahead
from gewu_dsl.parse.loop import DEEPEST_PARENTHESES, MOST_OPERATORS, OPERATORS, run_on
from gewu_dsl.parse.slips import find_slip
from gewu_dsl.parse.tables import END, Rule, Tables
from gewu_dsl.tree import Span
from gewu_dsl.words import SPELLINGS, Language, Spelling, read_numeral

MOST_DIAGNOSTICS = 200
_NAMING = frozenset(("_DEPARTMENT", "_PLACE", "_ITEM", "_OFFICE", "_ASK", "_CHECK", "_LET", "_FINDING"))


class Lost:
    """A statement given up: its keyword and, where it declares something, the name."""

    def __init__(self, keyword: str, name: str | None, span: Span) -> None:
        self.keyword = keyword
        self.name = name
        self.span = span


class Machine:
    """Runs once over the tokens of one text; statements and diagnostics go to `builder`."""

    def __init__(
        self, tables: Tables, text: str, tokens: list[Token], builder: TreeBuilder, language: Language
    ) -> None:
        self.tables = tables
        self.text = text
        self.tokens = tokens
        self.builder = builder
        self.language = language
        self.ahead = Lookahead(tables, tokens, language)
        self.lost: list[Lost] = []
        self.torn: set[int] = set()
        self.at = 0
        self.quiet_line = 0
        self._reset()

    def _reset(self) -> None:
        self.states = [self.tables.start]
        self.values: list[object] = []
        self.firsts: list[Token] = []
        self.last: Token | None = None
        self.begin_statement(self.at, "")

    def begin_statement(self, at: int, keyword: str) -> None:
        self.begin, self.keyword = at, keyword
        self.depth = self.operators = 0

    def run(self) -> None:
        """Parse to the end, whatever the text."""
        tokens = self.tokens
        while True:
            run_on(self)
            if self.at >= len(tokens):
                break
            token = tokens[self.at]
            kind, size = self._classify(token)
            if kind != token.kind:
                token = self.retype(token, kind, tokens[self.at + size - 1])
            if self._feed(kind, token):
                self.last = token
                self.count(kind)
                self.at += size
                if self._is_too_deep():
                    self._report("G106", token.span, *errors.too_deep())
                    self._recover(token)
            else:
                self._refuse(token, kind)
        end = self._end_token()
        if not self._feed(END, end):
            self._refuse(end, END)

    # One token

    def _classify(self, token: Token) -> tuple[str, int]:
        """The terminal that a token is here, and of how many tokens."""
        kind = token.kind
        if kind == "NAME":
            spellings = SPELLINGS.get(token.text)
            return self._choose(token, spellings) if spellings else ("NAME", 1)
        if kind == "UNCLOSED":
            self._report(
                "G104", token.span, *errors.unclosed(token.text), fixes=repairs.close(token, self.language)
            )
            return "STRING", 1
        if kind == "MISQUOTED":
            self._report(
                "G104", token.span, *errors.misquoted(token.text), fixes=repairs.quote(token, self.language)
            )
            return "STRING", 1
        if kind == "SYMBOL":
            meant = FOREIGN_SYMBOLS[token.text]
            kind = SYMBOLS.get(meant) or f"_{meant.upper()}"
            if not self.ahead.can_take(kind, self.states):
                return "UNKNOWN", 1
            fixes = repairs.own_symbol(token, meant, self.language)
            self._report(
                "G105", token.span, *errors.foreign_symbol(token.text, meant, self.language), fixes=fixes
            )
            return kind, 1
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
            return next(
                (option for option in options if self.ahead.can_take(option[0], self.states)), options[0]
            )
        return options[0] if options else ("NAME", 1)

    def _follow(self, parts: tuple[str, ...]) -> bool:
        here = self.tokens[self.at : self.at + len(parts)]
        return len(here) == len(parts) and all(t.text == part for t, part in zip(here, parts, strict=True))

    def retype(self, token: Token, kind: str, last: Token) -> Token:
        """The token as the terminal it is, which may reach to the `last` of several."""
        _, text, start, _, line, column, first = token
        if last is token and kind not in ("UNKNOWN", "STRING"):
            text = FOREIGN_SYMBOLS.get(text, text)
        return Token(kind, text, start, last.end, line, column, first)

    def _feed(self, kind: str, token: Token) -> bool:
        """Take a token; False, and nothing has happened, where it cannot stand."""
        shifts, reductions = self.tables.shifts, self.tables.reductions
        if kind not in shifts[self.states[-1]] and not self.ahead.can_take(kind, self.states):
            return False
        while True:
            state = self.states[-1]
            target = shifts[state].get(kind)
            if target is not None:
                if not self.values or (len(self.values) == 1 and type(self.values[0]) is not Token):
                    self.begin_statement(self.at, kind)
                self.states.append(target)
                self.values.append(token)
                self.firsts.append(token)
                return True
            self._reduce(reductions[state][kind], token)

    def _reduce(self, rule: Rule, ahead: Token) -> None:
        size = rule.size
        parts = rule.gather(self.values)
        first = self.firsts[-size] if size else ahead
        if size:
            del self.values[-size:], self.firsts[-size:], self.states[-size:]
        if rule.alone and len(parts) == 1:
            value = parts[0]
        elif rule.method is None:
            value = parts
        else:
            value = rule.method(self.builder, span_between(first, self.last or first), parts)
        self.states.append(self.tables.shifts[self.states[-1]][rule.origin])
        self.values.append(value)
        self.firsts.append(first)

    def count(self, kind: str) -> None:
        if kind == "_LPAR":
            self.depth += 1
        elif kind == "_RPAR":
            self.depth -= 1
        elif kind in OPERATORS:
            self.operators += 1

    def _is_too_deep(self) -> bool:
        return self.depth > DEEPEST_PARENTHESES or self.operators > MOST_OPERATORS

    # Mistakes

    def _report(
        self, code: str, span: Span, message: Text, help: Text, *, fixes: tuple[Fix, ...] = ()
    ) -> None:
        if span.line > self.quiet_line and not self._is_full():
            self.builder.report(code, span, message, help, fixes)

    def _is_full(self) -> bool:
        return len(self.builder.diagnostics) >= MOST_DIAGNOSTICS

    def _refuse(self, token: Token, kind: str) -> None:
        """Report a token that cannot stand here; put it right where that is safe, else give up the statement."""
        if kind != "STRING" and self._quote(token):
            return
        if kind == "UNKNOWN":
            if not self._join(token):
                self._report(
                    "G105", token.span, *errors.unknown_symbol(token.text), fixes=repairs.blank(token)
                )
                self.at += 1
            return
        silent = token.line <= self.quiet_line or self._is_full()
        if silent:
            self._recover(token)
            return
        if (early := self._find_swallowed()) is not None:
            self._give_back(early)
            return
        expected = self.ahead.expected(self.states)
        if kind == "NAME" and self._put_right(token, expected):
            return
        previous = self.last
        named = self.ahead.advance("NAME", self.states)
        glued = previous and previous.kind == "NAME" and guesses.find_glued(previous.text, expected)
        if previous and glued:
            fixes = repairs.set_apart(previous, glued)
            self._report("G103", previous.span, *errors.glued_inside(previous.text, glued), fixes=fixes)
        elif previous and (kind == END or (token.first and self.ahead.starts_statement(self.at))):
            self._report("G110", previous.span, *errors.unfinished(expected, self.language))
        elif kind == "STRING" and named and self.ahead.can_take("STRING", named):
            self._report("G101", token.span, *errors.nameless(token.text))
        else:
            fixes = repairs.stand_in(token, expected, self.language)
            self._report("G101", token.span, *errors.unexpected(token, expected, self.language), fixes=fixes)
        self._recover(token, keep=not glued)

    def _quote(self, token: Token) -> bool:
        """Where only a string can stand: read the bare words up to the next keyword of the line as one."""
        if token.first or token.kind == END or token.line <= self.quiet_line:
            return False
        if self.ahead.expected(self.states) != ["STRING"]:
            return False
        behind = self.ahead.advance("STRING", self.states) or []
        end = self.at + 1
        while end < len(self.tokens) and not self.tokens[end].first and not self.ahead.goes_on(end, behind):
            end += 1
        run = self.tokens[self.at : end]
        if any(each.kind in ("STRING", "UNCLOSED", "MISQUOTED") for each in run):
            return False
        words = "".join(
            each.text if each.start == before.end else f" {each.text}"
            for before, each in zip([run[0], *run], run, strict=False)
        ).strip()
        string = run[0]._replace(kind="STRING", text=words, end=run[-1].end)
        self._report("G101", string.span, *errors.unquoted(words), fixes=repairs.quote(string, self.language))
        self.tokens[self.at : end] = [string]
        return True

    def _join(self, token: Token) -> bool:
        """Read `消防。出口` as `消防.出口`: the full stop of a Chinese keyboard between two halves of a name."""
        last, index = self.last, self.at + 1
        if token.text not in ("。", "．", "·") or last is None or index >= len(self.tokens):
            return False
        rest = self.tokens[index]
        is_name = rest.kind == last.kind == "NAME" and last.end == token.start and rest.start == token.end
        if (
            not is_name
            or not self.values
            or self.values[-1] is not last
            or self.ahead.starts_statement(index)
        ):
            return False
        whole = last._replace(text=f"{last.text}.{rest.text}", end=rest.end)
        self._report("G105", token.span, *errors.wrong_dot(token.text, whole.text), fixes=repairs.dot(token))
        self.values[-1] = self.last = whole
        del self.tokens[self.at : index + 1]
        return True

    def _fits_next(self, spelling: str) -> bool:
        """Whether the token behind the one at hand can follow that keyword."""
        if self.at + 1 >= len(self.tokens):
            return False
        parts = tuple(spelling.split(" "))
        for each in SPELLINGS.get(parts[0], ()):
            after = self.ahead.advance(each.id, self.states) if each.parts == parts else None
            if after and self.ahead.can_follow(self.tokens[self.at + 1], after):
                return True
        return False

    def _find_swallowed(self) -> int | None:
        """The word that begins the line at hand, where it was read as part of the statement before it but begins
        a statement of its own."""
        index = min(self.at, len(self.tokens) - 1)
        while index > self.begin and not self.tokens[index].first:
            index -= 1
        if self.begin < index < self.at and self.ahead.starts_statement(index, self.keyword == "_EXAMPLE"):
            return index if self.ahead.reads_on(index) else None
        return None

    def _give_back(self, index: int) -> None:
        """Go back to a word that begins a statement; the one before it lacks its end."""
        states, self.states = self.states, self._states_before(index)
        expected = self.ahead.expected(self.states)
        self.states = states
        self._report("G110", self.tokens[index - 1].span, *errors.unfinished(expected, self.language))
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
        if (slip := find_slip(self.tokens, self.at, expected, self.language)) is not None:
            self._report("G101", slip.span, *slip.said, fixes=slip.fixes)
            self.tokens[self.at : self.at + slip.size] = slip.tokens
            return True
        is_prose = guesses.find_prose(token.text, expected, self.language)
        if not is_prose and (split := guesses.split_glued(token.text, expected)):
            keyword, rest = split
            self._report(
                "G103", token.span, *errors.glued(keyword, rest), fixes=repairs.split(token, len(keyword))
            )
            self._split(token, len(keyword))
            return True
        if "INT" in expected and (numeral := read_numeral(token.text)):
            digits, length = numeral
            fixes = repairs.digits(token, length, digits)
            self._report("G101", token.span, *errors.numeral(token.text[:length], digits), fixes=fixes)
            self._split(token, length)
            self.tokens[self.at] = self.tokens[self.at]._replace(kind="INT", text=digits)
            return True
        if meant := guesses.find_meant(token.text, expected, self.language, self._fits_next):
            fixes = repairs.meant(token, meant, expected, self._fits_next)
            self._report("G101", token.span, *errors.misspelt(token.text, meant), fixes=fixes)
            self.tokens[self.at : self.at + 1] = [
                token._replace(text=part, kind=SYMBOLS.get(part, "NAME")) for part in meant.split(" ")
            ]
            return True
        after_comma = None if token.first else self.ahead.advance("_COMMA", self.states)
        if after_comma and self.ahead.can_take("NAME", after_comma):
            fixes = repairs.comma(token, self.last, self.language)
            self._report("G101", token.span, *errors.missing_comma(token.text), fixes=fixes)
            self.tokens.insert(self.at, token._replace(kind="_COMMA", text=",", end=token.start))
            return True
        return False

    def _split(self, token: Token, length: int) -> None:
        """Cut the token at hand behind `length` characters; the rest of its line is scanned again, for it may read
        otherwise now (`2工作日`, `自2026-01-01`)."""
        head = token._replace(text=token.text[:length], end=token.start + length)
        line_end = self.text.find("\n", head.end)
        line_end = len(self.text) if line_end < 0 else line_end
        stop = self.at + 1
        while stop < len(self.tokens) and self.tokens[stop].start < line_end:
            stop += 1
        rest = [
            each._replace(
                start=head.end + each.start,
                end=head.end + each.end,
                line=token.line,
                column=token.column + length + each.column - 1,
                first=False,
            )
            for each in scan(self.text[head.end : line_end], [])
        ]
        self.tokens[self.at : stop] = [head, *rest]

    def _recover(self, token: Token, keep: bool = True) -> None:
        """Keep the statement if it is whole, else note what is lost; go on at the next statement."""
        failed = self.at
        self.torn.add(self.last.line if self.last and token.first else token.line)
        if keep and self.values and self.ahead.can_take(END, self.states):
            self._feed(END, token)
        elif self.keyword and self.begin < len(self.tokens):
            self.lost.append(self._lose())
        self.quiet_line = max(self.quiet_line, token.line if token.kind != END else self.quiet_line)
        self.at = self.ahead.find_statement(failed, self.begin, self.keyword, not self._is_full())
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

    def _end_token(self) -> Token:
        if not self.tokens:
            return Token(END, "", 0, 0, 1, 1, True)
        last = self.tokens[-1]
        return Token(END, "", last.end, last.end, last.line, last.column + last.end - last.start, True)
