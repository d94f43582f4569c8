"""What may be typed at a place: keywords that the grammar allows there, names that are in scope there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from gewu_dsl import tree
from gewu_dsl.diagnostics import Text
from gewu_dsl.editing.analysis import Analysis
from gewu_dsl.editing.describing import describe_field, describe_office
from gewu_dsl.editing.meanings import meaning_of
from gewu_dsl.editing.reading import Reading, read_until
from gewu_dsl.editing.wanted import Wanted, find_wanted
from gewu_dsl.names import FACT_SORTS, UNKNOWN, Field, Sort
from gewu_dsl.resolve.scopes import ItemScope
from gewu_dsl.words import (
    FACT_WORDS,
    HISTORY_WORDS,
    KEYWORDS,
    OFFICE_WORDS,
    PLACE_HEAD,
    STATEMENT_IDS,
    Language,
    read_fact,
    read_place_attribute,
)

CompletionKind = Literal[
    "keyword", "question", "let", "choice", "office", "finding", "stage", "kind", "attribute", "fact", "department", "unit",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Completion:
    """`text` replaces what stands from `start` to the place asked about. `filter` is what the author's own letters are
    held against: a Chinese keyword is found by its English name, too."""

    kind: CompletionKind
    text: str
    start: int
    detail: Text = Text("", "")
    filter: str = ""


_DEPARTMENT_STATEMENTS = frozenset(
    ("_OFFICE", "_CALENDAR", "_ESCALATE", "ACCEPT", "FILE_STEP", "DISPATCH", "VERIFY")
)
_DECLARATIONS = frozenset(("_DEPARTMENT", "_PLACE", "_ITEM"))
_ALLOWED: Mapping[str, frozenset[str]] = {
    "": _DECLARATIONS,
    "_DEPARTMENT": _DECLARATIONS | _DEPARTMENT_STATEMENTS,
    "_PLACE": _DECLARATIONS | {"_ASK"},
    "_ITEM": STATEMENT_IDS - {"_OFFICE", "_CALENDAR"},
}


def complete(analysis: Analysis, file: str, offset: int) -> list[Completion]:
    """What may stand at a place, names first. Nothing inside a string or a comment."""
    text = analysis.sources[file]
    reading = read_until(text, offset)
    if reading.in_words:
        return []
    wanted = find_wanted(reading)
    names = _Names(analysis, file, offset, reading)
    found = list(names.offer(wanted))
    found += [_keyword(each, reading) for each in _keywords(reading, wanted, names)]
    return list({each.text: each for each in reversed(found)}.values())[::-1]


def _keywords(reading: Reading, wanted: Wanted, names: _Names) -> Iterator[str]:
    """Keywords that the grammar allows, but for those that make no sense in this declaration or beside this subject."""
    values = names.sort_of(wanted.subject).names if wanted.role == "value" else None
    fitting = {each.upper() for each in values or ()}
    for identifier in KEYWORDS:
        if identifier not in reading.expected or identifier.startswith("AMBIGUOUS"):
            continue
        begins = identifier in STATEMENT_IDS and not wanted.role
        if (identifier in fitting or not fitting) and (not begins or identifier in _ALLOWED[reading.head]):
            yield identifier


def _keyword(identifier: str, reading: Reading) -> Completion:
    keyword = KEYWORDS[identifier]
    text = keyword.spell(reading.language)
    other = keyword.spell("zh" if reading.word[:1].isascii() is False else "en")
    return Completion("keyword", text, reading.start, meaning_of(identifier), other)


class _Names:
    """The names that may be meant at one place."""

    def __init__(self, analysis: Analysis, file: str, offset: int, reading: Reading) -> None:
        self.analysis, self.file, self.offset, self.reading = analysis, file, offset, reading
        self.language: Language = reading.language
        self.scope: ItemScope | None = analysis.item_at(file, offset)

    def make(self, kind: CompletionKind, text: str, detail: Text = Text("", "")) -> Completion:
        return Completion(kind, text, self.reading.start, detail, text)

    def offer(self, wanted: Wanted) -> Iterator[Completion]:
        match wanted.role:
            case "office":
                yield from self._offices()
            case "kind":
                for register in self.analysis.unit.registers.values():
                    yield self.make("kind", register.kind, Text(register.label, register.label))
            case "department":
                for code, department in self.analysis.unit.departments.items():
                    title = department.department.title
                    yield self.make("department", f"{code}.", Text(title, title))
            case "question":
                yield from self._questions()
            case "finding" if self.scope is not None:
                for finding in self.scope.findings.values():
                    yield self.make("finding", finding.name, Text(finding.title, finding.title))
            case "stage" if self.scope is not None:
                stages = [each for finding in self.scope.findings.values() for each in finding.clauses.stages]
                for stage in stages:
                    yield self.make("stage", stage.name.text, Text(stage.label, stage.label))
            case "unit":
                yield from (self.make("unit", unit) for unit in ("m", "cm", "mm", "㎡", "kg", "%", "℃"))
            case "given":
                yield from self._questions()
                yield from self._facts()
            case "expression":
                yield from self._expression()
            case "value":
                choices = list(self._choices(wanted.subject))
                yield from choices or self._expression()

    def _offices(self) -> Iterator[Completion]:
        home = self.scope.department if self.scope else None
        for office in home.offices.values() if home else ():
            yield self.make("office", office.code, describe_office(office))
        for english, chinese in OFFICE_WORDS.items():
            yield self.make(
                "office", chinese if self.language == "zh" else english, Text("内置机构", "built in")
            )
        for department in self.analysis.unit.departments.values():
            for office in department.offices.values():
                yield self.make("office", office.name, describe_office(office))

    def _questions(self) -> Iterator[Completion]:
        for asked in self._fields().values():
            yield self.make("question", asked.name, describe_field(asked))

    def _fields(self) -> Mapping[str, Field]:
        if self.scope is not None:
            return self.scope.names.fields
        declaration = self.analysis.declaration_at(self.file, self.offset)
        if isinstance(declaration, tree.Place):
            return self.analysis.unit.registers[declaration.kind.text].fields
        return {}

    def _expression(self) -> Iterator[Completion]:
        yield from self._questions()
        for name in self.scope.names.lets if self.scope else ():
            yield self.make("let", name, Text("计算", "let"))
        yield from self._facts()

    def _facts(self) -> Iterator[Completion]:
        chinese = self.language == "zh"
        for register in self.scope.names.registers if self.scope else ():
            for attribute in register.fields.values():
                yield self.make(
                    "attribute", f"{PLACE_HEAD[chinese]}.{attribute.name}", describe_field(attribute)
                )
        for path, spelling in FACT_WORDS.items():
            yield self.make("fact", spelling if chinese else path, meaning_of(path))
        for path, spelling in HISTORY_WORDS.items():
            yield self.make("fact", spelling if chinese else path, meaning_of(path))

    def _choices(self, subject: str) -> Iterator[Completion]:
        labels = {each.name.text: each.label or "" for each in self._choices_of(subject)}
        sort = self.sort_of(subject)
        if sort.kind not in ("choice", "choices", "finding", "kind", "class"):
            return
        findings = self.scope.findings if self.scope and read_fact(subject) is None else {}
        for name in sort.names or ():
            label = labels.get(name) or (
                findings[name].title if subject in ("finding", "情形") and name in findings else ""
            )
            yield self.make("choice", name, Text(label, label))

    def _choices_of(self, subject: str) -> Iterable[tree.Choice]:
        for asked in self._asked(subject):
            if isinstance(asked.node, tree.Ask):
                yield from asked.node.type.choices

    def _asked(self, subject: str) -> list[Field]:
        attribute = read_place_attribute(subject)
        if attribute and self.scope:
            holders = [register.fields.get(attribute) for register in self.scope.names.registers]
            return [each for each in holders if each is not None]
        asked = self._fields().get(subject)
        return [asked] if asked is not None else []

    def sort_of(self, subject: str) -> Sort:
        """What values there are beside a name."""
        fact = {"_SEVERITY": "severity", "_FINDING": "finding"}.get(subject) or read_fact(subject)
        if fact == "finding" and self.scope:
            return Sort("finding", tuple(self.scope.findings))
        if fact == "place.kind" and self.scope:
            return Sort("kind", tuple(register.kind for register in self.scope.names.registers))
        if fact in FACT_SORTS:
            return FACT_SORTS[fact]
        for asked in self._asked(subject):
            return asked.sort
        if self.scope and subject in self.scope.names.lets:
            return self.scope.names.let_sorts.get(subject, UNKNOWN)
        return UNKNOWN
