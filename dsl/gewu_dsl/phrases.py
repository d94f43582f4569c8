"""Nodes of the tree as words, in either language; `format` makes rows of them, `layout` lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from gewu_dsl import tree
from gewu_dsl.words import FACT_WORDS, HISTORY_WORDS, KEYWORDS, OFFICE_WORDS, PLACE_HEAD, Language

_OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _UNARY = range(1, 8)
_STRENGTH: dict[type, int] = {
    tree.Or: _OR, tree.And: _AND, tree.Not: _NOT, tree.Compare: _COMPARISON, tree.In: _COMPARISON,
    tree.Includes: _COMPARISON, tree.Between: _COMPARISON, tree.Is: _COMPARISON, tree.Negative: _UNARY,
}  # fmt: skip


class Piece(NamedTuple):
    """Words that stay on one line. `start` is where the source says it; a piece `opens` a part of the statement or goes
    on with the one before it."""

    text: str
    start: int
    opens: bool = True

    def prefix(self, words: str) -> Piece:
        return self._replace(text=words + self.text)

    def go_on(self) -> Piece:
        return self._replace(opens=False)

    def suffix(self, words: str) -> Piece:
        return self._replace(text=self.text + words)


class Phrases:
    """Spells nodes in `language`.

    `declared` are the names that the file declares: a choice called 重大 stays 重大 in an English file, while the
    level 重大 becomes `critical`.
    """

    def __init__(self, language: Language, declared: frozenset[str] = frozenset()) -> None:
        self.language = language
        self.declared = declared

    def spell(self, identifier: str) -> str:
        return KEYWORDS[identifier].spell(self.language)

    def quote(self, text: str) -> str:
        """A string in the quotes of the language, or the other's where that saves doubling one."""
        line = text.replace("\n", " ")
        chinese = (self.language == "zh" or '"' in line) and "”" not in line
        if chinese or (self.language == "zh" and '"' in line):
            return "“" + line.replace("”", "””") + "”"
        return '"' + line.replace('"', '""') + '"'

    def enumerate(self, parts: Iterable[str]) -> str:
        return ", ".join(parts)

    # Expressions

    def expression(self, node: Any, weakest: int = _OR) -> str:
        """An expression, in parentheses where it binds less than `weakest`."""
        text = self._bare(node)
        return f"({text})" if self._strength(node) < weakest else text

    def terms(self, node: Any, weakest: int = _OR) -> list[Piece]:
        """An expression in pieces: it may be broken before each `and` and `or`."""
        match node:
            case tree.Or(operands):
                pieces = self._chain(
                    operands, "_OR", _NOT
                )  # (a and b) or c: nobody has to know what binds more
            case tree.And(operands):
                pieces = self._chain(operands, "_AND", _NOT)
            case tree.Not(operand):
                first, *rest = self.terms(operand, _NOT)
                pieces = [first.prefix(f"{self.spell('_NOT')} "), *rest]
            case _:
                return [Piece(self.expression(node, weakest), node.span.start)]
        if self._strength(node) < weakest:
            pieces[0] = pieces[0].prefix("(")
            pieces[-1] = pieces[-1].suffix(")")
        return pieces

    def _chain(self, operands: Iterable[Any], word: str, weakest: int) -> list[Piece]:
        pieces: list[Piece] = []
        for operand in operands:
            first, *rest = self.terms(operand, weakest)
            pieces += [first.prefix(f"{self.spell(word)} ").go_on() if pieces else first, *rest]
        return pieces

    def _strength(self, node: Any) -> int:
        if isinstance(node, tree.Arithmetic):
            return _SUM if node.operator in "+-" else _PRODUCT
        if isinstance(node, tree.Number) and node.value < 0:
            return _UNARY
        return _STRENGTH.get(type(node), _UNARY + 1)

    def _bare(self, node: Any) -> str:
        match node:
            case tree.Or(operands):
                return f" {self.spell('_OR')} ".join(self.expression(each, _NOT) for each in operands)
            case tree.And(operands):
                return f" {self.spell('_AND')} ".join(self.expression(each, _NOT) for each in operands)
            case tree.Not(operand):
                return f"{self.spell('_NOT')} {self.expression(operand, _NOT)}"
            case tree.Arithmetic(operator, left, right):
                level = self._strength(node)
                return f"{self.expression(left, level)} {operator} {self.expression(right, level + 1)}"
            case tree.Negative(operand):
                return f"-{self.expression(operand, _UNARY + 1)}"
            case tree.Call(function, arguments):
                return f"{function}({self.enumerate(map(self.expression, arguments))})"
            case tree.History(kind, period):
                name = kind if self.language == "en" else HISTORY_WORDS[kind]
                return f"{name}({self.duration(period)})"
        return self._comparison(node) or self.atom(node)

    def _comparison(self, node: Any) -> str | None:
        match node:
            case tree.Compare(operator, left, right):
                return f"{self._beside(left, right)} {operator} {self._beside(right, left)}"
            case tree.In(value, options):
                inside = self.enumerate(self._beside(each, value) for each in options)
                return f"{self._side(value)} {self.spell('_IN')} ({inside})"
            case tree.Includes(value, option):
                return f"{self._side(value)} {self.spell('_INCLUDES')} {self._beside(option, value)}"
            case tree.Between(value, low, high):
                ends = f"{self._side(low)} {self.spell('_AND_TO')} {self._side(high)}"
                return f"{self._side(value)} {self.spell('_BETWEEN')} {ends}"
            case tree.Is(value, state):
                return f"{self._side(value)} {self.spell(f'IS_{state.upper()}')}"
        return None

    def _side(self, node: Any) -> str:
        return self.expression(node, _SUM)

    def _beside(self, node: Any, other: Any) -> str:
        """A word beside a register's attribute stays as written: its choices may stand in another file."""
        if isinstance(node, tree.Word) and isinstance(other, tree.PlaceAttribute) and node.written:
            return node.written
        return self._side(node)

    def atom(self, node: Any) -> str:
        match node:
            case tree.Number(value):
                return str(value) if isinstance(value, int) else format(value, "f")
            case tree.String(value):
                return self.quote(value)
            case tree.Date(value):
                return value.isoformat()
            case tree.Time(minutes):
                return _clock(minutes)
            case tree.Word(word, written):
                return written if written in self.declared else self.spell(word.upper())
            case tree.Fact(path):
                if path in FACT_WORDS:
                    return path if self.language == "en" else FACT_WORDS[path]
                return self.spell(f"_{path.upper()}")
            case tree.PlaceAttribute(name):
                return f"{PLACE_HEAD[self.language == 'zh']}.{name}"
        return str(node.name)

    # Durations, branches, offices

    def duration(self, node: tree.LimitValue) -> str:
        if isinstance(node, tree.Duration):
            keyword = KEYWORDS[node.unit.upper()]
            unit = keyword.en[node.amount == 1] if self.language == "en" else keyword.zh[0]
            return f"{node.amount} {unit}"
        head = f"{self.spell('_BY_TIME')} {_clock(node.minutes)}"
        if node.day != "after":
            return f"{head} {self.spell(node.day.upper())}"
        after = self.duration(tree.Duration(node.workdays or 0, "workdays"))
        return f"{head} {self.spell('_AFTER_WORKDAYS')} {after}"

    def branch(self, node: tree.Branch[Any]) -> list[Piece]:
        value = Piece(self._branch_value(node.value), node.span.start)
        if node.otherwise:
            return [value.suffix(f" {self.spell('_OTHERWISE')}")]
        return [value] if node.when is None else [value, *map(Piece.go_on, self.when(node.when))]

    def _branch_value(self, value: Any) -> str:
        match value:
            case tree.LevelWord(level):
                return self.spell(level.upper())
            case tree.Target(offices):
                return f" {self.spell('_ELSE')} ".join(map(self.office, offices))
            case tree.Rate(times, period):
                every = self.spell(period.upper())
                return (
                    f"{times} {every}" if self.language == "en" else f"{every} {times} {self.spell('_TIMES')}"
                )
        return self.duration(value)

    def when(self, condition: Any) -> list[Piece]:
        first, *rest = self.terms(condition)
        return [first.prefix(f"{self.spell('_WHEN')} "), *rest]

    def office(self, name: tree.Name) -> str:
        return OFFICE_WORDS.get(name.text, name.text) if self.language == "zh" else name.text

    def step(self, step: tree.Step) -> str:
        return self.spell("FILE_STEP" if step == "file" else step.upper())

    # Questions

    def type(self, node: tree.Type) -> list[Piece]:
        """The type in pieces: a list of choices may be broken between them."""
        word = Piece(self.spell(node.kind.upper()), node.span.start)
        if not node.choices:
            return [word]
        choices = [
            each.name.text if each.label is None else f"{each.name} {self.quote(each.label)}"
            for each in node.choices
        ]
        first, *rest = separate(
            [Piece(text, each.span.start) for text, each in zip(choices, node.choices, strict=True)]
        )
        pieces = [word.suffix(f" ({first.text}"), *rest]
        pieces[-1] = pieces[-1].suffix(")")
        return pieces

    def modifier(self, node: tree.Modifier) -> list[Piece]:
        if isinstance(node, tree.When):
            return self.when(node.condition)
        return [Piece(self._modifier(node), node.span.start)]

    def _modifier(self, node: tree.Modifier) -> str:
        match node:
            case tree.UnitOf(unit):
                plain = unit == "%" or (unit.isidentifier() and unit not in self.declared)
                return f"{self.spell('_UNIT')} {unit if plain else self.quote(unit)}"
            case tree.Range(low, high):
                return f"{self.spell('_FROM')} {self.atom(low)} {self.spell('_TO')} {self.atom(high)}"
            case tree.AtLeast(count):
                return f"{self.spell('_AT_LEAST')} {count}"
            case tree.AtMost(count):
                return f"{self.spell('_AT_MOST')} {count}"
            case tree.Matching(pattern):
                return f"{self.spell('_MATCHING')} {self.quote(pattern)}"
            case tree.Hint(text):
                return f"{self.spell('_HINT')} {self.quote(text)}"
            case tree.Shares(concept, within):
                return f"{self.spell('_SHARES')} {concept} {self.spell('_WITHIN')} {self.duration(within)}"
            case tree.Hazard(answer):
                return f"{self.spell('_HAZARD')} {self.spell(answer.upper())}"
        return self.spell(type(node).__name__.upper())

    # Evidence, escalation, examples

    def evidence(self, node: tree.Evidence) -> str:
        kind = self.spell(node.kind.upper())
        if node.kind != "signature":
            return kind if node.count == 1 else f"{kind} {self.spell('_AT_LEAST')} {node.count}"
        if node.count != 1:
            plural = KEYWORDS["SIGNATURE"].en[1] if self.language == "en" else kind
            kind = f"{node.count} {plural}"
        return (
            f"{kind} {self.spell('_BY_SIGNER')} {self.spell(f'SIGNER_{node.by.upper()}')}"
            if node.by
            else kind
        )

    def rung(self, node: tree.Rung) -> str:
        action = (
            self.spell("REMIND")
            if node.to is None
            else f"{self.spell('_TO_TIER')} {self.spell(node.to.upper())}"
        )
        if node.after is not None:
            return f"{self.spell('_AFTER_LIMIT')} {self.duration(node.after)} {action}"
        return f"{self.spell('_AT_PERCENT')} {node.percent}% {action}"

    def given(self, node: tree.Given) -> str:
        values = [self._beside(each, node.subject) for each in node.values]
        shown = values[0] if len(values) == 1 else f"({self.enumerate(values)})"
        return f"{self.expression(node.subject)} = {shown}"

    def expected(self, node: tree.ExpectedFinding) -> list[Piece]:
        values = [Piece(self._expected_value(each), each.span.start, opens=False) for each in node.values]
        return [Piece(node.name.text, node.span.start), *values]

    def _expected_value(self, node: tree.ExpectedValue) -> str:
        value = (
            self.office(node.value) if isinstance(node.value, tree.Name) else self._branch_value(node.value)
        )
        match node.aspect:
            case "with":
                return f"{self.spell('_WITH_OFFICES')} {value}"
            case "stage":
                return f"{self.spell('_STAGE')} {node.name} {value}"
            case "severity" | "route" | "under" | "on_site":
                return f"{self.spell(f'_{node.aspect.upper()}')} {value}"
        return f"{self.step(node.aspect)} {value}"

    def expect(self, node: tree.Expect) -> list[Piece]:
        """What an example expects, in pieces."""
        match node:
            case tree.ExpectNothing():
                return [Piece(self.spell("NOTHING"), node.span.start)]
            case tree.ExpectExcluded():
                return [Piece(self.spell("EXCLUDED"), node.span.start)]
            case tree.ExpectRefused(questions):
                first, *rest = separate(self.names(questions))
                words = f"{self.spell('_REFUSED')} {first.text}"
                return [Piece(words, node.span.start), *rest]
            case tree.ExpectFindings(findings):
                each = [self.expected(finding) for finding in findings]
                return [
                    piece.suffix(",") if piece is pieces[-1] and pieces is not each[-1] else piece
                    for pieces in each
                    for piece in pieces
                ]

    def names(self, names: Iterable[tree.Name]) -> list[Piece]:
        return [Piece(each.text, each.span.start) for each in names]


def separate(pieces: Sequence[Piece]) -> list[Piece]:
    """A comma behind each piece but the last."""
    return [piece.suffix(",") for piece in pieces[:-1]] + list(pieces[-1:])


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
