"""Expressions, durations and examples to nodes: the half of the builder that statements are made of."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from gewu_dsl import tree
from gewu_dsl.diagnostics import Diagnostic, Fix, Text, diagnose
from gewu_dsl.parse import errors, repairs
from gewu_dsl.parse.lexing import Token
from gewu_dsl.tree import Span
from gewu_dsl.words import read_fact, read_history, read_office, read_place_attribute

Parts = list[Any]
_LONGEST_NUMBER = 15


def name_of(token: Token) -> tree.Name:
    return tree.Name(token.text, span=token.span)


def names_of(tokens: list[Token]) -> tuple[tree.Name, ...]:
    return tuple(map(name_of, tokens))


def office_of(token: Token) -> tree.Name:
    return tree.Name(read_office(token.text), span=token.span)


def word_of(token: Token) -> Any:
    """A keyword's canonical word as the tree spells it."""
    return token.kind.lower()


class ExpressionBuilder:
    """Keeps what was wrong in `diagnostics`."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.diagnostics: list[Diagnostic] = []

    def report(self, code: str, span: Span, message: Text, help: Text, fixes: tuple[Fix, ...] = ()) -> None:
        self.diagnostics.append(diagnose(code, self.file, span, message, help, fixes=fixes))

    # Expressions

    def disjunction(self, span: Span, parts: Parts) -> tree.Or:
        return tree.Or(tuple(parts), span=span)

    def conjunction(self, span: Span, parts: Parts) -> tree.And:
        return tree.And(tuple(parts), span=span)

    def negated(self, span: Span, parts: Parts) -> tree.Not:
        return tree.Not(parts[0], span=span)

    def compare(self, span: Span, parts: Parts) -> tree.Compare:
        left, operator, right = parts
        return tree.Compare(operator.text, left, right, span=span)

    def equal(self, span: Span, parts: Parts) -> tree.Compare:
        return tree.Compare("=", parts[0], parts[1], span=span)

    def in_options(self, span: Span, parts: Parts) -> tree.In:
        return tree.In(parts[0], tuple(parts[1:]), span=span)

    def includes(self, span: Span, parts: Parts) -> tree.Includes:
        return tree.Includes(parts[0], parts[1], span=span)

    def between(self, span: Span, parts: Parts) -> tree.Between:
        return tree.Between(*parts, span=span)

    def is_state(self, span: Span, parts: Parts) -> tree.Is:
        return tree.Is(parts[0], word_of(parts[1]).removeprefix("is_"), span=span)

    def arithmetic(self, span: Span, parts: Parts) -> tree.Arithmetic:
        left, operator, right = parts
        return tree.Arithmetic(operator.text, left, right, span=span)

    def negative(self, span: Span, parts: Parts) -> tree.Number | tree.Negative:
        operand = parts[1]
        if isinstance(operand, tree.Number) and operand.value >= 0:
            return tree.Number(-operand.value, span=span)
        return tree.Negative(operand, span=span)

    def parenthesised(self, span: Span, parts: Parts) -> tree.Expression:
        return parts[0]  # type: ignore[no-any-return]

    def call(self, span: Span, parts: Parts) -> tree.Expression:
        function, *arguments = [part for part in parts if part is not None]
        kind = read_history(function.text)
        if kind and len(arguments) == 1 and isinstance(arguments[0], tree.Duration):
            return tree.History(kind, arguments[0], span=span)  # type: ignore[arg-type]
        if kind or any(isinstance(each, tree.Duration) for each in arguments):
            self.report("G101", span, errors.BROKEN_HISTORY, errors.BROKEN_HISTORY_HELP)
            if kind:
                return tree.History(kind, tree.Duration(1, "days"), span=span)  # type: ignore[arg-type]
            arguments = []
        return tree.Call(name_of(function), tuple(arguments), span=span)

    def number_value(self, span: Span, parts: Parts) -> tree.Number:
        token = parts[0]
        if token.kind == "FLOAT" and len(token.text) <= _LONGEST_NUMBER:
            return tree.Number(Decimal(token.text), span=span)
        return tree.Number(self._read_int(token), span=span)

    def string(self, span: Span, parts: Parts) -> tree.String:
        return tree.String(parts[0].text, span=span)

    def date(self, span: Span, parts: Parts) -> tree.Date:
        return tree.Date(self._read_date(parts[0]), span=span)

    def time(self, span: Span, parts: Parts) -> tree.Time:
        return tree.Time(self._read_time(parts[0]), span=span)

    def name(self, span: Span, parts: Parts) -> tree.Reference | tree.Fact | tree.PlaceAttribute:
        text = parts[0].text
        if fact := read_fact(text):
            return tree.Fact(fact, span=span)
        if attribute := read_place_attribute(text):
            return tree.PlaceAttribute(attribute, span=span)
        return tree.Reference(text, span=span)

    def word(self, span: Span, parts: Parts) -> tree.Word:
        return tree.Word(word_of(parts[0]), parts[0].text, span=span)

    def fact_severity(self, span: Span, parts: Parts) -> tree.Fact:
        return tree.Fact("severity", span=span)

    def fact_finding(self, span: Span, parts: Parts) -> tree.Fact:
        return tree.Fact("finding", span=span)

    # Durations

    def duration(self, span: Span, parts: Parts) -> tree.Duration:
        amount, unit = parts
        word = word_of(unit)
        if word.startswith("ambiguous"):
            word = self._choose_unit(unit)
        if amount.kind == "FLOAT":
            fixes = repairs.smaller_unit(amount, unit)
            self.report("G109", amount.span, errors.BROKEN_AMOUNT, errors.BROKEN_AMOUNT_HELP, fixes)
            return tree.Duration(max(1, round(float(amount.text))), word, span=span)
        return tree.Duration(self._read_amount(amount), word, span=span)

    def _choose_unit(self, token: Token) -> str:
        if token.kind == "AMBIGUOUS_HOURS":
            fixes = repairs.either_unit(token, "HOURS", "WORK_HOURS")
            self.report("G102", token.span, errors.hours_message(token.text), errors.HOURS_HELP, fixes)
            return "work_hours"
        fixes = repairs.either_unit(token, "WORKDAYS", "DAYS")
        self.report("G102", token.span, errors.days_message(token.text), errors.DAYS_HELP, fixes)
        return "workdays"

    def by(self, span: Span, parts: Parts) -> tree.By:
        minutes = self._read_time(parts[0])
        if parts[1].kind != "INT":
            return tree.By(minutes, word_of(parts[1]), span=span)
        return tree.By(minutes, "after", self._read_amount(parts[1]), span=span)

    # Examples

    def example(self, span: Span, parts: Parts) -> tree.Example:
        title, given, expect = parts
        return tree.Example(title.text, tuple(given or ()), expect, span=span)

    def givens(self, span: Span, parts: Parts) -> Parts:
        return parts

    def given(self, span: Span, parts: Parts) -> tree.Given:
        subject, value = parts
        values = tuple(value) if isinstance(value, list) else (value,)
        plain = tuple(map(self._as_literal, values))
        return tree.Given(subject, plain, span=span)

    def _as_literal(self, value: Any) -> tree.Literal_:
        if isinstance(value, (tree.Fact, tree.PlaceAttribute)):
            self.report("G101", value.span, errors.NOT_LITERAL, errors.NOT_LITERAL_HELP)
            return tree.Reference("", span=value.span)
        return value  # type: ignore[no-any-return]

    def history(self, span: Span, parts: Parts) -> tree.Expression:
        return self.call(span, parts)

    def literal_list(self, span: Span, parts: Parts) -> Parts:
        return parts

    def expect_nothing(self, span: Span, parts: Parts) -> tree.ExpectNothing:
        return tree.ExpectNothing(span=span)

    def expect_excluded(self, span: Span, parts: Parts) -> tree.ExpectExcluded:
        return tree.ExpectExcluded(span=span)

    def expect_refused(self, span: Span, parts: Parts) -> tree.ExpectRefused:
        return tree.ExpectRefused(names_of(parts[0]), span=span)

    def expect_findings(self, span: Span, parts: Parts) -> tree.ExpectFindings:
        return tree.ExpectFindings(tuple(parts), span=span)

    def expected_finding(self, span: Span, parts: Parts) -> tree.ExpectedFinding:
        return tree.ExpectedFinding(name_of(parts[0]), tuple(parts[1:]), span=span)

    def expected_severity(self, span: Span, parts: Parts) -> tree.ExpectedValue:
        return tree.ExpectedValue("severity", parts[0], span=span)

    def expected_route(self, span: Span, parts: Parts) -> tree.ExpectedValue:
        return tree.ExpectedValue("route", office_of(parts[0]), span=span)

    def expected_with(self, span: Span, parts: Parts) -> tree.ExpectedValue:
        return tree.ExpectedValue("with", office_of(parts[0]), span=span)

    def expected_under(self, span: Span, parts: Parts) -> tree.ExpectedValue:
        return tree.ExpectedValue("under", office_of(parts[0]), span=span)

    def expected_on_site(self, span: Span, parts: Parts) -> tree.ExpectedValue:
        return tree.ExpectedValue("on_site", parts[0], span=span)

    def expected_limit(self, span: Span, parts: Parts) -> tree.ExpectedValue:
        return tree.ExpectedValue(parts[0], parts[1], span=span)

    def expected_stage(self, span: Span, parts: Parts) -> tree.ExpectedValue:
        return tree.ExpectedValue("stage", parts[1], name_of(parts[0]), span=span)

    # Numbers, dates and times

    def _read_int(self, token: Token) -> int:
        if len(token.text) > _LONGEST_NUMBER:
            self.report("G109", token.span, errors.LONG_NUMBER, errors.LONG_NUMBER_HELP)
            return 0
        return int(token.text)

    def _read_amount(self, token: Token) -> int:
        """How many minutes, hours or days: what a deadline can be computed from."""
        least, most = errors.AMOUNT_RANGE
        if len(token.text) > _LONGEST_NUMBER or not least <= int(token.text) <= most:
            self.report("G109", token.span, errors.BAD_AMOUNT, errors.BAD_AMOUNT_HELP)
            return least
        return int(token.text)

    def _read_date(self, token: Token) -> dt.date:
        year, month, day = map(int, token.text.split("-"))
        try:
            return dt.date(year, month, day)
        except ValueError:
            self.report("G109", token.span, errors.no_such("日期", "date", token.text), errors.DATE_HELP)
            return dt.date(2000, 1, 1)

    def _read_time(self, token: Token) -> int:
        hour, minute = map(int, token.text.split(":"))
        if hour < 24 and minute < 60:
            return hour * 60 + minute
        self.report("G109", token.span, errors.no_such("时刻", "time", token.text), errors.TIME_HELP)
        return 0
