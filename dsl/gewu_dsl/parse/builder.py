"""Values of a rule to a node of the tree: one method a rule of the grammar, of the same name.

A method takes the span of what it was written with and the values of the rule's parts, tokens among them.
"""

from __future__ import annotations

from typing import Any

from gewu_dsl import tree
from gewu_dsl.fixes import delete, replace
from gewu_dsl.parse import errors
from gewu_dsl.parse.expressions import ExpressionBuilder, Parts, name_of, names_of, office_of, word_of
from gewu_dsl.tree import Span


class TreeBuilder(ExpressionBuilder):
    """Collects the statements of one text, flat, and what was wrong in them."""

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self.statements: list[tree.Node] = []

    def start(self, span: Span, parts: Parts) -> None:
        """Nothing: the statements have been collected."""

    def statement(self, span: Span, parts: Parts) -> None:
        self.statements.append(parts[0])

    # Declarations and plain statements

    def department(self, span: Span, parts: Parts) -> tree.Department:
        return tree.Department(name_of(parts[0]), parts[1].text, span=span)

    def office(self, span: Span, parts: Parts) -> tree.Office:
        return tree.Office(name_of(parts[0]), parts[1].text, parts[2], span=span)

    def calendar(self, span: Span, parts: Parts) -> tree.Calendar:
        return tree.Calendar(name_of(parts[0]), span=span)

    def place(self, span: Span, parts: Parts) -> tree.Place:
        return tree.Place(name_of(parts[0]), parts[1].text, span=span)

    def item(self, span: Span, parts: Parts) -> tree.Item:
        return tree.Item(name_of(parts[0]), parts[1].text, span=span)

    def number(self, span: Span, parts: Parts) -> tree.ItemNumber:
        return tree.ItemNumber(parts[0].text, span=span)

    def basis(self, span: Span, parts: Parts) -> tree.Basis:
        return tree.Basis(parts[0].text, span=span)

    def since(self, span: Span, parts: Parts) -> tree.Since:
        start, until = parts
        return tree.Since(self._read_date(start), until and self._read_date(until), span=span)

    def for_kinds(self, span: Span, parts: Parts) -> tree.For:
        return tree.For(names_of(parts[0]), parts[1], span=span)

    def section(self, span: Span, parts: Parts) -> tree.Section:
        return tree.Section(parts[0].text, span=span)

    def let(self, span: Span, parts: Parts) -> tree.Let:
        return tree.Let(name_of(parts[0]), parts[1], span=span)

    def must(self, span: Span, parts: Parts) -> tree.Must:
        return tree.Must(parts[0], parts[1].text, span=span)

    def exclude(self, span: Span, parts: Parts) -> tree.Exclude:
        return tree.Exclude(parts[0], parts[1].text, span=span)

    def finding(self, span: Span, parts: Parts) -> tree.Finding:
        return tree.Finding(name_of(parts[0]), parts[1].text, parts[2], span=span)

    def names(self, span: Span, parts: Parts) -> Parts:
        return parts

    # Questions

    def ask(self, span: Span, parts: Parts) -> tree.Ask:
        name, kind, question, *modifiers = parts
        return tree.Ask(name_of(name), kind, question.text, tuple(modifiers), span=span)

    def check(self, span: Span, parts: Parts) -> tree.Check:
        name, question, *modifiers = parts
        return tree.Check(name_of(name), question.text, tuple(modifiers), span=span)

    def simple_type(self, span: Span, parts: Parts) -> tree.Type:
        return tree.Type(word_of(parts[0]), span=span)

    def choice_type(self, span: Span, parts: Parts) -> tree.Type:
        return tree.Type(word_of(parts[0]), tuple(parts[1:]), span=span)

    def choice(self, span: Span, parts: Parts) -> tree.Choice:
        name, label = parts
        return tree.Choice(name_of(name), label and label.text, span=span)

    def unit_of(self, span: Span, parts: Parts) -> tree.UnitOf:
        return tree.UnitOf(parts[0].text, span=span)

    def range(self, span: Span, parts: Parts) -> tree.Range:
        return tree.Range(*parts, span=span)

    def at_least(self, span: Span, parts: Parts) -> tree.AtLeast:
        return tree.AtLeast(self._read_int(parts[0]), span=span)

    def at_most(self, span: Span, parts: Parts) -> tree.AtMost:
        return tree.AtMost(self._read_int(parts[0]), span=span)

    def matching(self, span: Span, parts: Parts) -> tree.Matching:
        return tree.Matching(parts[0].text, span=span)

    def optional(self, span: Span, parts: Parts) -> tree.Optional:
        return tree.Optional(span=span)

    def private(self, span: Span, parts: Parts) -> tree.Private:
        return tree.Private(span=span)

    def hint(self, span: Span, parts: Parts) -> tree.Hint:
        return tree.Hint(parts[0].text, span=span)

    def when(self, span: Span, parts: Parts) -> tree.When:
        return tree.When(parts[0], span=span)

    def shares(self, span: Span, parts: Parts) -> tree.Shares:
        return tree.Shares(name_of(parts[0]), parts[1], span=span)

    def hazard(self, span: Span, parts: Parts) -> tree.Hazard:
        return tree.Hazard(word_of(parts[0]), span=span)

    # Branches

    def _alone(self, span: Span, parts: Parts) -> tree.Branch[Any]:
        return tree.Branch(parts[0], span=span)

    def _when(self, span: Span, parts: Parts) -> tree.Branch[Any]:
        return tree.Branch(parts[0], parts[1], span=span)

    def _otherwise(self, span: Span, parts: Parts) -> tree.Branch[Any]:
        return tree.Branch(parts[0], None, True, span=span)

    level_alone = rate_alone = target_alone = limit_alone = _alone
    level_when = rate_when = target_when = limit_when = _when
    level_otherwise = rate_otherwise = target_otherwise = limit_otherwise = _otherwise

    # Clauses

    def level(self, span: Span, parts: Parts) -> tree.LevelWord:
        return tree.LevelWord(word_of(parts[0]), span=span)

    def severity(self, span: Span, parts: Parts) -> tree.Severity:
        return tree.Severity(tuple(parts), span=span)

    def visit(self, span: Span, parts: Parts) -> tree.Visit:
        return tree.Visit(tuple(parts), span=span)

    def rate(self, span: Span, parts: Parts) -> tree.Rate:
        times, period = sorted(parts, key=lambda token: token.kind != "INT")
        return tree.Rate(self._read_int(times), word_of(period), span=span)

    def target(self, span: Span, parts: Parts) -> tree.Target:
        return tree.Target(tuple(map(office_of, parts)), span=span)

    def route(self, span: Span, parts: Parts) -> tree.Route:
        branches = tuple(part for part in parts if isinstance(part, tree.Branch))
        co_handlers: list[tree.Name] = []
        supervisor = None
        for part in parts[len(branches) :]:
            if isinstance(part, tree.Name):
                if supervisor is not None:
                    self.report("G107", part.span, errors.TWICE, errors.TWICE_HELP)
                supervisor = part
            else:
                co_handlers += part
        return tree.Route(branches, tuple(co_handlers), supervisor, span=span)

    def co_handlers(self, span: Span, parts: Parts) -> list[tree.Name]:
        return list(map(office_of, parts[0]))

    def supervisor(self, span: Span, parts: Parts) -> tree.Name:
        return office_of(parts[0])

    def step(self, span: Span, parts: Parts) -> Any:
        word = word_of(parts[0])
        return "file" if word == "file_step" else word

    def limit(self, span: Span, parts: Parts) -> tree.Limit:
        return tree.Limit(parts[0], tuple(parts[1:]), span=span)

    def automatic(self, span: Span, parts: Parts) -> tree.Limit:
        step, automatically, *branches = parts
        if step not in ("file", "dispatch"):
            fixes = (delete(automatically.span),) if branches else ()
            self.report("G107", automatically.span, errors.AUTOMATIC, errors.AUTOMATIC_HELP, fixes)
        return tree.Limit(step, tuple(branches), True, span=span)

    def on_site(self, span: Span, parts: Parts) -> tree.OnSite:
        return tree.OnSite(parts[0], span=span)

    def stage(self, span: Span, parts: Parts) -> tree.Stage:
        return tree.Stage(name_of(parts[0]), parts[1].text, parts[2], span=span)

    def escalate(self, span: Span, parts: Parts) -> tree.Escalate:
        return tree.Escalate(parts[0], tuple(parts[1:]), span=span)

    def rung(self, span: Span, parts: Parts) -> tree.Rung:
        to: Any = parts[-1] if isinstance(parts[-1], str) else None
        if isinstance(parts[0], tree.Duration):
            return tree.Rung(None, parts[0], to, span=span)
        return tree.Rung(self._read_int(parts[0]), None, to, span=span)

    def tier(self, span: Span, parts: Parts) -> Any:
        return word_of(parts[0])

    def close(self, span: Span, parts: Parts) -> tree.Close:
        return tree.Close(parts[0].text, tuple(parts[1] or ()), span=span)

    def evidences(self, span: Span, parts: Parts) -> Parts:
        return parts

    def evidence(self, span: Span, parts: Parts) -> tree.Evidence:
        count, kind, signer = 1, "", None
        for token in parts:
            if token is None:
                continue
            if token.kind == "INT":
                count = self._read_int(token)
                if count == 0:
                    fixes = (replace(token.span, "1"),)
                    self.report("G109", token.span, errors.NO_EVIDENCE, errors.NO_EVIDENCE_HELP, fixes)
            elif token.kind.startswith("SIGNER_"):
                signer = token.kind.removeprefix("SIGNER_").lower()
            else:
                kind = word_of(token)
        return tree.Evidence(kind, count, signer, span=span)  # type: ignore[arg-type]
