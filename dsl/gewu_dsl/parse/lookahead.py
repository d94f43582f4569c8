"""What may stand where: questions about the tokens ahead that leave the machine as it is."""

from __future__ import annotations

from gewu_dsl.parse import errors, guesses
from gewu_dsl.parse.lexing import SYMBOLS, Token
from gewu_dsl.parse.tables import Tables
from gewu_dsl.words import KEYWORDS, SPELLINGS, STATEMENT_IDS, Language

_IN_EXAMPLES = frozenset(
    ("_SEVERITY", "_ON_SITE", "_ROUTE", "ACCEPT", "FILE_STEP", "DISPATCH", "HANDLE", "VERIFY", "_STAGE")
)

_MOST_SURE = 10_000


def _without_one(word: str) -> set[str]:
    """The word, and what is left of it without any one of its characters."""
    return {word, *(word[:index] + word[index + 1 :] for index in range(len(word)))}


# Whatever is one slip away from a keyword shares one of these with it; a look here saves measuring every word.
_NEAR_STATEMENTS = frozenset(
    near
    for identifier in STATEMENT_IDS
    for spelling in KEYWORDS[identifier].en + KEYWORDS[identifier].zh
    for near in _without_one(spelling)
)


class Lookahead:
    """`tokens` is the list that the machine works on, and sees what it changes there."""

    def __init__(self, tables: Tables, tokens: list[Token], language: Language) -> None:
        self.tables = tables
        self.tokens = tokens
        self.language = language

    def expected(self, states: list[int]) -> list[str]:
        """Every terminal that the grammar allows after `states`."""
        row = self.tables.rows[states[-1]]
        return [each for each in errors.TERMINALS if each in row and self.can_take(each, states)]

    def can_take(self, kind: str, states: list[int]) -> bool:
        """Whether the grammar allows `kind` after `states`."""
        return self.advance(kind, states) is not None

    def is_sure(self, kind: str, states: list[int]) -> bool:
        """`can_take`, with what it found kept for the next text."""
        sure = self.tables.sure
        if len(sure) >= _MOST_SURE:
            sure.clear()
        if self.can_take(kind, states):
            sure.add((*states, kind))
            return True
        return False

    def advance(self, kind: str, states: list[int]) -> list[int] | None:
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

    def can_follow(self, token: Token, states: list[int]) -> bool:
        kinds = [token.kind, *(spelling.id for spelling in SPELLINGS.get(token.text, ()))]
        return any(self.can_take(each, states) for each in kinds)

    def goes_on(self, index: int, states: list[int]) -> bool:
        """Whether a word is a keyword that can stand in these states."""
        token = self.tokens[index]
        spellings = SPELLINGS.get(token.text, ()) if token.kind == "NAME" else ()
        return any(len(parts) == 1 and self.can_take(kind, states) for parts, kind in spellings)

    def starts_statement(self, index: int, after_example: bool = False) -> bool:
        if index >= len(self.tokens):
            return False
        for parts, kind in SPELLINGS.get(self.tokens[index].text, ()):
            if kind in STATEMENT_IDS and not (after_example and kind in _IN_EXAMPLES):
                here = self.tokens[index : index + len(parts)]
                if tuple(token.text for token in here) == parts:
                    return True
        return False

    def reads_on(self, index: int) -> bool:
        """Whether the token behind a statement's first word can follow it."""
        if index + 1 >= len(self.tokens):
            return False
        for parts, kind in SPELLINGS[self.tokens[index].text]:
            if kind in STATEMENT_IDS and len(parts) == 1:
                after = [self.tables.start, self.tables.shifts[self.tables.start][kind]]
                return self.can_follow(self.tokens[index + 1], after)
        return False

    def find_statement(self, failed: int, begin: int, keyword: str, guess: bool) -> int:
        """The index to go on from: the failed token if it begins a statement on a line of its own, else the next
        word that begins a statement, or with `guess` is nearly one that does."""
        example = keyword == "_EXAMPLE" or self._is_of_an_example(failed)
        start = failed
        if failed <= begin or failed >= len(self.tokens) or not self.tokens[failed].first:
            start = failed + 1
        for index in range(start, len(self.tokens)):
            if self.tokens[index].kind != "NAME":
                continue
            if self.starts_statement(index, example) or (guess and self._is_misspelt_statement(index)):
                return index
        return len(self.tokens)

    def _is_of_an_example(self, index: int) -> bool:
        spellings = SPELLINGS.get(self.tokens[index].text, ()) if index < len(self.tokens) else ()
        return any(spelling.id in ("_GIVEN", "_EXPECT") for spelling in spellings)

    def _is_misspelt_statement(self, index: int) -> bool:
        """Whether a line begins with what is nearly the keyword of a statement, followed by what such a statement
        goes on with."""
        token = self.tokens[index]
        if not token.first or token.text in SPELLINGS or index + 1 >= len(self.tokens):
            return False
        if _NEAR_STATEMENTS.isdisjoint(_without_one(token.text)):
            return False
        following = self.tokens[index + 1]

        def opens(spelling: str) -> bool:
            return self._opens_before(spelling, following)

        meant = guesses.find_meant(token.text, list(STATEMENT_IDS), self.language, opens)
        return meant is not None and meant not in SYMBOLS and opens(meant)

    def _opens_before(self, spelling: str, following: Token) -> bool:
        """Whether a statement that begins with `spelling` can go on with `following`."""
        after = self.tables.shifts[self.tables.start]
        return any(
            self.can_follow(following, [self.tables.start, after[each.id]])
            for each in SPELLINGS[spelling.split(" ", maxsplit=1)[0]]
            if each.id in STATEMENT_IDS
        )
